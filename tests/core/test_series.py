"""Rule 18: a series holds at the same time on the wall in every week, whatever clocks do."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evse_status.core.errors import OccurrencesOverlap, UnusableRule
from evse_status.core.local_time import zone
from evse_status.core.override import Override
from evse_status.core.recurrence import longest_minutes, starts
from evse_status.core.series import (
    Occurrence,
    Series,
    from_virtual_id,
    is_virtual,
    next_ones,
    occurrence_on,
    occurrences,
    override_of,
    require_possible,
    virtual_id,
)
from evse_status.core.statuses import Cause, Source, TemporaryStatus
from evse_status.core.wall_period import wall_period
from recurring import FIRSTS, ZONES, rules, series_of

SATURDAY = datetime(2026, 10, 17, 22)
A_WEEK = timedelta(weeks=1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def local_starts(series: Series, from_at: datetime, to_at: datetime | None) -> list[datetime]:
    return [one.local_start for one in occurrences(series, from_at, to_at)]


def test_case_9_a_weekly_night_stays_the_same_on_the_wall_through_the_change_of_clocks() -> None:
    weekly = series_of("FREQ=WEEKLY", SATURDAY)
    assert next_ones(weekly, utc(2026, 10, 1), 3) == [
        Occurrence(SATURDAY, utc(2026, 10, 17, 20), utc(2026, 10, 18, 3)),
        Occurrence(
            SATURDAY + A_WEEK,
            utc(2026, 10, 24, 20),
            utc(2026, 10, 25, 4),
            "Clocks go back in between: it lasts 8 h instead of 7 h.",
        ),
        Occurrence(SATURDAY + 2 * A_WEEK, utc(2026, 10, 31, 21), utc(2026, 11, 1, 4)),
    ]


@pytest.mark.parametrize("name", ZONES)
def test_case_9_the_tail_of_last_night_is_not_cut_on_the_day_of_a_change(name: str) -> None:
    nightly = series_of("FREQ=DAILY", datetime(2026, 1, 1, 22), zone=name, made_at=utc(2026, 1, 1))
    there = zone(name)
    for day in range(365):
        dawn = datetime(2026, 1, 2, 4, 59, tzinfo=there) + timedelta(days=day)
        (holds,) = occurrences(nightly, dawn.astimezone(UTC), None)
        assert holds.local_start == dawn.replace(tzinfo=None, hour=22, minute=0) - timedelta(days=1)
        assert occurrences(nightly, holds.ends_at, None) == []
        assert holds.ends_at.astimezone(there).hour == 5


def test_case_10_the_first_and_the_last_happen_and_nothing_stops_after_a_horizon() -> None:
    ten = series_of("FREQ=WEEKLY;COUNT=10", SATURDAY)
    found = next_ones(ten, utc(2026, 9, 1), 100)
    assert [one.local_start for one in found] == [SATURDAY + n * A_WEEK for n in range(10)]
    endless = series_of("FREQ=WEEKLY", SATURDAY)
    (in_2099,) = next_ones(endless, utc(2099, 6, 1), 1)
    assert in_2099.local_start == datetime(2099, 6, 6, 22)


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (utc(2026, 10, 17, 20) - timedelta(microseconds=1), False),
        (utc(2026, 10, 17, 20), True),
        (utc(2026, 10, 18, 3) - timedelta(microseconds=1), True),
        (utc(2026, 10, 18, 3), False),
    ],
)
def test_case_1_an_occurrence_is_half_open(at: datetime, holds: bool) -> None:
    weekly = series_of("FREQ=WEEKLY", SATURDAY)
    assert bool(occurrences(weekly, at, None)) is holds
    assert bool(occurrences(weekly, at, at + timedelta(hours=1))) is (
        holds or at < utc(2026, 10, 17, 20)
    )


def test_a_window_has_what_overlaps_it_and_no_more_than_asked() -> None:
    daily = series_of("FREQ=DAILY", SATURDAY)
    window = utc(2026, 10, 18, 3), utc(2026, 10, 21, 20)
    assert local_starts(daily, *window) == [SATURDAY + timedelta(days=n) for n in (1, 2, 3)]
    assert [one.local_start for one in occurrences(daily, *window, most=1)] == [
        SATURDAY + timedelta(days=1)
    ]


def test_exceptions_and_what_is_cut_off_do_not_happen() -> None:
    second, third = SATURDAY + A_WEEK, SATURDAY + 2 * A_WEEK
    weekly = series_of("FREQ=WEEKLY", SATURDAY, exceptions=(second,), cut_from=third)
    assert local_starts(weekly, utc(2026, 9, 1), utc(2027, 9, 1)) == [SATURDAY]
    assert occurrence_on(weekly, SATURDAY) == occurrences(weekly, utc(2026, 10, 17, 20), None)[0]
    assert [occurrence_on(weekly, start) for start in (second, third)] == [None, None]
    assert occurrence_on(weekly, SATURDAY + timedelta(minutes=1)) is None


def test_case_4_what_was_over_before_the_series_is_not_made_and_what_runs_starts_when_it_is() -> (
    None
):
    made_at = utc(2026, 10, 24, 23, 17)
    late = series_of("FREQ=WEEKLY", SATURDAY, made_at=made_at)
    first, second = next_ones(late, utc(2026, 1, 1), 2)
    assert (first.local_start, first.starts_at) == (SATURDAY + A_WEEK, made_at)
    assert second.starts_at == utc(2026, 10, 31, 21)
    part = replace(late, added_at=first.ends_at)
    assert next_ones(part, utc(2026, 1, 1), 1) == [second]
    override = override_of(late, 7, first)
    assert (override.requested_from, override.starts_at) == (utc(2026, 10, 24, 20), made_at)


def test_an_occurrence_is_an_override_with_an_id_of_its_own() -> None:
    weekly = series_of(
        "FREQ=WEEKLY", SATURDAY, reason="Cables", cause=Cause.PLANNED_WORK, ticket="T-1", batch_id=3
    )
    (found,) = occurrences(weekly, utc(2027, 1, 2, 21), None)
    assert override_of(weekly, 7, found) == Override(
        id=virtual_id(5, 7, datetime(2027, 1, 2, 22)),
        evse=7,
        temporary_status=TemporaryStatus.MAINTENANCE,
        requested_from=utc(2027, 1, 2, 21),
        starts_at=utc(2027, 1, 2, 21),
        valid_to=utc(2027, 1, 3, 4),
        made_at=weekly.made_at,
        created_by="anna",
        source=Source.SERIES,
        reason="Cables",
        cause=Cause.PLANNED_WORK,
        ticket="T-1",
        batch_id=3,
        series_id=5,
        occurrence_start="2027-01-02T22:00",
    )


@given(st.integers(1, 2**20 - 1), st.integers(1, 2**27 - 1), FIRSTS)
def test_an_id_of_an_occurrence_says_whose_it_is(series: int, evse: int, start: datetime) -> None:
    number = virtual_id(series, evse, start)
    assert -(2**63) <= number < 0
    assert is_virtual(number)
    assert not is_virtual(-number)
    assert from_virtual_id(number) == (series, evse, start.date())


def test_an_id_of_an_occurrence_is_this_one() -> None:
    number = virtual_id(5, 7, datetime(2000, 1, 3, 22))
    assert number == -((5 << 43) + (7 << 16) + 2)
    assert (is_virtual(number), is_virtual(5), is_virtual(0)) == (True, False, False)
    assert from_virtual_id(virtual_id(1, 1, datetime(2100, 12, 31))) == (1, 1, date(2100, 12, 31))


@pytest.mark.parametrize(
    "first",
    [
        datetime(2026, 10, 17, 22, 0, 1),
        datetime(2026, 10, 17, 22, 0, 0, 1),
        utc(2026, 10, 17, 22),
        datetime(1999, 12, 31, 22),
    ],
)
def test_a_first_start_is_a_whole_minute_on_the_wall(first: datetime) -> None:
    odd = replace(series_of("FREQ=DAILY", SATURDAY), first_local_start=first)
    with pytest.raises(UnusableRule, match=r"^firstLocalStart: write a time on the wall") as no:
        require_possible(odd, now=utc(2026, 9, 1))
    assert no.value.field == "firstLocalStart"


def test_a_series_needs_an_occurrence_ahead_and_a_length_that_fits() -> None:
    three = series_of("FREQ=DAILY;COUNT=3", SATURDAY)
    require_possible(three, now=utc(2026, 10, 20, 2))
    with pytest.raises(UnusableRule, match=r"^rule: no occurrence is ahead any more"):
        require_possible(three, now=utc(2026, 10, 20, 3))
    with pytest.raises(OccurrencesOverlap, match=r"^minutes: "):
        require_possible(replace(three, minutes=1441), now=utc(2026, 10, 18))


def test_case_13_nothing_lasts_beyond_the_year_2100() -> None:
    daily = series_of("FREQ=DAILY", datetime(2100, 12, 29, 22))
    found = next_ones(daily, utc(2100, 1, 1), 9)
    assert [one.local_start.day for one in found] == [29, 30]


@st.composite
def any_series(draw: st.DrawFn) -> Series:
    """A series of any rule, zone and length, with exceptions, perhaps cut off, perhaps made late."""
    first = draw(FIRSTS)
    try:
        series = series_of(draw(rules()), first, zone=draw(st.sampled_from(ZONES)))
    except UnusableRule:
        assume(False)
    longest = longest_minutes(series.rule, first)
    minutes = draw(st.sampled_from([1, 30, 420, 1439, 1440, longest]) | st.integers(1, longest))
    some = starts(series.rule, first, from_local=first, most=20)
    return replace(
        series,
        minutes=min(minutes, longest, 60 * 1440),
        made_at=first.replace(tzinfo=UTC) + timedelta(days=draw(st.integers(-400, 40))),
        exceptions=tuple(draw(st.lists(st.sampled_from(some), max_size=3))),
        cut_from=draw(st.none() | st.sampled_from(some)),
    )


@given(any_series(), st.integers(-20, 900), st.integers(1, 300), st.integers(0, 1439))
def test_one_by_one_in_a_window_and_sought_are_the_same(
    series: Series, skip: int, length: int, minute: int
) -> None:
    first = series.first_local_start
    from_at = first.replace(tzinfo=UTC) + timedelta(days=skip, minutes=minute)
    to_at = from_at + timedelta(days=length)
    each = starts(
        series.rule,
        first,
        from_local=first,
        until_local=to_at.replace(tzinfo=None) + timedelta(days=2),
    )
    one_by_one = [found for start in each if (found := occurrence_on(series, start))]
    window = [one for one in one_by_one if one.starts_at < to_at and one.ends_at > from_at]
    assert occurrences(series, from_at, to_at) == window
    assert next_ones(series, from_at, len(window)) == window[: len(window)]
    for one in window[:20]:
        last = one.ends_at - timedelta(microseconds=1)
        assert [one] == occurrences(series, one.starts_at, None) == occurrences(series, last, None)
    assert all(one.ends_at <= later.starts_at for one, later in pairwise(one_by_one))


@given(any_series())
def test_an_occurrence_is_what_clocks_show_unless_it_says_otherwise(series: Series) -> None:
    there = zone(series.zone)
    for one in next_ones(series, series.made_at, 30):
        starts_at, ends_at, touched = wall_period(one.local_start, series.minutes, there)
        assert (max(starts_at, series.made_at), ends_at) == (one.starts_at, one.ends_at)
        shown = [at.astimezone(there).replace(tzinfo=None, fold=0) for at in (starts_at, ends_at)]
        planned = [one.local_start, one.local_start + timedelta(minutes=series.minutes)]
        assert shown == planned or touched
        assert bool(touched) >= (ends_at - starts_at != timedelta(minutes=series.minutes))
