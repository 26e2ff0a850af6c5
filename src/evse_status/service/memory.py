"""What has been worked out already and is still true? Shared by all sessions of a process."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

Answer = TypeVar("Answer")


class Memory:
    """The newest answers by key. A key has to name everything that its answer depends on.

    Of several threads that ask for the same at once one works it out and the others wait for it.
    """

    def __init__(self, most: int = 128) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, object] = OrderedDict()
        self._working: dict[Hashable, threading.Lock] = {}

    def recall(self, key: Hashable, work_out: Callable[[], Answer]) -> Answer:
        """The answer for `key`, worked out if it isn't known; an error is raised and not kept."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return cast(Answer, self._answers[key])
            alone = self._working.setdefault(key, threading.Lock())
        with alone:
            with self._lock:
                if key in self._answers:
                    return cast(Answer, self._answers[key])
            try:
                answer = work_out()
            finally:
                with self._lock:
                    self._working.pop(key, None)
            with self._lock:
                self._answers[key] = answer
                while len(self._answers) > self._most:
                    self._answers.popitem(last=False)
        return answer
