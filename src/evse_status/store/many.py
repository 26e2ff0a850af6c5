"""How are thousands of rows added or altered at once? With one statement, and numbers given out beforehand."""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, text, update
from sqlalchemy.dialects import postgresql

Rows = Sequence[dict[str, Any]]

FEW = 50
"""Up to so many are quicker one by one."""


def numbers_for(conn: Connection, table: Table, count: int) -> list[int]:
    """So many numbers that no row of `table` has or will ever have, ascending. Under the write lock."""
    if conn.dialect.name == "sqlite":
        last = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        first = (conn.scalar(last, {"name": table.name}) or 0) + 1
        return list(range(first, first + count))
    # The sequence is asked once per row: whoever else inserts gets others.
    of_table = "nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"
    asked = {"name": f'"{table.name}"', "count": count}
    return sorted(conn.scalars(text(f"SELECT {of_table}"), asked))


def add(conn: Connection, table: Table, rows: Rows) -> None:
    """Insert rows that all have the same columns."""
    if not rows:
        return
    if conn.dialect.name == "sqlite" or len(rows) <= FEW:
        conn.execute(insert(table), rows)
        return
    names = tuple(rows[0])
    listed = ", ".join(f'"{name}"' for name in names)
    statement = f'INSERT INTO "{table.name}" ({listed}) SELECT {listed} FROM {_told(table, names)}'
    conn.exec_driver_sql(statement, {"rows": _as_json(conn, table, names, rows)})


def alter(conn: Connection, table: Table, rows: Rows) -> None:
    """Set what stands in rows that all have the same columns, each by its `id`."""
    if not rows:
        return
    names = tuple(name for name in rows[0] if name != "id")
    if conn.dialect.name == "sqlite" or len(rows) <= FEW:
        statement = update(table).where(table.c.id == bindparam("which"))
        values: dict[str, Any] = {name: bindparam(name) for name in names}
        asked = [{"which" if name == "id" else name: row[name] for name in row} for row in rows]
        conn.execute(statement.values(values), asked)
        return
    sets = ", ".join(f'"{name}" = told."{name}"' for name in names)
    source = _told(table, ("id", *names))
    conn.exec_driver_sql(
        f'UPDATE "{table.name}" SET {sets} FROM {source} WHERE "{table.name}".id = told.id',
        {"rows": _as_json(conn, table, ("id", *names), rows)},
    )


@cache
def _told(table: Table, names: tuple[str, ...]) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    columns = ", ".join(f'"{name}" {table.c[name].type.compile(dialect)}' for name in names)
    return f"json_to_recordset(CAST(%(rows)s AS JSON)) AS told({columns})"


def _as_json(conn: Connection, table: Table, names: Iterable[str], rows: Rows) -> str:
    plain: dict[str, Callable[[Any], Any]] = {}
    for name in names:
        bind = table.c[name].type.dialect_impl(conn.dialect).bind_processor(conn.dialect)
        if bind is not None:
            plain[name] = bind
    told = [
        {name: plain[name](value) if name in plain else value for name, value in row.items()}
        for row in rows
    ]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
