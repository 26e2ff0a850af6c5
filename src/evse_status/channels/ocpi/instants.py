"""How does OCPI write an instant? OCPI 2.2.1, 16.3 DateTime: UTC, `Z`, at most 25 characters."""

from datetime import UTC, datetime

from evse_status.core.errors import EvseStatusError
from evse_status.core.period import instant, write_instant


def as_told(at: datetime) -> datetime:
    """The instant that `text` tells: cut to milliseconds, never later."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def text(at: datetime) -> str:
    """`2026-11-22T05:00:00Z`, with milliseconds if there are any, never microseconds."""
    told = as_told(at)
    return write_instant(told).replace("000Z", "Z") if told.microsecond else write_instant(told)


def read(value: object) -> datetime | None:
    """The instant in UTC that somebody wrote; a time without a zone is UTC, as 16.3 says.

    `None` for what is no instant of the years 2000-2100.
    """
    try:
        told = datetime.fromisoformat(value.strip() if isinstance(value, str) else "")
        return instant(told if told.tzinfo else told.replace(tzinfo=UTC), field="last_updated")
    except (ValueError, EvseStatusError):
        return None
