"""Placing, changing, extending, clearing and undoing keep rules 3, 4, 9, 11, 12, 13, 15, 16 and 17 on a real store."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Thread

import pytest
from sqlalchemy import select

from evse_status.core.errors import (
    AlreadyOver,
    AlreadyStarted,
    AmbiguousEvse,
    EndsBeforeItStarts,
    EndsInThePast,
    EvseIsRemoved,
    EvseStatusError,
    HasNoEnd,
    InvalidInput,
    NaiveInstant,
    NotAllowed,
    NothingSelected,
    StaleEdit,
    TooLong,
    TouchedSince,
    TwiceInOneRequest,
    UnknownBatch,
    UnknownEvse,
    UnknownOverride,
)
from evse_status.core.override import Edit, Override, Wish, renew
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.statuses import ActualStatus, Cause, Phase
from evse_status.service.audit import OverrideFilter, list_overrides, override_detail
from evse_status.service.fleet import fleet_counts
from evse_status.service.schedule import (
    BatchResult,
    change_override,
    clear_overrides,
    extend_overrides,
    place_overrides,
    undo,
)
from evse_status.store import feed
from evse_status.store import overrides as store
from evse_status.store.database import Database
from evse_status.store.tables import change, evse, override
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
    wish,
)

MOMENT = timedelta(microseconds=1)
METTE = Principal("Mette", Role.PLANNER)
JONAS = Principal("Jonas", Role.PLANNER)
VIEWER = Principal("Vera", Role.VIEWER)
SWEDEN = Principal("Svea", Role.PLANNER, countries=frozenset({"SE"}))


@pytest.fixture
def site(db: Database, hands: Hands) -> Site:
    return a_site(db, hands, 3)


def everything(site: Site, status: object = MAINTENANCE, **fields: object) -> BatchResult:
    made = Wish(status, **fields)  # type: ignore[arg-type]
    return place_overrides(site.db, METTE, list(site.numbers.values()), made)


def now_is(site: Site, number: int) -> Override:
    return override_detail(site.db, LOCAL, number, now=site.now()).override


def history_of(site: Site, number: int) -> list[tuple[str, str, int]]:
    lines = override_detail(site.db, LOCAL, number, now=site.now()).history
    return [(line.what, line.by, line.version) for line in lines]


def count(site: Site) -> int:
    return list_overrides(site.db, LOCAL, OverrideFilter(), now=site.now(), limit=1).total


# Placing


def test_rule_2_what_is_placed_without_times_holds_from_acceptance_until_cleared(
    site: Site,
) -> None:
    made = placed(site, reason="Cable")
    assert (made.requested_from, made.starts_at, made.ends_at) == (None, site.now(), None)
    assert now_is(site, made.id) == made
    assert shown(site) is MAINTENANCE
    assert shown(site, when=at(24 * 365 * 50)) is MAINTENANCE


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"valid_from": at(2), "valid_to": at(1)}, EndsBeforeItStarts, "validTo"),
        ({"valid_from": at(2), "valid_to": at(2)}, EndsBeforeItStarts, "validTo"),
        ({"valid_from": at(-2), "valid_to": at(0)}, EndsInThePast, "validTo"),
        ({"valid_from": datetime(2026, 10, 23)}, NaiveInstant, "validFrom"),
        ({"valid_to": datetime(9999, 12, 31, tzinfo=UTC)}, InvalidInput, "validTo"),
        ({"reason": "x" * 10_000}, TooLong, "reason"),
        ({"lease_until": at(-1)}, EndsInThePast, "leaseUntil"),
    ],
)
def test_rule_3_a_wish_that_cannot_be_is_refused_whole_and_nothing_is_kept(
    site: Site, fields: dict[str, object], error: type[InvalidInput], field: str
) -> None:
    before = site.db.newest_at()
    with pytest.raises(error) as refused:
        everything(site, **fields)
    assert refused.value.field == field
    assert count(site) == 0
    assert site.db.newest_at() == before


def test_case_4_an_end_at_this_very_instant_is_refused(site: Site) -> None:
    with pytest.raises(InvalidInput):
        placed(site, valid_to=site.now())


def test_rule_4_a_start_in_the_past_is_kept_and_takes_effect_at_acceptance(site: Site) -> None:
    made = placed(site, valid_from=at(-5), valid_to=at(5))
    assert (made.requested_from, made.starts_at) == (at(-5), site.now())
    assert shown(site, when=site.now() - MOMENT) is ActualStatus.AVAILABLE
    assert shown(site) is MAINTENANCE


def test_case_5_a_form_left_open_for_ten_minutes_is_active_at_once(
    site: Site, hands: Hands
) -> None:
    made = placed(site, valid_from=hands.now() - timedelta(minutes=10), valid_to=at(9))
    assert made.phase(site.now()) is Phase.ACTIVE


def test_rule_15_the_author_is_who_signed_in(site: Site) -> None:
    [made, *_] = everything(site).done
    assert made.created_by == "Mette"
    assert history_of(site, made.id) == [("created", "Mette", 1)]


def test_an_empty_selection_is_refused(site: Site) -> None:
    with pytest.raises(NothingSelected):
        place_overrides(site.db, METTE, [], wish())
    with pytest.raises(NothingSelected):
        clear_overrides(site.db, METTE, [])
    with pytest.raises(NothingSelected):
        extend_overrides(site.db, METTE, [], by=hours(1))


def test_each_item_of_a_request_is_accepted_or_refused_by_itself(site: Site, hands: Hands) -> None:
    take_in(
        site.db,
        location_json("L1", evse_json("1"), evse_json("2"), evse_json("3", status="REMOVED")),
        location_json("L2", evse_json("9", "DK*ABC*E12*3"), evse_json("8", "DK*ABC*E1*23")),
    )
    hands.forward(minutes=1)
    numbers = site.numbers
    result = place_overrides(
        site.db,
        METTE,
        [
            "dk-tst-e1",
            numbers["DK*TST*E2"],
            "DK*TST*E1",
            numbers["DK*TST*E3"],
            "DK*TST*E3",
            "NO*SUCH*E1",
            777,
            "DKABCE123",
            "DK*ABC*E12*3",
        ],
        wish(),
    )
    assert [(item.evse_id, type(item.error)) for item in result.items] == [
        ("DK*TST*E1", type(None)),
        ("DK*TST*E2", type(None)),
        ("DK*TST*E1", TwiceInOneRequest),
        (str(numbers["DK*TST*E3"]), EvseIsRemoved),
        ("DK*TST*E3", EvseIsRemoved),
        ("NO*SUCH*E1", UnknownEvse),
        ("777", UnknownEvse),
        ("DKABCE123", AmbiguousEvse),
        ("DK*ABC*E12*3", type(None)),
    ]
    assert len(result.done) == 3
    assert len(result.refused) == 6
    assert [item.override for item in result.refused] == [None] * 6
    assert {one.batch_id for one in result.done} == {result.batch_id}
    assert count(site) == 3


def test_all_or_nothing_keeps_nothing_if_one_item_is_refused(site: Site) -> None:
    before = site.db.newest_at()
    with pytest.raises(UnknownEvse, match="'nobody'"):
        place_overrides(
            site.db, METTE, [*site.numbers.values(), "nobody"], wish(), all_or_nothing=True
        )
    assert count(site) == 0
    assert site.db.newest_at() == before


def test_if_every_item_is_refused_there_is_no_batch(site: Site) -> None:
    result = place_overrides(site.db, METTE, ["nobody", "nothing"], wish())
    assert (result.batch_id, result.done, len(result.refused)) == (None, (), 2)


def test_case_24_one_call_places_on_5000_evses_and_one_takes_it_back(
    db: Database, hands: Hands
) -> None:
    [number] = a_site(db, hands, 1).numbers.values()
    with db.write() as write:
        like = write.conn.execute(select(evse).where(evse.c.id == number)).one()._asdict()
        del like["id"]
        more = [like | {"uid_key": f"U{n}", "evse_id": f"DK*TST*E9{n}"} for n in range(4_999)]
        numbers = [number, *feed.add_evses(write.conn, more)]
    placed_on = place_overrides(db, METTE, numbers, wish(valid_to=at(9)))
    assert len(placed_on.done) == 5_000
    hands.forward(seconds=1)
    assert fleet_counts(db, LOCAL, now=hands.now()).overridden[MAINTENANCE] == 5_000
    assert placed_on.batch_id is not None
    assert len(undo(db, METTE, placed_on.batch_id).done) == 5_000
    hands.forward(seconds=1)
    assert fleet_counts(db, LOCAL, now=hands.now()).overridden[MAINTENANCE] == 0


# Changing


def test_rule_11_a_change_keeps_the_id_and_is_written_into_the_history(site: Site) -> None:
    made = placed(site, valid_to=at(2), reason="Cable", cause=Cause.FAULT)
    after = change_override(site.db, JONAS, made.id, Edit(valid_to=None), why="Takes longer")
    assert after == replace(made, valid_to=None, version=2)
    assert now_is(site, made.id) == after
    assert history_of(site, made.id) == [("created", "local", 1), ("changed", "Jonas", 2)]
    [_, line] = override_detail(site.db, LOCAL, made.id, now=site.now()).history
    assert (line.why, line.fields) == ("Takes longer", (("end", "2026-10-22T14:00:00Z", ""),))


def test_case_19_editing_the_reason_makes_no_second_override(site: Site) -> None:
    made = placed(site)
    change_override(site.db, METTE, made.id, Edit(reason="Cable swap"))
    assert count(site) == 1
    assert now_is(site, made.id).reason == "Cable swap"


def test_a_change_that_changes_nothing_leaves_no_line(site: Site) -> None:
    made = placed(site, reason="Cable")
    assert change_override(site.db, METTE, made.id, Edit(reason="Cable")) == made
    assert history_of(site, made.id) == [("created", "local", 1)]


def test_rule_11_what_has_begun_or_is_over_can_only_change_in_part(
    site: Site, hands: Hands
) -> None:
    made = placed(site, valid_to=at(1))
    with pytest.raises(AlreadyStarted):
        change_override(site.db, METTE, made.id, Edit(valid_from=at(0.5)))
    with pytest.raises(EndsInThePast):
        change_override(site.db, METTE, made.id, Edit(valid_to=at(0)))
    hands.forward(hours=2)
    with pytest.raises(AlreadyOver):
        change_override(site.db, METTE, made.id, Edit(valid_to=at(9)))
    assert change_override(site.db, METTE, made.id, Edit(cause=Cause.GRID)).cause is Cause.GRID
    assert shown(site, when=at(0.5)) is MAINTENANCE
    assert shown(site) is ActualStatus.AVAILABLE


def test_what_was_shown_stays_and_a_change_of_status_acts_from_now_on(
    site: Site, hands: Hands
) -> None:
    made = placed(site, valid_to=at(9))
    hands.forward(hours=1)
    changed_at = site.now()
    change_override(site.db, METTE, made.id, Edit(temporary_status=BLOCKED))
    assert shown(site, when=changed_at - MOMENT) is MAINTENANCE
    assert shown(site, when=changed_at) is BLOCKED
    with site.db.read() as conn:
        kept = store.segments_of(conn, [made.id])[made.id]
    assert [(one.from_at, one.to_at, one.status) for one in kept] == [
        (made.starts_at, changed_at, MAINTENANCE),
        (changed_at, at(9), BLOCKED),
    ]


def test_rule_13_and_case_20_the_stale_editor_is_told_what_changed(site: Site) -> None:
    made = placed(site, valid_to=at(2))
    change_override(site.db, METTE, made.id, Edit(valid_to=at(4)), version=1)
    with pytest.raises(StaleEdit, match="Mette changed it at 2026-10-22T12:01:00"):
        change_override(site.db, JONAS, made.id, Edit(valid_to=at(3)), version=1)
    assert now_is(site, made.id).valid_to == at(4)
    stale = clear_overrides(site.db, JONAS, [made.id], versions={made.id: 1})
    assert isinstance(stale.items[0].error, StaleEdit)
    assert stale.items[0].override == now_is(site, made.id)
    assert (stale.batch_id, stale.done) == (None, ())
    with pytest.raises(StaleEdit, match="its version is another one"):
        change_override(site.db, JONAS, made.id, Edit(reason="x"), version=7)


def test_rule_13_without_a_version_the_named_fields_are_applied_to_the_latest(site: Site) -> None:
    made = placed(site, valid_to=at(2))
    change_override(site.db, METTE, made.id, Edit(valid_to=at(4)))
    after = change_override(site.db, JONAS, made.id, Edit(reason="Cable"))
    assert (after.valid_to, after.reason, after.version) == (at(4), "Cable", 3)


def test_unknown_overrides_are_named(site: Site) -> None:
    made = placed(site)
    with pytest.raises(UnknownOverride, match="999"):
        change_override(site.db, METTE, 999, Edit(reason="x"))
    with pytest.raises(UnknownOverride, match="999"):
        clear_overrides(site.db, METTE, [made.id, 999])
    with pytest.raises(UnknownOverride, match="999"):
        extend_overrides(site.db, METTE, [999], by=hours(1))
    assert now_is(site, made.id) == made


# Extending


def test_case_6_an_extension_counts_from_the_end_and_not_from_now(site: Site, hands: Hands) -> None:
    made = placed(site, valid_to=at(2))
    hands.forward(minutes=30)
    [after] = extend_overrides(site.db, METTE, [made.id], by=hours(4)).done
    assert after.valid_to == at(6)
    [until] = extend_overrides(site.db, METTE, [made.id], until=at(3)).done
    assert (until.valid_to, until.version) == (at(3), 3)


def test_extending_several_answers_item_by_item(site: Site, hands: Hands) -> None:
    timed = placed(site, "DK*TST*E1", valid_to=at(2))
    endless = placed(site, "DK*TST*E2")
    over = placed(site, "DK*TST*E3", valid_to=at(0.1))
    hands.forward(minutes=30)
    ids = [timed.id, endless.id, over.id, timed.id]
    result = extend_overrides(site.db, METTE, ids, by=hours(1))
    assert [type(item.error) for item in result.items] == [type(None), HasNoEnd, AlreadyOver]
    assert [item.evse_id for item in result.items] == ["DK*TST*E1", "DK*TST*E2", "DK*TST*E3"]
    assert [one.valid_to for one in result.done] == [at(3)]
    assert result.items[1].override == endless
    assert batch_name(site, result) == "Changed 1 override"


def batch_name(site: Site, result: BatchResult) -> str:
    assert result.batch_id is not None
    with site.db.read() as conn:
        row = store.batch_row(conn, result.batch_id)
    assert row is not None
    return str(row.name)


def test_an_extension_says_either_by_how_long_or_until_when(site: Site) -> None:
    made = placed(site, valid_to=at(2))
    with pytest.raises(InvalidInput, match="either by how long or until when"):
        extend_overrides(site.db, METTE, [made.id])
    with pytest.raises(InvalidInput, match="either by how long or until when"):
        extend_overrides(site.db, METTE, [made.id], by=hours(1), until=at(3))


def test_rule_3_shortening_into_the_past_is_refused(site: Site) -> None:
    made = placed(site, valid_to=at(2))
    [item] = extend_overrides(site.db, METTE, [made.id], by=hours(-3)).items
    assert isinstance(item.error, InvalidInput)
    assert now_is(site, made.id).valid_to == at(2)


# Clearing


def test_rule_12_clearing_brings_the_actual_status_back_at_once(site: Site, hands: Hands) -> None:
    made = placed(site, valid_to=at(5))
    hands.forward(hours=1)
    [cleared] = clear_overrides(site.db, JONAS, [made.id], why="Done early").done
    assert (cleared.cleared_at, cleared.valid_to) == (site.now(), at(5))
    assert cleared.phase(site.now()) is Phase.CLEARED
    assert shown(site) is ActualStatus.AVAILABLE
    assert shown(site, when=site.now() - MOMENT) is MAINTENANCE


def test_case_16_clearing_twice_is_harmless(site: Site, hands: Hands) -> None:
    made = placed(site)
    [first] = clear_overrides(site.db, METTE, [made.id]).done
    hands.forward(minutes=5)
    again = clear_overrides(site.db, JONAS, [made.id])
    assert again.done == (first,)
    assert again.batch_id is None
    assert history_of(site, made.id) == [("created", "local", 1), ("cleared", "Mette", 2)]


def test_case_17_a_clear_at_the_natural_end_finds_it_ended(site: Site, hands: Hands) -> None:
    made = placed(site, valid_to=at(1))
    hands.shows = at(1)
    [after] = clear_overrides(site.db, METTE, [made.id]).done
    assert (after, after.phase(at(1))) == (made, Phase.ENDED)
    assert history_of(site, made.id) == [("created", "local", 1)]


def test_case_17_a_clear_just_before_the_natural_end_is_a_clear(site: Site, hands: Hands) -> None:
    made = placed(site, valid_to=at(1))
    hands.shows = at(1) - MOMENT
    [after] = clear_overrides(site.db, METTE, [made.id]).done
    assert after.ends_at == at(1) - MOMENT
    assert after.phase(at(1)) is Phase.CLEARED
    assert after.phase(at(1) - MOMENT) is Phase.CLEARED


def test_case_18_clearing_an_upcoming_one_means_it_never_starts(site: Site) -> None:
    made = placed(site, valid_from=at(2), valid_to=at(3))
    clear_overrides(site.db, METTE, [made.id])
    assert shown(site, when=at(2.5)) is ActualStatus.AVAILABLE
    with site.db.read() as conn:
        assert store.segments_of(conn, [made.id]) == {made.id: []}
        assert store.last_boundary(conn, at(9)) is None


def test_case_14_permanent_and_timed_show_by_precedence_and_clear_by_themselves(
    site: Site, hands: Hands
) -> None:
    permanent = placed(site, status=BLOCKED)
    timed = placed(site, status=MAINTENANCE, valid_to=at(2))
    reserved = placed(site, status=RESERVED)
    assert shown(site) is MAINTENANCE
    assert shown(site, when=at(2)) is BLOCKED
    hands.forward(hours=3)
    clear_overrides(site.db, METTE, [permanent.id])
    assert shown(site) is RESERVED
    assert now_is(site, timed.id) == timed
    assert now_is(site, reserved.id) == reserved


def test_rule_7_between_equals_the_one_made_last_shows(site: Site) -> None:
    placed(site, valid_from=at(1), valid_to=at(5))
    second = placed(site, valid_from=at(2), valid_to=at(3))
    with site.db.read() as conn:
        segments = store.segments_in(conn, at(2), None)
    assert max(segments, key=lambda one: one.strength).override_id == second.id


def test_rule_17_a_lease_ends_it_and_renewing_leaves_no_line(site: Site, hands: Hands) -> None:
    made = placed(site, lease_until=at(1), valid_to=at(9))
    assert made.ends_at == at(1)
    assert shown(site, when=at(1)) is ActualStatus.AVAILABLE
    hands.forward(minutes=30)
    with site.db.write() as write:
        store.renew_lease(write, renew(made, at(3), now=write.now))
    kept = now_is(site, made.id)
    assert (kept.lease_until, kept.version) == (at(3), 1)
    assert history_of(site, made.id) == [("created", "local", 1)]
    assert shown(site, when=at(3) - MOMENT) is MAINTENANCE
    assert shown(site, when=at(3)) is ActualStatus.AVAILABLE


def test_every_write_has_the_sender_look_at_what_it_touched(site: Site, hands: Hands) -> None:
    made = placed(site)
    hands.forward(minutes=7)
    clear_overrides(site.db, METTE, [made.id])
    with site.db.read() as conn:
        looks = {row.id: row.look_at for row in conn.execute(select(evse.c.id, evse.c.look_at))}
    assert looks[made.evse] == site.now()
    assert looks[site.numbers["DK*TST*E2"]] == NOON


def test_case_17_many_clears_at_once_are_one_clear(site: Site) -> None:
    made = placed(site)
    answers: list[BatchResult] = []

    def clear() -> None:
        answers.append(clear_overrides(site.db, METTE, [made.id]))

    _at_once([clear] * 6)
    assert len({answer.done[0] for answer in answers}) == 1
    assert len([answer for answer in answers if answer.batch_id is not None]) == 1
    assert history_of(site, made.id) == [("created", "local", 1), ("cleared", "Mette", 2)]


def test_case_17_a_clear_that_races_edits_has_one_outcome_and_one_end(site: Site) -> None:
    made = placed(site, valid_to=at(2))
    refused: list[EvseStatusError] = []

    def edit(end: int) -> None:
        try:
            change_override(site.db, METTE, made.id, Edit(valid_to=at(end)))
        except AlreadyOver as error:
            refused.append(error)

    def clear() -> None:
        clear_overrides(site.db, JONAS, [made.id])

    edits = [partial(edit, end) for end in range(3, 7)]
    _at_once([*edits[:2], clear, *edits[2:], clear])
    lines = [what for what, _, _ in history_of(site, made.id)]
    assert lines == ["created", *["changed"] * (4 - len(refused)), "cleared"]
    after = now_is(site, made.id)
    assert (after.ends_at, after.version) == (after.cleared_at, len(lines))
    assert shown(site) is ActualStatus.AVAILABLE
    with site.db.read() as conn:
        [*_, last] = store.segments_of(conn, [made.id])[made.id]
    assert last.to_at == after.cleared_at


def test_case_20_of_many_editors_of_one_version_one_is_first(site: Site) -> None:
    made = placed(site, valid_to=at(2))
    stale: list[StaleEdit] = []

    def edit(end: int) -> None:
        try:
            change_override(site.db, METTE, made.id, Edit(valid_to=at(end)), version=1)
        except StaleEdit as error:
            stale.append(error)

    _at_once([partial(edit, end) for end in range(3, 9)])
    assert len(stale) == 5
    assert now_is(site, made.id).version == 2
    assert len(history_of(site, made.id)) == 2


def _at_once(acts: list[Callable[[], None]]) -> None:
    threads = [Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# Undoing


def test_rule_16_undo_of_placing_ends_what_began_and_keeps_what_was_shown(
    site: Site, hands: Hands
) -> None:
    batch = everything(site, valid_to=at(9))
    assert batch.batch_id is not None
    hands.forward(hours=1)
    undone = undo(site.db, JONAS, batch.batch_id)
    assert [item.evse_id for item in undone.items] == ["DK*TST*E1", "DK*TST*E2", "DK*TST*E3"]
    assert [one.phase(site.now()) for one in undone.done] == [Phase.CLEARED] * 3
    assert shown(site) is ActualStatus.AVAILABLE
    assert shown(site, when=site.now() - MOMENT) is MAINTENANCE
    assert history_of(site, batch.done[0].id) == [("created", "Mette", 1), ("undone", "Jonas", 2)]


def test_case_32_undo_skips_and_names_what_others_touched(site: Site, hands: Hands) -> None:
    batch = everything(site, valid_to=at(9))
    assert batch.batch_id is not None
    touched = change_override(site.db, JONAS, batch.done[1].id, Edit(valid_to=at(5)))
    hands.forward(hours=1)
    undone = undo(site.db, METTE, batch.batch_id)
    [skipped] = undone.refused
    assert isinstance(skipped.error, TouchedSince)
    assert skipped.error.message == (
        f"id: override {touched.id} was changed by Jonas afterwards and is left as it is."
    )
    assert (skipped.evse_id, skipped.override) == ("DK*TST*E2", touched)
    assert [shown(site, name) for name in site.numbers] == [
        ActualStatus.AVAILABLE,
        MAINTENANCE,
        ActualStatus.AVAILABLE,
    ]


def test_rule_16_undo_of_a_clear_reopens_what_it_cleared(site: Site, hands: Hands) -> None:
    batch = everything(site)
    ids = [one.id for one in batch.done]
    hands.forward(hours=1)
    cleared = clear_overrides(site.db, METTE, ids)
    assert cleared.batch_id is not None
    hands.forward(hours=1)
    undone = undo(site.db, METTE, cleared.batch_id)
    assert [(one.id, one.version, one.cleared_at) for one in undone.done] == [
        (number, 3, None) for number in ids
    ]
    assert shown(site) is MAINTENANCE
    assert shown(site, when=site.now() - MOMENT) is ActualStatus.AVAILABLE
    assert shown(site, when=site.now() - hours(1) - MOMENT) is MAINTENANCE


def test_undo_of_a_clear_whose_plan_is_over_meanwhile_reopens_nothing(
    site: Site, hands: Hands
) -> None:
    made = placed(site, valid_to=at(1))
    cleared = clear_overrides(site.db, METTE, [made.id])
    assert cleared.batch_id is not None
    hands.forward(hours=3)
    undo(site.db, METTE, cleared.batch_id)
    assert shown(site) is ActualStatus.AVAILABLE
    assert now_is(site, made.id).is_over(site.now())


def test_rule_16_undo_of_an_extension_brings_the_old_end_back(site: Site, hands: Hands) -> None:
    made = placed(site, valid_to=at(2))
    extended = extend_overrides(site.db, METTE, [made.id], by=hours(4))
    assert extended.batch_id is not None
    [back] = undo(site.db, METTE, extended.batch_id).done
    assert (back.valid_to, back.version) == (at(2), 3)
    again = extend_overrides(site.db, METTE, [made.id], by=hours(4))
    assert again.batch_id is not None
    hands.forward(hours=3)
    [ended] = undo(site.db, METTE, again.batch_id).done
    assert ended.is_over(site.now())
    assert shown(site) is ActualStatus.AVAILABLE
    assert shown(site, when=at(2.5)) is MAINTENANCE


def test_undoing_twice_does_nothing_the_second_time(site: Site) -> None:
    batch = everything(site)
    assert batch.batch_id is not None
    undo(site.db, METTE, batch.batch_id)
    again = undo(site.db, METTE, batch.batch_id)
    assert (again.batch_id, again.items) == (None, ())
    assert history_of(site, batch.done[0].id) == [("created", "Mette", 1), ("undone", "Mette", 2)]


def test_undo_of_an_undo_brings_everything_back(site: Site, hands: Hands) -> None:
    batch = everything(site, BLOCKED, valid_to=at(9))
    assert batch.batch_id is not None
    hands.forward(minutes=10)
    undone = undo(site.db, METTE, batch.batch_id)
    assert undone.batch_id is not None
    hands.forward(minutes=10)
    back = undo(site.db, METTE, undone.batch_id)
    assert [(one.valid_to, one.cleared_at, one.version) for one in back.done] == [
        (at(9), None, 3)
    ] * 3
    assert shown(site) is BLOCKED
    assert batch_name(site, back) == "Undo: Undo: Blocked on 3 EVSEs"


def test_undo_of_what_has_ended_by_itself_leaves_no_line(site: Site, hands: Hands) -> None:
    batch = everything(site, valid_to=at(1))
    assert batch.batch_id is not None
    hands.forward(hours=2)
    undone = undo(site.db, METTE, batch.batch_id)
    assert undone.done == batch.done
    assert history_of(site, batch.done[0].id) == [("created", "Mette", 1)]


def test_undo_never_reopens_on_a_removed_evse(site: Site, hands: Hands) -> None:
    batch = everything(site)
    cleared = clear_overrides(site.db, METTE, [one.id for one in batch.done])
    assert cleared.batch_id is not None
    take_in(
        site.db,
        location_json("L1", evse_json("1", status="REMOVED"), evse_json("2"), evse_json("3")),
    )
    undone = undo(site.db, METTE, cleared.batch_id)
    assert [type(item.error) for item in undone.items] == [EvseIsRemoved, type(None), type(None)]
    assert shown(site) is ActualStatus.REMOVED


def test_a_replaced_charger_takes_no_override_any_more(site: Site) -> None:
    batch = everything(site)
    cleared = clear_overrides(site.db, METTE, [one.id for one in batch.done])
    assert cleared.batch_id is not None
    take_in(
        site.db,
        location_json("L1", evse_json("9", "DK*TST*E1"), evse_json("2"), evse_json("3")),
    )
    [item] = place_overrides(site.db, METTE, [site.numbers["DK*TST*E1"]], wish()).items
    assert isinstance(item.error, EvseIsRemoved)
    undone = undo(site.db, METTE, cleared.batch_id)
    assert [type(item.error) for item in undone.items] == [EvseIsRemoved, type(None), type(None)]


def test_an_unknown_batch_is_named(site: Site) -> None:
    with pytest.raises(UnknownBatch, match="99"):
        undo(site.db, METTE, 99)


def test_rules_9_and_16_undo_of_a_mixed_day_displays_as_computed_afresh(
    site: Site, hands: Hands
) -> None:
    first = everything(site, RESERVED, valid_to=at(8))
    hands.forward(minutes=10)
    second = everything(site, COMMISSIONING, valid_from=at(2), valid_to=at(4))
    hands.forward(minutes=10)
    assert first.batch_id is not None
    undo(site.db, METTE, first.batch_id)
    assert second.batch_id is not None
    for hour, status in (
        (1, ActualStatus.AVAILABLE),
        (3, COMMISSIONING),
        (4, ActualStatus.AVAILABLE),
    ):
        assert shown(site, when=at(hour)) is status


# Who may


Act = Callable[[Database, Principal, int, int], object]

ACTS: dict[str, Act] = {
    "place": lambda db, who, number, _: place_overrides(
        db, who, [number], wish(), all_or_nothing=True
    ),
    "change": lambda db, who, _, one: change_override(db, who, one, Edit(reason="x")),
    "clear": lambda db, who, _, one: clear_overrides(db, who, [one]),
    "extend": lambda db, who, _, one: extend_overrides(db, who, [one], by=hours(1)),
    "undo": lambda db, who, _, one: undo(db, who, 1),
}


@pytest.mark.parametrize("act", ACTS)
def test_rule_15_a_viewer_changes_nothing(site: Site, act: str) -> None:
    made = placed(site, valid_to=at(5))
    before = site.db.newest_at()
    with pytest.raises(NotAllowed, match="Vera may look but not change anything"):
        ACTS[act](site.db, VIEWER, made.evse, made.id)
    assert site.db.newest_at() == before


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", [METTE, LOCAL])
def test_rule_15_planners_and_administrators_may(site: Site, act: str, who: Principal) -> None:
    made = placed(site, valid_to=at(5))
    ACTS[act](site.db, who, made.evse, made.id)


@pytest.mark.parametrize("act", ACTS)
def test_rule_15_outside_the_area_it_is_as_if_nothing_were_there(site: Site, act: str) -> None:
    made = placed(site, valid_to=at(5))
    unknown = {"place": UnknownEvse, "undo": UnknownBatch}.get(act, UnknownOverride)
    with pytest.raises(unknown) as refused:
        ACTS[act](site.db, SWEDEN, made.evse, made.id)
    assert "TST" not in str(refused.value)
    assert now_is(site, made.id) == made


def test_rule_15_a_batch_that_reaches_beyond_the_area_is_not_undone(site: Site) -> None:
    take_in(
        site.db,
        location_json("S1", evse_json("1", "SE*TST*E1"), country_code="SE"),
        complete=False,
    )
    batch = place_overrides(site.db, LOCAL, ["SE*TST*E1", "DK*TST*E1"], wish())
    assert batch.batch_id is not None
    with pytest.raises(NotAllowed, match="reaches beyond the area of Svea") as refused:
        undo(site.db, SWEDEN, batch.batch_id)
    assert "DK" not in refused.value.message
    assert [now_is(site, one.id) for one in batch.done] == list(batch.done)


def test_rule_15_an_operator_is_an_area_too(site: Site) -> None:
    own = Principal("Own", Role.PLANNER, operators=frozenset({"TST"}))
    other = Principal("Other", Role.PLANNER, operators=frozenset({"ABC"}))
    assert len(place_overrides(site.db, own, ["DK*TST*E1"], wish()).done) == 1
    [item] = place_overrides(site.db, other, ["DK*TST*E1"], wish()).items
    assert isinstance(item.error, UnknownEvse)


def test_case_23_numbers_are_never_used_again(site: Site) -> None:
    numbers = [placed(site).id for _ in range(3)]
    with site.db.read() as conn:
        assert list(conn.scalars(select(override.c.id).order_by(override.c.id))) == numbers
        lines = conn.execute(select(change.c.override_id, change.c.at).order_by(change.c.id)).all()
    assert [line.override_id for line in lines] == numbers
    assert [line.at for line in lines] == sorted({line.at for line in lines})
