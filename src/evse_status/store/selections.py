"""Which EVSEs does a description fit? Conditions on `evse` and `location`, and what fits none."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    func,
    or_,
    select,
    type_coerce,
)

from evse_status.core.principal import Principal
from evse_status.core.statuses import ActualStatus
from evse_status.store import actuals, evses
from evse_status.store.tables import evse, location


def at_locations(ocpi_ids: Iterable[str]) -> ColumnElement[bool]:
    """At one of these OCPI Locations; OCPI compares ids without regard to case."""
    return location.c.ocpi_key.in_(sorted({one.strip().upper() for one in ocpi_ids}))


def of_chargers(chargers: Iterable[str]) -> ColumnElement[bool]:
    """In one of these housings."""
    return evse.c.charger.in_(sorted({one.strip() for one in chargers}))


def in_cities(cities: Iterable[str]) -> ColumnElement[bool]:
    """In one of these cities, in any case."""
    return func.lower(location.c.city).in_(sorted({one.strip().lower() for one in cities}))


def in_countries(codes: Iterable[str]) -> ColumnElement[bool]:
    """In one of these countries (OCPI country codes)."""
    return func.upper(location.c.country_code).in_(sorted({one.upper() for one in codes}))


def of_operators(party_ids: Iterable[str]) -> ColumnElement[bool]:
    """Of one of these operators (OCPI party ids)."""
    return func.upper(location.c.party_id).in_(sorted({one.upper() for one in party_ids}))


def with_connector(key: str, words: Iterable[str]) -> ColumnElement[bool]:
    """With a connector whose `key` (`standard`, `power_type`) is one of these words."""
    # The column keeps JSON without spaces, so a key and its word are found as they are written.
    content = type_coerce(evse.c.content, Text)
    return or_(*(content.contains(f'"{key}":"{word}"', autoescape=True) for word in words))


def reporting(statuses: Iterable[ActualStatus]) -> ColumnElement[bool]:
    """Whose charger reports one of these now."""
    return or_(*(actuals.reports(status) for status in statuses))


def selected(
    conn: Connection, principal: Principal, conditions: Sequence[ColumnElement[bool]], *, limit: int
) -> list[tuple[int, int]]:
    """(EVSE, location) of the live EVSEs in the area that fulfil the conditions, in the fleet's order."""
    statement = (
        select(evse.c.id, location.c.id)
        .select_from(evses.JOINED)
        .where(evses.in_area(principal), evses.live(), *conditions)
        .order_by(evse.c.sort_key, evse.c.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in conn.execute(statement)]


def locations_without(conn: Connection, principal: Principal, ocpi_ids: Sequence[str]) -> list[str]:
    """Which of these OCPI Location ids nothing live in the area has."""
    found = _found(conn, principal, location.c.ocpi_key, at_locations(ocpi_ids))
    return [one for one in ocpi_ids if one.strip().upper() not in found]


def chargers_without(conn: Connection, principal: Principal, chargers: Sequence[str]) -> list[str]:
    """Which of these housings nothing live in the area stands in."""
    found = _found(conn, principal, evse.c.charger, of_chargers(chargers))
    return [one for one in chargers if one.strip() not in found]


def cities_without(conn: Connection, principal: Principal, cities: Sequence[str]) -> list[str]:
    """Which of these cities nothing live in the area stands in."""
    found = _found(conn, principal, func.lower(location.c.city), in_cities(cities))
    return [one for one in cities if one.strip().lower() not in found]


def _found(
    conn: Connection, principal: Principal, column: Any, condition: ColumnElement[bool]
) -> set[str]:
    statement = select(column).select_from(evses.JOINED).distinct()
    rows = conn.scalars(statement.where(and_(evses.in_area(principal), evses.live(), condition)))
    return set(rows)
