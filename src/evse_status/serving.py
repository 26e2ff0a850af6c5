"""How is everything served on one port, and stopped again? One uvicorn server over app.py."""

import contextlib
import errno
import gc
import importlib.util
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import uvicorn

from evse_status.api import ending
from evse_status.api.app import asgi
from evse_status.core.errors import EvseStatusError
from evse_status.server_log import logging_on_stderr
from evse_status.ui import bundle

_SECONDS_TO_FINISH = 3
_OF_THE_DEMO = {
    "OCPI_COUNTRY_CODE": "DK",
    "OCPI_PARTY_ID": "EVS",
    "OCPI_NAME": "evse-status demo",
}
"""Who the demo is to its example partners, unless the settings say."""
_SECONDS_TO_SEND = 15  # a request may take ten, then its receipt is kept
_FIRST_PAUSE, _LONGEST_PAUSE, _LIVED_WELL = 0.5, 30.0, 60.0  # seconds


class CannotServe(EvseStatusError):
    """The address can't be served on."""

    code = "cannot_serve"


def serve(
    database_url: str,
    *,
    host: str,
    port: int,
    on_ready: Callable[[str], None],
    demo: bool = False,
    dashboard: bool = True,
    log_level: str = "info",
) -> None:
    """Serve dashboard and API, or the API alone, until SIGINT or SIGTERM; what happens is logged on stderr.

    With `demo` pages guide through a first minute.

    `on_ready` gets the address as soon as requests are served. Raises CannotServe.
    """
    with contextlib.closing(_listening(host, port)) as listening, logging_on_stderr(log_level):
        # The parts that app.py makes read the settings; this process serves this one database.
        os.environ["EVSE_STATUS_DATABASE_URL"] = database_url
        os.environ["EVSE_STATUS_DEMO"] = "true" if demo else "false"
        if demo:
            for name, value in _OF_THE_DEMO.items():
                os.environ.setdefault(f"EVSE_STATUS_{name}", value)
        if demo and not database_url.startswith("sqlite"):  # beside a file its key is kept
            os.environ.setdefault("EVSE_STATUS_SECRET_KEY", secrets.token_urlsafe(32))
        config = uvicorn.Config(
            _app() if dashboard else asgi(),
            log_config=None,
            log_level="warning",
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        )
        ending.begin()
        url = f"http://{_name_of(host)}:{listening.getsockname()[1]}"
        _Server(config, lambda: on_ready(url)).run(sockets=[listening])


def demo_network() -> Path:
    """The file of the demo network, in a checkout or an installed package."""
    return bundle.root() / "data" / "demo-network.json"


@contextlib.contextmanager
def simulated(database_url: str, address: str) -> Iterator[subprocess.Popen[bytes]]:
    """Let the demo, which is served at `address`, live while the block runs: a child process, which
    ends when this one does.

    The child reads from a pipe that only this process holds, so it sees even a kill. It writes a line
    as soon as the example partners are there.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "evse_status.simulator", address, str(demo_network())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "EVSE_STATUS_DATABASE_URL": database_url},
    )
    try:
        yield child
    finally:
        child.terminate()  # it may be starting still, and not reading yet
        child.communicate()


@contextlib.contextmanager
def sending(database_url: str, *, after: subprocess.Popen[bytes] | None = None) -> Iterator[None]:
    """Let partners be told while the block runs: a child process, started again when it dies.

    It ends when this process does, however that ends; what is on its way is finished first. With
    `after` it begins when that process has written a line, or has ended.
    """
    kept = _KeptAlive("evse_status.sender", database_url, after)
    try:
        yield
    finally:
        kept.stop()


class _KeptAlive:
    """A child process that reads from a pipe which only this process holds, so it sees even a kill."""

    def __init__(
        self, module: str, database_url: str, after: subprocess.Popen[bytes] | None = None
    ) -> None:
        self._command = [sys.executable, "-m", module]
        self._env = {**os.environ, "EVSE_STATUS_DATABASE_URL": database_url}
        self._stopping = threading.Event()
        self._after = after
        self._child = self._start() if after is None else None
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """End it, and wait for it."""
        self._stopping.set()
        child = self._child
        if child is None:
            return  # it waits still, and ends with this process
        if child.stdin is not None:
            child.stdin.close()
        try:
            child.wait(_SECONDS_TO_SEND)
        except subprocess.TimeoutExpired:
            child.kill()
        self._keeper.join()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=self._env
        )

    def _keep(self) -> None:
        if self._after is not None and self._after.stdout is not None:
            self._after.stdout.readline()
        child = self._child
        if child is None:
            if self._stopping.is_set():
                return
            child = self._child = self._start()
        pause = _FIRST_PAUSE
        while True:
            started = time.monotonic()
            child.wait()
            if time.monotonic() - started > _LIVED_WELL:
                pause = _FIRST_PAUSE
            if self._stopping.wait(pause):
                return
            pause = min(pause * 2, _LONGEST_PAUSE)
            if child.stdin is not None:
                child.stdin.close()
            child = self._child = self._start()
            if self._stopping.is_set() and child.stdin is not None:
                child.stdin.close()  # stopped while it was started


def open_browser(url: str) -> None:
    """Show the address in a browser, where a person sits before a graphical screen."""
    graphical = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if graphical and sys.stdout.isatty():
        threading.Thread(target=webbrowser.open, args=[url], daemon=True).start()


class _Server(uvicorn.Server):
    """Tells when it serves, and ends without passing the signal on: a stop is no failure."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # what is loaded stays: no collection need look through it again
        if self.started:
            self._on_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {sig: signal.signal(sig, self._stop) for sig in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True
        ending.end()


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise CannotServe(
            f"--host: {host[:60]!r} is no address of this machine. Use 127.0.0.1 or 0.0.0.0.",
            field="--host",
        ) from None
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(socket.SOMAXCONN)
    except OSError as error:
        listening.close()
        raise CannotServe(_refusal(host, port, error), field="--port") from None
    return listening


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program. Stop it, or choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for the system. Choose one above 1023 with --port."
    return (
        f"Nothing can be served on {host} port {port}: {error.strerror}. Check --host and --port."
    )


def _app() -> Any:
    return _module(bundle.root() / "app.py").app


def _module(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("evse_status_app", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise CannotServe(f"{file.name} is not in this installation. Install evse-status again.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _name_of(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):
        return "localhost"
    return f"[{host}]" if ":" in host else host
