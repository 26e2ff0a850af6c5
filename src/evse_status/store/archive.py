"""Where is history that has left the tables? In Parquet files that answer the same questions.

A part is a folder of files and a row that says how far the tables have let go of it: rows up to
`emptied_to` are answered by the files, the others still by the tables, and both move in one
transaction. So nothing is lost or seen twice, whenever a run is interrupted.
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import (
    Boolean,
    Connection,
    Row,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy import String as SqlString

from evse_status.core.errors import StoreUnusable
from evse_status.core.period import from_microseconds, to_microseconds
from evse_status.store.columns import Document, Instant
from evse_status.store.database import Write
from evse_status.store.numbers import one_of
from evse_status.store.spans import Raw, fetched
from evse_status.store.tables import actual, archive_part, change, evse, holding, override

OVERRIDES, ACTUALS = "overrides", "actuals"
WRITING, EMPTYING, DONE = "writing", "emptying", "done"

_ROW_GROUP = 10_000
_FILES: Mapping[str, tuple[tuple[Table, str, str], ...]] = {
    OVERRIDES: (
        (override, "id", "id"),
        (change, "override_id", "id"),
        (holding, "override_id", "evse_id"),
    ),
    ACTUALS: ((actual, "id", "evse_id"),),
}
"""The tables of a part, the column that the ids of the part are in, and the order of its file."""


@dataclass(frozen=True, slots=True)
class Part:
    """One folder of files: the history of overrides, or of actual statuses."""

    id: int
    kind: str
    state: str
    folder: Path
    rows: Mapping[str, int]
    to_at: datetime  # nothing in it holds at or after this instant
    emptied_to: int
    kept: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Moving:
    """What a part is made of before it is a part: rows per table, and the ids in order."""

    kind: str
    ids: tuple[int, ...]
    versions: Mapping[int, int]
    tables: Mapping[str, Any]
    from_at: int
    to_at: int


def parts(
    conn: Connection, kind: str, from_at: datetime | None = None, to_at: datetime | None = None
) -> list[Part]:
    """The parts that have rows which overlap `[from_at, to_at)`, or hold at `from_at`; all by default."""
    # Every question asks this: without a part that reaches so late it costs next to nothing.
    since = 0 if from_at is None else to_microseconds(from_at)
    any_part = f"SELECT 1 FROM archive_part WHERE kind = '{kind}' AND to_at > {since} LIMIT 1"
    if fetched(conn, any_part, {}) == []:
        return []
    statement = select(archive_part).where(
        archive_part.c.kind == kind, archive_part.c.state.in_([EMPTYING, DONE])
    )
    if from_at is not None:
        statement = statement.where(archive_part.c.to_at > from_at)
        until = archive_part.c.from_at
        statement = statement.where(until <= from_at if to_at is None else until < to_at)
    return [_part(conn, row) for row in conn.execute(statement.order_by(archive_part.c.id))]


def unfinished(conn: Connection) -> list[Part]:
    """The parts that an interrupted run left, or that a run is at work on."""
    statement = select(archive_part).where(archive_part.c.state != DONE)
    return [_part(conn, row) for row in conn.execute(statement.order_by(archive_part.c.id))]


def newest_part(conn: Connection) -> int:
    """The number of the newest part that is one; another run has been at work when it moves."""
    is_one = archive_part.c.state != WRITING
    return conn.scalar(select(func.max(archive_part.c.id)).where(is_one)) or 0


def mark(conn: Connection) -> tuple[int, int]:
    """What moves whenever the tables let go of rows: the newest part, and how far all are emptied."""
    row = conn.execute(select(func.max(archive_part.c.id), func.sum(archive_part.c.emptied_to)))
    newest, emptied = row.one()
    return (newest or 0, int(emptied or 0))


def segments(
    conn: Connection,
    from_at: datetime,
    to_at: datetime | None,
    evses: Sequence[int] | None,
) -> list[Raw]:
    """As `overrides.raw_segments`, of those that are archived."""
    columns = ["override_id", "evse_id", "rank", "made", "from_at", "to_at", "stands_back"]
    found: list[Raw] = []
    for part in parts(conn, OVERRIDES, from_at, to_at):
        found += _tuples(_read(part, holding, columns, _overlapping(from_at, to_at, evses)))
    return found


def stretches(
    conn: Connection,
    columns: Sequence[str],
    from_at: datetime,
    to_at: datetime | None,
    evses: Sequence[int] | None,
    *,
    statuses: Sequence[str] | None = None,
) -> list[Raw]:
    """Archived stretches of actual statuses that overlap the window, or hold at `from_at`."""
    found: list[Raw] = []
    for part in parts(conn, ACTUALS, from_at, to_at):
        wanted = _overlapping(from_at, to_at, evses)
        if statuses is not None:
            wanted = wanted & pc.field("status").isin(list(statuses))
        found += _tuples(_read(part, actual, columns, wanted))
    return found


def overrides_by_ids(conn: Connection, ids: Iterable[int]) -> list[Any]:
    """Archived overrides, with the attributes of a row of `override`."""
    return _by_override(conn, override, "id", ids)


def changes_of(conn: Connection, override_id: int) -> list[Any]:
    """The archived lines of history of one override, oldest first."""
    return sorted(_by_override(conn, change, "override_id", [override_id]), key=lambda one: one.id)


def holdings_of(conn: Connection, ids: Iterable[int]) -> list[Any]:
    """The archived segments of overrides."""
    return _by_override(conn, holding, "override_id", ids)


def columns_of(part: Part, names: Sequence[str]) -> Any:
    """Some columns of all archived overrides of a part, as an Arrow table."""
    return _read(part, override, names, None)


def begin(write: Write, kind: str, folder: Path, *, by: str, before: datetime, token: str) -> Part:
    """Announce a part; it isn't one before `recorded`. `folder` is where all parts lie."""
    values = {
        "kind": kind,
        "state": WRITING,
        "folder": "",
        "made_at": write.now,
        "made_by": by,
        "before_at": before,
        "rows": {},
        "first_id": 0,
        "last_id": 0,
        "from_at": before,
        "to_at": before,
        "emptied_to": 0,
        "kept": [],
    }
    made = insert(archive_part).values(values).returning(archive_part.c.id)
    number = int(write.conn.execute(made).scalar_one())
    own = folder / f"{number:06}-{kind}-{token}"
    write.conn.execute(
        update(archive_part)
        .where(archive_part.c.id == number)
        .values(folder=_written_path(write.conn, own))
    )
    return Part(number, kind, WRITING, own, {}, before, 0, ())


def to_move(conn: Connection, kind: str, before: datetime, most: int) -> Moving | None:
    """The next rows that ended at or before `before`, at most so many; `None` if there are none."""
    first = _FILES[kind][0][0]
    ended = first.c.to_at if kind == ACTUALS else first.c.ends_at
    statement = select(first.c.id).where(ended <= before)
    if kind == OVERRIDES:
        # Whatever the row says: one with a stretch beyond `before` stays.
        later = holding.c.to_at.is_(None) | (holding.c.to_at > before)
        in_force = select(holding.c.id).where(holding.c.override_id == override.c.id, later)
        statement = statement.where(~in_force.exists())
    ids = list(conn.scalars(statement.order_by(first.c.id).limit(most)))
    if not ids:
        return None
    tables = {}
    for table, column, order in _FILES[kind]:
        rows = _raw_rows(conn, table, column, ids)
        made = pa.table(
            {
                one.name: pa.array(values, type=_arrow_type(one))
                for one, values in zip(table.c, rows, strict=True)
            }
        )
        tables[table.name] = made.sort_by([(order, "ascending"), ("id", "ascending")])
    stretch = tables[holding.name if kind == OVERRIDES else actual.name]
    limit = to_microseconds(before)
    begins = pc.min(stretch["from_at"]).as_py() if stretch.num_rows else limit
    versions = (
        dict(
            zip(
                tables["override"]["id"].to_pylist(),
                tables["override"]["version"].to_pylist(),
                strict=True,
            )
        )
        if kind == OVERRIDES
        else {}
    )
    return Moving(kind, tuple(ids), versions, tables, begins, limit)


def write_files(part: Part, moving: Moving) -> dict[str, int]:
    """Write the files of a part so that they outlast a power cut; how many rows each has."""
    part.folder.mkdir(parents=True)
    counts = {}
    for name, table in moving.tables.items():
        file = _file(part, name)
        with file.open("xb") as target:
            pq.write_table(table, target, compression="zstd", row_group_size=_ROW_GROUP)
            target.flush()
            os.fsync(target.fileno())
        counts[name] = int(pq.read_metadata(file).num_rows)
        if counts[name] != table.num_rows:
            raise StoreUnusable(f"{file} was not written whole. Is the disk full?")
    for folder in (part.folder, part.folder.parent, part.folder.parent.parent):
        _fsync_folder(folder)
    return counts


def recorded(write: Write, part: Part, moving: Moving, counts: Mapping[str, int]) -> bool:
    """Make it a part. False where another run has taken its place meanwhile."""
    told = dict(counts)
    if moving.kind == OVERRIDES:
        cleared = moving.tables["override"]
        told["cleared"] = int(
            pc.sum(pc.equal(cleared["cleared_at"], cleared["ends_at"])).as_py() or 0
        )
    done = write.conn.execute(
        update(archive_part)
        .where(archive_part.c.id == part.id, archive_part.c.state == WRITING)
        .values(
            state=EMPTYING,
            rows=told,
            first_id=moving.ids[0],
            last_id=moving.ids[-1],
            from_at=from_microseconds(moving.from_at),
            # A stretch that ends at `before` holds until then.
            to_at=from_microseconds(moving.to_at),
        )
    )
    return bool(done.rowcount)


def ids_of(part: Part) -> list[tuple[int, int]]:
    """The ids of a part in order, each with the version that is archived (0 for statuses)."""
    first = _FILES[part.kind][0][0]
    names = ["id", "version"] if part.kind == OVERRIDES else ["id"]
    table = pq.read_table(_file(part, first.name), columns=names).sort_by("id")
    ids = table["id"].to_pylist()
    versions = table["version"].to_pylist() if part.kind == OVERRIDES else [0] * len(ids)
    return list(zip(ids, versions, strict=True))


def let_go(write: Write, part_id: int, some: Sequence[tuple[int, int]]) -> None:
    """Delete the next rows of a part from the tables, in the transaction that says so.

    An override that was altered after it was archived stays in the tables, whole.
    """
    row = write.conn.execute(select(archive_part).where(archive_part.c.id == part_id)).one()
    part = _part(write.conn, row)
    wanted = {number: version for number, version in some if number > part.emptied_to}
    if not wanted:
        return
    kept: list[int] = []
    if part.kind == OVERRIDES:
        known = write.conn.execute(
            select(override.c.id, override.c.version).where(one_of(override.c.id, wanted))
        )
        kept = [number for number, version in known if version != wanted[number]]
    gone = [number for number in wanted if number not in set(kept)]
    if part.kind == OVERRIDES:
        _remember_ends(write.conn, gone)
    for table, column, _ in reversed(_FILES[part.kind]):
        write.conn.execute(delete(table).where(one_of(table.c[column], gone)))
    write.conn.execute(
        update(archive_part)
        .where(archive_part.c.id == part_id)
        .values(emptied_to=max(wanted), kept=[*part.kept, *kept])
    )


def _remember_ends(conn: Connection, ids: Sequence[int]) -> None:
    """What partners see is computed from the tables: they have to know that something ended."""
    ended = (
        select(holding.c.evse_id, func.max(holding.c.to_at).label("at"))
        .where(one_of(holding.c.override_id, ids))
        .group_by(holding.c.evse_id)
    )
    earlier = evse.c.overrides_changed_at.is_(None) | (
        evse.c.overrides_changed_at < bindparam("ended_at", type_=Instant)
    )
    statement = (
        update(evse)
        .where(evse.c.id == bindparam("which"), earlier)
        .values(overrides_changed_at=bindparam("ended_at", type_=Instant))
    )
    told = [{"which": number, "ended_at": at} for number, at in conn.execute(ended)]
    if told:
        conn.execute(statement, told)


def finished(write: Write, part: Part) -> None:
    """The tables have let go of the whole part."""
    write.conn.execute(update(archive_part).where(archive_part.c.id == part.id).values(state=DONE))


def forget(write: Write, part: Part) -> None:
    """Take a part off the list; its files are removed afterwards by `remove_files`."""
    write.conn.execute(delete(archive_part).where(archive_part.c.id == part.id))


def remove_files(part: Part) -> None:
    """Remove what a part that is on no list has left."""
    shutil.rmtree(part.folder, ignore_errors=True)


def _part(conn: Connection, row: Row[Any]) -> Part:
    folder = Path(row.folder)
    return Part(
        id=row.id,
        kind=row.kind,
        state=row.state,
        folder=folder if folder.is_absolute() else _home(conn) / folder,
        rows=row.rows,
        to_at=row.to_at,
        emptied_to=row.emptied_to,
        kept=tuple(row.kept),
    )


def _home(conn: Connection) -> Path:
    """From where folders are named: an SQLite file and its archive can be moved together."""
    if conn.dialect.name != "sqlite":
        return Path()
    database = str(conn.engine.url.database).removeprefix("file:").partition("?")[0]
    return Path(database).resolve().parent


def _written_path(conn: Connection, folder: Path) -> str:
    folder, home = folder.resolve(), _home(conn)
    if conn.dialect.name == "sqlite" and folder.is_relative_to(home):
        return folder.relative_to(home).as_posix()
    return str(folder)


def _file(part: Part, table: str) -> Path:
    return part.folder / f"{table}.parquet"


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(part: Part, table: Table, columns: Sequence[str], wanted: Any) -> Any:
    """The archive's own rows of a file; the others are still in the tables."""
    by = next(column for one, column, _ in _FILES[part.kind] if one is table)
    if part.state == EMPTYING:
        released = pc.field(by) <= part.emptied_to
        wanted = released if wanted is None else wanted & released
    if part.kept:
        others = ~pc.field(by).isin(list(part.kept))
        wanted = others if wanted is None else wanted & others
    try:
        return pq.read_table(
            _file(part, table.name),
            columns=list(columns),
            filters=wanted,
            partitioning=None,
            schema=_schema(table),  # a column that is younger than the file is empty
        )
    except (OSError, pa.ArrowInvalid) as error:
        raise StoreUnusable(
            f"The archived history in {part.folder} can't be read: {str(error).splitlines()[0]} "
            "Put the folder back where it was, or restore it from a backup."
        ) from None


def _overlapping(from_at: datetime, to_at: datetime | None, evses: Sequence[int] | None) -> Any:
    start = to_microseconds(from_at)
    begins = pc.field("from_at")
    wanted = (pc.field("to_at") > start) & (
        begins <= start if to_at is None else begins < to_microseconds(to_at)
    )
    return wanted if evses is None else wanted & pc.field("evse_id").isin(list(evses))


def _tuples(table: Any) -> list[Raw]:
    columns = [column.to_pylist() for column in table.columns]
    return list(zip(*columns, strict=True))


def _by_override(conn: Connection, table: Table, by: str, ids: Iterable[int]) -> list[Any]:
    wanted = sorted(set(ids))
    found: list[Any] = []
    if not wanted:
        return found
    within = select(archive_part.c.id).where(
        archive_part.c.first_id <= wanted[-1], archive_part.c.last_id >= wanted[0]
    )
    near = set(conn.scalars(within))
    for part in parts(conn, OVERRIDES):
        if part.id in near:
            rows = _read(part, table, table.c.keys(), pc.field(by).isin(wanted))
            found += [_as_row(table, values) for values in rows.to_pylist()]
    return found


def _as_row(table: Table, values: Mapping[str, Any]) -> Any:
    return SimpleNamespace(**{name: _value(table.c[name], one) for name, one in values.items()})


def _value(column: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, Instant):
        return from_microseconds(value)
    return json.loads(value) if isinstance(column.type, Document) else value


def _is_text(column: Any) -> bool:
    return isinstance(column.type, Document | SqlString)


def _schema(table: Table) -> Any:
    return pa.schema([(one.name, _arrow_type(one)) for one in table.c])


def _arrow_type(column: Any) -> Any:
    if isinstance(column.type, Boolean):
        return pa.bool_()
    return pa.string() if _is_text(column) else pa.int64()


def _raw_rows(conn: Connection, table: Table, column: str, ids: Sequence[int]) -> list[list[Any]]:
    """Column by column what is stored, without turning instants and documents into objects."""
    names = ", ".join(f'"{one.name}"' for one in table.c)
    on_sqlite = conn.dialect.name == "sqlite"
    some = (
        "IN (SELECT value FROM json_each(:ids))"
        if on_sqlite
        else "= ANY(CAST(%(ids)s AS BIGINT[]))"
    )
    found = conn.exec_driver_sql(
        f'SELECT {names} FROM "{table.name}" WHERE {column} {some}',
        {"ids": json.dumps(list(ids)) if on_sqlite else list(ids)},
    )
    rows = [tuple(row) for row in found]
    booleans = [isinstance(one.type, Boolean) for one in table.c]
    columns = [list(one) for one in zip(*rows, strict=True)] if rows else [[] for _ in table.c]
    return [
        [None if v is None else bool(v) for v in values] if is_boolean else values
        for values, is_boolean in zip(columns, booleans, strict=True)
    ]
