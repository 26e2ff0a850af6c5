"""How many requests may go to a partner now? As many a minute as its setting says, evenly, with a second's worth at once."""

from collections.abc import Callable

_UNLIMITED = 10_000


class Pace:
    """Counts requests of one partner; `monotonic` gives seconds."""

    def __init__(self, per_minute: int | None, monotonic: Callable[[], float]) -> None:
        self._per_second = None if per_minute is None else per_minute / 60
        self._most = max(1.0, self._per_second or 1.0)
        self._monotonic = monotonic
        self._left, self._at = self._most, monotonic()

    def left(self) -> int:
        """How many may go at once."""
        if self._per_second is None:
            return _UNLIMITED
        self._refill()
        return max(0, int(self._left))

    def wait_seconds(self) -> float:
        """How long until one may go."""
        if self._per_second is None:
            return 0.0
        self._refill()
        return max(0.0, (1 - self._left) / self._per_second)

    async def spend(self) -> None:
        """Count one; a question that decides about another request may overdraw."""
        self._refill()
        self._left -= 1

    def _refill(self) -> None:
        now = self._monotonic()
        if self._per_second is not None:
            self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
