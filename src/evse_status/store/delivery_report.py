"""What do partners know, what did they answer, and what are they still to be told? For whoever looks."""

from collections.abc import Collection
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    true,
    update,
)

from evse_status.core.principal import Principal
from evse_status.core.statuses import ActualStatus
from evse_status.core.translation import Channel
from evse_status.store import evses
from evse_status.store.numbers import one_of
from evse_status.store.tables import (
    evse,
    location,
    partner,
    partner_evse,
    partner_location,
    receipt,
)

_ACKNOWLEDGED = "acknowledged"
_AMONG = 200_000
_ANSWERS_ABOUT = 200
_REMOVED = ActualStatus.REMOVED.value
_one = partner_evse.c

TOLD_OF = or_(_one.wanted != _REMOVED, _one.acked != _REMOVED)
"""EVSEs that count: those that are gone, as the partner knows, don't."""
REFUSED = or_(_one.refused != "", _one.schedule_refused != "")
"""The partner said that it doesn't take something."""
BEHIND = and_(_one.wanted != _one.acked, _one.refused == "")
"""The partner hasn't acknowledged the status that it should show, and may yet."""
_UNTOLD = and_(_one.tell_as == "", _one.refused != "")
_COUNTS = (
    func.count().label("evses"),
    func.coalesce(func.sum(case((BEHIND, 1), else_=0)), 0).label("behind"),
    func.coalesce(func.sum(case((REFUSED, 1), else_=0)), 0).label("refused"),
    func.coalesce(func.sum(case((_UNTOLD, 1), else_=0)), 0).label("untold"),
)


def counts(conn: Connection, principal: Principal) -> dict[int, Row[Any]]:
    """Per partner: `evses` that it is told of, how many of them are `behind`, how many `refused`, and
    of a hub how many it isn't asked for want of an id (`untold`)."""
    statement = select(_one.partner_id, *_COUNTS).where(TOLD_OF)
    found = conn.execute(_within(statement, principal).group_by(_one.partner_id))
    return {row.partner_id: row for row in found}


def newest_acknowledged(conn: Connection, partner_id: int) -> Row[Any] | None:
    """The newest receipt of something that was taken."""
    statement: Select[Any] = select(receipt.c.at, receipt.c.told_at, receipt.c.kind).where(
        receipt.c.partner_id == partner_id, receipt.c.outcome == _ACKNOWLEDGED
    )
    return conn.execute(statement.order_by(receipt.c.id.desc()).limit(1)).one_or_none()


def answers_since(
    conn: Connection, partner_id: int, since: datetime, *, limit: int
) -> list[Row[Any]]:
    """The newest answers (at, told_at, kind, outcome), newest first, none before `since`."""
    columns = (receipt.c.at, receipt.c.told_at, receipt.c.kind, receipt.c.outcome)
    newest = (
        select(*columns)
        .where(receipt.c.partner_id == partner_id)
        .order_by(receipt.c.id.desc())
        .limit(limit)
    )
    return list(takewhile(lambda row: row.at >= since, conn.execute(newest)))


def counts_of(
    conn: Connection, principal: Principal, partner_id: int, *conditions: ColumnElement[bool]
) -> Row[Any]:
    """`evses`, `behind` and `refused` of one partner, among those that fulfil the conditions."""
    return conn.execute(_of_partner(select(*_COUNTS), principal, partner_id, *conditions)).one()


def page_of_evses(
    conn: Connection,
    principal: Principal,
    partner_id: int,
    *conditions: ColumnElement[bool],
    limit: int,
    offset: int,
) -> list[Row[Any]]:
    """Some rows of a partner with the cards of their EVSEs, in the order of the fleet."""
    columns = [column for column in partner_evse.c if column.key not in ("location_id", "evse_id")]
    statement = _of_partner(select(*evses.CARD, *columns), principal, partner_id, *conditions)
    ordered = statement.order_by(evse.c.sort_key, evse.c.id)
    return list(conn.execute(ordered.limit(limit).offset(offset)))


def matching(search: str) -> ColumnElement[bool]:
    """EVSEs that a search box finds."""
    return evses.matching(evses.Narrowing(search=search)) if search.strip() else true()


def about(number: int) -> ColumnElement[bool]:
    """The row of one EVSE."""
    return _one.evse_id == number


def rows_about(conn: Connection, principal: Principal, number: int) -> dict[int, Row[Any]]:
    """What each partner should know and acknowledged of one EVSE, by partner."""
    found = select(partner_evse).select_from(
        partner_evse.join(evse, evse.c.id == _one.evse_id).join(
            location, location.c.id == evse.c.location_id
        )
    )
    mine = found.where(about(number), TOLD_OF, evses.in_area(principal))
    return {row.partner_id: row for row in conn.execute(mine)}


def newest_answers_about(conn: Connection, number: int) -> dict[int, Row[Any]]:
    """The newest answer of each partner that took something of an EVSE, among the newest of all."""
    columns = (receipt.c.partner_id, receipt.c.at, receipt.c.status_code)
    newest = (
        select(*columns)
        .where(receipt.c.evse_id == number, receipt.c.outcome == _ACKNOWLEDGED)
        .order_by(receipt.c.id.desc())
        .limit(_ANSWERS_ABOUT)
    )
    oldest_first = reversed(conn.execute(newest).all())
    return {row.partner_id: row for row in oldest_first}


def newest_receipts(
    conn: Connection, principal: Principal, partner_id: int, *, limit: int, only_failures: bool
) -> list[Row[Any]]:
    """The newest receipts of a partner with the names of what they are about; failures are looked
    for among the newest answers of all, not through a month of good ones."""
    statement = (
        select(receipt, evse.c.evse_id.label("evse_name"), location.c.name.label("location_name"))
        .outerjoin(evse, evse.c.id == receipt.c.evse_id)
        .outerjoin(location, location.c.id == receipt.c.location_id)
        .where(receipt.c.partner_id == partner_id)
    )
    if only_failures:
        far_enough = newest_receipt(conn) - _AMONG
        statement = statement.where(receipt.c.outcome != _ACKNOWLEDGED, receipt.c.id > far_enough)
    if not principal.is_everywhere:
        statement = statement.where(evses.in_area(principal))
    return list(conn.execute(statement.order_by(receipt.c.id.desc()).limit(limit)))


def newest_receipt(conn: Connection) -> int:
    """The number of the newest receipt, 0 without any."""
    return conn.scalar(select(func.max(receipt.c.id))) or 0


def states(conn: Connection) -> list[tuple[Any, ...]]:
    """What moves when a partner's state does, without what its every answer moves."""
    moving = ("id", "version", "paused", "failing_since", "failure", "try_at", "registered_at")
    listens = partner.c.channel == Channel.SPIRII_GO.value
    streamed_until = case((listens, partner.c.reached_at))
    columns = [partner.c[name] for name in moving] + [streamed_until, partner.c.owned_until]
    statement = select(*columns).where(partner.c.removed_at.is_(None)).order_by(partner.c.id)
    return [tuple(row) for row in conn.execute(statement)]


def tell_again(
    conn: Connection, partner_id: int, numbers: Collection[int] | None, *, at: datetime
) -> int:
    """Have EVSEs told again at once, `None`: all that are refused; returns how many.

    One that waits for its Location is told with it; one that a hub can't take under any id is not.
    """
    chosen = REFUSED if numbers is None else one_of(_one.evse_id, sorted(numbers))
    mine = and_(_one.partner_id == partner_id, chosen)
    waiting = select(_one.location_id).where(mine, _one.content_acked == 0)
    place = partner_location.c
    whose = and_(
        place.partner_id == partner_id,
        place.location_id.in_(waiting) if numbers is not None else place.refused != "",
    )
    conn.execute(update(partner_location).where(whose).values(due_at=at, attempt=0))
    channel = conn.scalar(select(partner.c.channel).where(partner.c.id == partner_id))
    to_hub = channel == Channel.HUBJECT.value
    sendable = or_(_one.tell_as != "", _one.told_as != "") if to_hub else _one.content_acked != 0
    known = update(partner_evse).where(mine, sendable)
    # What was deleted and is live again: that the hub had it is still known.
    had = and_(_one.acked == _REMOVED, _one.wanted != _REMOVED)
    acked = case((had, _REMOVED), else_="") if to_hub else ""
    again = {"acked": acked, "schedule_acked": "?", "due_at": at, "attempt": 0, "rest_try_at": None}
    count = conn.scalar(select(func.count()).select_from(partner_evse).where(mine)) or 0
    conn.execute(known.values(again))
    return count


def _of_partner(
    statement: Select[Any],
    principal: Principal,
    partner_id: int,
    *conditions: ColumnElement[bool],
) -> Select[Any]:
    joined = partner_evse.join(evse, evse.c.id == _one.evse_id)
    return (
        statement.select_from(joined.join(location, location.c.id == evse.c.location_id))
        .where(_one.partner_id == partner_id, TOLD_OF, evses.in_area(principal))
        .where(*conditions)
    )


def _within(statement: Select[Any], principal: Principal) -> Select[Any]:
    if principal.is_everywhere:
        return statement.select_from(partner_evse)
    joined = partner_evse.join(evse, evse.c.id == _one.evse_id)
    return statement.select_from(joined.join(location, location.c.id == evse.c.location_id)).where(
        evses.in_area(principal)
    )
