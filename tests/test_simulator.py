"""Overrides of the demo start and end while one watches; the same for the same seed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from evse_status.core.override import Override
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.demo import read_network
from evse_status.service import demo
from evse_status.service.audit import OverrideFilter, list_overrides
from evse_status.service.fleet import FleetFilter, select_evses
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


def watch(db: Database, hands: Hands, minutes: float) -> list[list[str]]:
    """From what drivers keep away after each step."""
    simulator = Simulator(db, now=hands.now())
    seen = []
    for _ in range(round(timedelta(minutes=minutes) / STEP)):
        hands.shows += STEP
        seen.append(simulator.step(hands.now()))
    return seen


def made(db: Database, hands: Hands) -> list[Override]:
    """What the simulator placed."""
    everything = list_overrides(db, LOCAL, OverrideFilter(), now=hands.now(), limit=500).rows
    return [row.override for row in everything if row.override.created_by == SIMULATOR.name]


def test_overrides_start_and_end_while_one_watches(living: tuple[Database, Hands]) -> None:
    db, hands = living
    watch(db, hands, 4)
    mine = made(db, hands)
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
            watch(db, hands, 2)
            runs.append([(one.evse, one.starts_at, one.reason) for one in made(db, hands)])
    assert runs[0] == runs[1]


def test_drivers_keep_away_from_what_the_user_placed_and_so_does_it(
    living: tuple[Database, Hands],
) -> None:
    db, hands = living
    cards = select_evses(db, LOCAL, FleetFilter(), now=hands.now())
    kept_free = {card.evse_id for card in cards[:200]}
    place_overrides(db, LOCAL, sorted(kept_free), wish())
    hands.forward(seconds=1)
    seen = watch(db, hands, 1)
    assert all(kept_free <= set(step) for step in seen)
    ids = {card.id: card.evse_id for card in cards}
    assert kept_free.isdisjoint(ids[one.evse] for one in made(db, hands))
