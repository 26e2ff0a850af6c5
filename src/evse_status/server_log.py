"""Where does a server write what happens? On stderr, and nobody ever waits for whoever reads it."""

import contextlib
import logging
import os
import queue
import time
from collections.abc import Iterator
from logging.handlers import QueueHandler, QueueListener

_MOST_WAITING = 10_000
_STDERR = 2
_SECONDS_TO_FINISH = 0.5
_FORM = logging.Formatter("%(asctime)s %(levelname)s %(message)s")


@contextlib.contextmanager
def logging_on_stderr(level: str) -> Iterator[None]:
    """Write what is logged at `level` or above while the block runs.

    Where stderr is a pipe that nobody empties, lines are left out; a request never waits for one.
    """
    lines: queue.Queue[logging.LogRecord] = queue.Queue(_MOST_WAITING)
    handler = _LeavesOut(lines)
    ours = logging.getLogger("evse_status")
    ours.addHandler(handler)
    ours.setLevel(level.upper())
    QueueListener(lines, _Writes()).start()  # its thread ends with the process, even while it waits
    try:
        yield
    finally:
        ours.removeHandler(handler)
        until = time.monotonic() + _SECONDS_TO_FINISH
        while lines.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.01)


class _LeavesOut(QueueHandler):
    """Hands lines on while there is room."""

    def enqueue(self, record: logging.LogRecord) -> None:
        """Hand one line on, or leave it out."""
        with contextlib.suppress(queue.Full):
            self.queue.put_nowait(record)


class _Writes(logging.Handler):
    """Past Python's own buffer, whose lock would be missed when the process ends."""

    def createLock(self) -> None:  # noqa: N802 - logging's own name
        """One thread writes, and the end of the process must not wait for its lock."""
        self.lock = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        with contextlib.suppress(OSError):
            os.write(_STDERR, f"{_FORM.format(record)}\n".encode(errors="replace"))
