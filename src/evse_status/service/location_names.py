"""Which locations are meant by these names?"""

from collections.abc import Sequence

from sqlalchemy import Connection

from evse_status.core.errors import Conflict, InvalidInput, NotFound
from evse_status.core.principal import Principal
from evse_status.store import evses
from evse_status.store import tokens as store
from evse_status.store.database import Database


def find_locations(db: Database, principal: Principal, wanted: Sequence[int | str]) -> list[int]:
    """Numbers of locations, in order; see `location_numbers`."""
    principal.require_reader()
    with db.read() as conn:
        return location_numbers(conn, principal, named(wanted))


def named(locations: Sequence[int | str]) -> list[int | str]:
    """What is wanted, without empty words. Raises InvalidInput where nothing is left."""
    wanted = [one for one in locations if not isinstance(one, str) or one.strip()]
    if not wanted:
        raise InvalidInput(
            "locations: name at least one location, or leave it out for all.", field="locations"
        )
    return wanted


def location_numbers(
    conn: Connection, principal: Principal, wanted: Sequence[int | str]
) -> list[int]:
    """Numbers of locations named by number, OCPI id, or country, party and id like DK/ABC/L1.

    Those outside the area of `principal` aren't there. Raises NotFound, Conflict where a name fits several.
    """
    numbers: set[int] = set()
    area = evses.in_area(principal)
    for one in wanted:
        if isinstance(one, int):
            if not store.has_location(conn, one, area):
                raise NotFound(f"locations: there is no location {one}.", field="locations")
            numbers.add(one)
            continue
        text = one.strip()
        found = store.locations_called(conn, text, area)
        parts = text.split("/", 2)
        if not found and len(parts) == 3:
            place = (parts[0].strip().upper(), parts[1].strip().upper())
            found = [
                row
                for row in store.locations_called(conn, parts[2], area)
                if (row.country_code.upper(), row.party_id.upper()) == place
            ]
        if not found:
            raise NotFound(
                f"locations: there is no location {text[:60]!r}. Use its OCPI id, or import it first.",
                field="locations",
            )
        if len(found) > 1:
            which = " and ".join(f"{r.country_code}/{r.party_id}/{r.ocpi_id}" for r in found)
            raise Conflict(
                f"locations: {text[:60]!r} fits {which}. Write one of them.", field="locations"
            )
        numbers.add(found[0].id)
    return sorted(numbers)
