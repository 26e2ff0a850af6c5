"""Whatever is lost or refused on the way, a hub ends up with what it should have, under one id, and with nothing else."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_status.core.delivery import REFUSED_FOR, REMOVED, Known, Outcome
from evse_status.core.hub import (
    Action,
    HubTold,
    HubWanted,
    hub_desired,
    hub_left,
    hub_settled,
    hub_step,
    hub_unsure,
    hub_word,
    is_held,
    may_insert,
)
from evse_status.core.roaming_id import RoamingId
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from support import NOON

A, O, X, Y = "Available", "Occupied", "DK*TST*E1", "DK*TST*E2"  # noqa: E741
NO_ID = RoamingId("", "No.")
SECOND = timedelta(seconds=1)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def known(**fields: object) -> Known:
    """A hub that has the EVSE under X as Available, and nothing to be told."""
    row = Known(A, NOON, "", 1, acked=A, acked_at=NOON, content_acked=1, told_as=X, tell_as=X)
    return replace(row, **fields)  # type: ignore[arg-type]


def want(
    row: Known | None,
    word: str,
    seconds: float = 1,
    tell_as: RoamingId = RoamingId(X),  # noqa: B008
    resync: int = 0,
) -> Known:
    made = hub_desired(row, HubWanted(word, later(seconds), tell_as, resync), now=later(seconds))
    assert made is not None
    return made


def told(row: Known, outcome: Outcome = Outcome.ACKNOWLEDGED, **fields: object) -> HubTold:
    """What is to be told next, as it was told."""
    step = hub_step(row)
    assert step is not None
    word = REMOVED if step[0] is Action.DELETE else row.wanted
    made = HubTold(*step, word, row.wanted_at, row.content, outcome, "No.")
    return replace(made, **fields)  # type: ignore[arg-type]


def answered(row: Known, outcome: Outcome = Outcome.ACKNOWLEDGED, **fields: object) -> Known:
    return hub_settled(row, told(row, outcome, **fields), now=later(9))


def test_what_is_displayed_in_the_hub_s_words() -> None:
    assert hub_word(TemporaryStatus.COMMISSIONING) == "OutOfService"
    assert hub_word(ActualStatus.CHARGING) == O
    assert hub_word(ActualStatus.REMOVED) == REMOVED


def test_a_new_one_is_updated_and_a_removed_one_that_it_never_had_is_nothing() -> None:
    row = want(None, A)
    assert (hub_step(row), row.due_at) == ((Action.UPDATE, X), later(1))
    row = answered(row)
    assert (hub_step(row), row.due_at, row.told_as, row.acked) == (None, None, X, A)
    gone = HubWanted(REMOVED, NOON, RoamingId(""), 0)
    assert hub_desired(None, gone, now=NOON) is None


def test_nothing_that_it_has_a_word_for_changed_is_nothing_to_send() -> None:
    row = known()
    assert want(row, A, 9) is row
    gone = known(wanted=REMOVED, acked=REMOVED, told_as="")
    assert want(gone, REMOVED, 9) is gone
    refused = known(tell_as="", refused="No.", told_as="", acked="")
    assert want(refused, A, 9, NO_ID) is refused


def test_another_word_is_told_and_never_looks_older() -> None:
    row = want(known(wanted_at=later(5)), O, 1)
    assert (hub_step(row), row.wanted_at) == (
        (Action.UPDATE, X),
        later(5) + timedelta(microseconds=1),
    )


def test_a_resync_tells_everything_again_once() -> None:
    row = want(known(), A, 1, resync=7)
    assert (hub_step(row), row.wanted_at) == ((Action.UPDATE, X), NOON)
    assert hub_step(answered(row)) is None


def test_one_whose_id_it_can_t_take_is_refused_and_never_sent() -> None:
    row = want(None, A, 1, NO_ID)
    assert (row.refused, row.due_at, hub_step(row)) == ("No.", None, None)
    assert want(row, O, 2, NO_ID).due_at is None
    assert want(row, A, 2, RoamingId("", "Nor now.")).refused == "Nor now."
    found = want(row, A, 3)  # a person gave it a roaming id
    assert (found.refused, hub_step(found)) == ("", (Action.UPDATE, X))
    assert hub_step(want(row, REMOVED, 4)) is None


def test_removed_is_deleted_under_the_id_that_it_has() -> None:
    row = want(known(), REMOVED)
    assert hub_step(row) == (Action.DELETE, X)
    after = answered(row)
    assert (after.acked, after.told_as, after.due_at) == (REMOVED, "", None)
    unanswered = want(known(told_as="", acked="", due_at=NOON), REMOVED)
    assert hub_step(unanswered) == (Action.DELETE, X)  # it may have arrived
    assert answered(unanswered, Outcome.UNKNOWN).due_at is None


def test_what_comes_back_after_a_delete_of_ours_may_be_inserted() -> None:
    gone = answered(want(known(), REMOVED))
    back = want(gone, A, 3)
    assert hub_step(back) == (Action.UPDATE, X)
    assert may_insert(back, insert_unknown=False)
    assert answered(back, action=Action.INSERT).acked == A
    never_had = answered(want(known(content_acked=0, acked=""), REMOVED), Outcome.UNKNOWN)
    again = want(never_had, A, 3)
    assert not may_insert(again, insert_unknown=False)
    assert may_insert(again, insert_unknown=True)


def test_a_delete_that_may_have_arrived_counts_as_ours() -> None:
    row = answered(want(known(), REMOVED), Outcome.FAILED)
    gone = answered(row, Outcome.UNKNOWN)
    assert may_insert(want(gone, A, 3), insert_unknown=False)
    lost = want(known(wanted=REMOVED, due_at=NOON), A, 3)
    assert may_insert(lost, insert_unknown=False)


def test_another_id_has_the_old_one_deleted_first() -> None:
    row = want(known(), A, 1, RoamingId(Y))
    assert hub_step(row) == (Action.DELETE, X)
    row = answered(row)
    assert hub_step(row) == (Action.UPDATE, Y)
    assert may_insert(row, insert_unknown=False)
    row = answered(row)
    assert (row.told_as, row.acked, row.due_at) == (Y, A, None)


def test_an_id_that_it_can_t_take_any_more_has_the_old_one_deleted() -> None:
    row = want(known(), A, 1, NO_ID)
    assert hub_step(row) == (Action.DELETE, X)
    row = answered(row)
    assert (hub_step(row), row.refused, row.due_at) == (None, "No.", None)


def test_an_old_id_that_it_won_t_delete_doesn_t_hold_back_the_new_one() -> None:
    row = answered(want(known(), A, 1, RoamingId(Y)), Outcome.REFUSED)
    assert (hub_step(row), row.due_at) == ((Action.UPDATE, Y), later(9))


def test_an_id_that_changes_back_and_forth_while_it_is_out() -> None:
    row = want(known(), A, 1, RoamingId(Y))
    sent = told(row)
    back = hub_settled(want(row, A, 2), sent, now=later(3))
    assert hub_step(back) == (Action.UPDATE, X)
    # told under X, which is no longer its id when the answer comes
    row = want(None, A)
    moved = hub_settled(want(row, A, 2, RoamingId(Y)), told(row), now=later(3))
    assert (moved.acked, hub_step(moved)) == ("", (Action.DELETE, X))
    refused = hub_settled(want(row, A, 2, RoamingId(Y)), told(row, Outcome.UNKNOWN), now=later(3))
    assert (refused.refused, refused.due_at) == ("", later(3))


def test_a_record_left_to_another_evse_isn_t_deleted() -> None:
    swapped = hub_left(want(known(), REMOVED), now=later(2))
    assert (hub_step(swapped), swapped.due_at, swapped.told_as) == (None, None, "")
    renamed = hub_left(want(known(), A, 1, RoamingId(Y)), now=later(2))
    assert hub_step(renamed) == (Action.UPDATE, Y)
    assert not may_insert(renamed, insert_unknown=False)


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNKNOWN])
def test_what_is_refused_waits_a_day_or_until_something_else_is_wanted(outcome: Outcome) -> None:
    row = answered(want(known(), O), outcome)
    assert (row.refused, row.due_at) == ("No.", later(9) + REFUSED_FOR)
    assert want(row, "Reserved", 10).due_at == later(10)
    sent = told(want(known(), O), outcome)
    meanwhile = hub_settled(want(want(known(), O), "Reserved", 2), sent, now=later(3))
    assert (meanwhile.refused, meanwhile.due_at) == ("", later(3))
    assert answered(want(known(), REMOVED), Outcome.REFUSED).refused == "No."


def test_a_hub_that_isn_t_well_delays_no_record_but_one_that_may_be_why() -> None:
    row = want(known(), O)
    assert answered(row, Outcome.FAILED).due_at == row.due_at
    assert answered(row, Outcome.FAILED, its_own=True).due_at == later(9) + SECOND
    assert answered(row, Outcome.UNREACHED) == row
    nothing_left = hub_settled(replace(row, wanted=A), told(row, Outcome.FAILED), now=later(9))
    assert nothing_left.due_at is None


def test_what_was_on_its_way_is_not_trusted_when_it_is_wanted_back() -> None:
    row = want(want(known(), O), A, 2)
    assert (row.acked, hub_step(row)) == ("", (Action.UPDATE, X))


def test_what_nobody_can_vouch_for_is_told_again() -> None:
    assert hub_step(hub_unsure(known(), now=NOON)) == (Action.UPDATE, X)
    gone = known(wanted=REMOVED, acked=REMOVED, told_as="")
    assert hub_step(hub_unsure(gone, now=NOON)) == (Action.DELETE, X)
    back = want(gone, A)
    assert may_insert(hub_unsure(back, now=NOON), insert_unknown=False)


def test_what_was_on_its_way_may_have_brought_back_what_was_deleted() -> None:
    gone = answered(want(known(), REMOVED))
    assert hub_step(want(want(gone, A, 2), REMOVED, 3)) == (Action.DELETE, X)


def test_a_full_load_repeats_what_was_acknowledged_alone() -> None:
    assert is_held(known())
    assert not is_held(want(known(), O))
    assert not is_held(known(wanted=REMOVED, acked=REMOVED))
    assert not is_held(known(told_as="", tell_as=""))


@dataclass
class Model:
    """A hub that knew X and Y before, and the row of one EVSE that we keep."""

    row: Known | None = None
    has: dict[str, str] = field(default_factory=lambda: {X: "Unknown", Y: "Unknown"})
    told: set[str] = field(default_factory=set)

    def send(self, now: datetime, fate: str, while_out: HubWanted | None = None) -> None:
        """One push, if one is due, and its insert where it is unknown; `fate` is what happens on the way."""
        if self.row is None or self.row.due_at is None or self.row.due_at > now:
            return
        step = hub_step(self.row)
        if step is None or fate == "doesn't arrive":
            return
        sent = told(self.row)
        outcome = self.apply(sent)
        unknown = outcome is Outcome.UNKNOWN and sent.action is Action.UPDATE
        if unknown and may_insert(self.row, insert_unknown=False):
            sent = replace(sent, action=Action.INSERT)
            outcome = self.apply(sent)
        if while_out is not None:
            self.row = hub_desired(self.row, while_out, now=now)
            assert self.row is not None
        if fate == "crash":
            return
        outcome = Outcome.FAILED if fate == "answer lost" else outcome
        self.row = hub_settled(self.row, replace(sent, outcome=outcome), now=now)

    def apply(self, sent: HubTold) -> Outcome:
        self.told.add(sent.tell_as)
        if sent.action is Action.INSERT:
            self.has[sent.tell_as] = sent.word
        if sent.tell_as not in self.has:
            return Outcome.UNKNOWN
        if sent.action is Action.DELETE:
            del self.has[sent.tell_as]
        else:
            self.has[sent.tell_as] = sent.word
        return Outcome.ACKNOWLEDGED


IDS = st.sampled_from([RoamingId(X), RoamingId(Y), NO_ID])
WORDS = st.sampled_from([A, O, REMOVED])
FATES = st.sampled_from(["ok", "doesn't arrive", "crash", "answer lost"])
EVENTS = st.one_of(
    st.tuples(st.just("want"), WORDS, IDS, st.just("")),
    st.tuples(st.just("send"), WORDS, IDS, FATES),
    st.tuples(st.just("want while out"), WORDS, IDS, FATES),
)


@given(events=st.lists(EVENTS, max_size=25))
def test_whatever_is_lost_the_hub_ends_up_with_the_truth_under_one_id(
    events: list[tuple[str, str, RoamingId, str]],
) -> None:
    model, now = Model(), NOON
    for what, word, tell_as, fate in events:
        now += SECOND
        wanted = HubWanted(word, now, tell_as, 0)
        if what == "want":
            model.row = hub_desired(model.row, wanted, now=now)
        else:
            model.send(now, fate, wanted if what == "want while out" and model.row else None)
    for _ in range(8):
        now += REFUSED_FOR
        model.send(now, "ok")
    row = model.row
    if row is None:
        return
    should = {} if row.wanted == REMOVED or not row.tell_as else {row.tell_as: row.wanted}
    has = {one: word for one, word in model.has.items() if one in model.told}
    assert has == should or (row.refused == "No." and should and not has)
    assert row.due_at is None or row.refused
