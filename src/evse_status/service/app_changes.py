"""What looks different to driver apps since a place? Compared as it stands, never replayed.

Nobody needs to be running for starts and ends to be right: they are read from the store, so any
process tells the same, and after a restart goes on where it was.
"""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from evse_status.channels.driver_app.payload import (
    EventName,
    Form,
    change_form,
    evse_form,
    gone_form,
)
from evse_status.core.app_display import app_shown, changed_last
from evse_status.core.displayed import ActualStretch
from evse_status.core.errors import StoreBusy, StoreIsReadOnly
from evse_status.core.period import from_microseconds
from evse_status.core.segments import Segment
from evse_status.service.app_audience import Audience
from evse_status.service.app_list import as_shown
from evse_status.store import actuals, app_feed, overrides
from evse_status.store.database import Database, newest_at

OLDEST_PLACE = timedelta(hours=24)
"""What was missed for longer isn't told one by one: fetching everything is less."""
MOST_AT_ONCE = 20_000
"""If more EVSEs than these changed, everything is to be fetched again."""

_TICK = timedelta(microseconds=1)

Told = tuple[EventName, Form]


@dataclass(frozen=True, slots=True)
class Glance:
    """Up to when everything is certain, when an override starts or ends next, and when that was read."""

    until: datetime
    next_at: datetime | None
    read_at: datetime


def glance(db: Database, before: Glance | None = None) -> Glance:
    """Look whether anything happened since `before`; one short statement where nothing did.

    Where a start or an end has passed the write lock is taken once: from then on nobody can move it.
    """
    with db.read() as conn:
        newest = newest_at(conn)
        now = db.not_before(newest)
        if before is not None and newest == before.until:
            next_at = before.next_at
        else:
            next_at = None if newest is None else app_feed.next_boundary(conn, newest)
    if newest is None:
        return Glance(from_microseconds(0), None, now)
    if next_at is not None and next_at <= now:
        with contextlib.suppress(StoreIsReadOnly, StoreBusy), db.write():
            pass
        with db.read() as conn:
            newest = newest_at(conn) or newest
            next_at = app_feed.next_boundary(conn, newest)
    return Glance(newest, next_at, now)


def changes(
    db: Database, audiences: Iterable[Audience], *, after: datetime, until: datetime
) -> Mapping[str, Sequence[Told]] | None:
    """What each audience is to be told of `(after, until]`, by key; each EVSE once, as it stands at `until`.

    `None`: so much changed that everything is to be fetched again. `until` is one of `glance`.
    """
    with db.read() as conn:
        found = app_feed.changed(conn, after, until, most=MOST_AT_ONCE)
        if found is None:
            return None
        numbers = found.display | found.content
        if not numbers:
            return {one.key: () for one in audiences}
        since = dict.fromkeys(numbers, after)
        read = _Read(
            after,
            until,
            found.content,
            app_feed.plain(conn, numbers),
            overrides.segments_since(conn, since, until=until + _TICK),
            actuals.since(conn, since),
        )
        return {one.key: _told(conn, one, read) for one in audiences}


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read once for all audiences."""

    after: datetime
    until: datetime
    content: set[int]
    rows: Sequence[Row[Any]]
    segments: Mapping[int, Sequence[Segment]]
    actuals: Mapping[int, Sequence[ActualStretch]]


def _told(conn: Connection, who: Audience, read: _Read) -> list[Told]:
    gone: list[Told] = []
    looks: list[Told] = []
    whole: list[int] = []
    view = who.view
    for row in read.rows:
        described = row.id in read.content
        if not who.sees(row):
            # Whether it was published before nobody knows: its id isn't told to those who never knew it.
            if described and who.would_see(row):
                gone.append((EventName.GONE, gone_form(row.id, None)))
            continue
        if row.removed_at is not None or row.replaced_by is not None:
            if described and max(row.removed_at or read.after, row.content_changed_at) > read.after:
                gone.append((EventName.GONE, gone_form(row.id, row.evse_id)))
            continue
        segments, stretches = read.segments.get(row.id, ()), read.actuals.get(row.id, ())
        since = changed_last(view, segments, stretches, after=read.after, until=read.until)
        if since is None and not described:
            continue
        shown = app_shown(view, segments, stretches, read.until)
        if shown.look is None:
            gone.append((EventName.GONE, gone_form(row.id, row.evse_id)))
        elif described or app_shown(view, segments, stretches, read.after).look is None:
            whole.append(row.id)
        elif since is not None:
            form = change_form(
                uid=row.id,
                evse_id=row.evse_id,
                location_uid=row.location_id,
                location_id=row.ocpi_id,
                look=shown.look,
                available=shown.available,
                since=since,
            )
            looks.append((EventName.CHANGE, form))
    rows = sorted(app_feed.full(conn, whole), key=lambda row: int(row.id)) if whole else []
    records = [(EventName.EVSE, evse_form(one)) for one in as_shown(conn, view, rows, read.until)]
    return [*gone, *looks, *records]
