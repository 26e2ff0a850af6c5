"""What do and did the chargers themselves report?"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from evse_status.core.displayed import ActualStretch
from evse_status.core.period import EARLIEST, from_microseconds
from evse_status.core.statuses import STANDS_BACK_WHILE, ActualStatus
from evse_status.store import archive
from evse_status.store.numbers import one_of
from evse_status.store.spans import OPEN, Raw, fetched, rows, rows_since, span_of
from evse_status.store.tables import IS_NEWEST, actual, evse

_NEWEST = select(actual.c.evse_id, actual.c.status, actual.c.from_at, actual.c.reported_at).where(
    IS_NEWEST
)
_STATUS_OF = {status.value: status for status in ActualStatus}


def newest(
    conn: Connection, evses: Iterable[int]
) -> dict[int, tuple[ActualStatus, datetime, datetime]]:
    """The newest known status of each EVSE: (status, held since, reported at)."""
    wanted = sorted(set(evses))
    if not wanted:
        return {}
    found = conn.execute(_NEWEST.where(one_of(actual.c.evse_id, wanted)))
    return {
        number: (ActualStatus(status), from_at, reported_at)
        for number, status, from_at, reported_at in found
    }


def newest_words(conn: Connection, evses: Iterable[int] | None = None) -> dict[int, str]:
    """The newest known status of the whole fleet, or of `evses`, as it is stored. Read from an index alone."""
    if evses is None:
        whole = "SELECT evse_id, status FROM actual WHERE span = 63"
        return dict(fetched(conn, whole, {}))
    columns = select(actual.c.evse_id, actual.c.status).where(
        IS_NEWEST, one_of(actual.c.evse_id, evses)
    )
    return {row.evse_id: row.status for row in conn.execute(columns)}


def in_window(
    conn: Connection, evses: Sequence[int], from_at: datetime, to_at: datetime | None
) -> dict[int, list[ActualStretch]]:
    """Stretches that overlap `[from_at, to_at)`, or hold at `from_at`, by EVSE and in order of time."""
    found: dict[int, list[ActualStretch]] = {number: [] for number in evses}
    if not found:
        return found
    columns = ("evse_id", "status", "from_at", "to_at")
    for number, status, start, end in (
        *rows(conn, actual, ", ".join(columns), from_at, to_at, evses=list(found)),
        *archive.stretches(conn, columns, from_at, to_at, list(found)),
    ):
        ends_at = None if end is None else from_microseconds(end)
        found[number].append(ActualStretch(_STATUS_OF[status], from_microseconds(start), ends_at))
    for stretches in found.values():
        stretches.sort(key=lambda stretch: stretch.from_at)
    return found


def since(conn: Connection, since: Mapping[int, datetime]) -> dict[int, list[ActualStretch]]:
    """Stretches that each EVSE has at its own instant in `since` or later, in order; the archived not."""
    found: dict[int, list[ActualStretch]] = {}
    columns = "evse_id, status, from_at, to_at"
    for number, status, start, end in rows_since(conn, actual, columns, since):
        ends_at = None if end is None else from_microseconds(end)
        stretch = ActualStretch(_STATUS_OF[status], from_microseconds(start), ends_at)
        found.setdefault(number, []).append(stretch)
    for stretches in found.values():
        stretches.sort(key=lambda stretch: stretch.from_at)
    return found


def raw_standing_back(
    conn: Connection, evses: Sequence[int], from_at: datetime, to_at: datetime
) -> list[Raw]:
    """Stretches in the window in which standing-back overrides don't show: EVSE, from, to in microseconds."""
    words = sorted(status.value for status in STANDS_BACK_WHILE)
    columns = ("evse_id", "from_at", "to_at")
    quoted = ", ".join(f"'{word}'" for word in words)
    return [
        *rows(
            conn,
            actual,
            ", ".join(columns),
            from_at,
            to_at,
            evses=evses,
            where=f"status IN ({quoted})",
        ),
        *archive.stretches(conn, columns, from_at, to_at, evses, statuses=words),
    ]


def forget_before(conn: Connection, limit: datetime, *, most: int) -> int:
    """Delete stretches that ended before `limit`, at most so many; how many."""
    old = select(actual.c.id).where(actual.c.to_at < limit).limit(most)
    return conn.execute(delete(actual).where(actual.c.id.in_(old))).rowcount


def reports(status: ActualStatus) -> ColumnElement[bool]:
    """The condition on `evse` that its charger reports `status` now."""
    return evse.c.id.in_(select(actual.c.evse_id).where(IS_NEWEST, actual.c.status == status.value))


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
            .where(actual.c.evse_id == number, IS_NEWEST)
            .values(reported_at=reported_at)
        )
    if opened:
        conn.execute(insert(actual), opened)
    return {row["evse_id"] for row in opened}  # type: ignore[misc]


def no_longer_known(conn: Connection, numbers: Iterable[int], *, now: datetime) -> None:
    """From now on the status is UNKNOWN, and whatever is reported next is newer (rule 20)."""
    known = newest(conn, numbers)
    _close(conn, [(number, span_of(since, now)) for number, (_, since, _) in known.items()], now)
    opened = [
        {
            "evse_id": number,
            "status": ActualStatus.UNKNOWN.value,
            "from_at": now,
            "to_at": None,
            "reported_at": EARLIEST,
            "span": OPEN,
        }
        for number in known
    ]
    if opened:
        conn.execute(insert(actual), opened)


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
            update(actual).where(actual.c.evse_id == number, IS_NEWEST).values(from_at=from_at)
        )


def _close(conn: Connection, closed: list[tuple[int, int]], now: datetime) -> None:
    by_span: dict[int, list[int]] = {}
    for number, span in closed:
        by_span.setdefault(span, []).append(number)
    for span, numbers in by_span.items():
        conn.execute(
            update(actual)
            .where(IS_NEWEST, one_of(actual.c.evse_id, numbers))
            .values(to_at=now, span=span)
        )
