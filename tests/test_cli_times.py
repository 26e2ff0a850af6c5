"""When somebody plans on the command line: instants, and times on the clocks of a zone or of each site."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evse_status.cli_times import planned, read_clocks
from evse_status.core.errors import AmbiguousLocalTime, InvalidInput, UnknownWord, UnknownZone
from evse_status.core.local_time import zone
from evse_status.core.override import Wish
from evse_status.core.wall_time import WishOnClocks
from support import NOON, at, wish

COPENHAGEN, LONDON = "Europe/Copenhagen", "Europe/London"
TEN = "2026-10-24 22:00"


def read(
    valid_from: str | None = None,
    valid_to: str | None = None,
    drain_until: str | None = None,
    clocks: str | None = None,
    fold: str | None = None,
) -> Wish | WishOnClocks:
    return planned(
        wish(),
        valid_from=valid_from,
        valid_to=valid_to,
        drain_until=drain_until,
        clocks=read_clocks(clocks, fold),
        now=NOON,
    )


def in_london(*args: Any, **more: Any) -> tuple[datetime | None, datetime | None]:
    made = read(*args, **more)
    assert isinstance(made, WishOnClocks)
    there = made.at_site(zone(LONDON))
    return there.valid_from or there.drain_until, there.valid_to


@pytest.mark.parametrize(
    ("start", "end", "valid_from", "valid_to"),
    [
        (None, None, None, None),
        ("Now", "+4h", None, at(4)),
        ("+1h", "+4h", at(1), at(5)),
        ("2026-10-22T11:00:00Z", "+4h", at(-1), at(3)),
        (None, "2026-10-22T15:00:00Z", None, at(3)),
        (None, "+999999w", None, datetime(2101, 1, 1, tzinfo=UTC)),
    ],
)
def test_case_6_a_duration_counts_from_the_given_start_not_from_now(
    start: str | None, end: str | None, valid_from: datetime | None, valid_to: datetime | None
) -> None:
    assert read(start, end) == wish(valid_from=valid_from, valid_to=valid_to)


def test_on_whose_clocks_is_said() -> None:
    ten, eleven = (datetime(2026, 10, 24, hour, tzinfo=UTC) for hour in (20, 21))
    assert in_london(TEN, clocks="site") == (eleven, None)
    assert in_london(TEN, clocks=COPENHAGEN) == (ten, None)
    assert in_london(drain_until=TEN, clocks="Site") == (eleven, None)
    with pytest.raises(InvalidInput, match=r"^--from: 2026-10-24 22:00 has no offset .* --zone"):
        read(TEN)
    with pytest.raises(UnknownZone, match=r"^--zone: "):
        read(TEN, clocks="Atlantis")


@pytest.mark.parametrize(
    ("end", "hour"), [("05:00", 5), ("+7h", 4), ("2026-10-25 05:00", 5), ("2026-10-25T05:00Z", 5)]
)
def test_end_of_a_night_in_which_clocks_go_back(end: str, hour: int) -> None:
    assert in_london(TEN, end, clocks="site") == (
        datetime(2026, 10, 24, 21, tzinfo=UTC),
        datetime(2026, 10, 25, hour, tzinfo=UTC),
    )


def test_time_that_happens_twice_asks_which() -> None:
    with pytest.raises(AmbiguousLocalTime, match=r"^--from: "):
        in_london("2026-10-25 01:30", clocks="site")
    first, second = (
        in_london("2026-10-25 01:30", clocks="site", fold=fold)[0] for fold in ("first", "Second")
    )
    assert first is not None
    assert second == first + timedelta(hours=1)
    with pytest.raises(UnknownWord, match=r"^--fold: 'third'"):
        read(TEN, clocks="site", fold="third")


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"valid_from": TEN, "drain_until": TEN, "clocks": "site"}, "^--drain-until: it says"),
        ({"drain_until": "+4h", "valid_to": "+8h"}, "^--to: with --drain-until"),
        ({"valid_to": "05:00"}, "^--to: 05:00 alone needs a start"),
        ({"valid_from": "tomorrow"}, "^--from: 'tomorrow' is not a date"),
    ],
)
def test_what_does_not_go_together_is_named(said: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        read(**said)
