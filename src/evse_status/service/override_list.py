"""Which overrides are there? In the order in which they were made, page by page, for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection

from evse_status.core.errors import InvalidInput, UnknownOverride
from evse_status.core.override import Override, Wish
from evse_status.core.principal import Principal
from evse_status.core.statuses import Phase, Source, TemporaryStatus
from evse_status.core.wall_time import WishOnClocks
from evse_status.service.at_sites import groups_at_sites
from evse_status.service.audit import OverrideFilter, conditions_of
from evse_status.service.fleet import only_one
from evse_status.service.idempotency import Once
from evse_status.service.schedule import place_within
from evse_status.service.standing import Standing, standings
from evse_status.store import evses, overrides, selections
from evse_status.store.database import Database

MOST_AT_ONCE = 10_000
"""Rows that are answered without paging."""


class TooManyRows(InvalidInput):
    """A list without paging that is too long."""

    code = "too_many_rows"

    def __init__(self) -> None:
        super().__init__(
            f"limit: more than {MOST_AT_ONCE:,} overrides fit. Ask for pages with limit "
            "(and follow the Link header), or narrow the list down.",
            field="limit",
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which overrides; an empty condition asks nothing.

    `evse` in any writing; `location` is an OCPI Location id; `from_at`, `to_at` ask for those that
    hold at some instant of `[from_at, to_at)`.
    """

    evse: str | None = None
    phase: Phase | None = None
    status: TemporaryStatus | None = None
    source: Source | None = None
    location: str | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """Some overrides. `total` is `None` where nobody paged; `last` is set where more follow."""

    rows: tuple[Standing, ...]
    total: int | None = None
    last: int | None = None


def list_all(db: Database, principal: Principal, which: Wanted, *, now: datetime) -> Listed:
    """All that fit. Raises TooManyRows, and UnknownEvse, AmbiguousEvse for `evse`."""
    principal.require_reader()
    with db.read() as conn:
        conditions = _conditions(conn, principal, which, now)
        found = overrides.listed(conn, *conditions, limit=MOST_AT_ONCE + 1, few=_few(which))
        if len(found) > MOST_AT_ONCE:
            raise TooManyRows
        return Listed(tuple(standings(conn, found, now)))


def list_page(
    db: Database, principal: Principal, which: Wanted, *, now: datetime, limit: int, after: int = 0
) -> Listed:
    """Those made after the override `after`; new ones are appended, so no page loses a row."""
    principal.require_reader()
    with db.read() as conn:
        conditions = _conditions(conn, principal, which, now)
        total = overrides.count(conn, *conditions)
        found = overrides.listed(conn, *conditions, after=after, limit=limit + 1, few=_few(which))
        rows = tuple(standings(conn, found[:limit], now))
    return Listed(rows, total, rows[-1].override.id if len(found) > limit else None)


def standing(db: Database, principal: Principal, override_id: int, *, now: datetime) -> Standing:
    """One override. Raises UnknownOverride, also for one outside the area."""
    principal.require_reader()
    with db.read() as conn:
        return _standing(conn, principal, override_id, now)


def standing_of(db: Database, override: Override, *, now: datetime) -> Standing:
    """How an override that was just altered stands."""
    return standings_of(db, [override], now=now)[0]


def standings_of(db: Database, altered: Sequence[Override], *, now: datetime) -> list[Standing]:
    """How overrides that were just altered stand, in their order."""
    with db.read() as conn:
        return standings(conn, altered, now)


def place_one(
    db: Database,
    principal: Principal,
    evse: str,
    wish: Wish | WishOnClocks,
    *,
    once: Once[Standing] | None = None,
) -> Standing:
    """Place one override on the EVSE of this id. Raises what refuses it; see Once for repeats."""
    with db.write() as write:
        if once is not None:
            once.begin(write)
        [group], _ = groups_at_sites(write.conn, principal, [evse], wish)
        made = place_within(write, principal, [evse], group.wish, all_or_nothing=True).done
        [placed] = standings(write.conn, made, write.now)
        if once is not None:
            once.finish(write, placed)
    return placed


def _standing(conn: Connection, principal: Principal, override_id: int, now: datetime) -> Standing:
    found = overrides.by_ids(conn, [override_id]).get(override_id)
    if found is None or not evses.by_numbers(conn, [found.evse], evses.in_area(principal)):
        raise UnknownOverride(override_id)
    [one] = standings(conn, [found], now)
    return one


def _few(which: Wanted) -> bool:
    return which.phase in (Phase.ACTIVE, Phase.UPCOMING) or which.evse is not None


def _conditions(
    conn: Connection, principal: Principal, which: Wanted, now: datetime
) -> list[ColumnElement[bool]]:
    evse = None
    if which.evse is not None:
        evse = only_one(which.evse, evses.by_text(conn, which.evse, principal)).id
    conditions = conditions_of(
        conn,
        principal,
        OverrideFilter(
            search=which.search,
            statuses=(which.status,) if which.status else (),
            sources=(which.source,) if which.source else (),
            evse=evse,
        ),
    )
    if which.phase is not None:
        conditions.append(overrides.in_phase(which.phase, now))
    if which.location is not None:
        conditions.append(selections.at_locations([which.location]))
    if which.from_at is not None or which.to_at is not None:
        conditions.append(overrides.within(which.from_at, which.to_at))
    return conditions
