"""Which EVSEs does a driver app see, and which of them may have changed? Rows, read by indexes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select, tuple_

from evse_status.core.area import Area, Box, around
from evse_status.store.evses import live
from evse_status.store.numbers import one_of, read
from evse_status.store.tables import actual, evse, holding, location

Place = tuple[int, int]
"""Where an EVSE stands in the order of the list: the numbers of its location and its own."""

_ROW = (
    evse.c.id,
    evse.c.location_id,
    evse.c.evse_id,
    evse.c.physical_reference,
    evse.c.created_at,
    evse.c.content_changed_at,
    evse.c.removed_at,
    evse.c.replaced_by,
    location.c.ocpi_id,
    location.c.party_id,
    location.c.country_code,
    location.c.publish,
)
_FULL = (
    *_ROW,
    evse.c.content,
    location.c.name,
    location.c.address,
    location.c.city,
    location.c.postal_code,
    location.c.country,
    location.c.latitude,
    location.c.longitude,
    location.c.time_zone,
)


@dataclass(frozen=True, slots=True)
class Changed:
    """EVSEs of which something may look different: how they show, or what else is said of them."""

    display: set[int] = field(default_factory=set)
    content: set[int] = field(default_factory=set)


def page(
    conn: Connection,
    conditions: Iterable[ColumnElement[bool]],
    after: Place | None,
    *,
    limit: int,
) -> Sequence[Row[Any]]:
    """The next live EVSEs behind `after` with all that is said of them, those of a location together."""
    order = (evse.c.location_id, evse.c.id)
    statement = _rows(_FULL).where(live(), *conditions)
    if after is not None:
        statement = statement.where(tuple_(*order) > tuple_(*after))
    return conn.execute(statement.order_by(*order).limit(limit)).all()


def full(conn: Connection, numbers: Iterable[int]) -> Sequence[Row[Any]]:
    """These EVSEs with all that is said of them, removed ones too."""
    return conn.execute(_rows(_FULL).where(one_of(evse.c.id, numbers))).all()


def plain(conn: Connection, numbers: Iterable[int]) -> Sequence[Row[Any]]:
    """These EVSEs without what a feed says of them, removed ones too, in the order in which they came."""
    return conn.execute(_rows(_ROW).where(one_of(evse.c.id, numbers)).order_by(evse.c.id)).all()


def at_place(
    *,
    countries: Collection[str] | None,
    city: str | None,
    location_id: str | None,
    operator: str | None,
) -> list[ColumnElement[bool]]:
    """The conditions that a location is there; texts in any case, `countries` all codes of one country."""
    told = {
        location.c.city: city,
        location.c.ocpi_key: location_id,
        location.c.party_id: operator,
    }
    found: list[ColumnElement[bool]] = [
        func.lower(column) == text.strip().lower()
        for column, text in told.items()
        if text is not None
    ]
    if countries is not None:
        found.append(func.upper(location.c.country).in_(sorted(countries)))
    return found


def inside(
    conn: Connection, area: Area, conditions: Iterable[ColumnElement[bool]]
) -> ColumnElement[bool]:
    """The condition that a location fulfils `conditions` and lies in an area; without coordinates none does."""
    box = around(area)
    rough = and_(location.c.latitude.between(box.south, box.north), _between(box))
    if isinstance(area, Box):
        return and_(rough, *conditions)
    columns = (location.c.id, location.c.latitude, location.c.longitude)
    near = conn.execute(select(*columns).where(rough, *conditions))
    return one_of(location.c.id, [number for number, *where in near if area.includes(*where)])


def next_boundary(conn: Connection, after: datetime) -> datetime | None:
    """The first instant later than `after` at which an override starts or ends."""
    found = [
        conn.scalar(select(func.min(at)).where(at > after))
        for at in (holding.c.from_at, holding.c.to_at)
    ]
    return min((at for at in found if at is not None), default=None)


def changed(conn: Connection, after: datetime, until: datetime, *, most: int) -> Changed | None:
    """EVSEs of which something changed in `(after, until]`; `None`: more than `most` of one kind."""

    def some(statement: Select[Any], at: Any) -> list[int] | None:
        found = read(conn, statement.where(at > after, at <= until).limit(most + 1))
        return found if len(found) <= most else None

    of_location = select(evse.c.id).join(location, evse.c.location_id == location.c.id)
    display = [
        some(select(actual.c.evse_id), actual.c.from_at),
        some(select(holding.c.evse_id), holding.c.from_at),
        some(select(holding.c.evse_id), holding.c.to_at),
    ]
    content = [
        some(select(evse.c.id), evse.c.content_changed_at),
        some(select(evse.c.id), evse.c.removed_at),
        some(of_location, location.c.content_changed_at),
    ]
    found = Changed()
    for kind, into in ((display, found.display), (content, found.content)):
        for numbers in kind:
            if numbers is None:
                return None
            into.update(numbers)
    return found if len(found.display | found.content) <= most else None


def _rows(columns: Iterable[Any]) -> Select[Any]:
    return select(*columns).join_from(evse, location, evse.c.location_id == location.c.id)


def _between(box: Box) -> ColumnElement[bool]:
    longitude = location.c.longitude
    if box.west <= box.east:
        return longitude.between(box.west, box.east)
    return or_(longitude >= box.west, longitude <= box.east)
