"""Series in words: rule, clocks, next times, and what was done to them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from audited import CARD
from evse_status.core.rule_words import describe
from evse_status.core.series import Series, next_ones
from evse_status.service.schedule import ItemResult
from evse_status.service.series_change import Scope, SeriesChanged
from evse_status.service.series_list import SeriesDetail, SeriesLine, SeriesRow
from evse_status.service.series_split import LeftAlone, SeriesEdit
from evse_status.ui.views.override import Fact
from evse_status.ui.views.series import series_history, series_table, series_view, time_of
from evse_status.ui.views.series_change import (
    changed,
    edit_between,
    end_of,
    form_of,
    minutes_between,
    stale,
)
from support import MAINTENANCE, NOON, RESERVED, at, override

COPENHAGEN, LONDON = ZoneInfo("Europe/Copenhagen"), ZoneInfo("Europe/London")
SERIES = Series(
    id=5,
    rule="FREQ=WEEKLY;BYDAY=TU",
    zone="Europe/Copenhagen",
    first_local_start=datetime(2026, 10, 20, 22),
    minutes=420,
    temporary_status=MAINTENANCE,
    evses=(1, 2),
    made_at=at(-72),
    created_by="Mette",
    reason="Filters",
)


def a_row(series: Series = SERIES, **fields: Any) -> SeriesRow:
    ahead = next_ones(series, NOON, 1)
    made = SeriesRow(
        series=series,
        description=describe(series.rule, series.first_local_start, series.minutes),
        evses=2,
        places=("Kanalpladsen",),
        running=None,
        next=ahead[0] if ahead else None,
        is_over=not ahead,
        continued_by=None,
    )
    return replace(made, **fields)


def a_detail(row: SeriesRow, **fields: Any) -> SeriesDetail:
    ahead = tuple(next_ones(row.series, NOON, 2))
    return replace(SeriesDetail(row, (CARD,), ahead, (), (), (row.series.id,)), **fields)


def test_a_series_is_told_on_its_own_clocks_and_on_the_viewers() -> None:
    view = series_view(a_detail(a_row()), zone=LONDON, now=NOON)
    assert (view.number, view.rule) == ("Series #5", "Every Tuesday, 22:00–05:00")
    assert view.clocks == "On clocks in Europe/Copenhagen"
    first = view.times[0]
    assert first.during == "Tue 27 Oct 22:00 – Wed 28 Oct 05:00"
    assert first.for_viewer == "Tue 27 Oct 21:00 – Wed 28 Oct 04:00 in Europe/London"
    assert first.stands == "in 5 days 9 h"
    assert Fact("Next", "Tue 27 Oct 21:00 in Europe/London") in view.about
    here = series_view(a_detail(a_row()), zone=COPENHAGEN, now=NOON)
    assert here.times[0].for_viewer == ""


def test_a_time_that_holds_says_so_and_what_the_clocks_do() -> None:
    sunday = replace(
        SERIES, rule="FREQ=WEEKLY;BYDAY=SU", first_local_start=datetime(2026, 10, 18, 1, 30)
    )
    [night] = next_ones(sunday, NOON, 1)
    told = time_of(sunday, night, zone=COPENHAGEN, now=night.starts_at + timedelta(hours=1))
    assert told.holds
    assert told.stands == "holds now, 7 h left"
    assert told.touched
    assert not time_of(sunday, night, zone=COPENHAGEN, now=night.ends_at).holds


def test_other_parts_and_skipped_times_are_named() -> None:
    detail = a_detail(a_row(), parts=(3, 5, 9), skipped=(datetime(2026, 11, 3, 22),))
    view = series_view(detail, zone=COPENHAGEN, now=NOON)
    assert view.others == ((3, "Before it was changed"), (9, "Since it was changed"))
    assert view.skipped == ("Tue 3 Nov 22:00",)


def test_the_table_has_rule_clocks_next_and_since() -> None:
    over = a_row(replace(SERIES, id=6, cut_from=SERIES.first_local_start))
    table = series_table([a_row(), over], zone=LONDON, now=NOON, dark=False)
    first, last = table.to_dict("records")
    assert first["Repeats"] == "Every Tuesday, 22:00–05:00"
    assert (first["Clocks"], first["Next"]) == ("Europe/Copenhagen", "Tue 27 Oct 21:00")
    assert (first["No."], first["Since"]) == ("/series?id=5", "Mon 19 Oct")
    assert last["Next"] == "over"


def test_its_history_is_in_words() -> None:
    fields = (
        ("rule", "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=TU;COUNT=3"),
        ("minutes", "420", "450"),
        ("EVSEs", "1", "1, 2"),
        ("skipped", "", "2026-11-03T22:00"),
        ("status", "MAINTENANCE", "RESERVED"),
    )
    line = SeriesLine(NOON, "Jonas", "changed", "Late", 2, 7, fields)
    [entry] = series_history([line], zone=COPENHAGEN, now=NOON)
    assert entry.fields == (
        ("Rule", "Every day → Every Tuesday, 3 times"),
        ("Lasts", "7 h → 7 h 30 min"),
        ("EVSEs", "1 EVSE → 2 EVSEs"),
        ("Skipped", "none → Tue 3 Nov 22:00"),
        ("Status", "Maintenance → Reserved"),
    )


def test_only_what_was_typed_is_named_in_a_change() -> None:
    opened = form_of(SERIES)
    assert edit_between(opened, opened) == SeriesEdit()
    typed = replace(opened, temporary_status=RESERVED, minutes=480)
    assert edit_between(opened, typed) == SeriesEdit(temporary_status=RESERVED, minutes=480)


@pytest.mark.parametrize("minutes", [1, 420, 1_439, 1_440, 1_441, 4_320, 10_000])
def test_start_end_and_days_say_how_long_clocks_count(minutes: int) -> None:
    start = SERIES.first_local_start.time()
    end, days = end_of(start, minutes)
    assert minutes_between(start, end, days) == minutes


def test_what_became_of_a_change_names_what_was_left_alone() -> None:
    mine = override(number=7)
    result = SeriesChanged(
        batch_id=3,
        series=a_row(replace(SERIES, id=9)),
        items=(ItemResult(1, "DK*TST*E1", mine),),
        left=(LeftAlone(override(number=8), "DK*TST*E2", "changed by Jonas"),),
    )
    start = datetime(2026, 10, 27, 22)
    outcome = changed(result, "changed", SERIES, scope=Scope.FOLLOWING, start=start, now=NOON)
    assert outcome.text == (
        "All times of series #5 from Tue 27 Oct 22:00 on are changed on 2 EVSEs, "
        "1 override of the next weeks with it. It goes on as series #9."
    )
    assert not outcome.good
    assert outcome.refused == ("DK*TST*E2, Maintenance #8: left as it is, changed by Jonas",)
    assert outcome.batches == (3,)
    nothing = replace(result, batch_id=None, items=(), left=())
    assert changed(
        nothing, "cleared", SERIES, scope=Scope.ALL, start=None, now=NOON
    ).text.startswith("Nothing was changed")


def test_who_is_late_hears_who_did_what() -> None:
    line = SeriesLine(NOON, "Jonas", "changed", "", 2, 7, (("reason", "Filters", "Cables"),))
    outcome = stale(SERIES, [line], zone=COPENHAGEN, now=NOON)
    assert not outcome.good
    [news] = outcome.news
    assert news.name == "Series #5"
    assert (news.entries[0].who, news.entries[0].fields) == (
        "Jonas",
        (("Reason", "Filters → Cables"),),
    )
