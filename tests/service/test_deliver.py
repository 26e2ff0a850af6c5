"""Each partner is told what it should show now: the difference to what it acknowledged, once, in order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from evse_status.channels.ocpi.push import Answer
from evse_status.core.delivery import Kind, Outcome
from evse_status.core.override import Edit
from evse_status.core.partner import PartnerSettings, Reach
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus
from evse_status.service.deliver import latest_told, survey
from evse_status.service.leases import claim
from evse_status.service.partners import edit_partner, remove_partner, resync_partner
from evse_status.service.read_back import questions, take_answer
from evse_status.service.report import Report, report_actual
from evse_status.service.schedule import change_override, clear_overrides
from evse_status.service.sending import Result, due
from evse_status.service.settle import prune_receipts, settle
from evse_status.store.database import Database
from support import (
    BLOCKED,
    MAINTENANCE,
    RESERVED,
    Hands,
    Site,
    a_site,
    at,
    evse_json,
    location_json,
    placed,
    take_in,
)
from told import DOWN, ME, TAKEN, VAULT, Receiver, a_partner, compare, look


@pytest.fixture
def site(db: Database, hands: Hands) -> Site:
    return a_site(db, hands)


@pytest.fixture
def roamer(site: Site) -> Receiver:
    """A partner that knows everything."""
    receiver = Receiver(site.db, a_partner(site.db))
    receiver.drain()
    site.hands.forward(minutes=1)
    return receiver


def says(status: ActualStatus, evse: str = "DK*TST*E1") -> Report:
    return Report(evse, status)


def test_a_new_partner_is_told_every_location_once(site: Site) -> None:
    take_in(site.db, location_json("L2", evse_json("9")), complete=False)
    receiver = Receiver(site.db, a_partner(site.db))
    assert sorted(receiver.drain()) == [("location", "L1"), ("location", "L2")]
    assert set(receiver.statuses().values()) == {"AVAILABLE"}
    compare(site.db, receiver.partner)
    assert receiver.drain() == []
    late = Receiver(site.db, a_partner(site.db, "Late"))
    compare(site.db, late.partner)
    assert sorted(late.drain()) == [("location", "L1"), ("location", "L2")]
    assert receiver.drain() == []


def test_start_and_end_are_told_when_they_come_and_nothing_between(
    site: Site, roamer: Receiver
) -> None:
    placed(site, status=BLOCKED, valid_from=at(1), valid_to=at(2))
    assert roamer.drain() == []
    site.hands.shows = at(1)
    assert roamer.drain() == [("status", "L1/1 BLOCKED")]
    assert roamer.evses["L1/1"]["last_updated"] == "2026-10-22T13:00:00Z"
    site.hands.shows = at(1.9)
    assert roamer.drain() == []
    site.hands.shows = at(2)
    assert roamer.drain() == [("status", "L1/1 AVAILABLE")]


def test_the_next_pass_is_at_the_next_boundary(site: Site, roamer: Receiver) -> None:
    placed(site, status=BLOCKED, valid_from=at(1), valid_to=at(2))
    look(site.db)
    assert survey(site.db).again_at == at(1)


def test_touching_periods_are_one_to_a_partner(site: Site, roamer: Receiver) -> None:
    for status, evse in ((BLOCKED, "DK*TST*E1"), (MAINTENANCE, "DK*TST*E2")):
        placed(site, evse, status, valid_from=at(1), valid_to=at(2))
        placed(site, evse, status, valid_from=at(2), valid_to=at(3))
    roamer.drain()
    site.hands.shows = at(1)
    assert sorted(roamer.drain()) == [("status", "L1/1 BLOCKED"), ("status", "L1/2 INOPERATIVE")]
    site.hands.shows = at(2)
    assert roamer.drain() == []


def test_a_state_between_two_is_never_told(site: Site, roamer: Receiver) -> None:
    placed(site, status=RESERVED, valid_from=at(1), valid_to=at(2))
    placed(site, status=BLOCKED, valid_from=at(2), valid_to=at(3))
    site.hands.shows = at(1)
    roamer.drain()
    site.hands.shows = at(2)
    assert roamer.drain() == [("status", "L1/1 BLOCKED")]


def test_cleared_is_told_once_and_only_once(site: Site, roamer: Receiver) -> None:
    made = placed(site, status=BLOCKED)
    roamer.drain()
    site.hands.forward(minutes=1)
    clear_overrides(site.db, LOCAL, [made.id])
    assert roamer.drain() == [("status", "L1/1 AVAILABLE")]
    clear_overrides(site.db, LOCAL, [made.id])
    assert roamer.drain() == []


def test_an_upcoming_one_is_announced_changed_and_withdrawn_without_any_status(
    site: Site, roamer: Receiver
) -> None:
    made = placed(site, valid_from=at(5), valid_to=at(6))
    assert roamer.drain() == [("schedule", "L1/1 schedule")]
    [entry] = roamer.evses["L1/1"]["status_schedule"]
    assert entry == {
        "period_begin": "2026-10-22T17:00:00Z",
        "period_end": "2026-10-22T18:00:00Z",
        "status": "INOPERATIVE",
    }
    change_override(site.db, LOCAL, made.id, Edit(valid_to=at(7)))
    assert roamer.drain() == [("schedule", "L1/1 schedule")]
    assert roamer.evses["L1/1"]["status_schedule"][0]["period_end"] == "2026-10-22T19:00:00Z"
    clear_overrides(site.db, LOCAL, [made.id])
    assert roamer.drain() == [("evse", "L1/1 AVAILABLE")]  # as it was; only without the schedule
    assert "status_schedule" not in roamer.evses["L1/1"]


def test_what_an_override_hides_is_not_told(site: Site, roamer: Receiver) -> None:
    placed(site, status=BLOCKED, valid_to=at(1))
    roamer.drain()
    site.hands.forward(minutes=1)
    report_actual(site.db, LOCAL, [says(ActualStatus.CHARGING)])
    assert roamer.drain() == []
    site.hands.shows = at(1)
    assert roamer.drain() == [("status", "L1/1 CHARGING")]


def test_a_partner_down_for_a_day_gets_each_changed_evse_once(site: Site, roamer: Receiver) -> None:
    roamer.react = lambda _: DOWN
    for hour in range(1, 24):
        site.hands.shows = at(hour)
        report_actual(
            site.db, LOCAL, [says(ActualStatus.CHARGING if hour % 2 else ActualStatus.AVAILABLE)]
        )
        if hour == 20:
            placed(site, "DK*TST*E2", BLOCKED)
        assert roamer.drain() == []
    with site.db.read() as conn:
        now = site.db.at(conn)
    assert roamer.partner.failing_since is not None
    site.hands.shows = now + timedelta(minutes=5)
    roamer.react = lambda _: TAKEN
    assert sorted(roamer.drain()) == [("status", "L1/1 CHARGING"), ("status", "L1/2 BLOCKED")]
    assert roamer.drain() == []


def test_a_clock_that_is_set_back_takes_nothing_back(site: Site, roamer: Receiver) -> None:
    placed(site, status=BLOCKED, valid_from=at(1), valid_to=at(2))
    look(site.db)
    site.hands.shows = at(1.5)
    assert roamer.drain() == [("status", "L1/1 BLOCKED")]
    site.hands.shows = at(0.5)  # as after a restart on a server whose clock was set back
    compare(site.db, roamer.partner)
    assert roamer.drain() == []
    assert latest_told(site.db) == at(1)


def test_beyond_its_reach_is_told_removed_once_and_comes_back(site: Site, roamer: Receiver) -> None:
    def edited(reach: Reach) -> None:
        settings = PartnerSettings(handshake=False, url="http://127.0.0.1:9/locations", reach=reach)
        version = roamer.partner.version
        roamer.partner = edit_partner(
            site.db, LOCAL, roamer.partner.id, settings, version=version, vault=VAULT
        )
        compare(site.db, roamer.partner)

    edited(Reach(operators=frozenset({"XXX"})))
    assert sorted(roamer.drain()) == [("status", f"L1/{n} REMOVED") for n in (1, 2, 3)]
    compare(site.db, roamer.partner)
    assert roamer.drain() == []
    site.hands.forward(minutes=1)
    edited(Reach())
    roamer.drain()
    assert set(roamer.statuses().values()) == {"AVAILABLE"}


def test_what_comes_into_reach_starts_and_ends_for_the_partner_too(site: Site) -> None:
    nothing = Reach(operators=frozenset({"XXX"}))
    first, other = (
        Receiver(site.db, a_partner(site.db, name, reach=nothing)) for name in ("One", "Other")
    )
    placed(site, status=BLOCKED, valid_from=at(1), valid_to=at(2))
    assert first.drain() == other.drain() == []
    site.hands.forward(minutes=1)
    settings = replace(first.partner.settings, reach=Reach())
    edit_partner(site.db, LOCAL, first.partner.id, settings, version=1, vault=VAULT)
    compare(site.db, first.partner)
    assert first.drain() == [("location", "L1")]
    site.hands.shows = at(1)
    assert first.drain() == [("status", "L1/1 BLOCKED")]
    assert other.drain() == []


def test_a_resync_tells_everything_again(site: Site, roamer: Receiver) -> None:
    resync_partner(site.db, LOCAL, roamer.partner.id)
    compare(site.db, roamer.partner)
    assert roamer.drain() == [("location", "L1")]
    compare(site.db, roamer.partner)
    assert roamer.drain() == []


def test_what_a_charger_is_goes_on_to_partners(site: Site, roamer: Receiver) -> None:
    evses = [evse_json(str(n + 1)) for n in range(3)]
    evses[0]["physical_reference"] = "A1"
    take_in(site.db, location_json("L1", *evses))
    assert roamer.drain() == [("evse", "L1/1 AVAILABLE")]
    site.hands.forward(minutes=1)
    take_in(site.db, location_json("L1", *evses, name="New name"))
    assert roamer.drain() == [("location", "L1")]
    assert roamer.locations["L1"]["name"] == "New name"
    site.hands.forward(minutes=1)
    take_in(site.db, location_json("L1", *evses, evse_json("4"), name="New name"))
    assert roamer.drain() == [("evse", "L1/4 AVAILABLE")]


def test_only_the_statuses_it_receives(site: Site) -> None:
    receiver = Receiver(site.db, a_partner(site.db, statuses=frozenset({RESERVED}), schedule=False))
    receiver.drain()
    placed(site, status=MAINTENANCE, valid_to=at(2))
    placed(site, status=RESERVED, valid_to=at(1))
    assert receiver.drain() == [("status", "L1/1 RESERVED")]
    site.hands.shows = at(1)
    assert receiver.drain() == [("status", "L1/1 AVAILABLE")]


def test_a_lost_location_is_told_whole(site: Site, roamer: Receiver) -> None:
    unknown = Answer(Outcome.UNKNOWN, 404, 2003, "Unknown")
    roamer.react = lambda job: TAKEN if job.kind is Kind.LOCATION else unknown
    placed(site, status=BLOCKED)
    assert roamer.drain() == [("location", "L1")]
    assert roamer.statuses()["L1/1"] == "BLOCKED"


def test_a_partner_that_refuses_schedules_is_told_the_rest(site: Site, roamer: Receiver) -> None:
    refused = Answer(Outcome.REFUSED, 400, 2001, "No schedules")
    roamer.react = lambda job: refused if job.kind is Kind.SCHEDULE else TAKEN
    placed(site, valid_from=at(1), valid_to=at(2))
    assert roamer.drain() == []
    site.hands.shows = at(1)
    assert roamer.drain() == [("status", "L1/1 INOPERATIVE")]
    assert roamer.partner.failing_since is None


def test_one_that_is_refused_holds_back_no_other(site: Site, roamer: Receiver) -> None:
    refused = Answer(Outcome.REFUSED, 400, 2000, "Not this one")
    roamer.react = lambda job: refused if job.evse == site.numbers["DK*TST*E1"] else TAKEN
    for evse in site.numbers:
        placed(site, evse, BLOCKED)
    assert sorted(roamer.drain()) == [("status", "L1/2 BLOCKED"), ("status", "L1/3 BLOCKED")]
    roamer.react = lambda _: TAKEN
    site.hands.forward(hours=23)
    assert roamer.drain() == []
    site.hands.forward(hours=2)
    assert roamer.drain() == [("status", "L1/1 BLOCKED")]


def test_one_that_breaks_its_partner_holds_back_others_for_moments_only(
    site: Site, roamer: Receiver
) -> None:
    broken = Answer(Outcome.FAILED, 500, None, "Internal error")
    roamer.react = lambda job: broken if job.evse == site.numbers["DK*TST*E1"] else TAKEN
    for evse in site.numbers:
        placed(site, evse, BLOCKED)
    for _ in range(3):
        roamer.drain()
        site.hands.forward(seconds=1)
    assert roamer.statuses()["L1/2"] == roamer.statuses()["L1/3"] == "BLOCKED"


def test_what_another_owner_may_have_told_is_told_again(site: Site, roamer: Receiver) -> None:
    placed(site, status=BLOCKED)
    look(site.db)
    [job] = due(site.db, roamer.partner, limit=10)
    result = Result(job, TAKEN, site.now())
    settle(site.db, [result], sender="one whose lease ran out")
    assert roamer.drain() == [("status", "L1/1 BLOCKED"), ("evse", "L1/1 BLOCKED")]


def test_a_removed_partner_is_told_nothing_more(site: Site, roamer: Receiver) -> None:
    placed(site, status=BLOCKED)
    look(site.db)
    [job] = due(site.db, roamer.partner, limit=10)
    remove_partner(site.db, LOCAL, roamer.partner.id)
    settle(site.db, [Result(job, TAKEN, site.now())], sender=ME)
    assert survey(site.db).partners == frozenset()


def test_drift_is_told_again(site: Site, roamer: Receiver) -> None:
    [asked] = questions(site.db, roamer.partner.id, 0)
    evses = [evse | {"uid": evse["uid"].lower()} for evse in roamer.evses.values()]
    same = Answer(Outcome.ACKNOWLEDGED, 200, 1000, data={"evses": evses})
    assert take_answer(site.db, roamer.partner.id, asked, same, sender=ME) == 0
    evses[0] = evses[0] | {"status": "CHARGING"}
    other = Answer(Outcome.ACKNOWLEDGED, 200, 1000, data={"evses": evses[:2]})
    assert take_answer(site.db, roamer.partner.id, asked, other, sender=ME) == 2
    told = roamer.drain()
    assert ("status", "L1/1 AVAILABLE") in told
    assert ("evse", "L1/3 AVAILABLE") in told
    nothing = Answer(Outcome.UNKNOWN, 404, 2003)
    [asked] = questions(site.db, roamer.partner.id, 0)
    assert take_answer(site.db, roamer.partner.id, asked, nothing, sender=ME) == 3
    assert roamer.drain() == [("location", "L1")]


def test_a_schedule_that_a_partner_lost_is_told_again_and_its_way_to_write_it_is_its_own(
    site: Site, roamer: Receiver
) -> None:
    placed(site, valid_from=at(2), valid_to=at(4))
    roamer.drain()
    [asked] = questions(site.db, roamer.partner.id, 0)

    def has(schedule: object) -> list[tuple[str, str]]:
        evses = [dict(evse) for evse in roamer.evses.values()]
        evses[0]["status_schedule"] = schedule
        answer = Answer(Outcome.ACKNOWLEDGED, 200, 1000, data={"evses": evses})
        take_answer(site.db, roamer.partner.id, asked, answer, sender=ME)
        return roamer.drain()

    begin, end = "2026-10-22T14:00:00.000Z", "2026-10-22T16:00:00+00:00"
    [told] = roamer.evses["L1/1"]["status_schedule"]
    assert told["status"] == "INOPERATIVE"
    over = {"period_begin": "2026-10-01T00:00:00Z", "period_end": "2026-10-02T00:00:00Z"}
    as_it_writes = {"period_begin": begin, "period_end": end, "status": "inoperative"}
    for alike in (None, "no list", [as_it_writes, over], [{"period_begin": "soon"}]):
        assert has(alike) == []
    assert has([]) == [("schedule", "L1/1 schedule")]


def test_one_row_that_can_t_be_read_holds_back_no_other(site: Site, roamer: Receiver) -> None:
    for evse in ("DK*TST*E1", "DK*TST*E2"):
        placed(site, evse, BLOCKED)
    with site.db.write() as write:  # as only somebody who writes by hand can
        spoil(write.conn, site.numbers["DK*TST*E1"])
    assert roamer.drain() == [("status", "L1/2 BLOCKED")]


def spoil(conn: Connection, number: int) -> None:
    """Give an EVSE content that is no JSON, changed at an instant that no calendar has."""
    for name, value in (("content", "[1, 2"), ("content_changed_at", 2**62)):
        statement = text(f"UPDATE evse SET {name} = :value WHERE id = :number")
        conn.execute(statement, {"value": value, "number": number})


def test_receipts_are_kept_for_a_while(site: Site, roamer: Receiver) -> None:
    site.hands.forward(days=31)
    placed(site, status=BLOCKED)
    roamer.drain()
    assert prune_receipts(site.db, keep=timedelta(days=30)) == 3
    assert prune_receipts(site.db, keep=timedelta(days=30)) == 0


def test_nothing_of_this_draws_a_page_again(site: Site, roamer: Receiver) -> None:
    placed(site, status=BLOCKED)
    before = site.db.newest_at()
    assert roamer.drain()
    claim(site.db, ME, {roamer.partner.id: timedelta(hours=1)})
    prune_receipts(site.db, keep=timedelta(days=0))
    assert site.db.newest_at() == before
