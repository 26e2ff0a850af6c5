"""What happens in the demo while somebody watches? Sessions, a fault, overrides that start and end.

A process of its own beside the demo: `python -m evse_status.simulator` on the database of
EVSE_STATUS_DATABASE_URL, until its standard input ends. So it ends with whoever started it,
however that one ends.
"""

import os
import random
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from evse_status.bootstrap import open_app
from evse_status.core.errors import EvseStatusError, StoreBusy
from evse_status.core.override import Wish
from evse_status.core.principal import Principal, Role
from evse_status.core.statuses import ActualStatus, Source, TemporaryStatus
from evse_status.service.fleet import FleetFilter, FleetRow, fleet_page
from evse_status.service.report import Report, report_actual
from evse_status.service.schedule import place_overrides
from evse_status.store.database import Database

SIMULATOR = Principal("Demo simulator", Role.ADMINISTRATOR)
STEP = timedelta(seconds=5)
_SEED = 20261122
_START_CHANCE = 0.35
"""Of a session in each step: with sessions of nine minutes about forty run at once."""
_SESSION_MINUTES = (3.0, 15.0)
_FAULTY = ("DK*DMO*E3502*1", "DK*DMO*E1602*1", "DK*DMO*E1401*2")
"""These break and recover in turn, the first one on the first page."""
_FAULT_AFTER, _FAULT_LASTS = timedelta(seconds=20), timedelta(seconds=75)
_NEXT_FAULT = timedelta(minutes=4)
_HORIZON = timedelta(hours=12)
_LONGEST_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Act:
    """A short override that the simulator places; seconds count from then."""

    status: TemporaryStatus
    in_seconds: float
    for_seconds: float
    reason: str


_ACTS = (
    _Act(TemporaryStatus.RESERVED, 25, 120, "Demo: a booking that starts while you watch"),
    _Act(TemporaryStatus.BLOCKED, 0, 75, "Demo: a delivery van for a minute"),
    _Act(TemporaryStatus.MAINTENANCE, 40, 1_500, "Demo: a technician restarts the charger"),
    _Act(TemporaryStatus.RESERVED, 60, 900, "Demo: a booking of a quarter of an hour"),
)


class Simulator:
    """Moves a demo network; the same seed on the same store does the same.

    EVSEs under an override are left as they are, but for sessions that end.
    """

    def __init__(self, db: Database, *, now: datetime, seed: int = _SEED) -> None:
        self._db = db
        self._chance = random.Random(seed)
        self._session_ends: dict[int, datetime] = {}
        self._fault: tuple[str, datetime] | None = None
        self._next_fault, self._faults = now + _FAULT_AFTER, 0
        self._next_act, self._acts = now + STEP, 0

    def step(self, now: datetime) -> None:
        """Do what is due at `now`."""
        rows = fleet_page(
            self._db,
            SIMULATOR,
            FleetFilter(),
            from_at=now,
            to_at=now + _HORIZON,
            now=now,
            limit=1_000,
        ).rows
        reports = {**self._sessions(rows, now), **self._faulting(rows, now)}
        if reports:
            ids = {row.evse.id: row.evse.evse_id for row in rows}
            report_actual(
                self._db,
                SIMULATOR,
                [Report(ids[number], status) for number, status in reports.items()],
            )
        if now >= self._next_act:
            self._act(rows, now)

    def _sessions(self, rows: Sequence[FleetRow], now: datetime) -> dict[int, ActualStatus]:
        reports: dict[int, ActualStatus] = {}
        charging = [row for row in rows if row.actual_now is ActualStatus.CHARGING]
        ends = self._session_ends
        self._session_ends = {
            row.evse.id: ends.get(row.evse.id)
            or now + timedelta(minutes=self._chance.uniform(*_SESSION_MINUTES))
            for row in charging
        }
        for number, ends_at in self._session_ends.items():
            if ends_at <= now:
                reports[number] = ActualStatus.AVAILABLE
        idle = [row for row in rows if _is_free(row) and row.evse.evse_id not in _FAULTY]
        if idle and self._chance.random() < _START_CHANCE:
            reports[self._chance.choice(idle).evse.id] = ActualStatus.CHARGING
        return reports

    def _faulting(self, rows: Sequence[FleetRow], now: datetime) -> dict[int, ActualStatus]:
        faulty = {row.evse.evse_id: row for row in rows if row.evse.evse_id in _FAULTY}
        broken = [name for name, row in faulty.items() if row.actual_now is ActualStatus.OUTOFORDER]
        if self._fault is None and broken:  # left so by an earlier run
            self._fault = (broken[0], now + _FAULT_LASTS)
        if self._fault is not None:
            name, ends_at = self._fault
            if ends_at > now:
                return {}
            self._fault, self._next_fault = None, now + _NEXT_FAULT
            return {faulty[name].evse.id: ActualStatus.AVAILABLE} if name in broken else {}
        if now < self._next_fault or not faulty:
            return {}
        name = _FAULTY[self._faults % len(_FAULTY)]
        self._faults += 1
        if name not in faulty or not _is_free(faulty[name]):
            return {}
        self._fault = (name, now + _FAULT_LASTS)
        return {faulty[name].evse.id: ActualStatus.OUTOFORDER}

    def _act(self, rows: Sequence[FleetRow], now: datetime) -> None:
        act = _ACTS[self._acts % len(_ACTS)]
        self._acts += 1
        # Busy at the beginning, calm later: a demo left alone overnight isn't full of them.
        self._next_act = now + min(timedelta(seconds=20 * 1.4**self._acts), _LONGEST_PAUSE)
        free = [row for row in rows if _is_free(row) and row.evse.evse_id not in _FAULTY]
        if not free:
            return
        row = free[0] if self._acts == 1 else self._chance.choice(free[:40])
        starts_at = now + timedelta(seconds=act.in_seconds)
        place_overrides(
            self._db,
            SIMULATOR,
            [row.evse.id],
            Wish(
                act.status,
                valid_from=starts_at if act.in_seconds else None,
                valid_to=starts_at + timedelta(seconds=act.for_seconds),
                reason=act.reason,
                source=Source.API,
            ),
        )


def _is_free(row: FleetRow) -> bool:
    return row.actual_now is ActualStatus.AVAILABLE and not row.segments


def main() -> None:
    """Simulate until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to whoever started this
    stopped = threading.Event()
    threading.Thread(target=_watch_input, args=[stopped], daemon=True).start()
    try:
        _run(stopped)
    except EvseStatusError as error:
        if not stopped.is_set():
            print(f"The demo stands still from now on: {error.message}", file=sys.stderr)


def _run(stopped: threading.Event) -> None:
    app = open_app()
    simulator = Simulator(app.database, now=app.now())
    while not stopped.wait(STEP.total_seconds()):
        try:
            simulator.step(app.now())
        except StoreBusy:
            continue
    app.database.close()


def _watch_input(stopped: threading.Event) -> None:
    # Not through sys.stdin: a reader inside it would stop the interpreter from ending cleanly.
    while os.read(0, 1):
        pass
    stopped.set()


if __name__ == "__main__":
    main()
