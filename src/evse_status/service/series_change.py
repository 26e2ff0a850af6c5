"""How is a series changed or cleared: one occurrence of it, from one on, or all that is ahead? (rule 18)"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from evse_status.core.errors import (
    EvseStatusError,
    InvalidInput,
    NoOccurrenceAhead,
)
from evse_status.core.local_time import resolve, zone
from evse_status.core.override import UNSET, Edit, Override, Unset, change, clear
from evse_status.core.principal import Principal
from evse_status.core.series import Occurrence, Series, next_ones, occurrence_on
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.schedule import ItemResult
from evse_status.service.series_access import opened
from evse_status.service.series_fill import caught_up, stored_ahead
from evse_status.service.series_list import SeriesRow, rows
from evse_status.service.series_split import LeftAlone, SeriesEdit, Split, split
from evse_status.store import evses as evse_store
from evse_status.store import overrides
from evse_status.store import series as store
from evse_status.store.database import Database, Write

_ONE_DAY = "FREQ=DAILY;COUNT=1"


class Scope(StrEnum):
    """How much of a series is meant."""

    THIS = "this"  # one occurrence, on all EVSEs
    FOLLOWING = "following"  # from an occurrence on
    ALL = "all"  # all that hasn't begun


@dataclass(frozen=True, slots=True)
class SeriesChanged:
    """What became of a change. `series` is the one that has what is ahead now.

    `items` are the stored overrides that were changed or refused, `left` those that somebody had
    changed by hand and that stay as they are. `batch_id` undoes it; `None`: nothing was changed.
    """

    batch_id: int | None
    series: SeriesRow
    items: tuple[ItemResult, ...]
    left: tuple[LeftAlone, ...]


def change_series(
    db: Database,
    principal: Principal,
    series_id: int,
    edit: SeriesEdit,
    *,
    scope: Scope,
    occurrence: datetime | None = None,
    version: int | None = None,
    why: str = "",
) -> SeriesChanged:
    """Change one occurrence of a series, or what is ahead of it; what has begun or is over stays.

    `occurrence` is the local start (naive) of the one that is meant, or of the first one. From one on
    the series is split: another goes on from it, in whose place it takes part in every tie (rule 7).
    With `version` an edit of an older one is refused (StaleSeries). Raises UnknownSeries,
    NoOccurrenceAhead, and what placing raises.
    """
    principal.require_planner()
    with db.write() as write:
        one = opened(write, principal, series_id, version)
        if scope is Scope.THIS:
            if not isinstance(edit.rule, Unset):
                raise InvalidInput(
                    "rule: a single occurrence has none. Change its time, or all from it on.",
                    field="rule",
                )
            done = _change_this(write, principal, one, _meant(one, occurrence), edit, why)
        else:
            one = caught_up(write, one)
            first = _first(one, occurrence, scope, now=write.now)
            done = split(write, principal, one, first, edit, why=why)
        answer = _answer(write, principal, done)
    db.wrote(len(answer.items))
    return answer


def clear_series(
    db: Database,
    principal: Principal,
    series_id: int,
    *,
    scope: Scope,
    occurrence: datetime | None = None,
    version: int | None = None,
    why: str = "",
) -> SeriesChanged:
    """Clear one occurrence of a series, on all its EVSEs, or all that is ahead; what has begun stays.

    One that is running can be cleared by itself. Clearing twice is harmless (rule 12). Raises as
    `change_series` does.
    """
    principal.require_planner()
    with db.write() as write:
        one = opened(write, principal, series_id, version)
        if scope is Scope.THIS:
            done = _skip(write, principal, one, occurrence, why)
        else:
            one = caught_up(write, one)
            first = _first(one, occurrence, scope, now=write.now)
            done = split(write, principal, one, first, None, why=why)
        answer = _answer(write, principal, done)
    db.wrote(len(answer.items))
    return answer


def _meant(one: Series, occurrence: datetime | None) -> Occurrence:
    if occurrence is None:
        raise InvalidInput(
            "occurrence: say which one is meant, by its start on clocks there, like 2026-11-24T22:00.",
            field="occurrence",
        )
    found = None if occurrence.tzinfo else occurrence_on(one, occurrence)
    if found is None:
        raise NoOccurrenceAhead(one.id, said=f"that starts at {occurrence:%Y-%m-%d %H:%M}")
    return found


def _first(one: Series, occurrence: datetime | None, scope: Scope, *, now: datetime) -> Occurrence:
    """The first one from there on that hasn't begun."""
    if scope is Scope.FOLLOWING:
        meant = _meant(one, occurrence)
        if meant.starts_at > now:
            return meant
    ahead = (each for each in next_ones(one, now, 2) if each.starts_at > now)
    first = next(ahead, None)
    if first is None:
        raise NoOccurrenceAhead(one.id)
    return first


def _skip(
    write: Write, principal: Principal, one: Series, occurrence: datetime | None, why: str
) -> Split:
    if occurrence is not None and occurrence in one.exceptions:
        return Split(None, one, [], [], [])
    meant = _meant(one, occurrence)
    if meant.ends_at <= write.now:
        return Split(None, one, [], [], [])
    one = caught_up(write, one)
    batch_id = _batch(write, principal, one, f"Skipped {meant.local_start:%Y-%m-%d %H:%M}")
    kept = store.change(
        write,
        one,
        replace(one, exceptions=tuple(sorted({*one.exceptions, meant.local_start}))),
        "skipped",
        by=principal.name,
        why=why,
        batch_id=batch_id,
    )
    open_ones = [
        row
        for row in store.rows_at(write.conn, one, meant.local_start)
        if not row.is_over(write.now)
    ]
    cleared = [
        overrides.Altered(row, clear(row, now=write.now), "cleared", why) for row in open_ones
    ]
    saved = overrides.save(write, cleared, by=principal.name, batch_id=batch_id)
    return Split(batch_id, kept, saved, [], [])


def _change_this(
    write: Write,
    principal: Principal,
    one: Series,
    meant: Occurrence,
    edit: SeriesEdit,
    why: str,
) -> Split:
    one = stored_ahead(write, caught_up(write, one), meant)
    asked = _edit_of(one, meant, edit)
    if isinstance(asked.temporary_status, TemporaryStatus):
        principal.require_may_set(asked.temporary_status)
    alterations, left = [], []
    refused: list[tuple[Override, EvseStatusError]] = []
    for row in store.rows_at(write.conn, one, meant.local_start):
        if row.cleared_at is not None and row.is_over(write.now):
            left.append((row, "it was cleared before"))
            continue
        try:
            after = change(row, asked, now=write.now)
        except EvseStatusError as error:
            refused.append((row, error))
            continue
        if after != row:
            alterations.append(overrides.Altered(row, after, "changed", why))
    if refused and not alterations:
        raise refused[0][1]
    if not alterations:
        return Split(None, one, [], left, refused)
    batch_id = _batch(write, principal, one, f"Changed {meant.local_start:%Y-%m-%d %H:%M}")
    saved = overrides.save(write, alterations, by=principal.name, batch_id=batch_id)
    return Split(batch_id, one, saved, left, refused)


def _edit_of(one: Series, meant: Occurrence, edit: SeriesEdit) -> Edit:
    """The same change of one override; clocks count its minutes as they do for the series."""
    valid_from: datetime | Unset = UNSET
    valid_to: datetime | Unset | None = UNSET
    local_start = meant.local_start
    if not isinstance(edit.start_time, Unset):
        local_start = datetime.combine(local_start.date(), edit.start_time)
        valid_from = resolve(local_start, zone(one.zone), field="startTime")
    if not isinstance(edit.start_time, Unset) or not isinstance(edit.minutes, Unset):
        minutes = one.minutes if isinstance(edit.minutes, Unset) else edit.minutes
        if minutes < 1:
            raise InvalidInput("minutes: an occurrence lasts at least a minute.", field="minutes")
        alone = replace(
            one,
            rule=_ONE_DAY,
            first_local_start=local_start,
            minutes=minutes,
            exceptions=(),
            cut_from=None,
        )
        moved = occurrence_on(alone, local_start)
        if moved is None:
            raise InvalidInput("minutes: it would be over already.", field="minutes")
        valid_to = moved.ends_at
    return Edit(
        temporary_status=edit.temporary_status,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=edit.reason,
        cause=edit.cause,
        ticket=edit.ticket,
    )


def _batch(write: Write, principal: Principal, one: Series, what: str) -> int:
    return overrides.open_batch(write, name=f"Series {one.id}: {what}", by=principal.name)


def _answer(write: Write, principal: Principal, done: Split) -> SeriesChanged:
    [row] = rows(write.conn, principal, [done.series], now=write.now)
    refused: Sequence[tuple[Override, EvseStatusError]] = done.refused
    numbers = {one.evse for one in done.saved} | {one.evse for one, _ in (*refused, *done.left)}
    names = {
        number: card.evse_id for number, card in evse_store.by_numbers(write.conn, numbers).items()
    }
    return SeriesChanged(
        batch_id=done.batch_id,
        series=row,
        items=(
            *(ItemResult(one.evse, names[one.evse], one) for one in done.saved),
            *(ItemResult(one.evse, names[one.evse], one, error) for one, error in refused),
        ),
        left=tuple(LeftAlone(one, names[one.evse], because) for one, because in done.left),
    )
