"""What do series add beyond what is stored of them? Occurrences without ids, worked out when asked (rule 18)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, select

from evse_status.core.override import Override
from evse_status.core.period import to_microseconds
from evse_status.core.series import (
    Occurrence,
    Series,
    from_virtual_id,
    is_virtual,
    occurrence_on,
    occurrences,
    override_of,
    virtual_id,
)
from evse_status.core.statuses import Cause, TemporaryStatus
from evse_status.store.numbers import fetch, one_of
from evse_status.store.spans import Raw, fetched
from evse_status.store.tables import override, series, series_evse

MOST = 400
"""Occurrences of each series that a reader gets who asks for more: a daily one for about 400 days."""

_TICK = timedelta(microseconds=1)


def from_row(row: Row[Any], evses: Iterable[int] = ()) -> Series:
    """A row of `series`, with the EVSEs that it is on."""
    return _series(
        row.id,
        row.rule,
        row.zone,
        row.first_local_start,
        row.minutes,
        row.temporary_status,
        tuple(evses),
        row.made_at,
        row.created_by,
        tuple(row.exceptions),
        row.reason,
        row.cause,
        row.ticket,
        row.added_at,
        row.cut_from,
        row.continues,
        row.stored_to,
        tuple(row.stored_ahead),
        row.version,
        row.batch_id,
    )


@lru_cache(maxsize=4_096)
def _series(*values: Any) -> Series:
    """Rows change rarely and are read often: reading their texts takes longer than reading the rows."""
    (
        number,
        rule,
        zone,
        first_local_start,
        minutes,
        status,
        evses,
        made_at,
        created_by,
        exceptions,
        reason,
        cause,
        ticket,
        added_at,
        cut_from,
        continues,
        stored_to,
        stored_ahead,
        version,
        batch_id,
    ) = values
    return Series(
        id=number,
        rule=rule,
        zone=zone,
        first_local_start=datetime.fromisoformat(first_local_start),
        minutes=minutes,
        temporary_status=TemporaryStatus(status),
        evses=evses,
        made_at=made_at,
        created_by=created_by,
        exceptions=_locals(exceptions),
        reason=reason,
        cause=None if cause is None else Cause(cause),
        ticket=ticket,
        added_at=added_at,
        cut_from=None if cut_from is None else datetime.fromisoformat(cut_from),
        continues=continues,
        stored_to=stored_to,
        stored_ahead=_locals(stored_ahead),
        version=version,
        batch_id=batch_id,
    )


def _locals(texts: Iterable[str]) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(text) for text in texts)


def raw_segments(
    conn: Connection,
    from_at: datetime,
    to_at: datetime | None,
    evses: Sequence[int] | None,
) -> list[Raw]:
    """As `overrides.raw_segments`, of occurrences that aren't stored; at most MOST of each series."""
    due = _due(conn, from_at if to_at is None else to_at - _TICK)
    if not due:  # nearly always: what is asked about is stored
        return []
    if evses is not None:
        due = sorted({number for number, _ in _pairs(conn, due, evses)})
    meant = [(one, some) for one in _known(conn, due) if (some := unstored(one, from_at, to_at))]
    on = _evses(_pairs(conn, [one.id for one, _ in meant], evses)) if meant else {}
    return [
        row
        for one, some in meant
        for occurrence in some
        for row in _rows(one, occurrence, on.get(one.id, ()))
    ]


def raw_since(conn: Connection, since: Mapping[int, datetime], until: datetime) -> list[Raw]:
    """As `overrides.segments_since`, of occurrences that aren't stored and start before `until`."""
    if not since:
        return []
    due = _due(conn, until - _TICK)
    on = _evses(_pairs(conn, due, list(since))) if due else {}
    found: list[Raw] = []
    for one in _known(conn, on):
        begin = min(since[number] for number in on[one.id])
        for occurrence in unstored(one, begin, until):
            numbers = [number for number in on[one.id] if occurrence.ends_at > since[number]]
            found += _rows(one, occurrence, numbers)
    return found


def unstored(one: Series, from_at: datetime, to_at: datetime | None) -> list[Occurrence]:
    """The occurrences in `[from_at, to_at)` (`None`: that hold at `from_at`) which aren't stored."""
    if one.stored_to is None:
        return []
    begin = from_at if to_at is None else max(from_at, one.stored_to)
    if to_at is not None and to_at <= begin:
        return []
    ahead = set(one.stored_ahead)
    return [
        occurrence
        for occurrence in occurrences(one, begin, to_at, most=MOST + 1)
        if occurrence.starts_at >= one.stored_to and occurrence.local_start not in ahead
    ]


def by_ids(conn: Connection, ids: Iterable[int]) -> dict[int, Override]:
    """The occurrences that these numbers stand for, as far as they aren't stored (`stored`)."""
    wanted = {number: from_virtual_id(number) for number in set(ids) if is_virtual(number)}
    if not wanted:
        return {}
    some = [number for number, _, _ in wanted.values()]
    known = {one.id: one for one in _known(conn, some)}
    pairs = _pairs(conn, some, [evse for _, evse, _ in wanted.values()])
    found = {}
    for number, (series_id, evse, day) in wanted.items():
        if series_id not in known or (series_id, evse) not in pairs:
            continue
        one = known[series_id]
        meant = occurrence_on(one, datetime.combine(day, one.first_local_start.time()))
        if meant is not None:
            found[number] = override_of(one, evse, meant)
    return found


def stored(conn: Connection, ids: Iterable[int]) -> dict[int, int]:
    """Under which number the occurrences are stored that these numbers stand for, as far as they are."""
    wanted = {number: from_virtual_id(number) for number in set(ids) if is_virtual(number)}
    if not wanted:
        return {}
    days = sorted(f"{day:%Y-%m-%d}" for _, _, day in wanted.values())
    columns = (
        override.c.id,
        override.c.series_id,
        override.c.evse_id,
        override.c.occurrence_start,
    )
    statement = select(*columns).where(
        one_of(override.c.series_id, {series_id for series_id, _, _ in wanted.values()}),
        one_of(override.c.evse_id, {evse for _, evse, _ in wanted.values()}),
        override.c.occurrence_start.between(days[0], f"{days[-1]}T24"),
    )
    found = {
        virtual_id(series_id, evse, datetime.fromisoformat(local_start)): number
        for number, series_id, evse, local_start in fetch(conn, statement)
    }
    return {number: row for number, row in found.items() if number in wanted}


def _due(conn: Connection, last: datetime) -> list[int]:
    """The series that may have occurrences up to `last` which aren't stored."""
    text = "SELECT id FROM series WHERE stored_to <= :last"
    if conn.dialect.name != "sqlite":
        text = text.replace(":last", "%(last)s")
    return [row[0] for row in fetched(conn, text, {"last": to_microseconds(last)})]


def _evses(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for number, evse in pairs:
        found.setdefault(number, []).append(evse)
    return found


def _pairs(
    conn: Connection, numbers: Sequence[int], evses: Collection[int] | None
) -> set[tuple[int, int]]:
    """Which of these series are on which EVSEs, or on which of `evses`."""
    statement = select(series_evse.c.series_id, series_evse.c.evse_id)
    if evses is None:
        return set(fetch(conn, statement.where(one_of(series_evse.c.series_id, set(numbers)))))
    wanted = set(numbers)
    found = fetch(conn, statement.where(one_of(series_evse.c.evse_id, set(evses))))
    return {pair for pair in found if pair[0] in wanted}


def _known(conn: Connection, numbers: Iterable[int]) -> list[Series]:
    statement = select(series).where(one_of(series.c.id, set(numbers))).order_by(series.c.id)
    return [from_row(row) for row in conn.execute(statement)]


def _rows(one: Series, occurrence: Occurrence, numbers: Iterable[int]) -> list[Raw]:
    rank, made = int(one.temporary_status.rank), to_microseconds(one.made_at)
    from_at, to_at = to_microseconds(occurrence.starts_at), to_microseconds(occurrence.ends_at)
    return [
        (virtual_id(one.id, evse, occurrence.local_start), evse, rank, made, from_at, to_at, False)
        for evse in numbers
    ]
