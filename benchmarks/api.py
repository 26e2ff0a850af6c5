"""How fast is the API, beside Alertmanager's silences in the same run?

Silences are the nearest thing there is: they are kept in memory and written down every 15 minutes, where
each of our creates is on the disk when it is answered. Without Debian's `prometheus-alertmanager` ours
are measured alone.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks.http_load import Load, Request, loaded
from benchmarks.network import postgresql_address
from benchmarks.rates import feed_of
from evse_status.bootstrap import open_app
from evse_status.channels.ocpi.locations_in import read_locations
from evse_status.core.principal import LOCAL
from evse_status.service.import_locations import import_locations
from evse_status.service.tokens import TokenWish, create_token

OVERRIDES = "/v2/temporary-evse-statuses"
SILENCES = "/api/v2/silences"
_BATCH = 5_000
_LISTED = 10_000
_CREATES = 400  # per round and number of connections
_ROUNDS = 3
_READS = 60
_UNTIL = "2099-12-31T23:00:00Z"


@dataclass(frozen=True)
class Measured:
    """Requests of one kind against one server; times in ms."""

    per_second: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True)
class ApiFigure:
    database: str
    work: str
    ours: Measured
    theirs: Measured | None = None

    @property
    def ratio(self) -> float | None:
        """Our requests per second as a part of theirs."""
        return None if self.theirs is None else self.ours.per_second / self.theirs.per_second

    def as_json(self) -> dict[str, Any]:
        theirs = None if self.theirs is None else vars(self.theirs)
        ratio = None if self.ratio is None else round(self.ratio, 2)
        told = {"database": self.database, "work": self.work}
        return {**told, "ours": vars(self.ours), "alertmanager": theirs, "ratio": ratio}

    def as_row(self) -> list[str]:
        theirs = _cells(self.theirs) if self.theirs is not None else ["", "", ""]
        ratio = "" if self.ratio is None else f"{self.ratio:,.2f}"
        return [self.database, self.work, *_cells(self.ours), *theirs, ratio]


@dataclass(frozen=True)
class Server:
    """A running server: requests that make, list and find something of number `n`."""

    port: int
    headers: dict[str, str]

    def ask(self, requests: Sequence[Request], connections: int = 1) -> Load:
        return loaded(self.port, requests, connections=connections, headers=self.headers)


def why_alone() -> str | None:
    """Why there is nothing to compare with."""
    if shutil.which("prometheus-alertmanager") is None:
        return "prometheus-alertmanager isn't installed (apt-get install prometheus-alertmanager)"
    return None


def measure(kind: str, folder: Path) -> list[ApiFigure]:
    """On a fresh store with 20,000 EVSEs in `folder`, and on an Alertmanager beside it."""
    with contextlib.ExitStack() as running:
        address = _address(kind, folder)
        ours = running.enter_context(_our_server(address))
        theirs = None
        if why_alone() is None:
            theirs = running.enter_context(_alertmanager(folder))
        figures = [_creates(kind, ours, theirs, 1), _creates(kind, ours, theirs, 8)]
        figures += _batch(kind, ours)
        _fill(ours, theirs)
        _analyse(address)
        figures += _questions(kind, ours, theirs)
    return figures


def _creates(kind: str, ours: Server, theirs: Server | None, connections: int) -> ApiFigure:
    our_loads, their_loads = [], []
    for turn in range(_ROUNDS):
        first = (connections * _ROUNDS + turn) * _CREATES
        numbers = range(first, first + _CREATES)
        our_loads.append(ours.ask([_override(number) for number in numbers], connections))
        if theirs is not None:
            their_loads.append(theirs.ask([_silence(number) for number in numbers], connections))
    work = f"create × {connections}"
    return _figure(kind, work, our_loads, their_loads)


def _batch(kind: str, ours: Server) -> list[ApiFigure]:
    ids = [f"DK*BEN*E{number}" for number in range(_BATCH)]
    body = {"evseIds": ids, "temporaryStatus": "MAINTENANCE", "validTo": _UNTIL}
    made, undone = [], []
    for _ in range(_ROUNDS):
        made.append(ours.ask([Request("POST", f"{OVERRIDES}/batch", body)]))
        told = json.loads(made[-1].last)
        assert told["created"] == _BATCH
        undone.append(ours.ask([Request("DELETE", f"{OVERRIDES}/batch/{told['batchId']}")]))
        assert json.loads(undone[-1].last)["undone"] == _BATCH
    return [
        _figure(kind, f"batch of {_BATCH:,}", made),
        _figure(kind, f"undo of {_BATCH:,}", undone),
    ]


def _fill(ours: Server, theirs: Server | None) -> None:
    """Have 10,000 in force on each side."""
    missing = _LISTED - _how_many(ours)
    ids = [f"DK*BEN*E{19_999 - number}" for number in range(missing)]
    body = {"evseIds": ids, "temporaryStatus": "BLOCKED", "validTo": _UNTIL}
    ours.ask([Request("POST", f"{OVERRIDES}/batch", body)])
    if theirs is not None:
        missing = _LISTED - len(json.loads(theirs.ask([Request("GET", SILENCES)]).last))
        theirs.ask([_silence(19_999 - number) for number in range(missing)], 8)


def _questions(kind: str, ours: Server, theirs: Server | None) -> list[ApiFigure]:
    """Ours beside theirs in turns. Theirs has no paging: its whole list."""
    one = 19_000
    asked = {
        "page of 100 out of 10,000": (
            Request("GET", f"{OVERRIDES}?limit=100"),
            Request("GET", SILENCES),
        ),
        "those on one EVSE": (
            Request("GET", f"{OVERRIDES}?evseId=DK*BEN*E{one}"),
            Request("GET", f"{SILENCES}?filter=evse%3D%22DK*BEN*E{one}%22"),
        ),
    }
    figures = []
    for work, (our_question, their_question) in asked.items():
        our_loads, their_loads = [], []
        for _ in range(_ROUNDS):
            our_loads.append(ours.ask([our_question] * (_READS // _ROUNDS)))
            if theirs is not None:
                their_loads.append(theirs.ask([their_question] * (_READS // _ROUNDS)))
        found = [json.loads(load.last) for load in (our_loads[0], *their_loads[:1])]
        wanted = [1, 1] if work == "those on one EVSE" else [100, _LISTED]
        assert [len(some) for some in found] == wanted[: len(found)], work
        figures.append(_figure(kind, work, our_loads, their_loads))
    return figures


def _override(number: int) -> Request:
    body = {"evseId": f"DK*BEN*E{number}", "temporaryStatus": "MAINTENANCE", "validTo": _UNTIL}
    return Request("POST", OVERRIDES, body | {"reason": "Cable swap"})


def _silence(number: int) -> Request:
    matcher = {"name": "evse", "value": f"DK*BEN*E{number}", "isRegex": False, "isEqual": True}
    told = {"createdBy": "bench", "comment": "Cable swap"}
    period = {"startsAt": "2020-01-01T00:00:00Z", "endsAt": _UNTIL}
    return Request("POST", SILENCES, {"matchers": [matcher], **period, **told})


def _figure(kind: str, work: str, ours: Sequence[Load], theirs: Sequence[Load] = ()) -> ApiFigure:
    return ApiFigure(kind, work, _measured(ours), _measured(theirs) if theirs else None)


def _measured(loads: Sequence[Load]) -> Measured:
    taken = sorted(one * 1000 for load in loads for one in load.taken)
    seconds = sum(load.seconds for load in loads)
    return Measured(
        round(len(taken) / seconds, 1),
        round(taken[len(taken) // 2], 2),
        round(taken[min(len(taken) * 99 // 100, len(taken) - 1)], 2),
    )


def _cells(one: Measured) -> list[str]:
    return [f"{one.per_second:,.1f}", f"{one.p50_ms:,.1f}", f"{one.p99_ms:,.1f}"]


def _how_many(ours: Server) -> int:
    address = f"http://127.0.0.1:{ours.port}{OVERRIDES}?limit=1"
    with urllib.request.urlopen(urllib.request.Request(address, headers=ours.headers)) as answer:
        return int(answer.headers["X-Total-Count"])


def _address(kind: str, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder / 'api.db'}"
    return postgresql_address(folder, "bench_api", fresh=True)[0]


def _analyse(database_url: str) -> None:
    """Have PostgreSQL look at how its tables are filled, as it does by itself within a minute."""
    app = open_app(database_url)
    if not app.database.is_sqlite:
        with app.database.upgrading() as conn:
            conn.execute(text("ANALYZE"))
    app.database.close()


@contextlib.contextmanager
def _our_server(database_url: str) -> Iterator[Server]:
    """`evse-status api`, as it is run, on a store with a network and nothing else."""
    app = open_app(database_url, create=True)
    import_locations(
        app.database, LOCAL, read_locations([feed_of("AVAILABLE")]), origin="bench", complete=True
    )
    token = create_token(app.database, LOCAL, TokenWish("Bench")).secret
    app.database.close()
    _analyse(database_url)
    words = ["api", "--port", "0", "--json", "--database-url", database_url]
    words = [sys.executable, "-m", "evse_status", *words]
    with _process(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        port = int(json.loads(process.stdout.readline())["url"].rpartition(":")[2])
        yield Server(port, {"Authorization": f"Bearer {token}"})


@contextlib.contextmanager
def _alertmanager(folder: Path) -> Iterator[Server]:
    """One alone, its data in a folder that goes away."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(dir=folder) as data:
        config = Path(data) / "alertmanager.yml"
        config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
        words = [
            "prometheus-alertmanager",
            f"--config.file={config}",
            f"--storage.path={data}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
            "--log.level=error",
        ]
        with _process(words) as process:
            _wait_for(port, process)
            yield Server(port, {})


@contextlib.contextmanager
def _process(words: Sequence[str], **how: Any) -> Iterator[subprocess.Popen[bytes]]:
    kept = {key: text for key, text in os.environ.items() if not key.startswith("EVSE_STATUS_")}
    process = subprocess.Popen(
        words, env={**kept, "EVSE_STATUS_WRITES_PER_MINUTE": "1000000"}, **how
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)
        if process.stdout is not None:
            process.stdout.close()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        assert process.poll() is None, "Alertmanager has ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise TimeoutError("Alertmanager doesn't answer")
