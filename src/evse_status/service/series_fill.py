"""How far ahead are occurrences of series stored, and who goes on with it? (rule 18)

What isn't stored is worked out when asked, so nothing that is shown depends on it. Run as often as
one likes, by any process: it looks at what is there, and does what is missing.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from evse_status.core.override import Override
from evse_status.core.period import LATEST
from evse_status.core.series import (
    Occurrence,
    Series,
    from_virtual_id,
    is_virtual,
    next_ones,
    occurrence_on,
    occurrences,
)
from evse_status.store import expansion
from evse_status.store import series as store
from evse_status.store.database import Database, Write

AHEAD = timedelta(days=60)
"""So far ahead occurrences are stored, with ids that people can name."""
MOST_AT_ONCE = 10_000
"""Overrides that placing or changing stores in its own transaction; what is left is filled in later."""

MOST_AHEAD = 20_000
"""Overrides that are stored ahead of a series on many EVSEs, so that changing it stays short."""
_FEWEST_AHEAD = 2  # occurrences, on however many EVSEs

_PER_WRITE = 2_000  # others wait for the lock no longer than that takes
_TICK = timedelta(microseconds=1)
_EVERY = timedelta(days=1)  # a series isn't touched for less


def fill(db: Database, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Store what is missing up to `horizon` from now on; how many overrides were stored.

    In short writes, one after the other, until `stop` says so. Raises StoreBusy, StoreIsReadOnly.
    """
    with db.read() as conn:
        now = db.at(conn)
        numbers = store.due(conn, now + AHEAD - _EVERY)
        known = store.by_ids(conn, numbers)
    due = [number for number in numbers if _lacks(known[number], now)]
    count = 0
    for number in due:
        left = True
        while left and not stop():
            with db.write() as write:
                one = store.by_ids(write.conn, [number])[number]
                stored, made = fill_one(write, one, most=_PER_WRITE)
                left = _lacks(stored, write.now)
            count += len(made)
            db.wrote(len(made))
    return count


def fill_one(
    write: Write,
    one: Series,
    *,
    most: int = MOST_AT_ONCE,
    until: datetime | None = None,
    floor: datetime | None = None,
    batch_id: int | None = None,
    skipping: Collection[tuple[int, str]] = (),
) -> tuple[Series, list[Override]]:
    """Store the next occurrences of a series up to `horizon`, about `most` overrides, at least one occurrence.

    With `until` all of those that start before. With `floor` those that are over by then aren't made,
    and none holds before it; none on pairs of `skipping` (EVSE, local start). Answers the series as it
    is kept then, and what was stored.
    """
    if one.stored_to is None:
        return one, []
    end = min(until or horizon(one, write.now), LATEST)
    found = unstored(one, end, floor=floor)
    per_go = len(found) if until else max(1, most // max(1, len(one.evses)))
    some, rest = found[:per_go], found[per_go:]
    made = store.store(write, one, some, floor=floor, batch_id=batch_id, skipping=skipping)
    stored_to = rest[0].starts_at if rest else max(end, one.stored_to)
    ahead = [at for at in one.stored_ahead if at not in {each.local_start for each in some}]
    after = replace(
        one,
        stored_to=stored_to if has_any_from(one, stored_to) else None,
        stored_ahead=tuple(ahead),
    )
    if after != one:
        store.keep(write, after)
    return after, made


def horizon(one: Series, now: datetime) -> datetime:
    """So far ahead a series is stored: AHEAD, or less where that would be more than MOST_AHEAD overrides."""
    few = max(_FEWEST_AHEAD, MOST_AHEAD // max(1, len(one.evses)))
    if few > AHEAD.days:  # there is at most one a day
        return now + AHEAD
    beyond = next_ones(one, now, few + 1)[few:]
    return min(now + AHEAD, beyond[0].starts_at) if beyond else now + AHEAD


def caught_up(write: Write, one: Series) -> Series:
    """A series of which everything is stored that has begun, so that what was shown stays."""
    return fill_one(write, one, until=write.now + _TICK)[0]


def stored_ahead(write: Write, one: Series, occurrence: Occurrence) -> Series:
    """A series of which this occurrence is stored, on all its EVSEs."""
    store.store(write, one, [occurrence])
    if one.stored_to is None or occurrence.starts_at < one.stored_to:
        return one
    ahead = {*one.stored_ahead, occurrence.local_start}
    kept = replace(one, stored_ahead=tuple(sorted(ahead)))
    store.keep(write, kept)
    return kept


def stored_numbers(write: Write, ids: Iterable[int]) -> dict[int, int]:
    """The numbers of overrides for those of occurrences that weren't stored: they are now.

    Of those that mean nothing any more there is none.
    """
    wanted = {number for number in ids if is_virtual(number)}
    if not wanted:
        return {}
    missing = wanted - expansion.stored(write.conn, wanted).keys()
    days = {from_virtual_id(number)[::2] for number in missing}
    known = store.by_ids(write.conn, {series_id for series_id, _ in days})
    for series_id, day in sorted(days):
        if series_id in known:
            one = known[series_id]
            meant = occurrence_on(one, datetime.combine(day, one.first_local_start.time()))
            if meant is not None:
                known[series_id] = stored_ahead(write, one, meant)
    return expansion.stored(write.conn, wanted)


def unstored(one: Series, until: datetime, *, floor: datetime | None = None) -> list[Occurrence]:
    """The occurrences that start in `[stored_to, until)`; those over at `floor` left out."""
    begin = one.stored_to or LATEST
    if until <= begin:
        return []
    found = occurrences(one, begin if floor is None else max(begin, floor), until)
    return [each for each in found if each.starts_at >= begin]


def has_any_from(one: Series, at: datetime) -> bool:
    """Whether any occurrence starts at `at` or later."""
    return any(each.starts_at >= at for each in next_ones(one, at, 2))


def _lacks(one: Series, now: datetime) -> bool:
    return one.stored_to is not None and one.stored_to < horizon(one, now)
