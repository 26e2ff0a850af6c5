"""Where does a server write what happens? On stderr, and nobody ever waits for whoever reads it."""

import contextlib
import io
import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Iterator

_MOST_WAITING = 10_000
_STDERR = 2
_SECONDS_TO_FINISH = 0.5
_FORM = logging.Formatter("%(asctime)s %(levelname)s %(message)s")


@contextlib.contextmanager
def logging_on_stderr(level: str) -> Iterator[None]:
    """Write what is logged at `level` or above while the block runs; of other libraries' logs warnings.

    Where stderr is a pipe that nobody empties, texts are left out: no request ever waits for one. So
    `sys.stderr` itself is replaced, because libraries have handlers of their own that write there.
    """
    texts: queue.Queue[str] = queue.Queue(_MOST_WAITING)
    # A daemon: it ends with the process, even while it waits.
    threading.Thread(target=_write, args=(texts,), daemon=True, name="stderr").start()
    before, sys.stderr = sys.stderr, _LeavesOut(texts)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_FORM)
    ours, everybody = logging.getLogger("evse_status"), logging.getLogger()
    ours.setLevel(level.upper())
    everybody.addHandler(handler)
    try:
        yield
    finally:
        everybody.removeHandler(handler)
        sys.stderr = before
        until = time.monotonic() + _SECONDS_TO_FINISH
        while texts.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.01)


class _LeavesOut(io.TextIOBase):
    """Hands texts on while there is room."""

    encoding = "utf-8"

    def __init__(self, texts: "queue.Queue[str]") -> None:
        self._texts = texts

    def write(self, text: str) -> int:
        """Hand one text on, or leave it out."""
        with contextlib.suppress(queue.Full):
            self._texts.put_nowait(text)
        return len(text)

    def writable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """Where it ends up."""
        return _STDERR


def _write(texts: "queue.Queue[str]") -> None:
    """Past Python's own buffer, whose lock would be missed when the process ends."""
    while True:
        text = texts.get()
        with contextlib.suppress(OSError):
            os.write(_STDERR, text.encode(errors="replace"))
        texts.task_done()
