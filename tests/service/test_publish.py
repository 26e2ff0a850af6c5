"""What partners are shown: the same as the product displays, and last_updated that they can rely on."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from evse_status.core.override import Edit
from evse_status.core.partner import PartnerSettings, Reach
from evse_status.core.principal import LOCAL
from evse_status.core.published import Announced, Published
from evse_status.core.statuses import ActualStatus, Cause
from evse_status.service.publish import shared_evses
from evse_status.service.retention import archive_before, prune_statuses
from evse_status.service.schedule import change_override, clear_overrides
from evse_status.store.database import Database
from support import (
    BLOCKED,
    MAINTENANCE,
    NOON,
    Hands,
    Site,
    a_site,
    at,
    evse_json,
    location_json,
    placed,
    report,
    shown,
    take_in,
)

EVERYTHING = PartnerSettings()


def published(
    site: Site, evse: str = "DK*TST*E1", settings: PartnerSettings = EVERYTHING
) -> Published:
    number = site.numbers[evse]
    with site.db.read() as conn:
        return shared_evses(conn, settings, [number], now=site.now())[number].published


def test_a_partner_is_shown_what_the_product_displays(db: Database, hands: Hands) -> None:
    site = a_site(db, hands, 2)
    made = placed(site, valid_from=at(2), valid_to=at(4))
    entry = Announced(at(2), at(4), MAINTENANCE)

    assert published(site) == Published(ActualStatus.AVAILABLE, made.made_at, (entry,), at(2))
    assert published(site, "DK*TST*E2").schedule == ()
    for hour in (2, 3, 4):
        hands.shows = at(hour)
        assert published(site).status is shown(site)
        assert published(site).since == (at(4) if hour == 4 else at(2))


def test_a_change_is_dated_by_its_write_and_a_hidden_report_not_at_all(
    db: Database, hands: Hands
) -> None:
    site = a_site(db, hands, 1)
    number = site.numbers["DK*TST*E1"]
    made = placed(site, status=BLOCKED)
    since = published(site).since
    assert since == made.made_at

    hands.forward(minutes=5)
    report(db, number, ActualStatus.CHARGING)
    hands.forward(minutes=5)
    assert published(site) == Published(BLOCKED, since, (), None)

    change_override(db, LOCAL, made.id, Edit(valid_to=at(1)))
    assert published(site).since == db.newest_at()
    hands.forward(minutes=5)
    clear_overrides(db, LOCAL, [made.id])
    assert published(site) == Published(ActualStatus.CHARGING, db.newest_at() or NOON, (), None)


def test_a_reason_is_nothing_that_partners_are_shown(db: Database, hands: Hands) -> None:
    site = a_site(db, hands, 1)
    running = placed(site, valid_to=at(2))
    ahead = placed(site, valid_from=at(3), valid_to=at(4))
    shown_now = published(site)
    assert shown_now.since == ahead.made_at
    for made in (running, ahead):
        hands.forward(minutes=5)
        edited = change_override(db, LOCAL, made.id, Edit(reason="Another fan", cause=Cause.FAULT))
        assert (edited.version, published(site)) == (2, shown_now)
    hands.forward(minutes=5)
    change_override(db, LOCAL, ahead.id, Edit(reason="Both", valid_to=at(5)))
    assert published(site).since == db.newest_at()
    assert published(site).since > shown_now.since


def test_archived_and_forgotten_history_never_lets_last_updated_go_back(
    db: Database, hands: Hands, tmp_path: Path
) -> None:
    site = a_site(db, hands, 2)
    placed(site, valid_to=at(2))
    aside = placed(site, "DK*TST*E2", valid_to=at(2), stands_back=True)
    hands.shows = at(3)
    report(db, site.numbers["DK*TST*E2"], ActualStatus.UNKNOWN)
    before = [published(site), published(site, "DK*TST*E2")]
    assert [one.since for one in before] == [at(2), db.newest_at()]
    assert aside.stands_back

    hands.shows = at(500 * 24)
    archive_before(db, LOCAL, before=at(400 * 24), folder=tmp_path / "archive", now=site.now())
    assert [published(site), published(site, "DK*TST*E2")] == before
    prune_statuses(db, LOCAL, keep=timedelta(days=30), now=site.now())
    assert [published(site), published(site, "DK*TST*E2")] == before


def test_a_swapped_charger_is_removed_and_one_that_comes_back_is_newly_dated(
    db: Database, hands: Hands
) -> None:
    site = a_site(db, hands, 1)
    take_in(db, location_json("L1", evse_json("new", "DK*TST*E1")))
    swapped_at = db.newest_at() or NOON
    assert published(site) == Published(ActualStatus.REMOVED, swapped_at, (), None)

    hands.forward(minutes=1)
    take_in(db, location_json("L1", evse_json("1")))
    assert published(site) == Published(ActualStatus.AVAILABLE, db.newest_at() or NOON, (), None)


def test_only_what_is_in_reach_is_shared(db: Database, hands: Hands) -> None:
    site = a_site(db, hands, 1)
    take_in(db, location_json("L2", evse_json("2"), publish=False), complete=False)
    with db.read() as conn:

        def uids(reach: Reach) -> list[str]:
            settings = PartnerSettings(reach=reach)
            found = shared_evses(conn, settings, [1, 2, 3], now=site.now())
            return [one.uid for one in found.values()]

        assert uids(Reach()) == ["1", "2"]
        assert uids(Reach(unpublished=False)) == ["1"]
        assert uids(Reach(operators=frozenset({"TST"}), countries=frozenset({"DK"}))) == ["1", "2"]
        assert uids(Reach(operators=frozenset({"XXX"}))) == []
        assert uids(Reach(locations=frozenset({2}))) == ["2"]


def test_a_partner_s_own_change_dates_everything_it_is_shown(db: Database, hands: Hands) -> None:
    site = a_site(db, hands, 1)
    hands.forward(hours=1)
    with db.read() as conn:
        shared = shared_evses(conn, EVERYTHING, [1], now=site.now(), floor=site.now())[1]
    assert shared.published.since == site.now()
    assert shared.word == "AVAILABLE"
    silent = replace(EVERYTHING, schedule=False)
    placed(site, valid_from=at(5))
    assert published(site).schedule
    assert not published(site, settings=silent).schedule
