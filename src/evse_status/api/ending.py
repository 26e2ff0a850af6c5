"""Is this server about to end? Streams end by themselves then, rather than be broken off."""

import threading

_ENDING = threading.Event()


def begin() -> None:
    """A server begins to serve."""
    _ENDING.clear()


def end() -> None:
    """It was told to stop: streams end at their next look."""
    _ENDING.set()


def is_ending() -> bool:
    """Whether it was."""
    return _ENDING.is_set()
