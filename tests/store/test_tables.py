"""Case 13: values that could not be read again are refused by the database itself, whoever writes them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from evse_status.core.errors import UnknownBatch, UnknownEvse, UnknownOverride
from evse_status.core.period import LATEST, to_microseconds
from evse_status.core.principal import LOCAL
from evse_status.service.audit import OverrideFilter, list_overrides, override_detail
from evse_status.service.fleet import FleetFilter, fleet_counts, fleet_page, fleet_strip
from evse_status.service.look_up import display
from evse_status.service.schedule import clear_overrides, undo
from evse_status.store.database import Database
from support import Hands, a_site, at, evse_json, location_json, placed, take_in

TOO_LATE = to_microseconds(LATEST) + 1

POISON: list[tuple[str, dict[str, Any]]] = [
    ("override", {"valid_to": 253402300799999999, "ends_at": 253402300799999999}),
    ("override", {"starts_at": 10**18}),
    ("override", {"valid_to": -1}),
    ("override", {"made_at": TOO_LATE}),
    ("override", {"cleared_at": 20221013100826}),
    ("override", {"lease_until": -(10**18)}),
    ("override", {"requested_from": 0}),
    ("override", {"temporary_status": "NONSENSE"}),
    ("override", {"source": "gremlin"}),
    ("override", {"cause": "boredom"}),
    ("holding", {"rank": 99}),
    ("holding", {"from_at": -(10**18)}),
    ("holding", {"to_at": TOO_LATE}),
    ("actual", {"status": "Parking"}),
    ("actual", {"from_at": 10**18}),
]


@pytest.mark.parametrize(("table", "values"), POISON, ids=lambda one: str(one)[:40])
def test_case_13_a_poisoned_row_cannot_be_stored_and_everything_still_answers(
    db: Database, hands: Hands, table: str, values: dict[str, Any]
) -> None:
    site = a_site(db, hands, 2)
    made = placed(site, valid_to=at(5))
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    poison = text(f'UPDATE "{table}" SET {assignments}')
    with pytest.raises(DBAPIError, match="ck_"), db.write() as write:
        write.conn.execute(poison, values)
    page = list_overrides(db, LOCAL, OverrideFilter(), now=site.now(), limit=10)
    assert [row.override for row in page.rows] == [made]
    fleet = fleet_page(
        db, LOCAL, FleetFilter(), from_at=at(-1), to_at=at(24), now=site.now(), limit=10
    )
    assert [len(row.segments) for row in fleet.rows] == [1, 0]
    assert len(fleet_strip(db, LOCAL, from_at=at(-1), to_at=at(24))) == 3
    assert fleet_counts(db, LOCAL, now=site.now()).ending_within_24_h == 1


def test_an_override_at_the_very_end_of_time_is_listed_and_shown(
    db: Database, hands: Hands
) -> None:
    site = a_site(db, hands, 1)
    made = placed(site, valid_to=LATEST - timedelta(microseconds=1))
    page = list_overrides(db, LOCAL, OverrideFilter(), now=site.now(), limit=10)
    assert [row.override for row in page.rows] == [made]
    [row] = fleet_page(
        db,
        LOCAL,
        FleetFilter(),
        from_at=LATEST - timedelta(days=1),
        to_at=LATEST,
        now=site.now(),
        limit=10,
    ).rows
    assert [stretch.to_at for stretch in row.track] == [made.valid_to, LATEST]


def test_a_name_as_long_as_a_book_is_stored_and_sorted(db: Database, hands: Hands) -> None:
    take_in(
        db,
        location_json(
            "L1", evse_json("ß" * 60, "DK*TST*E1"), name="1a" * 5_000, city="ÆØÅ" * 2_000
        ),
        location_json("L2", evse_json("2"), name="2"),
    )
    page = fleet_page(
        db, LOCAL, FleetFilter(), from_at=at(0), to_at=at(1), now=hands.now(), limit=10
    )
    assert [row.evse.location_name[:2] for row in page.rows] == ["2", "1a"]


def test_numbers_that_no_row_can_have_are_simply_unknown(db: Database) -> None:
    for number in (10**18, 10**30, 0, -1, -(10**30)):
        with pytest.raises(UnknownOverride):
            override_detail(db, LOCAL, number, now=at(0))
        with pytest.raises(UnknownOverride):
            clear_overrides(db, LOCAL, [number])
        with pytest.raises(UnknownEvse):
            display(db, LOCAL, number, at=at(0))
        with pytest.raises(UnknownBatch):
            undo(db, LOCAL, number)
