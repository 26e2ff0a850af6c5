"""Whatever is lost, refused or changed on the way, a partner ends up with what it should show, and is
never told something older after something newer."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evse_status.core.delivery import (
    REFUSED_FOR,
    REMOVED,
    Kind,
    Known,
    KnownLocation,
    Outcome,
    Told,
    Wanted,
    backoff,
    desired,
    drift,
    next_step,
    settled,
    settled_location,
    told_again,
    unsure,
    woken,
)
from support import NOON

A, M = "AVAILABLE", "INOPERATIVE"
SECOND = timedelta(seconds=1)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def known(**fields: object) -> Known:
    """A partner that knows an AVAILABLE EVSE and has nothing to be told."""
    row = Known(A, NOON, "", 1, acked=A, acked_at=NOON, content_acked=1)
    return replace(row, **fields)  # type: ignore[arg-type]


def want(row: Known | None, word: str, seconds: float, schedule: str = "") -> Known:
    wanted = Wanted(word, later(seconds), schedule, 1)
    made = desired(row, wanted, now=later(seconds), location_known=True)
    assert made is not None
    return made


def told(row: Known, kind: Kind, outcome: Outcome = Outcome.ACKNOWLEDGED, words: str = "") -> Told:
    return Told(kind, row.wanted, row.wanted_at, row.schedule, row.content, outcome, words)


@dataclass
class Model:
    """A partner with one EVSE, and the row of it that we keep."""

    row: Known | None = None
    has_word: str | None = None
    has_schedule: str = ""
    has_at: datetime = NOON
    refuses_schedules: bool = False

    def apply(self, sent: Told) -> Outcome:
        """What the partner makes of a request; a strict one: nothing older is taken."""
        if self.has_word is None and sent.kind is not Kind.EVSE:
            return Outcome.UNKNOWN
        assert sent.at >= self.has_at, "something older was told after something newer"
        if sent.kind is Kind.SCHEDULE and self.refuses_schedules:
            return Outcome.REFUSED
        self.has_at = sent.at
        if sent.kind is not Kind.SCHEDULE:
            self.has_word = sent.word
        if sent.kind is not Kind.STATUS:
            self.has_schedule = "" if self.refuses_schedules else sent.schedule
        return Outcome.ACKNOWLEDGED

    def send(self, now: datetime, fate: str) -> None:
        """One request, if one is due; `fate` is what happens to it on the way."""
        if self.row is None or self.row.due_at is None or self.row.due_at > now:
            return
        kind = next_step(self.row, now)
        if kind is None:
            return
        sent = told(self.row, kind)
        if fate == "doesn't arrive":
            self.row = settled(self.row, replace(sent, outcome=Outcome.UNREACHED), now=now)
            return
        outcome = self.apply(sent)
        if fate == "crash":
            return  # applied there, and nothing is kept here
        if fate == "answer lost":
            self.row = settled(self.row, replace(sent, outcome=Outcome.FAILED), now=now)
            return
        answered = replace(sent, outcome=outcome, words="No." if outcome is Outcome.REFUSED else "")
        if kind is Kind.EVSE and self.refuses_schedules and sent.schedule:
            answered = replace(answered, schedule="", schedule_refused="No.")
        self.row = settled(self.row, answered, now=now)

    def change_while_it_is_out(self, now: datetime, word: str, schedule: str) -> None:
        """Something else is wanted between sending and the receipt."""
        if self.row is None or self.row.due_at is None or self.row.due_at > now:
            return
        kind = next_step(self.row, now)
        if kind is None:
            return
        sent = told(self.row, kind)
        outcome = self.apply(sent)
        self.row = desired(
            self.row, Wanted(word, now, schedule, self.row.content), now=now, location_known=True
        )
        assert self.row is not None
        answered = replace(sent, outcome=outcome)
        if kind is Kind.EVSE and self.refuses_schedules and sent.schedule:
            answered = replace(answered, schedule="", schedule_refused="No.")
        self.row = settled(self.row, answered, now=now)


WORDS = st.sampled_from([A, M, "BLOCKED", "CHARGING", REMOVED])
SCHEDULES = st.sampled_from(["", "[1]", "[2]"])
EVENTS = st.one_of(
    st.tuples(st.just("want"), WORDS, SCHEDULES, st.integers(1, 3)),
    st.tuples(st.just("want while out"), WORDS, SCHEDULES),
    st.tuples(st.just("send"), st.sampled_from(["ok", "doesn't arrive", "crash", "answer lost"])),
    st.tuples(st.just("forget")),
    st.tuples(st.just("wait")),
)


_SCHEDULE_TAKEN_BACK = [
    ("want", A, "", 1),
    ("send", "ok"),
    ("want", A, "[1]", 1),
    ("send", "crash"),
    ("want", A, "", 1),
]


@example(events=_SCHEDULE_TAKEN_BACK, refuses_schedules=False)
@given(events=st.lists(EVENTS, max_size=25), refuses_schedules=st.booleans())
def test_whatever_is_lost_the_partner_ends_up_right(
    events: list[tuple[object, ...]], refuses_schedules: bool
) -> None:
    model = Model(refuses_schedules=refuses_schedules)
    now = NOON
    for event in events:
        now += SECOND
        if event[0] == "want":
            _, word, schedule, content = event
            asked = Wanted(
                str(word), now, "" if word == REMOVED else str(schedule), int(str(content))
            )
            model.row = desired(model.row, asked, now=now, location_known=True)
        elif event[0] == "want while out":
            _, word, schedule = event
            model.change_while_it_is_out(now, str(word), "" if word == REMOVED else str(schedule))
        elif event[0] == "send":
            model.send(now, str(event[1]))
        elif event[0] == "forget" and model.row is not None and model.row.due_at is None:
            # read back while nothing is on its way
            if drift(model.row, None):
                model.has_word = None
                model.row = told_again(model.row, None, now=now)
        else:
            now += REFUSED_FOR
    for _ in range(12):
        now += REFUSED_FOR
        model.send(now, "ok")
    if model.row is None:
        return
    if model.row.wanted == REMOVED:
        assert model.has_word in (None, REMOVED)
        return
    assert model.has_word == model.row.wanted
    assert model.has_schedule == ("" if refuses_schedules else model.row.schedule)
    if not refuses_schedules:
        assert model.row.due_at is None


def test_nothing_changed_is_nothing_to_send() -> None:
    row = known()
    assert desired(row, Wanted(A, later(9), "", 1), now=later(9), location_known=True) is row


def test_one_that_was_never_told_needn_t_be_told_that_it_is_removed() -> None:
    gone = Wanted(REMOVED, NOON, "", 1)
    assert desired(None, gone, now=NOON, location_known=True) is None


def test_the_status_goes_before_everything_else() -> None:
    row = want(known(), M, 1, schedule="[1]")
    assert next_step(row, later(1)) is Kind.STATUS
    row = settled(row, told(row, Kind.STATUS), now=later(1))
    assert next_step(row, later(1)) is Kind.SCHEDULE
    row = settled(row, told(row, Kind.SCHEDULE), now=later(1))
    assert row.due_at is None


def test_a_schedule_is_withdrawn_with_the_whole_object() -> None:
    row = want(known(schedule="[1]", schedule_acked="[1]"), A, 1)
    assert next_step(row, later(1)) is Kind.EVSE


def test_a_refused_schedule_holds_back_nothing() -> None:
    row = want(known(), A, 1, schedule="[1]")
    row = settled(row, told(row, Kind.SCHEDULE, Outcome.REFUSED, "No."), now=later(1))
    assert (row.schedule_refused, row.refused) == ("No.", "")
    assert row.due_at == later(1) + REFUSED_FOR
    row = want(row, M, 2, schedule="[1]")
    assert (row.due_at, next_step(row, later(2))) == (later(2), Kind.STATUS)
    row = settled(row, told(row, Kind.STATUS), now=later(2))
    assert row.due_at == later(1) + REFUSED_FOR
    row = want(row, M, 3, schedule="[2]")  # another one may be taken
    assert next_step(row, later(3)) is Kind.SCHEDULE


def test_what_is_refused_is_tried_again_tomorrow_or_when_something_else_is_wanted() -> None:
    row = want(known(), M, 1)
    row = settled(row, told(row, Kind.STATUS, Outcome.REFUSED, "No."), now=later(1))
    assert (row.refused, row.due_at) == ("No.", later(1) + REFUSED_FOR)
    row = want(row, "BLOCKED", 2)
    assert (row.refused, row.due_at) == ("", later(2))


def test_an_unknown_evse_is_told_whole_and_an_unknown_location_first() -> None:
    row = want(known(), M, 1)
    row = settled(row, told(row, Kind.STATUS, Outcome.UNKNOWN), now=later(1))
    assert next_step(row, later(1)) is Kind.EVSE
    row = settled(row, told(row, Kind.EVSE, Outcome.UNKNOWN), now=later(1), location_known=False)
    assert row.due_at is None
    assert woken(row, now=later(2), location_known=True).due_at == later(2)


def test_a_partner_that_doesn_t_know_it_needn_t_hear_that_it_is_removed() -> None:
    row = want(known(), REMOVED, 1)
    row = settled(row, told(row, Kind.STATUS, Outcome.UNKNOWN), now=later(1))
    assert (row.acked, row.due_at) == (REMOVED, None)


def test_what_is_told_later_is_newer_also_in_milliseconds() -> None:
    row = want(known(), M, 1)
    again = desired(row, Wanted(A, NOON, "", 1), now=later(1), location_known=True)
    assert again is not None
    assert again.wanted_at == row.wanted_at + timedelta(milliseconds=1)


def test_what_was_on_its_way_is_not_trusted_when_it_is_wanted_back() -> None:
    row = want(want(known(), M, 1), A, 2)
    assert row.acked == ""
    assert next_step(row, later(2)) is Kind.STATUS


@pytest.mark.parametrize(
    ("outcome", "due_at", "content_acked"),
    [
        (Outcome.ACKNOWLEDGED, None, 5),
        (Outcome.REFUSED, later(0) + REFUSED_FOR, 0),
        (Outcome.UNREACHED, NOON, 0),
        (Outcome.FAILED, later(1), 0),
    ],
)
def test_a_location_after_its_answer(
    outcome: Outcome, due_at: datetime | None, content_acked: int
) -> None:
    place = KnownLocation(5, due_at=NOON)
    after = settled_location(place, 5, outcome, "No.", now=NOON)
    assert (after.due_at, after.content_acked) == (due_at, content_acked)


def test_waiting_doubles_and_ends() -> None:
    assert [backoff(n) for n in (0, 1, 2)] == [SECOND, 2 * SECOND, 4 * SECOND]
    assert backoff(10_000) == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (A, ""),
        (" available ", ""),
        (None, "It had lost this EVSE."),
        ("CHARGING", "It had CHARGING where AVAILABLE was acknowledged."),
    ],
)
def test_drift(held: str | None, words: str) -> None:
    assert drift(known(), held) == words
    assert drift(known(due_at=NOON), held) == ""
    if words:
        again = told_again(known(), held, now=NOON)
        assert (again.acked, again.due_at) == ("", NOON)


def test_a_schedule_that_drifted_is_told_again_alone_and_one_that_was_refused_is_not() -> None:
    row = known(schedule="[1]", schedule_acked="[1]")
    assert "another schedule" in drift(row, "available", same_schedule=False)
    assert drift(replace(row, due_at=NOON), A, same_schedule=False) == ""
    assert drift(replace(row, schedule_refused="No"), A, same_schedule=False) == ""
    again = told_again(row, " available", now=NOON)
    assert (again.acked, next_step(again, NOON)) == (A, Kind.SCHEDULE)


def test_what_nobody_can_vouch_for_is_told_again_with_its_schedule() -> None:
    row = unsure(known(), now=later(1))
    row = settled(row, told(row, Kind.STATUS), now=later(1))
    assert next_step(row, later(1)) is Kind.EVSE


def test_a_partner_that_was_never_told_is_told_whole_or_with_its_location() -> None:
    fresh = want(None, A, 1, schedule="[1]")
    assert (next_step(fresh, later(1)), fresh.due_at) == (Kind.EVSE, later(1))
    wanted = Wanted(A, later(1), "", 1)
    waits = desired(None, wanted, now=later(1), location_known=False)
    assert waits is not None
    assert waits.due_at is None


def test_an_acknowledged_whole_object_is_known_with_all_that_was_in_it() -> None:
    row = want(None, A, 1, schedule="[1]")
    row = settled(row, told(row, Kind.EVSE), now=later(2))
    assert (row.acked, row.acked_at, row.schedule_acked, row.content_acked) == (
        A,
        later(1),
        "[1]",
        1,
    )
    assert (row.due_at, next_step(row, later(2))) == (None, None)

    without = replace(told(row, Kind.EVSE), schedule="", schedule_refused="No.")
    row = settled(replace(row, schedule_acked=""), without, now=later(3))
    assert (row.schedule_acked, row.schedule_refused) == ("", "No.")
    assert (row.due_at, next_step(row, later(3))) == (later(3) + REFUSED_FOR, None)


def test_a_changed_content_is_told_whole_and_waits_if_it_is_refused() -> None:
    row = desired(known(), Wanted(A, later(1), "", 2), now=later(1), location_known=True)
    assert row is not None
    assert next_step(row, later(1)) is Kind.EVSE
    row = settled(row, told(row, Kind.EVSE, Outcome.REFUSED, "No."), now=later(1))
    assert (row.refused, row.due_at) == ("No.", later(1) + REFUSED_FOR)
    row = want(row, M, 2)  # its content is another one again: that may be taken
    row = settled(row, told(row, Kind.STATUS), now=later(2))
    assert (row.acked, row.due_at) == (M, None)


def test_a_refused_status_doesn_t_hold_back_what_is_wanted_meanwhile() -> None:
    row = want(known(), M, 1)
    sent = told(row, Kind.STATUS, Outcome.REFUSED, "No.")
    row = settled(want(row, "BLOCKED", 2), sent, now=later(3))
    assert (row.refused, row.due_at, next_step(row, later(3))) == ("", later(3), Kind.STATUS)


def test_what_doesn_t_arrive_is_tried_at_once_and_what_fails_after_a_while() -> None:
    row = want(known(), M, 1)
    unreached = settled(row, told(row, Kind.STATUS, Outcome.UNREACHED), now=later(2))
    assert (unreached.attempt, unreached.due_at) == (0, later(2))
    failed = settled(row, told(row, Kind.STATUS, Outcome.FAILED), now=later(2))
    assert (failed.attempt, failed.due_at) == (1, later(3))


def test_a_schedule_that_was_on_its_way_is_not_trusted_when_it_is_wanted_back() -> None:
    out = want(known(schedule="[1]", schedule_acked="[1]"), A, 1, schedule="[2]")
    back = want(out, A, 2, schedule="[1]")
    assert next_step(back, later(2)) is Kind.SCHEDULE
