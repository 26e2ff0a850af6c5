"""Does a plan leave drivers at a site too little, or none of a kind?

Looked at whenever a planned override begins; who else is out at that instant counts too: under
another override, or broken by its own word now.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from evse_status.core.period import to_microseconds
from evse_status.core.segments import Segment
from evse_status.core.statuses import ActualStatus
from evse_status.service.fleet import EvseCard
from evse_status.service.groups import Look
from evse_status.store import actuals, evses, overrides

_OUT = frozenset(
    {
        ActualStatus.INOPERATIVE.value,
        ActualStatus.OUTOFORDER.value,
        ActualStatus.PLANNED.value,
        ActualStatus.REMOVED.value,
    }
)
_MOST_INSTANTS = 20
"""So many beginnings are asked for one by one; more are read as one window."""
_MOST_EVSES = 2_000
"""Of more neighbours than these the whole fleet is read at once, which is faster."""


@dataclass(frozen=True, slots=True)
class MostOfASite:
    """More than half of a site is out at `at`: `planned` of its EVSEs by the plan, `already` others."""

    location_id: int
    location_name: str
    at: datetime
    planned: int
    already: int
    of: int


@dataclass(frozen=True, slots=True)
class LastOfItsKind:
    """The plan takes out the last EVSEs of a site that have these connectors."""

    location_id: int
    location_name: str
    at: datetime
    kinds: tuple[str, ...]
    evses: tuple[EvseCard, ...]


def outages(conn: Connection, look: Look) -> list[MostOfASite | LastOfItsKind]:
    """What deserves a second look, site by site; of each the instant at which most is out."""
    planned = list(look.planned.values())
    card_of = {one.card.id: one.card for one in look.targets if one.card is not None}
    sites: dict[int, list[Segment]] = defaultdict(list)
    for segment in planned:
        sites[card_of[segment.evse].location_id].append(segment)
    there = _evses_at(conn, sites)
    everybody = {evse for some in there.values() for evse in some}
    busy = _overridden(conn, everybody, {one.from_at for one in planned})
    broken = {
        evse
        for evse, word in actuals.newest_words(
            conn, everybody if len(everybody) <= _MOST_EVSES else None
        ).items()
        if word in _OUT
    }
    found: list[MostOfASite | LastOfItsKind] = []
    for location_id, segments in sites.items():
        name = card_of[segments[0].evse].location_name
        worst, most, last = 0, None, None
        for at in sorted({one.from_at for one in segments}):
            ours = {one.evse for one in segments if one.holds_at(at)}
            kinds_of = there[location_id]
            others = {
                evse
                for evse in kinds_of
                if evse not in ours and (evse in broken or evse in busy[at])
            }
            if 2 * (len(ours) + len(others)) > len(kinds_of) and len(ours) + len(others) > worst:
                worst = len(ours) + len(others)
                most = MostOfASite(location_id, name, at, len(ours), len(others), len(kinds_of))
            left = kinds_of.keys() - ours - others
            gone = _gone(kinds_of, ours - busy[at] - broken, left)
            if gone and left and last is None:
                having = sorted(evse for evse in ours if set(kinds_of[evse]) & set(gone))
                who = tuple(card_of[evse] for evse in having)
                last = LastOfItsKind(location_id, name, at, gone, who)
        found += [one for one in (most, last) if one is not None]
    return found


def _gone(
    kinds_of: Mapping[int, Sequence[str]], ours: Iterable[int], left: Iterable[int]
) -> tuple[str, ...]:
    still = {kind for evse in left for kind in kinds_of[evse]}
    had = dict.fromkeys(kind for evse in sorted(ours) for kind in kinds_of[evse])
    return tuple(kind for kind in had if kind not in still)


def _evses_at(
    conn: Connection, locations: Collection[int]
) -> dict[int, dict[int, tuple[str, ...]]]:
    """The live EVSEs at these sites, each with its kinds."""
    found: dict[int, dict[int, tuple[str, ...]]] = {location: {} for location in locations}
    for evse, location, connectors in evses.kinds_at(conn, locations):
        found[location][evse] = tuple(one for one in connectors.split(", ") if one)
    return found


def _overridden(
    conn: Connection, numbers: Collection[int], instants: Collection[datetime]
) -> dict[datetime, set[int]]:
    """Which of these EVSEs are under an override at each instant."""
    some = sorted(numbers) if len(numbers) <= _MOST_EVSES else None
    if len(instants) <= _MOST_INSTANTS:
        return {
            at: {row[1] for row in overrides.raw_segments(conn, at, None, evse_numbers=some)}
            for at in instants
        }
    rows: list[Any] = overrides.raw_segments(conn, min(instants), max(instants), evse_numbers=some)
    held: dict[datetime, set[int]] = {}
    for at in instants:
        then = to_microseconds(at)
        held[at] = {row[1] for row in rows if row[4] <= then and (row[5] is None or row[5] > then)}
    return held
