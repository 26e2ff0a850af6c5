"""Which overrides are there, who made them and why, and which need attention?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, or_

from evse_status.core.displayed import Displayed, HeldBack, displayed, shows
from evse_status.core.errors import UnknownOverride
from evse_status.core.override import Override
from evse_status.core.period import from_microseconds
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
from evse_status.core.translation import Words, words
from evse_status.service.fleet import OLD_AFTER, EvseCard, card
from evse_status.service.memory import Memory
from evse_status.service.over import Over
from evse_status.store import actuals, archive, archived_list, evses, overrides
from evse_status.store.archived_list import Wanted
from evse_status.store.database import Database
from evse_status.store.numbers import one_of
from evse_status.store.tables import override


class Attention(StrEnum):
    """Why somebody should look at an override that isn't over."""

    OLD = "old"  # open-ended and active for more than 14 days
    ENDS_SOON = "ends soon"  # ends within the hour
    SHADOWED = "shadowed"  # in force, but another one shows
    STANDS_BACK = "stands back"  # in force, but gives way to the actual status
    HIDES_FAULT = "hides a fault"  # shows over OUTOFORDER
    CHARGING = "charging"  # maintenance over a charger that is charging


@dataclass(frozen=True, slots=True)
class OverrideFilter:
    """Which overrides; an empty condition asks nothing. `phase=None` is all of them.

    `search` looks in EVSE id, location, city, reason, ticket and author.
    """

    phase: Phase | None = None
    search: str = ""
    statuses: tuple[TemporaryStatus, ...] = ()
    sources: tuple[Source, ...] = ()
    cities: tuple[str, ...] = ()
    attention: Attention | None = None
    evse: int | None = None


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """One override in a list."""

    override: Override
    evse: EvseCard
    phase: Phase
    attention: tuple[Attention, ...]
    beats: tuple[TemporaryStatus, ...]  # what it keeps from showing now
    beaten_by: TemporaryStatus | None


@dataclass(frozen=True, slots=True)
class OverridePage:
    """Some overrides (active and upcoming by start; ended and cleared ones by end, the last first; all
    of them by start, the last first), how many fit in all, and how many there are per phase under the same filter without its phase."""

    total: int
    evses: int  # distinct EVSEs among all that fit
    rows: tuple[OverrideRow, ...]
    by_phase: Mapping[Phase, int]


@dataclass(frozen=True, slots=True)
class AttentionCard:
    """How many active overrides need attention for one reason, and the most pressing one."""

    attention: Attention
    count: int
    first: OverrideRow | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change of an override. `fields` lists what differs as (name, before, after) in plain text;
    instants are ISO 8601 in UTC with Z, an absent value is an empty text."""

    at: datetime
    by: str
    what: str  # created, changed, cleared, undone, moved, removed, started
    why: str
    version: int
    batch_id: int | None
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class OverrideDetail:
    """One override with everything about it at `now`."""

    override: Override
    evse: EvseCard
    phase: Phase
    attention: tuple[Attention, ...]
    displayed: Displayed  # what the EVSE shows at now
    words: Words  # the same on every channel
    while_it_holds: Words  # what the channels show while this override wins
    beats: tuple[Override, ...]
    beaten_by: Override | None
    because: str  # why it doesn't show now although it is active; "" otherwise
    held: tuple[tuple[datetime, datetime | None], ...]  # stretches really in force
    history: tuple[HistoryLine, ...]  # oldest first


def list_overrides(
    db: Database,
    principal: Principal,
    which: OverrideFilter,
    *,
    now: datetime,
    limit: int,
    offset: int = 0,
    memory: Memory | None = None,
) -> OverridePage:
    """A page of the audit list. With `memory` those that were over by midnight are counted once a day."""
    principal.require_reader()
    with db.read() as conn:
        wanted = _wanted(conn, principal, which)
        conditions = _conditions(conn, wanted)
        if which.attention is not None:
            pressing = _pressing(conn, principal, now)
            ids = [one.id for one in pressing if which.attention in one.attention]
            conditions.append(one_of(override.c.id, ids))
        over = Over(
            conn,
            conditions,
            now,
            about=(principal.area, replace(which, phase=None)),
            texts=bool(which.search),
            # What needs attention is another selection at every instant, and that of one EVSE is small.
            memory=None if which.attention or which.evse else memory,
        )
        by_phase = {
            phase: overrides.count_not_over(conn, phase, now, *conditions)
            for phase in (Phase.UPCOMING, Phase.ACTIVE)
        }
        by_phase |= over.by_phase()
        archived = which.attention is None and bool(archive.parts(conn, archive.OVERRIDES))
        if archived:
            for phase, count in archived_list.counts(conn, wanted).items():
                by_phase[phase] += count
        total = sum(by_phase.values()) if which.phase is None else by_phase[which.phase]
        if which.phase is Phase.ACTIVE:
            listed = overrides.not_over_ones(conn, which.phase, now, *conditions)
            distinct = len({one.evse for one in listed})
            ids = [one.id for one in listed[offset : offset + limit]]
            known = overrides.by_ids(conn, ids)
            found = [known[number] for number in ids]
        elif which.phase is Phase.UPCOMING:
            distinct = len(overrides.evses_not_over(conn, which.phase, now, *conditions))
            conditions.append(overrides.in_phase(which.phase, now))
            page = partial(overrides.page, conn, *conditions, by="starts_at", last_first=False)
            found = page(limit=limit, offset=offset)
        else:
            known_over = archived_list.NOTHING
            if archived:
                known_over = archived_list.listed(conn, wanted).of(which.phase)
            on = [over.evses(which.phase), known_over.evses()]
            if which.phase is None:
                others = overrides.evses_not_over(conn, None, now, *conditions)
                on.append(np.array([*others], dtype=np.int64))
            else:
                conditions.append(overrides.in_phase(which.phase, now))
            distinct = len(np.unique(np.concatenate(on)))
            if over.few is not None:
                known_over = known_over.beside(over.few.of(which.phase))
                conditions.append(overrides.not_over(over.midnight))
            by = _ORDER.get(which.phase, "starts_at")
            few = over.few is not None
            page = partial(overrides.page, conn, *conditions, by=by, last_first=True, few=few)
            if len(known_over.ids):
                # Two lists in one order: whatever is on this page is among the first of both.
                first = page(limit=offset + limit, offset=0)
                found = known_over.merged(conn, first, offset + limit, by=by)[offset:]
            else:
                found = page(limit=limit, offset=offset)
        listed_rows = rows(conn, found, now)
    return OverridePage(total, distinct, tuple(listed_rows), by_phase)


def attention_cards(db: Database, principal: Principal, *, now: datetime) -> list[AttentionCard]:
    """What needs attention among the active overrides, one card per reason but STANDS_BACK."""
    principal.require_reader()
    with db.read() as conn:
        pressing = _pressing(conn, principal, now)
        fitting = {
            attention: [one for one in pressing if attention in one.attention]
            for attention in Attention
            if attention is not Attention.STANDS_BACK
        }
        first = {
            attention: min(some, key=_urgency[attention]).id
            for attention, some in fitting.items()
            if some
        }
        known = overrides.by_ids(conn, first.values())
        its_row = {row.override.id: row for row in rows(conn, list(known.values()), now)}
    return [
        AttentionCard(attention, len(some), its_row[first[attention]] if some else None)
        for attention, some in fitting.items()
    ]


def override_detail(
    db: Database, principal: Principal, override_id: int, *, now: datetime
) -> OverrideDetail:
    """One override with its history. Raises UnknownOverride, also for one outside the area."""
    principal.require_reader()
    with db.read() as conn:
        found = overrides.known(conn, [override_id]).get(override_id)
        override_id = found.id if found else override_id  # of an occurrence it may be stored by now
        if found is None or not evses.by_numbers(conn, [found.evse], evses.in_area(principal)):
            raise UnknownOverride(override_id)
        [row] = rows(conn, [found], now)
        shown = shown_on(conn, [found.evse], now)[found.evse]
        around = overrides.by_ids(conn, [one.override_id for one in _all_of(shown)])
        held = overrides.held(conn, override_id)
        lines = [history_line(line) for line in overrides.history(conn, override_id)]
    wins = shown.winner is not None and shown.winner.override_id == override_id
    because = next(
        (one.because for one in shown.held_back if one.segment.override_id == override_id), ""
    )
    beaten = [one.segment for one in shown.held_back if shows(one.segment, shown.actual)]
    return OverrideDetail(
        override=found,
        evse=row.evse,
        phase=row.phase,
        attention=row.attention,
        displayed=shown,
        words=words(shown.status),
        while_it_holds=words(found.temporary_status),
        beats=tuple(around[one.override_id] for one in beaten) if wins else (),
        beaten_by=around[shown.winner.override_id]
        if because and shown.winner is not None and Attention.SHADOWED in row.attention
        else None,
        because=because,
        held=tuple((one.from_at, one.to_at) for one in held),
        history=tuple(lines),
    )


_HOUR = timedelta(hours=1)
# A cleared one ended when it was cleared; each column has an index of its own.
_ORDER: Mapping[Phase | None, str] = {Phase.ENDED: "ends_at", Phase.CLEARED: "cleared_at"}


def _wanted(conn: Connection, principal: Principal, which: OverrideFilter) -> Wanted:
    """What the filter stands for, its phase and attention left out; places become numbers of EVSEs."""
    limited = not principal.is_everywhere
    area = [evses.in_area(principal)]
    if which.cities:
        area.append(evses.matching(evses.Narrowing(cities=which.cities)))
    within = evses.numbers(conn, *area) if limited or which.cities else None
    if which.evse is not None:
        within = {which.evse} if within is None else within & {which.evse}
    return Wanted(
        statuses=tuple(status.value for status in which.statuses),
        sources=tuple(source.value for source in which.sources),
        evses=None if within is None else frozenset(within),
        terms=tuple(
            (
                term,
                frozenset(evses.numbers(conn, evses.matching(evses.Narrowing(search=term)))),
            )
            for term in which.search.split()
        ),
    )


@dataclass(frozen=True, slots=True)
class _Pressing:
    """What decides about attention, of one override in force; instants in microseconds."""

    id: int
    starts_at: int
    ends_at: int | None
    attention: tuple[Attention, ...]


_ACTUAL_OF = {status.value: status for status in ActualStatus}

_urgency: dict[Attention, Callable[[_Pressing], tuple[int, int]]] = dict.fromkeys(
    Attention, lambda one: (one.starts_at, one.id)
) | {Attention.ENDS_SOON: lambda one: (one.ends_at or one.starts_at, one.id)}


def conditions_of(
    conn: Connection, principal: Principal, which: OverrideFilter
) -> list[ColumnElement[bool]]:
    """The conditions on `override` that `which` stands for, its phase and attention left out."""
    return _conditions(conn, _wanted(conn, principal, which))


def _conditions(conn: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = overrides.like(wanted.statuses, wanted.sources)
    if wanted.evses is not None:
        conditions.append(one_of(override.c.evse_id, wanted.evses))
    for term, on in wanted.terms:
        conditions.append(or_(one_of(override.c.evse_id, on), *overrides.in_texts(conn, term)))
    return conditions


def _pressing(conn: Connection, principal: Principal, now: datetime) -> list[_Pressing]:
    """The active overrides that need attention, from columns: there may be thousands."""
    in_force: dict[int, list[tuple[Any, ...]]] = {}
    for row in overrides.raw_segments(conn, now, None):
        in_force.setdefault(row[1], []).append(row)
    reached = evses.among(conn, in_force, principal)
    reported = actuals.newest_words(conn, reached)
    periods = overrides.raw_periods(
        conn, [row[0] for number in reached for row in in_force[number]]
    )
    found = []
    for number in reached:
        actual = _ACTUAL_OF.get(reported.get(number, ""), ActualStatus.UNKNOWN)
        ranked = sorted(in_force[number], key=lambda row: (row[2], row[3], row[0]), reverse=True)
        backs = {row[0] for row in ranked if row[6] and actual in STANDS_BACK_WHILE}
        winner = next((row[0] for row in ranked if row[0] not in backs), None)
        for override_id, _, rank, *_ in ranked:
            starts_at, ends_at = periods[override_id]
            attention = _reasons(
                from_microseconds(starts_at),
                None if ends_at is None else from_microseconds(ends_at),
                now,
                actual=actual,
                is_maintenance=rank == Rank.MAINTENANCE,
                wins=override_id == winner,
                stands_back=override_id in backs,
            )
            if attention:
                found.append(_Pressing(override_id, starts_at, ends_at, attention))
    return found


def rows(conn: Connection, found: Sequence[Override], now: datetime) -> list[OverrideRow]:
    """Overrides as they stand at `now`, for a list. Whoever asks must be allowed to see them."""
    numbers = sorted({one.evse for one in found})
    cards = evses.by_numbers(conn, numbers)
    shown = shown_on(conn, numbers, now)
    return [_row(one, card(cards[one.evse]), shown[one.evse], now) for one in found]


def _row(one: Override, evse: EvseCard, shown: Displayed, now: datetime) -> OverrideRow:
    phase = one.phase(now)
    winner = shown.winner
    wins = winner is not None and winner.override_id == one.id
    behind = next((b for b in shown.held_back if b.segment.override_id == one.id), None)
    beats = (
        tuple(b.segment.status for b in shown.held_back if shows(b.segment, shown.actual))
        if wins
        else ()
    )
    shadowed = behind is not None and shows(behind.segment, shown.actual)
    return OverrideRow(
        override=one,
        evse=evse,
        phase=phase,
        attention=_attention(one, phase, shown, wins=wins, behind=behind, now=now),
        beats=beats,
        beaten_by=winner.status if shadowed and winner is not None else None,
    )


def _attention(
    one: Override,
    phase: Phase,
    shown: Displayed,
    *,
    wins: bool,
    behind: HeldBack | None,
    now: datetime,
) -> tuple[Attention, ...]:
    if phase is not Phase.ACTIVE:
        return ()
    return _reasons(
        one.starts_at,
        one.ends_at,
        now,
        actual=shown.actual,
        is_maintenance=one.temporary_status is TemporaryStatus.MAINTENANCE,
        wins=wins,
        stands_back=behind is not None and not shows(behind.segment, shown.actual),
    )


def _reasons(
    starts_at: datetime,
    ends_at: datetime | None,
    now: datetime,
    *,
    actual: ActualStatus,
    is_maintenance: bool,
    wins: bool,
    stands_back: bool,
) -> tuple[Attention, ...]:
    """Why to look at one that is in force; it wins, stands back or is beaten."""
    reasons = {
        Attention.OLD: ends_at is None and starts_at <= now - OLD_AFTER,
        Attention.ENDS_SOON: ends_at is not None and ends_at <= now + _HOUR,
        Attention.SHADOWED: not wins and not stands_back,
        Attention.STANDS_BACK: stands_back,
        Attention.HIDES_FAULT: wins and actual is ActualStatus.OUTOFORDER,
        Attention.CHARGING: wins and is_maintenance and actual is ActualStatus.CHARGING,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def shown_on(conn: Connection, numbers: Sequence[int], now: datetime) -> dict[int, Displayed]:
    """What these EVSEs show at `now`, by number."""
    if not numbers:
        return {}
    in_force: dict[int, list[Segment]] = {number: [] for number in numbers}
    for segment in overrides.segments_in(conn, now, None, evse_numbers=numbers):
        in_force[segment.evse].append(segment)
    newest = actuals.newest(conn, numbers)
    return {
        number: displayed(segments, newest[number][0] if number in newest else ActualStatus.UNKNOWN)
        for number, segments in in_force.items()
    }


def _all_of(shown: Displayed) -> list[Segment]:
    return [*([shown.winner] if shown.winner else []), *(one.segment for one in shown.held_back)]


_TOLD = {
    "temporary_status": "status",
    "requested_from": "requested start",
    "starts_at": "start",
    "valid_to": "end",
    "lease_until": "lease",
    "cleared_at": "cleared",
    "reason": "reason",
    "cause": "cause",
    "ticket": "ticket",
    "evse": "EVSE",
}


def history_line(line: Any) -> HistoryLine:
    """One line of the store's history with what differs in it."""
    before = line.before or {}
    differs = []
    for name, told in _TOLD.items():
        was, became = _text(before.get(name)), _text(line.after.get(name))
        if was != became and not (line.before is None and name == "evse"):
            differs.append((told, was, became))
    return HistoryLine(
        at=line.at,
        by=line.by,
        what=line.what,
        why=line.why,
        version=line.version,
        batch_id=line.batch_id,
        fields=tuple(differs),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value).replace("+00:00", "Z")
