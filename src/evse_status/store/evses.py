"""Which EVSEs and locations are kept, and which of them are asked for?"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    func,
    or_,
    select,
    true,
    update,
)

from evse_status.core.evse_id import possible_keys
from evse_status.core.principal import Principal
from evse_status.store.numbers import fetch, one_of, read
from evse_status.store.tables import evse, location

CARD = (
    evse.c.id,
    evse.c.evse_id,
    evse.c.uid,
    evse.c.charger,
    evse.c.physical_reference,
    evse.c.power_w,
    evse.c.connectors,
    evse.c.missing_since,
    evse.c.removed_at,
    evse.c.replaced_by,
    location.c.id.label("location_id"),
    location.c.name.label("location_name"),
    location.c.address,
    location.c.city,
    location.c.country_code,
    location.c.party_id,
    location.c.time_zone,
    location.c.publish,
)
"""The columns of a card: one EVSE and where it stands."""

NUMBERS = range(1, 2**63)
"""What a row may be numbered; nothing has any other number, and a database refuses to compare it."""

JOINED = evse.join(location, evse.c.location_id == location.c.id)
_FEW = 10_000
"""Up to so many are looked up one by one; for more all live ones are read from their index."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Conditions on EVSEs, all of which must hold; an empty one asks nothing."""

    search: str = ""
    location_ids: Sequence[int] = ()
    cities: Sequence[str] = ()
    evses: Sequence[int] = ()


def in_area(principal: Principal) -> ColumnElement[bool]:
    """Where the principal may look: conditions on `location` (rule 15)."""
    conditions: list[ColumnElement[bool]] = [true()]
    if principal.operators is not None:
        conditions.append(func.upper(location.c.party_id).in_(sorted(principal.operators)))
    if principal.countries is not None:
        conditions.append(func.upper(location.c.country_code).in_(sorted(principal.countries)))
    if principal.locations is not None:
        conditions.append(location.c.id.in_(sorted(principal.locations)))
    return and_(*conditions)


def live() -> ColumnElement[bool]:
    """EVSEs that are neither removed nor replaced by a swapped charger."""
    return and_(evse.c.removed_at.is_(None), evse.c.replaced_by.is_(None))


def is_live(row: Row[Any]) -> bool:
    """The same of one row of `CARD`."""
    return row.removed_at is None and row.replaced_by is None


def matching(which: Narrowing) -> ColumnElement[bool]:
    """The condition on `evse` and `location` that `which` stands for."""
    conditions: list[ColumnElement[bool]] = [true()]
    for term in which.search.casefold().split():
        contained = evse.c.search.contains(term, autoescape=True)
        conditions.append(or_(contained, evse.c.evse_key.in_(possible_keys(term))))
    if which.location_ids:
        conditions.append(location.c.id.in_(which.location_ids))
    if which.cities:
        conditions.append(location.c.city.in_(which.cities))
    if which.evses:
        conditions.append(one_of(evse.c.id, which.evses))
    return and_(*conditions)


_CARDS: Select[Any] = select(*CARD).select_from(JOINED)


def cards(*conditions: ColumnElement[bool]) -> Select[Any]:
    """EVSEs with their locations in stable order: city, location, charger, EVSE."""
    return _CARDS.where(*conditions).order_by(evse.c.sort_key, evse.c.id)


def count(conn: Connection, *conditions: ColumnElement[bool]) -> int:
    """How many EVSEs fulfil the conditions."""
    return conn.scalar(select(func.count()).select_from(JOINED).where(*conditions)) or 0


def count_live(conn: Connection, principal: Principal, *conditions: ColumnElement[bool]) -> int:
    """How many live EVSEs the principal reaches; without limits no location is read."""
    return conn.scalar(_reached(select(func.count()), principal).where(live(), *conditions)) or 0


def live_among(conn: Connection, numbers: Collection[int], principal: Principal) -> set[int]:
    """Those of `numbers` that are live and that the principal reaches."""
    return among(conn, numbers, principal, live())


def among(
    conn: Connection,
    numbers: Collection[int],
    principal: Principal,
    *conditions: ColumnElement[bool],
) -> set[int]:
    """Those of `numbers` that the principal reaches and that fulfil the conditions on `evse`."""
    if not numbers or (principal.is_everywhere and not conditions):
        return set(numbers)
    statement = _reached(select(evse.c.id), principal).where(*conditions)
    if len(numbers) <= _FEW:
        return set(read(conn, statement.where(one_of(evse.c.id, numbers))))
    return set(read(conn, statement)).intersection(numbers)


def numbers(conn: Connection, *conditions: ColumnElement[bool]) -> set[int]:
    """The numbers of all EVSEs, removed ones too, that fulfil the conditions."""
    return set(read(conn, select(evse.c.id).select_from(JOINED).where(*conditions)))


def fingerprint(conn: Connection) -> tuple[Any, ...]:
    """What moves when an EVSE comes, goes or comes back."""
    statement = select(func.count(), func.sum(evse.c.id), func.sum(evse.c.id * evse.c.id % 10_007))
    return tuple(conn.execute(statement.where(live())).one())


def page(
    conn: Connection, *conditions: ColumnElement[bool], limit: int, offset: int
) -> list[Row[Any]]:
    """Some cards in stable order. First their numbers, which an index has, then the rows themselves."""
    wanted = list(conn.scalars(_in_order(conditions).limit(limit).offset(offset)))
    found = by_numbers(conn, wanted)
    return [found[number] for number in wanted]


def page_and_count(
    conn: Connection,
    *conditions: ColumnElement[bool],
    only: Collection[int] | None = None,
    limit: int,
    offset: int = 0,
) -> tuple[list[Row[Any]], int]:
    """`page` of those that are among `only`, and how many there are in all: both from looking once."""
    fitting = read(conn, _in_order(conditions))
    if only is not None:
        fitting = [number for number in fitting if number in only]
    wanted = fitting[offset : offset + limit]
    found = by_numbers(conn, wanted)
    return [found[number] for number in wanted], len(fitting)


def _in_order(conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    order = (evse.c.sort_key, evse.c.id)
    return select(evse.c.id).select_from(JOINED).where(*conditions).order_by(*order)


def _reached(statement: Select[Any], principal: Principal) -> Select[Any]:
    """From the EVSEs that the principal reaches; their locations are only read where that depends on them."""
    if principal.is_everywhere:
        return statement.select_from(evse)
    return statement.select_from(JOINED).where(in_area(principal))


def count_by_location(conn: Connection, location_ids: Iterable[int]) -> dict[int, int]:
    """How many live EVSEs each of these locations has."""
    statement = (
        select(evse.c.location_id, func.count().label("evses"))
        .where(one_of(evse.c.location_id, sorted(location_ids)), live())
        .group_by(evse.c.location_id)
    )
    return {row.location_id: row.evses for row in conn.execute(statement)}


def kinds_at(conn: Connection, location_ids: Iterable[int]) -> list[tuple[int, int, str]]:
    """(EVSE, location, connectors in short) of the live EVSEs at these locations."""
    columns = (evse.c.id, evse.c.location_id, evse.c.connectors)
    some = one_of(evse.c.location_id, sorted(location_ids))
    return fetch(conn, select(*columns).where(some, live()))


def by_numbers(
    conn: Connection, numbers: Iterable[int], *conditions: ColumnElement[bool]
) -> dict[int, Row[Any]]:
    """Cards by surrogate number, removed ones too unless `conditions` say otherwise; others are absent."""
    wanted = sorted(number for number in set(numbers) if number in NUMBERS)
    if not wanted:
        return {}
    statement = _CARDS.where(one_of(evse.c.id, wanted), *conditions)
    return {row.id: row for row in conn.execute(statement)}


def by_text(conn: Connection, text: str, principal: Principal) -> list[Row[Any]]:
    """The EVSEs that `text` names: by exact text first, then by key; removed ones only if no other does."""
    exact = evse.c.evse_id == text.strip()
    by_key = evse.c.evse_key.in_(possible_keys(text))
    area = in_area(principal)
    for conditions in ((exact, live()), (by_key, live()), (exact,), (by_key,)):
        found = list(conn.execute(cards(area, *conditions).limit(10)))
        if found:
            return found
    return []


def by_texts(
    conn: Connection, texts: Iterable[str], principal: Principal
) -> dict[str, list[Row[Any]]]:
    """`by_text` for many, in few queries."""
    wanted = set(texts)
    found = _by_keys(conn, wanted, in_area(principal), live())
    gone = _by_keys(conn, {text for text in wanted if not found[text]}, in_area(principal))
    return found | gone


def _by_keys(
    conn: Connection, texts: set[str], *conditions: ColumnElement[bool]
) -> dict[str, list[Row[Any]]]:
    keys_of = {text: possible_keys(text) for text in texts}
    all_keys = sorted({key for keys in keys_of.values() for key in keys})
    rows: list[Row[Any]] = []
    for start in range(0, len(all_keys), 5_000):
        some = all_keys[start : start + 5_000]
        statement = cards(*conditions, evse.c.evse_key.in_(some))
        rows += conn.execute(statement.add_columns(evse.c.evse_key))
    by_key: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_key.setdefault(row.evse_key, []).append(row)
    found = {}
    for text, keys in keys_of.items():
        fitting = [row for key in keys for row in by_key.get(key, [])]
        exact = [row for row in fitting if row.evse_id == text.strip()]
        found[text] = exact or fitting
    return found


def places(conn: Connection, principal: Principal) -> list[Row[Any]]:
    """Locations with live EVSEs and how many: id, name, city, time_zone, evses."""
    counted = (
        select(evse.c.location_id, func.count().label("evses"))
        .where(live())
        .group_by(evse.c.location_id)
        .subquery()
    )
    statement = (
        select(
            location.c.id, location.c.name, location.c.city, location.c.time_zone, counted.c.evses
        )
        .join(counted, counted.c.location_id == location.c.id)
        .where(in_area(principal))
    )
    return sorted(conn.execute(statement), key=lambda row: (row.name.casefold(), row.id))


def look_again(
    conn: Connection, numbers: Iterable[int], at: datetime, *, overrides: bool = False
) -> None:
    """Have the sender look at these EVSEs: what they show may have changed at `at`.

    With `overrides` it is when their overrides hold that changed.
    """
    wanted = sorted(set(numbers))
    if wanted:
        stamps = {"look_at": at} | ({"overrides_changed_at": at} if overrides else {})
        conn.execute(update(evse).where(one_of(evse.c.id, wanted)).values(stamps))


def look_again_at(conn: Connection, location_ids: Iterable[int], at: datetime) -> None:
    """Likewise for all EVSEs at these locations."""
    wanted = sorted(set(location_ids))
    if wanted:
        conn.execute(update(evse).where(one_of(evse.c.location_id, wanted)).values(look_at=at))
