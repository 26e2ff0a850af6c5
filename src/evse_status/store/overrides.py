"""Which overrides are kept, when do they hold, and what was done to them?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)

from evse_status.core.override import Override
from evse_status.core.segments import Segment, rewrite
from evse_status.core.statuses import Cause, Phase, Rank, Source, TemporaryStatus
from evse_status.store import evses
from evse_status.store.database import Write
from evse_status.store.documents import from_document, to_document
from evse_status.store.spans import each_span, span_of
from evse_status.store.tables import batch, change, evse, holding, override

JOINED = override.join(evses.JOINED, override.c.evse_id == evse.c.id)

_CHUNK = 5_000
_EVSES_AT_ONCE = 500  # named once per class of length: PostgreSQL takes 65,535 parameters
_SEGMENT = (
    holding.c.override_id,
    holding.c.evse_id,
    holding.c.rank,
    holding.c.made,
    holding.c.from_at,
    holding.c.to_at,
    holding.c.stands_back,
)


@dataclass(frozen=True, slots=True)
class Altered:
    """One alteration to be kept: the override before (`None`: it is new) and after, and what was done."""

    before: Override | None
    after: Override
    what: str  # created, changed, cleared, undone, moved, removed
    why: str = ""


def save(
    write: Write, alterations: Sequence[Altered], *, by: str, batch_id: int | None
) -> list[Override]:
    """Keep alterations with their history and what holds from now on; new ones get their ids.

    An alteration that changed nothing is passed over, without a line of history.
    """
    real = [one for one in alterations if one.before != one.after]
    created = _insert(
        write.conn, [replace(one.after, batch_id=batch_id) for one in real if one.before is None]
    )
    fresh = iter(created)
    kept = [replace(one, after=next(fresh)) if one.before is None else one for one in real]
    _update(write.conn, [one.after for one in kept if one.before is not None])
    _keep_segments(write, kept)
    _add_history(write, kept, by=by, batch_id=batch_id)
    evses.look_again(write.conn, _touched(kept), write.now)
    saved = iter(kept)
    return [next(saved).after if one.before != one.after else one.after for one in alterations]


def renew_lease(write: Write, renewed: Override) -> None:
    """Keep a longer lease: no version, no history (rule 17)."""
    _update(write.conn, [renewed])
    _keep_segments(write, [Altered(renewed, renewed, "renewed")])
    evses.look_again(write.conn, [renewed.evse], write.now)


def by_ids(conn: Connection, ids: Iterable[int]) -> dict[int, Override]:
    """Overrides by id; unknown ids are absent."""
    wanted = sorted(number for number in set(ids) if number in evses.NUMBERS)
    found: dict[int, Override] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = conn.execute(
            select(override).where(override.c.id.in_(wanted[start : start + _CHUNK]))
        )
        found.update((row.id, from_row(row)) for row in rows)
    return found


def open_on(conn: Connection, evse_numbers: Sequence[int], at: datetime) -> list[Override]:
    """The overrides on these EVSEs that aren't over at `at`."""
    found: list[Override] = []
    for start in range(0, len(evse_numbers), _CHUNK):
        some = override.c.evse_id.in_(evse_numbers[start : start + _CHUNK])
        found += map(from_row, conn.execute(select(override).where(some, not_over(at))))
    return found


def from_row(row: Row[Any]) -> Override:
    """A row of the table as an override."""
    return Override(
        id=row.id,
        evse=row.evse_id,
        temporary_status=TemporaryStatus(row.temporary_status),
        requested_from=row.requested_from,
        starts_at=row.starts_at,
        valid_to=row.valid_to,
        made_at=row.made_at,
        created_by=row.created_by,
        source=Source(row.source),
        reason=row.reason,
        cause=None if row.cause is None else Cause(row.cause),
        ticket=row.ticket,
        stands_back=row.stands_back,
        lease_until=row.lease_until,
        cleared_at=row.cleared_at,
        version=row.version,
        batch_id=row.batch_id,
        external_ref=row.external_ref,
        series_id=row.series_id,
        occurrence_start=row.occurrence_start,
    )


def not_over(at: datetime) -> ColumnElement[bool]:
    """Active or upcoming at `at`."""
    return or_(override.c.ends_at.is_(None), override.c.ends_at > at)


def in_phase(phase: Phase, at: datetime) -> ColumnElement[bool]:
    """The condition that `Override.phase(at)` is `phase`; the same boundaries as there (rule 1)."""
    over = override.c.ends_at <= at
    by_somebody = and_(
        override.c.cleared_at.is_not(None), override.c.cleared_at == override.c.ends_at
    )
    return {
        Phase.UPCOMING: and_(not_over(at), override.c.starts_at > at),
        Phase.ACTIVE: and_(not_over(at), override.c.starts_at <= at),
        Phase.CLEARED: and_(over, by_somebody),
        Phase.ENDED: and_(
            over, or_(override.c.cleared_at.is_(None), override.c.cleared_at != override.c.ends_at)
        ),
    }[phase]


def open_since(since: datetime, now: datetime) -> ColumnElement[bool]:
    """Active at `now`, begun at `since` or before, and nothing planned ends it."""
    return and_(
        in_phase(Phase.ACTIVE, now), override.c.ends_at.is_(None), override.c.starts_at <= since
    )


def on_evse(
    now: datetime,
    *,
    statuses: Sequence[TemporaryStatus] = (),
    sources: Sequence[Source] = (),
    phases: Sequence[Phase] = (),
) -> ColumnElement[bool]:
    """The condition on `evse` that it has an override like this; one that isn't over unless phases are named."""
    phase = or_(*(in_phase(one, now) for one in phases)) if phases else not_over(now)
    conditions = [phase]
    if statuses:
        conditions.append(override.c.temporary_status.in_([one.value for one in statuses]))
    if sources:
        conditions.append(override.c.source.in_([one.value for one in sources]))
    return evse.c.id.in_(select(override.c.evse_id).where(*conditions))


def count(conn: Connection, *conditions: ColumnElement[bool]) -> int:
    """How many overrides fulfil conditions on `override`, `evse` and `location`."""
    return conn.scalar(select(func.count()).select_from(JOINED).where(*conditions)) or 0


def count_with_evses(conn: Connection, *conditions: ColumnElement[bool]) -> tuple[int, int]:
    """How many overrides fulfil the conditions, and on how many EVSEs."""
    statement = select(func.count(), func.count(func.distinct(override.c.evse_id)))
    row = conn.execute(statement.select_from(JOINED).where(*conditions)).one()
    return row[0], row[1]


def page(
    conn: Connection,
    *conditions: ColumnElement[bool],
    newest_first: bool,
    limit: int,
    offset: int = 0,
) -> list[Override]:
    """Some overrides that fulfil the conditions, by start, in a total order."""
    order = (override.c.starts_at, override.c.id)
    statement = (
        select(override)
        .select_from(JOINED)
        .where(*conditions)
        .order_by(*(column.desc() if newest_first else column for column in order))
        .limit(limit)
        .offset(offset)
    )
    return [from_row(row) for row in conn.execute(statement)]


def listed(
    conn: Connection,
    *conditions: ColumnElement[bool],
    after: int = 0,
    limit: int,
    few: bool = False,
) -> list[Override]:
    """Overrides that fulfil the conditions, in the order in which they were made, from id `after` on.

    `few`: the conditions leave few of many, so they are looked up first and put in order then.
    """
    order = override.c.id + 0 if few else override.c.id
    statement = select(override).select_from(JOINED).where(*conditions)
    if after:
        statement = statement.where(override.c.id > after)
    return [from_row(row) for row in conn.execute(statement.order_by(order).limit(limit))]


def within(from_at: datetime | None, to_at: datetime | None) -> ColumnElement[bool]:
    """Held or will hold at some instant of `[from_at, to_at)`; `None` is no limit on that side."""
    conditions: list[ColumnElement[bool]] = [
        or_(override.c.ends_at.is_(None), override.c.ends_at > override.c.starts_at)
    ]
    if from_at is not None:
        conditions.append(not_over(from_at))
    if to_at is not None:
        conditions.append(override.c.starts_at < to_at)
    return and_(*conditions)


def count_boundaries(
    conn: Connection, which: str, after: datetime, until: datetime, *conditions: ColumnElement[bool]
) -> int:
    """How many overrides begin (`from_at`) or end (`to_at`) in `(after, until]`."""
    at = holding.c[which]
    joined = holding.join(evses.JOINED, holding.c.evse_id == evse.c.id)
    statement = select(func.count(func.distinct(holding.c.override_id))).select_from(joined)
    return conn.scalar(statement.where(at > after, at <= until, *conditions)) or 0


def last_boundary(conn: Connection, now: datetime) -> datetime | None:
    """The latest instant at or before `now` at which an override began or ended."""
    begun = conn.scalar(select(func.max(holding.c.from_at)).where(holding.c.from_at <= now))
    ended = conn.scalar(select(func.max(holding.c.to_at)).where(holding.c.to_at <= now))
    return max((at for at in (begun, ended) if at is not None), default=None)


def segments_of(conn: Connection, ids: Iterable[int]) -> dict[int, list[Segment]]:
    """The segments of overrides by id, in order of time."""
    wanted = sorted(set(ids))
    found: dict[int, list[Segment]] = {number: [] for number in wanted}
    for start in range(0, len(wanted), _CHUNK):
        rows = conn.execute(
            select(*_SEGMENT)
            .where(holding.c.override_id.in_(wanted[start : start + _CHUNK]))
            .order_by(holding.c.override_id, holding.c.from_at)
        )
        for row in rows:
            found[row.override_id].append(_segment(row))
    return found


def segments_in(
    conn: Connection,
    from_at: datetime,
    to_at: datetime | None,
    *,
    evse_numbers: Sequence[int] | None = None,
) -> list[Segment]:
    """Segments that overlap `[from_at, to_at)`, or hold at `from_at` where `to_at` is `None`.

    Of the whole fleet, or of `evse_numbers` alone. Reads the rows that are asked for, never the history.
    """
    if evse_numbers is None:
        return _overlapping(conn, select(*_SEGMENT), from_at, to_at)
    found: list[Segment] = []
    for start in range(0, len(evse_numbers), _EVSES_AT_ONCE):
        some = holding.c.evse_id.in_(evse_numbers[start : start + _EVSES_AT_ONCE])
        found += _overlapping(conn, select(*_SEGMENT).where(some), from_at, to_at)
    return found


def in_force_on(conn: Connection, evse_numbers: Sequence[int], at: datetime) -> list[Segment]:
    """Segments that hold at `at` on a few EVSEs: their whole past is looked through, without classes."""
    statement = select(*_SEGMENT).where(
        holding.c.evse_id.in_(evse_numbers),
        holding.c.from_at <= at,
        or_(holding.c.to_at.is_(None), holding.c.to_at > at),
    )
    return [_segment(row) for row in conn.execute(statement)]


def _overlapping(
    conn: Connection, statement: Select[Any], from_at: datetime, to_at: datetime | None
) -> list[Segment]:
    branches = each_span(conn, holding, statement, from_at, to_at)
    return [_segment(row) for row in conn.execute(union_all(*branches))] if branches else []


def open_batch(write: Write, *, name: str, by: str, undoes: int | None = None) -> int:
    """Begin a named change over several overrides; its id undoes it."""
    statement = (
        insert(batch)
        .values(name=name, made_at=write.now, made_by=by, undoes=undoes)
        .returning(batch.c.id)
    )
    return int(write.conn.execute(statement).scalar_one())


def batch_row(conn: Connection, batch_id: int) -> Row[Any] | None:
    """One batch."""
    if batch_id not in evses.NUMBERS:
        return None
    return conn.execute(select(batch).where(batch.c.id == batch_id)).one_or_none()


def mark_undone(write: Write, batch_id: int, *, by: str) -> None:
    """Remember that a batch was taken back."""
    write.conn.execute(
        update(batch).where(batch.c.id == batch_id).values(undone_at=write.now, undone_by=by)
    )


def changes_of_batch(conn: Connection, batch_id: int) -> list[Row[Any]]:
    """The history lines of a batch, in order."""
    return list(
        conn.execute(select(change).where(change.c.batch_id == batch_id).order_by(change.c.id))
    )


def history(conn: Connection, override_id: int) -> list[Row[Any]]:
    """The history lines of one override, oldest first."""
    return list(
        conn.execute(
            select(change).where(change.c.override_id == override_id).order_by(change.c.id)
        )
    )


def before_and_after(line: Row[Any]) -> tuple[Override | None, Override]:
    """The override before and after a line of history."""
    before = None if line.before is None else from_document(line.before)
    return before, from_document(line.after)


def _values(one: Override) -> dict[str, Any]:
    values = {field.name: getattr(one, field.name) for field in fields(one)}
    values["evse_id"] = values.pop("evse")
    for name in ("temporary_status", "source", "cause"):
        values[name] = None if values[name] is None else values[name].value
    values["ends_at"] = one.ends_at
    return values


def _insert(conn: Connection, overrides: Sequence[Override]) -> list[Override]:
    if not overrides:
        return []
    rows = []
    for one in overrides:
        values = _values(one)
        del values["id"]
        rows.append(values)
    ids = conn.scalars(
        insert(override).returning(override.c.id, sort_by_parameter_order=True), rows
    ).all()
    return [replace(one, id=number) for one, number in zip(overrides, ids, strict=True)]


def _update(conn: Connection, overrides: Sequence[Override]) -> None:
    if not overrides:
        return
    rows = []
    for one in overrides:
        values = _values(one)
        values["which"] = values.pop("id")
        rows.append(values)
    names = [name for name in rows[0] if name != "which"]
    conn.execute(
        update(override)
        .where(override.c.id == bindparam("which"))
        .values({name: bindparam(name) for name in names}),
        rows,
    )


def _keep_segments(write: Write, alterations: Sequence[Altered]) -> None:
    known = segments_of(write.conn, [one.after.id for one in alterations if one.before is not None])
    stale: list[int] = []
    rows: list[dict[str, Any]] = []
    for one in alterations:
        old = known.get(one.after.id, [])
        new = rewrite(old, one.after, now=write.now)
        if new == old:
            continue
        if old:
            stale.append(one.after.id)
        rows += [_row(segment) for segment in new]
    for start in range(0, len(stale), _CHUNK):
        write.conn.execute(
            delete(holding).where(holding.c.override_id.in_(stale[start : start + _CHUNK]))
        )
    if rows:
        write.conn.execute(insert(holding), rows)


def _row(segment: Segment) -> dict[str, Any]:
    return {
        "override_id": segment.override_id,
        "evse_id": segment.evse,
        "rank": int(segment.status.rank),
        "made": segment.made_at,
        "from_at": segment.from_at,
        "to_at": segment.to_at,
        "span": span_of(segment.from_at, segment.to_at),
        "stands_back": segment.stands_back,
    }


def _segment(row: Any) -> Segment:
    return Segment(
        override_id=row.override_id,
        evse=row.evse_id,
        status=Rank(row.rank).status,
        made_at=row.made,
        from_at=row.from_at,
        to_at=row.to_at,
        stands_back=row.stands_back,
    )


def _add_history(
    write: Write, alterations: Sequence[Altered], *, by: str, batch_id: int | None
) -> None:
    rows = [
        {
            "override_id": one.after.id,
            "version": one.after.version,
            "at": write.now,
            "by": by,
            "what": one.what,
            "why": one.why,
            "before": None if one.before is None else to_document(one.before),
            "after": to_document(one.after),
            "batch_id": batch_id,
        }
        for one in alterations
    ]
    if rows:
        write.conn.execute(insert(change), rows)


def _touched(alterations: Sequence[Altered]) -> set[int]:
    return {one.after.evse for one in alterations} | {
        one.before.evse for one in alterations if one.before is not None
    }
