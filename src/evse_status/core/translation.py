"""How does each channel say a status? Both tables of design.md section 2, as data."""

from dataclasses import dataclass
from enum import StrEnum

from evse_status.core.errors import UnknownWord
from evse_status.core.statuses import ActualStatus, TemporaryStatus

Status = TemporaryStatus | ActualStatus


class Channel(StrEnum):
    """A way of showing status."""

    SPIRII_GO = "spiriiGo"  # Spirii Go and branded driver apps
    HUBJECT = "hubject"  # OICP 2.3
    OCPI = "ocpi"  # OCPI 2.2.1 and 2.3.0


@dataclass(frozen=True, slots=True)
class Words:
    """One status in every channel's words; `None`: the channel doesn't show it at all."""

    spirii_go: str | None
    hubject: str | None
    ocpi: str

    def on(self, channel: Channel) -> str | None:
        """The word of one channel."""
        return {
            Channel.SPIRII_GO: self.spirii_go,
            Channel.HUBJECT: self.hubject,
            Channel.OCPI: self.ocpi,
        }[channel]


@dataclass(frozen=True, slots=True)
class Profile:
    """A presentation profile: what a driver app calls the four temporary statuses."""

    name: str
    app_labels: dict[TemporaryStatus, str]


_T, _A = TemporaryStatus, ActualStatus

_TEMPORARY = {
    _T.MAINTENANCE: Words("Out of Service", "OutOfService", "INOPERATIVE"),
    _T.COMMISSIONING: Words("Out of Service", "OutOfService", "PLANNED"),
    _T.BLOCKED: Words("Occupied", "Occupied", "BLOCKED"),
    _T.RESERVED: Words("Occupied", "Reserved", "RESERVED"),
}
_ACTUAL = {
    _A.AVAILABLE: Words("Available", "Available", "AVAILABLE"),
    _A.CHARGING: Words("Occupied", "Occupied", "CHARGING"),
    _A.BLOCKED: Words("Occupied", "Occupied", "BLOCKED"),
    _A.RESERVED: Words("Occupied", "Reserved", "RESERVED"),
    _A.INOPERATIVE: Words("Out of Service", "OutOfService", "INOPERATIVE"),
    _A.OUTOFORDER: Words("Out of Service", "OutOfService", "OUTOFORDER"),
    _A.PLANNED: Words("Out of Service", "OutOfService", "PLANNED"),
    _A.REMOVED: Words(None, None, "REMOVED"),
    _A.UNKNOWN: Words("Unknown", "Unknown", "UNKNOWN"),
}

DEFAULT_PROFILE = Profile(
    "default", {status: str(words.spirii_go) for status, words in _TEMPORARY.items()}
)
PROFILES = {
    DEFAULT_PROFILE.name: DEFAULT_PROFILE,
    "spirii-2025": Profile(
        "spirii-2025",
        {
            _T.MAINTENANCE: "Unavailable",
            _T.COMMISSIONING: "Coming Soon",
            _T.BLOCKED: "Blocked",
            _T.RESERVED: "Reserved",
        },
    ),
}


def profile(name: str) -> Profile:
    """The presentation profile of this name."""
    try:
        return PROFILES[name]
    except KeyError:
        raise UnknownWord(name, field="profile", allowed=", ".join(PROFILES)) from None


def words(status: Status, shown_in: Profile = DEFAULT_PROFILE) -> Words:
    """`status` in the words of every channel."""
    if isinstance(status, TemporaryStatus):
        told = _TEMPORARY[status]
        return Words(shown_in.app_labels[status], told.hubject, told.ocpi)
    return _ACTUAL[status]
