"""What an OCPI partner sees, and since when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from evse_status.core.displayed import ActualStretch, displayed_at
from evse_status.core.partner import ANNOUNCED
from evse_status.core.published import Announced, Published, announced, published, reads_from
from evse_status.core.segments import Segment
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import words
from support import BLOCKED, COMMISSIONING, MAINTENANCE, NOON, RESERVED, at

A = ActualStatus
TICK = timedelta(hours=12)
TICKS = 120  # of which 60 are the 30 days that are announced
OFF_THE_TICK = timedelta(minutes=7)


def tick(number: float) -> datetime:
    return NOON + number * TICK


def segment(
    status: TemporaryStatus,
    from_at: datetime,
    to_at: datetime | None = None,
    *,
    number: int = 1,
    stands_back: bool = False,
) -> Segment:
    return Segment(number, 1, status, NOON, from_at, to_at, stands_back)


def since_noon(*statuses: tuple[float, ActualStatus]) -> list[ActualStretch]:
    """Stretches that begin so many hours after noon, each until the next."""
    ends = [*(at(hour) for hour, _ in statuses[1:]), None]
    return [ActualStretch(s, at(hour), end) for (hour, s), end in zip(statuses, ends, strict=True)]


def told(
    segments: Sequence[Segment],
    hour: float,
    actuals: Sequence[ActualStretch] = (ActualStretch(A.AVAILABLE, at(-1000)),),
    floor: float = 0,
    announcing: frozenset[TemporaryStatus] = ANNOUNCED,
) -> Published:
    return published(segments, actuals, now=at(hour), floor=at(floor), announcing=announcing)


def test_an_override_shows_from_its_start_to_its_end_and_is_announced_before() -> None:
    one = segment(MAINTENANCE, at(10), at(12))
    entry = (Announced(at(10), at(12), MAINTENANCE),)

    assert told([one], 9) == Published(A.AVAILABLE, at(0), entry, at(10))
    assert told([one], 10) == Published(MAINTENANCE, at(10), entry, at(12))
    assert told([one], 12) == Published(A.AVAILABLE, at(12), (), None)
    assert told([one], 10).word == "INOPERATIVE"


def test_touching_overrides_move_nothing_where_they_touch() -> None:
    both = [segment(MAINTENANCE, at(10), at(11)), segment(MAINTENANCE, at(11), at(12), number=2)]

    assert told(both, 10) == told(both, 11)
    assert told(both, 11).since == at(10)
    assert told(both, 11).next_at == at(12)


def test_an_actual_status_that_changes_under_an_override_moves_nothing() -> None:
    one = segment(BLOCKED, at(10))
    quiet = since_noon((-1, A.AVAILABLE))
    busy = since_noon((-1, A.AVAILABLE), (11, A.CHARGING), (12, A.OUTOFORDER))

    assert told([one], 13, busy) == told([one], 13, quiet) == Published(BLOCKED, at(10), (), None)


def test_an_actual_status_that_shows_moves_last_updated_with_or_without_something_standing_back() -> (
    None
):
    busy = since_noon((-1, A.AVAILABLE), (11, A.BLOCKED), (12, A.CHARGING), (13, A.UNKNOWN))
    back = segment(RESERVED, at(10), stands_back=True)

    assert [told([], hour, busy).since for hour in (10, 11, 12, 13)] == [
        at(0),
        at(11),
        at(12),
        at(13),
    ]
    assert [told([back], hour, busy).since for hour in (10, 11, 12, 13)] == [
        at(10),
        at(10),  # RESERVED before and after
        at(12),
        at(13),
    ]


def test_a_word_that_stays_the_same_is_no_change() -> None:
    broken = since_noon((-1, A.INOPERATIVE))
    one = segment(MAINTENANCE, at(10), at(12))

    silent = told([one], 11, broken, announcing=frozenset())
    assert silent == Published(MAINTENANCE, at(0), (), None)
    assert told([one], 11, broken).next_at == at(12)  # then the schedule becomes shorter


def test_what_enters_the_thirty_days_moves_last_updated() -> None:
    later = segment(MAINTENANCE, at(31 * 24), at(32 * 24))

    assert told([later], 1) == Published(A.AVAILABLE, at(0), (), at(24))
    assert told([later], 24) == Published(
        A.AVAILABLE, at(24), (Announced(at(31 * 24), at(32 * 24), MAINTENANCE),), at(31 * 24)
    )


def test_after_a_commissioning_the_opening_is_announced_unless_something_else_holds_then() -> None:
    opens = segment(COMMISSIONING, at(0), at(100))
    taken = segment(RESERVED, at(100), at(110), number=2)
    later = segment(BLOCKED, at(120), number=3)
    coming = Announced(at(0), at(100), COMMISSIONING)

    def schedule(*segments: Segment) -> tuple[Announced, ...]:
        return announced(segments, now=at(1))

    assert schedule(opens) == (coming, Announced(at(100), None, A.AVAILABLE))
    assert schedule(opens, later) == (coming, Announced(at(100), at(120), A.AVAILABLE))
    assert schedule(opens, taken) == (coming,)
    assert schedule(segment(COMMISSIONING, at(0))) == (Announced(at(0), None, COMMISSIONING),)
    assert announced([opens], now=at(100)) == ()


def test_only_winners_are_announced_and_none_that_stands_back() -> None:
    long = segment(MAINTENANCE, at(10), at(50))
    inside = segment(COMMISSIONING, at(20), at(30), number=2)
    aside = segment(MAINTENANCE, at(60), at(70), number=3, stands_back=True)
    parked = segment(BLOCKED, at(5), at(80), number=4)

    assert announced([long, inside, aside, parked], now=at(1)) == (
        Announced(at(10), at(20), MAINTENANCE),
        Announced(at(20), at(30), COMMISSIONING),
        Announced(at(30), at(50), MAINTENANCE),
    )


def test_of_an_endless_series_twenty_are_announced_and_those_beyond_move_nothing() -> None:
    series = [
        segment(MAINTENANCE, at(12 * n), at(12 * n + 2), number=n + 1) for n in range(120)
    ]  # two a day for sixty days, as far as a series is stored

    seen = {told(series, hour / 2).since for hour in range(1, 24 * 2 * 10)}

    assert len(told(series, 1).schedule) == 20
    boundaries = {at(12 * n + end) for n in range(20) for end in (0, 2)}
    assert seen == {one for one in boundaries if at(0) <= one < at(240)}


def test_a_partner_that_is_not_told_of_a_status_sees_what_lies_under_it() -> None:
    both = [segment(MAINTENANCE, at(1), at(5)), segment(BLOCKED, at(2), at(4), number=2)]
    actuals = since_noon((-1, A.AVAILABLE), (3, A.CHARGING))

    def seen(*statuses: TemporaryStatus) -> Published:
        return published(both, actuals, now=at(3), floor=at(0), statuses=frozenset(statuses))

    assert seen(BLOCKED) == Published(BLOCKED, at(2), (), at(4))
    assert seen(RESERVED) == Published(A.CHARGING, at(3), (), None)


def test_what_is_gone_is_removed_since_it_was_written_so() -> None:
    one = segment(MAINTENANCE, at(1))
    assert published([one], [], now=at(5), floor=at(4), gone=True) == Published(
        A.REMOVED, at(4), (), None
    )


def test_where_nothing_is_recorded_unknown_shows() -> None:
    assert told([], 5, []) == Published(A.UNKNOWN, at(0), (), None)
    both = [segment(BLOCKED, at(1), at(2)), segment(RESERVED, at(3), at(4), number=2)]
    assert told(both, 5, []).since == at(4)


def test_of_old_statuses_no_more_is_asked_than_can_matter() -> None:
    blocked = segment(BLOCKED, at(10))
    over = [blocked, segment(MAINTENANCE, at(1), at(12), number=2)]
    both = [segment(BLOCKED, at(1), at(10)), segment(RESERVED, at(10), number=2)]

    def asked(*segments: Segment, newest: datetime | None = None) -> datetime | None:
        return reads_from(segments, newest_from=newest or at(11), now=at(13), floor=at(0))

    assert reads_from([blocked], newest_from=None, now=at(13), floor=at(0)) is None
    assert asked(blocked, newest=at(-1)) is None
    assert asked() is None  # nothing is planned: what the charger reports last decides
    # What is announced changed at 12, so nothing before that matters.
    assert asked(*over, newest=at(13)) == at(12)
    assert asked(*over, newest=at(12)) is None
    # One word gave way to another, whatever the charger reported.
    assert asked(*both) == at(10)
    assert asked(*both, newest=at(10)) is None
    # Under the override nothing matters; just before it, it does.
    assert asked(blocked) == at(10) - timedelta(microseconds=1)
    assert asked(blocked, newest=at(5)) is None
    # Where a weaker one begins under it, nothing shows that.
    weaker = segment(RESERVED, at(10.5), number=2)
    assert asked(blocked, weaker) == at(10) - timedelta(microseconds=1)
    # It has held for as long as there is anything to tell.
    assert asked(segment(BLOCKED, at(-5)), newest=at(11)) == at(0)


# By brute force: every instant of a grid, by the definition alone.

periods = st.tuples(st.integers(-20, TICKS), st.integers(1, 50), st.booleans()).map(
    lambda drawn: (
        tick(drawn[0]),
        None if drawn[2] and drawn[1] > 25 else tick(drawn[0] + drawn[1]),
    )
)
plans = st.lists(
    st.builds(
        lambda period, status, back: segment(status, *period, stands_back=back),
        periods,
        st.sampled_from(TemporaryStatus),
        st.booleans(),
    ),
    max_size=5,
).map(lambda drawn: [replace(one, override_id=n + 1) for n, one in enumerate(drawn)])
recorded = st.lists(
    st.tuples(st.integers(-20, TICKS), st.sampled_from(ActualStatus)),
    max_size=8,
    unique_by=lambda drawn: drawn[0],
).map(lambda drawn: _stretches(sorted(drawn)))
filters = st.one_of(st.none(), st.frozensets(st.sampled_from(TemporaryStatus)))
announcing = st.frozensets(st.sampled_from(TemporaryStatus))
grid = st.integers(0, TICKS - 1)


def _stretches(drawn: list[tuple[int, ActualStatus]]) -> list[ActualStretch]:
    """Reports never come at the very instant at which something planned begins or ends."""
    different = [one for n, one in enumerate(drawn) if n == 0 or drawn[n - 1][1] is not one[1]]
    starts = [tick(number) + OFF_THE_TICK for number, _ in different]
    return [
        ActualStretch(status, start, end)
        for (_, status), start, end in zip(
            different, starts, [*starts[1:], None] if starts else [], strict=True
        )
    ]


def _seen(
    segments: Sequence[Segment],
    actuals: Sequence[ActualStretch],
    when: datetime,
    statuses: frozenset[TemporaryStatus] | None,
    announcing: frozenset[TemporaryStatus],
) -> tuple[str, tuple[Announced, ...]]:
    told_of = [one for one in segments if statuses is None or one.status in statuses]
    schedule = announced(segments, now=when, statuses=statuses, announcing=announcing)
    return words(displayed_at(told_of, actuals, when).status).ocpi, schedule


@given(plans, recorded, filters, announcing, grid, grid)
def test_last_updated_is_the_last_instant_at_which_something_changed(
    segments: list[Segment],
    actuals: list[ActualStretch],
    statuses: frozenset[TemporaryStatus] | None,
    announcing: frozenset[TemporaryStatus],
    floor: int,
    later: int,
) -> None:
    now = tick(min(floor + later, TICKS)) + OFF_THE_TICK
    first = min([now, *(one.from_at for one in actuals)])
    earlier = ActualStretch(A.UNKNOWN, at(-9000), first)
    if actuals and actuals[0].status is A.UNKNOWN:
        earlier = ActualStretch(A.RESERVED, at(-9000), first)
    known = [earlier, *(one for one in actuals if one.from_at <= now)]
    known[-1] = replace(known[-1], to_at=None)
    now_seen = published(
        segments, known, now=now, floor=tick(floor), statuses=statuses, announcing=announcing
    )

    expected, before = tick(floor), _seen(segments, known, tick(floor), statuses, announcing)
    instants = sorted(
        {tick(n) + off for n in range(floor, TICKS + 1) for off in (OFF_THE_TICK * 0, OFF_THE_TICK)}
    )
    for when in (one for one in instants if tick(floor) < one <= now):
        seen = _seen(segments, known, when, statuses, announcing)
        if seen != before:
            expected, before = when, seen
    assert now_seen.since == expected
    assert (now_seen.word, now_seen.schedule) == before

    coming = (tick(n) for n in range(-60, 4 * TICKS) if tick(n) > now)
    changes = (one for one in coming if _seen(segments, known, one, statuses, announcing) != before)
    assert now_seen.next_at == next(changes, None)

    # Of the history no more is read than `reads_from` says, and the answer is the same.
    newest = known[-1]
    reads = reads_from(
        segments,
        newest_from=newest.from_at,
        now=now,
        floor=tick(floor),
        statuses=statuses,
        announcing=announcing,
    )
    read = [
        one
        for one in known
        if one is newest or (reads is not None and (one.to_at is None or one.to_at > reads))
    ]
    assert now_seen == published(
        segments, read, now=now, floor=tick(floor), statuses=statuses, announcing=announcing
    )


@given(plans, recorded, announcing, grid, st.data())
def test_last_updated_never_goes_back(
    segments: list[Segment],
    actuals: list[ActualStretch],
    announcing: frozenset[TemporaryStatus],
    floor: int,
    data: st.DataObject,
) -> None:
    """While time passes, chargers report, old reports are forgotten, and overrides are written."""
    before = tick(floor)
    for number in range(floor, TICKS, 5):
        now = tick(number) + OFF_THE_TICK
        if data.draw(st.integers(0, 9)) == 0:  # a write to the overrides
            floor = number
            segments = [
                *(one for one in segments if one.to_at is None or one.to_at > tick(floor)),
                segment(MAINTENANCE, tick(number), data.draw(periods)[1], number=number + 100),
            ]
            segments = [one for one in segments if one.to_at is None or one.to_at > one.from_at]
            now = max(now, tick(floor))
        known = [one for one in actuals if one.from_at <= now]
        kept = [
            one
            for one in known
            if one.to_at is None or one.to_at > now or not data.draw(st.booleans())
        ]
        actuals = [one for one in actuals if one not in known or one in kept]
        since = published(segments, kept, now=now, floor=tick(floor), announcing=announcing).since
        assert before <= since <= now
        before = since


@given(plans, filters, announcing, grid)
def test_a_schedule_is_in_order_without_overlaps_short_and_of_the_next_thirty_days(
    segments: list[Segment],
    statuses: frozenset[TemporaryStatus] | None,
    announcing: frozenset[TemporaryStatus],
    number: int,
) -> None:
    now = tick(number)
    entries = announced(segments, now=now, statuses=statuses, announcing=announcing)
    plain = [
        one
        for one in segments
        if not one.stands_back and (statuses is None or one.status in statuses)
    ]
    assert len(entries) <= 20
    for entry, following in pairwise(entries):
        assert entry.to_at is not None
        assert entry.to_at <= following.from_at
    for entry in entries:
        assert entry.to_at is None or now < entry.to_at
        if isinstance(entry.status, TemporaryStatus):
            assert entry.status in announcing
            assert entry.from_at <= now + timedelta(days=30)
            assert displayed_at(plain, [], entry.from_at).status is entry.status
        else:
            assert entry.status is A.AVAILABLE
            assert displayed_at(plain, [], entry.from_at).winner is None
    for n in range(number, number + 61):
        winner = displayed_at(plain, [], tick(n)).winner
        covering = [
            one
            for one in entries
            if one.from_at <= tick(n) and (one.to_at is None or tick(n) < one.to_at)
        ]
        if winner is not None and winner.status in announcing:
            assert [one.status for one in covering] == [winner.status]
        else:
            assert [one for one in covering if one.status is not A.AVAILABLE] == []
