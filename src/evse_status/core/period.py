"""When does something hold? Instants in UTC with microseconds, and half-open periods."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from evse_status.core.errors import (
    EndsBeforeItStarts,
    InstantOutOfRange,
    NaiveInstant,
    UnreadableInstant,
)

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2101, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def instant(value: datetime, *, field: str) -> datetime:
    """Return `value` in UTC. Naive ones and years outside 2000–2100 are refused (rule 5)."""
    if value.tzinfo is None or value.utcoffset() is None:
        raise NaiveInstant(value.isoformat(), field=field)
    try:
        in_utc = value.astimezone(UTC)
    except OverflowError:
        raise InstantOutOfRange(field=field) from None
    if not EARLIEST <= in_utc < LATEST:
        raise InstantOutOfRange(field=field)
    return in_utc


def read_instant(text: str, *, field: str) -> datetime:
    """Read an ISO 8601 date and time with an offset; anything else is refused by name."""
    stripped = text.strip()
    # fromisoformat also reads "20221013100826" and bare dates; an instant needs both parts and separators.
    if len(stripped) < 16 or stripped[4] != "-" or stripped[10] not in "Tt ":
        raise UnreadableInstant(text, field=field)
    try:
        value = datetime.fromisoformat(stripped)
    except ValueError:
        raise UnreadableInstant(text, field=field) from None
    return instant(value, field=field)


def write_instant(value: datetime) -> str:
    """Return RFC 3339 in UTC with `Z`; fractions only where there are any (OCPI: `+00:00` isn't allowed)."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def to_microseconds(value: datetime) -> int:
    """Microseconds since 1970 in UTC, exact (no floating point)."""
    return (value - _EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """The inverse of `to_microseconds`."""
    return _EPOCH + value * _MICROSECOND


@dataclass(frozen=True, slots=True)
class Period:
    """`[from_at, to_at)`: at `from_at` it holds, at `to_at` it doesn't; `None` is an open end (rule 1)."""

    from_at: datetime
    to_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.to_at is not None and self.to_at <= self.from_at:
            raise EndsBeforeItStarts(field="to")

    def holds_at(self, at: datetime) -> bool:
        """Whether `at` lies inside."""
        return self.from_at <= at and (self.to_at is None or at < self.to_at)

    def overlaps(self, other: "Period") -> bool:
        """Whether some instant lies in both; touching periods don't overlap."""
        return self.intersection(other) is not None

    def intersection(self, other: "Period") -> "Period | None":
        """The instants that lie in both, or `None`."""
        from_at = max(self.from_at, other.from_at)
        to_at = earlier_end(self.to_at, other.to_at)
        if to_at is not None and to_at <= from_at:
            return None
        return Period(from_at, to_at)


def earlier_end(*ends: datetime | None) -> datetime | None:
    """The earliest of several ends, where `None` is open; `None` if all are."""
    return min((end for end in ends if end is not None), default=None)
