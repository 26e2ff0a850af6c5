"""What repeats: listed on Overrides, on a page of its own, and changed or cleared in three widths."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from evse_status.bootstrap import App
from evse_status.core.override import Edit
from evse_status.core.period import write_instant
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.series import Series, next_ones, virtual_id
from evse_status.core.statuses import Phase
from evse_status.service import audit, schedule
from evse_status.service.series import SeriesWish, place_repeating
from evse_status.service.series_change import Scope, change_series, clear_series
from evse_status.service.series_list import SeriesDetail, series_detail
from evse_status.service.series_split import SeriesEdit
from evse_status.ui.views.names import in_address
from support import MAINTENANCE, RESERVED
from visits import press, texts, visit

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
JONAS = Principal("Jonas", Role.PLANNER)


def repeating(product: App, *, rule: str = "FREQ=DAILY", **fields: Any) -> Series:
    """Every night from tomorrow on, 22:00–05:00 in Copenhagen, on the first two EVSEs."""
    tomorrow = product.now().astimezone(COPENHAGEN).date() + timedelta(days=1)
    first = datetime.combine(tomorrow, datetime.min.time()).replace(hour=22)
    wish = SeriesWish(rule, "Europe/Copenhagen", first, 7 * 60, MAINTENANCE, **fields)
    [row] = place_repeating(product.database, LOCAL, [([1, 2], wish)]).series
    return row.series


def told(product: App, series_id: int) -> SeriesDetail:
    return series_detail(product.database, LOCAL, series_id, now=product.now())


def press_key(page: AppTest, start: str) -> AppTest:
    """Press the first button whose key starts so."""
    button = next(one for one in page.button if (one.key or "").startswith(start))
    return button.click().run()


def widget(some: Any, label: str) -> Any:
    [found] = [one for one in some if one.label == label]
    return found


def test_without_any_the_tab_says_what_to_do(product: App) -> None:
    page = visit("overrides", phase="series")
    assert not page.exception
    assert "**Nothing repeats.**" in texts(page)


def test_the_tab_lists_rule_clocks_evses_next_and_who(product: App, evses: dict[str, int]) -> None:
    one = repeating(product, rule="FREQ=WEEKLY;INTERVAL=2", reason="Filters")
    page = visit("overrides", phase="series")
    assert not page.exception
    [row] = page.dataframe[0].value.to_dict("records")
    assert row["No."] == f"/series?id={one.id}"
    assert "22:00" in row["Repeats"]
    assert (row["Clocks"], row["EVSEs"], row["By"]) == ("Europe/Copenhagen", 2, "local")
    assert (row["Status"], row["Reason"], row["At"]) == ("Maintenance", "Filters", "Site L1")
    assert visit("overrides", phase="series", q="nobody").dataframe == []


def test_its_page_has_rule_next_times_and_history(product: App, evses: dict[str, int]) -> None:
    one = repeating(product, reason="<b>Filters</b>")
    page = visit("series", id=str(one.id), zone="America/New_York")
    assert not page.exception
    written = texts(page)
    assert f"Series {one.id}" in written
    assert "On clocks in Europe/Copenhagen" in written
    assert "&lt;b&gt;Filters" in written
    assert "in America/New\\_York" in written
    assert "**Created** by local" in written
    assert len([button for button in page.button if button.label == "Skip"]) == 6
    assert len([b for b in press(page, "Show more").button if b.label == "Skip"]) == 18


@pytest.mark.parametrize("asked", ["", "0", "999", "-1", "abc", "9" * 40, "²"])
def test_an_unknown_number_is_one_sentence_and_a_way_back(product: App, asked: str) -> None:
    page = visit("series", id=asked)
    assert not page.exception
    assert "no series" in texts(page)


def test_one_time_is_skipped_on_all_evses_and_undo_brings_it_back(
    product: App, evses: dict[str, int]
) -> None:
    one = repeating(product)
    first, second = told(product, one.id).next[:2]
    page = press_key(visit("series", id=str(one.id)), "skip-")
    assert told(product, one.id).next[0].local_start == second.local_start
    written = texts(page)
    assert "is skipped on 2 EVSEs" in written
    assert "Skipped: " in written
    page = press(page, "Undo")
    assert told(product, one.id).next[0] == first
    assert "Undone for 2 overrides" in texts(page)


def test_from_one_on_it_is_changed_and_goes_on_as_another(
    product: App, evses: dict[str, int]
) -> None:
    one = repeating(product)
    second = told(product, one.id).next[1]
    page = visit("series", id=str(one.id))
    change = [button for button in page.button if button.label == "Change …"][1]
    page = change.click().run()
    page = widget(page.radio, "How much of it").set_value(Scope.FOLLOWING).run()
    page = widget(page.pills, "Status").set_value(RESERVED).run()
    page = widget(page.time_input, "Ends").set_value(datetime(2000, 1, 1, 6).time()).run()
    page = press(page, "Save")
    assert not page.exception
    goes_on = told(product, int(page.query_params["id"]))
    assert goes_on.row.series.continues == one.id
    assert goes_on.next[0].local_start == second.local_start
    assert (goes_on.row.series.temporary_status, goes_on.row.series.minutes) == (RESERVED, 8 * 60)
    assert [each.local_start for each in told(product, one.id).next] == [one.first_local_start]
    written = texts(page)
    assert f"It goes on as series \\#{goes_on.row.series.id}" in written
    press(page, "Undo")
    assert told(product, one.id).next[1] == second


def test_the_rule_of_all_that_is_ahead_is_changed_in_a_form(
    product: App, evses: dict[str, int]
) -> None:
    one = repeating(product)
    page = press(visit("series", id=str(one.id)), "Change all ahead …")
    page = widget(page.number_input, "Every").set_value(3).run()
    page = press(page, "Save")
    goes_on = told(product, int(page.query_params["id"])).row
    assert goes_on.series.rule == "FREQ=DAILY;INTERVAL=3"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TH,TU;UNTIL=20281224",
        "FREQ=MONTHLY;BYDAY=2TU;COUNT=5",
        "FREQ=MONTHLY;BYMONTHDAY=1,-1",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
        "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1",
    ],
)
def test_a_form_without_a_change_changes_nothing(
    product: App, evses: dict[str, int], rule: str
) -> None:
    one = repeating(product, rule=rule)
    page = press(visit("series", id=str(one.id)), "Change all ahead …")
    assert press(page, "Save").info[0].value == "Nothing is changed yet."
    assert told(product, one.id).row.series.version == one.version


def test_all_that_is_ahead_is_cleared_at_once(product: App, evses: dict[str, int]) -> None:
    one = repeating(product)
    page = press(visit("series", id=str(one.id)), "Clear all ahead …")
    page = press(page, "Clear all that is ahead")
    assert told(product, one.id).row.is_over
    assert "All times ahead of series" in texts(page)
    press(page, "Undo")
    assert not told(product, one.id).row.is_over


def test_who_is_late_is_told_what_changed(product: App, evses: dict[str, int]) -> None:
    one = repeating(product, reason="Cable")
    page = press(visit("series", id=str(one.id)), "Clear all ahead …")
    start = told(product, one.id).next[3].local_start
    change_series(
        product.database,
        JONAS,
        one.id,
        SeriesEdit(reason="Plug"),
        scope=Scope.FOLLOWING,
        occurrence=start,
    )
    page = press(page, "Clear all that is ahead")
    written = texts(page)
    assert "somebody changed the series" in written
    assert "by Jonas" in written
    assert len(told(product, one.id).next) == 3


def test_a_stored_time_says_so_and_leads_to_its_series(product: App, evses: dict[str, int]) -> None:
    one = repeating(product)
    which = audit.OverrideFilter(phase=Phase.UPCOMING)
    rows = audit.list_overrides(product.database, LOCAL, which, now=product.now(), limit=1).rows
    page = visit("override", id=str(rows[0].override.id))
    assert f"series #{one.id}, due {one.first_local_start:%a}" in texts(page)
    links = [getattr(link, "label", "") for link in page.get("page_link")]
    assert f"Series \\#{one.id}\\: skip, change or clear more of it" in links


def test_a_time_that_is_not_stored_is_opened_changed_and_cleared(
    product: App, evses: dict[str, int]
) -> None:
    one = repeating(product)
    far = next_ones(one, product.now() + timedelta(days=240), 1)[0]
    address = in_address(virtual_id(one.id, 2, far.local_start))
    page = visit("override", id=address)
    assert not page.exception
    written = texts(page)
    assert f"Occurrence of series \\#{one.id} · upcoming" in written
    assert page.title[0].value == f"Occurrence, series {one.id}"
    page = press(page, "+1 h")
    assert "1 override extended" in texts(page)
    page = press(page, "Clear, never start")
    assert "1 override cleared" in texts(page)
    cleared = audit.override_detail(
        product.database, LOCAL, virtual_id(one.id, 2, far.local_start), now=product.now()
    )
    assert cleared.override.id > 0
    assert cleared.phase is Phase.CLEARED
    other = audit.override_detail(
        product.database, LOCAL, virtual_id(one.id, 1, far.local_start), now=product.now()
    )
    assert other.phase is Phase.UPCOMING
    at = visit("series", id=str(one.id), at=f"{far.local_start:%Y-%m-%dT%H:%M}")
    assert "The one you came from" in texts(at)


def test_clearing_a_far_time_that_somebody_changed_meanwhile_is_told_first(
    product: App, evses: dict[str, int]
) -> None:
    one = repeating(product, reason="Cable")
    far = next_ones(one, product.now() + timedelta(days=240), 1)[0]
    number = virtual_id(one.id, 2, far.local_start)
    page = visit("override", id=in_address(number))
    schedule.change_override(product.database, JONAS, number, Edit(reason="Plug"))
    page = press(page, "Clear, never start")
    assert not page.exception
    assert "Cable → Plug" in texts(page)
    page = press(page, "Clear it as it is now")
    assert "1 override cleared" in texts(page)
    saved = audit.override_detail(product.database, LOCAL, number, now=product.now())
    assert saved.phase is Phase.CLEARED


def test_the_form_of_a_far_time_tells_what_somebody_made_of_it_meanwhile(
    product: App, evses: dict[str, int]
) -> None:
    one = repeating(product, reason="Cable")
    far = next_ones(one, product.now() + timedelta(days=240), 1)[0]
    number = virtual_id(one.id, 2, far.local_start)
    page = press(visit("override", id=in_address(number)), "Change")
    assert str(number) not in texts(page)
    widget(page.text_input, "Ticket").input("SRV-MINE").run()
    schedule.change_override(product.database, JONAS, number, Edit(reason="Plug"))
    page = press(page, "Save")
    written = texts(page)
    assert "**Changed** by Jonas" in written
    assert "Cable → Plug" in written
    page = press(page, "Save")
    saved = audit.override_detail(product.database, LOCAL, number, now=product.now()).override
    assert (saved.reason, saved.ticket) == ("Plug", "SRV-MINE")
    press(page, "Undo")
    undone = audit.override_detail(product.database, LOCAL, number, now=product.now()).override
    assert (undone.reason, undone.ticket) == ("Plug", "")


def test_a_far_time_is_opened_from_the_timeline_without_its_number(
    product: App, evses: dict[str, int]
) -> None:
    one = repeating(product)
    far = next_ones(one, product.now() + timedelta(days=240), 1)[0]
    number = virtual_id(one.id, 1, far.local_start)
    day = f"{far.local_start:%Y-%m-%d}"
    page = visit(
        "timeline", **{"window": "custom", "from": day, "to": day, "override": in_address(number)}
    )
    assert not page.exception
    assert f"Occurrence of series \\#{one.id} · upcoming" in texts(page)
    goals = widget(page.selectbox, "Go to an override, an EVSE or a location on this page").options
    assert any(f"Maintenance, occurrence of series #{one.id}" in goal for goal in goals)
    assert str(number) not in str(page.get("plotly_chart")) + texts(page)


def test_one_that_is_over_offers_nothing_more(product: App, evses: dict[str, int]) -> None:
    one = repeating(product)
    clear_series(product.database, LOCAL, one.id, scope=Scope.ALL)
    page = visit("series", id=str(one.id))
    assert "None: it is over." in texts(page)
    assert "Clear all ahead …" not in [button.label for button in page.button]
    assert visit("overrides", phase="series").dataframe == []
    assert len(visit("overrides", phase="series", over="true").dataframe[0].value) == 1


def test_preview_names_the_series_of_a_far_time(product: App, evses: dict[str, int]) -> None:
    one = repeating(product)
    far = next_ones(one, product.now() + timedelta(days=240), 1)[0]
    at = write_instant(far.starts_at + timedelta(hours=1))
    page = visit("preview", evse="DK*TST*E1", at=at)
    assert not page.exception
    links = [getattr(link, "label", "") for link in page.get("page_link")]
    assert f"occurrence of series \\#{one.id}" in links
    assert f"local, series \\#{one.id}" in texts(page)
