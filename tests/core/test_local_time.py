"""Rule 6: a time on the wall in the spring gap, in the autumn fold, and at any other moment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_status.core.errors import AmbiguousLocalTime, NonexistentLocalTime, UnknownZone
from evse_status.core.local_time import Fold, resolve, zone

pytestmark = pytest.mark.usefixtures("process_zone")

COPENHAGEN = "Europe/Copenhagen"
ZONES = [
    COPENHAGEN,
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("name", "local", "earlier", "later"),
    [
        (COPENHAGEN, (2026, 3, 29, 2, 30), (2026, 3, 29, 0, 59), (2026, 3, 29, 1, 0)),
        ("Europe/London", (2026, 3, 29, 1, 0), (2026, 3, 29, 0, 59), (2026, 3, 29, 1, 0)),
        ("America/New_York", (2026, 3, 8, 2, 59), (2026, 3, 8, 6, 59), (2026, 3, 8, 7, 0)),
        ("Australia/Lord_Howe", (2026, 10, 4, 2, 15), (2026, 10, 3, 15, 29), (2026, 10, 3, 15, 30)),
    ],
)
def test_case_7_a_time_in_the_spring_gap_is_refused_with_its_neighbours(
    name: str, local: tuple[int, ...], earlier: tuple[int, ...], later: tuple[int, ...]
) -> None:
    with pytest.raises(NonexistentLocalTime, match="does not exist") as refused:
        resolve(datetime(*local), zone(name), field="from")  # type: ignore[arg-type]
    assert (refused.value.earlier, refused.value.later) == (utc(*earlier), utc(*later))
    assert refused.value.field == "from"


@pytest.mark.parametrize(
    ("name", "local", "first", "second"),
    [
        (COPENHAGEN, (2026, 10, 25, 2, 30), (2026, 10, 25, 0, 30), (2026, 10, 25, 1, 30)),
        ("Europe/London", (2026, 10, 25, 1, 0), (2026, 10, 25, 0, 0), (2026, 10, 25, 1, 0)),
        ("America/New_York", (2026, 11, 1, 1, 30), (2026, 11, 1, 5, 30), (2026, 11, 1, 6, 30)),
        ("Australia/Lord_Howe", (2026, 4, 5, 1, 45), (2026, 4, 4, 14, 45), (2026, 4, 4, 15, 15)),
    ],
)
def test_case_8_a_time_in_the_autumn_fold_asks_which(
    name: str, local: tuple[int, ...], first: tuple[int, ...], second: tuple[int, ...]
) -> None:
    there = datetime(*local)  # type: ignore[arg-type]
    with pytest.raises(AmbiguousLocalTime, match="happens twice") as refused:
        resolve(there, zone(name))
    assert (refused.value.first, refused.value.second) == (utc(*first), utc(*second))
    assert resolve(there, zone(name), fold=Fold.FIRST) == utc(*first)
    assert resolve(there, zone(name), fold=Fold.SECOND) == utc(*second)


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
        lambda at: at.replace(second=0, microsecond=0)
    ),
)
def test_every_instant_of_a_zone_is_found_again_from_its_wall_clock(
    name: str, moment: datetime
) -> None:
    at = moment.replace(tzinfo=UTC)
    there = at.astimezone(zone(name))
    found = resolve(there.replace(tzinfo=None, fold=0), zone(name), fold=Fold(there.fold))
    assert found == at


@given(st.integers(2000, 2099), st.integers(0, 59))
def test_every_minute_of_every_gap_is_refused_with_the_minutes_that_touch_it(
    year: int, minute: int
) -> None:
    last_of_march = datetime(year, 3, 31)
    sunday = last_of_march - timedelta(days=(last_of_march.weekday() + 1) % 7)
    with pytest.raises(NonexistentLocalTime) as refused:
        resolve(sunday.replace(hour=2, minute=minute), zone(COPENHAGEN), fold=Fold.FIRST)
    before = refused.value.earlier.astimezone(zone(COPENHAGEN)).replace(tzinfo=None)
    after = refused.value.later.astimezone(zone(COPENHAGEN)).replace(tzinfo=None)
    assert before == sunday.replace(hour=1, minute=59)
    assert after == sunday.replace(hour=3)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_an_unknown_zone_is_named(name: str) -> None:
    with pytest.raises(UnknownZone):
        zone(name)


@pytest.mark.parametrize(
    ("name", "local", "at"),
    [
        (COPENHAGEN, (2026, 3, 29, 1, 59), (2026, 3, 29, 0, 59)),
        (COPENHAGEN, (2026, 3, 29, 3, 0), (2026, 3, 29, 1, 0)),
        (COPENHAGEN, (2026, 7, 1, 14, 30), (2026, 7, 1, 12, 30)),
        (COPENHAGEN, (2026, 10, 25, 3, 0), (2026, 10, 25, 2, 0)),
        ("Europe/London", (2026, 10, 25, 0, 59), (2026, 10, 24, 23, 59)),
        ("America/New_York", (2026, 11, 1, 2, 0), (2026, 11, 1, 7, 0)),
        ("Australia/Lord_Howe", (2026, 4, 5, 2, 0), (2026, 4, 4, 15, 30)),
        ("Australia/Lord_Howe", (2026, 10, 4, 2, 30), (2026, 10, 3, 15, 30)),
        ("Asia/Tokyo", (2026, 3, 29, 2, 30), (2026, 3, 28, 17, 30)),
        ("Africa/Lagos", (2026, 10, 25, 2, 30), (2026, 10, 25, 1, 30)),
    ],
)
def test_any_other_time_on_the_wall_is_one_instant(
    name: str, local: tuple[int, ...], at: tuple[int, ...]
) -> None:
    assert resolve(datetime(*local), zone(name)) == utc(*at)  # type: ignore[arg-type]
