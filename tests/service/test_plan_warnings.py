"""A preview warns of sessions, of sites and kinds that run out, of faults that it covers, and of clocks that change."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.service import site_outage
from evse_status.service.groups import Group
from evse_status.service.plan import preview_groups
from evse_status.service.plan_warnings import AcrossClockChange, Charging, HidesFault
from evse_status.service.site_outage import LastOfItsKind, MostOfASite
from evse_status.store.database import Database
from support import (
    BLOCKED,
    MAINTENANCE,
    RESERVED,
    Hands,
    Site,
    at,
    evse_json,
    hours,
    location_json,
    placed,
    report,
    take_in,
    wish,
)

E1, E2, E3, E4, E5 = (f"DK*TST*E{number}" for number in range(1, 6))


def _plugs(*standards: str) -> dict[str, Any]:
    return {"connectors": [{"id": one, "standard": one} for one in standards]}


@pytest.fixture
def site(sqlite: Database, hands: Hands) -> Site:
    """`L1` with four EVSEs: E1 and E2 with Type 2, E3 with Type 2 and CCS, E4 with CCS and CHAdeMO; `L2` in London with E5."""
    take_in(
        sqlite,
        location_json(
            "L1",
            evse_json("1", **_plugs("IEC_62196_T2")),
            evse_json("2", **_plugs("IEC_62196_T2")),
            evse_json("3", **_plugs("IEC_62196_T2", "IEC_62196_T2_COMBO")),
            evse_json("4", **_plugs("IEC_62196_T2_COMBO", "CHADEMO")),
        ),
        location_json("L2", evse_json("5"), time_zone="Europe/London"),
    )
    hands.forward(minutes=1)
    return Site(sqlite, hands, {f"DK*TST*E{number}": number for number in range(1, 6)})


def warned(site: Site, *groups: Group) -> list[Any]:
    return list(preview_groups(site.db, LOCAL, groups, now=site.now()).warnings)


def most(site: Site, *groups: Group) -> list[MostOfASite]:
    return [one for one in warned(site, *groups) if isinstance(one, MostOfASite)]


def plan(*evses: str, status: TemporaryStatus = MAINTENANCE, **fields: Any) -> Group:
    return Group(evses, wish(status, **({"valid_to": at(2)} | fields)))


def names(cards: Any) -> list[str]:
    return [card.evse_id for card in cards]


def test_what_leaves_enough_of_everything_is_not_warned_of(site: Site) -> None:
    assert warned(site, plan(E1, E2)) == []


def test_more_than_half_of_a_site(site: Site) -> None:
    [one] = most(site, plan(E1, E2, E3))
    assert one == MostOfASite(1, "Site L1", site.now(), planned=3, already=0, of=4)


@pytest.mark.parametrize("how", ["overridden", "broken", "planned for then"])
def test_who_is_out_already_counts_too(site: Site, how: str) -> None:
    if how == "overridden":
        placed(site, E3, RESERVED)
    elif how == "broken":
        report(site.db, 3, ActualStatus.OUTOFORDER)
    else:
        placed(site, E3, RESERVED, valid_from=at(1), valid_to=at(3))
    asked = plan(E1, E2, valid_from=at(1))
    [one] = most(site, asked)
    assert (one.planned, one.already, one.at) == (2, 1, at(1))


def test_what_is_over_by_then_does_not_count(site: Site) -> None:
    placed(site, E3, RESERVED, valid_to=at(1))
    assert warned(site, plan(E1, E2, valid_from=at(1))) == []


def test_works_one_after_the_other_leave_the_rest_open(site: Site) -> None:
    first = plan(E1, E2, valid_from=at(1), valid_to=at(2))
    second = plan(E3, valid_from=at(2), valid_to=at(3))
    assert warned(site, first, second) == []
    [one] = most(site, first, plan(E3, valid_from=at(1.5), valid_to=at(3)))
    assert (one.at, one.planned) == (at(1.5), 3)


def test_the_last_of_a_kind(site: Site) -> None:
    [one] = warned(site, plan(E4))
    assert isinstance(one, LastOfItsKind)
    assert (one.kinds, names(one.evses)) == (("CHAdeMO",), [E4])
    [one] = warned(site, plan(E3, E4))
    assert isinstance(one, LastOfItsKind)
    assert (one.kinds, names(one.evses)) == (("CCS", "CHAdeMO"), [E3, E4])


def test_the_last_that_works_of_a_kind(site: Site) -> None:
    report(site.db, 3, ActualStatus.OUTOFORDER)
    [one] = warned(site, plan(E4))
    assert one.kinds == ("CCS", "CHAdeMO")
    placed(site, E4, BLOCKED)  # nothing is left that could be taken out
    assert warned(site, plan(E4)) == []


def test_a_whole_site_is_told_once(site: Site) -> None:
    assert [type(one) for one in warned(site, plan(E5))] == [MostOfASite]


def test_many_beginnings_are_read_as_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    groups = [plan(E1, E2, valid_from=at(n), valid_to=at(n + 1)) for n in range(1, 5)]
    placed(site, E3, RESERVED, valid_from=at(3), valid_to=at(4))
    expected = warned(site, *groups)
    monkeypatch.setattr(site_outage, "_MOST_INSTANTS", 1)
    monkeypatch.setattr(site_outage, "_MOST_EVSES", 1)
    assert warned(site, *groups) == expected
    assert {one.at for one in expected} == {at(3)}


@pytest.mark.parametrize("status", [BLOCKED, RESERVED])
@pytest.mark.parametrize("actual", [ActualStatus.INOPERATIVE, ActualStatus.OUTOFORDER])
def test_blocked_or_reserved_over_a_fault(
    site: Site, status: TemporaryStatus, actual: ActualStatus
) -> None:
    report(site.db, 1, actual)
    [one] = warned(site, plan(E1, status=status))
    assert isinstance(one, HidesFault)
    assert names(one.evses) == [E1]
    assert warned(site, plan(E1, status=status, stands_back=True)) == []
    assert warned(site, plan(E1)) == []


def test_sessions_that_are_running(site: Site) -> None:
    report(site.db, 2, ActualStatus.CHARGING)
    [one] = warned(site, plan(E1, E2))
    assert isinstance(one, Charging)
    assert names(one.evses) == [E2]


def test_clocks_that_change_inside_the_period(site: Site) -> None:
    night = datetime(2026, 10, 24, 20, tzinfo=UTC)
    found = warned(site, plan(E1, E2, E5, valid_from=night, valid_to=night + hours(8)))
    assert [one for one in found if isinstance(one, AcrossClockChange)] == [
        AcrossClockChange(
            zone=zone,
            change_at=datetime(2026, 10, 25, 1, tzinfo=UTC),
            from_at=night,
            to_at=night + hours(8),
            lasts=timedelta(hours=8),
            on_clocks=timedelta(hours=7),
            evses=count,
        )
        for zone, count in (("Europe/Copenhagen", 2), ("Europe/London", 1))
    ]
    # It begins or ends with the change: no clock differs within it.
    change = datetime(2026, 10, 25, 1, tzinfo=UTC)
    for period in ((change - hours(2), change), (change, change + hours(2))):
        asked = plan(E1, valid_from=period[0], valid_to=period[1])
        assert warned(site, asked) == []
