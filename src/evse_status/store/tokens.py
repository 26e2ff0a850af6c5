"""Which tokens are there, and which one is this?"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, insert, or_, select, update

from evse_status.store.tables import location, token

_BY_DIGEST = select(token).where(token.c.digest == bindparam("wanted"))  # every call asks it


def add(conn: Connection, values: dict[str, Any]) -> int:
    """Keep a token and return its number."""
    [number] = conn.execute(insert(token).values(values)).inserted_primary_key or [0]
    return int(number)


def valid(at: datetime) -> ColumnElement[bool]:
    """Tokens that are neither revoked nor expired at `at`."""
    return token.c.revoked_at.is_(None) & or_(token.c.expires_at.is_(None), token.c.expires_at > at)


def by_digest(conn: Connection, digest: str) -> Row[Any] | None:
    """The token that was kept under this digest, valid or not."""
    return conn.execute(_BY_DIGEST, {"wanted": digest}).one_or_none()


def matching(conn: Connection, *conditions: ColumnElement[bool]) -> list[Row[Any]]:
    """Tokens in the order in which they were made."""
    return list(conn.execute(select(token).where(*conditions).order_by(token.c.id)))


def change(conn: Connection, number: int, **values: Any) -> None:
    """Set fields of one token."""
    conn.execute(update(token).where(token.c.id == number).values(values))


def locations_called(conn: Connection, ocpi_id: str, area: ColumnElement[bool]) -> list[Row[Any]]:
    """Locations with this OCPI id (in any case) in an area: id, country_code, party_id, ocpi_id."""
    return list(
        conn.execute(
            select(location.c.id, location.c.country_code, location.c.party_id, location.c.ocpi_id)
            .where(location.c.ocpi_key == ocpi_id.strip().upper(), area)
            .order_by(location.c.id)
            .limit(10)
        )
    )


def has_location(conn: Connection, number: int, area: ColumnElement[bool]) -> bool:
    """Whether a location in an area has this number."""
    return conn.scalar(select(location.c.id).where(location.c.id == number, area)) is not None


def location_ids(conn: Connection, numbers: set[int]) -> dict[int, str]:
    """The OCPI ids of locations by number."""
    rows = conn.execute(select(location.c.id, location.c.ocpi_id).where(location.c.id.in_(numbers)))
    return {row.id: row.ocpi_id for row in rows}
