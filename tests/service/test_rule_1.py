"""Rule 1 and case 1: at `from` an override holds and at `to` it doesn't, on every path that asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from evse_status.core.displayed import displayed_at
from evse_status.core.override import Override
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, Phase
from evse_status.service.audit import (
    Attention,
    OverrideFilter,
    attention_cards,
    list_overrides,
    override_detail,
)
from evse_status.service.fleet import (
    FleetFilter,
    fleet_counts,
    fleet_page,
    fleet_strip,
    pulse,
    select_evses,
)
from evse_status.service.look_up import display
from evse_status.store import overrides
from evse_status.store.database import Database
from support import MAINTENANCE, Hands, Site, a_site, at, placed

MOMENT = timedelta(microseconds=1)
FROM, TO = at(1), at(1.5)

INSTANTS = [
    (FROM - MOMENT, Phase.UPCOMING),
    (FROM, Phase.ACTIVE),
    (TO - MOMENT, Phase.ACTIVE),
    (TO, Phase.ENDED),
    (TO + MOMENT, Phase.ENDED),
]


@dataclass(frozen=True)
class Planned:
    site: Site
    override: Override


@pytest.fixture
def planned(db: Database, hands: Hands) -> Planned:
    site = a_site(db, hands, 1)
    return Planned(site, placed(site, valid_from=FROM, valid_to=TO))


@pytest.mark.parametrize(("now", "phase"), INSTANTS)
def test_rule_1_and_case_1_every_path_agrees(planned: Planned, now: datetime, phase: Phase) -> None:
    db, number = planned.site.db, planned.override.evse
    holds = phase is Phase.ACTIVE
    assert planned.override.phase(now) is phase

    with db.read() as conn:
        segments = overrides.segments_in(conn, now, None)
        by_sql = {one: overrides.count(conn, overrides.in_phase(one, now)) for one in Phase}
        assert overrides.count(conn, overrides.not_over(now)) == (phase is not Phase.ENDED)
    assert len(segments) == holds
    assert by_sql == {one: int(one is phase) for one in Phase}

    for one in Phase:
        page = list_overrides(db, LOCAL, OverrideFilter(phase=one), now=now, limit=9)
        assert (page.total, len(page.rows)) == (int(one is phase), int(one is phase))
        fleet = select_evses(db, LOCAL, FleetFilter(phases=(one,)), now=now)
        assert len(fleet) == (one is phase)
    assert len(select_evses(db, LOCAL, FleetFilter(only_overridden=True), now=now)) == (
        phase is not Phase.ENDED
    )

    counts = fleet_counts(db, LOCAL, now=now)
    assert counts.overridden[MAINTENANCE] == holds
    assert counts.available == (not holds)
    assert counts.starting_within_24_h == (phase is Phase.UPCOMING)
    assert counts.ending_within_24_h == (phase is not Phase.ENDED)

    shown = MAINTENANCE if holds else ActualStatus.AVAILABLE
    asked = display(db, LOCAL, number, at=now)
    assert asked.displayed.status is shown
    assert (asked.override is not None) == holds
    detail = override_detail(db, LOCAL, planned.override.id, now=now)
    assert (detail.phase, detail.displayed.status) == (phase, shown)

    [row] = fleet_page(
        db, LOCAL, FleetFilter(), from_at=now, to_at=now + MOMENT, now=now, limit=9
    ).rows
    assert [one.displayed.status for one in row.track] == [shown]
    assert len(row.segments) == holds
    assert displayed_at(row.segments, row.actuals, now).status is shown
    [column] = fleet_strip(db, LOCAL, from_at=now, to_at=now + MOMENT)
    assert column.shown[MAINTENANCE] == holds

    ends_soon = next(
        card
        for card in attention_cards(db, LOCAL, now=now)
        if card.attention is Attention.ENDS_SOON
    )
    assert ends_soon.count == holds


def test_rule_1_the_pulse_moves_at_both_boundaries_and_not_between(planned: Planned) -> None:
    db = planned.site.db
    seen = [pulse(db, now=now).boundary_at for now, _ in INSTANTS]
    assert seen == [None, FROM, FROM, TO, TO]


def test_the_timeline_and_the_strip_change_at_the_very_boundaries(planned: Planned) -> None:
    db, now = planned.site.db, planned.site.now()
    [row] = fleet_page(db, LOCAL, FleetFilter(), from_at=now, to_at=at(3), now=now, limit=9).rows
    assert [(one.from_at, one.to_at) for one in row.track] == [(now, FROM), (FROM, TO), (TO, at(3))]
    columns = fleet_strip(db, LOCAL, from_at=now, to_at=at(3))
    assert [(one.from_at, one.shown[MAINTENANCE]) for one in columns] == [
        (now, 0),
        (FROM, 1),
        (TO, 0),
    ]


def test_case_2_and_rule_10_touching_periods_leave_no_gap(db: Database, hands: Hands) -> None:
    site = a_site(db, hands, 1)
    first = placed(site, valid_from=at(1), valid_to=at(2))
    second = placed(site, valid_from=at(2), valid_to=at(3))
    for now, winner in ((at(2) - MOMENT, first), (at(2), second)):
        with db.read() as conn:
            [segment] = overrides.segments_in(conn, now, None)
        assert segment.override_id == winner.id
    asked = display(db, LOCAL, first.evse, at=at(1))
    assert asked.next is not None
    assert asked.next.at == at(3)
