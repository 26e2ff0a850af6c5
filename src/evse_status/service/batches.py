"""What becomes of one wish on many EVSEs? Shown first, done, and looked at again."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection

from evse_status.core.errors import (
    EvseStatusError,
    InvalidInput,
    NothingSelected,
    UnknownBatch,
)
from evse_status.core.override import Wish, place
from evse_status.core.principal import Principal
from evse_status.core.statuses import ActualStatus
from evse_status.service.groups import MOST_AT_ONCE, Group, look, require_may_place
from evse_status.service.idempotency import Once
from evse_status.service.overlaps import Overlap
from evse_status.service.placing import place_groups_within
from evse_status.service.plan_mark import OtherThanPreviewed, mark_of
from evse_status.service.standing import Standing, standings
from evse_status.store import evses, overrides, selections
from evse_status.store.database import Database

__all__ = [
    "MOST_AT_ONCE",
    "BatchDetail",
    "BatchOutcome",
    "MatchesEverything",
    "OtherThanPreviewed",
    "Placed",
    "Selector",
    "batch_detail",
    "place_batch",
    "preview_batch",
]


class MatchesEverything(InvalidInput):
    """A selector that every EVSE fits."""

    code = "matches_everything"

    def __init__(self) -> None:
        super().__init__(
            "selector: it fits every EVSE of several locations. Narrow it down, "
            "or name the EVSEs one by one in evseIds.",
            field="selector",
        )


@dataclass(frozen=True, slots=True)
class Selector:
    """EVSEs by description: every condition that isn't empty must hold, any one of its words fits it.

    Location ids, country codes and party ids are OCPI's; `chargers`, `cities` and `location_ids`
    must all exist in the area.
    """

    location_ids: tuple[str, ...] = ()
    chargers: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    country_codes: tuple[str, ...] = ()
    party_ids: tuple[str, ...] = ()
    connector_standards: tuple[str, ...] = ()
    power_types: tuple[str, ...] = ()
    actual_statuses: tuple[ActualStatus, ...] = ()
    search: str = ""

    @property
    def asks_nothing(self) -> bool:
        """Whether it has no condition."""
        texts = (getattr(self, one.name) for one in fields(self))
        return not any(text.strip() if isinstance(text, str) else text for text in texts)


@dataclass(frozen=True, slots=True)
class Placed:
    """One EVSE of a batch; `standing` is `None` where it was refused, and in a preview."""

    evse_id: str
    standing: Standing | None
    error: EvseStatusError | None
    overlaps: tuple[Overlap, ...]


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """A batch that was made (`batch_id`) or shown (`None`); `previewed` is the mark of what was shown."""

    batch_id: int | None
    items: tuple[Placed, ...]
    previewed: str


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """A batch as it is now, with the overrides that it made or changed."""

    id: int
    name: str
    made_at: datetime
    made_by: str
    undone_at: datetime | None
    undone_by: str | None
    undoes: int | None
    items: tuple[Standing, ...]


def preview_batch(
    db: Database,
    principal: Principal,
    target: Sequence[str] | Selector,
    wish: Wish,
    *,
    now: datetime,
) -> BatchOutcome:
    """What placing would do as of `now`; nothing is written. Raises what placing would raise."""
    require_may_place(principal, [Group((), wish)])
    with db.read() as conn:
        seen = look(conn, principal, _groups(conn, principal, target, wish, now), now)
    items = tuple(
        Placed(one.evse_id, None, one.error, seen.overlaps.get(which, ()))
        for which, one in enumerate(seen.targets)
    )
    return BatchOutcome(None, items, str(mark_of(seen)))


def place_batch(
    db: Database,
    principal: Principal,
    target: Sequence[str] | Selector,
    wish: Wish,
    *,
    all_or_nothing: bool = False,
    previewed: str | None = None,
    once: Once[BatchOutcome] | None = None,
) -> BatchOutcome:
    """Place one override per EVSE, each accepted or refused by itself, in one transaction.

    With `all_or_nothing` the first refusal is raised. With `previewed` (the mark of a preview)
    it is refused where anything else would be done than was shown (OtherThanPreviewed).
    """
    require_may_place(principal, [Group((), wish)])
    with db.write() as write:
        if once is not None:
            once.begin(write)
        result, seen = place_groups_within(
            write,
            principal,
            _groups(write.conn, principal, target, wish, write.now),
            previewed=previewed,
            all_or_nothing=all_or_nothing,
        )
        made = iter(standings(write.conn, result.done, write.now))
        items = tuple(
            Placed(
                one.evse_id,
                next(made) if one.error is None else None,
                one.error,
                seen.overlaps.get(which, ()),
            )
            for which, one in enumerate(seen.targets)
        )
        outcome = BatchOutcome(result.batch_id, items, str(mark_of(seen)))
        if once is not None:
            once.finish(write, outcome)
    db.wrote(len(result.done))
    return outcome


def batch_detail(
    db: Database, principal: Principal, batch_id: int, *, now: datetime
) -> BatchDetail:
    """One batch, with those of its overrides that lie in the area. Raises UnknownBatch."""
    principal.require_reader()
    with db.read() as conn:
        row = overrides.batch_row(conn, batch_id)
        if row is None:
            raise UnknownBatch(batch_id)
        ids = {line.override_id for line in overrides.changes_of_batch(conn, batch_id)}
        found = overrides.by_ids(conn, ids)
        numbers = {one.evse for one in found.values()}
        reached = evses.by_numbers(conn, numbers, evses.in_area(principal))
        seen = [found[number] for number in sorted(found) if found[number].evse in reached]
        if not seen:
            raise UnknownBatch(batch_id)
        items = tuple(standings(conn, seen, now))
    return BatchDetail(
        id=row.id,
        name=row.name,
        made_at=row.made_at,
        made_by=row.made_by,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        undoes=row.undoes,
        items=items,
    )


def _groups(
    conn: Connection,
    principal: Principal,
    target: Sequence[str] | Selector,
    wish: Wish,
    now: datetime,
) -> list[Group]:
    place(wish, evse=0, created_by=principal.name, now=now)
    chosen: Sequence[int | str] = (
        _selected(conn, principal, target) if isinstance(target, Selector) else target
    )
    if not chosen:
        raise NothingSelected(field="evseIds")
    return [Group(tuple(chosen), wish)]


def _selected(conn: Connection, principal: Principal, selector: Selector) -> list[int]:
    if selector.asks_nothing:
        raise NothingSelected(field="selector", what="condition")
    _require_known(conn, principal, selector)
    found = selections.selected(conn, principal, _conditions(selector), limit=MOST_AT_ONCE + 1)
    if not found:
        raise InvalidInput("selector: no EVSE fits it. Check its words.", field="selector")
    several = len({location for _, location in found}) > 1
    if several and len(found) == evses.count(conn, evses.in_area(principal), evses.live()):
        raise MatchesEverything
    return [number for number, _ in found]


def _conditions(selector: Selector) -> list[ColumnElement[bool]]:
    asked: tuple[tuple[Sequence[Any], Callable[[Any], ColumnElement[bool]]], ...] = (
        (selector.location_ids, selections.at_locations),
        (selector.chargers, selections.of_chargers),
        (selector.cities, selections.in_cities),
        (selector.country_codes, selections.in_countries),
        (selector.party_ids, selections.of_operators),
        (selector.actual_statuses, selections.reporting),
    )
    conditions = [condition(words) for words, condition in asked if words]
    for key, words in (
        ("standard", selector.connector_standards),
        ("power_type", selector.power_types),
    ):
        if words:
            conditions.append(selections.with_connector(key, words))
    if selector.search.strip():
        conditions.append(evses.matching(evses.Narrowing(search=selector.search)))
    return conditions


def _require_known(conn: Connection, principal: Principal, selector: Selector) -> None:
    for name, words, without in (
        ("locationIds", selector.location_ids, selections.locations_without),
        ("chargers", selector.chargers, selections.chargers_without),
        ("cities", selector.cities, selections.cities_without),
    ):
        unknown = without(conn, principal, words) if words else []
        if unknown:
            raise InvalidInput(
                f"selector.{name}: nothing is known at {_named(unknown)}. Check the spelling.",
                field=f"selector.{name}",
            )


def _named(words: Iterable[str]) -> str:
    return ", ".join(repr(word[:60]) for word in list(words)[:5])
