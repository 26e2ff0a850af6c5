"""The lines of docs/driver-apps.md work as pasted."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from api.servers import furnish, serving
from apps import events_in
from conftest import missing
from evse_status.core.brand import brand
from support import PROJECT

DOCS = PROJECT / "docs" / "driver-apps.md"


def test_lines_of_the_docs(tmp_path: Path) -> None:
    if shutil.which("curl") is None or shutil.which("bash") is None:
        missing("curl and bash are not there")
    text = DOCS.read_text(encoding="utf-8")
    blocks = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    [add] = [one for one in blocks if one.startswith("evse-status partner add")]
    [lines] = [one for one in blocks if one.startswith("curl")]
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with serving(url, furnish(url)) as server:
        env = os.environ | {"PYTHONPATH": str(PROJECT / "src"), "EVSE_STATUS_DATABASE_URL": url}
        added = subprocess.run(
            [sys.executable, "-m", "evse_status", *shlex.split(add)[1:]],
            capture_output=True, text=True, check=True, env=env, cwd=tmp_path,
        )  # fmt: skip
        pasted = lines.replace("http://localhost:8501", server.url)
        said = subprocess.run(
            ["bash", "-euc", re.sub(r"(?m)^(curl .*)$", r"\1; echo; echo ---", pasted)],
            capture_output=True, text=True, check=True, env=env | {"TOKEN": added.stdout.strip()},
        ).stdout  # fmt: skip
    listed, shown, stream = said.split("\n---\n")[:3]
    assert len(json.loads(listed)["data"]) == 7
    record = json.loads(shown)
    assert record["label"] == "Available"
    [ready] = events_in(stream)
    assert (ready.name, ready.id) == ("ready", json.loads(listed)["lastEventId"])
    # every field is named
    for name in (*record, *record["connectors"][0], *record["location"], *json.loads(listed)):
        assert f"`{name}`" in text or f'"{name}"' in text, name
    [example] = re.findall(r"`(\{\"temporary\".*?\}\}\})`", text)
    assert brand("brand", json.loads(example)).as_json() == json.loads(example)
