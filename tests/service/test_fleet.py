"""The fleet is searched, paged and counted the same on both databases, and figures equal what is shown."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evse_status.core.override import Edit
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.statuses import ActualStatus, Phase, Source, TemporaryStatus
from evse_status.service.fleet import (
    FleetCounts,
    FleetFilter,
    fleet_counts,
    fleet_page,
    fleet_strip,
    ids_of_pasted,
    places,
    pulse,
    select_evses,
)
from evse_status.service.look_up import display
from evse_status.service.schedule import change_override, clear_overrides
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
    every,
    evse_json,
    hours,
    location_json,
    placed,
    report,
    take_in,
)

SVEA = Principal("Svea", Role.VIEWER, countries=frozenset({"SE"}))


@pytest.fixture
def network(db: Database, hands: Hands) -> Site:
    """Three locations in two countries, with names that a careless search would take for patterns."""
    take_in(
        db,
        location_json(
            "L1",
            evse_json("1", "DK*TST*E10*1", physical_reference="Bay 2"),
            evse_json("2", "DK*TST*E10*2", physical_reference="Bay 10"),
            name="Ørsted Plads",
            city="Aarhus",
        ),
        location_json(
            "L2", evse_json("3", "DK*TST*E11*1"), name="100% green_energy", city="Horsens"
        ),
        location_json(
            "L3", evse_json("4", "SE*TST*E12*1"), name="Hamnen", city="Malmö", country_code="SE"
        ),
    )
    hands.forward(minutes=1)
    cards = select_evses(db, LOCAL, FleetFilter(), now=hands.now())
    return Site(db, hands, {card.evse_id: card.id for card in cards})


def found(site: Site, search: str = "", **conditions: object) -> list[str]:
    which = FleetFilter(search=search, **conditions)  # type: ignore[arg-type]
    return [one.evse_id for one in select_evses(site.db, LOCAL, which, now=site.now())]


ALL = ["DK*TST*E10*1", "DK*TST*E10*2", "DK*TST*E11*1", "SE*TST*E12*1"]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("", ALL),
        ("dk*tst*e10*1", ALL[:1]),
        ("DKTSTE101", ALL[:1]),
        ("dk-tst-e10-1", ALL[:1]),
        ("E10", ALL[:2]),
        ("tste10", ALL[:2]),
        ("ørsted", ALL[:2]),
        ("ØRSTED", ALL[:2]),
        ("plads aarhus", ALL[:2]),
        ("malmö", ALL[3:]),
        ("MALMÖ", ALL[3:]),
        ("bay", ALL[:2]),
        ("bay 10", ALL[:2]),
        ("%", ALL[2:3]),
        ("_", ALL[2:3]),
        ("100%", ALL[2:3]),
        ("1_0", []),
        ("\\", []),
        ("' OR 1=1", []),
        ("nobody", []),
        ("x" * 5_000, []),
    ],
)
def test_a_search_looks_in_ids_and_names_and_takes_signs_for_signs(
    network: Site, search: str, expected: list[str]
) -> None:
    assert found(network, search) == expected


def test_all_conditions_must_hold(network: Site) -> None:
    first, second = places(network.db, LOCAL)[1:][0], places(network.db, LOCAL)[0]
    assert (first.name, second.name) == ("Hamnen", "100% green_energy")
    assert found(network, cities=("Horsens", "Malmö")) == ALL[2:]
    assert found(network, location_ids=(first.id,)) == ALL[3:]
    assert found(network, location_ids=(first.id,), cities=("Horsens",)) == []
    assert found(network, evses=(network.numbers[ALL[1]],)) == ALL[1:2]


def test_what_is_overridden_is_found_by_status_source_and_phase(network: Site) -> None:
    placed(network, ALL[0], MAINTENANCE)
    placed(network, ALL[1], RESERVED, source=Source.BOOKING, valid_from=at(5), valid_to=at(6))
    over = placed(network, ALL[2], BLOCKED)
    clear_overrides(network.db, LOCAL, [over.id])
    assert found(network, only_overridden=True) == ALL[:2]
    assert found(network, statuses=(MAINTENANCE, BLOCKED)) == ALL[:1]
    assert found(network, sources=(Source.BOOKING,)) == ALL[1:2]
    assert found(network, phases=(Phase.UPCOMING,)) == ALL[1:2]
    assert found(network, phases=(Phase.CLEARED, Phase.ACTIVE)) == [ALL[0], ALL[2]]
    assert found(network, phases=(Phase.ACTIVE,), statuses=(RESERVED,)) == []


def test_rule_15_everything_is_limited_to_the_area(network: Site) -> None:
    db, now = network.db, network.now()
    for name in ALL:
        placed(network, name)
    page = fleet_page(db, SVEA, FleetFilter(), from_at=now, to_at=at(9), now=network.now(), limit=9)
    assert (page.total, [row.evse.evse_id for row in page.rows]) == (1, ALL[3:])
    assert [place.name for place in places(db, SVEA)] == ["Hamnen"]
    counts = fleet_counts(db, SVEA, now=network.now())
    assert (counts.evses, counts.overridden[MAINTENANCE], counts.available) == (1, 1, 0)
    strip = fleet_strip(db, SVEA, from_at=network.now(), to_at=at(9))
    assert [column.shown[MAINTENANCE] for column in strip] == [1]
    cards, said = ids_of_pasted(db, SVEA, f"{ALL[0]} {ALL[3]}")
    assert [card.evse_id for card in cards] == ALL[3:]
    assert len(said) == 1


def test_pages_are_stable_and_complete(db: Database, hands: Hands) -> None:
    site = a_site(db, hands, 23)
    now = site.now()
    pages = [
        fleet_page(
            db, LOCAL, FleetFilter(), from_at=now, to_at=at(9), now=now, limit=5, offset=offset
        )
        for offset in range(0, 30, 5)
    ]
    names = [row.evse.evse_id for page in pages for row in page.rows]
    assert [page.total for page in pages] == [23] * 6
    assert names == [f"DK*TST*E{n + 1}" for n in range(23)]
    assert pages[0].evses_at_location == {pages[0].rows[0].evse.location_id: 23}
    assert pages[-1].evses_at_location == {}


def test_a_page_has_all_overlapping_bars_and_their_overrides(network: Site) -> None:
    first = placed(network, ALL[0], valid_to=at(2))
    second = placed(network, ALL[0], BLOCKED, valid_from=at(1), valid_to=at(3))
    outside = placed(network, ALL[0], valid_from=at(50), valid_to=at(51))
    page = fleet_page(
        network.db,
        LOCAL,
        FleetFilter(),
        from_at=at(1.5),
        to_at=at(9),
        now=network.now(),
        limit=9,
    )
    row = page.rows[0]
    assert {one.override_id for one in row.segments} == {first.id, second.id}
    assert page.overrides == {first.id: first, second.id: second}
    assert outside.id not in page.overrides
    assert [(one.from_at, one.displayed.status) for one in row.track] == [
        (at(1.5), MAINTENANCE),
        (at(2), BLOCKED),
        (at(3), ActualStatus.AVAILABLE),
    ]
    assert (row.actual_now, [one.status for one in row.actuals]) == (
        ActualStatus.AVAILABLE,
        [ActualStatus.AVAILABLE],
    )


def test_an_evse_of_which_nothing_is_known_is_unknown(network: Site) -> None:
    with network.db.write() as write:
        write.conn.exec_driver_sql("DELETE FROM actual")
    placed(network, ALL[0])
    now = network.now()
    page = fleet_page(network.db, LOCAL, FleetFilter(), from_at=now, to_at=at(9), now=now, limit=9)
    assert {row.actual_now for row in page.rows} == {ActualStatus.UNKNOWN}
    counts = fleet_counts(network.db, LOCAL, now=now)
    assert (counts.available, counts.overridden[MAINTENANCE]) == (0, 1)


def test_the_figures_count_what_is_shown(network: Site, hands: Hands) -> None:
    placed(network, ALL[0], BLOCKED)
    placed(network, ALL[0], MAINTENANCE, valid_to=at(20))
    placed(network, ALL[1], RESERVED, source=Source.SENSOR)
    placed(network, ALL[3], COMMISSIONING, valid_from=at(5), valid_to=at(99))
    report(network.db, network.numbers[ALL[1]], ActualStatus.CHARGING)
    hands.forward(seconds=1)
    assert fleet_counts(network.db, LOCAL, now=network.now()) == FleetCounts(
        evses=4,
        available=2,
        overridden={MAINTENANCE: 1, COMMISSIONING: 0, BLOCKED: 0, RESERVED: 0},
        starting_within_24_h=1,
        ending_within_24_h=1,
        open_ended_older_than_14_days=0,
    )
    hands.forward(days=14)
    counts = fleet_counts(network.db, LOCAL, now=network.now())
    assert counts.overridden == {MAINTENANCE: 0, COMMISSIONING: 0, BLOCKED: 1, RESERVED: 0}
    assert counts.open_ended_older_than_14_days == 2


def test_places_are_in_order_of_their_names_without_regard_to_case(
    db: Database, hands: Hands
) -> None:
    take_in(
        db,
        location_json("L1", evse_json("1"), name="beta"),
        location_json("L2", evse_json("2"), evse_json("3"), name="Alpha"),
        location_json("L3", evse_json("4", status="REMOVED"), name="Gone"),
    )
    assert [(one.name, one.evses, one.time_zone) for one in places(db, LOCAL)] == [
        ("Alpha", 2, "Europe/Copenhagen"),
        ("beta", 1, "Europe/Copenhagen"),
    ]


_status = st.sampled_from(TemporaryStatus)
_planned = st.tuples(
    st.integers(0, 2), _status, st.integers(0, 9), st.none() | st.integers(1, 6), st.booleans()
)


@settings(max_examples=6)
@given(planned=st.lists(_planned, max_size=8))
def test_case_15_the_strip_equals_asking_every_evse_at_every_instant(
    db: Database,
    hands: Hands,
    planned: list[tuple[int, TemporaryStatus, int, int | None, bool]],
) -> None:
    site = _emptied(db, hands)
    start = site.now()
    names = list(site.numbers)
    report(db, site.numbers[names[0]], ActualStatus.CHARGING)
    for which, status, begins, length, sensor in planned:
        placed(
            site,
            names[which],
            status,
            valid_from=start + hours(begins),
            valid_to=None if length is None else start + hours(begins + length),
            source=Source.SENSOR if sensor else Source.OPERATOR,
        )
    from_at, to_at = start + hours(1), start + hours(12)
    strip = fleet_strip(db, LOCAL, from_at=from_at, to_at=to_at)
    assert strip[0].from_at == from_at
    assert [one.from_at for one in strip] == sorted({one.from_at for one in strip})
    for when in every(hours(0.5), from_at, to_at - hours(0.5)):
        column = [one for one in strip if one.from_at <= when][-1]
        shown = Counter(
            display(db, LOCAL, number, at=when).displayed.status for number in site.numbers.values()
        )
        assert column.shown == {status: shown[status] for status in TemporaryStatus}, when


def _emptied(db: Database, hands: Hands) -> Site:
    with db.read() as conn:
        ids = list(conn.exec_driver_sql("SELECT id FROM override").scalars())
        known = conn.exec_driver_sql("SELECT count(*) FROM evse").scalar()
    if ids:
        clear_overrides(db, LOCAL, ids)
    hands.forward(hours=500)
    if not known:
        return a_site(db, hands, 3)
    cards = select_evses(db, LOCAL, FleetFilter(), now=hands.now())
    return Site(db, hands, {card.evse_id: card.id for card in cards})


def test_the_pulse_moves_with_writes_and_boundaries_and_rests_otherwise(network: Site) -> None:
    db, name = network.db, ALL[0]
    quiet = pulse(db, now=at(1))
    assert pulse(db, now=at(30)) == quiet
    made = placed(network, name, valid_from=at(2), valid_to=at(3))
    planned = pulse(db, now=at(1))
    assert planned.written_at == made.made_at != quiet.written_at
    assert planned.boundary_at is None
    assert pulse(db, now=at(2) - timedelta(microseconds=1)) == planned
    begun = pulse(db, now=at(2))
    assert begun.boundary_at == at(2)
    assert pulse(db, now=at(2.5)) == begun
    assert pulse(db, now=at(3)).boundary_at == at(3)
    change_override(db, LOCAL, made.id, Edit(reason="x"))
    assert pulse(db, now=at(1)).written_at != planned.written_at


def test_an_empty_store_has_a_pulse_too(db: Database) -> None:
    assert (pulse(db, now=at(0)).written_at, pulse(db, now=at(0)).boundary_at) == (None, None)


def test_pasted_ids_are_found_in_any_spelling_and_every_other_name_is_explained(
    network: Site, hands: Hands
) -> None:
    take_in(
        network.db,
        location_json(
            "L9",
            evse_json("1", "DK*ABC*E12*3"),
            evse_json("2", "DK*ABC*E1*23"),
            evse_json("3", "DK*ABC*E9", status="REMOVED"),
        ),
        complete=False,
    )
    text = " DKTSTE101,dk-tst-e10-2;\n\nSE*TST*E12*1\tNO*SUCH*E1 DKABCE123 DK*ABC*E9 DK*TST*E10*1 "
    cards, said = ids_of_pasted(network.db, LOCAL, text)
    assert [card.evse_id for card in cards] == [ALL[0], ALL[1], ALL[3]]
    assert [sentence.split(":")[1].strip()[:36] for sentence in said] == [
        "no EVSE is called 'NO*SUCH*E1'. Chec",
        "'DKABCE123' fits DK*ABC*E1*23 and DK",
        "DK*ABC*E9 has been removed, drivers ",
        "DK*TST*E10*1 is named twice. Name ea",
    ]


def test_nothing_pasted_is_nothing_found(network: Site) -> None:
    assert ids_of_pasted(network.db, LOCAL, " ,;\n") == ([], [])


def test_thousands_of_pasted_names_are_answered(network: Site) -> None:
    text = " ".join(f"DK*TST*E77{number}" for number in range(6_000))
    cards, said = ids_of_pasted(network.db, LOCAL, f"{text} {ALL[0]}")
    assert (len(cards), len(said)) == (1, 6_000)
