"""Which days a window has, and how long they really are."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from evse_status.ui.views.window import LONGEST_DAYS, SHORTEST, around, part_of, rounded, window_of

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 10, 22, 12, 27, 31, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_seven_days_begin_yesterday_at_local_midnight() -> None:
    window = around(NOW, days=7, zone=COPENHAGEN)
    assert window.from_at == utc("2026-10-20T22:00")
    assert window.to_at == utc("2026-10-27T23:00")
    assert [tick.text for tick in window.ticks] == [
        "Wed 21 Oct",
        "Thu 22 Oct",
        "Fri 23 Oct",
        "Sat 24 Oct",
        "Sun 25 Oct · 25 h",
        "Mon 26 Oct",
        "Tue 27 Oct",
    ]
    assert [tick.text for tick in window.ticks if tick.strong] == ["Thu 22 Oct"]


def test_a_day_with_a_repeated_hour_is_wider() -> None:
    window = window_of(date(2026, 10, 24), date(2026, 10, 26), zone=COPENHAGEN, now=NOW)
    edges = [window.from_at, *window.lines, window.to_at]
    lengths = [end - start for start, end in pairwise(edges)]
    assert lengths == [timedelta(hours=24), timedelta(hours=25), timedelta(hours=24)]


def test_a_day_with_a_skipped_hour_is_narrower() -> None:
    window = window_of(date(2027, 3, 28), date(2027, 3, 28), zone=COPENHAGEN, now=NOW)
    assert window.length == timedelta(hours=23)
    assert [tick.text for tick in window.ticks] == [
        "Sun 28 Mar",
        "03:00",
        "06:00",
        "09:00",
        "12:00",
        "15:00",
        "18:00",
        "21:00",
    ]
    assert window.ticks[1].at == utc("2027-03-28T01:00")


def test_a_zone_that_skips_midnight_begins_its_day_later() -> None:
    window = window_of(date(2026, 4, 24), date(2026, 4, 24), zone=ZoneInfo("Africa/Cairo"), now=NOW)
    assert window.from_at == utc("2026-04-23T22:00")
    assert window.length == timedelta(hours=23)


def test_now_is_rounded_to_about_a_pixel_so_that_zoom_survives() -> None:
    assert around(NOW, days=7, zone=COPENHAGEN).now == utc("2026-10-22T12:20")
    assert around(NOW, days=1, zone=COPENHAGEN).now == utc("2026-10-22T12:26")
    later = around(NOW + timedelta(minutes=2), days=7, zone=COPENHAGEN)
    assert later == around(NOW, days=7, zone=COPENHAGEN)
    assert rounded(utc("2026-10-22T12:30"), timedelta(minutes=10)) == utc("2026-10-22T12:30")


def test_days_in_the_wrong_order_are_turned_round() -> None:
    first, last = date(2026, 10, 20), date(2026, 10, 24)
    assert window_of(last, first, zone=COPENHAGEN, now=NOW) == window_of(
        first, last, zone=COPENHAGEN, now=NOW
    )


@pytest.mark.parametrize(
    ("days", "labels", "lines"), [(14, 14, 13), (30, 4, 29), (90, 6, 6), (365, 12, 12)]
)
def test_long_windows_have_fewer_labels(days: int, labels: int, lines: int) -> None:
    window = around(NOW, days=days, zone=COPENHAGEN)
    assert (len(window.ticks), len(window.lines)) == (labels, lines)


def test_an_endless_window_is_cut() -> None:
    window = window_of(date(2000, 1, 1), date(2100, 1, 1), zone=COPENHAGEN, now=NOW)
    assert window.length == timedelta(days=LONGEST_DAYS)


@pytest.mark.parametrize(
    ("from_at", "to_at", "ticks"),
    [
        (
            "2026-10-25T00:10",
            "2026-10-25T02:50",
            ["Sun 25 Oct 02:30 (UTC+2)", "02:00 (UTC+1)", "02:30 (UTC+1)", "03:00", "03:30"],
        ),
        (
            "2026-10-21T20:00",
            "2026-10-22T08:00",
            ["Wed 21 Oct 22:00", "Thu 22 Oct", "02:00", "04:00", "06:00", "08:00"],
        ),
        ("2026-10-21T20:00", "2026-10-25T08:00", ["Thu 22 Oct", "Fri 23 Oct", "Sat 24 Oct"]),
    ],
    ids=["over a repeated hour", "over midnight", "over days"],
)
def test_a_part_is_told_by_clocks_or_days(from_at: str, to_at: str, ticks: list[str]) -> None:
    whole = around(NOW, days=7, zone=COPENHAGEN)
    part = part_of(whole, utc(from_at), utc(to_at), now=NOW)
    assert (part.from_at, part.to_at) == (utc(from_at), utc(to_at))
    assert [tick.text for tick in part.ticks] == ticks
    assert part.reach == (whole.from_at, whole.to_at)


def test_a_part_has_its_limits() -> None:
    whole = around(NOW, days=7, zone=COPENHAGEN)
    assert part_of(whole, NOW, NOW + timedelta(minutes=1), now=NOW).length == SHORTEST
    beyond = part_of(whole, NOW, NOW + timedelta(days=30), now=NOW)
    assert beyond.length == whole.length
    assert beyond.reach == (whole.from_at, beyond.to_at)
    with pytest.raises(ValueError, match="ends after"):
        part_of(whole, NOW, NOW, now=NOW)
