"""How long does the server work on a rerun of each page, with five users at once, and how much memory?

Real reruns: visitors speak Streamlit's protocol with a served dashboard, as a browser does, and wait
until the script has run to its end. What a browser then draws is measured by the part "browser".
"""

import random
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from benchmarks.network import NOW, Size
from benchmarks.serving import cpu_ms, dashboard, memory_mb
from evse_status.store.database import Database

USERS = 5
_RERUNS = 4
_PATIENCE_S = 600
_WELL = ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY


@dataclass(frozen=True)
class PageFigure:
    """One page: the first rerun of the process; medians of one user and of five at once; what the server
    worked per rerun of these (which a busy machine doesn't lengthen); the most memory so far."""

    database: str
    page: str
    first_ms: float
    alone_ms: float
    five_ms: float
    cpu_ms: float | None
    memory_mb: float | None

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))

    def as_row(self) -> list[str]:
        figures = (self.first_ms, self.alone_ms, self.five_ms, self.cpu_ms, self.memory_mb)
        told = ("" if one is None else f"{one:,.0f}" for one in figures)
        return [self.database, self.page, *told]


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
        "Preview, the slider moves": (
            "preview",
            lambda n: f"evse=DK*BEN*E{size.evses // 2}*1&at={_moved(n)}",
        ),
        "Preview, half a year ago": (
            "preview",
            lambda n: f"evse=DK*BEN*E{size.evses // 2 + n}*1&at={past}T12:00:00Z",
        ),
    }


def _moved(number: int) -> str:
    """The n-th half hour of the seven days ahead."""
    at = NOW.replace(minute=0, second=0) + timedelta(minutes=30 * number)
    return at.isoformat().replace("+00:00", "Z")


def measure(kind: str, db: Database, size: Size) -> list[PageFigure]:
    """Each page of a served dashboard on this store."""
    figures = []
    with dashboard(db.url.render_as_string(hide_password=False)) as served:
        for name, (page, query) in _pages(size).items():
            first = _Visit(served.url, page, query).taken()[0]
            alone = _Visit(served.url, page, query).taken(_RERUNS)[1:]
            before = cpu_ms(served.process)
            together = _together(served.url, page, query)
            after = cpu_ms(served.process)
            per_rerun = None if before is None or after is None else after - before
            figure = PageFigure(
                kind,
                name,
                first,
                statistics.median(alone),
                statistics.median(together),
                None if per_rerun is None else per_rerun / (USERS * _RERUNS),
                memory_mb(served.process),
            )
            print(f"  {', '.join(figure.as_row())}", file=sys.stderr, flush=True)
            figures.append(figure)
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
        spoken = [Subprotocol("streamlit")]
        # No pings: a server that five users keep busy answers them late.
        with connect(address, subprotocols=spoken, max_size=None, ping_interval=None) as socket:
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
