"""What do chargers report while one watches? Sessions, a fault and its end; the same for the same seed."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

STEP = timedelta(seconds=5)
_START_CHANCE = 0.35
"""Of a session in each step: with sessions of nine minutes about forty run at once."""
_SESSION_MINUTES = (3.0, 15.0)
_FAULTY = ("DK*DMO*E3502*1", "DK*DMO*E1602*1", "DK*DMO*E1401*2")
"""These break and recover in turn, the first one on the first page."""
_FAULT_AFTER, _FAULT_LASTS = timedelta(seconds=20), timedelta(seconds=75)
_NEXT_FAULT = timedelta(minutes=4)


class Traffic:
    """Moves the statuses of a network; EVSEs are named by their evse_id.

    Drivers keep away from what is in `avoided`: no session begins there, those that run end.
    """

    def __init__(self, *, now: datetime, seed: int) -> None:
        self.avoided: frozenset[str] = frozenset()
        self._chance = random.Random(seed)
        self._session_ends: dict[str, datetime] = {}
        self._fault: tuple[str, datetime] | None = None
        self._next_fault, self._faults = now + _FAULT_AFTER, 0

    def step(self, statuses: Mapping[str, str], now: datetime) -> dict[str, str]:
        """What is reported at `now` of EVSEs that showed `statuses` before."""
        return {**self._sessions(statuses, now), **self._faulting(statuses, now)}

    def _sessions(self, statuses: Mapping[str, str], now: datetime) -> dict[str, str]:
        ends = self._session_ends
        self._session_ends = {
            one: ends.get(one) or now + timedelta(minutes=self._chance.uniform(*_SESSION_MINUTES))
            for one, status in statuses.items()
            if status == "CHARGING"
        }
        reports = {one: "AVAILABLE" for one, at in self._session_ends.items() if at <= now}
        idle = [one for one in statuses if self._is_free(one, statuses) and one not in _FAULTY]
        if idle and self._chance.random() < _START_CHANCE:
            reports[self._chance.choice(idle)] = "CHARGING"
        return reports

    def _faulting(self, statuses: Mapping[str, str], now: datetime) -> dict[str, str]:
        broken = [one for one in _FAULTY if statuses.get(one) == "OUTOFORDER"]
        if self._fault is None and broken:  # left so by an earlier run
            self._fault = (broken[0], now + _FAULT_LASTS)
        if self._fault is not None:
            name, ends_at = self._fault
            if ends_at > now:
                return {}
            self._fault, self._next_fault = None, now + _NEXT_FAULT
            return {name: "AVAILABLE"} if name in broken else {}
        if now < self._next_fault:
            return {}
        name = _FAULTY[self._faults % len(_FAULTY)]
        self._faults += 1
        if not self._is_free(name, statuses):
            return {}
        self._fault = (name, now + _FAULT_LASTS)
        return {name: "OUTOFORDER"}

    def _is_free(self, name: str, statuses: Mapping[str, str]) -> bool:
        return statuses.get(name) == "AVAILABLE" and name not in self.avoided
