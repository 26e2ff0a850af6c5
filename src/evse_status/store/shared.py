"""What does the store know of EVSEs and Locations that partners are shown? Rows, read by indexes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, union

from evse_status.core.partner import ANNOUNCED_AHEAD, Reach
from evse_status.store.numbers import one_of
from evse_status.store.tables import IS_NEWEST, actual, evse, holding, location

_AT_ONCE = timedelta(0)
_MOST_BOUNDARIES = 20_000
"""If more than so many overrides began or ended, any location may have changed."""

_STATE = (
    evse.c.id,
    evse.c.location_id,
    evse.c.uid,
    evse.c.evse_id,
    evse.c.roaming_id,
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
    return {row.id: row.content for row in conn.execute(statement)}


def locations(conn: Connection, location_ids: Iterable[int]) -> Sequence[Row[Any]]:
    """Locations with what a feed said of them, in the order in which they came."""
    some = one_of(location.c.id, location_ids)
    return conn.execute(select(location).where(some).order_by(location.c.id)).all()


def reached(conn: Connection, reach: Reach) -> list[int]:
    """The numbers of all locations in reach, ascending: in the order in which they came."""
    statement = select(location.c.id).where(*in_reach(reach))
    return list(conn.scalars(statement.order_by(location.c.id)))


def reached_named(conn: Connection, reach: Reach, ocpi_id: str) -> list[int]:
    """The numbers of locations in reach with this OCPI id in any case; ids are unique per operator."""
    named = location.c.ocpi_key == ocpi_id.upper()
    statement = select(location.c.id).where(named, *in_reach(reach))
    return list(conn.scalars(statement.order_by(location.c.id)))


def maybe_changed(conn: Connection, reach: Reach, *, since: datetime, now: datetime) -> list[int]:
    """As `reached`, without those of which nothing that is published changed in `[since, now]`.

    Rather too many than too few: by the newest writes, reports and boundaries, never by history.
    """
    boundaries = _evses_at_boundaries(conn, since, now)
    if boundaries is None:
        return reached(conn, reach)
    by_evse = select(evse.c.location_id)
    changed = conn.scalars(
        union(
            select(location.c.id).where(location.c.content_changed_at >= since),
            by_evse.where(evse.c.content_changed_at >= since),
            by_evse.where(evse.c.overrides_changed_at >= since),
            by_evse.where(evse.c.removed_at >= since),
            by_evse.join(actual, actual.c.evse_id == evse.c.id).where(
                IS_NEWEST, actual.c.from_at >= since
            ),
            by_evse.where(one_of(evse.c.id, boundaries)),
        )
    )
    statement = select(location.c.id).where(one_of(location.c.id, changed), *in_reach(reach))
    return list(conn.scalars(statement.order_by(location.c.id)))


def _evses_at_boundaries(conn: Connection, since: datetime, now: datetime) -> set[int] | None:
    """EVSEs on which an override began, ended, or came near enough to be announced; `None`: too many."""
    found: set[int] = set()
    for at, ahead in (
        (holding.c.from_at, _AT_ONCE),
        (holding.c.to_at, _AT_ONCE),
        (holding.c.from_at, ANNOUNCED_AHEAD),
    ):
        some = select(holding.c.evse_id).where(at >= since + ahead, at <= now + ahead)
        numbers = conn.scalars(some.limit(_MOST_BOUNDARIES + 1)).all()
        if len(numbers) > _MOST_BOUNDARIES:
            return None
        found.update(numbers)
    return found


def in_reach(reach: Reach) -> list[ColumnElement[bool]]:
    """`Reach.includes` as conditions on `location`."""
    conditions: list[ColumnElement[bool]] = []
    if reach.operators is not None:
        conditions.append(func.upper(location.c.party_id).in_(sorted(reach.operators)))
    if reach.countries is not None:
        conditions.append(func.upper(location.c.country_code).in_(sorted(reach.countries)))
    if reach.locations is not None:
        conditions.append(one_of(location.c.id, sorted(reach.locations)))
    if not reach.unpublished:
        conditions.append(location.c.publish)
    return conditions


def _states() -> Select[Any]:
    return select(*_STATE).join_from(evse, location, evse.c.location_id == location.c.id)
