"""The fleet's levels in columns equal what a look at every EVSE at every instant says."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from evse_status.core.displayed import ActualStretch, displayed_at
from evse_status.core.period import to_microseconds
from evse_status.core.segments import Segment
from evse_status.core.statuses import ActualStatus, Rank
from evse_status.service.levels import Levels, joined, levels, thinned
from support import NOON

END = 40
_stretch = st.tuples(st.integers(-5, END + 5), st.integers(1, 30) | st.none())
_segment = st.tuples(st.integers(1, 3), st.integers(1, 4), _stretch, st.booleans())
_bars = st.dictionaries(
    st.integers(1, 3), st.lists(st.integers(-5, END + 5), max_size=6, unique=True).map(sorted)
)


def _ended(stretch: tuple[int, int | None]) -> tuple[int, int | None]:
    begins, length = stretch
    return begins, None if length is None else begins + length


def _raw(
    planned: list[tuple[int, int, tuple[int, int | None], bool]],
) -> list[tuple[int, int, int, int | None, bool]]:
    """As the store finds them: those that meet the window."""
    rows = [(evse, rank, *_ended(stretch), backs) for evse, rank, stretch, backs in planned]
    return [row for row in rows if row[2] < END and (row[3] is None or row[3] > 0)]


def _barred(bars: dict[int, list[int]]) -> list[tuple[int, int, int | None]]:
    """Every other stretch between the instants is one in which standing-back ones don't show."""
    found: list[tuple[int, int, int | None]] = []
    for evse, instants in bars.items():
        pairs = [*instants, None] if len(instants) % 2 else list(instants)
        for begins, ends in zip(pairs[::2], pairs[1::2], strict=True):
            assert begins is not None
            found.append((evse, begins, ends))
    return [row for row in found if row[1] < END and (row[2] is None or row[2] > 0)]


def _slowly(
    rows: list[tuple[int, int, int, int | None, bool]],
    barred: list[tuple[int, int, int | None]],
    when: int,
) -> list[int]:
    """By the rules themselves, one EVSE after the other."""

    def at(instant: int | None) -> timedelta:
        return timedelta(microseconds=0 if instant is None else instant)

    counts = [0] * len(Rank)
    for evse in (1, 2, 3):
        segments = [
            Segment(
                number,
                on,
                Rank(rank).status,
                NOON,
                NOON + at(start),
                None if end is None else NOON + at(end),
                backs,
            )
            for number, (on, rank, start, end, backs) in enumerate(rows)
            if on == evse
        ]
        actuals = [
            ActualStretch(
                ActualStatus.CHARGING, NOON + at(start), None if end is None else NOON + at(end)
            )
            for on, start, end in barred
            if on == evse
        ]
        winner = displayed_at(segments, actuals, NOON + at(when)).winner
        if winner is not None:
            counts[winner.status.rank - 1] += 1
    return counts


def _at(found: Levels, when: int) -> list[int]:
    step = [place for place, at in enumerate(found.at.tolist()) if at <= when][-1]
    counts: list[int] = found.shown[:, step].tolist()
    return counts


@given(planned=st.lists(_segment, max_size=14), bars=_bars)
def test_levels_equal_the_rules_at_every_instant(
    planned: list[tuple[int, int, tuple[int, int | None], bool]], bars: dict[int, list[int]]
) -> None:
    rows, barred = _raw(planned), _barred(bars)
    found = levels(rows, barred, 0, END)
    assert found.at.tolist()[0] == 0
    assert found.at.tolist() == sorted(set(found.at.tolist()))
    for when in range(END):
        assert _at(found, when) == _slowly(rows, barred, when), when


@given(planned=st.lists(_segment, max_size=14), bars=_bars, cut=st.integers(1, END - 1))
def test_a_window_in_two_parts_is_the_same_as_whole(
    planned: list[tuple[int, int, tuple[int, int | None], bool]],
    bars: dict[int, list[int]],
    cut: int,
) -> None:
    def part(begins: int, ends: int) -> Levels:
        rows = [r for r in _raw(planned) if r[2] < ends and (r[3] is None or r[3] > begins)]
        barred = [r for r in _barred(bars) if r[1] < ends and (r[2] is None or r[2] > begins)]
        return levels(rows, barred, begins, ends)

    whole, parts = part(0, END), joined([part(0, cut), part(cut, END)])
    assert parts.at.tolist() == whole.at.tolist()
    assert parts.shown.tolist() == whole.shown.tolist()


def test_nothing_is_one_level_of_none() -> None:
    found = levels([], [], 0, END)
    assert (found.at.tolist(), found.shown.tolist()) == ([0], [[0], [0], [0], [0]])


@given(planned=st.lists(_segment, max_size=30), most=st.integers(2, 20))
def test_thinning_keeps_the_lowest_and_the_highest_of_every_part(
    planned: list[tuple[int, int, tuple[int, int | None], bool]], most: int
) -> None:
    whole = levels(_raw(planned), [], 0, END)
    few = thinned(whole, 0, END, most)
    if len(whole.at) <= most:
        assert few is whole
        return
    width = max(END // (most // 2), 1)
    for pixel in {at // width for at in whole.at.tolist()}:
        of_all, of_few = (
            [sum(_at(one, at)) for at in one.at.tolist() if at // width == pixel]
            for one in (whole, few)
        )
        assert (min(of_few), max(of_few)) == (min(of_all), max(of_all))
        assert len(of_few) <= 2


def test_instants_are_whole_microseconds_however_late() -> None:
    late = to_microseconds(NOON.replace(year=2100))
    found = levels([(10**9, 4, late, late + 1, False)], [], late, late + 2)
    assert found.at.tolist() == [late, late + 1]
    assert found.shown[3].tolist() == [1, 0]
