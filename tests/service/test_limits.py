"""Services check limits by themselves, whoever calls them (rule 15)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from evse_status.channels.ocpi.locations_in import read_locations
from evse_status.core.errors import NotAllowed, UnknownEvse, UnknownOverride
from evse_status.core.override import Edit
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.statuses import ActualStatus
from evse_status.service import audit, fleet, look_up, plan, schedule
from evse_status.service.audit import OverrideFilter
from evse_status.service.fleet import FleetFilter
from evse_status.service.import_locations import import_locations
from evse_status.store.database import Database
from support import (
    BLOCKED,
    MAINTENANCE,
    NOON,
    Hands,
    at,
    evse_json,
    location_json,
    report,
    take_in,
    wish,
)

SENSORS = Principal(
    "Sensors",
    Role.PLANNER,
    locations=frozenset({1}),
    temporary_statuses=frozenset({BLOCKED}),
    may_clear_others=False,
)
DANE = Principal("Mette", Role.ADMINISTRATOR, countries=frozenset({"DK"}))


@pytest.fixture
def two(db: Database, hands: Hands) -> Database:
    """EVSE 1 at location 1 and EVSE 2 at location 2."""
    take_in(db, location_json("L1"), location_json("L2", evse_json("2")))
    hands.forward(minutes=1)
    return db


def placed(db: Database, principal: Principal, evse: int = 1, status: Any = BLOCKED) -> int:
    result = schedule.place_overrides(db, principal, [evse], wish(status), all_or_nothing=True)
    return result.done[0].id


def test_a_limited_principal_does_what_it_may(two: Database) -> None:
    mine = placed(two, SENSORS)
    schedule.change_override(two, SENSORS, mine, Edit(reason="Car"))
    cleared = schedule.clear_overrides(two, SENSORS, [mine])
    assert cleared.batch_id is not None
    assert schedule.undo(two, SENSORS, cleared.batch_id).done


def test_an_item_of_somebody_else_is_refused_and_the_others_done(two: Database) -> None:
    theirs, mine = placed(two, LOCAL), placed(two, SENSORS)
    result = schedule.clear_overrides(two, SENSORS, [theirs, mine])
    assert [type(item.error) for item in result.items] == [NotAllowed, type(None)]


def test_a_batch_of_others_is_not_undone_even_in_part(two: Database) -> None:
    batch_id = schedule.clear_overrides(two, LOCAL, [placed(two, LOCAL)]).batch_id
    assert batch_id is not None
    before = two.newest_at()
    with pytest.raises(NotAllowed, match="was made by local"):
        schedule.undo(two, SENSORS, batch_id)
    assert two.newest_at() == before


def test_a_status_is_not_changed_into_or_out_of_what_may_not_be_set(two: Database) -> None:
    free = replace(SENSORS, may_clear_others=True)
    with pytest.raises(NotAllowed, match="may set BLOCKED, not MAINTENANCE"):
        schedule.change_override(two, free, placed(two, LOCAL), Edit(temporary_status=MAINTENANCE))
    theirs = placed(two, LOCAL, status=MAINTENANCE)
    with pytest.raises(NotAllowed, match="may set BLOCKED, not MAINTENANCE"):
        schedule.change_override(two, free, theirs, Edit(temporary_status=BLOCKED))


def test_other_locations_are_not_there(two: Database) -> None:
    there = placed(two, LOCAL, 2)
    with pytest.raises(UnknownEvse):
        placed(two, SENSORS, 2)
    with pytest.raises(UnknownOverride):
        schedule.clear_overrides(two, SENSORS, [there])
    with pytest.raises(UnknownOverride):
        audit.override_detail(two, SENSORS, there, now=at(1))
    assert fleet.fleet_counts(two, SENSORS, now=at(1)).evses == 1
    assert [place.id for place in fleet.places(two, SENSORS)] == [1]


def test_nothing_of_other_locations_needs_attention(two: Database, hands: Hands) -> None:
    placed(two, LOCAL, 2, MAINTENANCE)
    report(two, 2, ActualStatus.OUTOFORDER)
    for principal, expected in ((LOCAL, 1), (SENSORS, 0)):
        cards = audit.attention_cards(two, principal, now=hands.forward(minutes=1))
        assert sum(card.count for card in cards) == expected


BLIND = replace(SENSORS, may_read=False)

READS: dict[str, Callable[[Database], object]] = {
    "fleet_page": lambda db: fleet.fleet_page(
        db, BLIND, FleetFilter(), from_at=NOON, to_at=at(1), now=NOON, limit=1
    ),
    "select_evses": lambda db: fleet.select_evses(db, BLIND, FleetFilter(), now=NOON),
    "fleet_counts": lambda db: fleet.fleet_counts(db, BLIND, now=NOON),
    "fleet_strip": lambda db: fleet.fleet_strip(db, BLIND, from_at=NOON, to_at=at(1)),
    "places": lambda db: fleet.places(db, BLIND),
    "ids_of_pasted": lambda db: fleet.ids_of_pasted(db, BLIND, "DK*TST*E1"),
    "find_evse": lambda db: look_up.find_evse(db, BLIND, "DK*TST*E1"),
    "display": lambda db: look_up.display(db, BLIND, 1, at=NOON),
    "preview_plan": lambda db: plan.preview_plan(db, BLIND, [1], wish(), now=NOON),
    "list_overrides": lambda db: audit.list_overrides(
        db, BLIND, OverrideFilter(), now=NOON, limit=1
    ),
    "attention_cards": lambda db: audit.attention_cards(db, BLIND, now=NOON),
    "override_detail": lambda db: audit.override_detail(db, BLIND, 1, now=NOON),
}


@pytest.mark.parametrize("name", READS)
def test_who_may_not_read_reads_nothing(sqlite: Database, name: str) -> None:
    with pytest.raises(NotAllowed, match="Sensors may not read"):
        READS[name](sqlite)


def test_an_import_beyond_ones_area_is_refused_whole(two: Database) -> None:
    reading = read_locations(
        [[location_json("L3"), location_json("L4", evse_json("4"), country_code="SE")]]
    )
    before = two.newest_at()
    with pytest.raises(NotAllowed, match="SE/TST/L4 lies outside the area of Mette"):
        import_locations(two, DANE, reading, origin="a feed", complete=False)
    assert two.newest_at() == before
    here = read_locations([[location_json("L3")]])
    assert import_locations(two, DANE, here, origin="a feed", complete=False).evses_created == 1
