"""Times on clocks become instants per site, or are refused by the name of their field (rule 6)."""

from datetime import UTC, datetime, time, timedelta

import pytest

from evse_status.core.errors import (
    AmbiguousLocalTime,
    InstantOutOfRange,
    InvalidInput,
    NonexistentLocalTime,
)
from evse_status.core.local_time import Fold, zone
from evse_status.core.period import LATEST
from evse_status.core.wall_time import WallTime, WishOnClocks, is_local, next_time, read_local
from support import at, wish

COPENHAGEN, LONDON = zone("Europe/Copenhagen"), zone("Europe/London")
TEN = datetime(2026, 10, 24, 22)
TWICE = datetime(2026, 10, 25, 1, 30)


def test_each_site_has_its_own_ten_o_clock_unless_a_zone_is_named() -> None:
    assert WallTime(TEN).at_site(COPENHAGEN) == datetime(2026, 10, 24, 20, tzinfo=UTC)
    assert WallTime(TEN).at_site(LONDON) == datetime(2026, 10, 24, 21, tzinfo=UTC)
    assert WallTime(TEN, COPENHAGEN).at_site(LONDON) == datetime(2026, 10, 24, 20, tzinfo=UTC)


def test_a_gap_and_a_fold_name_the_field_and_the_instants_of_which_one_may_be_meant() -> None:
    with pytest.raises(AmbiguousLocalTime, match=r"^validTo: ") as twice:
        WallTime(TWICE, field="validTo").at_site(LONDON)
    assert [one.isoformat() for one in twice.value.choices] == [
        "2026-10-25T01:30:00+01:00",
        "2026-10-25T01:30:00+00:00",
    ]
    with pytest.raises(NonexistentLocalTime) as never:
        WallTime(datetime(2026, 3, 29, 2, 30)).at_site(COPENHAGEN)
    assert [one.isoformat() for one in never.value.choices] == [
        "2026-03-29T01:59:00+01:00",
        "2026-03-29T03:00:00+02:00",
    ]
    first, second = (WallTime(TWICE, LONDON, fold).at_site(LONDON) for fold in Fold)
    assert second - first == timedelta(hours=1)


def test_wish_on_clocks() -> None:
    made = WishOnClocks.of(
        wish(), valid_from=WallTime(TEN), valid_to=WallTime(TWICE, fold=Fold.SECOND)
    )
    assert isinstance(made, WishOnClocks)
    there = made.at_site(LONDON)
    assert (there.valid_from, there.valid_to) == (
        datetime(2026, 10, 24, 21, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )
    drained = WishOnClocks(wish(), drain_until=WallTime(TEN)).at_site(COPENHAGEN)
    assert (drained.valid_from, drained.drain_until) == (
        None,
        datetime(2026, 10, 24, 20, tzinfo=UTC),
    )


def test_a_length_counts_exactly_from_the_start_also_when_clocks_change() -> None:
    made = WishOnClocks.of(wish(), valid_from=WallTime(TEN), length=timedelta(hours=7))
    assert isinstance(made, WishOnClocks)
    assert made.at_site(COPENHAGEN).valid_to == datetime(2026, 10, 25, 3, tzinfo=UTC)
    endless = WishOnClocks(wish(), WallTime(TEN), length=timedelta(weeks=999_999))
    assert endless.at_site(COPENHAGEN).valid_to == LATEST


def test_instants_stay_a_plain_wish_and_stand_beside_times_on_clocks() -> None:
    assert WishOnClocks.of(wish(), valid_from=at(1), valid_to=at(2)) == wish(
        valid_from=at(1), valid_to=at(2)
    )
    mixed = WishOnClocks.of(wish(), valid_from=at(1), valid_to=WallTime(TEN))
    assert isinstance(mixed, WishOnClocks)
    assert mixed.at_site(LONDON).valid_from == at(1)
    only_end = WishOnClocks(wish(), valid_to=WallTime(TEN), length=timedelta(hours=1))
    assert only_end.at_site(LONDON).valid_to == datetime(2026, 10, 24, 21, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-10-24T22:00", " 2026-10-24 22:00:00 "])
def test_local_time_is_read(text: str) -> None:
    assert is_local(text)
    assert read_local(text, field="localStart") == TEN


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("2026-10-24T22:00Z", InvalidInput),
        ("2026-10-24T22:00:30", InvalidInput),
        ("2026-10-24", InvalidInput),
        ("2026-02-30T22:00", InvalidInput),
        ("1999-10-24T22:00", InstantOutOfRange),
        ("2101-01-01T00:00", InstantOutOfRange),
        ("", InvalidInput),
    ],
)
def test_what_is_no_local_time_is_refused(text: str, error: type[InvalidInput]) -> None:
    with pytest.raises(error, match=r"^localStart: "):
        read_local(text, field="localStart")


def test_next_time_that_clocks_show() -> None:
    assert next_time(TEN, time(5)) == datetime(2026, 10, 25, 5)
    assert next_time(TEN, time(23, 30)) == datetime(2026, 10, 24, 23, 30)
    assert next_time(TEN, time(22)) == datetime(2026, 10, 25, 22)
