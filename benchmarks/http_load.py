"""How long does a server take per request? A process of its own, so that who asks isn't the limit.

Reads one job as JSON from standard input, sends its requests over keep-alive connections, as many at
once as there are connections, and prints how long each took and what was answered.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: Any = None

    def as_bytes(self, host: str, headers: dict[str, str]) -> bytes:
        content = b"" if self.body is None else json.dumps(self.body).encode()
        told = {"Host": host, "Content-Length": str(len(content)), **headers}
        if self.body is not None:
            told["Content-Type"] = "application/json"
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{head}\r\n".encode() + content


@dataclass(frozen=True)
class Load:
    """What came of a job: `taken` in seconds per request, `seconds` for all, `last` the last answer's body."""

    taken: tuple[float, ...]
    seconds: float
    statuses: dict[str, int]
    last: str


def loaded(
    port: int, requests: Sequence[Request], *, connections: int, headers: dict[str, str]
) -> Load:
    """Run a job in a process of its own. Raises AssertionError where anything but success is answered."""
    job = {
        "port": port,
        "connections": connections,
        "headers": headers,
        "requests": [vars(one) for one in requests],
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.http_load"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert all(status.startswith("2") for status in told["statuses"]), told["statuses"]
    return Load(tuple(told["taken"]), told["seconds"], told["statuses"], told["last"])


class _Connection:
    """One keep-alive connection; it reads as little of an answer as will do."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._kept = b""

    def ask(self, request: bytes) -> tuple[str, bytes]:
        self._socket.sendall(request)
        while b"\r\n\r\n" not in self._kept:
            self._more()
        head, _, self._kept = self._kept.partition(b"\r\n\r\n")
        status, _, fields = head.partition(b"\r\n")
        named = fields.lower()
        if b"transfer-encoding: chunked" in named:
            return status[9:12].decode(), self._chunks()
        _, _, rest = named.partition(b"content-length:")
        return status[9:12].decode(), self._exactly(int(rest.partition(b"\r\n")[0]))

    def _chunks(self) -> bytes:
        whole = []
        while True:
            while b"\r\n" not in self._kept:
                self._more()
            size, _, self._kept = self._kept.partition(b"\r\n")
            whole.append(self._exactly(int(size, 16)))
            self._exactly(2)
            if not whole[-1]:
                return b"".join(whole)

    def _exactly(self, size: int) -> bytes:
        parts, there = [self._kept], len(self._kept)
        while there < size:
            parts.append(self._received())
            there += len(parts[-1])
        whole = b"".join(parts)
        self._kept = whole[size:]
        return whole[:size]

    def _more(self) -> None:
        self._kept += self._received()

    def _received(self) -> bytes:
        received = self._socket.recv(262_144)
        if not received:
            raise ConnectionError("the server has closed the connection")
        return received


def _main() -> None:
    job = json.load(sys.stdin)
    host = f"127.0.0.1:{job['port']}"
    requests = [Request(**one).as_bytes(host, job["headers"]) for one in job["requests"]]
    waiting = iter(requests)
    taken: list[float] = []
    statuses: dict[str, int] = {}
    last = [b""]

    def work(connection: _Connection) -> None:
        for request in waiting:  # an iterator of a list is shared safely
            began = time.perf_counter()
            status, body = connection.ask(request)
            taken.append(time.perf_counter() - began)
            statuses[status] = statuses.get(status, 0) + 1
            last[0] = body

    connections = [_Connection(job["port"]) for _ in range(job["connections"])]
    workers = [threading.Thread(target=work, args=(one,)) for one in connections]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - began
    assert len(taken) == len(requests), "a connection broke"
    told = {"taken": taken, "seconds": seconds, "statuses": statuses, "last": last[0].decode()}
    print(json.dumps(told))


if __name__ == "__main__":
    _main()
