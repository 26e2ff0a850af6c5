"""Which instant is meant by a time on the wall? (rule 6)"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from evse_status.core.errors import AmbiguousLocalTime, NonexistentLocalTime, UnknownZone


class Fold(IntEnum):
    """Which of the two, where the clocks go back over a time (PEP 495)."""

    FIRST = 0
    SECOND = 1


def zone(name: str, *, field: str = "zone") -> ZoneInfo:
    """The IANA zone of this name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UnknownZone(name, field=field) from None


def resolve(
    local: datetime, in_zone: ZoneInfo, *, fold: Fold | None = None, field: str = "from"
) -> datetime:
    """The instant, in UTC, at which clocks in `in_zone` show the naive `local`.

    A time in the spring gap is refused with the last instant before and the first after it; one in
    the autumn fold is refused with both unless `fold` says which (rule 6). Whole minutes are meant.
    """
    first = local.replace(tzinfo=in_zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=in_zone, fold=1).astimezone(UTC)
    if first == second:
        return first
    if (
        second < first
    ):  # in a gap fold=1 uses the offset after it, so the order turns round (PEP 495)
        change_at = _clock_change(second, first, in_zone)
        raise NonexistentLocalTime(
            local, in_zone.key, change_at - timedelta(minutes=1), change_at, field=field
        )
    if fold is None:
        raise AmbiguousLocalTime(local, in_zone.key, first, second, field=field)
    return second if fold is Fold.SECOND else first


def resolve_leniently(local: datetime, in_zone: ZoneInfo) -> datetime:
    """The instant, in UTC, of the naive `local`, whatever clocks do (for series, rule 18).

    In a gap the offset before it counts, in a fold it is the first of both (RFC 5545, 3.3.5).
    """
    return local.replace(tzinfo=in_zone, fold=0).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The instant at which clocks begin to show another offset from UTC, and both offsets."""

    at: datetime
    before: timedelta
    after: timedelta


def clock_changes(in_zone: ZoneInfo, from_at: datetime, to_at: datetime) -> list[ClockChange]:
    """Where in `(from_at, to_at)` clocks of the zone are put forward or back, in order.

    It looks at one instant a day: two changes on one day that cancel each other aren't found.
    """
    found = []
    low = from_at.astimezone(UTC)
    while low < to_at:
        high = min(low + timedelta(days=1), to_at.astimezone(UTC))
        before, after = _offset(low, in_zone), _offset(high, in_zone)
        if before != after:
            change_at = _clock_change(low, high, in_zone)
            if change_at < to_at:
                found.append(ClockChange(change_at, before, after))
        low = high
    return found


def _offset(at: datetime, in_zone: ZoneInfo) -> timedelta:
    return at.astimezone(in_zone).replace(tzinfo=UTC) - at


def _clock_change(low: datetime, high: datetime, in_zone: ZoneInfo) -> datetime:
    before = _offset(low, in_zone)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if _offset(middle, in_zone) == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
