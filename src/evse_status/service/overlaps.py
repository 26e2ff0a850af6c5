"""Which existing overrides would a planned one meet, and which of both shows there?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from evse_status.core.override import Override
from evse_status.core.period import LATEST, Period
from evse_status.core.segments import Segment
from evse_status.store import overrides

FAR = timedelta(days=400)
"""So far after its start are overlaps of a plan without end looked for: a series goes on for ever."""
NOT_SO_FAR = timedelta(days=62)
"""Likewise where it is for more than `MANY` EVSEs."""
MANY = 500


@dataclass(frozen=True, slots=True)
class Overlap:
    """An existing override that meets the planned one, in `[from_at, to_at)`, and which of both shows."""

    existing: Override
    new_wins: bool
    from_at: datetime
    to_at: datetime | None
    because: str


def looked_for_to(from_at: datetime, to_at: datetime | None, evses: int) -> datetime:
    """How far overlaps of `[from_at, to_at)` are looked for; without end to a midnight (UTC) ahead."""
    if to_at is not None:
        return to_at
    ahead = from_at + (FAR if evses <= MANY else NOT_SO_FAR)
    return min(ahead.replace(hour=0, minute=0, second=0, microsecond=0), LATEST)


def segments_by_evse(
    conn: Connection, numbers: Sequence[int], from_at: datetime, to_at: datetime
) -> dict[int, list[Segment]]:
    """What is or will be in force on each EVSE in the window."""
    found: dict[int, list[Segment]] = {number: [] for number in numbers}
    if found:
        for segment in overrides.segments_in(conn, from_at, to_at, evse_numbers=numbers):
            found[segment.evse].append(segment)
    return found


def meeting(segments: Iterable[Segment], planned: Segment, to_at: datetime) -> list[Segment]:
    """Those that `planned` meets before `to_at`, in order of time."""
    found = [
        one
        for one in segments
        if (one.to_at is None or one.to_at > planned.from_at) and one.from_at < to_at
    ]
    return sorted(found, key=lambda one: (one.from_at, one.override_id))


def overlaps_of(
    planned: Segment,
    segments: Iterable[Segment],
    known: Mapping[int, Override],
) -> tuple[Overlap, ...]:
    """Which of the existing segments, in their order, the planned one meets, and who of both shows there."""
    found = []
    new_period = Period(planned.from_at, planned.to_at)
    for segment in segments:
        both = new_period.intersection(Period(segment.from_at, segment.to_at))
        if both is None:
            continue
        new_wins = planned.strength > segment.strength
        existing = known[segment.override_id]
        if planned.status is segment.status:
            because = "the one made last wins"
        else:
            high, low = sorted((planned.status, segment.status), key=lambda s: -s.rank)
            because = f"{high} outranks {low}"
        found.append(Overlap(existing, new_wins, both.from_at, both.to_at, because))
    return tuple(found)
