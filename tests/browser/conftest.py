"""The product as its users run it: a real process, and a real headless Chromium."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from conftest import missing
from evse_status.bootstrap import App
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import Phase
from evse_status.service.audit import OverrideFilter, list_overrides
from evse_status.service.schedule import clear_overrides
from support import PROJECT

_CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PATIENCE_MS = 60_000
expect.set_options(timeout=_PATIENCE_MS)


@dataclass(frozen=True)
class Dashboard:
    """A running server: its address, and its database for the command line beside it."""

    url: str
    database_url: str

    def run(self, *words: str) -> str:
        """One `evse-status` command on the same database; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "evse_status", *words, "--database-url", self.database_url],
            capture_output=True,
            text=True,
            check=False,
            cwd=PROJECT,
            env=_environment(),
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def clear_ours(app: App) -> None:
    """End what people placed by hand: an earlier try of a test may have left it."""
    which = OverrideFilter(phase=Phase.ACTIVE)
    page = list_overrides(app.database, LOCAL, which, now=app.now(), limit=1_000)
    ours = [row.override.id for row in page.rows if row.override.created_by == LOCAL.name]
    if ours:
        clear_overrides(app.database, LOCAL, ours)


def _environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join([str(PROJECT / "src"), os.environ.get("PYTHONPATH", "")])
    kept = {key: text for key, text in os.environ.items() if not key.startswith("EVSE_STATUS_")}
    return {**kept, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **more}


@contextmanager
def served(
    command: str, database_url: str, *, still: bool = True, port: int = 0, **settings: str
) -> Iterator[Dashboard]:
    """`evse-status demo` or `serve` on a free port, until the block ends."""
    words = [sys.executable, "-m", "evse_status", command, "--port", str(port)]
    words += ["--database-url", database_url]
    if command == "demo":
        words += ["--no-browser", *(["--still"] if still else [])]
    process = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=PROJECT,
        env=_environment(**settings),
    )
    assert process.stdout is not None
    said = []
    try:
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"http://[\w.:]+", line):
                yield Dashboard(found[0], database_url)
                break
        else:
            pytest.fail("the server did not start: " + "".join(said))
    finally:
        process.terminate()
        print(*said, process.stdout.read(), sep="", end="")  # shown where a test fails
        process.stdout.close()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """The demo, fresh for this module; nothing happens in it by itself."""
    folder = tmp_path_factory.mktemp("dashboard")
    with served("demo", f"sqlite:///{folder / 'demo.db'}") as running:
        yield running


@pytest.fixture(scope="module")  # while it is open, no other test could run an event loop
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing("Chromium is not there: install it (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens browser windows at 1366 × 768 in Copenhagen; all are closed afterwards."""
    contexts = []

    def opened(**options: object) -> Page:
        context = chromium.new_context(
            viewport={"width": 1366, "height": 768},
            timezone_id="Europe/Copenhagen",
            locale="en-GB",
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(_PATIENCE_MS)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


def screenshot_folder() -> Path:
    """Where pictures for people go when EVSE_STATUS_SCREENSHOTS names a folder."""
    folder = Path(os.environ.get("EVSE_STATUS_SCREENSHOTS", PROJECT / "test-results"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
