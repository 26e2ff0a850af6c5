"""What does the store know of EVSEs and Locations that partners are shown? Rows, read by indexes."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from evse_status.store.numbers import one_of
from evse_status.store.tables import evse, location

_STATE = (
    evse.c.id,
    evse.c.location_id,
    evse.c.uid,
    evse.c.evse_id,
    evse.c.content_changed_at,
    evse.c.overrides_changed_at,
    evse.c.removed_at,
    evse.c.replaced_by,
    location.c.country_code,
    location.c.party_id,
    location.c.ocpi_id,
    location.c.publish,
    location.c.content_changed_at.label("location_changed_at"),
)


def by_numbers(conn: Connection, numbers: Iterable[int]) -> Sequence[Row[Any]]:
    """The state of these EVSEs, removed ones too; without what a feed says of them."""
    return conn.execute(_states().where(one_of(evse.c.id, numbers))).all()


def at_locations(conn: Connection, location_ids: Iterable[int]) -> Sequence[Row[Any]]:
    """The state of all EVSEs at these locations, in the order in which they came."""
    some = one_of(evse.c.location_id, location_ids)
    return conn.execute(_states().where(some).order_by(evse.c.id)).all()


def contents(conn: Connection, numbers: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What a feed said of EVSEs, by number."""
    statement = select(evse.c.id, evse.c.content).where(one_of(evse.c.id, numbers))
    return dict(conn.execute(statement).tuples().all())


def locations(conn: Connection, location_ids: Iterable[int]) -> Sequence[Row[Any]]:
    """Locations with what a feed said of them, in the order in which they came."""
    some = one_of(location.c.id, location_ids)
    return conn.execute(select(location).where(some).order_by(location.c.id)).all()


def _states() -> Select[Any]:
    return select(*_STATE).join_from(evse, location, evse.c.location_id == location.c.id)
