"""A process of its own that archives and dies like by `kill -9` at a step."""

import multiprocessing
import os
import signal
from datetime import datetime
from pathlib import Path

from evse_status.core.principal import LOCAL
from evse_status.service.retention import archive_before
from evse_status.store.database import Database

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["evse_status.service.retention"])  # imported once, then forked


def dies_at(step: int, url: str, folder: Path, before: datetime, now: datetime) -> bool:
    """Archive in another process that is killed at a step; False if it got to the end before that."""
    process = _FORKS.Process(target=_archive, args=(step, url, folder, before, now))
    process.start()
    process.join(timeout=120)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def _archive(last_step: int, url: str, folder: Path, before: datetime, now: datetime) -> None:
    steps = 0

    def on_progress(_step: str, _done: int) -> None:
        nonlocal steps
        steps += 1
        if steps == last_step:
            os.kill(os.getpid(), signal.SIGKILL)

    db = Database(url, now=lambda: now, lock_timeout_seconds=60)
    archive_before(
        db,
        LOCAL,
        before=before,
        folder=folder,
        now=now,
        on_progress=on_progress,
        per_part=4,
        at_once=2,
    )
    db.close()
