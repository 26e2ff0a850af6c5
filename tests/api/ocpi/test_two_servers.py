"""Two servers of ours register with each other over HTTP, one as the CSMS of the other, whoever begins."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.servers import Server, furnish, serving
from evse_status.bootstrap import KEY_SUFFIX
from evse_status.cli import app


class Side:
    """One of the two: its server, and commands on its database."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.versions_url = f"{server.url}/ocpi/versions"

    def run(self, *words: str) -> Any:
        env = {
            "EVSE_STATUS_DATABASE_URL": self.server.database_url,
            "EVSE_STATUS_PUBLIC_URL": self.server.url,
            "EVSE_STATUS_OCPI_COUNTRY_CODE": "NL",
            "EVSE_STATUS_OCPI_PARTY_ID": "EXA",
        }
        result = CliRunner().invoke(app, ["partner", *words, "--json"], env=env)
        assert (result.exit_code, result.stderr) == (0, ""), result.stderr
        return json.loads(result.stdout)


def _side(folder: Path, name: str) -> Iterator[Side]:
    file = folder / f"{name}.db"
    file.with_name(file.name + KEY_SUFFIX).write_text("k" * 40)
    url = f"sqlite:///{file}"
    with serving(
        url,
        furnish(url, evses=2),
        EVSE_STATUS_OCPI_COUNTRY_CODE="NL",
        EVSE_STATUS_OCPI_PARTY_ID="EXA",
    ) as server:
        yield Side(server)


@pytest.fixture(scope="module")
def csms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    """It has locations and tells of them."""
    yield from _side(tmp_path_factory.mktemp("csms"), "csms")


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    """It is told."""
    yield from _side(tmp_path_factory.mktemp("board"), "board")


@pytest.mark.parametrize("begins", ["csms", "board"])
def test_registering_rotating_and_leaving(csms: Side, board: Side, begins: str) -> None:
    to_board = ["--nobody-else-tells"]
    if begins == "csms":
        token = board.run("add", "CSMS", "--upstream")["token"]
        csms.run("add", "Board", *to_board, "--url", board.versions_url, "--token", token)
        starter, other, name = csms, board, "Board"
    else:
        token = csms.run("add", "Board", *to_board)["token"]
        board.run("add", "CSMS", "--upstream", "--url", csms.versions_url, "--token", token)
        starter, other, name = board, csms, "CSMS"
    [there] = csms.run("list")
    [here] = board.run("list")
    assert (there["connected"], there["spoken"]) == (True, "2.3.0")
    assert (here["connected"], here["spoken"]) == (True, "2.3.0")
    modules = [
        {(one["module"], one["interface"]): one["url"] for one in side["registered"]["endpoints"]}
        for side in (there, here)
    ]
    assert (
        modules[0]["locations", "RECEIVER"] == f"{board.server.url}/ocpi/2.3.0/receiver/locations"
    )
    assert modules[1]["locations", "SENDER"] == f"{csms.server.url}/ocpi/2.3.0/locations"
    assert ("EMSP", "EXA") in [
        (one["role"], one["partyId"]) for one in there["registered"]["parties"]
    ]
    assert ("CPO", "TST") in [
        (one["role"], one["partyId"]) for one in here["registered"]["parties"]
    ]

    starter.run("edit", name, "--rotate")
    [one], [two] = starter.run("list"), other.run("list")
    assert (one["connected"], two["connected"]) == (True, True)
    assert {one["hint"], two["hint"]}.isdisjoint({there["hint"], here["hint"]})

    starter.run("remove", name)
    assert starter.run("list") == []
    [left] = other.run("list")
    assert (left["connected"], left["hint"]) == (False, "")
    other.run("remove", left["name"])
