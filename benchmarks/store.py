"""How long does the store take for the three questions of the dashboard? Each beside the same statement
written by hand and fetched as tuples in the same run, in turns, so that both see the same machine."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from benchmarks.network import NOW, Size
from evse_status.core.period import to_microseconds
from evse_status.store import actuals, overrides
from evse_status.store.database import Database

_REPEATS = 25
_WARM_UP = 12  # PostgreSQL has prepared a statement and chosen a plan for good after ten
_SEGMENT = "override_id, evse_id, rank, made, from_at, to_at, stands_back"


@dataclass(frozen=True)
class Figure:
    database: str
    question: str
    rows: int
    ours_ms: float
    by_hand_ms: float
    naive_ms: float | None = None

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "ratio": round(self.ours_ms / self.by_hand_ms, 2)}

    def as_row(self) -> list[str]:
        naive = "" if self.naive_ms is None else f"{self.naive_ms:,.1f}"
        ratio = f"{self.ours_ms / self.by_hand_ms:.2f}"
        times = f"{self.ours_ms:,.2f}", f"{self.by_hand_ms:,.2f}"
        return [self.database, self.question, f"{self.rows:,}", *times, ratio, naive]


def measure(kind: str, db: Database, size: Size) -> list[Figure]:
    """Ask the kept network."""
    half_a_year_ago = NOW - timedelta(days=182)
    window = (NOW - timedelta(days=7), NOW + timedelta(days=7))
    middle = size.evses // 2
    page = list(range(middle, middle + 50))
    with db.read() as conn:
        figures = [
            _who_holds(kind, conn, "who holds in the fleet, now", NOW, None, None),
            _who_holds(kind, conn, "… half a year ago", half_a_year_ago, None, None),
            _who_holds(kind, conn, "one page: 50 EVSEs × 14 days", *window, page),
            _displayed(kind, conn),
        ]
    return figures


def _who_holds(
    kind: str,
    conn: Connection,
    question: str,
    from_at: datetime,
    to_at: datetime | None,
    numbers: list[int] | None,
) -> Figure:
    by_hand, asked = _by_hand(conn, from_at, to_at, numbers)
    naive = _naive(from_at, to_at, numbers)

    def ours() -> list[Any]:
        # A page is turned into objects, a fleet is not.
        if numbers is None:
            return overrides.raw_segments(conn, from_at, to_at)
        return overrides.segments_in(conn, from_at, to_at, evse_numbers=numbers)

    def tuples() -> list[Any]:
        return _fetched(conn, by_hand, asked)

    found = ours()
    assert len(found) == len(tuples()) == len(_fetched(conn, naive, {}))
    ours_ms, tuples_ms = _medians(ours, tuples)
    (naive_ms,) = _medians(lambda: _fetched(conn, naive, {}), repeats=3, warm_up=1)
    return Figure(kind, question, len(found), ours_ms, tuples_ms, naive_ms)


def _displayed(kind: str, conn: Connection) -> Figure:
    """What each EVSE shows now: who holds, over the newest actual status of all."""
    by_hand, asked = _by_hand(conn, NOW, None, None)
    newest = "SELECT evse_id, status FROM actual WHERE span = 63"

    def ours() -> list[Any]:
        overrides.raw_segments(conn, NOW, None)
        return [*actuals.newest_words(conn)]

    def tuples() -> list[Any]:
        _fetched(conn, by_hand, asked)
        return _fetched(conn, newest, {})

    ours_ms, tuples_ms = _medians(ours, tuples, repeats=7)
    return Figure(kind, "… with the actual status of every EVSE", len(ours()), ours_ms, tuples_ms)


def _by_hand(
    conn: Connection, from_at: datetime, to_at: datetime | None, numbers: list[int] | None
) -> tuple[str, dict[str, Any]]:
    """What somebody would write who knows the classes of length that occur in this store."""
    spans = [row[0] for row in _fetched(conn, "SELECT DISTINCT span FROM holding", {})]
    begun = "from_at <= :at" if to_at is None else "from_at < :until"
    source, some = "holding", ""
    if numbers is not None:
        each = ", ".join(f"({number})" for number in numbers)
        # Each database as it is quickest with: SQLite joins in the order that is written.
        source = f"(VALUES {each}) AS wanted CROSS JOIN holding ON evse_id = wanted.column1"
        if conn.dialect.name != "sqlite":
            source, some = "holding", " AND evse_id = ANY(%(evses)s)"
    branches = []
    for span in sorted(spans):
        late = "" if span == 63 else f" AND from_at > :at - {2**span} AND to_at > :at"
        branches.append(
            f"SELECT {_SEGMENT} FROM {source} WHERE span = {span}{late} AND {begun}{some}"
        )
    text = " UNION ALL ".join(branches)
    asked: dict[str, Any] = {"at": to_microseconds(from_at)}
    if to_at is not None:
        asked["until"] = to_microseconds(to_at)
    if conn.dialect.name != "sqlite":
        text = text.replace(":at", "%(at)s").replace(":until", "%(until)s")
        if numbers is not None:
            asked["evses"] = numbers
    return text, asked


def _naive(from_at: datetime, to_at: datetime | None, numbers: list[int] | None) -> str:
    at = to_microseconds(from_at)
    begun = f"from_at <= {at}" if to_at is None else f"from_at < {to_microseconds(to_at)}"
    some = "" if numbers is None else f" AND evse_id IN ({', '.join(map(str, numbers))})"
    return f"SELECT {_SEGMENT} FROM holding WHERE {begun} AND (to_at > {at} OR to_at IS NULL){some}"


def _fetched(conn: Connection, statement: str, asked: dict[str, Any]) -> list[Any]:
    """By the driver alone."""
    driver = conn.connection.driver_connection
    assert driver is not None
    cursor = driver.cursor()
    try:
        return list(cursor.execute(statement, asked).fetchall())
    finally:
        cursor.close()


def _medians(
    *works: Callable[[], object], repeats: int = _REPEATS, warm_up: int = _WARM_UP
) -> list[float]:
    taken: list[list[float]] = [[] for _ in works]
    for turn in range(-warm_up, repeats):
        for times, work in zip(taken, works, strict=True):
            started = time.perf_counter()
            work()
            if turn >= 0:
                times.append((time.perf_counter() - started) * 1000)
    return [statistics.median(times) for times in taken]
