"""Which port is free now, and will be free again when the same is started next?"""

import random
import socket
from pathlib import Path

_NOBODYS = range(20_000, 32_000)
"""Systems give these to nobody who doesn't ask for one: Linux begins at 32768, others at 49152."""
_TRIES = 100


def kept_port(file: Path | None) -> int:
    """The loopback port that `file` names if it is free, else any (`any_port`)."""
    text = file.read_text(encoding="utf-8").strip() if file is not None and file.is_file() else ""
    kept = int(text) if text.isdecimal() and len(text) < 6 else 0
    return kept if _is_free(kept) else any_port()


def any_port() -> int:
    """A free loopback port that systems give to nobody; 0, the system's choice, if none is found."""
    return next(filter(_is_free, random.sample(_NOBODYS, _TRIES)), 0)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return port > 0
