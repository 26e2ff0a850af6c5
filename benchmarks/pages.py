"""How long does the server work on a rerun of each page, with five users at once, and how much memory?

The service calls that each page makes, from five threads on one database, as five sessions do.
"""

import resource
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from benchmarks.network import NOW, Size
from evse_status.core.override import Wish
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import Phase, TemporaryStatus
from evse_status.service import audit, fleet, look_up, plan
from evse_status.service.memory import Memory
from evse_status.store.database import Database

USERS = 5
_RERUNS = 4
_PIXELS = 1_400


@dataclass(frozen=True)
class PageFigure:
    database: str
    page: str
    first_ms: float
    alone_ms: float
    five_ms: float
    memory_mb: float

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))

    def as_row(self) -> list[str]:
        times = (f"{one:,.0f}" for one in (self.first_ms, self.alone_ms, self.five_ms))
        return [self.database, self.page, *times, f"{self.memory_mb:,.0f}"]


def measure(kind: str, db: Database, size: Size) -> list[PageFigure]:
    """Each page: the first rerun of a fresh process, one user's median, the median of five at once."""
    memory = Memory()
    return [_figure(kind, name, work) for name, work in _pages(db, size, memory).items()]


def _pages(db: Database, size: Size, memory: Memory) -> dict[str, Callable[[int], object]]:
    week = timedelta(days=7)
    middle = size.evses // 2
    tomorrow = NOW + timedelta(days=1)
    wish = Wish(
        TemporaryStatus.MAINTENANCE, valid_from=tomorrow, valid_to=tomorrow + timedelta(hours=4)
    )

    def timeline(user: int, *, strip: bool = True, **which: Any) -> None:
        fleet.pulse(db, now=NOW)
        fleet.fleet_counts(db, LOCAL, now=NOW, memory=memory)
        fleet.places(db, LOCAL, memory=memory)
        fleet.fleet_page(
            db,
            LOCAL,
            fleet.FleetFilter(**which),
            from_at=NOW - week,
            to_at=NOW + week,
            now=NOW,
            limit=50,
            offset=0 if which else 50 * user,
        )
        if strip:
            fleet.fleet_strip(
                db, LOCAL, from_at=NOW - week, to_at=NOW + week, most=_PIXELS, memory=memory
            )

    def overrides(_user: int) -> None:
        audit.attention_cards(db, LOCAL, now=NOW)
        audit.list_overrides(
            db, LOCAL, audit.OverrideFilter(phase=Phase.ACTIVE), now=NOW, limit=50, memory=memory
        )

    def ended(user: int) -> None:
        which = audit.OverrideFilter(phase=Phase.ENDED)
        audit.list_overrides(db, LOCAL, which, now=NOW, limit=50, offset=50 * user, memory=memory)

    def planned(user: int) -> None:
        some = list(range(middle + 50 * user, middle + 50 * user + 50))
        plan.preview_plan(db, LOCAL, some, wish, now=NOW)

    def preview(user: int) -> None:
        look_up.display(db, LOCAL, middle + user, at=NOW - timedelta(days=182))

    return {
        "Timeline, rows and counts": lambda user: timeline(user, strip=False),
        "Timeline with the strip of the fleet": timeline,
        "Timeline, search for a city": lambda user: timeline(user, search="vejle"),
        "Timeline, overridden only": lambda user: timeline(user, only_overridden=True),
        "Overrides, active": overrides,
        "Overrides, ended": ended,
        "Plan, 50 EVSEs": planned,
        "Preview, half a year ago": preview,
    }


def _figure(kind: str, name: str, work: Callable[[int], object]) -> PageFigure:
    first = _taken(work, 0)
    alone = statistics.median(_taken(work, 0) for _ in range(_RERUNS))
    taken: list[float] = []

    def visit(user: int) -> None:
        for _ in range(_RERUNS):
            taken.append(_taken(work, user))

    users = [threading.Thread(target=visit, args=(user,)) for user in range(USERS)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return PageFigure(kind, name, first, alone, statistics.median(taken), most)


def _taken(work: Callable[[int], object], user: int) -> float:
    started = time.perf_counter()
    work(user)
    return (time.perf_counter() - started) * 1000
