"""How many EVSEs show each temporary status over a window? In columns: a fleet has too many segments for objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evse_status.core.statuses import Rank

Ints = NDArray[np.int64]

_RANKS = sorted(Rank)
_END = np.int64(2**62)


@dataclass(frozen=True, slots=True)
class Levels:
    """Steps: from `at[n]` (microseconds) on, `shown[rank - 1, n]` EVSEs show the status of that rank."""

    at: Ints
    shown: Ints


def levels(
    segments: Sequence[tuple[Any, ...]],
    standing_back: Sequence[tuple[int, int, int | None]],
    from_at: int,
    to_at: int,
) -> Levels:
    """The levels over `[from_at, to_at)`, exact at every boundary.

    `segments` are (EVSE, rank, from, to, stands back), `standing_back` are (EVSE, from, to): the
    stretches in which standing-back ones don't show, without overlaps on one EVSE. An EVSE shows
    the highest rank that holds and shows (rules 7, 8); so as many show rank r as have one of rank
    r or higher, less those that have one of a higher rank.
    """
    evse, rank, start, end, backs = _columns(segments, 5)
    start, end = np.maximum(start, from_at), np.minimum(end, to_at)
    barred = _columns(standing_back, 3)
    evse, rank, start, end = _pieces(evse, rank, start, end, backs, barred)
    times = np.unique(np.concatenate([start, end, np.array([from_at])]))
    first, last = np.searchsorted(times, start), np.searchsorted(times, end)
    steps = np.zeros((len(_RANKS) + 1, len(times)), dtype=np.int64)
    for one in _RANKS:
        as_high = rank >= one
        begins, ends = _united(evse[as_high], first[as_high], last[as_high], len(times))
        steps[one - 1] += np.bincount(begins, minlength=len(times))
        steps[one - 1] -= np.bincount(ends, minlength=len(times))
    changes = steps[:-1] - steps[1:]
    kept = changes.any(axis=0) & (times < to_at)
    kept[np.searchsorted(times, from_at)] = True
    return Levels(times[kept], changes.cumsum(axis=1)[:, kept])


def joined(parts: Sequence[Levels]) -> Levels:
    """Levels over windows that follow one another, as one."""
    at = np.concatenate([part.at for part in parts])
    shown = np.concatenate([part.shown for part in parts], axis=1)
    kept = np.ones(len(at), dtype=bool)
    kept[1:] = (shown[:, 1:] != shown[:, :-1]).any(axis=0)
    return Levels(at[kept], shown[:, kept])


def thinned(all_of: Levels, from_at: int, to_at: int, most: int) -> Levels:
    """Of each of `most / 2` equal parts of the window the lowest and the highest step; all if they are fewer."""
    if len(all_of.at) <= most:
        return all_of
    width = max((to_at - from_at) // (most // 2), 1)
    pixel = (all_of.at - from_at) // width
    total = all_of.shown.sum(axis=0)
    place = np.arange(len(pixel))
    kept = set()
    for order in (np.lexsort((place, total, pixel)), np.lexsort((place, -total, pixel))):
        ordered = pixel[order]
        begins = np.ones(len(order), dtype=bool)
        begins[1:] = ordered[1:] != ordered[:-1]
        kept.update(order[begins].tolist())
    chosen = sorted(kept)
    return Levels(all_of.at[chosen], all_of.shown[:, chosen])


def _columns(rows: Sequence[tuple[Any, ...]], count: int) -> list[Ints]:
    """Rows as columns; an open end is an instant after all others."""
    if not rows:
        return [np.zeros(0, dtype=np.int64) for _ in range(count)]
    return [
        np.array([_END if value is None else value for value in column], dtype=np.int64)
        for column in zip(*rows, strict=True)
    ]


def _pieces(
    evse: Ints, rank: Ints, start: Ints, end: Ints, backs: Ints, barred: list[Ints]
) -> tuple[Ints, Ints, Ints, Ints]:
    """Segments without the stretches in which they stand back."""
    giving = backs.astype(bool)
    if not giving.any() or not len(barred[0]):
        return evse, rank, start, end
    order = np.lexsort((barred[1], barred[0]))
    bar_evse, bar_start, bar_end = (column[order] for column in barred)
    # Times by their place among all times: an EVSE and a place then make one sortable number.
    times = np.unique(np.concatenate([start, end, bar_start, bar_end]))
    width = len(times) + 1
    bar_ends = bar_evse * width + np.searchsorted(times, bar_end)
    bar_starts = bar_evse * width + np.searchsorted(times, bar_start)
    on = evse[giving]
    low = np.searchsorted(bar_ends, on * width + np.searchsorted(times, start[giving]), "right")
    high = np.searchsorted(bar_starts, on * width + np.searchsorted(times, end[giving]), "left")
    bars = np.maximum(high - low, 0)
    owner = np.repeat(np.flatnonzero(giving), bars + 1)
    offsets = np.concatenate([[0], np.cumsum(bars + 1)])
    nth = np.arange(len(owner)) - np.repeat(offsets[:-1], bars + 1)
    bar = np.repeat(low, bars + 1) + nth
    is_first, is_last = nth == 0, nth == np.repeat(bars, bars + 1)
    known = len(bar_start) - 1
    piece_start = np.where(is_first, start[owner], bar_end[np.clip(bar - 1, 0, known)])
    piece_end = np.where(is_last, end[owner], bar_start[np.clip(bar, 0, known)])
    there = piece_start < piece_end
    owner = owner[there]
    others = ~giving
    return (
        np.concatenate([evse[others], evse[owner]]),
        np.concatenate([rank[others], rank[owner]]),
        np.concatenate([start[others], piece_start[there]]),
        np.concatenate([end[others], piece_end[there]]),
    )


def _united(evse: Ints, first: Ints, last: Ints, count: int) -> tuple[Ints, Ints]:
    """Begins and ends (places among the times) of the stretches in which an EVSE has at least one."""
    if not len(evse):
        return first, last
    begins, ends = evse * (count + 1) + first, evse * (count + 1) + last
    order = np.argsort(begins, kind="stable")
    begins, reach = begins[order], np.maximum.accumulate(ends[order])
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = begins[1:] > reach[:-1]
    closing = np.append(np.flatnonzero(fresh)[1:] - 1, len(order) - 1)
    return begins[fresh] % (count + 1), reach[closing] % (count + 1)
