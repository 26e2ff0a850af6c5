"""How long do a preview, a save and an undo of 5,000 EVSEs take? Each beside the rows that it can't do without.

The floor reads, or writes, the same rows as tuples with the driver alone: in the same run, in turns.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.network import NOW, Size, kept_network
from evse_status.core.override import Wish
from evse_status.core.period import to_microseconds
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.fleet import FleetFilter, select_evses
from evse_status.service.groups import Group
from evse_status.service.placing import place_groups
from evse_status.service.plan import preview_groups
from evse_status.service.plan_csv import read_csv
from evse_status.service.plan_mark import Mark
from evse_status.service.schedule import BatchResult, undo
from evse_status.store.database import Database

EVSES = 5_000
NETWORK = Size(20_000, 50_000, 100_000)
_REPEATS = 5
_TABLES = {"override": "id", "holding": "override_id", "change": "override_id"}


@dataclass(frozen=True)
class Plan:
    database: str
    work: str
    evses: int
    seconds: float
    cpu_seconds: float  # of this process: what other programs do doesn't count
    floor_seconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        return vars(self)

    def as_row(self) -> list[str]:
        floor = "" if self.floor_seconds is None else f"{self.floor_seconds:,.2f}"
        own = f"{self.seconds:,.2f}", f"{self.cpu_seconds:,.2f}"
        return [self.database, self.work, f"{self.evses:,}", *own, floor]


def measure(kind: str, folder: Path) -> list[Plan]:
    """On a network of its own in `folder`."""
    db = kept_network(kind, NETWORK, folder, fresh=True)
    cards = select_evses(db, LOCAL, FleetFilter(), now=NOW, limit=EVSES)
    evses = tuple(card.id for card in cards)
    begins, ends = NOW + timedelta(hours=10), NOW + timedelta(hours=17)
    night = Group(evses, Wish(TemporaryStatus.MAINTENANCE, begins, ends, reason="Firmware"))
    for_ever = Group(evses, Wish(TemporaryStatus.COMMISSIONING))
    lines = [
        f"{card.evse_id},MAINTENANCE,{begins:%Y-%m-%d %H:%M},{ends.isoformat()},Firmware"
        for card in cards
    ]
    table = "\n".join(["evse_id,status,from,to,reason", *lines]).encode()
    found = [
        _told(kind, "read a table", lambda: read_csv(db, LOCAL, table, now=NOW)),
        _told(
            kind,
            "preview, a night",
            lambda: preview_groups(db, LOCAL, [night], now=NOW),
            lambda: _rows_read(db, evses),
        ),
        _told(
            kind,
            "preview, until cleared",
            lambda: preview_groups(db, LOCAL, [for_ever], now=NOW),
            lambda: _rows_read(db, evses),
        ),
        *_saved(kind, db, night),
    ]
    db.close()
    return found


def _told(
    kind: str,
    work: str,
    ours: Callable[[], object],
    floor: Callable[[], object] | None = None,
) -> Plan:
    times, floors = [], []
    for _ in range(_REPEATS):
        times.append(_timed(ours))
        if floor is not None:
            floors.append(_timed(floor)[0])
    return _median(kind, work, times, floors)


def _saved(kind: str, db: Database, group: Group) -> list[Plan]:
    saves, undos, floors = [], [], []
    for _ in range(_REPEATS):
        mark = preview_groups(db, LOCAL, [group], now=db.newest_at() or NOW).mark
        done: list[BatchResult] = []
        saves.append(_timed(partial(_save, db, group, mark, done)))
        floors.append(_rows_written(db, [one.id for one in done[0].done]))
        assert done[0].batch_id is not None
        undos.append(_timed(partial(undo, db, LOCAL, done[0].batch_id)))
    return [
        _median(kind, "save what was shown", saves, floors),
        _median(kind, "undo", undos, []),
    ]


def _save(db: Database, group: Group, mark: Mark, done: list[BatchResult]) -> None:
    done.append(place_groups(db, LOCAL, [group], previewed=mark))


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    started, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - worked


def _median(kind: str, work: str, times: list[tuple[float, float]], floors: list[float]) -> Plan:
    return Plan(
        kind,
        work,
        EVSES,
        statistics.median(one for one, _ in times),
        statistics.median(cpu for _, cpu in times),
        statistics.median(floors) if floors else None,
    )


def _rows_read(db: Database, evses: tuple[int, ...]) -> None:
    """Every EVSE with its location, what it reports, and what is in force on it for a week."""
    low, high = min(evses), max(evses)
    since, until = to_microseconds(NOW), to_microseconds(NOW + timedelta(days=7))
    of_them = f"evse_id BETWEEN {low} AND {high}"
    with db.read() as conn:
        for statement in (
            "SELECT * FROM evse JOIN location ON location.id = evse.location_id "
            f"WHERE evse.id BETWEEN {low} AND {high}",
            f"SELECT evse_id, status, from_at, to_at FROM actual WHERE {of_them} AND span = 63",
            f"SELECT override_id, evse_id, from_at, to_at FROM holding WHERE {of_them} "
            f"AND from_at < {until} AND (to_at > {since} OR to_at IS NULL)",
        ):
            conn.exec_driver_sql(statement).fetchall()


def _rows_written(db: Database, ids: list[int]) -> float:
    """The seconds that inserting the same rows under other numbers takes; they are taken back."""
    rows: dict[str, list[tuple[Any, ...]]] = {}
    names: dict[str, list[str]] = {}
    raw = db.engine.raw_connection()
    cursor: Any = raw.cursor()
    ahead = 10**9
    try:
        for table, key in _TABLES.items():
            cursor.execute(f'SELECT * FROM "{table}" WHERE {key} BETWEEN {min(ids)} AND {max(ids)}')
            names[table] = [column[0] for column in cursor.description]
            moved = [names[table].index(name) for name in {"id", key}]
            rows[table] = [
                tuple(value + ahead if at in moved else value for at, value in enumerate(row))
                for row in cursor.fetchall()
            ]
        if db.is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        started = time.perf_counter()
        for table, some in rows.items():
            listed = ", ".join(f'"{name}"' for name in names[table])
            if db.is_sqlite:
                marks = ", ".join("?" * len(names[table]))
                cursor.executemany(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', some)
                continue
            with cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN') as copy:
                for row in some:
                    copy.write_row(row)
        return time.perf_counter() - started
    finally:
        raw.rollback()
        raw.close()
