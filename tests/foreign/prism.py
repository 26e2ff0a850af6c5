"""Prism from npm serving Hubject's own OpenAPI: it answers 422 to whatever doesn't keep to it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from filelock import FileLock

from conftest import missing
from evse_status.kept_ports import any_port
from sender.running import wait_until

PACKAGE = "@stoplight/prism-cli@5.16.0"
API = Path("data", "oicp-2.3-openapi", "hubject-oicp-cpo-2.3-openapi.yaml")
_MOST_SECONDS_TO_INSTALL = 170


def installed() -> Path:
    """The program, installed once in the user's cache: a later run needs no network."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        missing("Prism needs npm and node, which aren't there")
    assert npm is not None
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = caches / "evse-status-tests" / PACKAGE.rpartition("/")[2].replace("@", "-")
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "done"
    with FileLock(folder / "lock"):
        if not done.is_file():
            command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
            try:
                run = subprocess.run(
                    [*command, "--prefix", str(folder), PACKAGE],
                    capture_output=True,
                    text=True,
                    timeout=_MOST_SECONDS_TO_INSTALL,
                )
                failed = run.stderr.strip()[-300:] if run.returncode else ""
            except subprocess.TimeoutExpired:
                failed = "it takes too long"
            if failed:
                missing(f"Prism can't be installed: {failed}")
            done.touch()
    return folder / "node_modules" / ".bin" / "prism"


@contextmanager
def serving(program: Path, api: Path, log: Path) -> Iterator[str]:
    """Where it listens; what it says goes to `log`."""
    port = any_port()
    words = ["mock", "--errors", "--host", "127.0.0.1", "--port", str(port), str(api)]
    with log.open("w") as said:
        process = subprocess.Popen([program, *words], stdout=said, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        if process.poll() is not None:
            pytest.fail(f"Prism did not start: {log.read_text()[-1_000:]}")
        try:
            return httpx.get(address, timeout=5).status_code == 404
        except httpx.TransportError:
            return False

    try:
        wait_until(answers)
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=20)
