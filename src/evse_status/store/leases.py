"""Which sender owns which partner, and until when by the database's clock?"""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    cast,
    extract,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from evse_status.store.tables import partner

_MICROSECOND = timedelta(microseconds=1)
# The database's own clock in microseconds; the transaction's beginning would be too early.
_NOW = cast(extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)
_UNTIL = type_coerce(partner.c.owned_until, BigInteger)


def owners(conn: Connection, partners: Iterable[int]) -> dict[int, str | None]:
    """Who owns these partners, as far as they weren't removed."""
    columns = select(partner.c.id, partner.c.owned_by).where(
        partner.c.id.in_(list(partners)), partner.c.removed_at.is_(None)
    )
    return {row.id: row.owned_by for row in conn.execute(columns)}


def take(conn: Connection, sender: str, partners: Collection[int]) -> None:
    """Own partners whoever owned them before."""
    conn.execute(
        update(partner)
        .where(partner.c.id.in_(list(partners)))
        .values(owned_by=sender, owned_until=None)
    )


def renew(conn: Connection, sender: str, lasting: Mapping[int, timedelta]) -> set[int]:
    """Prolong the leases that this sender has, run out or not; which it has."""
    mine = partner.c.owned_by == sender
    return _own(conn, sender, lasting, mine)


def take_over(conn: Connection, sender: str, lasting: Mapping[int, timedelta]) -> set[int]:
    """Take partners that nobody owns (any more); which were got."""
    return _own(conn, sender, lasting, _free())


def free(conn: Connection, partners: Iterable[int]) -> list[int]:
    """Those of `partners` that nobody owns (any more)."""
    asked = select(partner.c.id).where(partner.c.id.in_(list(partners)), _free())
    return sorted(conn.scalars(asked))


def release(conn: Connection, sender: str, partners: Collection[int]) -> None:
    """Let go of partners that this sender owns."""
    conn.execute(
        update(partner)
        .where(partner.c.id.in_(list(partners)), partner.c.owned_by == sender)
        .values(owned_by=None, owned_until=None)
    )


def _free() -> ColumnElement[bool]:
    return or_(partner.c.owned_by.is_(None), _UNTIL.is_(None), _UNTIL < _NOW)


def _own(
    conn: Connection, sender: str, lasting: Mapping[int, timedelta], condition: ColumnElement[bool]
) -> set[int]:
    got: set[int] = set()
    by_length: dict[timedelta, list[int]] = {}
    for number, length in lasting.items():
        by_length.setdefault(length, []).append(number)
    for length, numbers in by_length.items():
        statement = (
            update(partner)
            .where(partner.c.id.in_(numbers), partner.c.removed_at.is_(None), condition)
            .values(
                owned_by=sender, owned_until=type_coerce(_NOW + length // _MICROSECOND, BigInteger)
            )
            .returning(partner.c.id)
        )
        got |= set(conn.scalars(statement))
    return got
