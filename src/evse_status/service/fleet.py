"""Which EVSEs are there, what do they show over a window, and how many of each?"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row

from evse_status.core.displayed import ActualStretch, Stretch, display_track
from evse_status.core.errors import (
    AmbiguousEvse,
    EvseIsRemoved,
    EvseStatusError,
    TwiceInOneRequest,
    UnknownEvse,
)
from evse_status.core.override import Override
from evse_status.core.period import from_microseconds, to_microseconds
from evse_status.core.principal import Principal
from evse_status.core.segments import Segment
from evse_status.core.statuses import (
    STANDS_BACK_WHILE,
    ActualStatus,
    Phase,
    Rank,
    Source,
    TemporaryStatus,
)
from evse_status.service.levels import Levels, joined, levels, thinned
from evse_status.service.memory import Answer, Memory
from evse_status.store import actuals, archived_list, evses, feed, overrides
from evse_status.store.database import Database, newest_at

OLD_AFTER = timedelta(days=14)
"""An open-ended override that has held for longer is asked about."""

_GIVES_WAY_TO = frozenset(status.value for status in STANDS_BACK_WHILE)


@dataclass(frozen=True, slots=True)
class EvseCard:
    """One EVSE and where it stands. `id` is the surrogate number, `evse_id` what people see."""

    id: int
    evse_id: str
    uid: str
    charger: str
    physical_reference: str
    power_w: int | None
    connectors: str
    missing_since: datetime | None
    removed_at: datetime | None
    location_id: int
    location_name: str
    address: str
    city: str
    country_code: str
    party_id: str
    time_zone: str
    publish: bool


_of_a_card = attrgetter(*(one.name for one in fields(EvseCard)))


@dataclass(frozen=True, slots=True)
class FleetFilter:
    """Which EVSEs: every given condition must hold; an empty one asks nothing.

    `search` looks in EVSE id, location, city, charger and physical reference, in any case and
    spelling of the id. `statuses` and `sources` are those of overrides in force or upcoming at
    `now`; `only_overridden` keeps EVSEs with an override that is not over.
    """

    search: str = ""
    location_ids: tuple[int, ...] = ()
    cities: tuple[str, ...] = ()
    statuses: tuple[TemporaryStatus, ...] = ()
    phases: tuple[Phase, ...] = ()
    sources: tuple[Source, ...] = ()
    only_overridden: bool = False
    evses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One EVSE over a window: its segments, the overrides they belong to, its actual statuses,
    and the flattened track of what shows (with who wins and what is held back)."""

    evse: EvseCard
    actual_now: ActualStatus
    segments: tuple[Segment, ...]
    actuals: tuple[ActualStretch, ...]
    track: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class FleetPage:
    """Some rows of the fleet in stable order (location, charger, EVSE), and how many there are in all."""

    total: int
    rows: tuple[FleetRow, ...]
    overrides: Mapping[int, Override]
    """Every override that a segment on this page belongs to, by id."""
    evses_at_location: Mapping[int, int] = field(default_factory=dict)
    """How many EVSEs each location on this page has in all."""


@dataclass(frozen=True, slots=True)
class FleetCounts:
    """The figures on top of the timeline, all at one instant."""

    evses: int
    available: int  # displayed as available: no override shows and the actual status is AVAILABLE
    overridden: Mapping[TemporaryStatus, int]  # EVSEs by the temporary status that wins
    starting_within_24_h: int
    ending_within_24_h: int
    open_ended_older_than_14_days: int


@dataclass(frozen=True, slots=True)
class StripColumn:
    """How many EVSEs show each temporary status from `from_at` until the next column."""

    from_at: datetime
    shown: Mapping[TemporaryStatus, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A location to choose from."""

    id: int
    name: str
    city: str
    time_zone: str
    evses: int


@dataclass(frozen=True, slots=True)
class Pulse:
    """What moves when anything moves: the newest write, the last boundary of an override at or
    before now, and the newest line of an override's history."""

    written_at: datetime | None
    boundary_at: datetime | None
    change: int = 0


def fleet_page(
    db: Database,
    principal: Principal,
    which: FleetFilter,
    *,
    from_at: datetime,
    to_at: datetime,
    now: datetime,
    limit: int,
    offset: int = 0,
) -> FleetPage:
    """One page of the fleet over the window `[from_at, to_at)` (UTC)."""
    principal.require_reader()
    with db.read() as conn:
        found, total = _found(conn, principal, which, now, limit=limit, offset=offset)
        cards = [card(row) for row in found]
        numbers = [one.id for one in cards]
        segments = _by_evse(
            overrides.segments_in(conn, from_at, to_at, evse_numbers=numbers) if numbers else []
        )
        reported = actuals.in_window(conn, numbers, from_at, to_at)
        newest = actuals.newest(conn, numbers)
        shown = overrides.known(
            conn, {segment.override_id for some in segments.values() for segment in some}
        )
        at_location = evses.count_by_location(conn, {one.location_id for one in cards})
    rows = tuple(
        FleetRow(
            evse=one,
            actual_now=newest[one.id][0] if one.id in newest else ActualStatus.UNKNOWN,
            segments=tuple(segments.get(one.id, ())),
            actuals=tuple(reported[one.id]),
            track=tuple(
                display_track(
                    segments.get(one.id, ()), reported[one.id], from_at=from_at, to_at=to_at
                )
            ),
        )
        for one in cards
    )
    return FleetPage(total, rows, shown, at_location)


def select_evses(
    db: Database, principal: Principal, which: FleetFilter, *, now: datetime, limit: int = 5_000
) -> list[EvseCard]:
    """The EVSEs themselves, without what they show."""
    principal.require_reader()
    with db.read() as conn:
        found, _ = _found(conn, principal, which, now, limit=limit)
        return [card(row) for row in found]


def choices(
    db: Database, principal: Principal, *, limit: int, memory: Memory | None = None
) -> Sequence[EvseCard]:
    """The first EVSEs of all, to choose among; with `memory` worked out once per import."""
    principal.require_reader()

    def work_out() -> Sequence[EvseCard]:
        which = (evses.in_area(principal), evses.live())
        return tuple(card(row) for row in evses.page(conn, *which, limit=limit, offset=0))

    with db.read() as conn:
        fingerprint = _fingerprint(conn, memory)
        key = ("choices", limit, _area(principal), fingerprint, feed.newest_run(conn))
        return _recalled(memory, key, work_out)


def fleet_counts(
    db: Database, principal: Principal, *, now: datetime, memory: Memory | None = None
) -> FleetCounts:
    """How many EVSEs there are and what they show at `now`.

    With `memory` what depends on the store alone is worked out once per write and boundary.
    """
    principal.require_reader()
    day = timedelta(days=1)
    with db.read() as conn:
        key = ("counts", _area(principal), newest_at(conn), overrides.last_boundary(conn, now))
        total, idle, shown = _recalled(memory, key, lambda: _shown_now(conn, principal, now))
        starting, ending = (
            overrides.count_boundaries(conn, principal, which, now, now + day)
            for which in ("from_at", "to_at")
        )
        mine = (evses.in_area(principal), evses.live())
        old = overrides.count(conn, *mine, overrides.open_since(now - OLD_AFTER, now))
    return FleetCounts(
        evses=total,
        available=idle,
        overridden={status: shown[status] for status in TemporaryStatus},
        starting_within_24_h=starting,
        ending_within_24_h=ending,
        open_ended_older_than_14_days=old,
    )


def _shown_now(
    conn: Connection, principal: Principal, now: datetime
) -> tuple[int, int, Counter[TemporaryStatus]]:
    total = evses.count_live(conn, principal)
    idle = evses.count_live(conn, principal, actuals.reports(ActualStatus.AVAILABLE))
    in_force: dict[int, list[tuple[Any, ...]]] = {}
    for row in overrides.raw_segments(conn, now, None):
        in_force.setdefault(row[1], []).append(row)
    shown: Counter[TemporaryStatus] = Counter()
    reported = actuals.newest_words(conn, in_force)
    for number in evses.live_among(conn, in_force, principal):
        actual = reported.get(number, ActualStatus.UNKNOWN.value)
        ranks = [row[2] for row in in_force[number] if not (row[6] and actual in _GIVES_WAY_TO)]
        if ranks:
            shown[Rank(max(ranks)).status] += 1
            idle -= actual == ActualStatus.AVAILABLE.value
    return total, idle, shown


def fleet_strip(
    db: Database,
    principal: Principal,
    *,
    from_at: datetime,
    to_at: datetime,
    most: int | None = None,
    memory: Memory | None = None,
) -> list[StripColumn]:
    """How many EVSEs are under each temporary status over the window, exact at every boundary.

    With `most` at most so many columns: of each `most / 2` equal parts of the window the lowest
    and the highest. With `memory` days that are over are worked out once, as nothing rewrites them.
    """
    principal.require_reader()
    with db.read() as conn:
        written = newest_at(conn)
        cuts = [from_at, *_midnights(from_at, min(to_at, written or from_at)), to_at]
        about = (_area(principal), _fingerprint(conn, memory), overrides.oldest(conn))
        parts = []
        for start, end in pairwise(cuts if memory is not None else (from_at, to_at)):
            is_over = written is not None and end <= written
            key = ("strip", about, None if is_over else written, start, end)
            work_out = partial(_levels, conn, principal, start, end)
            parts.append(_recalled(memory, key, work_out))
    whole = joined(parts)
    if most is not None:
        whole = thinned(whole, to_microseconds(from_at), to_microseconds(to_at), most)
    by_rank = [Rank(row + 1).status for row in range(len(whole.shown))]
    return [
        StripColumn(from_microseconds(at), dict(zip(by_rank, counts, strict=True)))
        for at, counts in zip(whole.at.tolist(), whole.shown.T.tolist(), strict=True)
    ]


def _levels(conn: Connection, principal: Principal, from_at: datetime, to_at: datetime) -> Levels:
    found = overrides.raw_segments(conn, from_at, to_at)
    live = evses.live_among(conn, {row[1] for row in found}, principal)
    segments = [
        (evse, rank, start, end, backs)
        for _, evse, rank, _, start, end, backs in found
        if evse in live
    ]
    giving_way = sorted({row[0] for row in segments if row[4]})
    barred = actuals.raw_standing_back(conn, giving_way, from_at, to_at) if giving_way else []
    return levels(segments, barred, to_microseconds(from_at), to_microseconds(to_at))


def _midnights(after: datetime, before: datetime) -> list[datetime]:
    first = after.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return [first + timedelta(days=day) for day in range((before - first).days + 1)]


def _area(principal: Principal) -> Hashable:
    return principal.area


def _fingerprint(conn: Connection, memory: Memory | None) -> Hashable:
    return _recalled(memory, ("EVSEs", newest_at(conn)), lambda: tuple(evses.fingerprint(conn)))


def _recalled(memory: Memory | None, key: Hashable, work_out: Callable[[], Answer]) -> Answer:
    return work_out() if memory is None else memory.recall(key, work_out)


def places(db: Database, principal: Principal, *, memory: Memory | None = None) -> list[Place]:
    """All locations with EVSEs, by name; with `memory` worked out once per import."""
    principal.require_reader()

    def work_out() -> list[Place]:
        return [
            Place(row.id, row.name, row.city, row.time_zone, row.evses)
            for row in evses.places(conn, principal)
        ]

    with db.read() as conn:
        key = ("places", _area(principal), _fingerprint(conn, memory), feed.newest_run(conn))
        return _recalled(memory, key, work_out)


def pulse(db: Database, *, now: datetime) -> Pulse:
    """Cheap enough to ask every second; unchanged means that every page still shows the truth."""
    with db.read() as conn:
        return Pulse(
            newest_at(conn), overrides.last_boundary(conn, now), overrides.last_change(conn)
        )


def ids_of_pasted(
    db: Database, principal: Principal, text: str
) -> tuple[Sequence[EvseCard], Sequence[str]]:
    """EVSEs named in pasted text (split at white space, commas and semicolons), and one sentence per
    name that is unknown, ambiguous, removed or named twice."""
    principal.require_reader()
    names = [name for name in re.split(r"[\s,;]+", text) if name]
    with db.read() as conn:
        found = evses.by_texts(conn, names, principal)
    chosen: dict[int, EvseCard] = {}
    said: list[str] = []
    for name in names:
        try:
            one = only_live(name, found[name])
            if one.id in chosen:
                raise TwiceInOneRequest(one.evse_id)
            chosen[one.id] = one
        except EvseStatusError as error:
            said.append(error.message)
    return list(chosen.values()), said


def card(row: Row[Any]) -> EvseCard:
    """A row of `store.evses.CARD` as a card."""
    return EvseCard(*_of_a_card(row))


def only_one(text: str, found: Sequence[Row[Any]]) -> EvseCard:
    """The one EVSE that `text` names, or UnknownEvse, or AmbiguousEvse naming those that fit."""
    if not found:
        raise UnknownEvse(text)
    if len(found) > 1:
        raise AmbiguousEvse(text, tuple(row.evse_id for row in found))
    return card(found[0])


def only_live(text: str, found: Sequence[Row[Any]]) -> EvseCard:
    """`only_one`, and EvseIsRemoved for one that is removed or was replaced by a swapped charger."""
    one = only_one(text, found)
    if not evses.is_live(found[0]):
        raise EvseIsRemoved(one.evse_id)
    return one


def _by_evse(segments: Iterable[Segment]) -> dict[int, list[Segment]]:
    found: dict[int, list[Segment]] = {}
    for segment in segments:
        found.setdefault(segment.evse, []).append(segment)
    return found


def _found(
    conn: Connection,
    principal: Principal,
    which: FleetFilter,
    now: datetime,
    *,
    limit: int,
    offset: int = 0,
) -> tuple[list[Row[Any]], int]:
    """Some EVSEs under the filter in stable order, and how many there are in all."""
    narrowing = evses.Narrowing(
        search=which.search,
        location_ids=which.location_ids,
        cities=which.cities,
        evses=which.evses,
    )
    conditions = (evses.in_area(principal), evses.live(), evses.matching(narrowing))
    if which == FleetFilter():
        found = evses.page(conn, *conditions, limit=limit, offset=offset)
        return found, evses.count_live(conn, principal)
    only = _overridden(conn, which, now)
    return evses.page_and_count(conn, *conditions, only=only, limit=limit, offset=offset)


def _overridden(conn: Connection, which: FleetFilter, now: datetime) -> set[int] | None:
    """The EVSEs with an override as it is asked for, archived ones too; `None` where none is asked for."""
    if not (which.statuses or which.sources or which.phases or which.only_overridden):
        return None
    wanted = archived_list.Wanted(
        statuses=tuple(status.value for status in which.statuses),
        sources=tuple(source.value for source in which.sources),
    )
    like = overrides.like(wanted.statuses, wanted.sources)
    phases = set(which.phases or _NOT_OVER)
    found: set[int] = set()
    if coming := phases & _NOT_OVER:
        found |= overrides.evses_not_over(conn, _only(coming), now, *like)
    if over := phases - _NOT_OVER:
        found |= overrides.evses_over(conn, _only(over), None, now, *like)
        found.update(archived_list.listed(conn, wanted).of(_only(over)).evses().tolist())
    return found


_NOT_OVER = frozenset({Phase.UPCOMING, Phase.ACTIVE})


def _only(phases: Iterable[Phase]) -> Phase | None:
    """The one phase of those that go together, `None` for both."""
    first, *others = phases
    return None if others else first
