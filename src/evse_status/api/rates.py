"""How many calls are left in this minute?"""

import threading
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

_WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left after a call; `resets_at` is in whole seconds since 1970, when all are there again."""

    limit: int
    remaining: int
    resets_at: int
    retry_after: int | None
    """Seconds to wait where the call was one too many, else `None`."""

    def headers(self) -> dict[str, str]:
        """As they are written on an answer."""
        told = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.resets_at),
        }
        if self.retry_after is not None:
            told["Retry-After"] = str(self.retry_after)
        return told


class Rates:
    """Counts calls by key and minute, in the memory of this process. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[Hashable, tuple[int, int]] = {}

    def take(self, key: Hashable, limit: int, *, now: datetime) -> Allowance:
        """Count one call of `key`, at most `limit` a minute."""
        second = int(now.timestamp())
        window = second // _WINDOW_SECONDS
        with self._lock:
            counted_in, count = self._counted.get(key, (window, 0))
            if counted_in != window:
                count = 0
            allowed = count < limit
            self._counted[key] = (window, count + allowed)
        resets_at = (window + 1) * _WINDOW_SECONDS
        return Allowance(
            limit=limit,
            remaining=max(limit - count - allowed, 0),
            resets_at=resets_at,
            retry_after=None if allowed else max(resets_at - second, 1),
        )
