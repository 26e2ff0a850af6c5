"""An override that drains starts when the session that is running ends, whoever tells of it, and at the latest at its time."""

import ast
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from evse_status.core.errors import AlreadyStarted, EndsBeforeItStarts, InvalidInput
from evse_status.core.override import Edit, Override
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, Phase
from evse_status.service.audit import override_detail
from evse_status.service.report import Report, report_actual
from evse_status.service.schedule import change_override, clear_overrides, extend_overrides, undo
from evse_status.store.database import Database
from support import (
    MAINTENANCE,
    PROJECT,
    Hands,
    Site,
    a_site,
    at,
    evse_json,
    hours,
    location_json,
    placed,
    report,
    shown,
    take_in,
)

AVAILABLE, CHARGING, UNKNOWN = (
    ActualStatus.AVAILABLE,
    ActualStatus.CHARGING,
    ActualStatus.UNKNOWN,
)
E1 = "DK*TST*E1"


@pytest.fixture
def site(db: Database, hands: Hands) -> Site:
    site = a_site(db, hands, 2)
    report(db, site.numbers[E1], CHARGING)
    hands.forward(minutes=1)
    return site


def waiting(site: Site, **fields: Any) -> Override:
    made = placed(site, E1, drain_until=at(6), **fields)
    site.hands.forward(minutes=10)
    return made


def now_is(site: Site, one: Override) -> Override:
    return override_detail(site.db, LOCAL, one.id, now=site.now()).override


def lines(site: Site, one: Override) -> list[tuple[str, str, str, int]]:
    detail = override_detail(site.db, LOCAL, one.id, now=site.now())
    return [(line.what, line.by, line.why, line.version) for line in detail.history]


def tell(site: Site, status: ActualStatus, reported_at: datetime | None = None) -> None:
    report(site.db, site.numbers[E1], status, reported_at)


def test_without_a_session_it_starts_at_once(site: Site) -> None:
    made = placed(site, "DK*TST*E2", drain_until=at(6))
    assert (made.starts_at, made.requested_from, made.drains) == (site.now(), at(6), True)
    assert shown(site, "DK*TST*E2") is MAINTENANCE


def test_with_a_session_it_waits_for_its_end(site: Site) -> None:
    made = waiting(site)
    assert (made.starts_at, made.waits(site.now()), shown(site)) == (at(6), True, CHARGING)
    tell(site, ActualStatus.INOPERATIVE)
    begun = now_is(site, made)
    assert (begun.starts_at, begun.requested_from) == (site.now(), at(6))
    assert (begun.phase(site.now()), begun.version) == (Phase.ACTIVE, made.version)
    assert shown(site) is MAINTENANCE
    assert lines(site, made)[1:] == [
        ("started", "CSMS", "The session ended: the charger reports INOPERATIVE.", 1)
    ]


def test_it_starts_at_the_latest_at_its_time_though_nobody_says_anything(
    site: Site, hands: Hands
) -> None:
    waiting(site)
    hands.shows = at(6)
    assert shown(site) is MAINTENANCE
    assert shown(site, when=at(6) - timedelta(microseconds=1)) is CHARGING


def test_a_charger_of_which_nothing_is_known_may_still_be_charging(site: Site) -> None:
    made = waiting(site)
    tell(site, UNKNOWN)
    tell(site, CHARGING)
    assert now_is(site, made).waits(site.now())
    tell(site, UNKNOWN)
    tell(site, AVAILABLE)
    assert shown(site) is MAINTENANCE


def test_rule_19_a_report_older_than_the_newest_starts_nothing(site: Site) -> None:
    made = waiting(site)
    tell(site, AVAILABLE, at(-1))
    assert now_is(site, made).waits(site.now())


def test_a_session_that_begins_later_changes_nothing(site: Site) -> None:
    made = waiting(site)
    tell(site, AVAILABLE)
    site.hands.forward(minutes=1)
    tell(site, CHARGING)
    tell(site, AVAILABLE)
    assert len(lines(site, made)) == 2
    assert shown(site) is MAINTENANCE


def _by_the_api(site: Site) -> None:
    report_actual(site.db, LOCAL, [Report("DK*TST*E2", "Offline"), Report(E1, "Available")])


def _by_an_import(site: Site) -> None:
    newer = evse_json("1", last_updated="2026-11-01T00:00:00Z")
    take_in(site.db, location_json("L1", newer, evse_json("2")))


def _by_a_swap(site: Site) -> None:
    take_in(site.db, location_json("L1", evse_json("new", E1), evse_json("2")))


@pytest.mark.parametrize("way", [_by_the_api, _by_an_import, _by_a_swap])
def test_every_way_in_which_statuses_come_starts_it(
    site: Site, way: Callable[[Site], None]
) -> None:
    made = waiting(site)
    way(site)
    assert now_is(site, made).phase(site.now()) is Phase.ACTIVE
    assert lines(site, made)[-1][:2] == ("started", "local")


def test_there_is_one_way_in_which_statuses_are_kept() -> None:
    callers = {
        file.name
        for file in (PROJECT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "record"
        if isinstance(node.value, ast.Name) and node.value.id == "actuals"
    }
    assert callers == {"draining.py"}


def test_a_write_that_fails_starts_nothing(site: Site) -> None:
    from evse_status.service.draining import keep_reports

    made = waiting(site)

    class Crash(Exception):
        pass

    def crash() -> None:
        with site.db.write() as write:
            keep_reports(write, {made.evse: (AVAILABLE, write.now)}, by="CSMS")
            raise Crash

    with pytest.raises(Crash):
        crash()
    assert now_is(site, made).waits(site.now())
    assert shown(site) is CHARGING
    tell(site, AVAILABLE)
    assert shown(site) is MAINTENANCE


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"valid_from": at(1)}, InvalidInput, "drainUntil"),
        ({"valid_to": at(6)}, EndsBeforeItStarts, "validTo"),
    ],
)
def test_a_wish_that_contradicts_itself_is_refused(
    site: Site, fields: dict[str, object], error: type[InvalidInput], field: str
) -> None:
    with pytest.raises(error) as refused:
        waiting(site, **fields)
    assert refused.value.field == field


def test_an_edit_of_the_start_ends_the_waiting(site: Site) -> None:
    made = waiting(site)
    change_override(site.db, LOCAL, made.id, Edit(valid_from=at(4)))
    tell(site, AVAILABLE)
    assert now_is(site, made).starts_at == at(4)
    assert shown(site) is AVAILABLE


def test_other_edits_leave_it_waiting(site: Site) -> None:
    made = waiting(site, valid_to=at(8))
    change_override(site.db, LOCAL, made.id, Edit(valid_from=at(6), reason="Cable"))
    extend_overrides(site.db, LOCAL, [made.id], by=hours(1))
    tell(site, AVAILABLE)
    assert (shown(site), now_is(site, made).ends_at) == (MAINTENANCE, at(9))


def test_one_that_has_started_early_may_end_before_its_latest_start(site: Site) -> None:
    made = waiting(site)
    tell(site, AVAILABLE)
    with pytest.raises(AlreadyStarted):
        change_override(site.db, LOCAL, made.id, Edit(valid_from=at(7)))
    with pytest.raises(EndsBeforeItStarts):
        change_override(site.db, LOCAL, made.id, Edit(valid_to=site.hands.now()))
    change_override(site.db, LOCAL, made.id, Edit(valid_to=at(3)))
    assert shown(site, when=at(3)) is AVAILABLE


def test_cleared_while_it_waits_it_never_starts(site: Site) -> None:
    made = waiting(site)
    clear_overrides(site.db, LOCAL, [made.id])
    tell(site, AVAILABLE)
    assert (shown(site), len(lines(site, made))) == (AVAILABLE, 2)
    assert shown(site, when=at(7)) is AVAILABLE


def test_rule_16_undo_of_placing_ends_it_also_after_the_session_has_ended(site: Site) -> None:
    made = waiting(site)
    tell(site, AVAILABLE)
    assert made.batch_id is not None
    assert undo(site.db, LOCAL, made.batch_id).refused == ()
    assert shown(site) is AVAILABLE


@pytest.mark.parametrize("told", [[], [UNKNOWN, CHARGING], [AVAILABLE], [AVAILABLE, CHARGING]])
@pytest.mark.parametrize("what", ["cleared", "extended"])
def test_rule_16_undo_starts_what_would_have_started_meanwhile(
    site: Site, told: list[ActualStatus], what: str
) -> None:
    made = waiting(site, valid_to=at(8))
    done = (
        clear_overrides(site.db, LOCAL, [made.id])
        if what == "cleared"
        else extend_overrides(site.db, LOCAL, [made.id], by=hours(1))
    )
    for status in told:
        site.hands.forward(minutes=1)
        tell(site, status)
    assert done.batch_id is not None
    site.hands.forward(minutes=1)
    [undone] = undo(site.db, LOCAL, done.batch_id).done
    assert (shown(site) is MAINTENANCE) == (AVAILABLE in told)
    assert undone.waits(site.now()) == (AVAILABLE not in told)
    assert undone.ends_at == at(8)
    tell(site, AVAILABLE)
    assert shown(site) is MAINTENANCE


def test_it_can_be_looked_up_while_it_waits(site: Site) -> None:
    made = waiting(site)
    detail = override_detail(site.db, LOCAL, made.id, now=site.now())
    assert (detail.phase, detail.held) == (Phase.UPCOMING, ((at(6), None),))
