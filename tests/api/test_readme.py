"""The lines of the README work as pasted against the demo."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import missing
from support import PROJECT


def test_curl_lines_of_the_readme(tmp_path: Path) -> None:
    if shutil.which("curl") is None or shutil.which("bash") is None:
        missing("curl and bash are not there")
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    [lines] = re.findall(r"```\n(TOKEN=.*?)```", readme, re.DOTALL)
    (tmp_path / "data").mkdir()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "evse_status", "demo", "--port", "0", "--no-browser", "--json",
            "--database-url", "sqlite:///data/demo.db",
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(PROJECT / "src")},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        url = json.loads(process.stdout.readline())["url"]
        pasted = lines.replace("localhost:8501", url)
        said = subprocess.run(
            ["bash", "-euc", re.sub(r"(?m)^(curl .*)$", r"\1; echo", pasted)],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
        ).stdout
    finally:
        process.terminate()
        process.stdout.close()
        process.wait(timeout=20)
    created, listed, shown = (json.loads(line) for line in said.splitlines())
    assert (created["evseId"], created["createdBy"]) == ("DK*DMO*E1041*1", "Demo")
    assert created["id"] in [one["id"] for one in listed]
    assert shown["channels"]["spiriiGo"] == "Out of Service"
