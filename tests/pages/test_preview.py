"""Preview: any EVSE at any moment, on three phones, and why."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from streamlit.testing.v1 import AppTest

from evse_status.bootstrap import App
from evse_status.core.principal import LOCAL
from evse_status.service import audit, schedule
from evse_status.ui.inputs import midnight
from support import BLOCKED, COMMISSIONING, MAINTENANCE, evse_json, location_json, take_in, wish
from visits import texts, visit


def place(product: App, status=MAINTENANCE, **fields):  # type: ignore[no-untyped-def]
    return schedule.place_overrides(product.database, LOCAL, [1], wish(status, **fields)).done[0]


def look(**address: str | list[str]) -> AppTest:
    page = visit("preview", **address)
    assert not page.exception
    return page


def test_now_shows_the_winner_what_it_beats_and_each_channels_word(
    product: App, evses: dict[str, int]
) -> None:
    place(product, BLOCKED)
    place(product, COMMISSIONING, reason="Opening *soon*")
    written = texts(look(evse="DK*TST*E1")).replace("\\", "")
    for word in ("Out of Service", "OutOfService", "PLANNED", "Opening *soon*"):
        assert word in written
    assert "COMMISSIONING outranks BLOCKED" in written
    assert "Hubject has no word for coming soon" in written
    assert "Nothing is lost: PLANNED" in written


def test_phones_say_in_words_what_they_show(product: App, evses: dict[str, int]) -> None:
    pictures = [str(getattr(one, "value", "")) for one in look(evse="DK*TST*E1").get("html")]
    phones = [one for one in pictures if 'aria-label="A phone with a ' in one]
    assert len(phones) == 3
    assert "Site L1, Available" in phones[0]


def test_without_overrides_the_actual_status_shows(product: App, evses: dict[str, int]) -> None:
    place(product)
    page = look(evse="DK*TST*E1")
    page.button_group(key="preview-variant").set_value("Without overrides").run()
    assert not page.exception
    written = texts(page)
    assert "Overrides are left out" in written
    assert ":material/check_circle: AVAILABLE" in written
    assert "Would win" in written


def test_moment_from_the_address_is_looked_at(product: App, evses: dict[str, int]) -> None:
    end = product.now() + timedelta(days=2)
    place(product, valid_to=end)
    just_before = (end - timedelta(microseconds=1)).isoformat()
    assert "INOPERATIVE" in texts(look(evse="DK*TST*E1", at=just_before))
    assert "AVAILABLE" in texts(look(evse="DK*TST*E1", at=end.isoformat()))


def test_past_before_recording_is_unknown(product: App, evses: dict[str, int]) -> None:
    written = texts(look(evse="DK*TST*E1", at="2020-01-01T00:00:00Z"))
    assert "UNKNOWN" in written
    assert "not recorded" in written


def test_picker_and_way_back_to_now(product: App, evses: dict[str, int]) -> None:
    page = look(evse="DK*TST*E1")
    assert page.button(key="preview-now").disabled
    page.datetime_input(key="preview-moment").set_value(datetime(2099, 6, 1, 10)).run()
    assert page.query_params["at"] == "2099-06-01T08:00:00Z"
    assert "2099" in texts(page)
    page.button(key="preview-now").click().run()
    assert "at" not in page.query_params


def test_time_in_the_spring_gap_is_refused_with_its_neighbours(
    product: App, evses: dict[str, int]
) -> None:
    page = look(evse="DK*TST*E1")
    page.datetime_input(key="preview-moment").set_value(datetime(2099, 3, 29, 2, 30)).run()
    assert "does not exist in Europe/Copenhagen" in texts(page).replace("\\", "")
    page.button(key="preview-moment-earlier").click().run()
    assert not page.exception
    assert page.query_params["at"] == "2099-03-29T00:59:00Z"


def test_second_profile_speaks_its_own_words(product: App, evses: dict[str, int]) -> None:
    place(product, COMMISSIONING)
    page = look(evse="DK*TST*E1")
    page.selectbox(key="preview-profile").set_value("spirii-2025").run()
    assert "Coming Soon" in texts(page)


def test_wrong_address_is_told_in_a_sentence(product: App, evses: dict[str, int]) -> None:
    written = texts(look(evse="<script>alert(1)</script>", at="nonsense")).replace("\\", "")
    assert "No EVSE is called" in written
    assert "'nonsense' is not a date and time" in written


def test_first_visit_opens_on_an_evse_worth_seeing(product: App, evses: dict[str, int]) -> None:
    schedule.place_overrides(product.database, LOCAL, ["DK*TST*E3"], wish())
    assert look().selectbox(key="preview-evse").value == "DK*TST*E3"


def test_site_without_bay_or_address_is_still_drawn(product: App) -> None:
    bare = location_json("L2", evse_json("9"), name="", address="", city="")
    take_in(product.database, bare, complete=False)
    assert "AVAILABLE" in texts(look(evse="DK*TST*E9"))


def test_a_draft_in_the_address_shows_before_and_after_and_leads_back_to_the_plan(
    product: App, evses: dict[str, int]
) -> None:
    place(product, BLOCKED)
    page = look(evse=["DK*TST*E1", "DK*TST*E2"], draft="COMMISSIONING")
    written = texts(page).replace("\\", "")
    assert "Draft on 2 EVSEs" in written.replace("*", "").replace(":gray[", "")
    assert "PLANNED" in written
    assert "COMMISSIONING outranks BLOCKED" in written
    assert page.get("page_link")
    page.button_group(key="preview-variant").set_value("As planned").run()
    assert page.query_params["show"] == "as_planned"
    assert "COMMISSIONING outranks" not in texts(page)
    page.button(key="preview-no-draft").click().run()
    assert not page.exception
    assert "draft" not in page.query_params
    assert [one.override.id for one in _all(product)] == [1]  # nothing was placed


def _all(product: App) -> list[audit.OverrideRow]:
    found = audit.list_overrides(
        product.database, LOCAL, audit.OverrideFilter(), now=product.now(), limit=10
    )
    return list(found.rows)


def test_a_draft_that_cannot_be_is_told_and_left_out(product: App, evses: dict[str, int]) -> None:
    for wrong in ({"draft": "NONSENSE"}, {"draft": "BLOCKED", "draft_to": "2020-01-01T00:00:00Z"}):
        written = texts(look(evse="DK*TST*E1", **wrong))
        assert "The draft can't be shown" in written
        assert "AVAILABLE" in written


def test_several_are_stepped_through_and_a_location_is_taken_at_once(
    product: App, evses: dict[str, int]
) -> None:
    page = look(evse=["DK*TST*E3", "DK*TST*E1"])
    assert page.selectbox(key="preview-evse").value == "DK*TST*E3"
    page.button(key="preview-next").click().run()
    assert page.query_params["evse"] == ["DK*TST*E1", "DK*TST*E3"]
    page.button(key="preview-next").click().run()
    assert page.selectbox(key="preview-evse").value == "DK*TST*E3"
    page.button(key="preview-only-one").click().run()
    assert page.query_params["evse"] == "DK*TST*E3"
    page.button(key="preview-all-there").click().run()
    assert page.query_params["evse"] == ["DK*TST*E3", "DK*TST*E1", "DK*TST*E2"]
    page.multiselect(key="preview-among").set_value(["DK*TST*E2", "DK*TST*E1"]).run()
    assert page.query_params["evse"] == ["DK*TST*E2", "DK*TST*E1"]
    page.selectbox(key="preview-evse").set_value("DK*TST*E3").run()
    assert page.query_params["evse"] == "DK*TST*E3"


def test_the_profile_and_what_is_looked_at_stand_in_the_address(
    product: App, evses: dict[str, int]
) -> None:
    place(product, COMMISSIONING)
    page = look(evse="DK*TST*E1", profile="spirii-2025", show="without")
    assert page.selectbox(key="preview-profile").value == "spirii-2025"
    assert page.button_group(key="preview-variant").value == "Without overrides"
    assert "Would win" in texts(page)
    page.selectbox(key="preview-profile").set_value("default").run()
    assert "profile" not in page.query_params


def test_everything_on_the_wire_stands_there_to_be_copied(
    product: App, evses: dict[str, int]
) -> None:
    place(product, BLOCKED)
    page = look(evse="DK*TST*E1")
    codes = [str(one.value) for one in page.code]
    assert len(codes) == 4
    assert codes[1] == (
        '{"ActionType":"update","OperatorEvseStatus":{"OperatorID":"DK*TST","EvseStatusRecord":'
        '[{"EvseID":"DK*TST*E1","EvseStatus":"Occupied"}]}}'
    )
    assert codes[2].startswith('{"status":"BLOCKED","last_updated":"')


def test_the_slider_moves_the_moment_and_a_browser_that_is_behind_does_not(
    product: App, evses: dict[str, int]
) -> None:
    page = look(evse="DK*TST*E1")
    first = midnight(product.now(), ZoneInfo("Europe/Copenhagen"), days=-2)
    page.select_slider(key="preview-slider").set_value(first + timedelta(hours=2)).run()
    moved = page.query_params["at"]
    assert datetime.fromisoformat(moved) == first + timedelta(hours=2)
    # what it knows isn't among the moments any more, so Streamlit takes it for the first
    page.select_slider(key="preview-slider").set_value(first - timedelta(days=400)).run()
    assert not page.exception
    assert page.query_params["at"] == moved
    assert page.select_slider(key="preview-slider").value == first + timedelta(hours=2)
