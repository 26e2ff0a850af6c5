"""Which stretches hold at an instant, without reading the history? Length classes (design.md section 6).

A stretch of class `span` is at most 2^span microseconds long, so one that holds at T began
later than T − 2^span: one short index range per class instead of a scan.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Table,
)

from evse_status.core.period import to_microseconds

OPEN = 63
SHORTEST = 30  # 18 minutes; finer classes would only cost more branches
LONGEST = 45  # 1.1 years; what lasts longer is so rare that it is one class with the open ends

Raw = tuple[Any, ...]
"""A row as the driver gives it: instants are microseconds since 1970, statuses and ranks as stored."""


def span_of(from_at: datetime, to_at: datetime | None) -> int:
    """The class of `[from_at, to_at)`: ceil(log2(microseconds)), 63 for an open end."""
    if to_at is None:
        return OPEN
    length = to_microseconds(to_at) - to_microseconds(from_at)
    return max(SHORTEST, (length - 1).bit_length())


def rows(
    conn: Connection,
    table: Table,
    columns: str,
    from_at: datetime,
    to_at: datetime | None = None,
    *,
    evses: Sequence[int] | None = None,
    where: str = "",
) -> list[Raw]:
    """`columns` of the rows that hold at `from_at`, or overlap `[from_at, to_at)`, as plain tuples.

    Of the whole fleet or of `evses`. The text is the same for every instant, so that it is put
    together once and the database prepares it once; `columns` and `where` are ours, never a user's.
    """
    on_sqlite = conn.dialect.name == "sqlite"
    asked: dict[str, Any] = {"at": to_microseconds(from_at)}
    if to_at is not None:
        asked["until"] = to_microseconds(to_at)
    if evses is not None:
        # As texts: PostgreSQL reads an array of just the type that it is compared with.
        listed = json.dumps(list(evses))
        asked["evses"] = listed if on_sqlite else f"{{{listed[1:-1]}}}"
    statement = _statement(
        table.name, columns, to_at is not None, evses is not None, where, on_sqlite
    )
    return fetched(conn, statement, asked)


def rows_since(
    conn: Connection, table: Table, columns: str, since: Mapping[int, datetime]
) -> list[Raw]:
    """`columns` of the rows of each EVSE that hold at its own instant in `since` or later."""
    if not since:
        return []
    pairs = [(number, to_microseconds(at)) for number, at in since.items()]
    if conn.dialect.name == "sqlite":
        return fetched(
            conn, _statement_since(table.name, columns, True), {"since": json.dumps(pairs)}
        )
    asked = {"evses": [number for number, _ in pairs], "ats": [at for _, at in pairs]}
    return fetched(conn, _statement_since(table.name, columns, False), asked)


def fetched(conn: Connection, statement: str, asked: dict[str, Any]) -> list[Raw]:
    """All rows as the driver gives them."""
    found = conn.exec_driver_sql(statement, asked)
    cursor = found.cursor
    assert cursor is not None  # a SELECT has rows
    rows_found: list[Raw] = list(cursor.fetchall())
    found.close()
    return rows_found


@cache
def _statement(
    table: str, columns: str, in_window: bool, of_some: bool, where: str, on_sqlite: bool
) -> str:
    begun = "from_at < :until" if in_window else "from_at <= :at"
    also = f" AND {where}" if where else ""
    if of_some and on_sqlite:
        return _of_each(table, columns, begun, also)
    if of_some:
        also += " AND evse_id = ANY(:evses)"
    text = _of_all(table, columns, begun, also)
    if on_sqlite:
        return text
    for name in ("at", "until", "evses"):
        text = text.replace(f":{name}", f"%({name})s")
    return text


def _of_all(table: str, columns: str, begun: str, also: str) -> str:
    """A branch per class, with numbers that a planner can compare with what it knows of the table."""
    branches = [
        f"span = {span} AND from_at > :at - {2**span} AND {begun} AND to_at > :at"
        for span in range(SHORTEST, LONGEST + 1)
    ]
    # Short: psycopg takes a text of more than 4,096 characters apart every time.
    each = " UNION ALL ".join(
        f"SELECT * FROM {table} WHERE {branch}{also}" for branch in (*branches, _longer(begun))
    )
    return f"SELECT {columns} FROM ({each}) AS found"


def _of_each(table: str, columns: str, begun: str, also: str) -> str:
    """One seek per EVSE and class: SQLite makes cross joins in the order in which they are written."""
    classes = ", ".join(f"({span}, {2**span})" for span in range(SHORTEST, LONGEST + 1))
    found = f"SELECT {columns} FROM json_each(:evses) AS wanted CROSS JOIN"
    on = "ON evse_id = wanted.value AND"
    return (
        f"WITH class(number, width) AS (VALUES {classes}) "
        f"{found} class CROSS JOIN {table} {on} span = class.number AND from_at > :at - class.width"
        f" AND {begun} AND to_at > :at{also}"
        f" UNION ALL {found} {table} {on} {_longer(begun)}{also}"
    )


def _longer(begun: str) -> str:
    """Open ends, and the few of all times that lasted so long."""
    # The signs keep SQLite from taking the index of an instant, which would read half of the history.
    begun = begun.replace("from_at", "+from_at")
    return f"span > {LONGEST} AND {begun} AND (+to_at > :at OR to_at IS NULL)"


@cache
def _statement_since(table: str, columns: str, on_sqlite: bool) -> str:
    # Asked anew in every branch: of a list that it has put together once SQLite supposes a million
    # rows, and reads the whole table into a filter first.
    asked = (
        "(SELECT json_extract(value, '$[0]') AS evse, json_extract(value, '$[1]') AS at"
        " FROM json_each(:since)) AS asked"
        if on_sqlite
        else "unnest(CAST(%(evses)s AS BIGINT[]), CAST(%(ats)s AS BIGINT[])) AS asked(evse, at)"
    )
    # SQLite takes a CROSS JOIN as the order in which to look.
    joined = f"SELECT {columns} FROM {asked} CROSS JOIN {table} WHERE evse_id = asked.evse"
    branches = [
        f"{joined} AND span = {span} AND from_at > asked.at - {2**span} AND to_at > asked.at"
        for span in range(SHORTEST, LONGEST + 1)
    ]
    branches.append(f"{joined} AND span > {LONGEST} AND (to_at > asked.at OR to_at IS NULL)")
    return " UNION ALL ".join(branches)
