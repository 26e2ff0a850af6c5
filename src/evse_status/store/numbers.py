"""How are many numbers asked for and read? As one parameter, and without an object per row."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Dialect, Select, Text, bindparam, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

_FEW = 200
"""So many are written out: a planner then sees how few they are."""


class _Numbers(TypeDecorator[Any]):
    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return json.dumps(value) if dialect.name == "sqlite" else value

    def bind_processor(self, dialect: Dialect) -> Any:
        return lambda value: self.process_bind_param(value, dialect)


class _Listed(FunctionElement[Any]):
    name = "listed"
    inherit_cache = True


@compiles(_Listed, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **options)}))"


@compiles(_Listed, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"(SELECT unnest(CAST({compiler.process(element.clauses, **options)} AS BIGINT[])))"


def one_of(column: ColumnElement[Any], numbers: Iterable[int]) -> ColumnElement[bool]:
    """The condition that `column` is one of `numbers`; a list of 100,000 is one parameter."""
    wanted = list(numbers)
    if len(wanted) == 1:
        return column == wanted[0]  # put together in half the time
    if len(wanted) <= _FEW:
        return column.in_(wanted)
    is_in = column.op("IN", is_comparison=True)
    return is_in(_Listed(bindparam(None, wanted, _Numbers(), unique=True)))


def read(conn: Connection, statement: Select[Any]) -> list[int]:
    """The numbers in the first column, in order."""
    if conn.dialect.name != "sqlite":
        return [row[0] for row in fetch(conn, statement)]
    # As one row: its driver lets other threads in at each row, and waits for them to let it in again.
    first = next(iter(statement.subquery().c))
    numbers: list[int] = json.loads(conn.scalar(select(func.json_group_array(first))) or "[]")
    return numbers


def fetch(conn: Connection, statement: Select[Any]) -> list[tuple[Any, ...]]:
    """Rows as the driver gives them: 100,000 of SQLAlchemy's take three times as long."""
    found = conn.execute(statement)
    cursor = found.cursor
    assert cursor is not None  # a SELECT has rows
    rows: list[tuple[Any, ...]] = list(cursor.fetchall())
    found.close()
    return rows
