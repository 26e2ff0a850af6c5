"""A process of its own that archives and dies like by `kill -9` at a step:
`python archiver.py DATABASE_URL FOLDER BEFORE NOW STEP`."""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from evse_status.core.principal import LOCAL
from evse_status.service.retention import archive_before
from evse_status.store.database import Database


def main(url: str, folder: str, before: str, now: str, last_step: int) -> None:
    moment, steps = datetime.fromisoformat(now), 0

    def on_progress(_step: str, _done: int) -> None:
        nonlocal steps
        steps += 1
        if steps == last_step:
            os.kill(os.getpid(), signal.SIGKILL)

    db = Database(url, now=lambda: moment, lock_timeout_seconds=60)
    archive_before(
        db,
        LOCAL,
        before=datetime.fromisoformat(before),
        folder=Path(folder),
        now=moment,
        on_progress=on_progress,
        per_part=4,
        at_once=2,
    )
    db.close()


if __name__ == "__main__":
    url, folder, before, now, last_step = sys.argv[1:]
    main(url, folder, before, now, last_step=int(last_step))
