"""Which instant is meant by a time on the wall? (rule 6)"""

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


def _clock_change(low: datetime, high: datetime, in_zone: ZoneInfo) -> datetime:
    before = low.astimezone(in_zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(in_zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
