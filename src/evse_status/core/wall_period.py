"""From when to when does a stretch on the wall last, also in a night in which clocks change? (rule 18)"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from evse_status.core.local_time import resolve_leniently

_MINUTE = timedelta(minutes=1)
_HOURS_IN_DAYS = 48


class WallPeriod(NamedTuple):
    """The instants `[starts_at, ends_at)` in UTC; `touched` says what a change of the clocks does to it."""

    starts_at: datetime
    ends_at: datetime
    touched: str


def wall_period(start: datetime, minutes: int, zone: ZoneInfo) -> WallPeriod:
    """What clocks in `zone` show as `minutes` from the naive `start` on.

    It ends at what they show then, so 22:00 and 420 minutes end at 05:00 in every night; an end in a
    gap uses the offset before it, in a fold the first. A start in a gap does so, too, and lasts its
    minutes exactly. It never reaches beyond the same time of a later day at which a next one that
    is `minutes` away or more could start; where that leaves nothing (a day that a zone left
    out), it ends when it starts.
    """
    end = start + minutes * _MINUTE
    starts_at = resolve_leniently(start, zone)
    skipped = _shown(starts_at, zone) != start
    ends_at = starts_at + minutes * _MINUTE if skipped else resolve_leniently(end, zone)
    next_at = resolve_leniently(start + timedelta(days=-(-minutes // 1440)), zone)
    ends_at = min(ends_at, next_at)
    touched = _touched(start, end, starts_at, ends_at, zone)
    return WallPeriod(starts_at, ends_at, touched)


def length_in_words(length: timedelta) -> str:
    """A length for people: "45 min", "7 h", "7 h 30 min", "3 days 2 h"."""
    hours, minutes = divmod(length // _MINUTE, 60)
    days, hours = divmod(hours, 24) if hours >= _HOURS_IN_DAYS else (0, hours)
    words = [f"{days} days"] * bool(days) + [f"{hours} h"] * bool(hours)
    return " ".join(words + [f"{minutes} min"] * (bool(minutes) or not words))


def _touched(
    start: datetime, end: datetime, starts_at: datetime, ends_at: datetime, zone: ZoneInfo
) -> str:
    lasts = length_in_words(ends_at - starts_at)
    shown_at_start, shown_at_end = _shown(starts_at, zone), _shown(ends_at, zone)
    if shown_at_start != start:
        return f"Clocks skip {start:%H:%M}: it starts at {shown_at_start:%H:%M} and lasts {lasts}."
    if _happens_twice(start, zone):
        return f"Clocks show {start:%H:%M} twice: it starts the first time ({starts_at:%H:%M} UTC) and lasts {lasts}."
    if shown_at_end != end:
        return f"Clocks skip {end:%H:%M}: it ends at {shown_at_end:%H:%M} and lasts {lasts}."
    if _happens_twice(end, zone):
        return f"Clocks show {end:%H:%M} twice: it ends the first time ({ends_at:%H:%M} UTC) and lasts {lasts}."
    if ends_at - starts_at != end - start:
        way = "back" if ends_at - starts_at > end - start else "forward"
        return f"Clocks go {way} in between: it lasts {lasts} instead of {length_in_words(end - start)}."
    return ""


def _shown(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def _happens_twice(local: datetime, zone: ZoneInfo) -> bool:
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return second > resolve_leniently(local, zone)
