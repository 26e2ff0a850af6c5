"""How soon do listening apps hear? 200 of them, from a boundary to the event: one EVSE at a time, and 1,000 at once.

The floor in the same run is a bare server that sends each of them the same bytes at a known instant.
"""

import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route

from benchmarks.deliveries import network, p99
from evse_status.bootstrap import App
from evse_status.core.override import Wish
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.driver_apps import NEW_APP
from evse_status.service.partners import add_partner
from evse_status.service.schedule import place_overrides

LISTENING = 200
APPS = 4
EVSES = 10_000
SINGLE = 30
AT_ONCE = 1_000
_PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Heard:
    database: str
    work: str
    events: int
    p50: float
    p99: float
    floor_p50: float
    floor_p99: float

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))

    def as_row(self) -> list[str]:
        values = (self.p50, self.p99, self.floor_p50, self.floor_p99)
        return [
            self.database,
            self.work,
            f"{self.events:,}",
            *(f"{1000 * one:,.0f}" for one in values),
        ]


@dataclass
class _Ears:
    """Everything that was heard: (when, what the event says), of all listeners together."""

    heard: list[tuple[float, str]] = field(default_factory=list)
    ready: int = 0

    async def listen(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        rest = b""
        async with session.get(url, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            async for chunk in answer.content.iter_any():
                now = time.time()
                *blocks, rest = (rest + chunk).split(b"\n\n")
                for block in blocks:
                    if b"event: ready" in block:
                        self.ready += 1
                    elif b"event: change" in block:
                        self.heard.append((now, block.decode()))


def measure(kind: str, folder: Path) -> list[Heard]:
    """On a store of its own in `folder`."""
    with network(kind, folder, "listeners", EVSES) as (app, url):
        tokens = [
            add_partner(app.database, LOCAL, f"App {number}", NEW_APP, vault=app.vault).token or ""
            for number in range(APPS)
        ]
        with _api(url) as address:
            return asyncio.run(_measured(kind, app, f"{address}/driver-app/changes", tokens))


async def _measured(kind: str, app: App, url: str, tokens: list[str]) -> list[Heard]:
    ears, found = _Ears(), []
    async with _listening(ears, url, tokens):
        singles: list[float] = []
        for number in range(SINGLE):
            at = datetime.now(UTC) + timedelta(seconds=0.6)
            wish = Wish(TemporaryStatus.BLOCKED, valid_from=at)
            await asyncio.to_thread(
                place_overrides,
                app.database,
                LOCAL,
                [f"DK*BEN*E{number}"],
                wish,
                all_or_nothing=True,
            )
            singles += await _until_heard(ears, at.timestamp(), LISTENING)
        numbers = list(range(SINGLE + 1, SINGLE + AT_ONCE + 1))
        at = datetime.now(UTC) + timedelta(seconds=15)
        wish = Wish(TemporaryStatus.MAINTENANCE, valid_from=at)
        await asyncio.to_thread(place_overrides, app.database, LOCAL, numbers, wish)
        assert datetime.now(UTC) < at, "placing took longer than planned"
        many = await _until_heard(ears, at.timestamp(), LISTENING * AT_ONCE)
        sample = ears.heard[-1][1]
    for work, waits, count in (
        ("one EVSE at a time", singles, 1),
        (f"{AT_ONCE:,} EVSEs at one instant", many, AT_ONCE),
    ):
        bare = await _floor(sample, count, times=SINGLE if count == 1 else 1)
        figures = (statistics.median(waits), p99(waits), statistics.median(bare), p99(bare))
        found.append(Heard(kind, work, len(waits), *figures))
    return found


@contextlib.asynccontextmanager
async def _listening(ears: _Ears, url: str, tokens: list[str]) -> AsyncIterator[None]:
    timeout = aiohttp.ClientTimeout(total=None, sock_read=_PATIENCE_SECONDS)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        tasks = [
            asyncio.create_task(ears.listen(session, url, tokens[number % len(tokens)]))
            for number in range(LISTENING)
        ]
        ends = time.monotonic() + _PATIENCE_SECONDS
        while ears.ready < LISTENING:
            assert time.monotonic() < ends, f"{ears.ready} of {LISTENING} listen"
            await asyncio.sleep(0.05)
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until_heard(ears: _Ears, at: float, count: int) -> list[float]:
    ends = time.monotonic() + _PATIENCE_SECONDS
    while len(ears.heard) < count:
        assert time.monotonic() < ends, f"{len(ears.heard):,} of {count:,} events came"
        await asyncio.sleep(0.02)
    waits = [heard_at - at for heard_at, _ in ears.heard]
    ears.heard[:] = ears.heard[-1:] if count > LISTENING else []
    return waits


async def _floor(sample: str, count: int, *, times: int) -> list[float]:
    """Bytes like those of the product to as many listeners, by a server that knows them beforehand."""
    waits: list[float] = []
    with _bare(f"{sample}\n\n" * count) as (url, send):
        ears = _Ears()
        async with _listening(ears, url, [""]):
            for _ in range(times):
                waits += await _until_heard(ears, await asyncio.to_thread(send), LISTENING * count)
                ears.heard.clear()
    return waits


@contextlib.contextmanager
def _bare(text: str) -> Iterator[tuple[str, Any]]:
    """A process that sends `text` to everybody who listens when it is told to on standard input."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.listeners"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(text) + "\n")
        process.stdin.flush()
        url = json.loads(process.stdout.readline())

        def send() -> float:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("now\n")
            process.stdin.flush()
            return float(json.loads(process.stdout.readline()))

        yield url, send
    finally:
        process.kill()
        process.communicate()


def _serve_bare() -> None:
    text = json.loads(sys.stdin.readline())
    turn: list[asyncio.Event] = []

    async def stream() -> AsyncIterator[str]:
        yield "event: ready\ndata: {}\n\n"
        while True:
            await turn[-1].wait()
            yield text

    async def listen(_request: Any) -> StreamingResponse:
        return StreamingResponse(stream(), media_type="text/event-stream")

    def wake(loop: asyncio.AbstractEventLoop) -> None:
        for _line in sys.stdin:
            print(json.dumps(time.time()), flush=True)

            def send() -> None:
                turn.append(asyncio.Event())
                turn[-2].set()

            loop.call_soon_threadsafe(send)

    async def serve() -> None:
        turn.append(asyncio.Event())
        app = Starlette(routes=[Route("/", listen)])
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False))
        server.config.load()
        server.lifespan = server.config.lifespan_class(server.config)
        await server.startup()
        port = server.servers[0].sockets[0].getsockname()[1]
        print(json.dumps(f"http://127.0.0.1:{port}/"), flush=True)
        threading.Thread(target=wake, args=[asyncio.get_running_loop()], daemon=True).start()
        await server.main_loop()

    asyncio.run(serve())


@contextlib.contextmanager
def _api(url: str) -> Iterator[str]:
    words = [sys.executable, "-m", "evse_status", "api", "--port", "0", "--json"]
    process = subprocess.Popen(
        [*words, "--database-url", url],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"EVSE_STATUS_READS_PER_MINUTE": "1000000"},
    )
    assert process.stdout is not None
    try:
        yield str(json.loads(process.stdout.readline())["url"])
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    _serve_bare()
