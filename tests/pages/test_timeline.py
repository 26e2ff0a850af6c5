"""The start page: every EVSE is reachable, filters and window are in the address, clicks lead on."""

import json
import threading
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from evse_status.bootstrap import App, open_app
from evse_status.core.principal import LOCAL
from evse_status.service.schedule import place_overrides
from evse_status.ui import fleet_reads, session
from support import BLOCKED, evse_json, location_json, take_in, wish
from visits import press, texts, visit


def place(product: App, evse: int, *, hours: float = 4, **fields: Any) -> int:
    end = product.now() + timedelta(hours=hours)
    result = place_overrides(product.database, LOCAL, [evse], wish(valid_to=end, **fields))
    return result.done[0].id


def picture(page: AppTest) -> str:
    """Every text in the picture, one per line."""
    [chart] = page.get("plotly_chart")
    layout = json.loads(chart.proto.spec)["layout"]
    said = [annotation["text"] for annotation in layout["annotations"]]
    return "\n".join([*said, *layout["xaxis"]["ticktext"]])


def metrics(page: AppTest) -> dict[str, str]:
    return {metric.label.rsplit("] ")[-1]: metric.value for metric in page.metric}


def test_it_counts_and_draws_every_evse(product: App, evses: dict[str, int]) -> None:
    place(product, evses["DK*TST*E1"])
    page = visit("timeline")
    assert not page.exception
    shown = metrics(page)
    assert (shown["EVSEs"], shown["Available"], shown["Maintenance"]) == ("3", "2", "1")
    for evse_id in evses:
        assert evse_id in picture(page)
    assert "EVSEs 1–3 of 3" in texts(page)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ({"q": "e2"}, ["DK*TST*E2"]),
        ({"status": "MAINTENANCE"}, ["DK*TST*E1"]),
        ({"status": ["MAINTENANCE", "BLOCKED"]}, ["DK*TST*E1", "DK*TST*E2"]),
        ({"overridden": "true"}, ["DK*TST*E1", "DK*TST*E2"]),
        ({"phase": "upcoming"}, ["DK*TST*E2"]),
        ({"source": "sensor"}, []),
        ({"city": "Aarhus", "location": "Site L1"}, ["DK*TST*E1", "DK*TST*E2", "DK*TST*E3"]),
        ({"status": "NONSENSE", "window": "9d"}, ["DK*TST*E1", "DK*TST*E2", "DK*TST*E3"]),
    ],
)
def test_filters_are_in_the_address(
    address: dict[str, str | list[str]], shown: list[str], product: App, evses: dict[str, int]
) -> None:
    place(product, evses["DK*TST*E1"])
    later = product.now() + timedelta(hours=1)
    place(product, evses["DK*TST*E2"], status=BLOCKED, valid_from=later)
    page = visit("timeline", **address)
    assert not page.exception
    if not shown:
        assert "No EVSE fits these filters" in texts(page)
    for evse_id in evses:
        drawn = bool(shown) and evse_id in picture(page)
        assert drawn is (evse_id in shown)


def test_a_link_to_some_evses_shows_them_whatever_was_filtered_before(
    product: App, evses: dict[str, int]
) -> None:
    page = visit("timeline", q="nowhere", status="BLOCKED")
    page.query_params.clear()
    page.query_params["only"] = [str(evses["DK*TST*E2"])]
    page = page.run()
    assert "DK*TST*E2" in picture(page)
    assert "DK*TST*E1" not in picture(page)
    assert "Only 1 EVSE from a link" in texts(page)
    page = press(page, "Show all")
    assert set(evses) <= set(picture(page).split("\n"))
    assert "No EVSE fits" in texts(visit("timeline", only=["x", "-1", "9" * 40]))


def test_back_on_the_address_of_another_page_shows_what_was_left(
    product: App, evses: dict[str, int]
) -> None:
    page = visit("timeline", q="e2", window="1d")
    page.query_params.clear()
    page.query_params["evse"] = "DK*TST*E1"
    page = page.run()
    assert "DK*TST*E2" in picture(page)
    assert "DK*TST*E1" not in picture(page)
    assert page.query_params["window"] == "1d"
    assert "evse" not in page.query_params


def test_a_long_list_is_exported_in_a_dialog_that_shows_how_far_it_is(
    product: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evse_status.ui.export_button.AT_ONCE", 2)
    page = press(visit("timeline"), "CSV")
    assert not page.exception
    assert "3 EVSEs" in texts(page)
    labels = [button.proto.label for button in page.get("download_button")]
    assert labels == ["Save timeline.csv"]


def test_filters_that_leave_nothing_can_be_cleared(product: App) -> None:
    page = press(visit("timeline", q="nowhere", status="BLOCKED"), "Clear the filters")
    assert "DK*TST*E1" in picture(page)
    assert "status" not in page.query_params


def test_an_empty_product_says_what_to_do(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVSE_STATUS_DATABASE_URL", sqlite_url)
    open_app(create=True).database.close()
    session.app.clear()
    page = visit("timeline")
    assert "No EVSEs yet" in texts(page)
    assert "evse-status import ocpi" in page.code[0].value
    fleet_reads.counting().finish()
    session.app().database.close()
    session.app.clear()


@pytest.mark.parametrize(
    ("address", "first_day"),
    [
        ({"window": "custom", "from": "2026-10-22", "to": "2026-10-28"}, "Thu 22 Oct"),
        ({"window": "custom", "from": "2026-10-28", "to": "2026-10-22"}, "Thu 22 Oct"),
    ],
)
def test_a_custom_window_is_in_the_address(
    address: dict[str, str], first_day: str, product: App
) -> None:
    page = visit("timeline", **address)
    assert first_day in picture(page)
    assert "Sun 25 Oct · 25 h" in picture(page)


def test_a_window_that_is_none_is_passed_over(product: App) -> None:
    page = visit("timeline", **{"window": "custom", "from": "9999-99-99", "to": "x"})
    assert not page.exception
    assert picture(page)


@pytest.mark.parametrize(
    ("zoom", "shown"),
    [
        ("20261022T0800Z-20261022T1600Z", "Thu 22 Oct 10:00"),
        ("20261022T1600Z-20261022T0800Z", "Sun 25 Oct · 25 h"),
        ("99991231T2350Z-99991231T2359Z", "Sun 25 Oct · 25 h"),
        ("00010101T0000Z-00010101T0100Z", "Sun 25 Oct · 25 h"),
        ("x", "Sun 25 Oct · 25 h"),
    ],
)
def test_what_is_looked_at_closely_is_in_the_address(zoom: str, shown: str, product: App) -> None:
    week = {"window": "custom", "from": "2026-10-22", "to": "2026-10-28"}
    page = visit("timeline", **week, zoom=zoom)
    assert not page.exception
    assert shown in picture(page)
    if shown == "Thu 22 Oct 10:00":
        assert "14:00" in picture(press(page, "Later"))
        assert "Sun 25 Oct · 25 h" in picture(press(page, "Whole window"))


def test_rows_are_paged_and_a_page_too_far_is_the_last(sqlite_url: str, product: App) -> None:
    take_in(product.database, location_json("L1", *(evse_json(str(n)) for n in range(1, 31))))
    assert "EVSEs 1–12 of 30" in texts(visit("timeline"))
    assert "EVSEs 25–30 of 30" in texts(visit("timeline", page="3"))
    assert "EVSEs 25–30 of 30" in texts(visit("timeline", page="99"))
    assert "EVSEs 1–12 of 30" in texts(visit("timeline", page="-1"))


def test_the_picked_override_is_in_the_address(product: App, evses: dict[str, int]) -> None:
    number = place(product, evses["DK*TST*E1"], reason="Cable swap")
    page = visit("timeline", override=str(number))
    assert f"\\#{number}" in texts(page)
    assert "Cable swap" in texts(page)
    assert "Clear now" in [button.label for button in page.button]


@pytest.mark.parametrize("number", ["999", "x", "-1", "9" * 40])
def test_an_override_that_is_not_there_breaks_nothing(number: str, product: App) -> None:
    page = visit("timeline", override=number)
    assert not page.exception
    assert picture(page)


def test_clearing_in_the_panel_gives_the_evse_back(product: App, evses: dict[str, int]) -> None:
    number = place(product, evses["DK*TST*E1"])
    page = press(visit("timeline", override=str(number)), "Clear now")
    assert metrics(page)["Maintenance"] == "0"
    assert metrics(page)["Available"] == "3"


def test_a_location_with_a_wicked_name_is_just_a_name(product: App) -> None:
    take_in(
        product.database,
        location_json("L1", evse_json("1")),
        location_json("L2", evse_json("9"), name="<script>alert(1)</script>"),
    )
    page = visit("timeline")
    assert not page.exception
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in picture(page)
    assert "<script>" not in picture(page)


def test_what_clicks_chose_leads_to_planning(product: App, evses: dict[str, int]) -> None:
    page = visit("timeline")
    page.session_state["timeline-place"] = 1
    page = page.run()
    labels = [button.label for button in page.button]
    assert "Plan for all 3 EVSEs" in labels
    page = press(page, "Plan for all 3 EVSEs")
    assert [title.value for title in page.title] == ["Plan an override"]


def test_rows_are_there_while_the_fleet_is_counted(product: App, evses: dict[str, int]) -> None:
    may_count = threading.Event()
    fleet_reads.counting().do(partial(may_count.wait, 20))
    shown = picture(visit("timeline"))
    may_count.set()
    assert set(evses) <= set(shown.split("\n"))
    assert "Counting …" in shown
    fleet_reads.counting().finish()
    assert "Counting" not in picture(visit("timeline"))


def test_only_the_demo_guides_through_a_first_minute(
    product: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Your first minute" not in texts(visit("timeline"))
    monkeypatch.setenv("EVSE_STATUS_DEMO", "true")
    session.app.clear()
    page = visit("timeline")
    assert "Your first minute" in texts(page)
    page = press(page, "2. Find work in one city")
    assert page.session_state["q"] == "Aarhus"
    page = press(page, "Close the guide")
    assert "Your first minute" not in texts(page)
    assert "Your first minute" not in texts(visit("timeline", guide="off"))
    fleet_reads.counting().finish()
    session.app().database.close()
    session.app.clear()
