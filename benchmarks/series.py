"""What do repeating overrides cost those who ask? One series per hundred EVSEs, all open-ended, each figure
beside the same question in the same store before there was any series."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.network import NOW, Size, kept_network
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.look_up import display
from evse_status.service.series import SeriesWish, place_repeating, preview_repeating
from evse_status.service.series_fill import fill
from evse_status.store import actuals, overrides
from evse_status.store.database import Database

_EVSES_OF_EACH = 100
_REPEATS, _WARM_UP = 9, 3
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_IN_EIGHT_MONTHS = NOW + timedelta(days=243)


@dataclass(frozen=True)
class Figure:
    database: str
    question: str
    rows: int
    ms: float
    without_ms: float | None

    def as_json(self) -> dict[str, Any]:
        return vars(self)

    def as_row(self) -> list[str]:
        without = "" if self.without_ms is None else f"{self.without_ms:,.2f}"
        return [self.database, self.question, f"{self.rows:,}", f"{self.ms:,.2f}", without]


def measure(kind: str, folder: Path, size: Size) -> list[Figure]:
    """Ask a network of its own, place series on all of its EVSEs, and ask again."""
    db = kept_network(kind, size, folder, fresh=True)
    try:
        questions = _questions(db, size)
        without = {name: _median(ask) for name, ask in questions.items()}
        work = _place(kind, db, size)
        figures = []
        for name, ask in questions.items():
            figures.append(Figure(kind, name, ask(), _median(ask), without[name]))
        return [*work, *figures]
    finally:
        db.close()


def _questions(db: Database, size: Size) -> dict[str, Callable[[], int]]:
    middle = size.evses // 2
    page = list(range(middle, middle + 50))

    def fleet(at: datetime) -> int:
        with db.read() as conn:
            found = overrides.raw_segments(conn, at, None)
            actuals.newest_words(conn)
        return len(found)

    def of_a_page(at: datetime) -> int:
        with db.read() as conn:
            until = at + timedelta(days=14)
            return len(overrides.segments_in(conn, at, until, evse_numbers=page))

    def one(at: datetime) -> int:
        return 1 if display(db, LOCAL, middle, at=at) else 0

    asked: tuple[tuple[str, Callable[[datetime], int]], ...] = (
        ("the whole fleet", fleet),
        ("50 EVSEs × 14 days", of_a_page),
        ("one EVSE, with what shows next", one),
    )
    return {
        f"{words}, {when}": lambda ask=ask, at=at: ask(at)  # type: ignore[misc]
        for words, ask in asked
        for when, at in (("now", NOW), ("in eight months", _IN_EIGHT_MONTHS))
    }


def _place(kind: str, db: Database, size: Size) -> list[Figure]:
    count = max(1, size.evses // _EVSES_OF_EACH)
    taken = []
    for number in range(count):
        first = number * _EVSES_OF_EACH + 1
        evses = list(range(first, min(first + _EVSES_OF_EACH, size.evses + 1)))
        started = time.perf_counter()
        place_repeating(db, LOCAL, [(evses, _wish(number))])
        taken.append(1_000 * (time.perf_counter() - started))
    started = time.perf_counter()
    assert fill(db) == 0
    looked = 1_000 * (time.perf_counter() - started)
    with db.read() as conn:
        stored = conn.exec_driver_sql("SELECT count(*) FROM override WHERE series_id > 0").scalar()
    some = list(range(1, min(5_000, size.evses) + 1))
    started = time.perf_counter()
    preview_repeating(db, LOCAL, [(some, _wish(0))], now=NOW)
    previewed = 1_000 * (time.perf_counter() - started)
    return [
        Figure(
            kind, f"place a series on {_EVSES_OF_EACH} EVSEs", count, statistics.median(taken), None
        ),
        Figure(kind, "look whether any is to be stored further", int(stored or 0), looked, None),
        Figure(kind, f"preview a series on {len(some):,} EVSEs that have one", 1, previewed, None),
    ]


def _wish(number: int) -> SeriesWish:
    day = number % len(_DAYS)
    return SeriesWish(
        f"FREQ=WEEKLY;BYDAY={_DAYS[day]}",
        "Europe/Copenhagen",
        datetime(2026, 11, 16 + day, number % 24, 30),  # noqa: DTZ001 (on clocks)
        420,
        TemporaryStatus.MAINTENANCE,
        reason=f"Series {number}",
    )


def _median(ask: Callable[[], int]) -> float:
    taken = []
    for turn in range(-_WARM_UP, _REPEATS):
        started = time.perf_counter()
        ask()
        if turn >= 0:
            taken.append(1_000 * (time.perf_counter() - started))
    return statistics.median(taken)
