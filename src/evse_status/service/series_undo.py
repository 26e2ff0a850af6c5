"""What does taking a batch back do to series? From then on as if it hadn't happened (rule 16)."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from typing import Any

from evse_status.core.errors import Conflict, EvseStatusError
from evse_status.core.override import Override, clear
from evse_status.core.principal import Principal
from evse_status.core.series import Series, next_ones, occurrence_on
from evse_status.service.series_access import require_may_alter
from evse_status.service.series_fill import caught_up, fill_one
from evse_status.service.touched import touched_since, who_touched
from evse_status.store import overrides
from evse_status.store import series as store
from evse_status.store.database import Write


class SeriesTouchedSince(Conflict):
    """A series of a batch that somebody changed after it, so that undo leaves it alone (rule 16)."""

    code = "series_touched_since"

    def __init__(self, series_id: int, by: str, *, did: str = "was changed") -> None:
        super().__init__(
            f"seriesId: series {series_id} {did} by {by} afterwards and is left as it is.",
            field="seriesId",
        )


Refusal = tuple[Override | None, EvseStatusError]
"""What undo leaves alone: an override, or a series (`None`)."""


def of_batch(write: Write, principal: Principal, batch_id: int) -> dict[int, Series]:
    """The series that a batch made or changed. Raises NotAllowed where they may not be altered."""
    lines = store.lines_of_batch(write.conn, batch_id)
    known = store.by_ids(write.conn, {line.series_id for line in lines})
    for one in known.values():
        require_may_alter(principal, one)
    return known


def undo_series(
    write: Write,
    batch_id: int,
    *,
    by: str,
    undoing: int,
    touched: Collection[Override] = (),
) -> tuple[list[Override], list[Refusal]]:
    """Take back what a batch did to series, after its overrides were: what was altered, and what was left.

    What it made has no occurrence from now on, what it changed is as before; `touched` are overrides of
    the batch that somebody changed since, they keep their places.
    """
    lines = store.lines_of_batch(write.conn, batch_id)
    handled = {line.override_id for line in overrides.changes_of_batch(write.conn, batch_id)}
    done: list[Override] = []
    refused: list[Refusal] = []
    for line in sorted(lines, key=lambda line: line.before is not None):
        [one] = store.by_ids(write.conn, [line.series_id]).values()
        if line.before is None:
            some, left = _ended(write, one, by=by, undoing=undoing, handled=handled)
            left += _continued(write, one, batch_id)
        elif by_whom := who_touched(write.conn, store.history(write.conn, [one.id]), line.version):
            some, left = [], [(None, SeriesTouchedSince(one.id, by_whom))]
        else:
            some, left = _restored(
                write, one, line, by=by, undoing=undoing, handled=handled, touched=touched
            )
        done += some
        refused += left
    return done, refused


def _ended(
    write: Write, one: Series, *, by: str, undoing: int, handled: Collection[int]
) -> tuple[list[Override], list[Refusal]]:
    """A series that the batch made: cut from now on, and nothing that was stored of it holds on."""
    one = caught_up(write, one)
    ahead = (each for each in next_ones(one, write.now, 2) if each.starts_at > write.now)
    first = next(ahead, None)
    if first is not None:
        cut = replace(one, cut_from=first.local_start, stored_to=None, stored_ahead=())
        store.change(write, one, cut, "undone", by=by, batch_id=undoing)
    return _cleared(
        write, store.open_rows_of(write.conn, one, write.now), handled, by=by, undoing=undoing
    )


def _restored(
    write: Write,
    one: Series,
    line: Any,
    *,
    by: str,
    undoing: int,
    handled: Collection[int],
    touched: Collection[Override],
) -> tuple[list[Override], list[Refusal]]:
    """A series as it was before the batch; what it would have had stored since is stored from now on."""
    one = caught_up(write, one)
    before = store.from_document(line.before, one)
    restored = store.change(write, one, before, "undone", by=by, batch_id=undoing)
    is_its_own = cache(partial(occurrence_on, restored))  # once per occurrence, not per EVSE
    strange = [
        row
        for row in store.open_rows_of(write.conn, one, write.now)
        if row.version == 1 and is_its_own(_local_start(row)) is None
    ]
    done, refused = _cleared(write, strange, handled, by=by, undoing=undoing)
    taken = {
        (row.evse, store.written(_on_that_day(restored, row)))
        for row in touched
        if row.series_id is not None
    }
    restored, made = fill_one(write, restored, floor=write.now, batch_id=undoing, skipping=taken)
    ahead = [at for at in {*before.stored_ahead, *one.stored_ahead} if _is_beyond(restored, at)]
    if ahead:
        restored = replace(restored, stored_ahead=tuple(sorted(ahead)))
        store.keep(write, restored)
    return [*done, *made], refused


def _cleared(
    write: Write, rows: Iterable[Override], handled: Collection[int], *, by: str, undoing: int
) -> tuple[list[Override], list[Refusal]]:
    """End what was stored meanwhile, unless somebody changed it."""
    alterations: list[overrides.Altered] = []
    refused: list[Refusal] = []
    for row in rows:
        if row.id in handled or row.is_over(write.now):
            continue
        error = touched_since(write.conn, row, 1)
        if error is not None:
            refused.append((row, error))
        else:
            alterations.append(overrides.Altered(row, clear(row, now=write.now), "undone"))
    return overrides.save(write, alterations, by=by, batch_id=undoing), refused


def _continued(write: Write, one: Series, batch_id: int) -> list[Refusal]:
    """The series that somebody let go on from it afterwards."""
    others = store.listed(write.conn, store.continuing(one.id))
    return [
        (None, SeriesTouchedSince(other.id, store.history(write.conn, [other.id])[0].by, did=_DID))
        for other in others
        if other.batch_id != batch_id and next_ones(other, write.now, 1)
    ]


_DID = "goes on from one of them; it was made"


def _local_start(row: Override) -> datetime:
    return datetime.fromisoformat(row.occurrence_start or "")


def _on_that_day(one: Series, row: Override) -> datetime:
    return datetime.combine(_local_start(row).date(), one.first_local_start.time())


def _is_beyond(one: Series, local_start: datetime) -> bool:
    """Whether it is an occurrence beyond those that are stored in order."""
    meant = occurrence_on(one, local_start)
    return meant is not None and one.stored_to is not None and meant.starts_at >= one.stored_to
