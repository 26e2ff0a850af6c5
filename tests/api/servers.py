"""The API as its users run it: a real process on a real database."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from evse_status.bootstrap import open_app
from evse_status.core.principal import LOCAL
from evse_status.service.tokens import TokenWish, create_token
from support import PROJECT, evse_json, location_json, take_in

# The id of the examples in the OpenAPI document, and an internal one.
_MORE = (evse_json("1041-1", "DK*DMO*E1041*1"), evse_json("2", "DK.SPI.Z203*2"))

OVERRIDES = "/v2/temporary-evse-statuses"


@dataclass(frozen=True)
class Server:
    """A running API: its address, a token that may do everything, its database, its process."""

    url: str
    token: str
    database_url: str
    process: subprocess.Popen[str]

    def client(self, token: str | None = None) -> httpx.Client:
        """A client that sends the token with every request."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)

    def kill(self) -> None:
        """End it at once, as a crash does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=20)


def furnish(database_url: str, evses: int = 5) -> str:
    """Make a database with EVSEs `DK*TST*E1` … at locations `L1` and `L2`; a token for it."""
    app = open_app(database_url, create=True)
    known = app.database
    here = [evse_json(str(number)) for number in range(1, evses + 1)]
    take_in(known, location_json("L1", *here), location_json("L2", *_MORE))
    token = create_token(known, LOCAL, TokenWish("Tester")).secret
    known.close()
    return token


@contextmanager
def serving(database_url: str, token: str, **env: str) -> Iterator[Server]:
    """`evse-status api` on a free port, until the block ends; `env` are its settings."""
    words = [sys.executable, "-m", "evse_status", "api", "--port", "0", "--json"]
    path = os.pathsep.join([str(PROJECT / "src"), os.environ.get("PYTHONPATH", "")])
    kept = {key: text for key, text in os.environ.items() if not key.startswith("EVSE_STATUS_")}
    process = subprocess.Popen(
        [*words, "--database-url", database_url],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=PROJECT,
        env={**kept, **env, "PYTHONPATH": path},
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line.startswith("{"):
            pytest.fail(f"the API did not start: {line}{process.stdout.read()}")
        yield Server(json.loads(line)["url"], token, database_url, process)
    finally:
        process.terminate()
        process.stdout.close()
        process.wait(timeout=20)
