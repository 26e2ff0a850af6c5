"""Did anybody change it since? What was taken back again doesn't count (rule 16)."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection

from evse_status.core.errors import TouchedSince
from evse_status.core.override import Override
from evse_status.store import overrides


def touched_since(conn: Connection, override: Override, version: int) -> TouchedSince | None:
    """Whether somebody changed an override after this version of it, and that still stands."""
    if override.version == version:
        return None
    by = who_touched(conn, overrides.history(conn, override.id), version)
    return None if by is None else TouchedSince(override.id, by)


def who_touched(conn: Connection, lines: Sequence[Any], version: int) -> str | None:
    """Who did the newest of what came after this version and still stands; `lines` is a history."""
    later = [line for line in lines if line.version > version]
    standing = _standing(conn, {line.batch_id for line in later if line.batch_id is not None})
    left = [line.by for line in later if line.batch_id is None or line.batch_id in standing]
    return left[-1] if left else None


def _standing(conn: Connection, batches: Collection[int]) -> set[int]:
    """Those batches that weren't taken back by another of them; undoing an undo lets the first stand."""
    standing = set(batches)
    for number in sorted(batches, reverse=True):  # the newest can't have been taken back
        row = overrides.batch_row(conn, number)
        if number in standing and row is not None and row.undoes in standing:
            standing -= {number, row.undoes}
    return standing
