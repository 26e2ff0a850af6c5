"""`evse-status` on a machine whose wall clock is off by as many seconds as a file says: FILE WORDS…"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from evse_status import clock


def main() -> None:
    off = Path(sys.argv.pop(1))

    def wall() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(off.read_text()))

    clock.system_wall = wall
    from evse_status import cli  # puts the parts together with the clock that it finds

    cli.main()


if __name__ == "__main__":
    main()
