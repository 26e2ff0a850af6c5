"""What happens in the demo while somebody watches? Overrides start and end, and partners are there.

A process of its own beside the demo: `python -m evse_status.simulator ADDRESS NETWORK` on the database of
EVSE_STATUS_DATABASE_URL, until its standard input ends. So it ends with whoever started it,
however that one ends, and the example partners end with it. What chargers report, sessions and
faults, comes from the example CSMS by OCPI.
"""

import contextlib
import os
import random
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from evse_status.bootstrap import App, open_app
from evse_status.core.errors import EvseStatusError, StoreBusy
from evse_status.core.override import Wish
from evse_status.core.statuses import ActualStatus, Source, TemporaryStatus
from evse_status.demo_partners import KEEPER, Running, introduce, started
from evse_status.service.fleet import FleetFilter, FleetRow, fleet_page
from evse_status.service.schedule import place_overrides
from evse_status.store.database import Database

SIMULATOR = KEEPER
STEP = timedelta(seconds=5)
_SEED = 20261122
_HORIZON = timedelta(hours=12)
_LONGEST_PAUSE = timedelta(minutes=10)
_NICENESS = 5
_FAILURES_UNSAID = 3


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
    """Places overrides on a demo network; the same seed on the same store does the same."""

    def __init__(self, db: Database, *, now: datetime, seed: int = _SEED) -> None:
        self._db = db
        self._chance = random.Random(seed)
        self._next_act, self._acts = now + STEP, 0

    def step(self, now: datetime) -> list[str]:
        """Do what is due at `now`; returns the EVSEs that drivers keep away from, as they are told to."""
        rows = fleet_page(
            self._db,
            SIMULATOR,
            FleetFilter(),
            from_at=now,
            to_at=now + _HORIZON,
            now=now,
            limit=1_000,
        ).rows
        if now >= self._next_act:
            self._act(rows, now)
        return [row.evse.evse_id for row in rows if row.segments]

    def _act(self, rows: Sequence[FleetRow], now: datetime) -> None:
        act = _ACTS[self._acts % len(_ACTS)]
        self._acts += 1
        # Busy at the beginning, calm later: a demo left alone overnight isn't full of them.
        self._next_act = now + min(timedelta(seconds=20 * 1.4**self._acts), _LONGEST_PAUSE)
        free = [row for row in rows if _is_free(row)]
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
    os.nice(_NICENESS)  # whoever looks at the demo goes first
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to whoever started this
    stopped = threading.Event()
    threading.Thread(target=_watch_input, args=[stopped], daemon=True).start()
    try:
        _run(stopped, address=sys.argv[1], network=Path(sys.argv[2]))
    except EvseStatusError as error:
        if not stopped.is_set():
            print(f"The demo stands still from now on: {error.message}", file=sys.stderr)


def _run(stopped: threading.Event, *, address: str, network: Path) -> None:
    app = open_app()
    with started(app.database, network) as running:
        simulator, avoided = Simulator(app.database, now=app.now()), None
        failures = _introduced(app, running, address, 0)
        _say_ready()
        while not stopped.wait(STEP.total_seconds()):
            if failures:
                failures = _introduced(app, running, address, failures)
            try:
                away = simulator.step(app.now())
            except StoreBusy:
                continue
            if away != avoided:
                avoided = away if _told(running[0].control, away) else None
    app.database.close()


def _say_ready() -> None:
    """Tell whoever started this that the example partners are there, if it still listens."""
    with contextlib.suppress(OSError):
        os.write(1, b"The example partners are there.\n")


def _introduced(app: App, running: list[Running], address: str, failures: int) -> int:
    """Have all partners registered; how often in a row that has failed by now."""
    try:
        introduce(app, running, address=address)
    except EvseStatusError as error:
        if failures == _FAILURES_UNSAID:
            print(f"Example partners aren't all registered: {error.message}", file=sys.stderr)
        return failures + 1
    return 0


def _told(csms: str, avoided: list[str]) -> bool:
    try:
        told = httpx.post(f"{csms}/avoid", json={"evse_ids": avoided}, timeout=5)
    except httpx.HTTPError:
        return False
    return told.status_code == 200


def _watch_input(stopped: threading.Event) -> None:
    # Not through sys.stdin: a reader inside it would stop the interpreter from ending cleanly.
    while os.read(0, 1):
        pass
    stopped.set()


if __name__ == "__main__":
    main()
