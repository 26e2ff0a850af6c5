"""What time is it? Wall time at start plus monotonic time since, following forward steps only (rule 22)."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Wall = Callable[[], datetime]
Monotonic = Callable[[], float]


class Clock:
    """A clock that never goes back, whatever the server's does.

    `wall` gives aware UTC, `monotonic` seconds from any origin.
    """

    def __init__(self, wall: Wall, monotonic: Monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._at = wall()
        self._counted_from = monotonic()

    def now(self) -> datetime:
        """The product's instant, UTC."""
        with self._lock:
            self._count()
            self._at = max(self._at, self._wall())
            return self._at

    def not_before(self, at: datetime) -> None:
        """Be never behind `at`: the newest instant in the store."""
        with self._lock:
            self._count()  # first: what has passed until now must not be added to `at`
            self._at = max(self._at, at)

    def _count(self) -> None:
        counted = self._monotonic()
        self._at += timedelta(seconds=counted - self._counted_from)
        self._counted_from = counted

    def drift(self) -> timedelta:
        """How far the product's clock is ahead of the server's; above zero after a step back."""
        return self.now() - self._wall()


def system_wall() -> datetime:
    """The server's wall clock."""
    return datetime.now(UTC)
