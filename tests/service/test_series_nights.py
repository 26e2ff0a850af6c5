"""Cases 9 and 10: a series shows the same nights as long as one likes, stored or not, in any zone."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from evse_status.core.local_time import zone
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.audit import OverrideFilter, list_overrides
from evse_status.service.look_up import track
from evse_status.service.series import SeriesWish, place_repeating
from evse_status.service.series_fill import fill
from evse_status.store.database import Database
from recurring import ZONES
from support import MAINTENANCE, NOON, Hands, Site, a_site

SATURDAY = datetime(2026, 10, 17, 22)
CHANGES = {  # the two nights after NOON in which clocks change, as days on the wall
    "Europe/Copenhagen": ("2026-10-25", "2027-03-28"),
    "Europe/London": ("2026-10-25", "2027-03-28"),
    "America/New_York": ("2026-11-01", "2027-03-14"),
    "Australia/Lord_Howe": ("2027-04-04", "2027-10-03"),
    "Asia/Tokyo": (),
    "Africa/Lagos": (),
}
YEAR = NOON + timedelta(days=350)
Nights = list[tuple[datetime, datetime]]


@pytest.fixture(params=["UTC", "America/New_York"])
def _server_in(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


def nights(site: Site, evse: str, from_at: datetime, to_at: datetime = YEAR) -> Nights:
    """When the EVSE shows maintenance."""
    found = track(site.db, LOCAL, site.numbers[evse], from_at=from_at, to_at=to_at)
    return [
        (one.from_at, one.to_at)
        for one in found
        if one.displayed.status is MAINTENANCE and one.to_at is not None
    ]


def placed_in_every_zone(db: Database, hands: Hands, rule: str, minutes: int = 420) -> Site:
    """`DK*TST*E1` … repeat in the first zone, the second …"""
    site = a_site(db, hands, len(ZONES))
    wishes = [SeriesWish(rule, name, SATURDAY, minutes, MAINTENANCE) for name in ZONES]
    place_repeating(db, LOCAL, [([n], wish) for n, wish in enumerate(wishes, 1)])
    return site


@pytest.mark.usefixtures("_server_in")
def test_case_9_every_saturday_from_22_to_5_on_the_clocks_of_each_zone_all_year(
    db: Database, hands: Hands
) -> None:
    site = placed_in_every_zone(db, hands, "FREQ=WEEKLY")
    since = site.now()
    for evse, name in zip(site.numbers, ZONES, strict=True):
        there = zone(name)
        found = nights(site, evse, since)
        shown = [(at.astimezone(there), end.astimezone(there)) for at, end in found]
        assert len(shown) == 50
        assert {(f"{at:%a %H:%M}", f"{end:%a %H:%M}") for at, end in shown} == {
            ("Sat 22:00", "Sun 05:00")
        }
        odd = [f"{end:%Y-%m-%d}" for at, end in shown if at.utcoffset() != end.utcoffset()]
        assert tuple(odd) == CHANGES[name]
    before = {evse: nights(site, evse, since) for evse in site.numbers}
    later = hands.forward(days=150)  # nobody filled anything for as long
    assert {evse: nights(site, evse, since) for evse in site.numbers} == before
    assert fill(db) > 0
    assert fill(db) == 0
    assert {evse: nights(site, evse, later) for evse in site.numbers} == {
        evse: [(at, end) for at, end in some if end > later] for evse, some in before.items()
    }


def test_case_10_the_first_and_the_last_happen_and_the_horizon_is_none(
    db: Database, hands: Hands
) -> None:
    site = placed_in_every_zone(db, hands, "FREQ=WEEKLY;COUNT=12;INTERVAL=3")
    for evse, name in zip(site.numbers, ZONES, strict=True):
        there = zone(name)
        found = nights(site, evse, NOON)
        # the first was on the 17th, before anybody asked for it: eleven are left
        assert [at.astimezone(there).replace(tzinfo=None) for at, _ in found] == [
            SATURDAY + n * timedelta(weeks=3) for n in range(1, 12)
        ]
    for _ in range(14):
        hands.forward(days=30)
        fill(db)
    kept = list_overrides(db, LOCAL, OverrideFilter(), now=site.now(), limit=500)
    assert kept.total == 11 * len(ZONES)


def test_case_10_an_open_end_is_shown_in_2099_and_stores_60_days(
    db: Database, hands: Hands
) -> None:
    site = placed_in_every_zone(db, hands, "FREQ=DAILY", minutes=1440)
    in_2099 = datetime(2099, 7, 1, tzinfo=UTC)
    for evse in site.numbers:
        found = nights(site, evse, in_2099, in_2099 + timedelta(days=9))
        assert (found[0][0], found[-1][1]) == (in_2099, in_2099 + timedelta(days=9))
        assert all(end == start for (_, end), (start, _) in pairwise(found))
    kept = list_overrides(db, LOCAL, OverrideFilter(), now=site.now(), limit=1)
    assert kept.total <= 62 * len(ZONES)
    assert {one.override.temporary_status for one in kept.rows} == {TemporaryStatus.MAINTENANCE}
