"""One page of the fleet after the other, with what the feed said about each EVSE."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, tuple_

from evse_status.store.evses import CARD, JOINED
from evse_status.store.tables import evse, location

Place = tuple[str, int]
"""Where an EVSE stands in the order of the fleet: its sort key and its number."""

_FULL: tuple[Any, ...] = (
    *CARD,
    evse.c.content,
    evse.c.sort_key,
    location.c.ocpi_id.label("location_ocpi_id"),
    location.c.postal_code,
    location.c.latitude,
    location.c.longitude,
)


def after(
    conn: Connection, place: Place | None, *conditions: ColumnElement[bool], limit: int
) -> list[Row[Any]]:
    """The EVSEs behind `place`, in the order of the fleet."""
    order = (evse.c.sort_key, evse.c.id)
    statement = select(*_FULL).select_from(JOINED).where(*conditions)
    if place is not None:
        statement = statement.where(tuple_(*order) > tuple_(*place))
    return list(conn.execute(statement.order_by(*order).limit(limit)))


def before(
    conn: Connection, place: Place, *conditions: ColumnElement[bool], limit: int
) -> list[Row[Any]]:
    """The EVSEs just before `place`, in the order of the fleet."""
    order = (evse.c.sort_key, evse.c.id)
    statement = (
        select(*_FULL)
        .select_from(JOINED)
        .where(*conditions, tuple_(*order) < tuple_(*place))
        .order_by(*(column.desc() for column in order))
        .limit(limit)
    )
    return list(conn.execute(statement))[::-1]


def by_numbers(conn: Connection, numbers: Sequence[int]) -> list[Row[Any]]:
    """EVSEs by number."""
    statement = select(*_FULL).select_from(JOINED).where(evse.c.id.in_(numbers))
    return list(conn.execute(statement))
