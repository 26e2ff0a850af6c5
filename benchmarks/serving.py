"""How is a dashboard, or a single page, served for as long as it is measured?"""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evse_status.bootstrap import open_app

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Served:
    """Where it is served, and by which process."""

    url: str
    process: int


@contextmanager
def dashboard(database_url: str) -> Iterator[Served]:
    """The product on a store."""
    open_app(database_url).database.close()
    words = [sys.executable, "-m", "evse_status", "serve", "--port", "0"]
    with _process([*words, "--database-url", database_url]) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.search(r"http://[\w.:]+", line):
                yield Served(found[0], process.pid)
                return
        raise RuntimeError("the server did not start")


@contextmanager
def script(text: str, folder: Path) -> Iterator[Served]:
    """A Streamlit script of one page."""
    file = folder / "page.py"
    file.write_text(text, encoding="utf-8")
    port = _free_port()
    options = [
        "--server.headless=true",
        f"--server.port={port}",
        "--browser.gatherUsageStats=false",
    ]
    words = [sys.executable, "-m", "streamlit", "run", str(file), *options]
    with _process(words) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if str(port) in line:
                yield Served(f"http://127.0.0.1:{port}", process.pid)
                return
        raise RuntimeError("Streamlit did not start")


def memory_mb(process: int) -> float | None:
    """The most that the process has had at once, where the system tells (Linux)."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return None
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else None


def cpu_ms(process: int) -> float | None:
    """What the process has worked so far, where the system tells (Linux)."""
    try:
        fields = (
            Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        )
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@contextmanager
def _process(words: list[str]) -> Iterator["subprocess.Popen[str]"]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT / "src"),
        "PYTHONUNBUFFERED": "1",
        "EVSE_STATUS_ACTUAL_HISTORY_DAYS": "3650",  # the made network is to stay as it is
    }
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    try:
        yield process
    finally:
        process.kill()  # a server that is asked nicely may wait for its browsers
        process.communicate()
