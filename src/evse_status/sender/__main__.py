"""How does whoever serves run a sender? `python -m evse_status.sender`, until its standard input ends.

So it ends with whoever started it, however that one ends.
"""

import logging
import os
import signal
import sys
import threading

from evse_status.bootstrap import open_app
from evse_status.core.errors import EvseStatusError
from evse_status.sender.process import run
from evse_status.service.leases import AnotherSenderRuns

_ASK_AGAIN = 1.0


def main() -> None:
    """Tell partners; where another sender does, wait until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to whoever started this
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    ended = threading.Event()
    threading.Thread(target=_watch_input, args=[ended], daemon=True).start()
    try:
        app = open_app()
        told = False
        while not ended.is_set():
            try:
                run(app, on_ready=_ready, ended=ended)
                break
            except AnotherSenderRuns as error:
                if not told:
                    print(f"{error.message} Until then this one waits.", file=sys.stderr)
                told = True
                ended.wait(_ASK_AGAIN)
        app.database.close()
    except EvseStatusError as error:
        if not ended.is_set():
            print(f"Partners aren't told: {error.message}", file=sys.stderr)
            sys.exit(1)


def _ready(name: str) -> None:
    print(name, flush=True)


def _watch_input(ended: threading.Event) -> None:
    # Not through sys.stdin: a reader inside it would stop the interpreter from ending cleanly.
    while os.read(0, 1):
        pass
    ended.set()


if __name__ == "__main__":
    main()
