"""How is a column compared with many numbers? As one parameter, however many there are."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Text, bindparam
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
