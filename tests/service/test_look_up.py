"""Rule 21: what an EVSE shows at an instant, and why, has one answer, whenever and however it is asked."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evse_status.core.displayed import Displayed
from evse_status.core.errors import (
    AmbiguousEvse,
    EvseStatusError,
    InstantOutOfRange,
    NaiveInstant,
    UnknownEvse,
)
from evse_status.core.override import Edit, Wish
from evse_status.core.period import LATEST
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.statuses import ActualStatus, Source, TemporaryStatus
from evse_status.core.translation import PROFILES, words
from evse_status.service.look_up import (
    Display,
    Planned,
    display,
    find_evse,
    find_evses,
    glances,
)
from evse_status.service.schedule import (
    change_override,
    clear_overrides,
    extend_overrides,
    place_overrides,
    undo,
)
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
    shown,
    take_in,
)

MOMENT = timedelta(microseconds=1)


@pytest.fixture
def site(db: Database, hands: Hands) -> Site:
    return a_site(db, hands, 2)


def called(db: Database, hands: Hands, *evse_ids: str) -> None:
    evses = [evse_json(str(number), text) for number, text in enumerate(evse_ids)]
    take_in(db, location_json("L1", *evses))
    hands.forward(minutes=1)


# Finding


@pytest.mark.parametrize(
    "spelling",
    ["DK*TST*E10*2", "dk*tst*e10*2", "DKTSTE102", "DK-TST-E10-2", "DK TST E10 2", " dktst*e102 "],
)
def test_every_spelling_of_an_iso_id_finds_it(db: Database, hands: Hands, spelling: str) -> None:
    called(db, hands, "DK*TST*E10*2", "DK*TST*E11")
    assert find_evse(db, LOCAL, spelling).evse_id == "DK*TST*E10*2"


@pytest.mark.parametrize("spelling", ["+49*810*8002*1", "49*810*8002*1", "4981080021"])
def test_every_spelling_of_a_din_id_finds_it(db: Database, hands: Hands, spelling: str) -> None:
    called(db, hands, "+49*810*8002*1")
    assert find_evse(db, LOCAL, spelling).evse_id == "+49*810*8002*1"


def test_an_internal_id_is_found_in_any_case_and_never_without_its_separators(
    db: Database, hands: Hands
) -> None:
    called(db, hands, "Box-7/1")
    assert find_evse(db, LOCAL, "box-7/1").evse_id == "Box-7/1"
    with pytest.raises(UnknownEvse):
        find_evse(db, LOCAL, "box7/1")


def test_case_33_an_ambiguous_id_names_both_and_each_works_by_its_exact_text(
    db: Database, hands: Hands
) -> None:
    called(db, hands, "DK*TST*E12*3", "DK*TST*E1*23")
    with pytest.raises(AmbiguousEvse) as refused:
        find_evse(db, LOCAL, "DKTSTE123")
    assert sorted(refused.value.candidates) == ["DK*TST*E1*23", "DK*TST*E12*3"]
    for exact in ("DK*TST*E12*3", "DK*TST*E1*23"):
        assert exact in refused.value.message
        assert find_evse(db, LOCAL, exact).evse_id == exact


def test_the_exact_text_goes_before_the_key(db: Database, hands: Hands) -> None:
    called(db, hands, "DK*TST*E12*3", "DKTSTE123")
    assert find_evse(db, LOCAL, "DKTSTE123").evse_id == "DKTSTE123"
    with pytest.raises(AmbiguousEvse):
        find_evse(db, LOCAL, "DK-TST-E1-2-3")


@pytest.mark.parametrize("text", ["", " ", "DK*TST*E99", "%", "*", "x" * 10_000, "'; DROP TABLE"])
def test_an_unknown_id_is_named_and_cut(site: Site, text: str) -> None:
    with pytest.raises(UnknownEvse) as refused:
        find_evse(site.db, LOCAL, text)
    assert refused.value.field == "evseId"
    assert len(refused.value.message) < 200


def test_a_removed_id_that_is_used_again_means_the_new_one(db: Database, hands: Hands) -> None:
    called(db, hands, "DK*TST*E1")
    take_in(db, location_json("L1", evse_json("0", "DK*TST*E1", status="REMOVED")))
    assert find_evse(db, LOCAL, "DKTSTE1").removed_at is not None
    take_in(db, location_json("L1", evse_json("7", "DK*TST*E1")), complete=False)
    assert (find_evse(db, LOCAL, "DKTSTE1").uid, find_evse(db, LOCAL, "DK*TST*E1").uid) == (
        "7",
        "7",
    )


def test_rule_15_outside_the_area_nothing_is_found(site: Site) -> None:
    svea = Principal("Svea", Role.PLANNER, countries=frozenset({"SE"}))
    with pytest.raises(UnknownEvse):
        find_evse(site.db, svea, "DK*TST*E1")
    with pytest.raises(UnknownEvse):
        display(site.db, svea, site.numbers["DK*TST*E1"], at=NOON)


# What it shows


def test_an_evse_without_overrides_shows_what_it_reports(site: Site) -> None:
    asked = display(site.db, LOCAL, site.numbers["DK*TST*E1"], at=site.now())
    assert asked.displayed == Displayed(ActualStatus.AVAILABLE)
    assert asked.words == words(ActualStatus.AVAILABLE)
    assert (asked.override, asked.behind, asked.next) == (None, (), None)
    assert asked.actual_since == NOON
    assert asked.evse.location_name == "Site L1"


def test_rule_19_before_it_was_recorded_it_is_unknown(site: Site) -> None:
    asked = display(site.db, LOCAL, site.numbers["DK*TST*E1"], at=NOON - MOMENT)
    assert asked.displayed.status is ActualStatus.UNKNOWN
    assert asked.actual_since is None
    assert asked.next is not None
    assert (asked.next.at, asked.next.status) == (NOON, ActualStatus.AVAILABLE)


def test_the_winner_what_it_beats_and_what_comes_next_are_told(site: Site) -> None:
    blocked = placed(site, status=BLOCKED, valid_to=at(8))
    first = placed(site, valid_to=at(6))
    second = placed(site, valid_to=at(4))
    asked = display(site.db, LOCAL, blocked.evse, at=at(1))
    assert asked.override == second
    assert [(one.override, one.because) for one in asked.behind] == [
        (first, f"MAINTENANCE #{second.id} was made later"),
        (blocked, "MAINTENANCE outranks BLOCKED"),
    ]
    assert asked.next is not None
    assert (asked.next.at, asked.next.status) == (at(6), BLOCKED)
    assert asked.next.override == blocked
    assert asked.next.words == words(BLOCKED)


def test_next_passes_over_changes_that_nobody_sees(site: Site) -> None:
    """From one MAINTENANCE to another nothing is told anew (rule 10)."""
    placed(site, valid_to=at(2))
    later = placed(site, valid_from=at(1), valid_to=at(500))
    asked = display(site.db, LOCAL, later.evse, at=at(0.5))
    assert asked.next is not None
    assert (asked.next.at, asked.next.status) == (at(500), ActualStatus.AVAILABLE)


def test_next_is_found_decades_ahead_and_beyond_a_hundred_years_there_is_none(site: Site) -> None:
    made = placed(site, valid_to=LATEST - hours(1))
    asked = display(site.db, LOCAL, made.evse, at=site.now())
    assert asked.next is not None
    assert asked.next.at == made.valid_to
    last = display(site.db, LOCAL, made.evse, at=LATEST - MOMENT)
    assert (last.displayed.status, last.next) == (ActualStatus.AVAILABLE, None)


def test_the_past_and_the_future_are_answered_alike(site: Site, hands: Hands) -> None:
    made = placed(site, valid_from=at(2), valid_to=at(4), status=COMMISSIONING)
    hands.forward(hours=9)
    for when, status in (
        (at(2) - MOMENT, ActualStatus.AVAILABLE),
        (at(2), COMMISSIONING),
        (at(4), ActualStatus.AVAILABLE),
        (at(999), ActualStatus.AVAILABLE),
    ):
        assert display(site.db, LOCAL, made.evse, at=when).displayed.status is status


def test_rule_8_what_stands_back_is_told_with_its_reason(site: Site, hands: Hands) -> None:
    made = placed(site, status=BLOCKED, source=Source.SENSOR)
    assert shown(site) is BLOCKED
    hands.forward(hours=1)
    report(site.db, made.evse, ActualStatus.CHARGING)
    asked = display(site.db, LOCAL, made.evse, at=site.now())
    assert asked.displayed.status is ActualStatus.CHARGING
    assert asked.override is None
    assert [(one.override, one.because) for one in asked.behind] == [
        (made, "BLOCKED stands back while the charger reports CHARGING")
    ]
    assert shown(site, when=at(0.5)) is BLOCKED


def test_each_profile_has_its_own_words(site: Site) -> None:
    made = placed(site)
    for profile in PROFILES.values():
        asked = display(site.db, LOCAL, made.evse, at=site.now(), shown_in=profile)
        assert asked.words == words(MAINTENANCE, profile)


def test_rule_5_an_instant_needs_an_offset_and_a_sane_year(site: Site) -> None:
    number = site.numbers["DK*TST*E1"]
    with pytest.raises(NaiveInstant):
        display(site.db, LOCAL, number, at=datetime(2026, 10, 22))
    with pytest.raises(InstantOutOfRange):
        display(site.db, LOCAL, number, at=LATEST)


# What was displayed stays true


_status = st.sampled_from(TemporaryStatus)
_hour = st.integers(0, 20)
_step = st.one_of(
    st.tuples(st.just("place"), _status, _hour, st.none() | st.integers(1, 12)),
    st.tuples(st.just("change"), st.integers(1, 6), _status, st.none() | _hour),
    st.tuples(st.just("extend"), st.integers(1, 6), st.integers(-3, 6)),
    st.tuples(st.just("clear"), st.integers(1, 6)),
    st.tuples(st.just("undo"), st.integers(1, 12)),
    st.tuples(st.just("report"), st.sampled_from(ActualStatus)),
)


def _act(site: Site, step: tuple[object, ...], first: int) -> None:
    """One step; what the rules refuse is no step."""
    kind, *rest = step
    number = site.numbers["DK*TST*E1"]
    now = site.now()
    acts: dict[object, Callable[..., object]] = {
        "place": lambda status, start, length: place_overrides(
            site.db,
            LOCAL,
            [number],
            Wish(
                status,
                valid_from=now + hours(start),
                valid_to=length and now + hours(start + length),
                source=Source.SENSOR if start % 3 == 0 else Source.OPERATOR,
            ),
        ),
        "change": lambda which, status, end: change_override(
            site.db,
            LOCAL,
            first + which,
            Edit(status, valid_to=None if end is None else now + hours(end)),
        ),
        "extend": lambda which, by: extend_overrides(site.db, LOCAL, [first + which], by=hours(by)),
        "clear": lambda which: clear_overrides(site.db, LOCAL, [first + which]),
        "undo": lambda which: undo(site.db, LOCAL, which),
        "report": lambda status: report(site.db, number, status),
    }
    try:
        acts[kind](*rest)
    except EvseStatusError:
        return


@settings(max_examples=15)
@given(steps=st.lists(_step, min_size=3, max_size=12))
def test_rule_4_what_was_displayed_stays_true_after_any_later_changes(
    db: Database, hands: Hands, steps: list[tuple[object, ...]]
) -> None:
    with db.read() as conn:
        fresh = conn.exec_driver_sql("SELECT count(*) FROM evse").scalar() == 0
    site = a_site(db, hands, 1) if fresh else Site(db, hands, {"DK*TST*E1": 1})
    hands.forward(hours=200)
    clear_all(site)
    told: list[tuple[datetime, TemporaryStatus | ActualStatus, int | None]] = []
    for step in steps:
        _act(site, step, newest_number(site))
        for _ in range(2):
            hands.forward(minutes=45)
            now = hands.now()
            asked = display(db, LOCAL, 1, at=now)
            told.append((now, asked.displayed.status, _number(asked)))
        hands.forward(microseconds=1)
    for when, status, override_id in told:
        asked = display(db, LOCAL, 1, at=when)
        assert (asked.displayed.status, _number(asked)) == (status, override_id)


def _number(asked: Display) -> int | None:
    return asked.override.id if asked.override else None


def newest_number(site: Site) -> int:
    with site.db.read() as conn:
        newest = conn.exec_driver_sql("SELECT max(id) FROM override").scalar() or 0
    return max(0, int(newest) - 6)


def clear_all(site: Site) -> None:
    with site.db.read() as conn:
        ids = list(conn.exec_driver_sql("SELECT id FROM override").scalars())
    if ids:
        clear_overrides(site.db, LOCAL, ids)


def test_what_was_displayed_is_unchanged_by_a_swap_and_a_removal(
    db: Database, hands: Hands
) -> None:
    site = a_site(db, hands, 2)
    placed(site, "DK*TST*E1")
    placed(site, "DK*TST*E2", RESERVED)
    hands.forward(hours=1)
    take_in(db, location_json("L1", evse_json("9", "DK*TST*E1"), evse_json("2", status="REMOVED")))
    hands.forward(hours=1)
    assert shown(site, "DK*TST*E1", at(0.5)) is MAINTENANCE
    assert shown(site, "DK*TST*E2", at(0.5)) is RESERVED
    assert shown(site, "DK*TST*E2") is ActualStatus.REMOVED


# What isn't placed yet, and many at once


def test_an_override_that_is_not_placed_takes_part_and_is_not_stored(site: Site) -> None:
    blocked = placed(site, status=BLOCKED, valid_to=at(8))
    draft = Planned(Wish(MAINTENANCE, valid_to=at(4)), site.now(), frozenset({blocked.evse}))
    asked = display(site.db, LOCAL, blocked.evse, at=at(1), planned=draft)
    assert asked.override is not None
    assert (asked.override.id, asked.displayed.status) == (0, MAINTENANCE)
    assert asked.planned == asked.displayed.winner
    assert asked.as_planned.status is BLOCKED
    assert [(one.override, one.because) for one in asked.behind] == [
        (blocked, "MAINTENANCE outranks BLOCKED")
    ]
    assert asked.next is not None
    assert asked.then is not None
    assert (asked.next.at, asked.next.status) == (at(4), BLOCKED)
    assert (asked.then.at, asked.then.status) == (at(8), ActualStatus.AVAILABLE)
    assert display(site.db, LOCAL, blocked.evse, at=at(1)).displayed.status is BLOCKED
    late = Planned(Wish(MAINTENANCE, valid_to=NOON), site.now(), draft.evses)
    with pytest.raises(EvseStatusError):
        display(site.db, LOCAL, blocked.evse, at=at(1), planned=late)


def test_all_of_a_location_are_seen_at_a_glance_as_one_by_one(site: Site, hands: Hands) -> None:
    made = placed(site, status=BLOCKED, source=Source.SENSOR)
    hands.forward(hours=1)
    report(site.db, made.evse, ActualStatus.CHARGING)
    placed(site, "DK*TST*E2", valid_from=at(2))
    [here] = {card.location_id for card in find_evses(site.db, LOCAL, list(site.numbers))}
    draft = Planned(Wish(COMMISSIONING, valid_from=at(3)), site.now(), frozenset({made.evse}))
    for when in (at(0.5), at(1.5), at(2), at(4)):
        for planned in (None, draft):
            seen = glances(site.db, LOCAL, here, at=when, planned=planned)
            assert [one.evse.evse_id for one in seen] == ["DK*TST*E1", "DK*TST*E2"]
            for one in seen:
                asked = display(site.db, LOCAL, one.evse.id, at=when, planned=planned)
                assert (one.displayed, one.as_planned) == (asked.displayed, asked.as_planned)
    assert (
        glances(site.db, Principal("S", Role.PLANNER, countries=frozenset({"SE"})), here, at=at(1))
        == ()
    )


def test_evses_are_found_in_their_order_and_what_names_none_is_left_out(site: Site) -> None:
    found = find_evses(site.db, LOCAL, ["DKTSTE2", "Nobody", "DK*TST*E1", "dk*tst*e2"])
    assert [card.evse_id for card in found] == ["DK*TST*E2", "DK*TST*E1"]
