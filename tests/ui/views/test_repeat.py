"""What repeats, in words: its next times per site, what clock changes do, whom it meets."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evse_status.core.principal import LOCAL
from evse_status.service.schedule import place_overrides
from evse_status.service.series import SeriesPreview, SeriesWish, place_repeating, preview_repeating
from evse_status.store.database import Database
from evse_status.ui.views.repeat import (
    first_time,
    later_touched,
    next_times,
    nth_weekday,
    ordinal,
    repeated_headline,
    series_line,
    series_overlap_lines,
)
from support import BLOCKED, MAINTENANCE, Hands, a_site, evse_json, location_json, take_in, wish

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
SATURDAY = datetime(2026, 10, 24, 22)


def nights(zone: str, **fields: Any) -> SeriesWish:
    return SeriesWish(
        rule="FREQ=WEEKLY;INTERVAL=2",
        zone=zone,
        first_local_start=SATURDAY,
        minutes=7 * 60,
        temporary_status=MAINTENANCE,
        **fields,
    )


def preview(db: Database, hands: Hands, **fields: Any) -> SeriesPreview:
    """Every second Saturday night at one site in Copenhagen and one in London."""
    a_site(db, hands, count=1)
    london = location_json("L2", evse_json("9"), time_zone="Europe/London")
    take_in(db, london, complete=False)
    hands.forward(minutes=1)
    targets = [
        ((1,), nights("Europe/Copenhagen", **fields)),
        ((2,), nights("Europe/London", **fields)),
    ]
    return preview_repeating(db, LOCAL, targets, now=hands.now(), count=3)


def test_next_times_are_told_once_for_all_sites_with_their_utc(
    sqlite: Database, hands: Hands
) -> None:
    shown = preview(sqlite, hands)
    times = next_times(shown.groups, now=shown.now)
    assert [one.title for one in times] == [
        "Sat 24 Oct, 22:00–05:00",
        "Sat 7 Nov, 22:00–05:00",
        "Sat 21 Nov, 22:00–05:00",
    ]
    assert times[0].in_utc == ("Copenhagen 20:00–04:00", "London 21:00–05:00")
    assert times[1].in_utc == ("Copenhagen 21:00–04:00", "London 22:00–05:00")
    assert all(one.happens for one in times)


def test_times_that_a_clock_change_touches_are_named_now_and_later(
    sqlite: Database, hands: Hands
) -> None:
    shown = preview(sqlite, hands)
    first = next_times(shown.groups, now=shown.now)[0]
    assert len(first.touched) == 1
    assert first.touched[0].startswith("Copenhagen and London: ")
    assert "8 h" in first.touched[0]
    later = later_touched(shown.groups, now=shown.now)
    assert [one.split(":")[0] for one in later] == [
        "Sat 27 Mar 2027, Europe/Copenhagen and Europe/London",
    ]


def test_a_time_ticked_out_stays_in_its_place(sqlite: Database, hands: Hands) -> None:
    shown = preview(sqlite, hands, exceptions=(datetime(2026, 11, 7, 22),))
    times = next_times(shown.groups, now=shown.now)
    assert [one.happens for one in times] == [True, False, True, True]
    assert times[1].title == "Sat 7 Nov, 22:00–05:00"
    assert times[1].in_utc == ()
    first = first_time(shown.groups[0])
    assert first is not None
    assert first.local_start == SATURDAY


def test_overlaps_name_the_winner_and_how_often(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    place_overrides(site.db, LOCAL, ["DK*TST*E1"], wish(BLOCKED))
    hands.forward(minutes=1)
    shown = preview_repeating(sqlite, LOCAL, [((1,), nights("Europe/Copenhagen"))], now=hands.now())
    [line] = series_overlap_lines(shown, COPENHAGEN)
    assert line.startswith("DK*TST*E1 with Blocked #1: Maintenance (the new one) wins, ")
    assert line.endswith("first on Sat 24 Oct 22:00.")


def test_an_overlap_with_another_series_names_that(sqlite: Database, hands: Hands) -> None:
    a_site(sqlite, hands, count=1)
    made = place_repeating(sqlite, LOCAL, [((1,), nights("Europe/Copenhagen"))])
    hands.forward(minutes=1)
    shown = preview_repeating(sqlite, LOCAL, [((1,), nights("Europe/Copenhagen"))], now=hands.now())
    [line] = series_overlap_lines(shown, COPENHAGEN)
    assert f"with Maintenance of series #{made.series[0].series.id}: " in line


def test_a_result_counts_evses_and_names_clocks(sqlite: Database, hands: Hands) -> None:
    a_site(sqlite, hands, count=1)
    made = place_repeating(sqlite, LOCAL, [((1, 77), nights("Europe/Copenhagen"))])
    assert repeated_headline(made.items) == "Repeats on 1 EVSE, 1 refused"
    row = made.series[0]
    assert series_line(row.description, [row.series.zone]) == (
        "Every second Saturday, 22:00–05:00, on clocks in Europe/Copenhagen"
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (13, "13th"), (22, "22nd")],
)
def test_days_of_the_month_are_said_as_people_do(number: int, said: str) -> None:
    assert ordinal(number) == said


@pytest.mark.parametrize(("day", "number"), [(1, 1), (7, 1), (8, 2), (28, 4), (29, -1)])
def test_the_fifth_of_a_weekday_is_the_last(day: int, number: int) -> None:
    assert nth_weekday(datetime(2026, 10, day)) == number
