"""Rules 2–4, 8, 11, 12, 16 and 17: what creating, changing, clearing, renewing and undoing make of an override."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evse_status.core.errors import (
    AlreadyOver,
    AlreadyStarted,
    EndsBeforeItStarts,
    EndsInThePast,
    HasNoEnd,
    InstantOutOfRange,
    InvalidInput,
    NaiveInstant,
    TooLong,
)
from evse_status.core.override import (
    LONGEST_REASON,
    LONGEST_TICKET,
    Edit,
    Override,
    begin,
    change,
    clear,
    extend,
    place,
    renew,
    revert,
)
from evse_status.core.statuses import Cause, Phase, Source
from support import BLOCKED, MAINTENANCE, NOON, at, hours, override, wish

MOMENT = timedelta(microseconds=1)


def test_rule_2_without_from_it_starts_at_acceptance_and_without_to_it_holds_until_cleared() -> (
    None
):
    made = place(wish(), evse=7, created_by="Mette", now=NOON)
    assert (made.requested_from, made.starts_at, made.valid_to, made.ends_at) == (
        None,
        NOON,
        None,
        None,
    )
    assert (made.evse, made.created_by, made.made_at, made.version) == (7, "Mette", NOON, 1)
    assert made.phase(datetime(2100, 1, 1, tzinfo=UTC)) is Phase.ACTIVE


@pytest.mark.parametrize("end", [1, 0.5])
def test_rule_3_an_end_not_after_the_start_is_refused(end: float) -> None:
    with pytest.raises(EndsBeforeItStarts) as refused:
        override(valid_from=at(1), valid_to=at(end))
    assert refused.value.field == "validTo"


def test_an_end_in_the_past_is_called_so_where_no_start_was_given() -> None:
    with pytest.raises(EndsInThePast):
        override(valid_to=at(-1))


@pytest.mark.parametrize("end", [0, -1])
def test_rule_3_and_case_4_an_end_not_in_the_future_is_refused(end: float) -> None:
    with pytest.raises(EndsInThePast) as refused:
        override(valid_from=at(-2), valid_to=at(end))
    assert refused.value.field == "validTo"


def test_rule_4_a_start_in_the_past_takes_effect_at_acceptance_and_is_kept() -> None:
    made = override(valid_from=at(-0.2), valid_to=at(1))
    assert (made.requested_from, made.starts_at) == (at(-0.2), NOON)
    assert made.phase(NOON) is Phase.ACTIVE
    assert made.phase(at(-0.1)) is Phase.UPCOMING


def test_rule_5_every_instant_needs_an_offset_and_a_sane_year() -> None:
    naive = datetime(2026, 10, 23)
    cases: list[dict[str, Any]] = [
        {"valid_from": naive},
        {"valid_to": naive},
        {"lease_until": naive},
    ]
    for fields in cases:
        with pytest.raises(NaiveInstant):
            override(**fields)
    with pytest.raises(InstantOutOfRange) as refused:
        override(valid_to=datetime(2999, 1, 1, tzinfo=UTC))
    assert refused.value.field == "validTo"


def test_texts_have_limits() -> None:
    assert override(reason=" x " * 3, ticket=" T-1 ").reason == "x  x  x"
    with pytest.raises(TooLong, match="reason: 10,000 characters"):
        override(reason="x" * 10_000)
    with pytest.raises(TooLong, match="ticket"):
        override(ticket="x" * (LONGEST_TICKET + 1))
    assert len(override(reason="x" * LONGEST_REASON).reason) == LONGEST_REASON
    with pytest.raises(InvalidInput, match="ticket: it contains a character"):
        override(ticket="T\x001")


@pytest.mark.parametrize(
    ("source", "stands_back"),
    [
        (Source.SENSOR, True),
        (Source.BOOKING, True),
        (Source.OPERATOR, False),
        (Source.API, False),
        (Source.SERIES, False),
    ],
)
def test_rule_8_sensors_and_bookings_stand_back_by_default(
    source: Source, stands_back: bool
) -> None:
    assert override(source=source).stands_back is stands_back
    assert override(source=source, stands_back=not stands_back).stands_back is not stands_back


def test_rule_1_phases_are_half_open() -> None:
    planned = override(valid_from=at(1), valid_to=at(2))
    assert planned.phase(at(1) - MOMENT) is Phase.UPCOMING
    assert planned.phase(at(1)) is Phase.ACTIVE
    assert planned.phase(at(2) - MOMENT) is Phase.ACTIVE
    assert planned.phase(at(2)) is Phase.ENDED


def test_rule_11_an_edit_keeps_the_id_and_what_it_does_not_name() -> None:
    before = override(valid_to=at(2), reason="Cable", cause=Cause.FAULT, number=42)
    after = change(before, Edit(reason=" Cable swap "), now=at(1))
    assert (after.id, after.version, after.reason) == (42, 2, "Cable swap")
    assert (after.valid_to, after.cause) == (at(2), Cause.FAULT)


def test_rule_11_a_null_end_means_until_cleared() -> None:
    assert change(override(valid_to=at(2)), Edit(valid_to=None), now=at(1)).ends_at is None


def test_an_edit_that_changes_nothing_makes_no_version() -> None:
    before = override(valid_from=at(1), valid_to=at(2), reason="Cable")
    same = Edit(MAINTENANCE, at(1), at(2), "Cable", None, "")
    assert change(before, same, now=NOON) is before
    accepted = override(valid_to=at(2))
    assert change(accepted, Edit(valid_from=NOON), now=at(1)) is accepted


def test_rule_11_of_one_that_is_over_only_reason_and_cause_may_change() -> None:
    ended = override(valid_to=at(1))
    cleared = clear(override(), now=at(1))
    for over in (ended, cleared):
        after = change(over, Edit(reason="Done", cause=Cause.GRID), now=at(2))
        assert (after.reason, after.cause) == ("Done", Cause.GRID)
        for edit in (
            Edit(valid_to=at(9)),
            Edit(valid_from=at(8)),
            Edit(temporary_status=BLOCKED),
            Edit(ticket="T-1"),
        ):
            with pytest.raises(AlreadyOver):
                change(over, edit, now=at(2))


def test_rule_11_the_start_of_a_started_one_stays() -> None:
    with pytest.raises(AlreadyStarted) as refused:
        change(override(valid_from=at(1)), Edit(valid_from=at(2)), now=at(1))
    assert refused.value.field == "validFrom"


def test_the_start_of_an_upcoming_one_moves_and_not_into_the_past() -> None:
    upcoming = override(valid_from=at(5), valid_to=at(9))
    assert change(upcoming, Edit(valid_from=at(6)), now=at(1)).starts_at == at(6)
    moved = change(upcoming, Edit(valid_from=at(-6)), now=at(1))
    assert (moved.requested_from, moved.starts_at) == (at(-6), at(1))


def test_case_3_changes_are_checked_like_creates() -> None:
    upcoming = override(valid_from=at(5), valid_to=at(9))
    with pytest.raises(EndsBeforeItStarts):
        change(upcoming, Edit(valid_to=at(5)), now=at(1))
    with pytest.raises(EndsBeforeItStarts):
        change(upcoming, Edit(valid_from=at(9)), now=at(1))
    with pytest.raises(EndsInThePast):
        change(override(valid_to=at(9)), Edit(valid_to=at(1)), now=at(1))
    with pytest.raises(TooLong):
        change(upcoming, Edit(reason="x" * 10_000), now=at(1))
    with pytest.raises(TooLong):
        change(upcoming, Edit(ticket="x" * 1_000), now=at(1))
    with pytest.raises(NaiveInstant):
        change(upcoming, Edit(valid_to=datetime(2026, 12, 1)), now=at(1))


def test_case_6_an_extension_counts_from_the_planned_end() -> None:
    assert extend(override(valid_to=at(2)), hours(4), now=at(1)).valid_to == at(6)


def test_what_cannot_be_extended_says_why() -> None:
    with pytest.raises(HasNoEnd):
        extend(override(), hours(1), now=at(1))
    with pytest.raises(AlreadyOver):
        extend(override(valid_to=at(1)), hours(1), now=at(1))
    with pytest.raises(EndsInThePast):
        extend(override(valid_to=at(2)), -hours(1.5), now=at(1))
    with pytest.raises(InstantOutOfRange):
        extend(override(valid_to=at(2)), timedelta.max, now=at(1))


def test_rule_12_clearing_ends_it_now() -> None:
    cleared = clear(override(valid_to=at(9)), now=at(1))
    assert (cleared.valid_to, cleared.cleared_at, cleared.ends_at) == (at(9), at(1), at(1))
    assert cleared.phase(at(1) - MOMENT) is Phase.ACTIVE
    assert cleared.phase(at(1)) is Phase.CLEARED
    assert cleared.phase(at(20)) is Phase.CLEARED


def test_case_16_clearing_twice_is_harmless() -> None:
    once = clear(override(), now=at(1))
    assert clear(once, now=at(2)) is once


def test_rule_12_clearing_an_ended_one_answers_with_its_state() -> None:
    ended = override(valid_to=at(1))
    assert clear(ended, now=at(1)) is ended
    assert ended.phase(at(1)) is Phase.ENDED


def test_rule_17_a_lease_ends_it_unless_the_plan_does_earlier() -> None:
    leased = override(valid_to=at(5), lease_until=at(2))
    assert (leased.ends_at, leased.phase(at(2))) == (at(2), Phase.ENDED)
    renewed = renew(leased, at(9), now=at(1))
    assert (renewed.ends_at, renewed.version) == (at(5), leased.version)
    with pytest.raises(AlreadyOver):
        renew(leased, at(9), now=at(2))
    with pytest.raises(EndsInThePast):
        renew(leased, at(1), now=at(1))
    with pytest.raises(EndsInThePast):
        override(lease_until=NOON)


def test_rule_16_undoing_a_create_clears() -> None:
    made = override(valid_to=at(9))
    assert revert(made, None, now=at(1)) == clear(made, now=at(1))


def test_rule_16_undoing_a_clear_reopens_under_the_same_id() -> None:
    before = override(valid_to=at(9), number=42)
    reopened = revert(clear(before, now=at(1)), before, now=at(2))
    assert (reopened.id, reopened.version, reopened.cleared_at) == (42, 3, None)
    assert reopened.phase(at(2)) is Phase.ACTIVE


def test_undoing_a_clear_after_the_planned_end_reopens_nothing() -> None:
    before = override(valid_to=at(2))
    undone = revert(clear(before, now=at(1)), before, now=at(3))
    assert undone.phase(at(3)) is Phase.CLEARED
    assert undone.ends_at == at(1)


def test_undoing_an_extension_after_the_old_end_ends_it_now() -> None:
    before = override(valid_to=at(2))
    undone = revert(extend(before, hours(9), now=at(1)), before, now=at(3))
    assert (undone.ends_at, undone.cleared_at) == (at(3), at(3))
    assert undone.is_over(at(3))


@pytest.mark.parametrize(
    ("undone_at", "starts_at"),
    [(2, 6), (4, 6), (7, 3)],
)
def test_undoing_an_earlier_start(undone_at: float, starts_at: float) -> None:
    before = override(valid_from=at(6), valid_to=at(9))
    after = change(before, Edit(valid_from=at(3)), now=at(1))
    assert revert(after, before, now=at(undone_at)).starts_at == at(starts_at)


def test_undoing_a_later_start_after_the_old_one_starts_now() -> None:
    before = override(valid_from=at(2), valid_to=at(9))
    after = change(before, Edit(valid_from=at(6)), now=at(1))
    assert revert(after, before, now=at(4)).starts_at == at(4)


def test_undo_leaves_a_renewed_lease() -> None:
    before = override(lease_until=at(2))
    after = renew(change(before, Edit(reason="x"), now=at(1)), at(8), now=at(1))
    undone: Override = revert(after, before, now=at(3))
    assert (undone.reason, undone.lease_until) == ("", at(8))


# Draining


def draining(*, charging: bool = True, **fields: Any) -> Override:
    """Placed at NOON to start when the session ends, in two hours at the latest."""
    asked = wish(drain_until=at(2), valid_to=at(5), **fields)
    return place(asked, evse=7, created_by="Mette", now=NOON, charging=charging)


def test_one_that_drains_waits_for_the_session_until_its_latest_start() -> None:
    made = draining()
    assert (made.drains, made.requested_from, made.starts_at) == (True, at(2), at(2))
    assert [made.waits(at(hour)) for hour in (0, 1, 2, 5)] == [True, True, False, False]
    begun = begin(made, now=at(1))
    assert (begun.starts_at, begun.requested_from, begun.version) == (at(1), at(2), 1)
    assert begun.phase(at(1)) is Phase.ACTIVE
    assert begin(begun, now=at(1.5)) is begun
    assert begin(made, now=at(3)) is made
    assert begin(override(valid_from=at(2)), now=at(1)).starts_at == at(2)


def test_without_a_session_one_that_drains_starts_at_once() -> None:
    made = draining(charging=False)
    assert (made.starts_at, made.requested_from, made.waits(NOON)) == (NOON, at(2), False)


def test_one_that_drains_has_one_start_and_an_end_after_the_latest() -> None:
    with pytest.raises(InvalidInput, match=r"^drainUntil: .* leave validFrom out") as refused:
        draining(valid_from=at(1))
    assert refused.value.field == "drainUntil"
    with pytest.raises(EndsBeforeItStarts):
        place(wish(drain_until=at(2), valid_to=at(2)), evse=7, created_by="Mette", now=NOON)
    with pytest.raises(NaiveInstant, match=r"^drainUntil"):
        place(wish(drain_until=datetime(2026, 10, 23)), evse=7, created_by="Mette", now=NOON)


def test_a_start_that_is_set_ends_the_waiting() -> None:
    made = draining()
    told = change(made, Edit(valid_from=at(3)), now=at(0.5))
    assert (told.drains, told.starts_at, told.waits(at(1))) == (False, at(3), False)
    assert change(made, Edit(reason="Cable"), now=at(0.5)).waits(at(1))
    begun = begin(made, now=at(1))
    assert change(begun, Edit(valid_to=at(1.5)), now=at(1.25)).valid_to == at(1.5)


def test_rule_16_undo_begins_what_would_have_begun_when_the_session_ended() -> None:
    made = draining()
    cleared = clear(made, now=at(0.5))
    assert revert(cleared, made, now=at(1)).waits(at(1))
    begun = revert(cleared, made, now=at(1), session_ended=True)
    assert (begun.starts_at, begun.phase(at(1))) == (at(1), Phase.ACTIVE)
