"""Case 30: the demo has a past, a present and a future at whatever instant it is started."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from evse_status.channels.ocpi.locations_in import Reading, read_locations
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, Phase
from evse_status.service.audit import Attention, OverrideFilter, attention_cards, list_overrides
from evse_status.service.demo import prepare
from evse_status.service.fleet import FleetFilter, fleet_counts, fleet_page, places
from evse_status.store.database import Database
from support import PROJECT, Hands, a_site, hours

COPENHAGEN = ZoneInfo("Europe/Copenhagen")

STARTS = [
    datetime(2026, 10, 22, 12, tzinfo=UTC),
    datetime(2026, 10, 25, 2, 30, tzinfo=COPENHAGEN),  # clocks go back: the first
    datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=COPENHAGEN),  # and the second
    datetime(2027, 3, 28, 3, 0, tzinfo=COPENHAGEN),  # clocks went forward this instant
    datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=COPENHAGEN),
    datetime(2027, 1, 1, 0, 0, tzinfo=COPENHAGEN),
    datetime(2028, 2, 29, 0, 0, tzinfo=UTC),
]


@pytest.fixture(scope="module")
def network() -> Reading:
    file = PROJECT / "data" / "demo-network.json"
    return read_locations([json.loads(file.read_text(encoding="utf-8"))])


@pytest.mark.parametrize("started_at", STARTS, ids=str)
def test_case_30_it_works_at_any_instant(
    sqlite: Database, hands: Hands, network: Reading, started_at: datetime
) -> None:
    hands.shows = started_at.astimezone(UTC)
    assert prepare(sqlite, network)
    _check(sqlite, hands)
    hands.forward(minutes=1)
    assert not prepare(sqlite, network)


@pytest.mark.postgresql
def test_it_is_the_same_on_postgresql(db: Database, hands: Hands, network: Reading) -> None:
    assert prepare(db, network)
    _check(db, hands)


def _check(db: Database, hands: Hands) -> None:
    now = hands.forward(seconds=1)
    page = list_overrides(db, LOCAL, OverrideFilter(), now=now, limit=200)
    assert page.by_phase[Phase.ACTIVE] >= 12
    assert page.by_phase[Phase.UPCOMING] >= 8
    assert page.by_phase[Phase.ENDED] >= 20
    assert page.by_phase[Phase.CLEARED] >= 1
    counts = fleet_counts(db, LOCAL, now=now)
    assert counts.evses >= 240
    assert all(counts.overridden.values())
    assert counts.open_ended_older_than_14_days >= 3
    shadowed = {card.attention: card.count for card in attention_cards(db, LOCAL, now=now)}
    assert shadowed[Attention.SHADOWED] >= 1
    assert shadowed[Attention.OLD] == counts.open_ended_older_than_14_days
    assert len(places(db, LOCAL)) >= 60
    assert len({place.time_zone for place in places(db, LOCAL)}) >= 3
    for row in page.rows:
        assert row.override.made_at <= now
        assert row.override.valid_to is None or row.override.valid_to > row.override.starts_at


def test_chargers_have_a_past_without_gaps_or_overlaps(
    sqlite: Database, hands: Hands, network: Reading
) -> None:
    prepare(sqlite, network)
    now = hands.forward(minutes=1)
    page = fleet_page(
        sqlite, LOCAL, FleetFilter(), from_at=now - hours(24 * 30), to_at=now, now=now, limit=500
    )
    busy = 0
    for row in page.rows:
        ends = [stretch.to_at for stretch in row.actuals]
        assert ends == [*(stretch.from_at for stretch in row.actuals[1:]), None]
        busy += ActualStatus.CHARGING in {stretch.status for stretch in row.actuals}
    assert busy > 200


def test_a_store_with_chargers_of_ones_own_stays_as_it_is(
    sqlite: Database, hands: Hands, network: Reading
) -> None:
    a_site(sqlite, hands, 2)
    assert not prepare(sqlite, network)
    assert fleet_counts(sqlite, LOCAL, now=hands.now()).evses == 2
