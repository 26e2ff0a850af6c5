"""What becomes of a series that is changed or cleared from an occurrence on? (rule 18)

It is cut there, and where it goes on another one does that, with the overrides that are stored of it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, time
from functools import cache, partial

from evse_status.core.errors import EvseStatusError
from evse_status.core.override import UNSET, Override, Unset, clear
from evse_status.core.principal import Principal
from evse_status.core.recurrence import rest_of
from evse_status.core.series import Occurrence, Series, occurrence_on
from evse_status.core.statuses import Cause, TemporaryStatus
from evse_status.service.series import SeriesWish, series_of
from evse_status.service.series_fill import fill_one, has_any_from
from evse_status.store import overrides
from evse_status.store import series as store
from evse_status.store.database import Write

_FIELDS = ("temporary_status", "reason", "cause", "ticket")


@dataclass(frozen=True, slots=True)
class SeriesEdit:
    """A change of a series; what is UNSET stays. `start_time` and `minutes` are on clocks of its zone."""

    temporary_status: TemporaryStatus | Unset = UNSET
    reason: str | Unset = UNSET
    cause: Cause | Unset | None = UNSET
    ticket: str | Unset = UNSET
    start_time: time | Unset = UNSET
    minutes: int | Unset = UNSET
    rule: str | Unset = UNSET


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """An override of a series that stays as it is, because somebody changed it by hand."""

    override: Override
    evse_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Split:
    """What was done: the batch, the series that has what is ahead, overrides altered, left and refused."""

    batch_id: int | None
    series: Series
    saved: list[Override]
    left: list[tuple[Override, str]]
    refused: list[tuple[Override, EvseStatusError]]


@dataclass(slots=True)
class _Moves:
    """What becomes of the stored overrides from the cut on."""

    alterations: list[overrides.Altered] = field(default_factory=list)
    left: list[tuple[Override, str]] = field(default_factory=list)
    taken: set[tuple[int, str]] = field(default_factory=set)  # EVSE and local start: none is made
    stored: set[datetime] = field(default_factory=set)  # local starts that are stored already


def split(
    write: Write,
    principal: Principal,
    one: Series,
    first: Occurrence,
    edit: SeriesEdit | None,
    *,
    why: str,
) -> Split:
    """Change what a series does from `first` on, which hasn't begun; without an edit it does nothing then.

    Everything that has begun must be stored. Overrides keep their ids where their local start
    survives, and what somebody changed of them by hand.
    """
    fresh = None if edit is None else _continued(one, first, edit, principal, now=write.now)
    if fresh is not None and _same(one, fresh):
        return Split(None, one, [], [], [])
    what = "Cleared" if fresh is None else "Changed"
    name = f"Series {one.id}: {what} from {first.local_start:%Y-%m-%d} on"
    batch_id = overrides.open_batch(write, name=name, by=principal.name)
    cut = store.change(
        write, one, cut_at(one, first), "cut", by=principal.name, why=why, batch_id=batch_id
    )
    rows = store.rows_of(write.conn, one, from_local=first.local_start)
    if fresh is None:
        cleared = [
            overrides.Altered(row, clear(row, now=write.now), "cleared", why)
            for row in rows
            if row.starts_at > write.now and not row.is_over(write.now)
        ]
        saved = overrides.save(write, cleared, by=principal.name, batch_id=batch_id)
        return Split(batch_id, cut, saved, [], [])
    fresh = store.add(write, replace(fresh, batch_id=batch_id), by=principal.name, why=why)
    moves = _moves(one, fresh, rows, now=write.now, why=why)
    saved = overrides.save(write, moves.alterations, by=principal.name, batch_id=batch_id)
    fresh, made = _filled(write, fresh, moves, batch_id)
    return Split(batch_id, fresh, [*saved, *made], moves.left, [])


def cut_at(one: Series, first: Occurrence) -> Series:
    """A series that has nothing from `first` on."""
    cut = replace(
        one,
        cut_from=first.local_start,
        stored_ahead=tuple(at for at in one.stored_ahead if at < first.local_start),
    )
    if cut.stored_to is None or has_any_from(cut, cut.stored_to):
        return cut
    return replace(cut, stored_to=None)


def _continued(
    one: Series, first: Occurrence, edit: SeriesEdit, principal: Principal, *, now: datetime
) -> Series:
    """The series that goes on from `first`, not yet kept. It was made when the old one was (rule 7)."""

    def at_its_time(local_start: datetime) -> datetime:
        if isinstance(edit.start_time, Unset):
            return local_start
        return datetime.combine(local_start.date(), edit.start_time)

    def chosen(name: str) -> object:
        value = getattr(edit, name)
        return getattr(one, name) if value is UNSET else value

    rule = edit.rule
    if isinstance(rule, Unset):
        rule = rest_of(one.rule, one.first_local_start, from_local=first.local_start) or one.rule
    wish = SeriesWish(
        rule=rule,
        zone=one.zone,
        first_local_start=at_its_time(first.local_start),
        **{name: chosen(name) for name in ("minutes", *_FIELDS)},  # type: ignore[arg-type]
    )
    later = tuple(at_its_time(at) for at in one.exceptions if at >= first.local_start)
    kept = {
        "evses": one.evses,
        "made_at": one.made_at,
        "created_by": one.created_by,
        "exceptions": later,
        "cut_from": None if one.cut_from is None else at_its_time(one.cut_from),
        "continues": one.id,
    }
    return series_of(wish, principal, now=now, kept=kept)


def _same(one: Series, fresh: Series) -> bool:
    """Whether nothing is different from there on."""
    time_of_day = one.first_local_start.time() == fresh.first_local_start.time()
    rest = rest_of(one.rule, one.first_local_start, from_local=fresh.first_local_start)
    alike = all(getattr(one, name) == getattr(fresh, name) for name in ("minutes", *_FIELDS))
    return time_of_day and alike and fresh.rule == (rest or one.rule)


def _moves(one: Series, fresh: Series, rows: list[Override], *, now: datetime, why: str) -> _Moves:
    moves = _Moves()
    # Once per occurrence, not once per EVSE.
    was = cache(partial(occurrence_on, replace(one, exceptions=(), cut_from=None)))
    becomes = cache(partial(occurrence_on, replace(fresh, exceptions=())))
    for row in rows:
        local_start = datetime.fromisoformat(row.occurrence_start or "")
        survives, before = becomes(local_start), was(local_start)
        by_hand = _by_hand(row, before, now=now)
        if by_hand:
            moves.left.append((row, by_hand))
        if survives is None:
            if by_hand:  # nothing takes its place
                at = datetime.combine(local_start.date(), fresh.first_local_start.time())
                moves.taken.add((row.evse, store.written(at)))
            else:
                moves.alterations.append(
                    overrides.Altered(row, clear(row, now=now), "cleared", why)
                )
            continue
        moves.stored.add(local_start)
        after = replace(row, series_id=fresh.id, version=row.version + 1)
        if row.starts_at > now and not row.is_over(now):
            same = [name for name in _FIELDS if getattr(row, name) == getattr(one, name)]
            after = replace(after, **{name: getattr(fresh, name) for name in same})
        if not by_hand:
            after = replace(after, valid_to=survives.ends_at)
        moves.alterations.append(overrides.Altered(row, after, "changed", why))
    return moves


def _by_hand(row: Override, planned: Occurrence | None, *, now: datetime) -> str:
    """What somebody did to when it holds; empty if nobody did."""
    if row.cleared_at is not None and row.is_over(now):
        return "it was cleared before"
    if planned is None or (row.starts_at, row.valid_to) != (planned.starts_at, planned.ends_at):
        return "its time was changed by hand"
    return ""


def _filled(
    write: Write, fresh: Series, moves: _Moves, batch_id: int
) -> tuple[Series, list[Override]]:
    fresh, made = fill_one(write, fresh, batch_id=batch_id, skipping=moves.taken)
    if fresh.stored_to is not None and moves.taken:
        last = datetime.fromisoformat(max(local_start for _, local_start in moves.taken))
        beyond = occurrence_on(replace(fresh, exceptions=()), last)
        if beyond is not None and beyond.starts_at >= fresh.stored_to:
            until, taken = beyond.ends_at, moves.taken
            fresh, more = fill_one(write, fresh, until=until, batch_id=batch_id, skipping=taken)
            made += more
    ahead = [
        at
        for at in sorted(moves.stored)
        if fresh.stored_to is not None
        and (later := occurrence_on(fresh, at)) is not None
        and later.starts_at >= fresh.stored_to
    ]
    if ahead:
        fresh = replace(fresh, stored_ahead=tuple(ahead))
        store.keep(write, fresh)
    return fresh, made
