"""Which ids were EVSEs given for hubs, and what are they called otherwise?"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Row, select, update

from evse_status.core.principal import Principal
from evse_status.store import evses
from evse_status.store.numbers import fetch, one_of
from evse_status.store.tables import evse, location


def live_ids(conn: Connection, principal: Principal) -> list[tuple[int, str, str | None, int]]:
    """Number, `evse_id`, roaming id and location of every live EVSE that the principal reaches."""
    columns = (evse.c.id, evse.c.evse_id, evse.c.roaming_id, evse.c.location_id)
    statement = select(*columns).select_from(evses.JOINED if not principal.is_everywhere else evse)
    reached = () if principal.is_everywhere else (evses.in_area(principal),)
    rows = fetch(conn, statement.where(evses.live(), *reached))
    return [(number, text, own, where) for number, text, own, where in rows]


def given(conn: Connection, principal: Principal) -> dict[int, str]:
    """The roaming ids of live EVSEs that the principal reaches, by EVSE."""
    statement = (
        select(evse.c.id, evse.c.roaming_id)
        .select_from(evses.JOINED)
        .where(evses.live(), evse.c.roaming_id.is_not(None), evses.in_area(principal))
    )
    return {row[0]: row[1] for row in conn.execute(statement)}


def give(conn: Connection, number: int, text: str | None) -> None:
    """Set or take away the roaming id of one EVSE."""
    conn.execute(update(evse).where(evse.c.id == number).values(roaming_id=text))


def called(conn: Connection, keys: Iterable[str]) -> dict[str, set[int]]:
    """Live EVSEs by the key of their own id, those with one of `keys`."""
    found: dict[str, set[int]] = {}
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), 500):
        some = evse.c.evse_key.in_(wanted[start : start + 500])
        for number, key in conn.execute(
            select(evse.c.id, evse.c.evse_key).where(evses.live(), some)
        ):
            found.setdefault(key, set()).add(number)
    return found


def places(conn: Connection) -> dict[int, Row[Any]]:
    """What decides whether a location is shared, by its number."""
    columns = (location.c.id, location.c.party_id, location.c.country_code, location.c.publish)
    rows: list[Row[Any]] = list(conn.execute(select(*columns)))
    return {row.id: row for row in rows}


def cards(conn: Connection, numbers: Collection[int]) -> list[Row[Any]]:
    """These EVSEs with their locations, in stable order."""
    return list(conn.execute(evses.cards(one_of(evse.c.id, sorted(numbers))))) if numbers else []
