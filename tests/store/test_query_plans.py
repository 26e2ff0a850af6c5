"""What holds now, held at a past instant, or meets a window is found by indexes, however long the history."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from evse_status.core.partner import Reach
from evse_status.store import actuals, app_feed, overrides, shared
from evse_status.store.database import Database
from evse_status.store.spans import span_of
from evse_status.store.tables import holding
from support import NOON, Hands, a_site, at, hours, placed

Ask = Callable[[Connection], object]

QUERIES: dict[str, Ask] = {
    "the fleet now": lambda conn: overrides.segments_in(conn, NOON, None),
    "the fleet half a year ago": lambda conn: overrides.segments_in(conn, at(-180 * 24), None),
    "the fleet over a day": lambda conn: overrides.segments_in(conn, at(-24), NOON),
    "a page over two weeks": lambda conn: overrides.segments_in(
        conn, at(-24 * 14), NOON, evse_numbers=list(range(1, 51))
    ),
    "statuses of a page over two weeks": lambda conn: actuals.in_window(
        conn, list(range(1, 51)), at(-24 * 14), NOON
    ),
    "statuses of one EVSE a year ago": lambda conn: actuals.in_window(
        conn, [7], at(-24 * 365), None
    ),
    "the newest statuses of a page": lambda conn: actuals.newest(conn, range(1, 51)),
    "the segments of some overrides": lambda conn: overrides.segments_of(conn, [2, 3]),
    "the last boundary": lambda conn: overrides.last_boundary(conn, NOON),
    "segments of some EVSEs, each since its own instant": lambda conn: overrides.segments_since(
        conn, {number: at(-number) for number in range(1, 251)}, until=NOON
    ),
    "statuses of some EVSEs, each since its own instant": lambda conn: actuals.since(
        conn, {number: at(-24 * number) for number in range(1, 251)}
    ),
    "what is in force on the fleet": lambda conn: overrides.in_force_now(conn, NOON),
    "locations that may have changed within an hour": lambda conn: shared.maybe_changed(
        conn, Reach(), since=at(-1), now=NOON
    ),
    "what may look different to apps within an hour": lambda conn: app_feed.changed(
        conn, at(-1), NOON, most=20_000
    ),
    "the next boundary": lambda conn: app_feed.next_boundary(conn, at(-1)),
}


@pytest.fixture
def long_history(db: Database, hands: Hands) -> Database:
    """Two years of short stretches on 300 EVSEs, of overrides and of actual statuses each."""
    site = a_site(db, hands, 300)
    old, numbers = placed(site), list(site.numbers.values())
    step = timedelta(days=730) / 6_000
    past = []
    for row in range(6_000):
        from_at = NOON - timedelta(days=730) + row * step
        to_at = from_at + hours(0.2 * 2 ** (row % 7))
        past.append(
            {
                "override_id": old.id,
                "evse_id": numbers[row % 300],
                "rank": 1,
                "made": NOON,
                "from_at": from_at,
                "to_at": to_at,
                "span": span_of(from_at, to_at),
                "stands_back": False,
            }
        )
    with db.write() as write:
        write.conn.execute(insert(holding), past)
        if not db.is_sqlite:  # a small table is rightly read whole there: make it ten times as long
            write.conn.exec_driver_sql(_NINE_TIMES_AGAIN)
        write.conn.exec_driver_sql(_STATUSES_LIKE_HOLDINGS)
        write.conn.exec_driver_sql("ANALYZE")
    return db


_NINE_TIMES_AGAIN = """
    INSERT INTO holding (override_id, evse_id, rank, made, from_at, to_at, span, stands_back)
    SELECT override_id, evse_id, rank, made, from_at - n * 1000000, to_at - n * 1000000, span, stands_back
    FROM holding, generate_series(1, 9) AS n WHERE to_at IS NOT NULL"""
_STATUSES_LIKE_HOLDINGS = """
    INSERT INTO actual (evse_id, status, from_at, to_at, reported_at, span)
    SELECT evse_id, 'AVAILABLE', from_at, to_at, from_at, span FROM holding WHERE to_at IS NOT NULL"""


@contextmanager
def _statements(db: Database) -> Iterator[list[tuple[str, Any]]]:
    seen: list[tuple[str, Any]] = []

    def remember(
        _conn: object, _cursor: object, statement: str, parameters: Any, *_more: object
    ) -> None:
        seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", remember)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", remember)


def _steps_on_sqlite(conn: Connection, statement: str, parameters: Any) -> list[str]:
    plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [row.detail for row in plan]


def _steps_on_postgresql(conn: Connection, statement: str, parameters: Any) -> list[str]:
    plan = conn.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    found: list[str] = []

    def walk(node: dict[str, Any]) -> None:
        found.append(f"{node['Node Type']} {node.get('Relation Name', '')}".strip())
        for one in node.get("Plans", ()):
            walk(one)

    walk((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    return found


def _reads_the_history(step: str) -> bool:
    return step.startswith(("SCAN holding", "SCAN actual")) or step in (
        "Seq Scan holding",
        "Seq Scan actual",
    )


def test_no_question_about_what_holds_reads_the_history(long_history: Database) -> None:
    steps_of = _steps_on_sqlite if long_history.is_sqlite else _steps_on_postgresql
    for name, ask in QUERIES.items():
        with _statements(long_history) as statements, long_history.read() as conn:
            ask(conn)
        with long_history.read() as conn:
            steps = [
                step
                for statement, parameters in statements
                if statement.lstrip().startswith(("SELECT", "WITH"))
                for step in steps_of(conn, statement, parameters)
            ]
        used = [step for step in steps if "USING" in step or "Index" in step]
        assert used, f"{name}: no index is used in {steps}"
        assert not [step for step in steps if _reads_the_history(step)], (name, steps)
    with long_history.read() as conn:  # and this check does notice one that reads it
        steps = steps_of(conn, "SELECT * FROM holding WHERE rank + 0 = 1", ())
    assert any(map(_reads_the_history, steps)), steps
