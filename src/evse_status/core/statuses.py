"""Which words exist? The vocabularies of design.md section 1, and vendor words folded into them."""

from enum import IntEnum, StrEnum

from evse_status.core.errors import UnknownWord


class ActualStatus(StrEnum):
    """What a charger itself reports, in OCPI's words (OCPI 2.2.1, 8.4.22 Status enum)."""

    AVAILABLE = "AVAILABLE"  # able to start a new session
    BLOCKED = "BLOCKED"  # not accessible because of a physical barrier, i.e. a car
    CHARGING = "CHARGING"  # in use
    INOPERATIVE = "INOPERATIVE"  # not yet active or temporarily not available, but not broken
    OUTOFORDER = "OUTOFORDER"  # broken
    PLANNED = "PLANNED"  # will be operating soon
    REMOVED = "REMOVED"  # discontinued or taken away
    RESERVED = "RESERVED"  # reserved for a driver
    UNKNOWN = "UNKNOWN"  # no status known, also while offline


class TemporaryStatus(StrEnum):
    """What an operator can have shown instead for a period."""

    MAINTENANCE = "MAINTENANCE"  # somebody works on it
    COMMISSIONING = "COMMISSIONING"  # opens soon
    BLOCKED = "BLOCKED"  # somebody stands in front of it
    RESERVED = "RESERVED"  # promised to somebody

    @property
    def rank(self) -> "Rank":
        """Its place in the order of precedence (rule 7)."""
        return Rank[self.name]


class Rank(IntEnum):
    """Who wins where overrides overlap: the higher one (rule 7)."""

    RESERVED = 1
    BLOCKED = 2
    MAINTENANCE = 3
    COMMISSIONING = 4

    @property
    def status(self) -> TemporaryStatus:
        """The temporary status of this rank."""
        return TemporaryStatus[self.name]


class Phase(StrEnum):
    """Where an override stands at an instant; computed, never stored."""

    UPCOMING = "upcoming"  # not begun
    ACTIVE = "active"  # holds
    ENDED = "ended"  # over as planned, or its lease ran out
    CLEARED = "cleared"  # ended by somebody


class Cause(StrEnum):
    """Why an override exists, beside the free reason; for uptime reports."""

    PLANNED_WORK = "planned work"
    FAULT = "fault"
    VANDALISM = "vandalism"
    GRID = "grid"
    SITE_HOST = "site host"
    EVENT = "event"
    TEST = "test"
    OTHER = "other"


class Source(StrEnum):
    """Through which door an override came."""

    OPERATOR = "operator"  # a person, in the dashboard or the command line
    API = "api"  # a program
    SENSOR = "sensor"  # a parking sensor
    BOOKING = "booking"  # a booking system
    SERIES = "series"  # an occurrence of a repeating override


STANDS_BACK_WHILE = frozenset(
    {
        ActualStatus.CHARGING,
        ActualStatus.INOPERATIVE,
        ActualStatus.OUTOFORDER,
        ActualStatus.PLANNED,
        ActualStatus.REMOVED,
    }
)
"""Actual statuses under which a standing-back override doesn't show (rule 8)."""

STANDS_BACK_BY_DEFAULT = frozenset({Source.SENSOR, Source.BOOKING})

_OCPP_WORDS = {
    "PREPARING": ActualStatus.CHARGING,
    "CHARGING": ActualStatus.CHARGING,
    "FINISHING": ActualStatus.CHARGING,
    "SUSPENDEDEV": ActualStatus.CHARGING,
    "SUSPENDEDEVSE": ActualStatus.CHARGING,
    "OCCUPIED": ActualStatus.CHARGING,
    "UNAVAILABLE": ActualStatus.INOPERATIVE,
    "FAULTED": ActualStatus.OUTOFORDER,
    "OFFLINE": ActualStatus.UNKNOWN,
}
_ACTUAL_WORDS = _OCPP_WORDS | {status.value: status for status in ActualStatus}


def actual_status(word: object, *, field: str = "status") -> ActualStatus:
    """Fold a vendor's word, in any case, into OCPI's; an unknown word is an error that names it."""
    folded = _ACTUAL_WORDS.get(word.strip().upper()) if isinstance(word, str) else None
    if folded is None:
        raise UnknownWord(word, field=field, allowed=", ".join(ActualStatus))
    return folded


def temporary_status(word: object, *, field: str = "temporaryStatus") -> TemporaryStatus:
    """Read a temporary status in any case."""
    try:
        return TemporaryStatus(str(word).strip().upper())
    except ValueError:
        raise UnknownWord(word, field=field, allowed=", ".join(TemporaryStatus)) from None


def cause(word: object, *, field: str = "cause") -> Cause:
    """Read a cause in any case; `planned_work` and `planned-work` are accepted for `planned work`."""
    try:
        return Cause(str(word).strip().lower().replace("_", " ").replace("-", " "))
    except ValueError:
        raise UnknownWord(word, field=field, allowed=", ".join(Cause)) from None
