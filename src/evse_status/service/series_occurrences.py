"""When does a series hold on each of its EVSEs? Stored occurrences and those that are still worked out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from evse_status.core.errors import UnknownSeries
from evse_status.core.local_time import resolve_leniently
from evse_status.core.override import Override
from evse_status.core.period import LATEST
from evse_status.core.principal import Principal
from evse_status.core.series import Series, occurrences, virtual_id
from evse_status.service.standing import Standing, standings
from evse_status.store import evses, overrides
from evse_status.store import series as store
from evse_status.store.database import Database

Place = tuple[datetime, int]
"""The original local start (naive) and the EVSE of the last row of a page."""


@dataclass(frozen=True, slots=True)
class OccurrencePage:
    """Some occurrences, by their original start and EVSE; `following` is set where more follow."""

    rows: tuple[Standing, ...]
    following: Place | None


def series_occurrences(
    db: Database,
    principal: Principal,
    series_id: int,
    *,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
    now: datetime,
    limit: int,
    after: Place | None = None,
) -> OccurrencePage:
    """The occurrences planned in `[from_at, to_at)` (unset: from now on, without an end), as they are now.

    One that was cleared or changed by hand is there as it became; those that were skipped for the
    whole series aren't. Raises UnknownSeries, also for one out of reach.
    """
    principal.require_reader()
    with db.read() as conn:
        one = _within_reach(conn, principal, series_id)
        rows: list[Override] = []
        for ids in _portions(one, from_at or now, to_at or LATEST, after):
            found = overrides.by_ids(conn, ids)
            rows += [found[number] for number in ids if number in found]
            if len(rows) > limit:
                break
        shown = standings(conn, rows[:limit], now)
    if len(rows) <= limit or (last := rows[limit - 1]).occurrence_start is None:
        return OccurrencePage(tuple(shown), None)
    return OccurrencePage(tuple(shown), (datetime.fromisoformat(last.occurrence_start), last.evse))


def _within_reach(conn: Connection, principal: Principal, series_id: int) -> Series:
    one = store.by_ids(conn, [series_id]).get(series_id)
    if one is None:
        raise UnknownSeries(series_id)
    reached = evses.by_numbers(conn, one.evses, evses.in_area(principal))
    if not reached and not (principal.is_everywhere and not one.evses):
        raise UnknownSeries(series_id)
    return replace(one, evses=tuple(number for number in one.evses if number in reached))


def _portions(
    one: Series, from_at: datetime, to_at: datetime, after: Place | None
) -> Iterator[list[int]]:
    """The ids of the occurrences, some starts at a time, from behind `after` on."""
    if not one.evses:
        return
    begin = from_at
    if after is not None:
        begin = max(begin, resolve_leniently(after[0], ZoneInfo(one.zone)))
    most = max(1, 200 // len(one.evses))
    while found := occurrences(one, begin, to_at, most=most + 1):
        ids = [
            virtual_id(one.id, number, each.local_start)
            for each in found[:most]
            for number in one.evses
            if after is None or (each.local_start, number) > after
        ]
        if ids:
            yield ids
        if len(found) <= most:
            return
        begin = found[most].starts_at
