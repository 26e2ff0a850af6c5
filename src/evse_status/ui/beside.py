"""What takes too long for a page and is worked out beside it: what is known by now, and is more coming?"""

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar, cast

from evse_status.core.errors import EvseStatusError

_LOG = logging.getLogger(__name__)
AGAIN_AFTER = timedelta(seconds=30)
"""How long a failure stands before the same is tried again."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Told(Generic[Answer]):
    """What is known: the newest answer and when it was asked for, or why there is none.

    `coming` is done as soon as a newer one is known; `None` if this is the newest.
    """

    answer: Answer | None = None
    as_of: datetime | None = None
    error: Exception | None = None
    coming: Future[None] | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    mark: Hashable
    at: datetime
    answer: object = None
    error: Exception | None = None


class Beside:
    """Answers worked out by one thread of the process, one after the other.

    The thread lives only while there is work. Of one question one answer at a time is worked out,
    however many ask. The newest answer is kept; of questions the `most` asked last.
    """

    def __init__(self, most: int = 32) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, _Known] = OrderedDict()
        self._coming: dict[Hashable, Future[None]] = {}
        self._waiting: deque[Callable[[], None]] = deque()
        self._thread: threading.Thread | None = None

    def ask(
        self,
        question: Hashable,
        mark: Hashable,
        work_out: Callable[[], Answer],
        *,
        now: datetime,
        patience: float,
    ) -> Told[Answer]:
        """What is known of `question`, after waiting at most `patience` seconds for something newer.

        An answer is the newest as long as `mark` stays the same: it names what the answer depends
        on. What `work_out` raises is told, and tried again after AGAIN_AFTER or with another mark.
        """
        with self._lock:
            if self._is_newest(question, mark, now):
                return self._told(question)
            coming = self._coming_for(question, mark, work_out, now)
        wait([coming], timeout=patience)
        with self._lock:
            if self._is_newest(question, mark, now):
                return self._told(question)
            return self._told(question, self._coming_for(question, mark, work_out, now))

    def do(self, work: Callable[[], object]) -> None:
        """Work nobody waits for; what it raises is logged, those who need its answers meet it again."""

        def quietly() -> None:
            try:
                work()
            except EvseStatusError as error:
                _LOG.warning("%s", error.message)
            except Exception:
                _LOG.exception("Something could not be worked out ahead")

        with self._lock:
            self._queue(quietly)

    def finish(self) -> None:
        """Wait until nothing is being worked out any more."""
        while (thread := self._thread) is not None:
            thread.join()

    def _is_newest(self, question: Hashable, mark: Hashable, now: datetime) -> bool:
        known = self._known.get(question)
        if known is None or known.mark != mark:
            return False
        return known.error is None or now - known.at < AGAIN_AFTER

    def _told(self, question: Hashable, coming: Future[None] | None = None) -> Told[Answer]:
        known = self._known.get(question)
        if known is None:
            return Told(coming=coming)
        self._known.move_to_end(question)
        return Told(cast("Answer | None", known.answer), known.at, known.error, coming)

    def _coming_for(
        self, question: Hashable, mark: Hashable, work_out: Callable[[], object], now: datetime
    ) -> Future[None]:
        if question in self._coming:
            return self._coming[question]
        coming: Future[None] = Future()

        def work() -> None:
            try:
                known = _Known(mark, now, work_out())
            except Exception as error:  # told on the page, whatever it is
                if not isinstance(error, EvseStatusError):
                    _LOG.exception("Something could not be worked out")
                known = _Known(mark, now, error=error)
            with self._lock:
                self._keep(question, known)
                del self._coming[question]
            coming.set_result(None)

        self._coming[question] = coming
        self._queue(work)
        return coming

    def _queue(self, work: Callable[[], None]) -> None:
        self._waiting.append(work)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work_off, name="beside", daemon=True)
            self._thread.start()

    def _keep(self, question: Hashable, known: _Known) -> None:
        self._known[question] = known
        self._known.move_to_end(question)
        while len(self._known) > self._most:
            self._known.popitem(last=False)

    def _work_off(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                work = self._waiting.popleft()
            work()
