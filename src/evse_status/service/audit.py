"""Which overrides are there, who made them and why, and which need attention?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_

from evse_status.core.displayed import Displayed, HeldBack, displayed, shows
from evse_status.core.errors import UnknownOverride
from evse_status.core.override import Override
from evse_status.core.principal import Principal
from evse_status.core.segments import Segment
from evse_status.core.statuses import ActualStatus, Phase, Source, TemporaryStatus
from evse_status.core.translation import Words, words
from evse_status.service.fleet import OLD_AFTER, EvseCard, card
from evse_status.store import actuals, evses, overrides
from evse_status.store.database import Database
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
    """Some overrides (active and upcoming by start, over ones newest first), how many fit in all,
    and how many there are per phase under the same filter without its phase."""

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
    what: str  # created, changed, cleared, undone, moved, removed
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
) -> OverridePage:
    """A page of the audit list."""
    principal.require_reader()
    with db.read() as conn:
        conditions = conditions_of(principal, which)
        if which.attention is not None:
            pressing = _pressing(conn, principal, now)
            ids = [one.override.id for one in pressing if which.attention in one.attention]
            conditions.append(override.c.id.in_(ids))
        by_phase = {
            phase: overrides.count(conn, *conditions, overrides.in_phase(phase, now))
            for phase in Phase
        }
        if which.phase is not None:
            conditions.append(overrides.in_phase(which.phase, now))
        total, distinct = overrides.count_with_evses(conn, *conditions)
        newest_first = which.phase in (None, Phase.ENDED, Phase.CLEARED)
        found = overrides.page(
            conn, *conditions, newest_first=newest_first, limit=limit, offset=offset
        )
        rows = _rows(conn, found, now)
    return OverridePage(total, distinct, tuple(rows), by_phase)


def attention_cards(db: Database, principal: Principal, *, now: datetime) -> list[AttentionCard]:
    """What needs attention among the active overrides, one card per reason but STANDS_BACK."""
    principal.require_reader()
    with db.read() as conn:
        pressing = _pressing(conn, principal, now)
    cards = []
    for attention in Attention:
        if attention is Attention.STANDS_BACK:
            continue
        fitting = [one for one in pressing if attention in one.attention]
        fitting.sort(key=_urgency[attention])
        cards.append(AttentionCard(attention, len(fitting), fitting[0] if fitting else None))
    return cards


def override_detail(
    db: Database, principal: Principal, override_id: int, *, now: datetime
) -> OverrideDetail:
    """One override with its history. Raises UnknownOverride, also for one outside the area."""
    principal.require_reader()
    with db.read() as conn:
        found = overrides.by_ids(conn, [override_id]).get(override_id)
        if found is None or not evses.by_numbers(conn, [found.evse], evses.in_area(principal)):
            raise UnknownOverride(override_id)
        [row] = _rows(conn, [found], now)
        shown = shown_on(conn, [found.evse], now)[found.evse]
        around = overrides.by_ids(conn, [one.override_id for one in _all_of(shown)])
        held = overrides.segments_of(conn, [override_id])[override_id]
        lines = [_line(line) for line in overrides.history(conn, override_id)]
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
_FEW = 3  # EVSEs whose past is looked through sooner than the classes of its length are found

_urgency: dict[Attention, Callable[[OverrideRow], tuple[datetime, int]]] = dict.fromkeys(
    Attention, lambda one: (one.override.starts_at, one.override.id)
) | {
    Attention.ENDS_SOON: lambda one: (
        one.override.ends_at or one.override.starts_at,
        one.override.id,
    )
}


def conditions_of(principal: Principal, which: OverrideFilter) -> list[ColumnElement[bool]]:
    """The conditions on `override`, `evse` and `location` that `which` stands for, its phase left out."""
    conditions = [evses.in_area(principal)]
    for term in which.search.split():
        contained = [
            func.lower(column).contains(term.lower(), autoescape=True)
            for column in (override.c.reason, override.c.ticket, override.c.created_by)
        ]
        conditions.append(or_(evses.matching(evses.Narrowing(search=term)), *contained))
    if which.statuses:
        conditions.append(override.c.temporary_status.in_([one.value for one in which.statuses]))
    if which.sources:
        conditions.append(override.c.source.in_([one.value for one in which.sources]))
    if which.cities:
        conditions.append(evses.matching(evses.Narrowing(cities=which.cities)))
    if which.evse is not None:
        conditions.append(override.c.evse_id == which.evse)
    return conditions


def _pressing(conn: Connection, principal: Principal, now: datetime) -> list[OverrideRow]:
    in_force = overrides.by_ids(
        conn, (one.override_id for one in overrides.segments_in(conn, now, None))
    )
    rows = _rows(conn, list(in_force.values()), now)
    return [
        row
        for row in rows
        if principal.reaches(
            party_id=row.evse.party_id,
            country_code=row.evse.country_code,
            location_id=row.evse.location_id,
        )
        and row.attention
    ]


def _rows(conn: Connection, found: Sequence[Override], now: datetime) -> list[OverrideRow]:
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
    reasons = {
        Attention.OLD: one.ends_at is None and one.starts_at <= now - OLD_AFTER,
        Attention.ENDS_SOON: one.ends_at is not None and one.ends_at <= now + _HOUR,
        Attention.SHADOWED: behind is not None and shows(behind.segment, shown.actual),
        Attention.STANDS_BACK: behind is not None and not shows(behind.segment, shown.actual),
        Attention.HIDES_FAULT: wins and shown.actual is ActualStatus.OUTOFORDER,
        Attention.CHARGING: wins
        and one.temporary_status is TemporaryStatus.MAINTENANCE
        and shown.actual is ActualStatus.CHARGING,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def shown_on(conn: Connection, numbers: Sequence[int], now: datetime) -> dict[int, Displayed]:
    """What these EVSEs show at `now`, by number."""
    if not numbers:
        return {}
    in_force: dict[int, list[Segment]] = {number: [] for number in numbers}
    few = len(numbers) <= _FEW
    for segment in (
        overrides.in_force_on(conn, numbers, now)
        if few
        else overrides.segments_in(conn, now, None, evse_numbers=numbers)
    ):
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


def _line(line: Row[Any]) -> HistoryLine:
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
