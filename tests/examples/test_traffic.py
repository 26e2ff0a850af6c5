"""What the example CSMS reports: sessions, a fault and its recovery; calm, and the same for the same seed."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from evse_status.examples.traffic import STEP, Traffic
from support import NOON, PROJECT

NETWORK = json.loads((PROJECT / "data" / "demo-network.json").read_text(encoding="utf-8"))
START = {evse["evse_id"]: evse["status"] for place in NETWORK for evse in place["evses"]}


def watch(
    minutes: float, avoided: Iterable[str] = (), start: dict[str, str] = START
) -> list[dict[str, str]]:
    """The statuses after each step."""
    traffic = Traffic(now=NOON, seed=7)
    traffic.avoided = frozenset(avoided)
    at: datetime = NOON
    seen = [start]
    for _ in range(round(timedelta(minutes=minutes) / STEP)):
        at += STEP
        seen.append({**seen[-1], **traffic.step(seen[-1], at)})
    return seen


def test_sessions_a_fault_and_its_recovery_calmly() -> None:
    seen = watch(4)
    steps = list(pairwise(seen))
    turns = {(old[one], new[one]) for old, new in steps for one in old if old[one] != new[one]}
    assert turns == {
        ("AVAILABLE", "CHARGING"),
        ("CHARGING", "AVAILABLE"),
        ("AVAILABLE", "OUTOFORDER"),
        ("OUTOFORDER", "AVAILABLE"),
    }
    assert max(sum(old[one] != new[one] for one in old) for old, new in steps) <= 4
    assert watch(4) == seen


def test_drivers_keep_away_from_what_they_are_told_is_out_of_service() -> None:
    idle = [one for one, status in START.items() if status == "AVAILABLE"]
    assert all(step[one] == "AVAILABLE" for step in watch(2, avoided=idle) for one in idle)


def test_a_fault_that_an_earlier_run_left_recovers() -> None:
    broken = START | {"DK*DMO*E1602*1": "OUTOFORDER"}
    assert watch(2, start=broken)[-1]["DK*DMO*E1602*1"] == "AVAILABLE"
