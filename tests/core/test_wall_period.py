"""Rules 6 and 18, cases 7 to 9: tables of instants for nights in which clocks change, and others."""

from datetime import UTC, datetime, timedelta

import pytest

from evse_status.core.local_time import ClockChange, clock_changes, resolve_leniently, zone
from evse_status.core.wall_period import WallPeriod, length_in_words, wall_period

COPENHAGEN, LONDON, NEW_YORK = "Europe/Copenhagen", "Europe/London", "America/New_York"
LORD_HOWE, TOKYO, LAGOS = "Australia/Lord_Howe", "Asia/Tokyo", "Africa/Lagos"


pytestmark = pytest.mark.usefixtures("process_zone")


def utc(text: str) -> datetime:
    """`03-29 01:30` of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}")


FORWARD = "Clocks go forward in between: it lasts"
BACK = "Clocks go back in between: it lasts"
NIGHTS = [
    (COPENHAGEN, "03-27 22:00", "03-27 21:00", "03-28 04:00", ""),
    (COPENHAGEN, "03-28 22:00", "03-28 21:00", "03-29 03:00", f"{FORWARD} 6 h instead of 7 h."),
    (COPENHAGEN, "03-29 22:00", "03-29 20:00", "03-30 03:00", ""),
    (COPENHAGEN, "10-24 22:00", "10-24 20:00", "10-25 04:00", f"{BACK} 8 h instead of 7 h."),
    (COPENHAGEN, "10-25 22:00", "10-25 21:00", "10-26 04:00", ""),
    (LONDON, "03-27 22:00", "03-27 22:00", "03-28 05:00", ""),
    (LONDON, "03-28 22:00", "03-28 22:00", "03-29 04:00", f"{FORWARD} 6 h instead of 7 h."),
    (LONDON, "10-24 22:00", "10-24 21:00", "10-25 05:00", f"{BACK} 8 h instead of 7 h."),
    (LONDON, "10-25 22:00", "10-25 22:00", "10-26 05:00", ""),
    (NEW_YORK, "03-07 22:00", "03-08 03:00", "03-08 09:00", f"{FORWARD} 6 h instead of 7 h."),
    (NEW_YORK, "03-08 22:00", "03-09 02:00", "03-09 09:00", ""),
    (NEW_YORK, "10-31 22:00", "11-01 02:00", "11-01 10:00", f"{BACK} 8 h instead of 7 h."),
    (NEW_YORK, "11-01 22:00", "11-02 03:00", "11-02 10:00", ""),
    (LORD_HOWE, "04-04 22:00", "04-04 11:00", "04-04 18:30", f"{BACK} 7 h 30 min instead of 7 h."),
    (LORD_HOWE, "04-05 22:00", "04-05 11:30", "04-05 18:30", ""),
    (LORD_HOWE, "10-03 22:00", "10-03 11:30", "10-03 18:00", f"{FORWARD} 6 h 30 min instead of 7 h."),
    (LORD_HOWE, "10-04 22:00", "10-04 11:00", "10-04 18:00", ""),
    (TOKYO, "03-28 22:00", "03-28 13:00", "03-28 20:00", ""),
    (TOKYO, "10-24 22:00", "10-24 13:00", "10-24 20:00", ""),
    (LAGOS, "03-28 22:00", "03-28 21:00", "03-29 04:00", ""),
    (LAGOS, "10-24 22:00", "10-24 21:00", "10-25 04:00", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "start", "starts_at", "ends_at", "touched"), NIGHTS)
def test_case_9_a_night_from_22_to_5_is_what_clocks_show(
    name: str, start: str, starts_at: str, ends_at: str, touched: str
) -> None:
    night = wall_period(wall(start), 7 * 60, zone(name))
    assert night == WallPeriod(utc(starts_at), utc(ends_at), touched)
    assert night.ends_at.astimezone(zone(name)).hour == 5


STARTS_IN_A_GAP = [
    (COPENHAGEN, "03-29 02:30", "03-29 01:30", "03-29 02:30", "Clocks skip 02:30: it starts at 03:30"),
    (LONDON, "03-29 01:30", "03-29 01:30", "03-29 02:30", "Clocks skip 01:30: it starts at 02:30"),
    (NEW_YORK, "03-08 02:30", "03-08 07:30", "03-08 08:30", "Clocks skip 02:30: it starts at 03:30"),
    (LORD_HOWE, "10-04 02:15", "10-03 15:45", "10-03 16:45", "Clocks skip 02:15: it starts at 02:45"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "start", "starts_at", "ends_at", "touched"), STARTS_IN_A_GAP)
def test_case_7_an_occurrence_in_a_gap_happens_with_the_offset_before_it_and_its_minutes(
    name: str, start: str, starts_at: str, ends_at: str, touched: str
) -> None:
    found = wall_period(wall(start), 60, zone(name))
    assert found == WallPeriod(utc(starts_at), utc(ends_at), f"{touched} and lasts 1 h.")


ENDS_IN_A_GAP = [
    (COPENHAGEN, "03-28 22:30", "03-28 21:30", "03-29 01:30", "Clocks skip 02:30: it ends at 03:30"),
    (LONDON, "03-28 21:30", "03-28 21:30", "03-29 01:30", "Clocks skip 01:30: it ends at 02:30"),
    (NEW_YORK, "03-07 22:30", "03-08 03:30", "03-08 07:30", "Clocks skip 02:30: it ends at 03:30"),
    (LORD_HOWE, "10-03 22:15", "10-03 11:45", "10-03 15:45", "Clocks skip 02:15: it ends at 02:45"),
]  # fmt: skip
STARTS_IN_A_FOLD = [
    (COPENHAGEN, "10-25 02:30", "10-25 00:30", "10-25 02:30", "02:30 twice: it starts the first time (00:30 UTC) and lasts 2 h."),
    (LONDON, "10-25 01:30", "10-25 00:30", "10-25 02:30", "01:30 twice: it starts the first time (00:30 UTC) and lasts 2 h."),
    (NEW_YORK, "11-01 01:30", "11-01 05:30", "11-01 07:30", "01:30 twice: it starts the first time (05:30 UTC) and lasts 2 h."),
    (LORD_HOWE, "04-05 01:45", "04-04 14:45", "04-04 16:15", "01:45 twice: it starts the first time (14:45 UTC) and lasts 1 h 30 min."),
]  # fmt: skip
ENDS_IN_A_FOLD = [
    (COPENHAGEN, "10-24 22:30", "10-24 20:30", "10-25 00:30", "02:30 twice: it ends the first time (00:30 UTC)"),
    (LONDON, "10-24 21:30", "10-24 20:30", "10-25 00:30", "01:30 twice: it ends the first time (00:30 UTC)"),
    (NEW_YORK, "10-31 21:30", "11-01 01:30", "11-01 05:30", "01:30 twice: it ends the first time (05:30 UTC)"),
    (LORD_HOWE, "04-04 21:45", "04-04 10:45", "04-04 14:45", "01:45 twice: it ends the first time (14:45 UTC)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "start", "starts_at", "ends_at", "touched"), ENDS_IN_A_GAP)
def test_an_end_in_a_gap_uses_the_offset_before_it(
    name: str, start: str, starts_at: str, ends_at: str, touched: str
) -> None:
    found = wall_period(wall(start), 240, zone(name))
    assert found == WallPeriod(utc(starts_at), utc(ends_at), f"{touched} and lasts 4 h.")


@pytest.mark.parametrize(("name", "start", "starts_at", "ends_at", "touched"), STARTS_IN_A_FOLD)
def test_case_8_an_occurrence_in_a_fold_starts_the_first_time(
    name: str, start: str, starts_at: str, ends_at: str, touched: str
) -> None:
    found = wall_period(wall(start), 60, zone(name))
    assert found == WallPeriod(utc(starts_at), utc(ends_at), f"Clocks show {touched}")


@pytest.mark.parametrize(("name", "start", "starts_at", "ends_at", "touched"), ENDS_IN_A_FOLD)
def test_an_end_in_a_fold_is_the_first_of_both(
    name: str, start: str, starts_at: str, ends_at: str, touched: str
) -> None:
    found = wall_period(wall(start), 240, zone(name))
    assert found == WallPeriod(
        utc(starts_at), utc(ends_at), f"Clocks show {touched} and lasts 4 h."
    )


@pytest.mark.parametrize(
    ("start", "minutes", "starts_at", "ends_at", "lasts"),
    [
        ("03-28 02:30", 1440, "03-28 01:30", "03-29 01:30", "24 h"),
        ("03-29 02:30", 1440, "03-29 01:30", "03-30 00:30", "23 h"),
        ("03-28 03:00", 1410, "03-28 02:00", "03-29 01:00", "23 h"),
        ("03-29 03:00", 1410, "03-29 01:00", "03-30 00:30", ""),
    ],
)
def test_an_occurrence_ends_before_the_next_could_start(
    start: str, minutes: int, starts_at: str, ends_at: str, lasts: str
) -> None:
    found = wall_period(wall(start), minutes, zone(COPENHAGEN))
    assert (found.starts_at, found.ends_at) == (utc(starts_at), utc(ends_at))
    assert found.touched.endswith(f"lasts {lasts}." if lasts else "")


def test_a_day_that_a_zone_left_out_holds_nothing() -> None:
    thirtieth = wall_period(datetime(2011, 12, 30, 22), 60, zone("Pacific/Apia"))
    next_day = wall_period(datetime(2011, 12, 31, 22), 60, zone("Pacific/Apia"))
    assert thirtieth.starts_at == thirtieth.ends_at == next_day.starts_at < next_day.ends_at


def test_any_other_time_is_itself() -> None:
    assert resolve_leniently(wall("07-01 14:30"), zone(COPENHAGEN)) == utc("07-01 12:30")


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=45), "45 min"),
        (timedelta(hours=7), "7 h"),
        (timedelta(hours=47, minutes=30), "47 h 30 min"),
        (timedelta(days=3), "3 days"),
        (timedelta(days=2, hours=2, minutes=5), "2 days 2 h 5 min"),
        (timedelta(0), "0 min"),
    ],
)
def test_a_length_in_words(length: timedelta, words: str) -> None:
    assert length_in_words(length) == words


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        (COPENHAGEN, [("03-29 01:00", 60, 120), ("10-25 01:00", 120, 60)]),
        (LONDON, [("03-29 01:00", 0, 60), ("10-25 01:00", 60, 0)]),
        (NEW_YORK, [("03-08 07:00", -300, -240), ("11-01 06:00", -240, -300)]),
        (LORD_HOWE, [("04-04 15:00", 660, 630), ("10-03 15:30", 630, 660)]),
        (TOKYO, []),
        (LAGOS, []),
    ],
)
def test_the_changes_of_clocks_in_a_year(name: str, changes: list[tuple[str, int, int]]) -> None:
    found = clock_changes(zone(name), utc("01-01 00:00"), utc("12-31 00:00"))
    assert found == [
        ClockChange(utc(at), timedelta(minutes=before), timedelta(minutes=after))
        for at, before, after in changes
    ]


def test_a_change_at_either_end_of_a_period_is_none_inside_it() -> None:
    change = utc("10-25 01:00")
    copenhagen = zone(COPENHAGEN)
    assert clock_changes(copenhagen, change, change + timedelta(days=3)) == []
    assert clock_changes(copenhagen, change - timedelta(days=3), change) == []
    around = clock_changes(copenhagen, change - timedelta(hours=1), change + timedelta(hours=1))
    assert [one.at for one in around] == [change]
