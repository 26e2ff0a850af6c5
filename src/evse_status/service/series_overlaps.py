"""Whom does a repeating override meet, and who of both shows?"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from evse_status.core.override import Override
from evse_status.core.period import LATEST, from_microseconds, to_microseconds
from evse_status.core.series import Series, occurrences
from evse_status.core.statuses import Rank
from evse_status.service.fleet import EvseCard, card
from evse_status.store import evses, overrides
from evse_status.store.spans import Raw

_FAR = timedelta(days=400)
_NEAR = timedelta(days=60)
_FEW = 500  # EVSEs; of more there may be millions of occurrences within a year


@dataclass(frozen=True, slots=True)
class SeriesOverlap:
    """An existing override, or series, that a repeating one meets on an EVSE.

    `existing` is the first one of it that is met, in `[from_at, to_at)`; `count` is how many times they
    meet as far as was looked, `new_wins` which of both shows then.
    """

    evse: EvseCard
    existing: Override
    new_wins: bool
    because: str
    from_at: datetime
    to_at: datetime | None
    count: int

    @property
    def told(self) -> tuple[Any, ...]:
        """What of it must be as it was shown, however far series are stored."""
        same = self.existing
        which = ("series", same.series_id) if same.series_id else (same.id, same.version)
        return (self.evse.id, which, self.new_wins)


def looked_to(now: datetime, evse_count: int) -> datetime:
    """How far ahead overlaps are looked for: 400 days, 60 for more than 500 EVSEs."""
    return min(now + (_FAR if evse_count <= _FEW else _NEAR), LATEST)


def overlaps(
    conn: Connection, planned: Series, *, now: datetime, until: datetime
) -> tuple[SeriesOverlap, ...]:
    """The overrides and series that `planned` meets on its EVSEs before `until`, as if it were made now."""
    ahead = [
        (to_microseconds(one.starts_at), to_microseconds(one.ends_at))
        for one in occurrences(planned, now, until)
    ]
    if not ahead or not planned.evses:
        return ()
    begins = [start for start, _ in ahead]
    met: dict[int, tuple[Raw, int, int | None, int]] = {}
    found = overrides.raw_segments(conn, now, until, evse_numbers=planned.evses)
    for row in sorted(found, key=lambda row: (row[1], row[4], row[0])):
        times = _times(ahead, begins, row[4], row[5])
        if times:
            start, end = times[0]
            met[row[0]] = (row, max(start, row[4]), _earlier(end, row[5]), len(times))
    known = overrides.by_ids(conn, met)
    cards = {
        number: card(row)
        for number, row in evses.by_numbers(conn, {row[1] for row, *_ in met.values()}).items()
    }
    return tuple(_together(planned, met.items(), known, cards))


def _together(
    planned: Series,
    met: Iterable[tuple[int, tuple[Raw, int, int | None, int]]],
    known: dict[int, Override],
    cards: dict[int, EvseCard],
) -> list[SeriesOverlap]:
    """One line for all occurrences of a series on an EVSE."""
    lines: dict[tuple[int, int, bool], SeriesOverlap] = {}
    for number, (row, from_at, to_at, count) in met:
        existing = known[number]
        new_wins = planned.temporary_status.rank >= row[2]
        key = (row[1], -existing.series_id if existing.series_id else existing.id, new_wins)
        before = lines.get(key)
        lines[key] = SeriesOverlap(
            evse=cards[row[1]],
            existing=before.existing if before else existing,
            new_wins=new_wins,
            because=before.because if before else _because(planned, Rank(row[2])),
            from_at=before.from_at if before else from_microseconds(from_at),
            to_at=before.to_at if before else None if to_at is None else from_microseconds(to_at),
            count=count + (before.count if before else 0),
        )
    return list(lines.values())


def _because(planned: Series, rank: Rank) -> str:
    ours, theirs = planned.temporary_status, rank.status
    if ours is theirs:
        return "the one made last wins"
    high, low = sorted((ours, theirs), key=lambda status: -status.rank)
    return f"{high} outranks {low}"


def _times(
    ahead: list[tuple[int, int]], begins: list[int], from_at: int, to_at: int | None
) -> list[tuple[int, int]]:
    """The occurrences that meet `[from_at, to_at)`: they are in order and don't overlap each other."""
    first = max(0, bisect_right(begins, from_at) - 1)
    last = len(ahead) if to_at is None else bisect_right(begins, to_at - 1)
    return [one for one in ahead[first:last] if one[1] > from_at]


def _earlier(end: int, other: int | None) -> int:
    return end if other is None else min(end, other)
