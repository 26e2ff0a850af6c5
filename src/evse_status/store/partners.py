"""Which counterparties are there, and which one is this?"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    case,
    func,
    insert,
    or_,
    select,
    update,
)

from evse_status.store.tables import location, partner, partner_evse

KEPT = partner.c.removed_at.is_(None)
"""Those that weren't removed."""


def add(conn: Connection, values: dict[str, Any]) -> int:
    """Keep a partner and return its number."""
    [number] = conn.execute(insert(partner).values(values)).inserted_primary_key or [0]
    return int(number)


def kept(conn: Connection, *conditions: ColumnElement[bool]) -> list[Row[Any]]:
    """Partners that weren't removed, in the order in which they were added."""
    return list(conn.execute(select(partner).where(KEPT, *conditions).order_by(partner.c.id)))


def by_digest(conn: Connection, digest: str) -> Row[Any] | None:
    """The partner that shows a token of this digest, or will once a handshake has succeeded."""
    known = or_(partner.c.digest == digest, partner.c.next_digest == digest)
    return conn.execute(select(partner).where(KEPT, known)).one_or_none()


def change(conn: Connection, number: int, **values: Any) -> None:
    """Set fields of one partner."""
    conn.execute(update(partner).where(partner.c.id == number).values(values))


def heard(conn: Connection, number: int, *, at: datetime, every: timedelta) -> None:
    """Note that it spoke, unless that was noted less than `every` ago."""
    known = or_(partner.c.heard_at.is_(None), partner.c.heard_at <= at - every)
    conn.execute(update(partner).where(partner.c.id == number, known).values(heard_at=at))


def behind(conn: Connection) -> dict[int, tuple[int, int, int]]:
    """Per partner how many EVSEs it is told of, has yet to be told of, and refuses."""
    one = partner_evse.c
    rows = conn.execute(
        select(
            one.partner_id,
            func.count(),
            func.sum(case((one.due_at.is_not(None), 1), else_=0)),
            func.sum(case((one.refused != "", 1), else_=0)),
        ).group_by(one.partner_id)
    )
    return {number: (int(of), int(due), int(refused)) for number, of, due, refused in rows}


def stop_telling(conn: Connection, number: int) -> None:
    """Let imports tell of the locations that this upstream told of."""
    conn.execute(update(location).where(location.c.upstream_id == number).values(upstream_id=None))


def parties(conn: Connection) -> list[tuple[int, str, str, bool]]:
    """Of every location: number, party id, country code, and whether it is published."""
    columns = (location.c.id, location.c.party_id, location.c.country_code, location.c.publish)
    return [tuple(row) for row in conn.execute(select(*columns))]
