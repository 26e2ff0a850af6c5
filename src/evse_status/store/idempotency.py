"""What was answered to an `Idempotency-Key`? (rule 14)"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, select

from evse_status.store.database import Write
from evse_status.store.tables import idempotency

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored answer, and the hash of the body that it was given to."""

    body_hash: str
    status: int
    answer: Any


def find(write: Write, *, principal: str, route: str, key: str) -> Kept | None:
    """The answer given to this key within the last 24 hours."""
    row = write.conn.execute(
        select(idempotency).where(_is(principal, route, key), idempotency.c.at > _oldest(write.now))
    ).one_or_none()
    return None if row is None else Kept(row.body_hash, row.status, row.answer)


def keep(write: Write, kept: Kept, *, principal: str, route: str, key: str) -> None:
    """Keep an answer in the transaction of what it tells; what is older than a day is dropped."""
    write.conn.execute(delete(idempotency).where(idempotency.c.at <= _oldest(write.now)))
    write.conn.execute(
        insert(idempotency).values(
            principal=principal,
            route=route,
            key=key,
            body_hash=kept.body_hash,
            status=kept.status,
            answer=kept.answer,
            at=write.now,
        )
    )


def _oldest(now: datetime) -> datetime:
    return now - KEPT


def _is(principal: str, route: str, key: str) -> Any:
    columns = idempotency.c
    return and_(columns.principal == principal, columns.route == route, columns.key == key)
