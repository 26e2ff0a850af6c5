"""An independent eMSP (extrawest-ocpi from PyPI): registration, push, schedules that it refuses, resync."""

import json
import os
import subprocess
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from filelock import FileLock

from api.servers import serving
from conftest import missing
from evse_status.channels.ocpi.handshake import HandshakeFailed
from evse_status.core.partner import OcpiVersion, PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.kept_ports import any_port
from evse_status.service import known_partners, partners, registration
from evse_status.service.ourselves import Ourselves
from evse_status.service.schedule import clear_overrides, place_overrides
from evse_status.store.database import Database
from sender.running import KEY, Network, a_network, a_sender, wait_until
from support import BLOCKED, MAINTENANCE, wish

PACKAGES = ["extrawest-ocpi==2025.7.16", "uvicorn==0.54.0"]
TOKEN_A = "token-a"


@pytest.fixture(scope="session")
def its_python(request: pytest.FixtureRequest) -> Path:
    """A Python with extrawest-ocpi, which can't be in ours: it wants other versions of what we use."""
    cache = request.config.cache
    assert cache is not None
    folder = Path(cache.mkdir("foreign"))
    python = folder / "extrawest" / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = folder / "extrawest" / "done"
    with FileLock(folder / "lock"):
        if not done.is_file() or done.read_text() != str(PACKAGES):
            venv.create(folder / "extrawest", clear=True, with_pip=True)
            installed = subprocess.run(
                [
                    python,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    *PACKAGES,
                ],
                capture_output=True,
                text=True,
                timeout=170,
            )
            if installed.returncode:
                missing(f"extrawest-ocpi can't be installed: {installed.stderr.strip()[-300:]}")
            done.write_text(str(PACKAGES))
    return python


@dataclass(frozen=True)
class Independent:
    """The running eMSP."""

    folder: Path
    versions_url: str

    @property
    def state(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        return told

    def statuses(self) -> dict[str, str]:
        """What it shows, by location and uid."""
        return {
            f"{location['id']}/{evse['uid']}".upper(): evse["status"]
            for location in self.state["locations"].values()
            for evse in location["evses"]
        }


@contextmanager
def _running(python: Path, folder: Path) -> Iterator[Independent]:
    port = any_port()
    script = Path(__file__).with_name("emsp.py")
    process = subprocess.Popen(
        [python, script, folder, str(port), TOKEN_A],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={name: text for name, text in os.environ.items() if not name.startswith("PYTHON")},
    )
    versions_url = f"http://127.0.0.1:{port}/ocpi/versions"

    def answers() -> bool:
        if process.poll() is not None:
            assert process.stdout is not None
            pytest.fail(f"extrawest-ocpi did not start: {process.stdout.read()[-1_000:]}")
        try:
            return httpx.get(versions_url).status_code in (401, 403)
        except httpx.ConnectError:
            return False

    try:
        wait_until(answers)
        yield Independent(folder, versions_url)
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture
def emsp(its_python: Path, tmp_path: Path) -> Iterator[Independent]:
    with _running(its_python, tmp_path) as made:
        yield made


@pytest.fixture
def network(sqlite_url: str) -> Iterator[Network]:
    with a_network(sqlite_url, locations=2, evses=2) as made:
        yield made


def _register(network: Network, emsp: Independent, us: Ourselves) -> known_partners.Partner:
    return registration.add_and_register(
        network.app.database,
        LOCAL,
        "Independent",
        PartnerSettings(url=emsp.versions_url),
        token=TOKEN_A,
        nobody_else_tells=True,
        vault=network.app.vault,
        us=us,
    )


def _place(db: Database, evse: str, status: Any, **more: Any) -> int:
    [made] = place_overrides(db, LOCAL, [evse], wish(status, **more), all_or_nothing=True).done
    return made.id


def test_registration_push_and_resync(network: Network, emsp: Independent) -> None:
    db, app = network.app.database, network.app
    with serving(network.url, "", EVSE_STATUS_SECRET_KEY=KEY) as server:
        us = Ourselves(server.url, "DK", "OWN", "Our own")
        partner = _register(network, emsp, us)
        assert partner.spoken is OcpiVersion.V2_2_1
        assert emsp.state["token_a"] is None
        assert emsp.state["peer"]["credentials"]["url"] == f"{server.url}/ocpi/versions"
        ours = emsp.state["peer"]["endpoints"]["endpoints"]
        assert {(one["identifier"], one["role"]) for one in ours} == {
            ("credentials", "SENDER"), ("locations", "SENDER"),
        }  # fmt: skip

        with a_sender(network):
            wait_until(lambda: emsp.statuses() == network.shown())
            here = _place(db, "DK*TST*E1*1", MAINTENANCE)
            _place(db, "DK*TST*E2*2", BLOCKED)
            wait_until(lambda: emsp.statuses() == network.shown())
            assert emsp.statuses()["L1/1"] == "INOPERATIVE"
            assert emsp.statuses()["L2/2"] == "BLOCKED"
            clear_overrides(db, LOCAL, [here])
            wait_until(lambda: emsp.statuses()["L1/1"] == "AVAILABLE")

            # It refuses every status_schedule, which is a list in OCPI; statuses arrive all the same.
            soon = app.now() + timedelta(hours=2)
            _place(db, "DK*TST*E1*2", MAINTENANCE, valid_from=soon)
            _place(db, "DK*TST*E2*1", MAINTENANCE, valid_to=soon)
            wait_until(lambda: emsp.statuses() == network.shown())
            assert emsp.statuses()["L2/1"] == "INOPERATIVE"

            told = emsp.state["updates"]
            partners.resync_partner(db, LOCAL, partner.id)
            wait_until(lambda: emsp.state["updates"] >= told + 2)
            wait_until(lambda: emsp.statuses() == network.shown())

            before = emsp.state["token_c"]
            registration.rotate(db, LOCAL, partner.id, vault=app.vault, us=us)
            assert emsp.state["token_c"] != before
            _place(db, "DK*TST*E1*1", BLOCKED)
            wait_until(lambda: emsp.statuses() == network.shown())

        registration.unregister(db, LOCAL, partner.id, vault=app.vault)
        assert emsp.state["token_c"] is None


def test_a_wrong_token_a(network: Network, emsp: Independent) -> None:
    us = Ourselves("http://127.0.0.1:9", "DK", "OWN")
    with pytest.raises(HandshakeFailed, match="refuses"):
        registration.add_and_register(
            network.app.database, LOCAL, "Independent", PartnerSettings(url=emsp.versions_url),
            token="another", nobody_else_tells=True, vault=network.app.vault, us=us,
        )  # fmt: skip
    # And where it can't ask us back: 3001, nobody is half-registered, token A is good for another try.
    with pytest.raises(HandshakeFailed, match="status_code 3"):
        _register(network, emsp, us)
    assert partners.list_partners(network.app.database, LOCAL) == []
    assert (emsp.state["peer"], emsp.state["token_a"]) == (None, TOKEN_A)
