"""How long does the server work on a rerun of each page, with five users at once, and how much memory?

Real reruns: visitors speak Streamlit's protocol with a served dashboard, as a browser does, and wait
until the script has run to its end. What a browser then draws is measured by the part "browser".
"""

import random
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from benchmarks.network import NOW, Size
from benchmarks.serving import dashboard, memory_mb
from evse_status.store.database import Database

USERS = 5
_RERUNS = 6
_PATIENCE_S = 180
_WELL = ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY


@dataclass(frozen=True)
class PageFigure:
    """One page: the first rerun of the process, one user's median, the median of five at once, the slowest."""

    database: str
    page: str
    first_ms: float
    alone_ms: float
    five_ms: float
    slowest_ms: float
    memory_mb: float | None

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))

    def as_row(self) -> list[str]:
        times = (self.first_ms, self.alone_ms, self.five_ms, self.slowest_ms)
        memory = "" if self.memory_mb is None else f"{self.memory_mb:,.0f}"
        return [self.database, self.page, *(f"{one:,.0f}" for one in times), memory]


Query = Callable[[int], str]
"""What stands behind the `?` in the n-th rerun, so that no two ask for the same."""


def _pages(size: Size) -> dict[str, tuple[str, Query]]:
    """Address and query of each page."""
    past = (NOW - timedelta(days=182)).date().isoformat()
    evses = "&".join(f"evse=DK*BEN*E{size.evses // 2 + n}*1" for n in range(50))
    return {
        "Help, nothing of the store": ("help", lambda n: f"n={n}"),
        "Timeline": ("", lambda n: f"page={n}"),
        "Timeline, search for a city": ("", lambda n: f"q=vejle&page={n}"),
        "Timeline, overridden only": ("", lambda n: f"overridden=true&page={n}"),
        "Overrides, active": ("overrides", lambda n: f"page={n}"),
        "Overrides, ended": ("overrides", lambda n: f"phase=ended&page={n}"),
        "Overrides, ended, a search": ("overrides", lambda n: f"phase=ended&q=mette&page={n}"),
        "Plan, 50 EVSEs": ("plan", lambda n: f"{evses}&n={n}"),
        "Preview, half a year ago": (
            "preview",
            lambda n: f"evse=DK*BEN*E{size.evses // 2 + n}*1&at={past}T12:00:00Z",
        ),
    }


def measure(kind: str, db: Database, size: Size) -> list[PageFigure]:
    """Each page of a served dashboard on this store."""
    figures = []
    with dashboard(db.url.render_as_string(hide_password=False)) as served:
        for name, (page, query) in _pages(size).items():
            first = _Visit(served.url, page, query).taken()[0]
            alone = _Visit(served.url, page, query).taken(_RERUNS)[1:]
            together = _together(served.url, page, query)
            figures.append(
                PageFigure(
                    kind,
                    name,
                    first,
                    statistics.median(alone),
                    statistics.median(together),
                    max(together),
                    memory_mb(served.process),
                )
            )
    return figures


def _together(url: str, page: str, query: Query) -> list[float]:
    """Five users, each in a session of its own; their first reruns only set these up."""
    taken: list[float] = []
    ready = threading.Barrier(USERS)

    def visit() -> None:
        one = _Visit(url, page, query, ready=ready.wait)
        taken.extend(one.taken(_RERUNS)[1:])

    users = [threading.Thread(target=visit) for _ in range(USERS)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    return taken


@dataclass(frozen=True)
class _Visit:
    url: str
    page: str
    query: Query
    ready: Callable[[], object] = lambda: None

    def taken(self, reruns: int = 1) -> list[float]:
        """Milliseconds of each rerun, one after the other in one session."""
        times = []
        address = f"{self.url.replace('http', 'ws', 1)}/_stcore/stream"
        with connect(address, subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore[list-item]
            for number in range(reruns):
                if number == 1:
                    self.ready()
                asked = BackMsg()
                asked.rerun_script.page_name = self.page
                asked.rerun_script.query_string = self.query(random.randrange(1, 200))
                asked.rerun_script.context_info.timezone = "Europe/Copenhagen"
                asked.rerun_script.context_info.url = f"{self.url}/{self.page}"
                started = time.perf_counter()
                socket.send(asked.SerializeToString())
                self._wait(socket)
                times.append((time.perf_counter() - started) * 1000)
        return times

    def _wait(self, socket: Any) -> None:
        while True:
            told = ForwardMsg()
            told.ParseFromString(socket.recv(timeout=_PATIENCE_S))
            if told.WhichOneof("type") == "delta" and told.delta.new_element.HasField("exception"):
                raise RuntimeError(told.delta.new_element.exception.message)
            # A run may end early because the page itself asks for another one.
            if told.WhichOneof("type") == "script_finished" and told.script_finished == _WELL:
                return
