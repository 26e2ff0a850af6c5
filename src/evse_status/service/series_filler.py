"""Who goes on storing what series have ahead while a server runs? A thread, now and then."""

import contextlib
import logging
import threading
from collections.abc import Iterator

from evse_status.core.errors import EvseStatusError
from evse_status.service.series_fill import fill
from evse_status.store.database import Database

_EVERY = 60.0  # seconds; looking takes no time where nothing is missing

_LOG = logging.getLogger(__name__)


@contextlib.contextmanager
def filling(db: Database) -> Iterator[None]:
    """Keep series stored ahead while the block runs, beginning at once.

    Senders do the same; whoever comes first does it, and nothing that is shown waits for it.
    """
    stop = threading.Event()
    threading.Thread(target=_go_on, args=(db, stop), daemon=True).start()
    try:
        yield
    finally:
        stop.set()


def _go_on(db: Database, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            fill(db, stop=stop.is_set)
        except EvseStatusError as error:  # read-only, busy: it is tried again
            _LOG.debug("Series aren't stored ahead: %s", error.message)
        except Exception:
            _LOG.warning("Storing series ahead failed, and is tried again.", exc_info=True)
        stop.wait(_EVERY)
