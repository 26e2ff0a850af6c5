"""What should each partner know, what did it acknowledge, what is due, and what was told?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from evse_status.core.delivery import Known, KnownLocation
from evse_status.store.numbers import one_of
from evse_status.store.tables import (
    evse,
    location,
    newest,
    partner,
    partner_evse,
    partner_location,
    receipt,
)

Pair = tuple[int, int]
"""(partner, EVSE) or (partner, location)."""

KNOWN = tuple(one.name for one in fields(Known))
"""The columns of `partner_evse` that make a Known, in its order."""
_KNOWN_LOCATION = tuple(one.name for one in fields(KnownLocation))


@dataclass(frozen=True, slots=True)
class Place:
    """Where an EVSE or a Location is found: by OCPI's ids."""

    country_code: str
    party_id: str
    location: str
    evse: str = ""


# --- which EVSEs are to be looked at --------------------------------------------------------


_NEXT_LOOK = select(
    select(func.min(evse.c.look_at)).scalar_subquery(),
    select(newest.c.at).scalar_subquery(),
)


def next_look(conn: Connection) -> tuple[datetime | None, datetime | None]:
    """The earliest instant at which what some EVSE shows may change, and that of the newest write.

    One short statement: it is asked ten times a second.
    """
    [(look_at, written_at)] = conn.execute(_NEXT_LOOK)
    return look_at, written_at


def to_look_at(conn: Connection, now: datetime, *, limit: int) -> dict[int, datetime | None]:
    """EVSEs that are to be looked at by `now`, with the instant that said so; the earliest first."""
    statement = (
        select(evse.c.id, evse.c.look_at)
        .where(evse.c.look_at <= now)
        .order_by(evse.c.look_at)
        .limit(limit)
    )
    return {row[0]: row[1] for row in conn.execute(statement)}


def newest_to_look_at(conn: Connection, now: datetime, *, limit: int) -> dict[int, datetime | None]:
    """Likewise, the latest first."""
    statement = (
        select(evse.c.id, evse.c.look_at)
        .where(evse.c.look_at <= now)
        .order_by(evse.c.look_at.desc())
        .limit(limit)
    )
    return {row[0]: row[1] for row in conn.execute(statement)}


def look_ats(conn: Connection, numbers: Collection[int]) -> dict[int, datetime | None]:
    """When each of these EVSEs is to be looked at."""
    statement = select(evse.c.id, evse.c.look_at).where(one_of(evse.c.id, numbers))
    return {row[0]: row[1] for row in conn.execute(statement)}


def behind(conn: Connection, after: int, *, limit: int) -> list[int]:
    """The next EVSEs behind number `after`, removed ones too: the whole fleet in slices."""
    statement = select(evse.c.id).where(evse.c.id > after).order_by(evse.c.id).limit(limit)
    return list(conn.scalars(statement))


def keep_looks(conn: Connection, looks: Mapping[int, datetime | None]) -> None:
    """Set when each of these EVSEs is to be looked at next."""
    if looks:
        conn.execute(
            update(evse)
            .where(evse.c.id == bindparam("number"))
            .values(look_at=bindparam("next_at")),
            [{"number": number, "next_at": at} for number, at in looks.items()],
        )


# --- what partners should know --------------------------------------------------------------


def latest_told(conn: Connection) -> datetime | None:
    """The newest `last_updated` that any partner was or is to be told."""
    at: datetime | None = conn.scalar(select(func.max(partner_evse.c.wanted_at)))
    return at


def known(
    conn: Connection, partners: Collection[int], numbers: Collection[int]
) -> dict[Pair, tuple[Known, int]]:
    """Rows of these partners and EVSEs by (partner, EVSE), each with its location."""
    return _known(
        conn,
        partner_evse.c.partner_id.in_(list(partners)),
        one_of(partner_evse.c.evse_id, numbers),
    )


def known_at(conn: Connection, partner_id: int, location_id: int) -> dict[int, Known]:
    """Rows of one partner at one location, by EVSE."""
    found = _known(
        conn,
        partner_evse.c.partner_id == partner_id,
        partner_evse.c.evse_id.in_(select(evse.c.id).where(evse.c.location_id == location_id)),
    )
    return {number: row for (_, number), (row, _) in found.items()}


def _known(conn: Connection, *conditions: Any) -> dict[Pair, tuple[Known, int]]:
    columns = [partner_evse.c[name] for name in KNOWN]
    keys = (partner_evse.c.partner_id, partner_evse.c.evse_id, partner_evse.c.location_id)
    found = conn.execute(select(*keys, *columns).where(*conditions))
    return {(row[0], row[1]): (Known(*row[3:]), row[2]) for row in found}


def keep(
    conn: Connection,
    rows: Mapping[Pair, tuple[Known, int]],
    *,
    there: Collection[Pair],
) -> None:
    """Write rows by (partner, EVSE), each with its location; those `there` are changed, others added."""
    _keep(
        conn,
        partner_evse,
        "evse_id",
        {
            pair: {name: getattr(row, name) for name in KNOWN} | {"location_id": where}
            for pair, (row, where) in rows.items()
        },
        there,
    )


def known_locations(
    conn: Connection, partners: Collection[int], location_ids: Collection[int]
) -> dict[Pair, KnownLocation]:
    """Rows of these partners and locations by (partner, location)."""
    columns = [partner_location.c[name] for name in _KNOWN_LOCATION]
    keys = (partner_location.c.partner_id, partner_location.c.location_id)
    found = conn.execute(
        select(*keys, *columns).where(
            partner_location.c.partner_id.in_(list(partners)),
            one_of(partner_location.c.location_id, location_ids),
        )
    )
    return {(row[0], row[1]): KnownLocation(*row[2:]) for row in found}


def keep_locations(
    conn: Connection, rows: Mapping[Pair, KnownLocation], *, there: Collection[Pair]
) -> None:
    """Write rows by (partner, location)."""
    values = {
        pair: {name: getattr(row, name) for name in _KNOWN_LOCATION} for pair, row in rows.items()
    }
    _keep(conn, partner_location, "location_id", values, there)


def _keep(
    conn: Connection,
    table: Any,
    other: str,
    rows: Mapping[Pair, dict[str, Any]],
    there: Collection[Pair],
) -> None:
    fresh = [
        {"partner_id": pair[0], other: pair[1], **values}
        for pair, values in rows.items()
        if pair not in there
    ]
    changed = [
        {"which_partner": pair[0], "which_other": pair[1], **values}
        for pair, values in rows.items()
        if pair in there
    ]
    if fresh:
        conn.execute(insert(table), fresh)
    if changed:
        names = [name for name in changed[0] if not name.startswith("which_")]
        conn.execute(
            update(table)
            .where(
                table.c.partner_id == bindparam("which_partner"),
                table.c[other] == bindparam("which_other"),
            )
            .values({name: bindparam(name) for name in names}),
            changed,
        )


# --- what is due ----------------------------------------------------------------------------


def next_due(conn: Connection, partner_ids: Sequence[int]) -> dict[int, datetime]:
    """When something is due to each of these partners; those with nothing to send are absent."""
    found: dict[int, datetime] = {}
    for table in (partner_evse, partner_location):
        for number in partner_ids:
            at = conn.scalar(
                select(func.min(table.c.due_at)).where(
                    table.c.partner_id == number, table.c.due_at.is_not(None)
                )
            )
            if at is not None:
                found[number] = min(at, found.get(number, at))
    return found


def due_locations(
    conn: Connection, partner_id: int, now: datetime, *, limit: int
) -> dict[int, KnownLocation]:
    """Locations that are due to a partner, the earliest first."""
    columns = [partner_location.c[name] for name in _KNOWN_LOCATION]
    statement = (
        select(partner_location.c.location_id, *columns)
        .where(partner_location.c.partner_id == partner_id, partner_location.c.due_at <= now)
        .order_by(partner_location.c.due_at)
        .limit(limit)
    )
    return {row[0]: KnownLocation(*row[1:]) for row in conn.execute(statement)}


def due_evses(
    conn: Connection, partner_id: int, now: datetime, *, limit: int
) -> list[tuple[int, int, Known, Place]]:
    """EVSEs that are due to a partner, the earliest first: (EVSE, location, row, where it is found)."""
    columns = [partner_evse.c[name] for name in KNOWN]
    joined = partner_evse.join(evse, partner_evse.c.evse_id == evse.c.id).join(
        location, evse.c.location_id == location.c.id
    )
    statement = (
        select(
            partner_evse.c.evse_id,
            evse.c.location_id,
            location.c.country_code,
            location.c.party_id,
            location.c.ocpi_id,
            evse.c.uid,
            *columns,
        )
        .select_from(joined)
        .where(partner_evse.c.partner_id == partner_id, partner_evse.c.due_at <= now)
        .order_by(partner_evse.c.due_at)
        .limit(limit)
    )
    return [
        (row[0], row[1], Known(*row[6:]), Place(row[2], row[3], row[4], row[5]))
        for row in conn.execute(statement)
    ]


# --- receipts -------------------------------------------------------------------------------


def add_receipts(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep what was told and what was answered."""
    if rows:
        conn.execute(insert(receipt), rows)


def forget_receipts(conn: Connection, before: datetime, *, most: int) -> int:
    """Delete receipts from before that instant, at most so many; how many."""
    old = select(receipt.c.id).where(receipt.c.at < before).order_by(receipt.c.at).limit(most)
    return conn.execute(delete(receipt).where(receipt.c.id.in_(old))).rowcount


# --- partners as a sender sees them ---------------------------------------------------------


def partner_rows(conn: Connection, numbers: Collection[int]) -> dict[int, Row[Any]]:
    """Partners by number, removed ones left out."""
    kept = partner.c.removed_at.is_(None)
    found = conn.execute(select(partner).where(kept, partner.c.id.in_(list(numbers))))
    return {row.id: row for row in found}


def keep_partners(conn: Connection, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Note how partners fared."""
    for number, values in changes.items():
        if values:
            conn.execute(update(partner).where(partner.c.id == number).values(**values))


def read_back_page(
    conn: Connection, partner_id: int, after: int, *, limit: int
) -> list[tuple[int, Place]]:
    """The next locations behind number `after` that a partner is known to have."""
    statement = (
        select(location.c.id, location.c.country_code, location.c.party_id, location.c.ocpi_id)
        .select_from(
            partner_location.join(location, partner_location.c.location_id == location.c.id)
        )
        .where(
            partner_location.c.partner_id == partner_id,
            partner_location.c.content_acked != 0,
            location.c.id > after,
        )
        .order_by(location.c.id)
        .limit(limit)
    )
    return [(row[0], Place(row[1], row[2], row[3])) for row in conn.execute(statement)]


def uid_keys(conn: Connection, numbers: Iterable[int]) -> dict[int, str]:
    """The keys by which OCPI compares the uids of these EVSEs."""
    found = conn.execute(select(evse.c.id, evse.c.uid_key).where(one_of(evse.c.id, numbers)))
    return {row[0]: row[1] for row in found}
