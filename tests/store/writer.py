"""A process of its own that places overrides in several threads and prints the id of each one that
was acknowledged: `python writer.py DATABASE_URL THREADS OVERRIDES_PER_THREAD`."""

import os
import sys
from threading import Thread

from evse_status.clock import system_wall
from evse_status.core.override import Wish
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.schedule import place_overrides
from evse_status.store.database import Database


def main(url: str, threads: int, count: int) -> None:
    db = Database(url, now=system_wall, lock_timeout_seconds=60)

    def place() -> None:
        for _ in range(count):
            done = place_overrides(db, LOCAL, [1], Wish(TemporaryStatus.BLOCKED)).done
            os.write(1, f"{done[0].id}\n".encode())

    running = [Thread(target=place) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    db.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
