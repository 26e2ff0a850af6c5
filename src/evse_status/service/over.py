"""How many overrides are over, and on how many EVSEs? Counted once up to a midnight, and afresh from there on."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection

from evse_status.core.statuses import Phase
from evse_status.service.memory import Answer, Memory
from evse_status.store import archive, feed, overrides
from evse_status.store.database import newest_at

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Over:
    """Those that are over at `now` and fulfil the conditions, as far as they aren't archived.

    `about` says what the conditions stand for, `texts` whether they read what people wrote. Nothing
    that was over at a midnight before the newest write comes or goes any more, but by undoing,
    archiving, importing and, where texts are read, editing: what moves with these is part of the key
    under which `memory` keeps the answer.
    """

    conn: Connection
    conditions: Sequence[ColumnElement[bool]]
    now: datetime
    about: Hashable
    texts: bool
    memory: Memory | None

    def by_phase(self) -> dict[Phase, int]:
        """How many are ended and cleared."""
        midnight = self._midnight()
        if midnight is None:
            return overrides.count_over(self.conn, None, self.now, *self.conditions)
        before = self._recalled(
            ("over", midnight),
            lambda: overrides.count_over(self.conn, None, midnight, *self.conditions),
        )
        since = overrides.count_over(self.conn, midnight, self.now, *self.conditions)
        return {phase: before[phase] + since[phase] for phase in since}

    def evses(self, phase: Phase | None) -> Numbers:
        """The EVSEs of those that are ended or cleared (`None`: either), each once, in order."""
        midnight = self._midnight()
        if midnight is None:
            return self._evses(phase, None, self.now)
        before = self._recalled(
            ("over on", phase, midnight), lambda: self._evses(phase, None, midnight)
        )
        return np.union1d(before, self._evses(phase, midnight, self.now))

    def _evses(self, phase: Phase | None, after: datetime | None, until: datetime) -> Numbers:
        found = overrides.evses_over(self.conn, phase, after, until, *self.conditions)
        return np.array(sorted(found), dtype=np.int64)

    def _recalled(self, what: Hashable, work_out: Callable[[], Answer]) -> Answer:
        assert self.memory is not None
        moved = (
            overrides.oldest(self.conn),
            overrides.last_undo(self.conn),
            archive.mark(self.conn),
            feed.newest_run(self.conn),
            overrides.last_change(self.conn) if self.texts else 0,
        )
        return self.memory.recall((what, self.about, moved), work_out)

    def _midnight(self) -> datetime | None:
        """The last one that was over at the newest write: no later write ends anything before it."""
        written = newest_at(self.conn)
        if self.memory is None or written is None:
            return None
        return min(written, self.now).replace(hour=0, minute=0, second=0, microsecond=0)
