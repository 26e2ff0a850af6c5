"""A repeating override is shown before it is placed, answers at any instant, and can be changed in part (rule 18)."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from evse_status.core.errors import (
    EvseStatusError,
    InvalidInput,
    NoOccurrenceAhead,
    NotAllowed,
    NothingSelected,
    StaleSeries,
    TwiceInOneRequest,
    UnknownSeries,
    UnusableRule,
)
from evse_status.core.override import Edit, Override
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.series import next_ones, virtual_id
from evse_status.core.statuses import ActualStatus, Source, TemporaryStatus
from evse_status.service.audit import override_detail
from evse_status.service.fleet import fleet_counts, fleet_strip
from evse_status.service.look_up import display, track
from evse_status.service.plan_mark import OtherThanPreviewed
from evse_status.service.schedule import change_override, clear_overrides, undo
from evse_status.service.series import (
    SeriesOutcome,
    SeriesWish,
    Target,
    place_repeating,
    preview_repeating,
)
from evse_status.service.series_change import Scope, change_series, clear_series
from evse_status.service.series_fill import AHEAD, fill, horizon
from evse_status.service.series_filler import filling
from evse_status.service.series_list import list_series, series_detail
from evse_status.service.series_split import SeriesEdit
from evse_status.store import overrides as store
from evse_status.store import series as series_store
from evse_status.store.database import Database
from evse_status.store.tables import change, holding, override, series
from recurring import series_of
from sender.running import wait_until
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
    shown,
    take_in,
)

E1, E2, E3 = ("DK*TST*E1", "DK*TST*E2", "DK*TST*E3")
METTE = Principal("Mette", Role.PLANNER)
VIEWER = Principal("Vera", Role.VIEWER)
SWEDEN = Principal("Svea", Role.PLANNER, countries=frozenset({"SE"}))
FIRST = datetime(2026, 10, 22, 22, 0)  # ten hours after NOON less two: tonight
NIGHTLY = SeriesWish("FREQ=DAILY", "Europe/Copenhagen", FIRST, 420, MAINTENANCE, reason="Cleaning")


@pytest.fixture
def site(db: Database, hands: Hands) -> Site:
    return a_site(db, hands, 3)


def nightly(site: Site, *names: str, by: Principal = METTE, **fields: Any) -> SeriesOutcome:
    numbers = [site.numbers[name] for name in names or (E1, E2)]
    return place_repeating(site.db, by, [(numbers, replace(NIGHTLY, **fields))])


def night(number: int) -> datetime:
    """The local start of the night `number` days after tonight."""
    return FIRST + timedelta(days=number)


def during(number: int) -> datetime:
    """An hour after midnight UTC of that night: it holds then, in summer and in winter."""
    return datetime(2026, 10, 23, 1, 0, tzinfo=UTC) + timedelta(days=number)


def rows(site: Site, number: int = 1) -> list[Override]:
    with site.db.read() as conn:
        known = series_store.by_ids(conn, [number])
        return series_store.rows_of(conn, known[number]) if known else []


def forget_what_is_stored(site: Site, number: int = 1) -> None:
    """As if nobody had stored any of it since it was placed."""
    with site.db.write() as write:
        ids = [
            row.id
            for row in series_store.rows_of(
                write.conn, series_store.by_ids(write.conn, [number])[number]
            )
        ]
        for table in (holding, change):
            write.conn.execute(delete(table).where(table.c.override_id.in_(ids)))
        write.conn.execute(delete(override).where(override.c.id.in_(ids)))
        made_at = select(series.c.made_at).scalar_subquery()
        write.conn.execute(update(series).where(series.c.id == number).values(stored_to=made_at))


# --- placing ----------------------------------------------------------------------------------


def test_it_holds_at_its_nights_now_and_in_years(site: Site) -> None:
    outcome = nightly(site)
    [row] = outcome.series
    assert (row.description, row.evses, row.places) == (
        "Every day, 22:00–05:00",
        2,
        ("Site L1",),
    )
    assert [item.evse_id for item in outcome.items] == [E1, E2]
    assert outcome.items[0].override is not None
    assert outcome.items[0].override.source is Source.SERIES
    for number in (0, 1, 59, 60, 61, 240, 3_000):
        assert shown(site, E1, during(number)) is MAINTENANCE
        assert shown(site, E1, during(number) + hours(12)) is ActualStatus.AVAILABLE
        assert shown(site, E3, during(number)) is ActualStatus.AVAILABLE
    stored = {str(row.occurrence_start) for row in rows(site)}
    assert (min(stored), len(stored)) == ("2026-10-22T22:00", 60)


def test_what_is_not_stored_is_in_every_answer(site: Site) -> None:
    nightly(site)
    forget_what_is_stored(site)
    far = during(300)
    assert display(site.db, LOCAL, site.numbers[E1], at=far).override is not None
    whole = fleet_strip(site.db, LOCAL, from_at=far, to_at=far + hours(2))
    assert whole[0].shown[MAINTENANCE] == 2
    site.hands.forward(hours=13)
    assert fleet_counts(site.db, LOCAL, now=site.now()).overridden[MAINTENANCE] == 2
    stretches = track(site.db, LOCAL, site.numbers[E1], from_at=at(0), to_at=at(24 * 120))
    assert sum(one.displayed.status is MAINTENANCE for one in stretches) == 120
    with site.db.read() as conn:
        number = site.numbers[E1]
        since = store.segments_since(conn, {number: at(0)}, until=at(24 * 10))
        assert len(since[number]) == 10
        assert set(store.in_force_now(conn, site.now())) == {site.numbers[E1], site.numbers[E2]}


def test_storing_more_changes_no_answer_not_even_of_the_past(site: Site) -> None:
    nightly(site)
    forget_what_is_stored(site)
    site.hands.forward(days=20)
    before = [shown(site, E1, during(number)) for number in (0, 3, 19, 20, 70, 90)]
    assert fill(site.db) == 2 * 80
    assert fill(site.db) == 0
    assert [shown(site, E1, during(number)) for number in (0, 3, 19, 20, 70, 90)] == before
    assert before == [MAINTENANCE] * 6


def test_an_occurrence_has_no_id_before_it_is_stored_and_keeps_it_then(site: Site) -> None:
    nightly(site)
    number = virtual_id(1, site.numbers[E1], night(100))
    winner = display(site.db, LOCAL, site.numbers[E1], at=during(100)).override
    assert winner is not None
    assert (winner.id, winner.series_id) == (number, 1)
    detail = override_detail(site.db, LOCAL, number, now=site.now())
    assert (detail.override, detail.history) == (winner, ())
    site.hands.forward(days=50)
    fill(site.db)
    stored = override_detail(site.db, LOCAL, number, now=site.now())
    assert stored.override.id > 0
    assert replace(stored.override, id=number) == winner
    assert [line.what for line in stored.history] == ["created"]


def test_one_that_runs_already_starts_when_it_is_accepted(site: Site) -> None:
    nightly(site, first_local_start=datetime(2026, 10, 20, 13, 0))
    [first, *_] = rows(site)
    assert (first.starts_at, first.requested_from) == (
        site.now(),
        datetime(2026, 10, 22, 11, tzinfo=UTC),
    )
    assert shown(site, E1) is MAINTENANCE
    assert shown(site, E1, site.now() - hours(0.005)) is ActualStatus.AVAILABLE


def test_a_preview_tells_what_placing_does(site: Site) -> None:
    placed(site, E2, COMMISSIONING)
    wanted: list[Target] = [([site.numbers[E1], site.numbers[E2], "DK*NO*E9"], NIGHTLY)]
    preview = preview_repeating(site.db, METTE, wanted, now=site.now(), count=4)
    [group] = preview.groups
    assert [one.local_start for one in group.next] == [night(number) for number in range(4)]
    touched = [one.local_start for one in group.touched]
    assert touched == [night(2), datetime(2027, 3, 27, 22), datetime(2027, 10, 30, 22)]
    assert "Clocks" in group.touched[0].touched
    assert [one.evse_id for one in group.evses] == [E1, E2]
    assert [one.error.code for one in preview.refused if one.error] == ["unknown_evse"]
    [overlap] = group.overlaps
    assert (overlap.evse.evse_id, overlap.new_wins, overlap.count) == (E2, False, 400)
    assert overlap.because == "COMMISSIONING outranks MAINTENANCE"
    again = preview_repeating(site.db, METTE, wanted, now=site.now() + hours(30))
    assert again.mark == preview.mark
    assert rows(site) == []
    outcome = place_repeating(site.db, METTE, wanted, previewed=preview.mark)
    assert [item.error is None for item in outcome.items] == [True, True, False]


def test_what_is_other_than_was_shown_is_not_placed(site: Site) -> None:
    wanted: list[Target] = [([site.numbers[E1]], NIGHTLY)]
    preview = preview_repeating(site.db, METTE, wanted, now=site.now())
    nightly(site, E1, temporary_status=BLOCKED)
    with pytest.raises(OtherThanPreviewed):
        place_repeating(site.db, METTE, wanted, previewed=preview.mark)
    met = preview_repeating(site.db, METTE, wanted, now=site.now())
    [overlap] = met.groups[0].overlaps
    assert (overlap.new_wins, overlap.existing.series_id) == (True, 1)


def test_exceptions_are_days_that_do_not_happen(site: Site) -> None:
    nightly(site, exceptions=(datetime(2026, 10, 24), night(200)))
    assert shown(site, E1, during(2)) is ActualStatus.AVAILABLE
    assert shown(site, E1, during(3)) is MAINTENANCE
    assert shown(site, E1, during(200)) is ActualStatus.AVAILABLE
    assert series_detail(site.db, LOCAL, 1, now=site.now()).skipped == (night(2), night(200))


@pytest.mark.parametrize(
    ("fields", "raised", "field"),
    [
        ({"rule": "FREQ=HOURLY"}, UnusableRule, "rule"),
        (
            {"rule": "FREQ=DAILY;COUNT=1", "first_local_start": datetime(2026, 1, 1)},
            UnusableRule,
            "rule",
        ),
        ({"zone": "Mars/Olympus"}, InvalidInput, "zone"),
        ({"minutes": 0}, InvalidInput, "minutes"),
        ({"minutes": 2_000}, InvalidInput, "minutes"),
        ({"first_local_start": NOON}, InvalidInput, "firstLocalStart"),
        ({"reason": "x" * 2_001}, InvalidInput, "reason"),
    ],
)
def test_what_cannot_be_repeated_is_refused_by_name(
    sqlite: Database,
    hands: Hands,
    fields: dict[str, Any],
    raised: type[EvseStatusError],
    field: str,
) -> None:
    site = a_site(sqlite, hands, 2)
    with pytest.raises(raised) as refused:
        nightly(site, **fields)
    assert refused.value.field == field
    assert rows(site) == []


def test_an_evse_takes_part_once_and_nobody_beyond_what_they_may(
    sqlite: Database, hands: Hands
) -> None:
    site = a_site(sqlite, hands, 2)
    outcome = place_repeating(sqlite, METTE, [([1, 2], NIGHTLY), ([2], NIGHTLY)])
    assert [type(item.error) for item in outcome.items] == [
        type(None),
        type(None),
        TwiceInOneRequest,
    ]
    assert len(outcome.series) == 1
    with pytest.raises(TwiceInOneRequest):
        place_repeating(sqlite, METTE, [([1, 1], NIGHTLY)], all_or_nothing=True)
    with pytest.raises(NothingSelected):
        place_repeating(sqlite, METTE, [([], NIGHTLY)])
    with pytest.raises(NotAllowed):
        place_repeating(sqlite, VIEWER, [([1], NIGHTLY)])
    assert place_repeating(sqlite, SWEDEN, [([1], NIGHTLY)]).batch_id is None
    assert list_series(sqlite, SWEDEN, now=site.now(), limit=5).total == 0
    with pytest.raises(UnknownSeries):
        series_detail(sqlite, SWEDEN, 1, now=site.now())
    with pytest.raises(UnknownSeries):
        clear_series(sqlite, SWEDEN, 1, scope=Scope.ALL)
    own = Principal("A program", Role.PLANNER, may_clear_others=False)
    with pytest.raises(NotAllowed):
        clear_series(sqlite, own, 1, scope=Scope.ALL)
    blocks = Principal("B", Role.PLANNER, temporary_statuses=frozenset({BLOCKED}))
    with pytest.raises(NotAllowed):
        place_repeating(sqlite, blocks, [([1], NIGHTLY)])


def test_two_zones_are_two_series_in_one_change(site: Site) -> None:
    oslo = replace(NIGHTLY, zone="Europe/London")
    wanted: list[Target] = [([site.numbers[E1]], NIGHTLY), ([site.numbers[E2]], oslo)]
    outcome = place_repeating(site.db, METTE, wanted, name="Nights")
    assert [row.series.zone for row in outcome.series] == ["Europe/Copenhagen", "Europe/London"]
    edge = datetime(2026, 10, 22, 20, 30, tzinfo=UTC)
    assert [shown(site, name, edge) for name in (E1, E2)] == [MAINTENANCE, ActualStatus.AVAILABLE]
    assert outcome.batch_id is not None
    undo(site.db, METTE, outcome.batch_id)
    for name in (E1, E2):
        assert shown(site, name, during(0)) is ActualStatus.AVAILABLE
        assert shown(site, name, during(500)) is ActualStatus.AVAILABLE
    assert list_series(site.db, LOCAL, now=site.now(), limit=5).total == 0
    assert list_series(site.db, LOCAL, now=site.now(), limit=5, include_over=True).total == 2


def test_a_list_has_the_next_first_and_finds_words(site: Site) -> None:
    nightly(site, E1, reason="Sweeping")
    nightly(site, E2, first_local_start=datetime(2026, 10, 22, 18), minutes=60)
    nightly(site, E3, rule="FREQ=DAILY;COUNT=1")
    site.hands.forward(hours=20)
    page = list_series(site.db, LOCAL, now=site.now(), limit=2)
    assert [row.series.id for row in page.rows] == [2, 1]
    assert page.total == 2
    everything = list_series(site.db, LOCAL, now=site.now(), limit=5, include_over=True)
    assert [row.is_over for row in everything.rows] == [False, False, True]
    found = list_series(site.db, LOCAL, now=site.now(), limit=5, search="sweep mette")
    assert [row.series.id for row in found.rows] == [1]
    on_two = list_series(site.db, LOCAL, now=site.now(), limit=5, evse=site.numbers[E2])
    assert [row.series.id for row in on_two.rows] == [2]
    with pytest.raises(UnknownSeries):
        series_detail(site.db, LOCAL, 2**70, now=site.now())


# --- changing ---------------------------------------------------------------------------------


def changed(site: Site, edit: SeriesEdit, **fields: Any) -> Any:
    return change_series(site.db, METTE, fields.pop("number", 1), edit, **fields)


def test_from_one_on_it_is_another_and_ids_stay_where_the_start_does(site: Site) -> None:
    nightly(site)
    before = {(row.evse, row.occurrence_start): row.id for row in rows(site)}
    done = changed(
        site,
        SeriesEdit(temporary_status=RESERVED, minutes=60),
        scope=Scope.FOLLOWING,
        occurrence=night(5),
        why="Less is enough",
    )
    new = done.series.series
    assert (new.id, new.continues, new.made_at) == (2, 1, rows(site)[0].made_at)
    assert new.temporary_status is RESERVED
    after = {(row.evse, row.occurrence_start): row.id for row in (*rows(site, 1), *rows(site, 2))}
    assert after == before
    assert [shown(site, E1, during(n)) for n in (4, 5)] == [MAINTENANCE, ActualStatus.AVAILABLE]
    for number in (5, 58, 61, 400):  # all in winter
        assert shown(site, E1, during(number) - hours(3.5)) is RESERVED
    detail = series_detail(site.db, LOCAL, 1, now=site.now())
    assert (detail.parts, detail.row.continued_by) == ((1, 2), 2)
    assert [line.what for line in detail.history] == ["created", "cut"]
    assert ("ends before", "", "2026-10-27T22:00") in detail.history[-1].fields


def test_all_that_is_ahead_changes_and_what_runs_stays(site: Site) -> None:
    nightly(site)
    site.hands.forward(hours=12)
    done = changed(site, SeriesEdit(start_time=time(20), temporary_status=BLOCKED), scope=Scope.ALL)
    assert shown(site, E1) is MAINTENANCE
    assert done.series.series.first_local_start == datetime(2026, 10, 23, 20)
    evening = datetime(2026, 10, 23, 18, 30, tzinfo=UTC)
    assert shown(site, E1, evening) is BLOCKED
    assert shown(site, E1, during(1) - hours(0.1)) is BLOCKED
    assert shown(site, E1, during(1)) is ActualStatus.AVAILABLE
    assert shown(site, E1, evening + timedelta(days=200)) is BLOCKED


def test_what_somebody_did_by_hand_stays_and_is_named(site: Site) -> None:
    nightly(site)
    one, other = (row for row in rows(site) if row.occurrence_start == "2026-10-25T22:00")
    clear_overrides(site.db, METTE, [one.id])
    change_override(site.db, METTE, other.id, Edit(valid_to=other.starts_at + hours(9)))
    [third, _] = (row for row in rows(site) if row.occurrence_start == "2026-10-26T22:00")
    change_override(site.db, METTE, third.id, Edit(reason="Painting"))
    done = changed(
        site, SeriesEdit(minutes=120, reason="Sweeping"), scope=Scope.FOLLOWING, occurrence=night(2)
    )
    assert [(item.override.id, item.why) for item in done.left] == [
        (one.id, "it was cleared before"),
        (other.id, "its time was changed by hand"),
    ]
    now = {row.id: row for row in rows(site, 2)}
    assert now[one.id].cleared_at is not None
    assert now[other.id].valid_to == other.starts_at + hours(9)
    assert (now[third.id].reason, now[other.id].reason) == ("Painting", "Sweeping")
    later = changed(site, SeriesEdit(start_time=time(12)), scope=Scope.ALL, number=2)
    assert {item.override.id for item in later.left} == {one.id, other.id}
    noon = datetime(2026, 10, 25, 11, 30, tzinfo=UTC)
    assert [shown(site, name, noon) for name in (E1, E2)] == [ActualStatus.AVAILABLE] * 2
    assert [shown(site, name, noon + timedelta(days=1)) for name in (E1, E2)] == [MAINTENANCE] * 2


def test_a_count_goes_on_where_it_was(site: Site) -> None:
    nightly(site, rule="FREQ=DAILY;COUNT=6")
    done = changed(site, SeriesEdit(ticket="T-1"), scope=Scope.FOLLOWING, occurrence=night(4))
    assert done.series.series.rule == "FREQ=DAILY;COUNT=2"
    assert [shown(site, E1, during(n)) for n in (5, 6)] == [MAINTENANCE, ActualStatus.AVAILABLE]
    with pytest.raises(NoOccurrenceAhead):
        changed(
            site, SeriesEdit(ticket="T-2"), scope=Scope.FOLLOWING, occurrence=night(6), number=2
        )
    same = changed(site, SeriesEdit(ticket="T-1", minutes=420), scope=Scope.ALL, number=2)
    assert same.batch_id is None


def test_one_occurrence_can_be_changed_and_left_out(site: Site) -> None:
    nightly(site)
    done = changed(
        site, SeriesEdit(start_time=time(23), minutes=30), scope=Scope.THIS, occurrence=night(100)
    )
    assert len(done.items) == 2
    late = during(100) - hours(3)  # 23:00 in winter, 22:00 UTC
    assert [shown(site, E1, late + hours(h)) for h in (-0.5, 0.25, 0.6)] == [
        ActualStatus.AVAILABLE,
        MAINTENANCE,
        ActualStatus.AVAILABLE,
    ]
    skipped = clear_series(site.db, METTE, 1, scope=Scope.THIS, occurrence=night(101))
    again = clear_series(site.db, METTE, 1, scope=Scope.THIS, occurrence=night(101))
    assert (skipped.batch_id is None, again.batch_id) == (False, None)
    assert [shown(site, E1, during(n)) for n in (101, 102)] == [ActualStatus.AVAILABLE, MAINTENANCE]
    site.hands.forward(days=60)
    fill(site.db)
    assert [shown(site, E1, during(n)) for n in (101, 102)] == [ActualStatus.AVAILABLE, MAINTENANCE]
    assert shown(site, E1, late + hours(0.6)) is ActualStatus.AVAILABLE
    with pytest.raises(InvalidInput):
        changed(site, SeriesEdit(rule="FREQ=DAILY"), scope=Scope.THIS, occurrence=night(103))
    with pytest.raises(InvalidInput):
        clear_series(site.db, METTE, 1, scope=Scope.THIS)


def test_one_occurrence_of_one_evse_is_cleared_by_the_id_it_will_have(site: Site) -> None:
    nightly(site)
    number = virtual_id(1, site.numbers[E1], night(100))
    result = clear_overrides(site.db, METTE, [number], versions={number: 1})
    [item] = result.items
    assert item.override is not None
    assert item.override.id > 0
    assert [shown(site, name, during(100)) for name in (E1, E2)] == [
        ActualStatus.AVAILABLE,
        MAINTENANCE,
    ]
    edited = change_override(
        site.db, METTE, virtual_id(1, site.numbers[E2], night(101)), Edit(temporary_status=BLOCKED)
    )
    assert (edited.occurrence_start, edited.version) == ("2027-01-31T22:00", 2)
    assert [shown(site, name, during(101)) for name in (E1, E2)] == [MAINTENANCE, BLOCKED]


def test_clearing_what_is_ahead_ends_it_and_leaves_what_runs(site: Site) -> None:
    nightly(site)
    site.hands.forward(hours=12)
    done = clear_series(site.db, METTE, 1, scope=Scope.ALL)
    assert shown(site, E1) is MAINTENANCE
    for number in (1, 59, 100):
        assert shown(site, E1, during(number)) is ActualStatus.AVAILABLE
    with pytest.raises(NoOccurrenceAhead):
        clear_series(site.db, METTE, 1, scope=Scope.ALL)
    site.hands.forward(days=10, hours=1)
    assert done.batch_id is not None
    undo(site.db, METTE, done.batch_id)
    assert shown(site, E1) is MAINTENANCE
    assert shown(site, E1, during(5)) is ActualStatus.AVAILABLE
    for number in (11, 59, 100):
        assert shown(site, E1, during(number)) is MAINTENANCE


def test_a_stale_change_is_refused_and_says_what_was_done(site: Site) -> None:
    nightly(site)
    clear_series(site.db, METTE, 1, scope=Scope.THIS, occurrence=night(3))
    with pytest.raises(StaleSeries, match="Mette skipped it"):
        changed(site, SeriesEdit(minutes=30), scope=Scope.ALL, version=1)
    fill(site.db)
    assert changed(site, SeriesEdit(minutes=30), scope=Scope.ALL, version=2).batch_id


def test_undo_leaves_a_series_that_somebody_changed_since(site: Site) -> None:
    nightly(site)
    first = clear_series(site.db, METTE, 1, scope=Scope.THIS, occurrence=night(100))
    clear_series(site.db, METTE, 1, scope=Scope.THIS, occurrence=night(101))
    assert first.batch_id is not None
    result = undo(site.db, METTE, first.batch_id)
    assert [item.error.field for item in result.refused if item.error] == ["seriesId"]
    assert shown(site, E1, during(100)) is ActualStatus.AVAILABLE


# --- removed and swapped EVSEs ----------------------------------------------------------------


def test_a_removed_evse_leaves_its_series_and_coming_back_revives_nothing(site: Site) -> None:
    nightly(site)
    gone = [evse_json("1", status="REMOVED"), evse_json("2"), evse_json("3")]
    take_in(site.db, location_json("L1", *gone))
    assert series_detail(site.db, LOCAL, 1, now=site.now()).row.evses == 1
    take_in(site.db, location_json("L1", *(evse_json(n) for n in "123")))
    for number in (1, 59, 100):
        assert shown(site, E1, during(number)) is ActualStatus.AVAILABLE
        assert shown(site, E2, during(number)) is MAINTENANCE


def test_a_series_follows_a_swapped_charger(site: Site) -> None:
    nightly(site)
    swapped = [evse_json("9", E1), evse_json("2"), evse_json("3")]
    take_in(site.db, location_json("L1", *swapped))
    detail = series_detail(site.db, LOCAL, 1, now=site.now())
    [new] = [one.id for one in detail.evses if one.evse_id == E1]
    assert new not in site.numbers.values()
    for number in (1, 59, 100):
        found = display(site.db, LOCAL, new, at=during(number))
        assert found.displayed.status is MAINTENANCE


# --- who goes on ------------------------------------------------------------------------------


def test_a_large_one_is_stored_in_parts_and_shows_the_same(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evse_status.service.series.MOST_AT_ONCE", 8)
    nightly(site)
    assert len(rows(site)) == 8
    before = [shown(site, E1, during(number)) for number in range(0, 90, 7)]
    assert fill(site.db) == 2 * 60 - 8
    assert [shown(site, E1, during(number)) for number in range(0, 90, 7)] == before


@pytest.mark.parametrize(("evses", "nights"), [(1, None), (400, 50), (5_000, 4), (50_000, 2)])
def test_the_more_evses_the_less_far_it_is_stored(evses: int, nights: int | None) -> None:
    one = series_of("FREQ=DAILY", datetime(2026, 10, 22, 22), evses=tuple(range(evses)))
    ahead = next_ones(one, NOON, 61)
    until = NOON + AHEAD if nights is None else ahead[nights].starts_at
    assert horizon(one, NOON) == until
    ends_sooner = replace(one, rule="FREQ=DAILY;COUNT=2")
    assert horizon(ends_sooner, NOON) == NOON + AHEAD


def test_a_process_that_serves_goes_on_storing(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, 2)
    nightly(site)
    forget_what_is_stored(site)
    with filling(sqlite):
        wait_until(lambda: len(rows(site)) == 120)


def test_a_series_that_ends_is_stored_to_its_end(site: Site) -> None:
    nightly(site, rule="FREQ=DAILY;COUNT=3")
    with site.db.read() as conn:
        assert series_store.by_ids(conn, [1])[1].stored_to is None
    assert fill(site.db) == 0
    assert TemporaryStatus.MAINTENANCE is shown(site, E1, during(2))
