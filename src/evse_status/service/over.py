"""How many overrides are over, and on how many EVSEs? Counted once up to a midnight, and afresh from there on."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection

from evse_status.core.statuses import Phase
from evse_status.service.memory import Memory
from evse_status.store import archive, feed, overrides
from evse_status.store.archived_list import Listed
from evse_status.store.database import newest_at

Numbers = NDArray[np.int64]
_OVER = (Phase.ENDED, Phase.CLEARED)
_FEW = 20_000


@dataclass(frozen=True, slots=True)
class _Before:
    """What was over at the midnight: all of it where it is little, else counts and EVSEs by phase."""

    few: Listed | None
    counts: Mapping[Phase, int]
    on: Mapping[Phase, Numbers]


@dataclass(frozen=True)
class Over:
    """Those that are over at `now` and fulfil conditions on `override`, as far as they aren't archived.

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
        since = overrides.count_over(self.conn, self.midnight, self.now, *self.conditions)
        return {phase: self._before.counts[phase] + since[phase] for phase in _OVER}

    def evses(self, phase: Phase | None) -> Numbers:
        """The EVSEs of those that are ended or cleared (`None`: either), each once, in order."""
        phases = _OVER if phase is None else (phase,)
        since = overrides.evses_over(self.conn, phase, self.midnight, self.now, *self.conditions)
        before = [self._before.on[one] for one in phases]
        return np.unique(np.concatenate([*before, np.array([*since], dtype=np.int64)]))

    @property
    def few(self) -> Listed | None:
        """All that were over at the midnight, where they are few: a page needn't look for them again."""
        return self._before.few

    @cached_property
    def midnight(self) -> datetime:
        """The last one that was over at the newest write: no later write ends anything before it."""
        written = newest_at(self.conn) or self.now
        return min(written, self.now).replace(hour=0, minute=0, second=0, microsecond=0)

    @cached_property
    def _before(self) -> _Before:
        if self.memory is None:
            return self._counted()
        moved = (
            overrides.oldest(self.conn),
            overrides.last_undo(self.conn),
            archive.mark(self.conn),
            feed.newest_run(self.conn),
            overrides.last_edit(self.conn, self.midnight) if self.texts else 0,
        )
        return self.memory.recall(("over", self.midnight, self.about, moved), self._counted)

    def _counted(self) -> _Before:
        if not self.conditions:
            counts = overrides.count_over(self.conn, None, self.midnight)
            on = {phase: self._evses_before(phase) for phase in _OVER}
            return _Before(None, counts, on)
        found = overrides.some_over(self.conn, self.midnight, *self.conditions, most=_FEW)
        if found is not None:
            few = Listed.from_rows(found)
            return _Before(few, few.counts(), {phase: few.of(phase).evses() for phase in _OVER})
        grouped = overrides.evses_and_counts_over(self.conn, self.midnight, *self.conditions)
        by_phase = {
            phase: [row for row in grouped if bool(row[1]) == (phase is Phase.CLEARED)]
            for phase in _OVER
        }
        return _Before(
            None,
            {phase: sum(row[2] for row in rows) for phase, rows in by_phase.items()},
            {
                phase: np.array([row[0] for row in rows], dtype=np.int64)
                for phase, rows in by_phase.items()
            },
        )

    def _evses_before(self, phase: Phase) -> Numbers:
        found = overrides.evses_over(self.conn, phase, None, self.midnight)
        return np.array([*found], dtype=np.int64)
