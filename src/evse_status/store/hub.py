"""What is due to a hub, what does it hold, and which other EVSE carries an id now?"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from evse_status.core.delivery import Known
from evse_status.store.deliveries import KNOWN
from evse_status.store.numbers import one_of
from evse_status.store.tables import evse, location, partner, partner_evse


def due_to_hub(
    conn: Connection, partner_id: int, now: datetime, *, limit: int
) -> list[tuple[int, int, Known]]:
    """EVSEs that are due to a hub, the earliest first: (EVSE, location, row)."""
    statement = (
        _rows()
        .where(partner_evse.c.partner_id == partner_id, partner_evse.c.due_at <= now)
        .order_by(partner_evse.c.due_at)
        .limit(limit)
    )
    return [(row[0], row[1], Known(*row[2:])) for row in conn.execute(statement)]


def all_of_hub(conn: Connection, partner_id: int) -> list[tuple[int, int, Known]]:
    """Every EVSE that a hub is told of: (EVSE, location, row)."""
    statement = _rows().where(partner_evse.c.partner_id == partner_id)
    statement = statement.order_by(partner_evse.c.evse_id)
    return [(row[0], row[1], Known(*row[2:])) for row in conn.execute(statement)]


def live_called(conn: Connection, ids: Collection[str]) -> list[Row[Any]]:
    """EVSEs that aren't gone whose evse_id or roaming id is one of these, with what reach asks for."""
    called = or_(evse.c.evse_id.in_(list(ids)), evse.c.roaming_id.in_(list(ids)))
    return list(
        conn.execute(
            select(
                evse.c.id,
                evse.c.evse_id,
                evse.c.roaming_id,
                evse.c.location_id,
                location.c.party_id,
                location.c.country_code,
                location.c.publish,
            )
            .join_from(evse, location, evse.c.location_id == location.c.id)
            .where(called, evse.c.removed_at.is_(None), evse.c.replaced_by.is_(None))
        )
    )


def rows_of(conn: Connection, partner_id: int, numbers: Collection[int]) -> dict[int, Known]:
    """One hub's rows of these EVSEs."""
    statement = _rows().where(
        partner_evse.c.partner_id == partner_id, one_of(partner_evse.c.evse_id, numbers)
    )
    return {row[0]: Known(*row[2:]) for row in conn.execute(statement)}


def full_load_done(conn: Connection, partner_id: int, asked_at: datetime) -> None:
    """Ask for no full load any more, unless another one was asked for meanwhile."""
    conn.execute(
        update(partner)
        .where(partner.c.id == partner_id, partner.c.full_load_at == asked_at)
        .values(full_load_at=None)
    )


def _rows() -> Any:
    columns = [partner_evse.c[name] for name in KNOWN]
    return select(partner_evse.c.evse_id, partner_evse.c.location_id, *columns)
