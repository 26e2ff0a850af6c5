"""How is what a feed says about locations and EVSEs kept?"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, tuple_, update

from evse_status.store.numbers import one_of
from evse_status.store.tables import evse, import_run, location

_CHUNK = 2_000
_FEW = 300  # SQLite nests a list of tuples as deep as it is long


def locations_of(
    conn: Connection, parties: Iterable[tuple[str, str]]
) -> dict[tuple[str, str, str], Row[Any]]:
    """All locations of these operators, by (country code, party id, upper-case id)."""
    statement = select(location).where(
        tuple_(location.c.country_code, location.c.party_id).in_(sorted(set(parties)))
    )
    return {(row.country_code, row.party_id, row.ocpi_key): row for row in conn.execute(statement)}


def locations_named(
    conn: Connection, keys: Iterable[tuple[str, str, str]]
) -> dict[tuple[str, str, str], Row[Any]]:
    """These locations alone, by (country code, party id, upper-case id)."""
    named = tuple_(location.c.country_code, location.c.party_id, location.c.ocpi_key)
    found = _few(conn, select(location), named, keys)
    return {(row.country_code, row.party_id, row.ocpi_key): row for row in found}


def evses_named(
    conn: Connection, keys: Iterable[tuple[str, str, str, str]]
) -> dict[tuple[str, str, str, str], Row[Any]]:
    """EVSEs by location (as in `locations_named`) and upper-case uid: whether they are there or gone."""
    wanted = set(keys)
    place = (location.c.country_code, location.c.party_id, location.c.ocpi_key)
    gone = (evse.c.missing_since, evse.c.removed_at, evse.c.replaced_by)
    ids = _few(conn, select(location.c.id, *place), tuple_(*place), {key[:3] for key in wanted})
    names = {row.id: tuple(row)[1:] for row in ids}
    at = tuple_(evse.c.location_id, evse.c.uid_key)
    at_locations = {name: number for number, name in names.items()}
    pairs = {(at_locations[key[:3]], key[3]) for key in wanted if key[:3] in at_locations}
    columns = (evse.c.id, evse.c.location_id, evse.c.uid_key, *gone)
    found = _few(conn, select(*columns), at, pairs)
    return {(*names[row.location_id], row.uid_key): row for row in found}


def tell_of(conn: Connection, location_ids: Iterable[int], upstream_id: int) -> None:
    """From now on this upstream tells of these locations."""
    others = location.c.upstream_id.is_distinct_from(upstream_id)
    some = one_of(location.c.id, location_ids)
    conn.execute(update(location).where(some, others).values(upstream_id=upstream_id))


def evses_of(conn: Connection, location_ids: Iterable[int]) -> dict[tuple[int, str], Row[Any]]:
    """All EVSEs of these locations, by (location, upper-case uid)."""
    wanted = sorted(set(location_ids))
    found: dict[tuple[int, str], Row[Any]] = {}
    for start in range(0, len(wanted), _CHUNK):
        statement = select(evse).where(evse.c.location_id.in_(wanted[start : start + _CHUNK]))
        found.update(((row.location_id, row.uid_key), row) for row in conn.execute(statement))
    return found


def evses_called(conn: Connection, evse_ids: Iterable[str]) -> list[Row[Any]]:
    """Every EVSE that carries one of these `evse_id`s and was not replaced."""
    wanted = sorted(set(evse_ids))
    found: list[Row[Any]] = []
    for start in range(0, len(wanted), _CHUNK):
        found += conn.execute(
            select(evse).where(
                evse.c.evse_id.in_(wanted[start : start + _CHUNK]), evse.c.replaced_by.is_(None)
            )
        )
    return found


def add_locations(conn: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert locations; their numbers in the same order."""
    return _add(conn, location, rows)


def add_evses(conn: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert EVSEs; their numbers in the same order."""
    return _add(conn, evse, rows)


def change_locations(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Update locations: every row has `id` and the same columns."""
    _change(conn, location, rows)


def change_evses(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Update EVSEs: every row has `id` and the same columns."""
    _change(conn, evse, rows)


def mark(conn: Connection, numbers: Iterable[int], **values: Any) -> None:
    """Set the same values on many EVSEs."""
    wanted = sorted(set(numbers))
    for start in range(0, len(wanted), _CHUNK):
        conn.execute(
            update(evse).where(evse.c.id.in_(wanted[start : start + _CHUNK])).values(**values)
        )


def remember_run(
    conn: Connection, *, at: datetime, by: str, origin: str, outcome: dict[str, Any]
) -> None:
    """Keep who imported what, when, and what came of it."""
    conn.execute(insert(import_run).values(at=at, by=by, origin=origin, outcome=outcome))


def newest_run(conn: Connection) -> int:
    """The number of the newest import; names and places move with imports alone."""
    return conn.scalar(select(func.max(import_run.c.id))) or 0


def _add(conn: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(conn.scalars(statement, list(rows)))


def _change(conn: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    names = [name for name in rows[0] if name != "id"]
    statement = (
        update(table)
        .where(table.c.id == bindparam("which"))
        .values({name: bindparam(name) for name in names})
    )
    conn.execute(statement, [{"which": row["id"], **{n: row[n] for n in names}} for row in rows])


def _few(
    conn: Connection, statement: Select[Any], column: Any, keys: Iterable[tuple[Any, ...]]
) -> list[Row[Any]]:
    """The rows whose columns are one of `keys`."""
    wanted = sorted(set(keys))
    found: list[Row[Any]] = []
    for start in range(0, len(wanted), _FEW):
        found += conn.execute(statement.where(column.in_(wanted[start : start + _FEW])))
    return found
