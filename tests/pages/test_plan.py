"""Plan: pick, say what and when, see what it does, place it once, take it back."""

import os
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from evse_status.bootstrap import App
from evse_status.core.override import Override
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import Cause, Phase, TemporaryStatus
from evse_status.service import audit, schedule
from evse_status.service.audit import OverrideFilter
from evse_status.ui import bundle
from evse_status.ui.plan_when import Whose
from support import BLOCKED, evse_json, location_json, take_in, wish
from visits import press, texts, visit


def stored(product: App) -> list[Override]:
    page = audit.list_overrides(
        product.database, LOCAL, OverrideFilter(), now=product.now(), limit=50
    )
    return sorted((row.override for row in page.rows), key=lambda one: one.id)


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def picked(page: AppTest) -> str:
    return next(
        one.value for one in page.subheader if "EVSE" in one.value and "Which" not in one.value
    )


def fill(page: AppTest, key: str, local: str) -> AppTest:
    return page.datetime_input(key=key).set_value(datetime.fromisoformat(local)).run()


def test_nothing_picked_says_what_to_do_and_places_nothing(product: App) -> None:
    page = visit("plan")
    assert not page.exception
    assert "Pick at least one EVSE" in texts(page)
    assert page.button(key="plan-place").disabled


def test_evse_from_the_address_is_picked(product: App, evses: dict[str, int]) -> None:
    page = visit("plan", evse=["DK*TST*E1", str(evses["DK*TST*E3"])])
    assert picked(page) == "2 EVSEs at 1 location"
    assert page.multiselect(key="plan-places").value == [1]
    assert "Place 2 overrides" in labels(page)


def test_location_from_the_address_is_picked_whole(product: App) -> None:
    assert picked(visit("plan", location="1")) == "3 EVSEs at 1 location"


def test_unknown_evse_in_the_address_is_named(product: App) -> None:
    page = visit("plan", evse="DK*TST*E99")
    assert not page.exception
    assert "No EVSE is called 'DK\\*TST\\*E99'" in texts(page)


def test_placing_starts_at_acceptance_and_keeps_who_and_why(
    product: App, evses: dict[str, int]
) -> None:
    page = visit("plan", evse="DK*TST*E1")
    page.text_input(key="plan-reason").set_value("Cable *swap*").run()
    page.text_input(key="plan-ticket").set_value("SRV-1").run()
    page.selectbox(key="plan-cause").set_value(Cause.FAULT).run()
    before = product.now()
    press(page, "Place 1 override")
    [made] = stored(product)
    assert made.requested_from is None
    assert before <= made.starts_at
    assert made.valid_to is None
    assert (made.reason, made.ticket, made.cause) == ("Cable *swap*", "SRV-1", Cause.FAULT)
    assert made.temporary_status is TemporaryStatus.MAINTENANCE
    assert made.phase(product.now()) is Phase.ACTIVE


def test_four_hours_count_from_the_moment_of_placing(product: App, evses: dict[str, int]) -> None:
    page = visit("plan", evse="DK*TST*E1")
    page.button_group(key="plan-length").set_value("+4 h").run()
    before = product.now()
    press(page, "Place 1 override")
    [made] = stored(product)
    assert made.valid_to is not None
    assert before + timedelta(hours=4) <= made.valid_to
    assert made.valid_to <= product.now() + timedelta(hours=4, minutes=1)
    assert made.valid_to.second == 0


def test_four_hours_count_from_a_given_start(product: App, evses: dict[str, int]) -> None:
    page = visit("plan", evse="DK*TST*E1")
    fill(page, "plan-start", "2099-06-01T10:00")
    page.button_group(key="plan-length").set_value("+4 h").run()
    assert page.datetime_input(key="plan-end").value == datetime(2099, 6, 1, 14)
    press(page, "Place 1 override")
    [made] = stored(product)
    assert made.starts_at.isoformat() == "2099-06-01T08:00:00+00:00"
    assert made.valid_to is not None
    assert made.valid_to.isoformat() == "2099-06-01T12:00:00+00:00"


def test_second_of_two_equal_times_is_what_is_stored(product: App, evses: dict[str, int]) -> None:
    page = visit("plan", evse="DK*TST*E1")
    fill(page, "plan-end", "2099-10-25T02:30")
    assert page.button(key="plan-place").disabled
    which = page.radio(key="plan-end-fold-Europe/Copenhagen")
    which.set_value(which.options[1]).run()
    press(page, "Place 1 override")
    [made] = stored(product)
    assert made.valid_to is not None
    assert made.valid_to.isoformat() == "2099-10-25T01:30:00+00:00"


def test_time_in_the_spring_gap_is_refused_at_its_field(
    product: App, evses: dict[str, int]
) -> None:
    page = visit("plan", evse="DK*TST*E1")
    fill(page, "plan-start", "2099-03-29T02:30")
    assert texts(page).replace("\\", "").count("does not exist in Europe/Copenhagen") == 1
    assert page.button(key="plan-place").disabled
    page.button(key="plan-start-later").click().run()
    assert page.datetime_input(key="plan-start").value == datetime(2099, 3, 29, 3)
    assert not page.button(key="plan-place").disabled


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        ("2099-06-01T10:00", "2099-06-01T10:00", "The end must be later than the start"),
        ("2099-06-01T10:00", "2099-06-01T09:00", "The end must be later than the start"),
        ("2020-01-01T10:00", "2020-06-01T09:00", "The end has already passed"),
    ],
)
def test_impossible_period_is_refused_and_nothing_is_lost(
    product: App, evses: dict[str, int], start: str, end: str, sentence: str
) -> None:
    page = visit("plan", evse="DK*TST*E1")
    page.text_input(key="plan-reason").set_value("Cable").run()
    fill(fill(page, "plan-start", start), "plan-end", end)
    assert sentence in texts(page)
    assert page.button(key="plan-place").disabled
    assert picked(page) == "1 EVSE at 1 location"
    assert page.text_input(key="plan-reason").value == "Cable"
    assert stored(product) == []


def test_reason_of_10_000_characters_is_refused_with_a_sentence(
    product: App, evses: dict[str, int]
) -> None:
    page = visit("plan", evse="DK*TST*E1")
    page.text_input(key="plan-reason").set_value("x" * 10_000).run()
    assert not page.exception
    assert "10,000 characters are too many" in texts(page)
    assert page.text_input(key="plan-reason").value == "x" * 10_000
    assert page.button(key="plan-place").disabled


def test_second_click_on_the_same_button_places_nothing_more(
    product: App, evses: dict[str, int]
) -> None:
    page = visit("plan", evse="DK*TST*E1")
    page.session_state["plan-spent"] = 1  # what the first of two clicks leaves behind
    press(page, "Place 1 override")
    assert stored(product) == []


def test_results_are_told_per_evse_and_undo_takes_all_back(
    product: App, evses: dict[str, int]
) -> None:
    page = press(visit("plan", evse=["DK*TST*E1", "DK*TST*E2"]), "Place 2 overrides")
    assert not page.exception
    assert page.success[0].value == "**2 overrides placed**"
    assert "plan-place" not in [button.key for button in page.button]
    press(page, "Undo")
    assert ":material/undo: Undone for 2 EVSEs" in texts(page)
    assert {one.phase(product.now()) for one in stored(product)} == {Phase.CLEARED}
    assert "Undo" not in labels(page)


def test_plan_another_starts_with_an_empty_choice(product: App, evses: dict[str, int]) -> None:
    page = press(visit("plan", evse="DK*TST*E1"), "Place 1 override")
    press(page, "Plan another")
    assert not page.exception
    assert "No EVSE picked yet" in [one.value for one in page.subheader]


def test_altered_form_may_be_placed_beside_the_last_result(
    product: App, evses: dict[str, int]
) -> None:
    page = press(visit("plan", evse="DK*TST*E1"), "Place 1 override")
    page.button_group(key="plan-status").set_value(BLOCKED).run()
    press(page, "Place 1 override")
    assert [one.temporary_status for one in stored(product)] == [
        TemporaryStatus.MAINTENANCE,
        BLOCKED,
    ]


def test_overlap_with_its_winner_and_all_channels_are_told(
    product: App, evses: dict[str, int]
) -> None:
    schedule.place_overrides(product.database, LOCAL, [1], wish(BLOCKED))
    written = texts(visit("plan", evse="DK*TST*E1"))
    assert "**1 overlap**" in written
    assert "Maintenance wins" in written
    for word in ("Out of Service", "OutOfService", "INOPERATIVE"):
        assert word in written


def test_pasted_ids_are_picked_and_wrong_ones_named(product: App, evses: dict[str, int]) -> None:
    page = visit("plan")
    page.button_group(key="plan-way").set_value("Paste ids").run()
    page.text_area(key="plan-paste").set_value("dk-tst-e1; DK*TST*E2\nDK*TST*E77").run()
    assert not page.exception
    assert picked(page) == "2 EVSEs at 1 location"
    assert any("E77" in one.value for one in page.warning)


def test_search_finds_and_picks_all(product: App, evses: dict[str, int]) -> None:
    page = visit("plan")
    page.button_group(key="plan-way").set_value("Search").run()
    page.text_input(key="plan-search").set_value("E").run()
    press(page, "Pick all 3")
    assert picked(page) == "3 EVSEs at 1 location"


def test_sites_in_several_zones_share_one_instant_on_the_viewers_clock(
    product: App, evses: dict[str, int]
) -> None:
    london = location_json("L2", evse_json("9"), time_zone="Europe/London")
    take_in(product.database, london, complete=False)
    page = visit("plan", evse=["DK*TST*E1", "DK*TST*E9"], zone="Europe/Copenhagen")
    page.button_group(key="plan-whose").set_value(Whose.VIEWER).run()
    fill(page, "plan-start", "2099-06-01T10:00")
    fill(page, "plan-end", "2099-06-01T12:00")
    written = texts(page).replace("\\", "")
    assert "One instant for all, Copenhagen time" in page.button_group(key="plan-whose").options
    assert "Europe/London: Mon 1 Jun 2099 09:00" in written
    press(page, "Place 2 overrides")
    assert {one.starts_at.isoformat() for one in stored(product)} == {"2099-06-01T08:00:00+00:00"}


def test_hostile_names_are_shown_as_text(product: App) -> None:
    hostile = location_json("L3", evse_json("8"), name="<script>alert(1)</script> *x*")
    take_in(product.database, hostile, complete=False)
    page = visit("plan", evse="DK*TST*E8")
    assert not page.exception
    assert picked(page) == "1 EVSE at 1 location"


def test_a_plan_is_previewed_before_it_is_placed_and_nothing_typed_is_lost(
    product: App, evses: dict[str, int]
) -> None:
    page = visit("plan", evse=["DK*TST*E1", "DK*TST*E2"])
    page.text_input(key="plan-reason").set_value("New cable").run()
    fill(page, "plan-start", "2099-06-01T10:00")
    fill(page, "plan-end", "2099-06-01T18:00")
    [link] = [one.proto for one in page.get("page_link") if "Preview" in one.proto.label]
    address = {name: parse_qs(link.query_string)[name] for name in parse_qs(link.query_string)}
    assert address == {
        "evse": ["DK*TST*E1", "DK*TST*E2"],
        "draft": ["MAINTENANCE"],
        "draft_from": ["2099-06-01T08:00:00Z"],
        "draft_to": ["2099-06-01T16:00:00Z"],
        "at": ["2099-06-01T08:00:00Z"],
    }
    for word, value in address.items():
        page.query_params[word] = value
    page.switch_page(os.path.relpath(bundle.page("preview"), bundle.FRAME.parent)).run()
    assert not page.exception
    written = texts(page)
    assert "INOPERATIVE" in written
    assert "Not placed yet" in written
    assert stored(product) == []

    page.switch_page(os.path.relpath(bundle.page("plan"), bundle.FRAME.parent)).run()
    assert not page.exception
    assert picked(page) == "2 EVSEs at 1 location"
    assert page.text_input(key="plan-reason").value == "New cable"
    assert page.datetime_input(key="plan-end").value == datetime(2099, 6, 1, 18)
    assert page.query_params["evse"] == ["DK*TST*E1", "DK*TST*E2"]
    assert "draft" not in page.query_params
