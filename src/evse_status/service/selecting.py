"""Which EVSEs does somebody mean who describes them, or names them one by one?"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Connection

from evse_status.core.errors import InvalidInput, NothingSelected
from evse_status.core.principal import Principal
from evse_status.core.statuses import ActualStatus
from evse_status.service.groups import MOST_AT_ONCE
from evse_status.store import evses, selections


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


Described = Sequence[int | str] | Selector
"""EVSEs by surrogate number or by their ids as people write them, or by a description."""


def chosen(conn: Connection, principal: Principal, which: Described) -> list[int | str]:
    """The EVSEs that are meant: surrogate numbers, or the ids as given.

    Raises NothingSelected, MatchesEverything, and InvalidInput for too many and for words of which
    nothing is known.
    """
    found: list[int | str] = (
        [*_selected(conn, principal, which)] if isinstance(which, Selector) else [*which]
    )
    if not found:
        raise NothingSelected(field="evseIds")
    if len(found) > MOST_AT_ONCE:
        raise InvalidInput(
            f"evseIds: at most {MOST_AT_ONCE:,} EVSEs fit into one batch. Make several.",
            field="evseIds",
        )
    return found


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
