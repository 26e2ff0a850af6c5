"""The demo lives: sessions, a fault and its end, overrides that start and end; the same for the same seed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.demo import read_network
from evse_status.service import demo
from evse_status.service.audit import OverrideFilter, list_overrides
from evse_status.service.fleet import FleetFilter, fleet_page
from evse_status.service.schedule import place_overrides
from evse_status.simulator import SIMULATOR, STEP, Simulator
from evse_status.store.database import Database
from evse_status.store.upgrade import upgrade
from support import PROJECT, Hands, wish

NETWORK = read_network(PROJECT / "data" / "demo-network.json")


@contextmanager
def a_demo(folder: Path) -> Iterator[tuple[Database, Hands]]:
    hands = Hands()
    db = Database(f"sqlite:///{folder / 'demo.db'}", now=hands.now)
    upgrade(db)
    demo.prepare(db, NETWORK)
    hands.forward(seconds=1)
    yield db, hands
    db.close()


@pytest.fixture
def living(tmp_path: Path) -> Iterator[tuple[Database, Hands]]:
    with a_demo(tmp_path) as made:
        yield made


def statuses(db: Database, now: datetime) -> dict[str, ActualStatus]:
    page = fleet_page(db, LOCAL, FleetFilter(), from_at=now, to_at=now + STEP, now=now, limit=1_000)
    return {row.evse.evse_id: row.actual_now for row in page.rows}


def watch(db: Database, hands: Hands, minutes: float) -> list[dict[str, ActualStatus]]:
    """What chargers report after each step."""
    simulator = Simulator(db, now=hands.now())
    seen = []
    for _ in range(round(timedelta(minutes=minutes) / STEP)):
        hands.shows += STEP
        simulator.step(hands.now())
        seen.append(statuses(db, hands.forward(microseconds=1)))
    return seen


def test_sessions_a_fault_and_its_recovery(living: tuple[Database, Hands]) -> None:
    db, hands = living
    before = statuses(db, hands.now())
    seen = watch(db, hands, 4)
    steps = list(zip([before, *seen[:-1]], seen, strict=True))
    turns = {
        (now[evse], then[evse]) for now, then in steps for evse in now if now[evse] != then[evse]
    }
    assert turns == {
        (ActualStatus.AVAILABLE, ActualStatus.CHARGING),
        (ActualStatus.CHARGING, ActualStatus.AVAILABLE),
        (ActualStatus.AVAILABLE, ActualStatus.OUTOFORDER),
        (ActualStatus.OUTOFORDER, ActualStatus.AVAILABLE),
    }
    # calm: no step moves more than a few, and those that are not open stay so
    assert max(sum(now[evse] != then[evse] for evse in now) for now, then in steps) <= 4


def test_overrides_start_and_end_while_one_watches(living: tuple[Database, Hands]) -> None:
    db, hands = living
    watch(db, hands, 4)
    everything = list_overrides(db, LOCAL, OverrideFilter(), now=hands.now(), limit=500).rows
    mine = [row.override for row in everything if row.override.created_by == SIMULATOR.name]
    assert len(mine) >= 3
    assert all(one.reason.startswith("Demo: ") for one in mine)
    assert {one.temporary_status for one in mine} >= {
        TemporaryStatus.RESERVED,
        TemporaryStatus.BLOCKED,
    }
    begun = [one for one in mine if one.made_at < one.starts_at <= hands.now()]
    ended = [one for one in mine if one.ends_at is not None and one.ends_at <= hands.now()]
    assert begun
    assert ended


def test_the_same_seed_does_the_same(tmp_path: Path) -> None:
    runs = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with a_demo(tmp_path / name) as (db, hands):
            runs.append(watch(db, hands, 1))
    assert runs[0] == runs[1]


def test_what_the_user_placed_is_left_alone(living: tuple[Database, Hands]) -> None:
    db, hands = living
    idle = [one for one, now_is in statuses(db, hands.now()).items() if now_is == "AVAILABLE"]
    place_overrides(db, LOCAL, idle, wish())
    hands.forward(seconds=1)
    seen = watch(db, hands, 1)
    assert all(step[evse] is ActualStatus.AVAILABLE for step in seen for evse in idle)


def test_a_fault_that_an_earlier_run_left_recovers(living: tuple[Database, Hands]) -> None:
    db, hands = living
    broken = [one for one, now_is in statuses(db, hands.now()).items() if now_is == "OUTOFORDER"]
    first = watch(db, hands, 0.5)[-1]
    [fresh] = [one for one, now_is in first.items() if now_is == "OUTOFORDER" and one not in broken]
    hands.forward(hours=1)
    assert watch(db, hands, 2)[-1][fresh] is ActualStatus.AVAILABLE
