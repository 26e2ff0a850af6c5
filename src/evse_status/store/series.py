"""Which series are kept, on which EVSEs, how far are they stored, and what was done to them?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update

from evse_status.core.override import Override
from evse_status.core.partner import ANNOUNCED_AHEAD
from evse_status.core.series import Occurrence, Series, override_of
from evse_status.core.statuses import Cause, TemporaryStatus
from evse_status.store import evses, overrides
from evse_status.store.database import Write
from evse_status.store.expansion import from_row
from evse_status.store.numbers import fetch, one_of
from evse_status.store.tables import (
    evse,
    location,
    override,
    series,
    series_change,
    series_evse,
)

_LOCALS = ("first_local_start", "cut_from")
_LISTS = ("exceptions", "stored_ahead")
_INSTANTS = ("made_at", "added_at", "stored_to")
_NAMES = tuple(one.name for one in fields(Series) if one.name not in ("id", "evses"))


def written(local_start: datetime) -> str:
    """A local start as it is kept: whole minutes, without offset."""
    return f"{local_start:%Y-%m-%dT%H:%M}"


def by_ids(conn: Connection, ids: Iterable[int], *, with_evses: bool = True) -> dict[int, Series]:
    """Series by number; unknown ones are absent."""
    wanted = sorted(number for number in set(ids) if number in evses.NUMBERS)
    if not wanted:
        return {}
    on = evses_of(conn, wanted) if with_evses else {}
    rows = conn.execute(select(series).where(one_of(series.c.id, wanted)))
    return {row.id: from_row(row, on.get(row.id, ())) for row in rows}


def evses_of(conn: Connection, ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """The EVSEs of each of these series, in the order of their numbers."""
    columns = select(series_evse.c.series_id, series_evse.c.evse_id)
    found: dict[int, list[int]] = {}
    for number, on in sorted(fetch(conn, columns.where(one_of(series_evse.c.series_id, set(ids))))):
        found.setdefault(number, []).append(on)
    return {number: tuple(some) for number, some in found.items()}


def places_of(
    conn: Connection, ids: Iterable[int], *conditions: ColumnElement[bool]
) -> dict[int, list[tuple[str, int]]]:
    """The locations of each of these series by name, as far as they fulfil `conditions`, with how many EVSEs."""
    columns = select(series_evse.c.series_id, location.c.name, func.count())
    joined = columns.select_from(series_evse.join(evse).join(location))
    some = joined.where(one_of(series_evse.c.series_id, set(ids)), *conditions)
    grouped = some.group_by(series_evse.c.series_id, location.c.id, location.c.name)
    found: dict[int, list[tuple[str, int]]] = {}
    for number, name, count in sorted(fetch(conn, grouped)):
        found.setdefault(number, []).append((name, count))
    return found


def continued_by(conn: Connection, ids: Iterable[int]) -> dict[int, int]:
    """The series that goes on from each of these, where there is one: the newest."""
    columns = select(series.c.continues, func.max(series.c.id))
    some = columns.where(one_of(series.c.continues, set(ids))).group_by(series.c.continues)
    return dict(fetch(conn, some))


def listed(conn: Connection, *conditions: ColumnElement[bool]) -> list[Series]:
    """The series that fulfil conditions on `series`, the newest first; without their EVSEs."""
    statement = select(series).where(*conditions).order_by(series.c.id.desc())
    return [from_row(row) for row in conn.execute(statement)]


def on_evses(numbers: Collection[int]) -> ColumnElement[bool]:
    """The condition that a series is on one of these EVSEs."""
    some = select(series_evse.c.series_id).where(one_of(series_evse.c.evse_id, numbers))
    return series.c.id.in_(some)


def continuing(number: int) -> ColumnElement[bool]:
    """The condition that a series goes on from this one."""
    return series.c.continues == number


def due(conn: Connection, before: datetime) -> list[int]:
    """The series of which less is stored than up to `before`, those that lack most first."""
    statement = select(series.c.id).where(series.c.stored_to < before)
    return list(conn.scalars(statement.order_by(series.c.stored_to, series.c.id)))


def add(write: Write, one: Series, *, by: str, why: str = "") -> Series:
    """Keep a new series with its history, and have its EVSEs looked at; it gets its number."""
    made = insert(series).values(_values(one)).returning(series.c.id)
    added = replace(one, id=int(write.conn.execute(made).scalar_one()))
    write.conn.execute(
        insert(series_evse), [{"series_id": added.id, "evse_id": number} for number in one.evses]
    )
    _note(write, None, added, "created", by=by, why=why)
    evses.look_again(write.conn, one.evses, write.now, overrides=True)
    return added


def change(
    write: Write,
    before: Series,
    after: Series,
    what: str,
    *,
    by: str,
    why: str = "",
    batch_id: int | None,
) -> Series:
    """Keep a series as the next version, with its history, and have its EVSEs looked at."""
    kept = replace(after, version=before.version + 1)
    keep(write, kept)
    _note(write, before, kept, what, by=by, why=why, batch_id=batch_id)
    evses.look_again(write.conn, kept.evses, write.now, overrides=True)
    return kept


def keep(write: Write, one: Series) -> None:
    """Keep a series as it is, without history: how far it is stored is nobody's doing."""
    write.conn.execute(update(series).where(series.c.id == one.id).values(_values(one)))


def leave(write: Write, numbers: Collection[int]) -> None:
    """These EVSEs are removed: no series is on them any more."""
    if numbers:
        write.conn.execute(delete(series_evse).where(one_of(series_evse.c.evse_id, numbers)))


def follow(write: Write, replaced: Mapping[int, int]) -> None:
    """What was on the old EVSE of a swapped charger is on the new one (rule 19)."""
    for old, new in replaced.items():
        on_new = select(series_evse.c.series_id).where(series_evse.c.evse_id == new)
        of_old = series_evse.c.evse_id == old
        both = delete(series_evse).where(of_old, series_evse.c.series_id.in_(on_new))
        write.conn.execute(both)
        moved = write.conn.execute(update(series_evse).where(of_old).values(evse_id=new))
        if moved.rowcount:
            evses.look_again(write.conn, [old, new], write.now, overrides=True)


def store(
    write: Write,
    one: Series,
    some: Iterable[Occurrence],
    *,
    floor: datetime | None = None,
    skipping: Collection[tuple[int, str]] = (),
    batch_id: int | None = None,
) -> list[Override]:
    """Store occurrences as overrides, as far as they aren't stored, on all EVSEs of the series.

    Until now they were worked out when asked, so this changes nothing that is shown, not even of
    the past; with `floor` they hold from there on. None on pairs of `skipping` (EVSE, local start).
    """
    wanted = {written(occurrence.local_start): occurrence for occurrence in some}
    if not wanted or not one.evses:
        return []
    there = {
        (row.evse_id, row.occurrence_start)
        for row in write.conn.execute(
            select(override.c.evse_id, override.c.occurrence_start).where(
                *_on_its_evses(one),
                override.c.occurrence_start.between(min(wanted), max(wanted)),
            )
        )
    }
    made = []
    for local_start, occurrence in sorted(wanted.items()):
        for number in one.evses:
            pair = (number, local_start)
            if pair in there or pair in skipping:
                continue
            new = override_of(one, number, occurrence)
            starts_at = new.starts_at if floor is None else max(new.starts_at, floor)
            made.append(replace(new, id=0, starts_at=starts_at))
    kept = overrides.keep_planned(write, made, by=one.created_by, batch_id=batch_id)
    _look_in_time(write, kept)
    return kept


def rows_of(conn: Connection, one: Series, *, from_local: datetime | None = None) -> list[Override]:
    """The stored occurrences of a series on its EVSEs, from a local start on."""
    conditions = _on_its_evses(one)
    if from_local is not None:
        conditions.append(override.c.occurrence_start >= written(from_local))
    return _rows(conn, conditions)


def open_rows_of(conn: Connection, one: Series, at: datetime) -> list[Override]:
    """The stored occurrences of a series that aren't over at `at`, on whatever EVSEs."""
    return _rows(conn, [overrides.not_over(at), override.c.series_id == one.id])


def rows_at(conn: Connection, one: Series, local_start: datetime) -> list[Override]:
    """The stored overrides of one occurrence on the EVSEs of the series."""
    return _rows(conn, [*_on_its_evses(one), override.c.occurrence_start == written(local_start)])


def _on_its_evses(one: Series) -> list[ColumnElement[bool]]:
    """Both, so that each EVSE is looked up: a series may have been there for years."""
    return [override.c.series_id == one.id, one_of(override.c.evse_id, one.evses)]


def _rows(conn: Connection, conditions: Sequence[ColumnElement[bool]]) -> list[Override]:
    statement = select(override).where(*conditions)
    found = [overrides.from_row(row) for row in conn.execute(statement)]
    return sorted(found, key=lambda row: (row.occurrence_start or "", row.id))


def lines_of_batch(conn: Connection, batch_id: int) -> list[Row[Any]]:
    """What a batch did to series, in order."""
    of_batch = select(series_change).where(series_change.c.batch_id == batch_id)
    return list(conn.execute(of_batch.order_by(series_change.c.id)))


def history(conn: Connection, ids: Collection[int]) -> list[Row[Any]]:
    """What was done to these series, oldest first."""
    statement = select(series_change).where(one_of(series_change.c.series_id, ids))
    return list(conn.execute(statement.order_by(series_change.c.id)))


def from_document(document: Mapping[str, Any], one: Series) -> Series:
    """A series as a line of its history says, on the EVSEs that `one` is on."""
    values = dict(document)
    for name in (*_LOCALS, *_INSTANTS):
        values[name] = None if values[name] is None else datetime.fromisoformat(values[name])
    for name in _LISTS:
        values[name] = tuple(datetime.fromisoformat(text) for text in values[name])
    values["temporary_status"] = TemporaryStatus(values["temporary_status"])
    values["cause"] = None if values["cause"] is None else Cause(values["cause"])
    return replace(one, **values)


def _to_document(one: Series) -> dict[str, Any]:
    values = _values(one)
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _values(one: Series) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(one, name) for name in _NAMES}
    for name in _LOCALS:
        values[name] = None if values[name] is None else written(values[name])
    for name in _LISTS:
        values[name] = [written(at) for at in values[name]]
    values["temporary_status"] = one.temporary_status.value
    values["cause"] = None if one.cause is None else one.cause.value
    return values


def _note(
    write: Write,
    before: Series | None,
    after: Series,
    what: str,
    *,
    by: str,
    why: str,
    batch_id: int | None = None,
) -> None:
    write.conn.execute(
        insert(series_change).values(
            series_id=after.id,
            version=after.version,
            at=write.now,
            by=by,
            what=what,
            why=why,
            before=None if before is None else _to_document(before),
            after=_to_document(after),
            batch_id=after.batch_id if before is None else batch_id,
        )
    )


def _look_in_time(write: Write, made: Sequence[Override]) -> None:
    """Have the sender look when the first of them is to be announced: before that nothing changes."""
    first: dict[int, datetime] = {}
    for one in made:
        first[one.evse] = min(one.starts_at, first.get(one.evse, one.starts_at))
    at: dict[datetime, list[int]] = {}
    for number, starts_at in first.items():
        at.setdefault(max(write.now, starts_at - ANNOUNCED_AHEAD), []).append(number)
    for look_at, numbers in at.items():
        later = or_(evse.c.look_at.is_(None), evse.c.look_at > look_at)
        some = update(evse).where(one_of(evse.c.id, numbers), later)
        write.conn.execute(some.values(look_at=look_at))
