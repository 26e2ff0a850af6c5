"""Several wishes in one named change: what was previewed is what is placed, or it says what is different."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evse_status.core.errors import (
    EndsBeforeItStarts,
    InvalidInput,
    NotAllowed,
    NothingSelected,
    TwiceInOneRequest,
    UnknownEvse,
)
from evse_status.core.override import Wish
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.service import groups as groups_module
from evse_status.service.batches import batch_detail
from evse_status.service.fleet import FleetFilter, fleet_page
from evse_status.service.groups import Group
from evse_status.service.overlaps import FAR
from evse_status.service.placing import place_groups
from evse_status.service.plan import PlanPreview, preview_groups
from evse_status.service.plan_mark import Difference, Mark, OtherThanPreviewed
from evse_status.service.schedule import clear_overrides, place_overrides, undo
from evse_status.store.database import Database
from support import (
    BLOCKED,
    COMMISSIONING,
    MAINTENANCE,
    RESERVED,
    Hands,
    Site,
    a_site,
    at,
    hours,
    placed,
    report,
    shown,
    wish,
)

E1, E2, E3 = "DK*TST*E1", "DK*TST*E2", "DK*TST*E3"
CHARGING = ActualStatus.CHARGING


@pytest.fixture
def site(db: Database, hands: Hands) -> Site:
    return a_site(db, hands, 3)


def preview(site: Site, *groups: Group, who: Principal = LOCAL) -> PlanPreview:
    return preview_groups(site.db, who, groups, now=site.now())


def differences(site: Site, groups: Sequence[Group], shown: Mark | str) -> list[Difference]:
    with pytest.raises(OtherThanPreviewed) as refused:
        place_groups(site.db, LOCAL, groups, previewed=shown)
    assert refused.value.field == "previewed"
    return list(refused.value.different)


NIGHT = Group((E1, E2), wish(MAINTENANCE, valid_from=at(10), valid_to=at(17)), (2, 4))
BAY = Group((E3,), wish(BLOCKED), (3,))


def test_several_wishes_are_one_named_change_with_one_undo(site: Site) -> None:
    done = place_groups(site.db, LOCAL, [NIGHT, BAY], name="Weekend works")
    assert [
        (item.evse_id, item.override and item.override.temporary_status) for item in done.items
    ] == [
        (E1, MAINTENANCE),
        (E2, MAINTENANCE),
        (E3, BLOCKED),
    ]
    assert done.batch_id is not None
    detail = batch_detail(site.db, LOCAL, done.batch_id, now=site.now())
    assert (detail.name, len(detail.items)) == ("Weekend works", 3)
    assert shown(site, E3) is BLOCKED
    assert len(undo(site.db, LOCAL, done.batch_id).done) == 3
    assert shown(site, E3) is ActualStatus.AVAILABLE
    assert shown(site, E1, at(12)) is ActualStatus.AVAILABLE


def test_without_a_name_it_is_called_after_what_it_does(site: Site) -> None:
    done = place_groups(site.db, LOCAL, [BAY, NIGHT])
    assert done.batch_id is not None
    detail = batch_detail(site.db, LOCAL, done.batch_id, now=site.now())
    assert detail.name == "Maintenance on 2 EVSEs, Blocked on 1 EVSE"


def test_case_24_each_evse_is_accepted_or_refused_by_itself(site: Site) -> None:
    groups = [
        Group(("dktste1", "NO*SUCH*E1"), wish(MAINTENANCE, valid_to=at(5)), (2, 3)),
        Group((E1, E2), wish(BLOCKED, valid_from=at(4)), (4, 5)),
        Group((E1, 777), wish(BLOCKED, valid_from=at(1), valid_to=at(2)), (6, 7)),
    ]
    shown_first = preview(site, *groups)
    assert [(one.evse.evse_id, one.group, one.line) for one in shown_first.items] == [
        (E1, 0, 2),
        (E2, 1, 5),
    ]
    assert [(one.group, one.line, type(one.error)) for one in shown_first.refused_items] == [
        (0, 3, UnknownEvse),
        (1, 4, TwiceInOneRequest),
        (2, 6, TwiceInOneRequest),
        (2, 7, UnknownEvse),
    ]
    done = place_groups(site.db, LOCAL, groups, previewed=shown_first.mark)
    assert [(item.evse_id, item.error and type(item.error)) for item in done.items] == [
        (E1, None),
        ("NO*SUCH*E1", UnknownEvse),
        (E1, TwiceInOneRequest),
        (E2, None),
        (E1, TwiceInOneRequest),
        ("777", UnknownEvse),
    ]


def test_one_evse_may_be_in_two_groups_whose_periods_only_touch(site: Site) -> None:
    groups = [
        Group((E1,), wish(BLOCKED, valid_from=at(1), valid_to=at(2))),
        Group((E1,), wish(RESERVED, valid_from=at(2), valid_to=at(3))),
    ]
    seen = preview(site, *groups)
    assert [stretch.displayed.status for stretch in seen.items[0].after][-3:] == [
        BLOCKED,
        RESERVED,
        ActualStatus.AVAILABLE,
    ]
    done = place_groups(site.db, LOCAL, groups, previewed=str(seen.mark))
    assert len(done.done) == 2


@pytest.mark.parametrize(
    ("groups", "error"),
    [
        ([], NothingSelected),
        ([Group((), wish())], NothingSelected),
        ([BAY, Group((E1,), wish(valid_from=at(3), valid_to=at(2)))], EndsBeforeItStarts),
    ],
)
def test_what_can_not_be_done_at_all_is_refused_whole(
    site: Site, groups: list[Group], error: type[InvalidInput]
) -> None:
    with pytest.raises(error):
        preview(site, *groups)
    with pytest.raises(error):
        place_groups(site.db, LOCAL, groups)
    assert shown(site, E3) is ActualStatus.AVAILABLE


def test_too_many_at_once_are_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups_module, "MOST_AT_ONCE", 2)
    with pytest.raises(InvalidInput, match="at most 2 EVSEs"):
        preview(site, NIGHT, BAY)


def test_all_or_nothing(site: Site) -> None:
    with pytest.raises(UnknownEvse):
        place_groups(site.db, LOCAL, [BAY, Group((777,), wish())], all_or_nothing=True)
    assert shown(site, E3) is ActualStatus.AVAILABLE


def test_rule_15_every_group_must_be_allowed(site: Site) -> None:
    limited = Principal("Lea", Role.PLANNER, temporary_statuses=frozenset({BLOCKED}))
    with pytest.raises(NotAllowed):
        place_groups(site.db, limited, [BAY, NIGHT])
    with pytest.raises(NotAllowed):
        place_groups(site.db, Principal("Vera", Role.VIEWER), [BAY])
    assert shown(site, E3) is ActualStatus.AVAILABLE


# What was shown is what is done


def test_what_was_previewed_is_placed(site: Site, hands: Hands) -> None:
    placed(site, E1, BLOCKED)
    seen = preview(site, NIGHT, BAY)
    hands.forward(minutes=10)
    assert len(str(seen.mark)) <= 64
    assert place_groups(site.db, LOCAL, [NIGHT, BAY], previewed=str(seen.mark)).refused == ()


@pytest.mark.parametrize("as_text", [False, True])
def test_it_says_what_is_different_by_now(site: Site, as_text: bool) -> None:
    gone = placed(site, E2, COMMISSIONING)
    seen = preview(site, NIGHT, BAY).mark
    given = str(seen) if as_text else seen

    def told(what: str, *names: str) -> Difference:
        return Difference(what, () if as_text else names)

    placed(site, E1, BLOCKED)
    clear_overrides(site.db, LOCAL, [gone.id])
    report(site.db, site.numbers[E3], CHARGING)
    report(site.db, site.numbers[E1], CHARGING)  # by ten tonight it is another session
    assert differences(site, [NIGHT, BAY], given) == [
        told("overlaps", E2, E1),
        told("sessions", E3),
    ]
    assert shown(site, E3) is CHARGING
    now = preview(site, NIGHT, BAY).mark
    assert [str(one) for one in now.since(seen)] == [
        "overlaps (DK*TST*E2, DK*TST*E1)",
        "sessions (DK*TST*E3)",
    ]
    assert place_groups(site.db, LOCAL, [NIGHT, BAY], previewed=now).refused == ()


def test_other_targets_refusals_and_wishes_are_different_too(site: Site) -> None:
    seen = preview(site, NIGHT).mark
    more = Group((E1, E3, 777), NIGHT.wish)
    assert differences(site, [more], seen) == [
        Difference("EVSEs", (E2, E3)),
        Difference("refusals", ("777",)),
    ]
    later = Group(NIGHT.evses, wish(MAINTENANCE, valid_from=at(11), valid_to=at(17)))
    assert differences(site, [later], str(seen)) == [Difference("request")]
    assert differences(site, [NIGHT], "something else") == [Difference("request")]


def test_sessions_need_not_be_compared(site: Site) -> None:
    drain = Group((E1,), wish(drain_until=at(5)))
    seen = preview(site, drain)
    assert not seen.items[0].waits
    report(site.db, site.numbers[E1], CHARGING)
    assert differences(site, [drain], seen.mark) == [Difference("sessions", (E1,))]
    assert differences(site, [drain], str(seen.mark)) == [Difference("sessions")]
    anyway = seen.mark.without_sessions()
    for mark in (anyway, str(anyway)):
        [made] = place_groups(site.db, LOCAL, [drain], previewed=mark).done
        assert made.waits(site.now())
        clear_overrides(site.db, LOCAL, [made.id])


# How far it is looked


def test_overlaps_of_what_has_no_end_are_looked_for_as_far_as_it_says(site: Site) -> None:
    far = site.now() + FAR
    placed(site, E3, RESERVED, valid_from=far - timedelta(days=2), valid_to=far + hours(1))
    placed(site, E3, RESERVED, valid_from=far + timedelta(days=2), valid_to=far + hours(90))
    seen = preview(site, BAY)
    assert seen.overlaps_to is not None
    assert far - timedelta(days=1) < seen.overlaps_to <= far
    assert [one.existing.id for one in seen.items[0].overlaps] == [1]
    assert preview(site, NIGHT).overlaps_to is None


def test_overlaps_beyond_the_drawn_window_are_told(site: Site) -> None:
    placed(site, E3, RESERVED, valid_from=at(24 * 60), valid_to=at(24 * 61))
    [item] = preview(site, BAY).items
    assert (len(item.overlaps), item.segments) == (1, ())


def test_one_who_may_not_read_is_not_told_of_others_overrides(site: Site) -> None:
    placed(site, E3, RESERVED)
    sensor = Principal("Sensor", Role.PLANNER, may_read=False)
    with pytest.raises(NotAllowed):
        preview(site, BAY, who=sensor)
    assert len(place_groups(site.db, sensor, [BAY]).done) == 1


# Properties

_statuses = st.sampled_from(TemporaryStatus)
_wishes = st.tuples(
    _statuses,
    st.sampled_from(["now", "from", "drain"]),
    st.integers(-5, 40),
    st.one_of(st.none(), st.integers(1, 60)),
)


def _wished(now: datetime, raw: tuple[TemporaryStatus, str, int, int | None]) -> Wish:
    status, how, start, length = raw
    starts = now + hours(start)
    end = None if length is None else max(starts, now) + hours(length)
    times: dict[str, Any] = {"from": {"valid_from": starts}, "drain": {"drain_until": starts}}
    return Wish(status, valid_to=end, **times.get(how, {}))


@given(
    st.lists(st.tuples(st.integers(1, 3), _wishes), max_size=4),
    st.lists(st.tuples(st.sets(st.integers(1, 3), min_size=1), _wishes), min_size=1, max_size=3),
    st.sets(st.integers(1, 3)),
)
@settings(max_examples=25)
def test_what_is_previewed_is_what_is_applied(
    db: Database,
    hands: Hands,
    existing: list[tuple[int, Any]],
    asked: list[tuple[set[int], Any]],
    charging: set[int],
) -> None:
    with db.read() as conn:
        ids = list(conn.exec_driver_sql("SELECT id FROM override").scalars())
        known = conn.exec_driver_sql("SELECT count(*) FROM evse").scalar()
    if not known:
        a_site(db, hands, 3)
    hands.forward(hours=300)
    if ids:
        clear_overrides(db, LOCAL, ids)
    hands.forward(hours=300)
    site = Site(db, hands, {E1: 1, E2: 2, E3: 3})
    for evse in (1, 2, 3):
        report(db, evse, CHARGING if evse in charging else ActualStatus.AVAILABLE)
    for evse, raw in existing:
        place_overrides(db, LOCAL, [evse], _wished(site.now(), raw))
    hands.forward(seconds=1)
    now = site.now()
    groups = [Group(tuple(sorted(evses)), _wished(now, raw)) for evses, raw in asked]
    seen = preview_groups(db, LOCAL, groups, now=now)
    done = place_groups(db, LOCAL, groups, previewed=seen.mark)
    assert [one.error.code for one in done.refused if one.error] == [
        one.code for one in seen.refused
    ]
    assert [
        (made.evse, made.temporary_status, made.starts_at, made.ends_at, made.waits(site.now()))
        for made in done.done
    ] == [
        (
            item.evse.id,
            item.planned.status,
            # Accepted a microsecond later than it was previewed.
            item.planned.from_at if item.planned.from_at > now else made.starts_at,
            item.planned.to_at,
            item.waits,
        )
        for item, made in zip(seen.items, done.done, strict=True)
    ]
    since = max(site.now(), seen.window_from)
    rows = fleet_page(
        db,
        LOCAL,
        FleetFilter(),
        from_at=since,
        to_at=seen.window_to,
        now=site.now(),
        limit=10,
    ).rows
    tracks = {row.evse.id: row.track for row in rows}
    for item in seen.items:
        after = [
            (max(one.from_at, since), one.displayed.status)
            for one in item.after
            if one.to_at is None or one.to_at > since
        ]
        assert after == [(one.from_at, one.displayed.status) for one in tracks[item.evse.id]]
