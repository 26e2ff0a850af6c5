"""Which archived overrides belong on a list? Found in columns; only those of one page become objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from sqlalchemy import Connection

from evse_status.core.override import Override
from evse_status.core.statuses import Phase
from evse_status.store import archive, overrides

_SHORT = ("id", "evse_id", "starts_at", "ends_at", "cleared_at")
_TEXTS = ("reason", "ticket", "created_by")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Conditions as those of a list; an empty one asks nothing. `evses=None` are all EVSEs.

    Each of `terms` has to be in a text of the override, or its EVSE among those that fit the term.
    """

    statuses: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    evses: frozenset[int] | None = None
    terms: tuple[tuple[str, frozenset[int]], ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """Overrides that are over, archived ones or others, in columns; instants in microseconds."""

    ids: NDArray[np.int64]
    on: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    cleared: NDArray[np.bool_]

    @classmethod
    def from_rows(cls, rows: Sequence[tuple[Any, ...]]) -> "Listed":
        """From rows of id, EVSE, start, end, whether it was cleared."""
        if not rows:
            return NOTHING
        *numbers, cleared = (np.array(column) for column in zip(*rows, strict=True))
        ids, on, starts, ends = (column.astype(np.int64) for column in numbers)
        return cls(ids, on, starts, ends, cleared.astype(bool))

    def beside(self, others: "Listed") -> "Listed":
        """These and others."""
        return Listed(
            np.concatenate([self.ids, others.ids]),
            np.concatenate([self.on, others.on]),
            np.concatenate([self.starts, others.starts]),
            np.concatenate([self.ends, others.ends]),
            np.concatenate([self.cleared, others.cleared]),
        )

    def of(self, phase: Phase | None) -> "Listed":
        """Those of one phase; all of them are over."""
        if phase is None:
            return self
        some = self.cleared if phase is Phase.CLEARED else ~self.cleared
        return Listed(
            self.ids[some], self.on[some], self.starts[some], self.ends[some], self.cleared[some]
        )

    def evses(self) -> NDArray[np.int64]:
        """The EVSEs that they are on, each once, in order."""
        return np.unique(self.on)

    def counts(self) -> dict[Phase, int]:
        """How many are ended and cleared."""
        cleared = int(self.cleared.sum())
        return {Phase.ENDED: len(self.ids) - cleared, Phase.CLEARED: cleared}

    def merged(
        self, conn: Connection, others: Sequence[Override], most: int, *, by: str
    ) -> list[Override]:
        """The first `most` of these and `others`, the last by `starts_at`, `ends_at` or `cleared_at` first."""
        instants = self.starts if by == "starts_at" else self.ends
        order = np.lexsort((-self.ids, -instants))[:most]
        known = overrides.known(conn, self.ids[order].tolist()).values()
        both = sorted((*others, *known), key=lambda one: (getattr(one, by), one.id), reverse=True)
        return both[:most]


_NO_NUMBERS = np.zeros(0, dtype=np.int64)
NOTHING = Listed(_NO_NUMBERS, _NO_NUMBERS, _NO_NUMBERS, _NO_NUMBERS, np.zeros(0, dtype=np.bool_))


def counts(conn: Connection, wanted: Wanted) -> dict[Phase, int]:
    """How many are ended and cleared; without conditions no file is read."""
    parts = archive.parts(conn, archive.OVERRIDES)
    if wanted == Wanted() and all(one.state == archive.DONE and not one.kept for one in parts):
        over = sum(part.rows["override"] for part in parts)
        cleared = sum(part.rows["cleared"] for part in parts)
        return {Phase.ENDED: over - cleared, Phase.CLEARED: cleared}
    return listed(conn, wanted).counts()


def listed(conn: Connection, wanted: Wanted) -> Listed:
    """All that fulfil the conditions."""
    tables = [_fitting(part, wanted) for part in archive.parts(conn, archive.OVERRIDES)]
    if not tables:
        return NOTHING
    whole = pa.concat_tables(tables)
    cleared = pc.fill_null(pc.equal(whole["cleared_at"], whole["ends_at"]), False)
    ids, on, starts, ends = (whole[name].to_numpy() for name in _SHORT[:4])
    return Listed(ids, on, starts, ends, cleared.to_numpy().astype(bool))


def _fitting(part: archive.Part, wanted: Wanted) -> Any:
    names = list(_SHORT)
    if wanted.statuses:
        names.append("temporary_status")
    if wanted.sources:
        names.append("source")
    if wanted.terms:
        names += _TEXTS
    table = archive.columns_of(part, names)
    if wanted.statuses:
        table = table.filter(pc.is_in(table["temporary_status"], pa.array(wanted.statuses)))
    if wanted.sources:
        table = table.filter(pc.is_in(table["source"], pa.array(wanted.sources)))
    if wanted.evses is not None:
        table = table.filter(_among(table["evse_id"], wanted.evses))
    for term, evses in wanted.terms:
        fits = _among(table["evse_id"], evses)
        for name in _TEXTS:
            contained = pc.match_substring(pc.utf8_lower(table[name]), term.lower())
            fits = pc.or_(fits, contained)
        table = table.filter(fits)
    return table.select(list(_SHORT))


def _among(column: Any, numbers: frozenset[int]) -> Any:
    return pc.is_in(column, pa.array(sorted(numbers), type=pa.int64()))
