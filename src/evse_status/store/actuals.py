"""What do and did the chargers themselves report?"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, union_all, update

from evse_status.core.displayed import ActualStretch
from evse_status.core.statuses import ActualStatus
from evse_status.store.spans import OPEN, each_span, span_of
from evse_status.store.tables import actual, evse

_CHUNK = 5_000
_EVSES_AT_ONCE = 500  # named once per class of length: PostgreSQL takes 65,535 parameters


def newest(
    conn: Connection, evses: Iterable[int]
) -> dict[int, tuple[ActualStatus, datetime, datetime]]:
    """The newest known status of each EVSE: (status, held since, reported at)."""
    wanted = sorted(set(evses))
    found: dict[int, tuple[ActualStatus, datetime, datetime]] = {}
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        rows = conn.execute(
            select(actual.c.evse_id, actual.c.status, actual.c.from_at, actual.c.reported_at).where(
                actual.c.span == OPEN, actual.c.evse_id.in_(some)
            )
        )
        found.update(
            (row.evse_id, (ActualStatus(row.status), row.from_at, row.reported_at)) for row in rows
        )
    return found


def in_window(
    conn: Connection, evses: Sequence[int], from_at: datetime, to_at: datetime | None
) -> dict[int, list[ActualStretch]]:
    """Stretches that overlap `[from_at, to_at)`, or hold at `from_at`, by EVSE and in order of time."""
    found: dict[int, list[ActualStretch]] = {number: [] for number in evses}
    columns = (actual.c.evse_id, actual.c.status, actual.c.from_at, actual.c.to_at)
    for first in range(0, len(evses), _EVSES_AT_ONCE):
        some = actual.c.evse_id.in_(evses[first : first + _EVSES_AT_ONCE])
        branches = each_span(conn, actual, select(*columns).where(some), from_at, to_at)
        for number, status, start, end in conn.execute(union_all(*branches)) if branches else ():
            found[number].append(ActualStretch(ActualStatus(status), start, end))
    for stretches in found.values():
        stretches.sort(key=lambda stretch: stretch.from_at)
    return found


def reports(status: ActualStatus) -> ColumnElement[bool]:
    """The condition on `evse` that its charger reports `status` now."""
    return evse.c.id.in_(
        select(actual.c.evse_id).where(actual.c.span == OPEN, actual.c.status == status.value)
    )


def record(
    conn: Connection,
    reports: Mapping[int, tuple[ActualStatus, datetime]],
    *,
    now: datetime,
) -> set[int]:
    """Take reports in, (status, the report's own instant) by EVSE; returns the EVSEs whose status changed.

    One older than the newest known report changes nothing (rule 19). A change holds from `now`,
    when it was learnt: what was shown before stays true.
    """
    known = newest(conn, reports)
    repeated, closed, opened = [], [], []
    for number, (status, reported_at) in reports.items():
        reported_at = min(reported_at, now)
        before = known.get(number)
        if before is None or (reported_at >= before[2] and status is not before[0]):
            opened.append(
                {
                    "evse_id": number,
                    "status": status.value,
                    "from_at": now,
                    "to_at": None,
                    "reported_at": reported_at,
                    "span": OPEN,
                }
            )
            if before is not None:
                closed.append((number, span_of(before[1], now)))
        elif reported_at > before[2]:
            repeated.append((number, reported_at))
    _close(conn, closed, now)
    for number, reported_at in repeated:
        conn.execute(
            update(actual)
            .where(actual.c.evse_id == number, actual.c.span == OPEN)
            .values(reported_at=reported_at)
        )
    if opened:
        conn.execute(insert(actual), opened)
    return {row["evse_id"] for row in opened}  # type: ignore[misc]


def record_past(conn: Connection, rows: list[dict[str, Any]]) -> None:
    """Insert stretches with their own instants: evse_id, status, from_at, to_at. For data that starts with a past."""
    if rows:
        conn.execute(
            insert(actual),
            [
                {
                    **row,
                    "reported_at": row["from_at"],
                    "span": span_of(row["from_at"], row["to_at"]),
                }
                for row in rows
            ],
        )


def begin_earlier(conn: Connection, begun: Mapping[int, datetime]) -> None:
    """Let the newest stretch of each EVSE begin earlier. For data that starts with a past."""
    for number, from_at in begun.items():
        conn.execute(
            update(actual)
            .where(actual.c.evse_id == number, actual.c.span == OPEN)
            .values(from_at=from_at)
        )


def _close(conn: Connection, closed: list[tuple[int, int]], now: datetime) -> None:
    by_span: dict[int, list[int]] = {}
    for number, span in closed:
        by_span.setdefault(span, []).append(number)
    for span, numbers in by_span.items():
        for start in range(0, len(numbers), _CHUNK):
            conn.execute(
                update(actual)
                .where(actual.c.span == OPEN, actual.c.evse_id.in_(numbers[start : start + _CHUNK]))
                .values(to_at=now, span=span)
            )
