"""Rule 19 and case 26: importing updates and never duplicates, and only what a feed really says ends or moves anything."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from evse_status.channels.ocpi.locations_in import read_locations
from evse_status.core.errors import NotAllowed, UnreadableFeed
from evse_status.core.override import Override
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.statuses import ActualStatus, Phase
from evse_status.service.audit import HistoryLine, override_detail
from evse_status.service.fleet import EvseCard, FleetFilter, fleet_page, select_evses
from evse_status.service.import_locations import ImportOutcome, import_locations
from evse_status.service.look_up import display, find_evse
from evse_status.store.database import Database
from evse_status.store.tables import actual, evse, import_run, location
from support import (
    BLOCKED,
    MAINTENANCE,
    NOON,
    Hands,
    Site,
    a_site,
    at,
    evse_json,
    hours,
    location_json,
    placed,
    shown,
    take_in,
)


@pytest.fixture
def site(db: Database, hands: Hands) -> Site:
    """`L1` with the EVSEs `DK*TST*E1` to `E3`."""
    return a_site(db, hands, 3)


def l1(*uids: str, **fields: Any) -> dict[str, Any]:
    return location_json("L1", *(evse_json(uid) for uid in uids), **fields)


def reported(uid: str, status: str, minute: int, evse_id: str | None = None) -> dict[str, Any]:
    """An EVSE whose report was made `minute` minutes after NOON."""
    return evse_json(uid, evse_id, status=status, last_updated=f"2026-10-22T12:{minute:02}:00Z")


def card(site: Site, name: str) -> EvseCard:
    return find_evse(site.db, LOCAL, name)


def rows_of(db: Database, table: Any) -> int:
    with db.read() as conn:
        return conn.scalar(select(func.count()).select_from(table)) or 0


def lines_of(site: Site, one: Override) -> tuple[HistoryLine, ...]:
    return override_detail(site.db, LOCAL, one.id, now=site.now()).history


def now_is(site: Site, one: Override) -> Override:
    return override_detail(site.db, LOCAL, one.id, now=site.now()).override


# Updating


def test_what_is_imported_can_be_seen(db: Database, hands: Hands) -> None:
    outcome = take_in(
        db,
        location_json(
            "L1",
            evse_json("u1", "DK*TST*E1*1", physical_reference="Bay 1", status="CHARGING"),
            name="Harbour",
        ),
    )
    assert outcome == ImportOutcome(locations_created=1, evses_created=1, statuses_changed=1)
    [one] = select_evses(db, LOCAL, FleetFilter(), now=hands.now())
    assert one == EvseCard(
        id=one.id,
        evse_id="DK*TST*E1*1",
        uid="u1",
        charger="DK*TST*E1",
        physical_reference="Bay 1",
        power_w=one.power_w,
        connectors="Type 2",
        missing_since=None,
        removed_at=None,
        location_id=one.location_id,
        location_name="Harbour",
        address="Havnegade 1",
        city="Aarhus",
        country_code="DK",
        party_id="TST",
        time_zone="Europe/Copenhagen",
        publish=True,
    )
    assert display(db, LOCAL, one.id, at=hands.now()).displayed.status is ActualStatus.CHARGING


def test_importing_again_changes_nothing(site: Site) -> None:
    before = {table.name: rows_of(site.db, table) for table in (location, evse, actual)}
    with site.db.read() as conn:
        stamps = set(conn.scalars(select(evse.c.content_changed_at)))
    outcome = take_in(site.db, l1("1", "2", "3"))
    assert outcome == ImportOutcome(locations_unchanged=1, evses_unchanged=3)
    assert {table.name: rows_of(site.db, table) for table in (location, evse, actual)} == before
    with site.db.read() as conn:
        assert set(conn.scalars(select(evse.c.content_changed_at))) == stamps


def test_a_changed_record_is_updated_and_keeps_its_number(site: Site) -> None:
    number = site.numbers["DK*TST*E1"]
    changed = evse_json("1", "DK*TST*E1", physical_reference="Bay 7")
    outcome = take_in(
        site.db, location_json("L1", changed, evse_json("2"), evse_json("3"), name="New name")
    )
    assert outcome == ImportOutcome(locations_updated=1, evses_updated=1, evses_unchanged=2)
    one = card(site, "DK*TST*E1")
    assert (one.id, one.physical_reference, one.location_name) == (number, "Bay 7", "New name")
    found = select_evses(site.db, LOCAL, FleetFilter(search="new name"), now=site.now())
    assert len(found) == 3


def test_ids_are_the_same_in_any_case(site: Site) -> None:
    again = location_json("l1", evse_json("1"), evse_json("2"), evse_json("3"))
    outcome = take_in(site.db, again)
    assert (outcome.locations_created, outcome.evses_created) == (0, 0)


def test_a_new_evse_id_of_the_same_uid_is_the_same_evse(site: Site) -> None:
    made = placed(site)
    take_in(
        site.db, location_json("L1", evse_json("1", "DK*TST*E77"), evse_json("2"), evse_json("3"))
    )
    assert card(site, "DK*TST*E77").id == made.evse
    assert shown(site) is MAINTENANCE


def test_the_whole_content_is_kept_as_it_came(db: Database) -> None:
    odd = {"zeta": [1, {"b": None, "a": 0.5}], "alpha": "ß"}
    take_in(db, location_json("L1", evse_json("1", vendor=odd), vendor=odd))
    with db.read() as conn:
        contents: list[Any] = [conn.scalar(select(table.c.content)) for table in (location, evse)]
    for content in contents:
        assert json.dumps(content["vendor"]) == json.dumps(odd)


def test_every_run_is_remembered(site: Site) -> None:
    with site.db.read() as conn:
        runs = conn.execute(
            select(import_run.c.by, import_run.c.origin, import_run.c.outcome)
        ).all()
    told = {"evses_created": 3, "evses_updated": 0, "missing": 0, "removed": 0}
    assert [tuple(run) for run in runs] == [("local", "a test", told)]


def test_names_are_text_whatever_they_look_like(db: Database, hands: Hands) -> None:
    script = "<script>alert(1)</script>"
    take_in(
        db,
        location_json(
            "L1", evse_json("1", physical_reference="'; DROP TABLE evse;--"), name=script
        ),
    )
    [one] = select_evses(db, LOCAL, FleetFilter(search=script), now=hands.now())
    assert (one.location_name, one.physical_reference) == (script, "'; DROP TABLE evse;--")


# Who and how strict


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PLANNER])
def test_rule_15_only_administrators_import(db: Database, role: Role) -> None:
    with pytest.raises(NotAllowed):
        import_locations(
            db, Principal("Vera", role), read_locations([[l1("1")]]), origin="x", complete=True
        )
    assert rows_of(db, location) == 0


def test_strict_refuses_everything_for_one_bad_record(db: Database) -> None:
    reading = read_locations([[l1("1"), location_json("L2", evse_json("2", status="Parking"))]])
    with pytest.raises(
        UnreadableFeed, match="a test: 1 record can't be used, so nothing was imported"
    ):
        import_locations(db, LOCAL, reading, origin="a test", complete=True, strict=True)
    assert (rows_of(db, location), rows_of(db, import_run)) == (0, 0)
    outcome = import_locations(db, LOCAL, reading, origin="a test", complete=True)
    assert (outcome.evses_created, len(outcome.problems)) == (1, 1)


def test_case_13_the_others_of_a_poisoned_feed_are_imported(db: Database, hands: Hands) -> None:
    poison: list[Any] = [
        evse_json("2", status="Parking"),
        evse_json("3", last_updated="9999-99-99"),
        evse_json("4", last_updated="20221013100826"),
        evse_json("x" * 500),
        "an EVSE",
        None,
        evse_json("5", last_updated="2999-01-01T00:00:00Z"),
        evse_json("6", last_updated="2099-01-01T00:00:00Z"),
        evse_json("7", connectors=[{"max_electric_power": 10**30}]),
    ]
    outcome = take_in(db, location_json("L1", evse_json("1"), *poison))
    assert outcome.evses_created == 6
    assert len(outcome.problems) == 4
    hands.forward(minutes=1)
    page = fleet_page(
        db, LOCAL, FleetFilter(), from_at=at(-1), to_at=at(1), now=hands.now(), limit=9
    )
    assert [row.actual_now for row in page.rows] == [ActualStatus.AVAILABLE] * 6


# Missing


def test_case_26_what_a_complete_feed_lacks_is_missing_and_keeps_its_overrides(
    site: Site, hands: Hands
) -> None:
    made = placed(site, "DK*TST*E3")
    hands.forward(hours=1)
    outcome = take_in(site.db, l1("1", "2"))
    assert outcome.missing == 1
    assert card(site, "DK*TST*E3").missing_since == hands.now()
    assert shown(site, "DK*TST*E3") is MAINTENANCE
    assert now_is(site, made) == made
    since = hands.now()
    hands.forward(hours=1)
    assert take_in(site.db, l1("1", "2")).missing == 1
    assert card(site, "DK*TST*E3").missing_since == since


def test_a_location_that_is_gone_takes_its_evses_along(site: Site) -> None:
    take_in(site.db, l1("1"), location_json("L2", evse_json("9")), complete=False)
    outcome = take_in(site.db, location_json("L2", evse_json("9")))
    assert outcome.missing == 3


def test_another_operators_feed_says_nothing_about_ours(site: Site) -> None:
    outcome = take_in(site.db, location_json("X1", evse_json("9", "DK*ABC*E9"), party_id="ABC"))
    assert outcome.missing == 0
    assert card(site, "DK*TST*E1").missing_since is None


def test_case_26_a_partial_import_marks_nothing_missing(site: Site) -> None:
    assert take_in(site.db, l1("1"), complete=False).missing == 0
    assert card(site, "DK*TST*E3").missing_since is None


def test_case_26_an_import_with_errors_marks_nothing_missing(site: Site) -> None:
    broken = location_json("L1", evse_json("1"), evse_json("2", status="Parking"))
    outcome = take_in(site.db, broken)
    assert (outcome.missing, len(outcome.problems)) == (0, 1)
    assert card(site, "DK*TST*E3").missing_since is None


def test_case_26_a_single_location_is_never_a_whole_feed() -> None:
    assert not read_locations([l1("1")]).whole
    assert read_locations([[l1("1")]]).whole


def test_coming_back_is_no_longer_missing(site: Site) -> None:
    take_in(site.db, l1("1", "2"))
    outcome = take_in(site.db, l1("1", "2", "3"))
    assert (outcome.evses_created, outcome.missing) == (0, 0)
    assert card(site, "DK*TST*E3").missing_since is None
    assert card(site, "DK*TST*E3").id == site.numbers["DK*TST*E3"]


# Removed


def removed_first(minute: int = 30) -> dict[str, Any]:
    return location_json("L1", reported("1", "REMOVED", minute), evse_json("2"), evse_json("3"))


def test_case_26_removed_by_the_feeds_own_word_ends_overrides_with_a_line(
    site: Site, hands: Hands
) -> None:
    active, upcoming = placed(site), placed(site, status=BLOCKED, valid_from=at(5))
    hands.forward(hours=1)
    outcome = take_in(site.db, removed_first())
    assert (outcome.removed, outcome.overrides_ended) == (1, 2)
    for one in (active, upcoming):
        assert now_is(site, one).phase(site.now()) is Phase.CLEARED
        last = lines_of(site, one)[-1]
        assert (last.what, last.by, last.why) == (
            "removed",
            "local",
            "The charger was reported as REMOVED.",
        )
    assert shown(site) is ActualStatus.REMOVED
    assert shown(site, when=at(9)) is ActualStatus.REMOVED
    assert shown(site, when=at(0.5)) is MAINTENANCE
    assert site.numbers["DK*TST*E1"] not in {
        one.id for one in select_evses(site.db, LOCAL, FleetFilter(), now=site.now())
    }


def test_removed_twice_is_counted_once(site: Site) -> None:
    made = placed(site)
    take_in(site.db, removed_first())
    again = take_in(site.db, removed_first(40))
    assert (again.removed, again.overrides_ended) == (0, 0)
    assert len(lines_of(site, made)) == 2


def test_case_26_coming_back_revives_nothing(site: Site, hands: Hands) -> None:
    made = placed(site)
    take_in(site.db, removed_first(1))
    hands.forward(hours=1)
    outcome = take_in(
        site.db, location_json("L1", reported("1", "AVAILABLE", 50), evse_json("2"), evse_json("3"))
    )
    assert (outcome.evses_created, outcome.removed) == (0, 0)
    assert card(site, "DK*TST*E1").removed_at is None
    assert shown(site) is ActualStatus.AVAILABLE
    assert now_is(site, made).phase(site.now()) is Phase.CLEARED
    assert len(lines_of(site, made)) == 2


def test_what_was_removed_can_come_from_the_first_import_on(db: Database, hands: Hands) -> None:
    outcome = take_in(db, location_json("L1", evse_json("1", status="REMOVED")))
    assert (outcome.evses_created, outcome.removed) == (1, 1)
    assert select_evses(db, LOCAL, FleetFilter(), now=hands.now()) == []


def test_an_evse_id_used_again_after_a_removal_gets_none_of_the_old_overrides(
    site: Site, hands: Hands
) -> None:
    made = placed(site)
    take_in(site.db, removed_first())
    hands.forward(hours=1)
    outcome = take_in(
        site.db,
        location_json("L1", evse_json("9", "DK*TST*E1"), evse_json("2"), evse_json("3")),
    )
    assert (outcome.evses_created, outcome.overrides_moved) == (1, 0)
    fresh = card(site, "DK*TST*E1")
    assert fresh.id != made.evse
    asked = display(site.db, LOCAL, fresh.id, at=site.now())
    assert asked.displayed.status is ActualStatus.AVAILABLE


# Swapped


def swapped_first(uid: str = "9") -> dict[str, Any]:
    return location_json("L1", evse_json(uid, "DK*TST*E1"), evse_json("2"), evse_json("3"))


def test_case_26_open_overrides_follow_a_swapped_charger(site: Site, hands: Hands) -> None:
    active = placed(site, valid_to=at(9))
    upcoming = placed(site, status=BLOCKED, valid_from=at(10), valid_to=at(11))
    over = placed(site, status=BLOCKED, valid_to=at(0.1))
    hands.forward(hours=1)
    outcome = take_in(site.db, swapped_first())
    assert (outcome.evses_created, outcome.overrides_moved, outcome.missing) == (1, 2, 0)
    fresh = card(site, "DK*TST*E1")
    assert (fresh.uid, fresh.id) != ("1", active.evse)
    for one in (active, upcoming):
        assert now_is(site, one).evse == fresh.id
        last = lines_of(site, one)[-1]
        assert (last.what, last.why) == (
            "moved",
            "The charger was swapped: the same EVSE id came with a new uid.",
        )
        assert last.fields == (("EVSE", str(one.evse), str(fresh.id)),)
    assert now_is(site, over) == over
    for when, status in ((site.now(), MAINTENANCE), (at(10.5), BLOCKED)):
        assert display(site.db, LOCAL, fresh.id, at=when).displayed.status is status
    assert shown(site) is ActualStatus.AVAILABLE
    assert shown(site, when=at(0.5)) is MAINTENANCE
    assert len(select_evses(site.db, LOCAL, FleetFilter(), now=site.now())) == 3


def test_a_swap_whose_old_charger_is_told_as_removed_is_a_swap_all_the_same(site: Site) -> None:
    made = placed(site)
    outcome = take_in(
        site.db,
        location_json(
            "L1",
            reported("1", "REMOVED", 30),
            evse_json("9", "DK*TST*E1"),
            evse_json("2"),
            evse_json("3"),
        ),
    )
    assert (outcome.overrides_moved, outcome.overrides_ended) == (1, 0)
    assert now_is(site, made).evse == card(site, "DK*TST*E1").id


def test_two_evses_of_one_id_in_one_feed_are_no_swap(site: Site) -> None:
    made = placed(site)
    both = location_json(
        "L1", evse_json("1"), evse_json("9", "DK*TST*E1"), evse_json("2"), evse_json("3")
    )
    assert take_in(site.db, both).overrides_moved == 0
    assert now_is(site, made) == made


def test_a_charger_that_was_missing_first_is_followed_too(site: Site) -> None:
    made = placed(site)
    take_in(site.db, l1("2", "3"))
    assert take_in(site.db, swapped_first()).overrides_moved == 1
    assert now_is(site, made).evse == card(site, "DK*TST*E1").id


def test_swapping_back_brings_the_old_charger_and_its_overrides_back(site: Site) -> None:
    made = placed(site)
    take_in(site.db, swapped_first())
    outcome = take_in(site.db, l1("1", "2", "3"))
    assert (outcome.evses_created, outcome.overrides_moved) == (0, 1)
    assert card(site, "DK*TST*E1").uid == "1"
    assert now_is(site, made).evse == made.evse
    assert shown(site) is MAINTENANCE


def test_a_swap_moves_what_was_moved_before(site: Site) -> None:
    made = placed(site)
    take_in(site.db, swapped_first("8"))
    take_in(site.db, swapped_first("9"))
    assert card(site, "DK*TST*E1").uid == "9"
    assert now_is(site, made).evse == card(site, "DK*TST*E1").id


def test_another_operators_evse_of_the_same_id_is_no_swap(site: Site) -> None:
    made = placed(site)
    theirs = location_json("X1", evse_json("9", "DK*TST*E1"), party_id="ABC")
    assert take_in(site.db, theirs).overrides_moved == 0
    assert now_is(site, made) == made


def test_a_move_to_another_location_is_followed_in_a_complete_feed_alone(site: Site) -> None:
    made = placed(site)
    elsewhere = location_json("L2", evse_json("9", "DK*TST*E1"))
    assert take_in(site.db, elsewhere, complete=False).overrides_moved == 0
    assert now_is(site, made) == made
    elsewhere = location_json("L3", evse_json("10", "DK*TST*E1"))
    assert take_in(site.db, elsewhere, l1("2", "3")).overrides_moved == 1
    assert now_is(site, made).evse != made.evse


def test_internal_ids_of_two_sites_are_two_chargers(db: Database, hands: Hands) -> None:
    take_in(db, location_json("L1", evse_json("a", "1")))
    hands.forward(minutes=1)
    site = Site(db, hands, {"1": 1})
    made = placed(site, "1")
    assert take_in(db, location_json("L2", evse_json("b", "1"))).overrides_moved == 0
    assert now_is(site, made) == made


def test_the_sender_looks_at_both_chargers_of_a_swap(site: Site, hands: Hands) -> None:
    placed(site)
    hands.forward(hours=1)
    take_in(site.db, swapped_first())
    with site.db.read() as conn:
        looks = {row.uid: row.look_at for row in conn.execute(select(evse.c.uid, evse.c.look_at))}
    assert (looks["1"], looks["9"], looks["2"]) == (hands.now(), hands.now(), NOON)


# Reports


def statuses(site: Site, name: str = "DK*TST*E1") -> list[tuple[ActualStatus, datetime]]:
    now = site.now()
    which = FleetFilter(evses=(site.numbers[name],))
    page = fleet_page(site.db, LOCAL, which, from_at=at(-1), to_at=now + hours(1), now=now, limit=1)
    return [(one.status, one.from_at) for one in page.rows[0].actuals]


def test_rule_19_a_report_older_than_the_newest_changes_nothing(site: Site, hands: Hands) -> None:
    hands.shows = at(0.5)
    take_in(site.db, location_json("L1", reported("1", "CHARGING", 20)), complete=False)
    older = take_in(site.db, location_json("L1", reported("1", "AVAILABLE", 10)), complete=False)
    assert older.statuses_changed == 0
    assert statuses(site) == [(ActualStatus.AVAILABLE, NOON), (ActualStatus.CHARGING, at(0.5))]


def test_rule_19_an_older_report_removes_nothing_and_brings_nothing_back(
    site: Site, hands: Hands
) -> None:
    made = placed(site)
    hands.shows = at(0.5)
    take_in(site.db, location_json("L1", reported("1", "CHARGING", 20)), complete=False)
    stale = take_in(site.db, location_json("L1", reported("1", "REMOVED", 10)), complete=False)
    assert (stale.removed, stale.overrides_ended) == (0, 0)
    assert now_is(site, made) == made
    take_in(site.db, location_json("L1", reported("1", "REMOVED", 25)), complete=False)
    take_in(site.db, location_json("L1", reported("1", "AVAILABLE", 22)), complete=False)
    assert card(site, "DK*TST*E1").removed_at is not None
    assert shown(site) is ActualStatus.REMOVED


def test_the_same_status_reported_again_makes_no_new_stretch(site: Site, hands: Hands) -> None:
    hands.shows = at(0.5)
    outcome = take_in(site.db, location_json("L1", reported("1", "AVAILABLE", 20)), complete=False)
    assert outcome.statuses_changed == 0
    assert statuses(site) == [(ActualStatus.AVAILABLE, NOON)]
    older = take_in(site.db, location_json("L1", reported("1", "CHARGING", 10)), complete=False)
    assert older.statuses_changed == 0


def test_a_report_from_a_clock_that_is_ahead_does_not_silence_the_next(
    site: Site, hands: Hands
) -> None:
    ahead = evse_json("1", status="CHARGING", last_updated="2099-01-01T00:00:00Z")
    take_in(site.db, location_json("L1", ahead), complete=False)
    hands.forward(hours=1)
    again = evse_json("1", status="AVAILABLE", last_updated="2099-01-01T00:00:01Z")
    assert take_in(site.db, location_json("L1", again), complete=False).statuses_changed == 1
    assert [status for status, _ in statuses(site)] == [
        ActualStatus.AVAILABLE,
        ActualStatus.CHARGING,
        ActualStatus.AVAILABLE,
    ]


def test_a_status_holds_from_when_it_was_learnt(site: Site, hands: Hands) -> None:
    hands.shows = at(0.5)
    take_in(site.db, location_json("L1", reported("1", "CHARGING", 20)), complete=False)
    assert shown(site, when=at(0.4)) is ActualStatus.AVAILABLE
    assert shown(site, when=at(0.5)) is ActualStatus.CHARGING


# Real feeds


@pytest.mark.shared
def test_a_real_feed_is_imported_twice_without_a_duplicate(
    db: Database, hands: Hands, shared: Path
) -> None:
    file = shared / "data" / "real-feeds" / "ludwigsburg-ocpi-2.2.1.json"
    reading = read_locations([json.loads(file.read_text(encoding="utf-8"))])
    first = import_locations(db, LOCAL, reading, origin=file.name, complete=reading.whole)
    assert (first.locations_created, first.evses_created) == (100, 273)
    hands.forward(hours=1)
    again = import_locations(db, LOCAL, reading, origin=file.name, complete=reading.whole)
    assert (again.locations_unchanged, again.evses_unchanged) == (100, 273)
    assert (again.evses_created, again.missing, again.statuses_changed) == (0, 0, 0)
    assert len(select_evses(db, LOCAL, FleetFilter(), now=hands.now())) + again.removed >= 200
