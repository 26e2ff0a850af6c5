"""Rules 4, 9, 10 and 16 as properties: whatever is done in whatever order, the past stays and the
future is as if computed afresh."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from evse_status.core.displayed import ActualStretch, Displayed, display_track, displayed_at
from evse_status.core.errors import EvseStatusError
from evse_status.core.override import Edit, Override, change, clear, extend, revert
from evse_status.core.segments import Segment, planned_segment, rewrite
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from support import BLOCKED, NOON, at, every, hours, override

MOMENT = timedelta(microseconds=1)


@dataclass
class World:
    """Overrides with all their versions, and their segments kept step by step."""

    versions: dict[int, list[tuple[datetime, Override]]] = field(default_factory=dict)
    segments: dict[int, list[Segment]] = field(default_factory=dict)

    def latest(self, number: int) -> Override:
        return self.versions[number][-1][1]

    def keep(self, one: Override, now: datetime) -> None:
        self.versions.setdefault(one.id, []).append((now, one))
        self.segments[one.id] = rewrite(self.segments.get(one.id, []), one, now=now)

    def kept(self) -> list[Segment]:
        return [segment for some in self.segments.values() for segment in some]

    def afresh(self, at_instant: datetime) -> list[Segment]:
        """What held at an instant, from the version of each override that was the latest then."""
        found = []
        for versions in self.versions.values():
            known = [one for since, one in versions if since <= at_instant]
            segment = planned_segment(known[-1]) if known else None
            if segment is not None and segment.holds_at(at_instant):
                found.append(segment)
        return found


_status = st.sampled_from(TemporaryStatus)
_hour = st.integers(0, 24)
_step = st.one_of(
    st.tuples(st.just("create"), _status, _hour, st.none() | st.integers(1, 12), st.booleans()),
    st.tuples(st.just("change"), st.integers(0, 5), _status, st.none() | _hour, st.none() | _hour),
    st.tuples(st.just("extend"), st.integers(0, 5), st.integers(-3, 6)),
    st.tuples(st.just("clear"), st.integers(0, 5)),
    st.tuples(st.just("undo"), st.integers(0, 5)),
)


def _play(world: World, steps: list[tuple[object, ...]], *, start: int = 0) -> None:
    for hour, step in enumerate(steps, start):
        now = at(hour)
        try:
            _do(world, step, now)
        except EvseStatusError:
            continue  # refused: nothing happens


def _do(world: World, step: tuple[object, ...], now: datetime) -> None:
    what, *rest = step
    if what == "create":
        status, start, length, stands_back = rest
        from_at = at(start)  # type: ignore[arg-type]
        made = override(
            status,  # type: ignore[arg-type]
            number=len(world.versions),
            made_at=now,
            valid_from=from_at,
            valid_to=None if length is None else from_at + hours(length),  # type: ignore[arg-type]
            stands_back=stands_back,
        )
        world.keep(made, now)
        return
    number = rest[0]
    assert isinstance(number, int)
    if number not in world.versions:
        return
    before = world.latest(number)
    if what == "change":
        _, status, start, end = rest
        edit = Edit(temporary_status=status, valid_to=None if end is None else at(end))  # type: ignore[arg-type]
        if start is not None:
            edit = Edit(status, at(start), edit.valid_to)  # type: ignore[arg-type]
        after = change(before, edit, now=now)
    elif what == "extend":
        after = extend(before, hours(rest[1]), now=now)  # type: ignore[arg-type]
    elif what == "clear":
        after = clear(before, now=now)
    else:
        history = world.versions[number]
        after = revert(before, history[-2][1] if len(history) > 1 else None, now=now)
    if after != before:
        world.keep(after, now)


def _said(shown: Displayed) -> tuple[object, ...]:
    """Everything that is shown and told, without how the segments happen to be cut."""
    winner = shown.winner and shown.winner.override_id
    behind = [(one.segment.override_id, one.because) for one in shown.held_back]
    return shown.status, winner, behind


ACTUALS = [
    ActualStretch(ActualStatus.AVAILABLE, at(-5), at(3)),
    ActualStretch(ActualStatus.CHARGING, at(3), at(7)),
    ActualStretch(ActualStatus.AVAILABLE, at(7)),
]
INSTANTS = [
    moment + nudge for moment in every(hours(1), at(-2), at(40)) for nudge in (-MOMENT, 0 * MOMENT)
]


@given(st.lists(_step, max_size=14))
def test_rule_9_and_case_15_any_order_of_operations_equals_computing_afresh(
    steps: list[tuple[object, ...]],
) -> None:
    world = World()
    _play(world, steps)
    for moment in INSTANTS:
        kept = displayed_at(world.kept(), ACTUALS, moment)
        assert _said(kept) == _said(displayed_at(world.afresh(moment), ACTUALS, moment))


@given(st.lists(_step, max_size=8), st.lists(_step, max_size=6))
def test_rule_4_what_was_shown_in_the_past_is_never_rewritten(
    earlier: list[tuple[object, ...]], later: list[tuple[object, ...]]
) -> None:
    world = World()
    _play(world, earlier)
    now = at(len(earlier))
    past = [moment for moment in INSTANTS if moment < now]
    before = [_said(displayed_at(world.kept(), ACTUALS, moment)) for moment in past]
    _play(world, later, start=len(earlier))
    after = [_said(displayed_at(world.kept(), ACTUALS, moment)) for moment in past]
    assert after == before


@given(
    st.lists(_step, max_size=6),
    st.lists(_step, min_size=1, max_size=1),
    st.integers(0, 12),
)
def test_rule_16_after_undo_it_displays_as_if_the_step_had_not_happened(
    earlier: list[tuple[object, ...]], undone: list[tuple[object, ...]], wait: int
) -> None:
    world, without = World(), World()
    _play(world, earlier)
    _play(without, earlier)
    versions = {number: len(some) for number, some in world.versions.items()}
    _play(world, undone, start=len(earlier))
    now = at(len(earlier) + 1 + wait)
    for number, some in list(world.versions.items()):
        if len(some) > versions.get(number, 0):
            before = some[-2][1] if versions.get(number) else None
            reverted = revert(some[-1][1], before, now=now)
            if reverted != some[-1][1]:
                world.keep(reverted, now)
    for moment in INSTANTS:
        if moment >= now:
            assert displayed_at(world.kept(), ACTUALS, moment).status == (
                displayed_at(without.kept(), ACTUALS, moment).status
            )


@given(st.lists(_step, max_size=14))
def test_segments_of_one_override_never_overlap_and_follow_one_another(
    steps: list[tuple[object, ...]],
) -> None:
    world = World()
    _play(world, steps)
    for segments in world.segments.values():
        for one, following in itertools.pairwise(segments):
            assert one.to_at is not None
            assert one.from_at < one.to_at <= following.from_at


@given(st.lists(_step, max_size=14))
def test_a_track_has_no_gaps_and_says_what_every_instant_says(
    steps: list[tuple[object, ...]],
) -> None:
    world = World()
    _play(world, steps)
    track = display_track(world.kept(), ACTUALS, from_at=at(-2), to_at=at(40))
    assert (track[0].from_at, track[-1].to_at) == (at(-2), at(40))
    for one, following in itertools.pairwise(track):
        assert one.to_at == following.from_at
        assert one.displayed != following.displayed
    for stretch in track:
        assert stretch.displayed == displayed_at(world.kept(), ACTUALS, stretch.from_at)


def test_an_extension_does_not_cut_a_segment_in_two() -> None:
    made = override(valid_to=at(2))
    first = rewrite([], made, now=NOON)
    longer = rewrite(first, extend(made, hours(1), now=at(1)), now=at(1))
    assert [(one.from_at, one.to_at) for one in longer] == [(NOON, at(3))]


def test_an_edit_of_the_status_closes_the_running_segment_and_opens_another() -> None:
    made = override(valid_to=at(4))
    segments = rewrite([], made, now=NOON)
    blocked = change(made, Edit(temporary_status=BLOCKED), now=at(1))
    assert [
        (one.status.value, one.from_at, one.to_at) for one in rewrite(segments, blocked, now=at(1))
    ] == [("MAINTENANCE", NOON, at(1)), ("BLOCKED", at(1), at(4))]


def test_case_18_one_cleared_before_its_start_never_holds() -> None:
    made = override(valid_from=at(2), valid_to=at(4))
    segments = rewrite([], made, now=NOON)
    cleared = clear(made, now=at(1))
    assert rewrite(segments, cleared, now=at(1)) == []
    assert planned_segment(cleared) is None


def test_reopening_leaves_the_time_in_which_it_was_cleared() -> None:
    made = override(valid_to=at(9))
    cleared = clear(made, now=at(1))
    segments = rewrite(rewrite([], made, now=NOON), cleared, now=at(1))
    reopened = rewrite(segments, revert(cleared, made, now=at(3)), now=at(3))
    assert [(one.from_at, one.to_at) for one in reopened] == [(NOON, at(1)), (at(3), at(9))]
