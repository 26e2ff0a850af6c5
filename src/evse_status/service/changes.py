"""What happened since? Nobody needs to be running for starts and ends to be right: they are read from the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from evse_status.core.errors import InvalidInput, StoreIsReadOnly
from evse_status.core.override import Override
from evse_status.core.period import from_microseconds, instant, to_microseconds
from evse_status.core.principal import Principal
from evse_status.store import change_feed, overrides
from evse_status.store.change_feed import Kind, Line, Mark
from evse_status.store.database import Database, newest_at

_LAST_KIND = max(Kind)
_LAST_ROW = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an EVSE at `at`.

    `type` is one of override.created, .changed, .cleared, .started, .ended, actualStatus.changed.
    `override` is as it was after an alteration, and as it is now for starts and ends; `by` and `why`
    belong to alterations. `id` names its place: asking for what came after it misses nothing.
    """

    id: str
    type: str
    at: datetime
    evse_id: str
    override: Override | None = None
    by: str = ""
    why: str = ""
    actual_status: str | None = None


@dataclass(frozen=True, slots=True)
class Events:
    """Some events in order, and the place behind them; `more` are there already."""

    events: tuple[Event, ...]
    last: str
    more: bool


def latest(db: Database) -> str:
    """The place behind everything that has happened so far, for those who want news only."""
    with db.read() as conn:
        at = newest_at(conn)
    return _written(Mark(at or from_microseconds(0), _LAST_KIND, _LAST_ROW))


def place_at(at: datetime) -> str:
    """The place just before `at`."""
    return _written(Mark(instant(at, field="since"), -1, 0))


def events_after(
    db: Database, principal: Principal, place: str, *, now: datetime, limit: int = 500
) -> Events:
    """What happened behind `place`. A place that can't be read is refused (InvalidInput)."""
    principal.require_reader()
    mark = _read(place)
    _settle(db, now)
    with db.read() as conn:
        until = newest_at(conn)
        found = (
            change_feed.lines(conn, principal, mark, until, limit=limit + 1)
            if until is not None
            else []
        )
        events = _events(conn, found[:limit])
    more = len(found) > limit
    last = found[limit - 1].mark if more else mark
    if not more and until is not None:
        last = max(mark, Mark(until, _LAST_KIND, _LAST_ROW))
    return Events(tuple(events), _written(last), more)


def _settle(db: Database, now: datetime) -> None:
    """Where a start or an end has passed since the newest write, take the write lock once: from then
    on nobody can move it any more."""
    with db.read() as conn:
        newest = newest_at(conn)
        if newest is None or not change_feed.boundary_between(conn, newest, now):
            return
    try:
        with db.write():
            pass
    except StoreIsReadOnly:
        return  # what is certain without it is told


def _events(conn: Connection, found: Sequence[Line]) -> list[Event]:
    boundaries = (Kind.STARTED, Kind.ENDED)
    known = overrides.by_ids(conn, {one.mark.row for one in found if one.mark.kind in boundaries})
    return [_event(one, known.get(one.mark.row)) for one in found]


def _event(line: Line, meant: Override | None) -> Event:
    place, row = _written(line.mark), line.row
    if line.mark.kind == Kind.REPORTED:
        return Event(place, "actualStatus.changed", row.at, row.evse_id, actual_status=row.status)
    if line.mark.kind == Kind.ALTERED:
        before, after = overrides.before_and_after(row)
        return Event(
            place, _altered(before, after), row.at, row.evse_id, after, by=row.by, why=row.why
        )
    what = "started" if line.mark.kind == Kind.STARTED else "ended"
    return Event(place, f"override.{what}", row.at, row.evse_id, meant)


def _altered(before: Override | None, after: Override) -> str:
    if before is None:
        return "override.created"
    was_cleared = before.cleared_at is None and after.cleared_at is not None
    return "override.cleared" if was_cleared else "override.changed"


def _written(mark: Mark) -> str:
    row = "z" if mark.row == _LAST_ROW else str(mark.row)
    return f"{to_microseconds(mark.at)}.{mark.kind + 1}.{row}"


def _read(place: str) -> Mark:
    at, _, rest = place.partition(".")
    kind, _, row = rest.partition(".")
    parts = (at, kind, "0" if row == "z" else row)
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise _unreadable(place)
    try:
        number = _LAST_ROW if row == "z" else int(row)
        return Mark(from_microseconds(int(at)), int(kind) - 1, number)
    except OverflowError:
        raise _unreadable(place) from None


def _unreadable(place: str) -> InvalidInput:
    return InvalidInput(
        f"Last-Event-ID: {place[:60]!r} is no id of an event. Send the last one that came, or none.",
        field="Last-Event-ID",
    )
