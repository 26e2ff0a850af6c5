"""The benchmarks run: their made network fits the store's tables."""

import json
import os
import subprocess
import sys
from pathlib import Path

from support import PROJECT


def test_a_small_network_is_made_and_asked(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable, "-m", "benchmarks", "--parts", "store", "series", "--only", "sqlite", "--json",
            "--evses", "60", "--overrides", "300", "--statuses", "600", "--keep", str(tmp_path),
        ],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert len(told["store"]) == 4
    assert len(told["series"]) == 9
    assert told["store"][-1]["rows"] == 60  # EVSEs, each with its actual status
