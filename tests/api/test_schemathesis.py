"""Schemathesis with all its checks finds nothing on the real server, on both databases."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.servers import furnish, serving
from apps import add_app
from evse_status.bootstrap import open_app

_CONFIG = Path(__file__).with_name("schemathesis.toml")
_EXAMPLES = {"sqlite": "10", "postgresql": "4"}
"""Inputs per call that are made up, beside the boundaries of every field, which both databases get."""


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def test_all_checks_find_nothing(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    address: str = request.getfixturevalue(f"{kind}_url")
    token = furnish(address)
    db = open_app(address).database
    app_token = add_app(db, profile="spirii-2025").token or ""
    db.close()
    with serving(address, token) as server:
        done = subprocess.run(
            [
                sys.executable, "-m", "schemathesis.cli", "--config-file", str(_CONFIG), "run",
                f"{server.url}/openapi.json",
                "--checks", "all",
                "--phases", "examples,coverage,fuzzing,stateful",
                "--max-examples", os.environ.get("EVSE_STATUS_SCHEMATHESIS_EXAMPLES", _EXAMPLES[kind]),
                "--suppress-health-check", "all",
                "--seed", "1",
                "--no-color",
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env=os.environ | {"EVSE_STATUS_TOKEN": token, "EVSE_STATUS_APP_TOKEN": app_token},
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Tested: 27" in done.stdout
