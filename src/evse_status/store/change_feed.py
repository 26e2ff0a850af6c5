"""What happened since? Alterations, starts, ends and actual statuses, read from what is kept.

What lies at or before the newest write never changes again: every later write has a later `now`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
)

from evse_status.core.principal import Principal
from evse_status.store import evses
from evse_status.store.tables import actual, change, evse, holding, location, override


class Kind(IntEnum):
    """What a line of the feed is about, in the order in which lines of one instant come."""

    ALTERED = 0
    ENDED = 1
    STARTED = 2
    REPORTED = 3


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the feed: just behind the line `row` of `kind` at `at`."""

    at: datetime
    kind: int
    row: int


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened; `row` has the columns that its kind needs."""

    mark: Mark
    row: Row[Any]


def boundary_between(conn: Connection, after: datetime, until: datetime) -> bool:
    """Whether an override starts or ends in `(after, until]`."""
    return any(
        conn.scalar(select(func.min(at)).where(at > after, at <= until)) is not None
        for at in (holding.c.from_at, holding.c.to_at)
    )


def lines(
    conn: Connection, principal: Principal, after: Mark, until: datetime, *, limit: int
) -> list[Line]:
    """The next lines behind `after`, up to and with `until`, in order."""
    found = [
        Line(Mark(row.at, int(kind), row.row), row)
        for kind, statement, at, number in _statements(principal)
        for row in conn.execute(
            statement.where(_behind(after, kind, at, number), at <= until)
            .order_by(at, number)
            .limit(limit)
        )
    ]
    return sorted(found, key=lambda line: line.mark)[:limit]


def _behind(after: Mark, kind: Kind, at: Any, number: Any) -> ColumnElement[bool]:
    if kind > after.kind:
        return and_(at >= after.at)
    if kind < after.kind:
        return and_(at > after.at)
    return and_(at >= after.at, or_(at > after.at, number > after.row))


def _statements(principal: Principal) -> list[tuple[Kind, Select[Any], Any, Any]]:
    area = evses.in_area(principal)
    other = holding.alias("other")
    starts = ~exists().where(
        other.c.override_id == holding.c.override_id, other.c.to_at == holding.c.from_at
    )
    ends = ~exists().where(
        other.c.override_id == holding.c.override_id, other.c.from_at == holding.c.to_at
    )
    return [
        (
            Kind.ALTERED,
            _of(
                change.join(override, change.c.override_id == override.c.id),
                override.c.evse_id,
                change.c.at,
                change.c.id,
                change.c.by,
                change.c.what,
                change.c.why,
                change.c.before,
                change.c.after,
            ).where(area),
            change.c.at,
            change.c.id,
        ),
        *(
            (
                kind,
                _of(holding, holding.c.evse_id, at, holding.c.override_id).where(area, alone),
                at,
                holding.c.override_id,
            )
            for kind, at, alone in (
                (Kind.ENDED, holding.c.to_at, ends),
                (Kind.STARTED, holding.c.from_at, starts),
            )
        ),
        (
            Kind.REPORTED,
            _of(actual, actual.c.evse_id, actual.c.from_at, actual.c.id, actual.c.status).where(
                area
            ),
            actual.c.from_at,
            actual.c.id,
        ),
    ]


def _of(table: FromClause, evse_number: Any, at: Any, number: Any, *more: Any) -> Select[Any]:
    joined = table.join(evse, evse_number == evse.c.id).join(
        location, evse.c.location_id == location.c.id
    )
    columns = (at.label("at"), number.label("row"), evse_number.label("evse"), evse.c.evse_id)
    return select(*columns, *more).select_from(joined)
