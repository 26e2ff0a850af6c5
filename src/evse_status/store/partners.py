"""Which counterparties are there, and which one is this?"""

from collections.abc import Collection
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

from evse_status.store.numbers import one_of
from evse_status.store.tables import evse, location, partner, partner_evse

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


def forget_next_digest(conn: Connection, number: int, digest: str) -> None:
    """Drop the digest of a token that wasn't taken, unless another handshake has begun."""
    mine = (partner.c.id == number) & (partner.c.next_digest == digest)
    conn.execute(update(partner).where(mine).values(next_digest=None))


def heard(conn: Connection, number: int, *, at: datetime, every: timedelta) -> None:
    """Note that it spoke, unless that was noted less than `every` ago."""
    known = or_(partner.c.heard_at.is_(None), partner.c.heard_at <= at - every)
    conn.execute(update(partner).where(partner.c.id == number, known).values(heard_at=at))


def streamed(conn: Connection, numbers: Collection[int], *, until: datetime) -> None:
    """Note up to when these were streamed to; never goes back."""
    earlier = or_(partner.c.reached_at.is_(None), partner.c.reached_at < until)
    conn.execute(update(partner).where(partner.c.id.in_(numbers), earlier).values(reached_at=until))


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


def claim(conn: Connection, number: int, *, now: datetime, until: datetime) -> bool:
    """Let nobody else try before `until`; False where somebody else is at it."""
    free = or_(partner.c.try_at.is_(None), partner.c.try_at <= now)
    taken = conn.execute(
        update(partner).where(partner.c.id == number, KEPT, free).values(try_at=until)
    )
    return bool(taken.rowcount)


def told_of(conn: Connection, number: int, *conditions: ColumnElement[bool]) -> int:
    """Of how many locations this upstream tells."""
    some = select(func.count()).select_from(location).where(location.c.upstream_id == number)
    return conn.scalar(some.where(*conditions)) or 0


def evses_told_by(conn: Connection, numbers: Collection[int], among: Collection[int]) -> set[int]:
    """Live EVSEs among these of whose locations these upstreams tell."""
    live = evse.c.removed_at.is_(None) & evse.c.replaced_by.is_(None)
    statement = (
        select(evse.c.id)
        .join_from(evse, location, evse.c.location_id == location.c.id)
        .where(one_of(evse.c.id, among), live, location.c.upstream_id.in_(numbers))
    )
    return set(conn.scalars(statement))
