"""A preview says what placing would do, item by item, and placing then does exactly that."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evse_status.core.displayed import Stretch, display_track
from evse_status.core.errors import (
    EndsBeforeItStarts,
    EvseIsRemoved,
    NothingSelected,
    TwiceInOneRequest,
    UnknownEvse,
)
from evse_status.core.override import Wish
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.statuses import ActualStatus, Source, TemporaryStatus
from evse_status.core.translation import words
from evse_status.service.fleet import FleetFilter, fleet_page
from evse_status.service.plan import PlanPreview, preview_plan
from evse_status.service.schedule import clear_overrides, place_overrides
from evse_status.store.database import Database
from support import (
    BLOCKED,
    COMMISSIONING,
    MAINTENANCE,
    NOON,
    RESERVED,
    Hands,
    Site,
    a_site,
    at,
    evse_json,
    hours,
    location_json,
    placed,
    report,
    take_in,
    wish,
)

MOMENT = timedelta(microseconds=1)


@pytest.fixture
def site(db: Database, hands: Hands) -> Site:
    return a_site(db, hands, 3)


def preview(site: Site, planned: Wish, *names: str) -> PlanPreview:
    numbers = [site.numbers[name] for name in names or ("DK*TST*E1",)]
    return preview_plan(site.db, LOCAL, numbers, planned, now=site.now())


def told(track: tuple[Stretch, ...]) -> list[tuple[datetime, datetime | None, str]]:
    """What anybody can see of a track: neighbours that show the same are one."""
    seen: list[tuple[datetime, datetime | None, str]] = []
    for one in track:
        if seen and seen[-1][2] == one.displayed.status:
            seen[-1] = (seen[-1][0], one.to_at, seen[-1][2])
        else:
            seen.append((one.from_at, one.to_at, one.displayed.status))
    return seen


def test_nothing_is_written(site: Site) -> None:
    before = site.db.newest_at()
    preview(site, wish(valid_from=at(1), valid_to=at(2)))
    assert site.db.newest_at() == before


def test_it_raises_what_placing_would_raise(site: Site) -> None:
    with pytest.raises(EndsBeforeItStarts):
        preview(site, wish(valid_from=at(2), valid_to=at(1)))
    with pytest.raises(NothingSelected):
        preview_plan(site.db, LOCAL, [], wish(), now=site.now())


def test_case_24_what_would_not_be_placed_is_named_and_never_missed_silently(
    site: Site, hands: Hands
) -> None:
    take_in(
        site.db,
        location_json("L1", evse_json("1"), evse_json("2", status="REMOVED"), evse_json("3")),
    )
    numbers = list(site.numbers.values())
    asked = preview_plan(site.db, LOCAL, [*numbers, numbers[0], 777], wish(), now=site.now())
    assert [item.evse.evse_id for item in asked.items] == ["DK*TST*E1", "DK*TST*E3"]
    assert [type(one) for one in asked.refused] == [EvseIsRemoved, TwiceInOneRequest, UnknownEvse]
    done = place_overrides(site.db, LOCAL, [*numbers, numbers[0], 777], wish())
    assert [one.error and type(one.error) for one in done.refused] == [
        type(one) for one in asked.refused
    ]


def test_rule_15_evses_outside_the_area_are_unknown(site: Site) -> None:
    svea = Principal("Svea", Role.PLANNER, countries=frozenset({"SE"}))
    asked = preview_plan(site.db, svea, list(site.numbers.values()), wish(), now=site.now())
    assert asked.items == ()
    assert [type(one) for one in asked.refused] == [UnknownEvse] * 3


def test_overlaps_say_who_wins_where_and_why(site: Site) -> None:
    higher = placed(site, status=COMMISSIONING, valid_from=at(3), valid_to=at(5))
    equal = placed(site, status=MAINTENANCE, valid_from=at(1), valid_to=at(2))
    lower = placed(site, status=BLOCKED)
    placed(site, status=RESERVED, valid_from=at(4), valid_to=at(6))
    placed(site, "DK*TST*E2", status=BLOCKED)
    [item] = preview(site, wish(valid_from=at(1.5), valid_to=at(4))).items
    assert [
        (one.existing.id, one.new_wins, one.from_at, one.to_at, one.because)
        for one in item.overlaps
    ] == [
        (lower.id, True, at(1.5), at(4), "MAINTENANCE outranks BLOCKED"),
        (equal.id, True, at(1.5), at(2), "the one made last wins"),
        (higher.id, False, at(3), at(4), "COMMISSIONING outranks MAINTENANCE"),
    ]


def test_the_item_tells_what_the_charger_reports_and_what_changes(site: Site) -> None:
    asked = preview(site, wish(valid_from=at(2), valid_to=at(4)))
    [item] = asked.items
    assert (item.actual_now, item.actual_since) == (ActualStatus.AVAILABLE, NOON)
    assert (item.planned.from_at, item.planned.to_at, item.planned.override_id) == (at(2), at(4), 0)
    assert asked.words == words(MAINTENANCE)
    assert (asked.window_from, asked.window_to) == (at(0), at(6))
    assert told(item.before) == [(at(0), at(6), "AVAILABLE")]
    assert told(item.after) == [
        (at(0), at(2), "AVAILABLE"),
        (at(2), at(4), "MAINTENANCE"),
        (at(4), at(6), "AVAILABLE"),
    ]


def test_an_open_end_is_previewed_over_a_week(site: Site) -> None:
    asked = preview(site, wish())
    assert asked.window_to > site.now() + timedelta(days=7)
    assert told(asked.items[0].after)[-1] == (site.now(), asked.window_to, "MAINTENANCE")


def test_an_evse_of_which_nothing_is_known_is_previewed_too(site: Site) -> None:
    with site.db.write() as write:
        write.conn.exec_driver_sql("DELETE FROM actual")
    [item] = preview(site, wish()).items
    assert (item.actual_now, item.actual_since) == (ActualStatus.UNKNOWN, None)


_wish = st.builds(
    lambda status, start, length, sensor: (status, start, length, sensor),
    st.sampled_from(TemporaryStatus),
    st.none() | st.integers(-2, 12),
    st.none() | st.integers(3, 9),
    st.booleans(),
)


def _wished(site: Site, raw: tuple[TemporaryStatus, int | None, int | None, bool]) -> Wish:
    status, start, length, sensor = raw
    now = site.now()
    return Wish(
        status,
        valid_from=None if start is None else now + hours(start),
        valid_to=None if length is None else now + hours((start or 0) + length),
        source=Source.SENSOR if sensor else Source.OPERATOR,
    )


@settings(max_examples=20)
@given(existing=st.lists(_wish, max_size=4), planned=_wish, charging=st.booleans())
def test_what_the_preview_shows_is_what_then_happens(
    db: Database,
    hands: Hands,
    existing: list[tuple[TemporaryStatus, int | None, int | None, bool]],
    planned: tuple[TemporaryStatus, int | None, int | None, bool],
    charging: bool,
) -> None:
    site = _with_nothing_open(db, hands)
    number = site.numbers["DK*TST*E1"]
    report(db, number, ActualStatus.CHARGING if charging else ActualStatus.AVAILABLE)
    for raw in existing:
        place_overrides(db, LOCAL, [number], _wished(site, raw))
    hands.forward(seconds=1)
    wished = _wished(site, planned)
    asked = preview_plan(db, LOCAL, [number], wished, now=site.now())
    [made] = place_overrides(db, LOCAL, [number], wished).done
    [item] = asked.items
    [row] = fleet_page(
        db,
        LOCAL,
        FleetFilter(evses=(number,)),
        from_at=asked.window_from,
        to_at=asked.window_to,
        now=site.now(),
        limit=1,
    ).rows
    assert (item.planned.from_at, item.planned.to_at) == (made.starts_at, made.ends_at)
    assert told(item.after) == told(row.track)
    without = [one for one in row.segments if one.override_id != made.id]
    track = display_track(without, row.actuals, from_at=asked.window_from, to_at=asked.window_to)
    assert told(item.before) == told(tuple(track))


def _with_nothing_open(db: Database, hands: Hands) -> Site:
    with db.read() as conn:
        known = conn.exec_driver_sql("SELECT count(*) FROM evse").scalar()
        ids = list(conn.exec_driver_sql("SELECT id FROM override").scalars())
    site = Site(db, hands, {"DK*TST*E1": 1}) if known else a_site(db, hands, 1)
    hands.forward(hours=300)
    if ids:
        clear_overrides(db, LOCAL, ids)
    hands.forward(hours=300)
    return site
