"""Which overrides are kept, when do they hold, and what was done to them?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.sql.util import ClauseAdapter, find_tables

from evse_status.core.override import Override
from evse_status.core.period import LATEST, from_microseconds, to_microseconds
from evse_status.core.principal import Principal
from evse_status.core.segments import Segment, planned_segment, rewrite
from evse_status.core.statuses import Cause, Phase, Rank, Source, TemporaryStatus
from evse_status.store import archive, evses, expansion, many
from evse_status.store.database import Write
from evse_status.store.documents import from_document, to_document
from evse_status.store.numbers import fetch, one_of, read
from evse_status.store.spans import Raw, rows, rows_since, span_of
from evse_status.store.tables import batch, change, evse, holding, override

JOINED = override.join(evses.JOINED, override.c.evse_id == evse.c.id)

_RAW_SEGMENT = "override_id, evse_id, rank, made, from_at, to_at, stands_back"
# What every alteration says is put together once: that takes as long as saying it.
_ADD_BATCH = insert(batch).returning(batch.c.id)
_ADD_OVERRIDES = insert(override).returning(override.c.id, sort_by_parameter_order=True)
_FIELDS = tuple(field.name for field in fields(Override))
_STATUS_OF = {int(rank): rank.status for rank in Rank}
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
    what: str  # created, changed, cleared, undone, moved, removed, started
    why: str = ""


def save(
    write: Write, alterations: Sequence[Altered], *, by: str, batch_id: int | None
) -> list[Override]:
    """Keep alterations with their history and what holds from now on; new ones get their ids.

    An alteration that changed nothing is passed over, without a line of history.
    """
    real = [one for one in alterations if one.before != one.after]
    created = _insert(write.conn, [one.after for one in real if one.before is None], batch_id)
    fresh = iter(created)
    kept = [
        Altered(None, next(fresh), one.what, one.why) if one.before is None else one for one in real
    ]
    _update(write.conn, [(one.before, one.after) for one in kept if one.before is not None])
    shifted = _keep_segments(write, kept)
    _add_history(write, kept, by=by, batch_id=batch_id)
    evses.look_again(write.conn, shifted, write.now, overrides=True)
    evses.look_again(write.conn, _touched(kept) - shifted, write.now)
    saved = iter(kept)
    return [next(saved).after if one.before != one.after else one.after for one in alterations]


def keep_planned(
    write: Write, made: Sequence[Override], *, by: str, batch_id: int | None
) -> list[Override]:
    """Keep new overrides that hold as planned, also before now: they were shown without being stored.

    They are those of one series, whose batch stays theirs. Nothing that is shown changes by it, so
    nobody is asked to look.
    """
    created = _insert(write.conn, made, made[0].batch_id if made else None)
    planned = [segment for one in created if (segment := planned_segment(one)) is not None]
    many.add(write.conn, holding, [_row(segment) for segment in planned])
    _add_history(
        write, [Altered(None, one, "created") for one in created], by=by, batch_id=batch_id
    )
    return created


def renew_lease(write: Write, renewed: Override) -> None:
    """Keep a longer lease: no version, no history (rule 17)."""
    many.alter(write.conn, override, [_values(renewed)])
    shifted = _keep_segments(write, [Altered(renewed, renewed, "renewed")])
    evses.look_again(write.conn, shifted, write.now, overrides=True)


def by_ids(conn: Connection, ids: Iterable[int]) -> dict[int, Override]:
    """Overrides by id; unknown ids are absent.

    The id of an occurrence that wasn't stored finds the stored one if it is by now.
    """
    asked = set(ids)
    stored = expansion.stored(conn, asked)
    wanted = sorted({number for number in asked if number in evses.NUMBERS} | {*stored.values()})
    rows = conn.execute(select(override).where(one_of(override.c.id, wanted))) if wanted else ()
    found = {row.id: from_row(row) for row in rows}
    by_number = {number: found[number] for number in asked if number in found}
    by_number |= {number: found[row] for number, row in stored.items()}
    return by_number | expansion.by_ids(conn, asked - by_number.keys())


def known(conn: Connection, ids: Iterable[int]) -> dict[int, Override]:
    """`by_ids` and those that are archived. Reads files: not for the middle of a write."""
    found = by_ids(conn, ids)
    absent = [number for number in set(ids) if number not in found and number in evses.NUMBERS]
    return found | {row.id: from_row(row) for row in archive.overrides_by_ids(conn, absent)}


def open_on(conn: Connection, evse_numbers: Sequence[int], at: datetime) -> list[Override]:
    """The overrides on these EVSEs that aren't over at `at`."""
    if not evse_numbers:
        return []
    some = one_of(override.c.evse_id, evse_numbers)
    return [from_row(row) for row in conn.execute(select(override).where(some, not_over(at)))]


def waiting_on(conn: Connection, evse_numbers: Iterable[int], at: datetime) -> list[Override]:
    """The overrides on these EVSEs that wait at `at` for a session to end."""
    wanted = sorted(set(evse_numbers))
    if not wanted:
        return []
    waits = (override.c.drains.is_(True), override.c.starts_at > at, not_over(at))
    statement = select(override).where(one_of(override.c.evse_id, wanted), *waits)
    return [from_row(row) for row in conn.execute(statement.order_by(override.c.id))]


def from_row(row: Any) -> Override:
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
        drains=bool(row.drains),  # archived before there was any: None
    )


def not_over(at: datetime) -> ColumnElement[bool]:
    """Active or upcoming at `at`."""
    return or_(override.c.ends_at.is_(None), override.c.ends_at > at)


def in_phase(phase: Phase, at: datetime) -> ColumnElement[bool]:
    """The condition that `Override.phase(at)` is `phase`; the same boundaries as there (rule 1)."""
    if phase in (Phase.UPCOMING, Phase.ACTIVE):
        starts_at = override.c.starts_at
        return and_(not_over(at), starts_at > at if phase is Phase.UPCOMING else starts_at <= at)
    over, cleared_at = override.c.ends_at <= at, override.c.cleared_at
    if phase is Phase.CLEARED:
        return and_(over, cleared_at.is_not(None), cleared_at == override.c.ends_at)
    return and_(over, or_(cleared_at.is_(None), cleared_at != override.c.ends_at))


def open_since(since: datetime, now: datetime) -> ColumnElement[bool]:
    """Active at `now`, begun at `since` or before, and nothing planned ends it."""
    return and_(
        in_phase(Phase.ACTIVE, now), override.c.ends_at.is_(None), override.c.starts_at <= since
    )


def like(statuses: Sequence[str], sources: Sequence[str]) -> list[ColumnElement[bool]]:
    """Of one of these statuses and sources; none of them asks nothing."""
    conditions: list[ColumnElement[bool]] = []
    if statuses:
        conditions.append(override.c.temporary_status.in_(statuses))
    if sources:
        conditions.append(override.c.source.in_(sources))
    return conditions


def count(conn: Connection, *conditions: ColumnElement[bool]) -> int:
    """How many overrides fulfil conditions on `override`, `evse` and `location`."""
    statement = select(func.count()).select_from(_source(conditions))
    return conn.scalar(statement.where(*conditions)) or 0


@dataclass(frozen=True, slots=True)
class NotOver:
    """An override that is active or upcoming, as far as a list needs it; `starts_at` in microseconds."""

    starts_at: int
    id: int
    evse: int


def count_not_over(
    conn: Connection, phase: Phase, now: datetime, *conditions: ColumnElement[bool]
) -> int:
    """How many active or upcoming ones fulfil the conditions."""
    return conn.scalar(_not_over(phase, now, conditions, func.count())) or 0


def not_over_ones(
    conn: Connection, phase: Phase, now: datetime, *conditions: ColumnElement[bool]
) -> list[NotOver]:
    """All active or upcoming ones that fulfil the conditions, by start."""
    columns = (type_coerce(override.c.starts_at, BigInteger), override.c.id, override.c.evse_id)
    found = sorted(map(tuple, conn.execute(_not_over(phase, now, conditions, *columns)).all()))
    return [NotOver(*row) for row in found]


def evses_not_over(
    conn: Connection, phase: Phase | None, now: datetime, *conditions: ColumnElement[bool]
) -> set[int]:
    """The EVSEs with an active or upcoming one that fulfils the conditions; `None` asks for either."""
    return set(read(conn, _not_over(phase, now, conditions, override.c.evse_id)))


def _not_over(
    phase: Phase | None, now: datetime, conditions: Sequence[ColumnElement[bool]], *columns: Any
) -> Select[Any]:
    """Found by their ends before anything else is asked: no planner guesses how few of the millions they are."""
    of_phase = not_over(now) if phase is None else in_phase(phase, now)
    if not conditions:
        return select(*columns).select_from(override).where(of_phase)
    few = override.alias("few")
    their_ids = select(few.c.id).where(ClauseAdapter(few).traverse(of_phase))
    source = _source(conditions)
    return select(*columns).select_from(source).where(override.c.id.in_(their_ids), *conditions)


def _source(conditions: Sequence[ColumnElement[bool]]) -> Any:
    """What has to be read for the conditions: overrides alone wherever that is enough."""
    named = {table for one in conditions for table in find_tables(one, check_columns=True)}
    return override if named <= {override} else JOINED


def ended_in(after: datetime | None, until: datetime) -> ColumnElement[bool]:
    """Over at `until` and not yet at `after` (`None`: whenever it ended)."""
    over = override.c.ends_at <= until
    return over if after is None else and_(override.c.ends_at > after, over)


def count_over(
    conn: Connection, after: datetime | None, until: datetime, *conditions: ColumnElement[bool]
) -> dict[Phase, int]:
    """How many that fulfil conditions on `override` ended or were cleared in `(after, until]`.

    Without conditions from indexes alone.
    """
    both, by_somebody = (
        conn.scalar(
            select(func.count())
            .select_from(override)
            .where(ended_in(after, until), *one, *conditions)
        )
        or 0
        for one in ((), (in_phase(Phase.CLEARED, until),))
    )
    return {Phase.ENDED: both - by_somebody, Phase.CLEARED: by_somebody}


def evses_over(
    conn: Connection,
    phase: Phase | None,
    after: datetime | None,
    until: datetime,
    *conditions: ColumnElement[bool],
) -> set[int]:
    """The EVSEs with one that fulfils conditions on `override` and ended or was cleared (`None`: either)
    in `(after, until]`."""
    wanted = [ended_in(after, until), *conditions]
    if phase is not None:
        wanted.append(in_phase(phase, until))
    if after is not None or phase is Phase.CLEARED:
        return set(read(conn, select(override.c.evse_id).where(*wanted)))
    # Nearly all have one: each EVSE is asked for one, not for all.
    return evses.numbers(
        conn, select(override.c.id).where(override.c.evse_id == evse.c.id, *wanted).exists()
    )


_IS_CLEARED = func.coalesce(override.c.cleared_at == override.c.ends_at, false())


def some_over(
    conn: Connection, until: datetime, *conditions: ColumnElement[bool], most: int
) -> list[Raw] | None:
    """Those that fulfil conditions on `override` and were over at `until`, as id, EVSE, start, end (in
    microseconds), whether it was cleared; `None` if there are more than `most`."""
    columns = [override.c[name] for name in ("id", "evse_id", "starts_at", "ends_at")]
    statement = select(*columns, _IS_CLEARED).where(_all_over(until), *conditions)
    found = fetch(conn, statement.limit(most + 1))
    return found if len(found) <= most else None


def evses_and_counts_over(
    conn: Connection, until: datetime, *conditions: ColumnElement[bool]
) -> list[Raw]:
    """How many fulfil conditions on `override` and were over at `until`: EVSE, whether they were cleared, count."""
    on = override.c.evse_id + 0  # the table as it lies, not by EVSE
    columns = (on, _IS_CLEARED, func.count())
    statement = select(*columns).where(_all_over(until), *conditions)
    return fetch(conn, statement.group_by(on, _IS_CLEARED))


def _all_over(until: datetime) -> ColumnElement[bool]:
    # Nearly all are over: the table as it lies, not row by row through an index.
    return type_coerce(override.c.ends_at, BigInteger) + 0 <= to_microseconds(until)


def last_edit(conn: Connection, since: datetime) -> int:
    """The number of the newest line of history after `since` that may have changed a text, 0 if there is none."""
    edits = select(change.c.id).where(change.c.at > since, change.c.what == "changed")
    return conn.scalar(edits.order_by(change.c.at.desc(), change.c.id.desc()).limit(1)) or 0


def in_texts(conn: Connection, term: str) -> list[ColumnElement[bool]]:
    """What people wrote about an override has `term` in it, in any case."""
    texts = (override.c.reason, override.c.ticket, override.c.created_by)
    if conn.dialect.name == "sqlite" and term.isascii():
        # Its LIKE folds ASCII by itself; `lower` is ours there, and takes minutes for millions.
        return [text.contains(term, autoescape=True) for text in texts]
    return [func.lower(text).contains(term.lower(), autoescape=True) for text in texts]


def raw_periods(conn: Connection, ids: Sequence[int]) -> dict[int, tuple[int, int | None]]:
    """Start and end in microseconds by override."""
    if not ids:
        return {}
    columns = (type_coerce(override.c[name], BigInteger) for name in ("starts_at", "ends_at"))
    rows = conn.execute(select(override.c.id, *columns).where(one_of(override.c.id, ids)))
    found = {number: (starts_at, ends_at) for number, starts_at, ends_at in rows}
    for number, one in expansion.by_ids(conn, ids).items():
        found[number] = (to_microseconds(one.starts_at), to_microseconds(one.ends_at or LATEST))
    return found


def page(
    conn: Connection,
    *conditions: ColumnElement[bool],
    by: str,
    last_first: bool,
    limit: int,
    offset: int = 0,
    few: bool = False,
) -> list[Override]:
    """Some overrides that fulfil the conditions by `starts_at`, `ends_at` or `cleared_at`, in a total order.

    `few`: the conditions leave few of many, so they are looked up first and put in order then.
    """
    at = type_coerce(override.c[by], BigInteger)
    order = (at + 0 if few else at, override.c.id)
    statement = (
        select(override)
        .select_from(_source(conditions))
        .where(*conditions)
        .order_by(*(column.desc() if last_first else column for column in order))
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
    conn: Connection, principal: Principal, which: str, after: datetime, until: datetime
) -> int:
    """How many overrides on live EVSEs in the area begin (`from_at`) or end (`to_at`) in `(after, until]`."""
    at = holding.c[which]
    columns = select(holding.c.override_id, holding.c.evse_id)
    found = conn.execute(columns.where(at > after, at <= until)).all()
    live = evses.live_among(conn, {row[1] for row in found}, principal)
    return len({row[0] for row in found if row[1] in live})


def last_boundary(conn: Connection, now: datetime) -> datetime | None:
    """The latest instant at or before `now` at which an override began or ended."""
    begun = conn.scalar(select(func.max(holding.c.from_at)).where(holding.c.from_at <= now))
    ended = conn.scalar(select(func.max(holding.c.to_at)).where(holding.c.to_at <= now))
    return max((at for at in (begun, ended) if at is not None), default=None)


def last_change(conn: Connection) -> int:
    """The number of the newest line of history; it moves with every alteration of an override."""
    return conn.scalar(select(func.max(change.c.id))) or 0


def oldest(conn: Connection) -> int:
    """The number of the oldest line of history; it moves when a store is emptied or history leaves it."""
    return conn.scalar(select(func.min(change.c.id))) or 0


def segments_of(conn: Connection, ids: Iterable[int]) -> dict[int, list[Segment]]:
    """The segments of overrides by id, in order of time."""
    wanted = sorted(set(ids))
    found: dict[int, list[Segment]] = {number: [] for number in wanted}
    if not wanted:
        return found
    statement = (
        select(*_SEGMENT)
        .where(one_of(holding.c.override_id, wanted))
        .order_by(holding.c.override_id, holding.c.from_at)
    )
    for row in conn.execute(statement):
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

    Of the whole fleet, or of `evse_numbers` alone. Reads the rows that are asked for, never the
    history. Of the whole fleet `raw_segments` is several times as fast. Occurrences of series are
    among them however far these are stored; of each at most the next `expansion.MOST` beyond that.
    """
    return [
        raw_segment(row) for row in raw_segments(conn, from_at, to_at, evse_numbers=evse_numbers)
    ]


def raw_segments(
    conn: Connection,
    from_at: datetime,
    to_at: datetime | None,
    *,
    evse_numbers: Sequence[int] | None = None,
) -> list[Raw]:
    """`segments_in` as tuples: override, EVSE, rank, made, from, to, stands back; instants in microseconds."""
    return [
        *rows(conn, holding, _RAW_SEGMENT, from_at, to_at, evses=evse_numbers),
        *archive.segments(conn, from_at, to_at, evse_numbers),
        *expansion.raw_segments(conn, from_at, to_at, evse_numbers),
    ]


def in_force_now(conn: Connection, now: datetime) -> dict[int, list[Segment]]:
    """What is in force on the whole fleet, by EVSE. Nothing archived can be."""
    found: dict[int, list[Segment]] = {}
    for row in (
        *rows(conn, holding, _RAW_SEGMENT, now),
        *expansion.raw_segments(conn, now, None, None),
    ):
        found.setdefault(row[1], []).append(raw_segment(row))
    return found


def segments_since(
    conn: Connection, since: Mapping[int, datetime], *, until: datetime
) -> dict[int, list[Segment]]:
    """Segments that each EVSE has at its own instant in `since` or later, in order of time.

    No archived ones: `archive.let_go` moves `overrides_changed_at` past what it takes. Occurrences
    of series that aren't stored as far as they start before `until`.
    """
    found: dict[int, list[Segment]] = {}
    for row in (
        *rows_since(conn, holding, _RAW_SEGMENT, since),
        *expansion.raw_since(conn, since, until),
    ):
        found.setdefault(row[1], []).append(raw_segment(row))
    for segments in found.values():
        segments.sort(key=lambda segment: (segment.from_at, segment.override_id))
    return found


def raw_segment(row: Raw) -> Segment:
    """A tuple of `raw_segments` as a segment."""
    override_id, on, rank, made, from_at, to_at, stands_back = row
    return Segment(
        override_id,
        on,
        _STATUS_OF[rank],
        from_microseconds(made),
        from_microseconds(from_at),
        None if to_at is None else from_microseconds(to_at),
        bool(stands_back),
    )


def open_batch(write: Write, *, name: str, by: str, undoes: int | None = None) -> int:
    """Begin a named change over several overrides; its id undoes it."""
    values = {"name": name, "made_at": write.now, "made_by": by, "undoes": undoes}
    return int(write.conn.execute(_ADD_BATCH, values).scalar_one())


def batch_row(conn: Connection, batch_id: int) -> Row[Any] | None:
    """One batch."""
    if batch_id not in evses.NUMBERS:
        return None
    return conn.execute(select(batch).where(batch.c.id == batch_id)).one_or_none()


def last_undo(conn: Connection) -> int:
    """The number of the newest batch that took another one back, 0 if there is none."""
    return conn.scalar(select(func.max(batch.c.id)).where(batch.c.undoes.is_not(None))) or 0


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


def history(conn: Connection, override_id: int) -> list[Any]:
    """The history lines of one override, oldest first; also of an archived one."""
    lines = list(
        conn.execute(
            select(change).where(change.c.override_id == override_id).order_by(change.c.id)
        )
    )
    return lines or archive.changes_of(conn, override_id)


def held(conn: Connection, override_id: int) -> list[Segment]:
    """The segments of one override in order of time; also of an archived one."""
    found = segments_of(conn, [override_id])[override_id]
    archived = [_segment(row) for row in archive.holdings_of(conn, [override_id])]
    return sorted([*found, *archived], key=lambda segment: segment.from_at)


def before_and_after(line: Row[Any]) -> tuple[Override | None, Override]:
    """The override before and after a line of history."""
    before = None if line.before is None else from_document(line.before)
    return before, from_document(line.after)


def _values(one: Override) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in _FIELDS}
    values["evse_id"] = values.pop("evse")
    for name in ("temporary_status", "source", "cause"):
        values[name] = None if values[name] is None else values[name].value
    values["ends_at"] = one.ends_at
    return values


def _insert(
    conn: Connection, overrides: Sequence[Override], batch_id: int | None
) -> list[Override]:
    if not overrides:
        return []
    if len(overrides) > many.FEW:
        numbers = many.numbers_for(conn, override, len(overrides))
        made = [
            replace(one, id=number, batch_id=batch_id)
            for one, number in zip(overrides, numbers, strict=True)
        ]
        many.add(conn, override, [_values(one) for one in made])
        return made
    rows = []
    for one in overrides:
        values = _values(one) | {"batch_id": batch_id}
        del values["id"]
        rows.append(values)
    ids = conn.scalars(_ADD_OVERRIDES, rows).all()
    return [
        replace(one, id=number, batch_id=batch_id)
        for one, number in zip(overrides, ids, strict=True)
    ]


def _update(conn: Connection, altered: Sequence[tuple[Override, Override]]) -> None:
    """Set what is different in any of them: every index that isn't touched is time saved."""
    rows = [(_values(before), _values(after)) for before, after in altered]
    differing = {name for before, after in rows for name in after if before[name] != after[name]}
    if differing:
        named = ("id", *sorted(differing))
        many.alter(conn, override, [{name: after[name] for name in named} for _, after in rows])


def _keep_segments(write: Write, alterations: Sequence[Altered]) -> set[int]:
    """Keep what holds from now on; the EVSEs on which that is something else than before."""
    known = segments_of(write.conn, [one.after.id for one in alterations if one.before is not None])
    stale: list[int] = []
    fresh: list[dict[str, Any]] = []
    shifted: set[int] = set()
    for one in alterations:
        old = known.get(one.after.id, [])
        new = rewrite(old, one.after, now=write.now)
        if new == old:
            continue
        shifted |= _touched([one])
        if old:
            stale.append(one.after.id)
        fresh += [_row(segment) for segment in new]
    if stale:
        write.conn.execute(delete(holding).where(one_of(holding.c.override_id, stale)))
    many.add(write.conn, holding, fresh)
    return shifted


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
    many.add(write.conn, change, rows)


def _touched(alterations: Sequence[Altered]) -> set[int]:
    return {one.after.evse for one in alterations} | {
        one.before.evse for one in alterations if one.before is not None
    }
