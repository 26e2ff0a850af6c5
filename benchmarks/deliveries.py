"""How soon do partners know? From a boundary to the partner's receipt: single ones, 10,000 at one instant,
and what a sender costs that has nothing to do. The floor is a bare aiohttp loop against the same partner."""

import asyncio
import base64
import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import httpx

from evse_status.bootstrap import App, open_app
from evse_status.channels.ocpi.locations_in import read_locations
from evse_status.core.override import Wish
from evse_status.core.partner import PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.import_locations import import_locations
from evse_status.service.partners import add_partner
from evse_status.service.schedule import place_overrides

FLIPPING = 10_000
SINGLE = 60
_PER_LOCATION = 8
_CONCURRENCY = 8
_TOKEN = "bench"
_IDLE_SECONDS = 20.0


@dataclass(frozen=True)
class Delivered:
    database: str
    work: str
    evses: int
    value: float
    unit: str
    floor: float | None = None

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))

    def as_row(self) -> list[str]:
        floor = "" if self.floor is None else f"{self.floor:,.2f}"
        return [self.database, self.work, f"{self.evses:,}", f"{self.value:,.2f}", self.unit, floor]


def measure(kind: str, folder: Path, *, idle_evses: int) -> list[Delivered]:
    """On stores of their own in `folder`."""
    os.environ["EVSE_STATUS_SECRET_KEY"] = "k" * 40
    found = []
    with network(kind, folder, "flip", FLIPPING) as (app, url), _emsp() as partner:
        _add(app, partner)
        with sender(url):
            wait(lambda: _held(partner) == FLIPPING, 300)
            found += _singles(kind, app, partner)
            found += _at_once(kind, app, partner)
    if idle_evses:
        with network(kind, folder, "idle", idle_evses) as (app, url), _emsp() as partner:
            _add(app, partner)
            with sender(url) as running:
                wait(lambda: _held(partner) == idle_evses, 900)
                found += _idle(kind, idle_evses, running.pid)
    return found


def _singles(kind: str, app: App, partner: dict[str, str]) -> list[Delivered]:
    """Starts one after the other, each at an instant of its own, and what is set at once."""
    planned, at_once = [], []
    for number in range(SINGLE):
        starts_at = datetime.now(UTC) + timedelta(seconds=0.4)
        planned.append(_until_told(app, partner, number, starts_at))
        at_once.append(_until_told(app, partner, SINGLE + number, None))
    return [
        Delivered(kind, f"{what}, {name}", SINGLE, value, "s")
        for what, some in (("boundary to receipt", planned), ("write to receipt", at_once))
        for name, value in (("p50", statistics.median(some)), ("p99", p99(some)))
    ]


def _until_told(
    app: App, partner: dict[str, str], number: int, starts_at: datetime | None
) -> float:
    after = _last(partner)
    wish = Wish(TemporaryStatus.BLOCKED, valid_from=starts_at)
    evse = f"DK*BEN*E{number}"
    [made] = place_overrides(app.database, LOCAL, [evse], wish, all_or_nothing=True).done
    while not (told := _told(partner, after)):
        time.sleep(0.005)
    return (told[0] - (starts_at or made.starts_at)).total_seconds()


def _at_once(kind: str, app: App, partner: dict[str, str]) -> list[Delivered]:
    started = time.monotonic()
    numbers = list(range(1, FLIPPING + 1))
    far = datetime.now(UTC) + timedelta(days=1)
    made = place_overrides(
        app.database, LOCAL, numbers[2 * SINGLE :], Wish(TemporaryStatus.RESERVED, valid_from=far)
    )
    taken = time.monotonic() - started  # to place so many; a second time leaves time for it
    assert len(made.done) == FLIPPING - 2 * SINGLE
    at = datetime.now(UTC) + timedelta(seconds=2 * taken + 3)
    evses = numbers[2 * SINGLE :]
    place_overrides(app.database, LOCAL, evses, Wish(TemporaryStatus.BLOCKED, valid_from=at))
    after = _last(partner)
    assert datetime.now(UTC) < at, "placing took longer than planned"
    wait(lambda: _last(partner) - after >= len(evses), 300)
    told = [(one - at).total_seconds() for one in _told(partner, after)]
    bare = asyncio.run(_bare(partner, len(evses)))
    return [
        Delivered(kind, f"all told that start at one instant, {name}", len(evses), value, "s", bare)
        for name, value in (
            ("first", min(told)),
            ("p50", statistics.median(told)),
            ("last", max(told)),
        )
    ]


async def _bare(partner: dict[str, str], count: int) -> float:
    """The same requests by a loop that knows everything beforehand."""
    headers = {
        "Authorization": "Token " + base64.b64encode(_TOKEN.encode()).decode(),
        "X-Request-ID": "1",
        "X-Correlation-ID": "1",
    }
    stamp = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    waiting = iter(range(count))
    async with aiohttp.ClientSession(headers=headers) as session:

        async def work() -> None:
            for number in waiting:
                path = f"DK/BEN/L{number // _PER_LOCATION}/{number}"
                told = {"status": "AVAILABLE", "last_updated": stamp}
                async with session.patch(f"{partner['locations']}/{path}", json=told) as answer:
                    assert (await answer.json())["status_code"] == 1000

        started = time.monotonic()
        await asyncio.gather(*(work() for _ in range(_CONCURRENCY)))
        return time.monotonic() - started


def _idle(kind: str, evses: int, pid: int) -> list[Delivered]:
    time.sleep(5)
    before, started = _cpu_seconds(pid), time.monotonic()
    time.sleep(_IDLE_SECONDS)
    share = (_cpu_seconds(pid) - before) / (time.monotonic() - started)
    status = Path(f"/proc/{pid}/status").read_text()
    memory = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
    return [
        Delivered(kind, "a sender with nothing to do, share of a core", evses, 100 * share, "%"),
        Delivered(kind, "… its memory", evses, memory / 1024, "MB"),
    ]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[98]


@contextlib.contextmanager
def network(kind: str, folder: Path, name: str, evses: int) -> Iterator[tuple[App, str]]:
    """A store of its own with EVSEs DK*BEN*E0 …, all AVAILABLE, and its address."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / name}.db"
    else:
        from benchmarks.network import postgresql_address

        url, _ = postgresql_address(folder, f"bench_{name}", fresh=True)
    app = open_app(url, create=True)
    print(f"{kind}: importing {evses:,} EVSEs …", file=sys.stderr)
    locations = [_location(first, evses) for first in range(0, evses, _PER_LOCATION)]
    for start in range(0, len(locations), 1_000):
        reading = read_locations([locations[start : start + 1_000]])
        import_locations(app.database, LOCAL, reading, origin="bench", complete=False)
    try:
        yield app, url
    finally:
        app.database.close()


def _location(first: int, evses: int) -> dict[str, Any]:
    number, stamp = first // _PER_LOCATION, "2026-01-01T00:00:00Z"
    plug = {
        "id": "1",
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_voltage": 230,
        "max_amperage": 32,
        "last_updated": stamp,
    }
    return {
        "country_code": "DK",
        "party_id": "BEN",
        "id": f"L{number}",
        "publish": True,
        "name": f"Station {number}",
        "address": f"Havnegade {number}",
        "city": "Vejle",
        "country": "DNK",
        "coordinates": {"latitude": "55.710000", "longitude": "9.530000"},
        "time_zone": "Europe/Copenhagen",
        "last_updated": stamp,
        "evses": [
            {
                "uid": str(one),
                "evse_id": f"DK*BEN*E{one}",
                "status": "AVAILABLE",
                "last_updated": stamp,
                "connectors": [plug],
            }
            for one in range(first, min(first + _PER_LOCATION, evses))
        ],
    }


def _add(app: App, partner: dict[str, str]) -> None:
    settings = PartnerSettings(
        handshake=False, url=partner["locations"], concurrency=_CONCURRENCY, read_back=False
    )
    add_partner(
        app.database,
        LOCAL,
        "Bench",
        settings,
        vault=app.vault,
        nobody_else_tells=True,
        token=_TOKEN,
    )


@contextlib.contextmanager
def _emsp() -> Iterator[dict[str, str]]:
    words = ["-m", "evse_status.examples.emsp", "--static-token", "--token", _TOKEN]
    with process([*words, "--until-input-ends"]) as (_, line):
        yield json.loads(line)


@contextlib.contextmanager
def sender(url: str) -> Iterator[subprocess.Popen[str]]:
    with process(["-m", "evse_status", "sender", "--json", "--database-url", url]) as (one, _):
        yield one


@contextlib.contextmanager
def process(words: list[str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    running = subprocess.Popen(
        [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    try:
        yield running, running.stdout.readline()
    finally:
        running.terminate()
        running.communicate(timeout=60)


def _held(partner: dict[str, str]) -> int:
    return len(httpx.get(f"{partner['url']}/state", timeout=60).json()["evses"])


def _last(partner: dict[str, str]) -> int:
    """How many requests the partner has had."""
    newest = httpx.get(f"{partner['url']}/log?after=-1", timeout=60).json()
    return newest[-1]["number"] + 1 if newest else 0


def _told(partner: dict[str, str], after: int) -> list[datetime]:
    """When it was told statuses since."""
    log = httpx.get(f"{partner['url']}/log?after={after}", timeout=60).json()
    return [
        datetime.fromisoformat(one["at"])
        for one in log
        if one["method"] == "PATCH" and "status" in one["body"]
    ]


def wait(is_so: Any, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ends:
            raise TimeoutError("The partner wasn't told.")
        time.sleep(0.25)
