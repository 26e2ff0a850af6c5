"""Senders and partners as processes of their own, on a database with a few chargers."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from evse_status.bootstrap import App, open_app
from evse_status.core.partner import PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.core.translation import words
from evse_status.service.fleet import FleetFilter, fleet_page
from evse_status.service.known_partners import Partner
from evse_status.service.partners import add_partner
from examples.processes import TOKEN_A, Running, example
from support import PROJECT, evse_json, location_json, take_in

KEY = "k" * 40
CLOCKED = PROJECT / "tests" / "sender" / "clocked.py"
PATIENCE = 60.0


def wait_until(is_so: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for a condition; fails after so long."""
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, "it didn't come about"
        time.sleep(0.02)


@dataclass
class Network:
    """A database in use, and the address that processes open it by."""

    app: App
    url: str
    partners: dict[str, tuple[Partner, Running]] = field(default_factory=dict)

    def told(self, partner: str = "A") -> dict[str, str]:
        """What a partner shows, by location and uid."""
        evses = self.partners[partner][1].get("/state")["evses"]
        return {name.partition("TST/")[2]: evse["status"] for name, evse in evses.items()}

    def shown(self) -> dict[str, str]:
        """What partners should show now."""
        now = self.app.now()
        rows = fleet_page(
            self.app.database,
            LOCAL,
            FleetFilter(),
            from_at=now,
            to_at=now + timedelta(microseconds=1),
            now=now,
            limit=10_000,
        ).rows
        return {
            f"{row.evse.location_name.removeprefix('Site ')}/{row.evse.uid}": words(
                row.track[0].displayed.status
            ).ocpi
            for row in rows
        }

    def is_right(self, partner: str = "A") -> bool:
        """Whether a partner shows what it should, and nothing is left to be told."""
        return self.told(partner) == self.shown()

    def log(self, partner: str = "A", after: int = 0) -> list[dict[str, Any]]:
        """What a partner was asked and told."""
        found: list[dict[str, Any]] = self.partners[partner][1].get(f"/log?after={after}")
        return [one for one in found if one["method"] in ("PUT", "PATCH")]

    def behave(self, mode: str, partner: str = "A", **more: Any) -> None:
        self.partners[partner][1].post("/behave", {"mode": mode, **more})


@contextmanager
def a_network(url: str, *, locations: int = 3, evses: int = 4) -> Iterator[Network]:
    """A database with chargers, all AVAILABLE."""
    with settings(EVSE_STATUS_SECRET_KEY=KEY):
        app = open_app(url, create=True)
        sites = [
            location_json(
                f"L{site}",
                *(evse_json(str(one), f"DK*TST*E{site}*{one}") for one in range(1, evses + 1)),
            )
            for site in range(1, locations + 1)
        ]
        take_in(app.database, *sites)
        yield Network(app, url)
        app.database.close()


@contextmanager
def a_partner(network: Network, name: str = "A", *words: str, **fields: Any) -> Iterator[Running]:
    """An example eMSP with a static token, that is to be told everything."""
    with example("emsp", "--static-token", *words) as running:
        settings = PartnerSettings(
            handshake=False, url=running.locations, timeout_seconds=1, **fields
        )
        made = add_partner(
            network.app.database,
            LOCAL,
            name,
            settings,
            vault=network.app.vault,
            nobody_else_tells=True,
            token=TOKEN_A,
        )
        network.partners[name] = (made.partner, running)
        yield running


@contextmanager
def a_sender(
    network: Network, *words: str, wall: Path | None = None
) -> Iterator["subprocess.Popen[str]"]:
    """`evse-status sender`, until the block ends; its server's clock is off by what `wall` says."""
    program = ["-m", "evse_status"] if wall is None else [str(CLOCKED), str(wall)]
    command = [sys.executable, *program, "sender", "--json", *words]
    process = subprocess.Popen(
        [*command, "--database-url", network.url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    assert process.stdout is not None
    try:
        assert "sender" in json.loads(process.stdout.readline())
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        process.communicate(timeout=30)


def environment() -> dict[str, str]:
    """What a process of the product needs."""
    path = os.pathsep.join([str(PROJECT / "src"), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, "EVSE_STATUS_SECRET_KEY": KEY}


@contextmanager
def settings(**named: str) -> Iterator[None]:
    """Settings of this process, until the block ends."""
    before = {name: os.environ.get(name) for name in named}
    os.environ.update(named)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def assert_in_order(log: list[dict[str, Any]]) -> None:
    """No EVSE was told something older after something newer, taken or not."""
    newest: dict[str, str] = {}
    for one in log:
        path = one["path"].partition("/locations/")[2]
        about = (
            [(path, one["body"])]
            if path.count("/") == 3
            else [(f"{path}/{evse['uid']}", evse) for evse in one["body"].get("evses", ())]
        )
        for where, body in about:
            stamp = _comparable(body["last_updated"])
            assert stamp >= newest.get(where, ""), f"{where}: {body} after {newest[where]}"
            newest[where] = stamp


def _comparable(stamp: str) -> str:
    bare = stamp.removesuffix("Z")
    return bare if "." in bare else f"{bare}.000"
