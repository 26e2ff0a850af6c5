"""Which history leaves the tables, and which is forgotten? (rule 19)"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from evse_status.core.errors import InvalidInput, StoreUnusable
from evse_status.core.period import instant
from evse_status.core.principal import Principal
from evse_status.store import actuals, archive
from evse_status.store.database import Database

_PER_PART = 100_000
_AT_ONCE = 2_000  # rows that are deleted under one lock: others wait for no more


@dataclass(frozen=True, slots=True)
class Moved:
    """How many overrides and stretches of actual statuses were archived."""

    overrides: int = 0
    statuses: int = 0


Progress = Callable[[str, int], None]
"""Called after each step with its name and how many rows of this kind are done: for people who wait."""


def archive_before(
    db: Database,
    principal: Principal,
    *,
    before: datetime,
    folder: Path,
    now: datetime,
    on_progress: Progress = lambda _step, _done: None,
    per_part: int = _PER_PART,
    at_once: int = _AT_ONCE,
) -> Moved:
    """Move what ended at or before `before` from the tables into files below `folder`.

    Everything can still be asked. Interrupted at any point it loses nothing and shows nothing
    twice; the next run ends what was begun. Raises InvalidInput for a `before` that is not past.
    """
    principal.require_administrator()
    before = instant(before, field="--before")
    if before > now:
        raise InvalidInput("--before: name an instant in the past.", field="--before")
    tidy_up(db, on_progress=on_progress, at_once=at_once)
    moved = {
        kind: _move_all(db, principal, kind, before, folder, on_progress, per_part, at_once)
        for kind in (archive.OVERRIDES, archive.ACTUALS)
    }
    return Moved(moved[archive.OVERRIDES], moved[archive.ACTUALS])


def archive_folder(db: Database) -> Path:
    """Where an SQLite file's archive lies by itself: beside it. Raises InvalidInput for PostgreSQL."""
    if not db.is_sqlite:
        raise InvalidInput(
            "--to: name a folder that every machine which uses this database can read.",
            field="--to",
        )
    return db.file.with_name(f"{db.file.name}.archive")


def tidy_up(
    db: Database,
    *,
    on_progress: Progress = lambda _step, _done: None,
    at_once: int = _AT_ONCE,
) -> None:
    """End what an interrupted run began: files that were on no list go, recorded rows leave the tables."""
    with db.read() as conn:
        left = archive.unfinished(conn)
    for part in left:
        if part.state == archive.WRITING:
            with db.write() as write:
                archive.forget(write, part)
            archive.remove_files(part)
        else:
            _empty(db, part, on_progress, at_once)


def prune_statuses(
    db: Database, principal: Principal, *, keep: timedelta, now: datetime, at_once: int = 20_000
) -> int:
    """Forget actual statuses that ended more than `keep` ago, archived ones too; how many."""
    principal.require_administrator()
    limit, forgotten = now - keep, 0
    while True:
        with db.write() as write:
            gone = actuals.forget_before(write.conn, limit, most=at_once)
        forgotten += gone
        if gone < at_once:
            break
    with db.read() as conn:
        old = [
            part
            for part in archive.parts(conn, archive.ACTUALS)
            if part.state == archive.DONE and part.to_at <= limit
        ]
    for part in old:
        with db.write() as write:
            archive.forget(write, part)
        archive.remove_files(part)
        forgotten += part.rows["actual"]
    return forgotten


def _move_all(
    db: Database,
    principal: Principal,
    kind: str,
    before: datetime,
    folder: Path,
    on_progress: Progress,
    per_part: int,
    at_once: int,
) -> int:
    done = 0
    while True:
        with db.read() as conn:
            seen = archive.newest_part(conn)
            moving = archive.to_move(conn, kind, before, per_part)
        if moving is None:
            return done
        with db.write() as write:
            part = archive.begin(
                write,
                kind,
                folder,
                by=principal.name,
                before=before,
                token=secrets.token_hex(4),
            )
        on_progress(f"{kind}: chosen", done)
        try:
            counts = archive.write_files(part, moving)
        except OSError as error:
            with db.write() as write:
                archive.forget(write, part)
            archive.remove_files(part)
            raise StoreUnusable(
                f"{part.folder} can't be written to ({error.strerror}). Name another folder with --to."
            ) from None
        on_progress(f"{kind}: written", done)
        with db.write() as write:
            alone = archive.newest_part(write.conn) == seen
            recorded = alone and archive.recorded(write, part, moving, counts)
            if not recorded:
                archive.forget(write, part)
        if not recorded:
            archive.remove_files(part)
            raise StoreUnusable("Another run is archiving this database. Wait until it is done.")
        on_progress(f"{kind}: recorded", done)
        _empty(db, part, on_progress, at_once)
        done += len(moving.ids)


def _empty(db: Database, part: archive.Part, on_progress: Progress, at_once: int) -> None:
    ids = archive.ids_of(part)
    for first in range(0, len(ids), at_once):
        with db.write() as write:
            archive.let_go(write, part.id, ids[first : first + at_once])
        on_progress(f"{part.kind}: moved", min(first + at_once, len(ids)))
    with db.write() as write:
        archive.finished(write, part)
    on_progress(f"{part.kind}: part done", len(ids))
