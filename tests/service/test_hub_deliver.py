"""A hub gets its own word for what is displayed, under an id that it takes, once; what it can't take is kept with why."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from evse_status.core.delivery import Known
from evse_status.core.errors import Conflict
from evse_status.core.hub import Action
from evse_status.core.partner import PartnerSettings, Reach
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus
from evse_status.core.translation import Channel
from evse_status.service.delivery_report import send_again
from evse_status.service.hub_checks import require_operator_free
from evse_status.service.hub_sending import HubItem, HubJob, HubResult, due_to_hub, everything_held
from evse_status.service.known_partners import partner_numbered
from evse_status.service.leases import claim
from evse_status.service.partners import edit_partner, resync_partner
from evse_status.service.report import Report, report_actual
from evse_status.service.roaming_ids import set_roaming_ids
from evse_status.service.schedule import clear_overrides
from evse_status.service.settle import settle
from evse_status.service.told_partners import told_partners
from evse_status.store import hub as store
from evse_status.store.database import Database
from hubs import HUNG, TAKEN, InProcessHub, a_hub_partner
from support import (
    BLOCKED,
    COMMISSIONING,
    MAINTENANCE,
    Hands,
    Site,
    a_site,
    at,
    evse_json,
    location_json,
    placed,
    take_in,
)
from told import ME, VAULT, Receiver, a_partner, compare, look

IDS = ["DK*TST*E1", "DK*TST*E2", "DK*TST*E3"]
E1, E2, E3 = IDS


@pytest.fixture
def site(db: Database, hands: Hands) -> Site:
    return a_site(db, hands)


@pytest.fixture
def hub(site: Site) -> InProcessHub:
    """A hub that has everything."""
    made = InProcessHub.knowing(site.db, IDS)
    made.drain()
    site.hands.forward(minutes=1)
    return made


def row_of(hub: InProcessHub, site: Site, evse: str = E1) -> Known:
    with site.db.read() as conn:
        return store.rows_of(conn, hub.partner.id, [site.numbers[evse]])[site.numbers[evse]]


def receipts(db: Database) -> list[tuple[str, str, str, str]]:
    query = text("SELECT kind, told, outcome, answer FROM receipt ORDER BY id")
    with db.read() as conn:
        return [tuple(row) for row in conn.execute(query)]


def test_everything_is_told_once_in_one_push(site: Site) -> None:
    hub = InProcessHub.knowing(site.db, IDS)
    assert hub.drain() == [("update", dict.fromkeys(IDS, "Available"))]
    compare(site.db, hub.partner)
    assert hub.drain() == []
    assert receipts(site.db) == [("status", "Available", "acknowledged", "000 Success.")] * 3


def test_start_and_end_are_told_in_the_hub_s_words_and_nothing_it_has_no_word_for(
    site: Site, hub: InProcessHub
) -> None:
    first = placed(site, status=COMMISSIONING, valid_from=at(1), valid_to=at(2))
    placed(site, status=MAINTENANCE, valid_from=at(2), valid_to=at(3))
    assert hub.drain() == []  # and no schedule announces it
    site.hands.shows = at(1)
    assert hub.drain() == [("update", {E1: "OutOfService"})]
    report_actual(site.db, LOCAL, [Report(E1, ActualStatus.CHARGING)])
    site.hands.shows = at(2)
    assert hub.drain() == []
    site.hands.shows = at(3)
    assert hub.drain() == [("update", {E1: "Occupied"})]
    clear_overrides(site.db, LOCAL, [first.id])
    assert hub.drain() == []


def test_beside_an_ocpi_partner_each_is_told_in_its_own_way(site: Site) -> None:
    hub = InProcessHub.knowing(site.db, IDS)
    receiver = Receiver(site.db, a_partner(site.db))
    receiver.drain()
    hub.drain()
    site.hands.forward(minutes=1)
    placed(site, status=MAINTENANCE)
    assert receiver.drain()[0] == ("status", "L1/1 INOPERATIVE")
    assert hub.drain() == [("update", {E1: "OutOfService"})]
    with site.db.read() as conn:
        query = text("SELECT partner_id FROM partner_location")
        assert set(conn.scalars(query)) == {receiver.partner.id}


def test_an_id_that_it_can_t_take_is_kept_with_why_and_never_sent(site: Site) -> None:
    take_in(site.db, location_json("L2", evse_json("9", "DK.TST.9")), complete=False)
    hub = InProcessHub.knowing(site.db, IDS)
    assert hub.drain() == [("update", dict.fromkeys(IDS, "Available"))]
    query = text("SELECT evse_id, refused FROM partner_evse WHERE refused <> ''")
    with site.db.read() as conn:
        [(number, why)] = [tuple(row) for row in conn.execute(query)]
    assert (
        why == "Hubject takes ISO and DIN ids alone, and this EVSE id is neither. Give it another."
    )
    set_roaming_ids(site.db, LOCAL, {number: "DK*TST*E9"})
    hub.has["DK*TST*E9"] = "Unknown"
    assert hub.drain() == [("update", {"DK*TST*E9": "Available"})]
    set_roaming_ids(site.db, LOCAL, {number: "DK*TST*E10"})
    hub.has["DK*TST*E10"] = "Unknown"
    assert hub.drain() == [
        ("delete", {"DK*TST*E9": "REMOVED"}),
        ("update", {"DK*TST*E10": "Available"}),
    ]


def test_of_another_operator_nothing_is_told(site: Site) -> None:
    hub = InProcessHub.knowing(site.db, IDS, operator_id="DK*XYZ")
    assert hub.drain() == []


def test_removed_is_deleted_once_and_may_come_back(site: Site, hub: InProcessHub) -> None:
    take_in(
        site.db,
        location_json("L1", evse_json("2"), evse_json("1", status="REMOVED")),
        complete=False,
    )
    assert hub.drain() == [("delete", {E1: "REMOVED"})]
    assert hub.drain() == []
    site.hands.forward(minutes=1)
    take_in(site.db, location_json("L1", evse_json("1"), evse_json("2")), complete=False)
    assert hub.drain() == [("update", {E1: "Available"}), ("insert", {E1: "Available"})]
    assert hub.has == dict.fromkeys(IDS, "Available")


def test_a_swapped_charger_keeps_its_record(site: Site, hub: InProcessHub) -> None:
    placed(site, status=BLOCKED)
    hub.drain()
    site.hands.forward(minutes=1)
    swapped = [evse_json("77", E1), evse_json("2"), evse_json("3")]
    take_in(site.db, location_json("L1", *swapped))
    assert {action for action, _ in hub.drain()} == {"update"}
    assert hub.has == {E1: "Occupied", E2: "Available", E3: "Available"}
    assert row_of(hub, site).told_as == ""
    compare(site.db, hub.partner)
    assert hub.drain() == []


def test_what_leaves_its_reach_is_deleted_and_what_isn_t_published_was_never_told(
    site: Site,
) -> None:
    hidden = location_json("L2", evse_json("9"), publish=False)
    take_in(site.db, hidden, complete=False)
    hub = InProcessHub.knowing(site.db, [*IDS, "DK*TST*E9"], reach=Reach(unpublished=False))
    assert hub.drain() == [("update", dict.fromkeys(IDS, "Available"))]
    site.hands.forward(minutes=1)
    every = [evse_json(str(one)) for one in (1, 2, 3)]
    take_in(site.db, location_json("L1", *every, publish=False), complete=False)
    assert hub.drain() == [("delete", dict.fromkeys(IDS, "REMOVED"))]


def test_one_it_never_had_is_reported_and_inserted_only_where_set_so(site: Site) -> None:
    hub = InProcessHub.knowing(site.db, [E1, E3])
    hub.drain()
    assert hub.has == {E1: "Available", E3: "Available"}
    assert row_of(hub, site, E2).refused == "603 Unknown EVSE ID."
    assert hub.drain() == []
    settings = replace(hub.partner.settings, insert_unknown=True)
    partner = edit_partner(
        site.db, LOCAL, hub.partner.id, settings, version=hub.partner.version, vault=VAULT
    )
    other = InProcessHub(site.db, partner, hub.has)
    compare(site.db, partner)
    other.drain()
    assert other.has == dict.fromkeys(IDS, "Available")
    assert [action for action, _ in other.pushes].count("insert") == 1


def test_an_empty_hub_is_filled_with_two_pushes(site: Site) -> None:
    hub = InProcessHub.knowing(site.db, [], insert_unknown=True)
    everything = dict.fromkeys(IDS, "Available")
    assert hub.drain() == [("update", everything), ("insert", everything)]


def test_one_bad_record_among_many_is_found_and_the_others_are_told(
    db: Database, hands: Hands
) -> None:
    site = a_site(db, hands, 20)
    bad = "DK*TST*E13"
    hub = InProcessHub.knowing(db, site.numbers, insert_unknown=True)
    hub.refuses = {bad}
    hub.drain()
    assert {one for one, word in hub.has.items() if word == "Unknown"} == {bad}
    row = row_of(hub, site, bad)
    assert row.refused == "018 Inconsistent EvseID."
    assert row.due_at is not None
    told = [(told, outcome) for _, told, outcome, _ in receipts(db)]
    assert told.count(("Available", "acknowledged")) == 19
    assert told.count(("Available", "refused")) == 1
    assert receipts(db)[0] == (
        "status", "", "refused", "20 records at once, told anew: 018 Inconsistent EvseID.",
    )  # fmt: skip
    assert hub.drain() == []
    hub.refuses = set()
    hands.forward(days=1, minutes=1)
    assert hub.drain() == [("update", {bad: "Available"})]


def test_what_was_refused_is_sent_again_by_hand_but_not_what_has_no_id(site: Site) -> None:
    take_in(site.db, location_json("L2", evse_json("9", "DK.TST.9")), complete=False)
    hub = InProcessHub.knowing(site.db, [E1, E3])
    hub.drain()
    hub.has[E2] = "Unknown"
    assert send_again(site.db, LOCAL, hub.partner.id, None) == 2
    assert hub.drain() == [("update", {E2: "Available"})]
    query = text("SELECT count(*) FROM partner_evse WHERE due_at IS NOT NULL")
    with site.db.read() as conn:
        assert conn.scalar(query) == 0


def test_what_may_spoil_others_goes_by_itself_while_others_go_on(
    site: Site, hub: InProcessHub
) -> None:
    hub.refuses = {E1}
    for evse in (E1, E2):
        placed(site, evse, BLOCKED)
    hub.drain()
    site.hands.forward(minutes=1)
    for evse in (E1, E3):
        placed(site, evse, MAINTENANCE)
    pushed = hub.drain()
    assert sorted(pushed, key=str) == [
        ("update", {E1: "OutOfService"}),
        ("update", {E3: "OutOfService"}),
    ]


def test_an_answer_that_was_lost_is_told_again_and_counts_as_trouble(
    site: Site, hub: InProcessHub
) -> None:
    placed(site, status=BLOCKED)
    hub.loses = [HUNG]
    assert hub.drain() == [("update", {E1: "Occupied"})]
    site.hands.forward(minutes=2)
    assert hub.drain() == [("update", {E1: "Occupied"})]
    [failed] = [one for one in receipts(site.db) if one[2] == "failed"]
    assert failed == ("status", "Occupied", "failed", "no answer within 10 s")


def test_down_for_a_day_it_is_told_each_change_once_and_the_latest_alone(
    site: Site, hub: InProcessHub
) -> None:
    hub.is_down = True
    for hour in range(24):
        site.hands.forward(hours=1)
        made = placed(site, IDS[hour % 2], BLOCKED if hour % 3 else MAINTENANCE)
        hub.drain()
        site.hands.forward(minutes=5)
        if hour < 22:
            clear_overrides(site.db, LOCAL, [made.id])
        hub.drain()
    with site.db.read() as conn:
        assert partner_numbered(conn, hub.partner.id).failing_since is not None
    site.hands.forward(minutes=2)
    hub.is_down, hub.pushes = False, []
    assert hub.drain() == [("update", {E1: "Occupied", E2: "Occupied"})]
    with site.db.read() as conn:
        assert partner_numbered(conn, hub.partner.id).failing_since is None


def test_who_no_longer_owns_the_hub_has_told_nobody_knows_what(
    site: Site, hub: InProcessHub
) -> None:
    placed(site, status=BLOCKED)
    hub.loses = []
    look_at = due_items(hub)
    job = HubJob(hub.partner.id, look_at[0].action, tuple(look_at))
    settle(site.db, [HubResult(job, TAKEN, site.now())], sender="another")
    assert row_of(hub, site).acked == ""
    assert hub.drain() == [("update", {E1: "Occupied"})]


def due_items(hub: InProcessHub) -> list[HubItem]:
    look(hub.db)
    return due_to_hub(hub.db, hub.partner, limit=10)


def test_a_full_load_has_everything_and_waits_until_everything_was_told(site: Site) -> None:
    take_in(site.db, location_json("L2", evse_json("9", "DK.TST.9")), complete=False)
    hub = InProcessHub.knowing(site.db, IDS, insert_unknown=True)
    hub.drain()
    assert hub.partner.full_load_at is None
    partner = resync_partner(site.db, LOCAL, hub.partner.id)
    assert partner.full_load_at is not None
    compare(site.db, partner)
    assert everything_held(site.db, partner) is None
    assert hub.drain() == [("update", dict.fromkeys(IDS, "Available"))]
    items = everything_held(site.db, partner)
    assert items is not None
    assert {item.evse_id: item.word for item in items} == dict.fromkeys(IDS, "Available")


@pytest.mark.parametrize(
    ("answer", "last_try", "asked", "told_again"),
    [
        (TAKEN, False, False, False),
        (replace(TAKEN, outcome=HUNG.outcome, words="No."), False, True, True),
        (replace(TAKEN, outcome=HUNG.outcome, words="No."), True, False, True),
    ],
)
def test_a_full_load_is_tried_until_it_is_over(
    site: Site, hub: InProcessHub, answer: object, last_try: bool, asked: bool, told_again: bool
) -> None:
    with site.db.write() as write:
        write.conn.execute(text("UPDATE partner SET full_load_at = 1782000000000000"))
    with site.db.read() as conn:
        asked_at = partner_numbered(conn, hub.partner.id).full_load_at
    items = everything_held(site.db, hub.partner)
    assert items is not None
    job = HubJob(hub.partner.id, Action.FULL_LOAD, tuple(items), asked_at, last_try)
    result = HubResult(job, answer, site.now())  # type: ignore[arg-type]
    settle(site.db, [result], sender=ME)
    with site.db.read() as conn:
        assert (partner_numbered(conn, hub.partner.id).full_load_at is not None) == asked
    site.hands.forward(minutes=2)
    assert bool(hub.drain()) == told_again
    words = receipts(site.db)[3][3]
    assert words.startswith("Everything at once, 3 records: ")
    assert words.endswith("what else the hub may have stays there") == last_try


def test_without_insert_a_resync_is_updates_alone(site: Site, hub: InProcessHub) -> None:
    assert resync_partner(site.db, LOCAL, hub.partner.id).full_load_at is None


def test_driver_apps_are_told_by_nobody(site: Site) -> None:
    partner = a_hub_partner(site.db)
    with site.db.read() as conn:
        assert [one.id for one in told_partners(conn)] == [partner.id]
    with site.db.write() as write:
        settings = replace(partner.settings, channel=Channel.SPIRII_GO)
        write.conn.execute(text("UPDATE partner SET settings = :told"), {"told": _json(settings)})
    with site.db.read() as conn:
        assert told_partners(conn) == []


def _json(settings: PartnerSettings) -> str:
    return json.dumps(settings.as_json())


@pytest.mark.parametrize(
    ("url", "operator", "free"),
    [
        ("http://127.0.0.1:9/api/oicp/", "DKTST", False),
        ("http://127.0.0.1:9/elsewhere", "DK*TST", False),
        ("http://127.0.0.1:10/api/oicp", "DK*TST", True),
        ("http://127.0.0.1:9/api/oicp", "DK*XYZ", True),
    ],
)
def test_two_partners_never_push_in_one_name(
    sqlite: Database, url: str, operator: str, free: bool
) -> None:
    first = a_hub_partner(sqlite)
    asked = replace(first.settings, url=url, operator_id=operator)
    with sqlite.read() as conn:
        require_operator_free(conn, asked, but=first.id)
        require_operator_free(conn, replace(asked, channel=Channel.OCPI))
        if free:
            require_operator_free(conn, asked)
        else:
            with pytest.raises(Conflict, match="Hubject pushes to this hub in the name of"):
                require_operator_free(conn, asked)


def test_a_second_owner_claims_it_like_any_partner(site: Site, hub: InProcessHub) -> None:
    assert claim(site.db, ME, {hub.partner.id: timedelta(hours=1)}).partners == {hub.partner.id}
