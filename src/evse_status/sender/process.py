"""How does a sender start and end? Alone with `evse-status sender`, or as a child of whoever serves."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable

from evse_status.bootstrap import App
from evse_status.sender.loop import Sender
from evse_status.service.leases import only_sender


def run(app: App, *, on_ready: Callable[[str], None], ended: threading.Event | None = None) -> None:
    """Tell partners until SIGTERM, SIGINT, or `ended` is set; what is on its way is finished.

    Raises AnotherSenderRuns on an SQLite database that has one.
    """
    lock = only_sender(app.database)
    try:
        asyncio.run(_run(app, on_ready, ended or threading.Event()))
    finally:
        if lock is not None:
            lock.release()


async def _run(app: App, on_ready: Callable[[str], None], ended: threading.Event) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)

    def watch() -> None:
        ended.wait()
        with contextlib.suppress(RuntimeError):  # it has ended already
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=watch, daemon=True).start()
    sender = Sender(app)
    on_ready(sender.name)
    await sender.run(stop)
