"""How does each channel say a status? Both tables of design.md section 2, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

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
class AppLook:
    """How a driver app shows a status: its label, and its colour like "#3F9169"."""

    label: str
    colour: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A presentation profile: how a driver app shows each status; REMOVED, which none shows, is absent.

    (Two maps, because both vocabularies have a BLOCKED and a RESERVED, which an app may tell apart.)
    """

    name: str
    temporary: Mapping[TemporaryStatus, AppLook]
    actual: Mapping[ActualStatus, AppLook]

    def look(self, status: Status) -> AppLook | None:
        """How the app shows `status`; `None`: not at all."""
        if isinstance(status, TemporaryStatus):
            return self.temporary[status]
        return self.actual.get(status)


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

_GREEN, _TEAL, _GREY, _PALE = "#3F9169", "#0B4F5C", "#666D75", "#858C95"
_LOOKS = {
    "Available": AppLook("Available", _GREEN),
    "Occupied": AppLook("Occupied", _TEAL),
    "Out of Service": AppLook("Out of Service", _GREY),
    "Unknown": AppLook("Unknown", _PALE),
}

DEFAULT_PROFILE = Profile(
    "default",
    {status: _LOOKS[str(told.spirii_go)] for status, told in _TEMPORARY.items()},
    {status: _LOOKS[told.spirii_go] for status, told in _ACTUAL.items() if told.spirii_go},
)


def branded(
    name: str,
    base: Profile,
    temporary: Mapping[TemporaryStatus, AppLook],
    actual: Mapping[ActualStatus, AppLook] = MappingProxyType({}),
) -> Profile:
    """`base`, with an app's own labels and colours where it has any."""
    return Profile(name, {**base.temporary, **temporary}, {**base.actual, **actual})


PROFILES = {
    DEFAULT_PROFILE.name: DEFAULT_PROFILE,
    "spirii-2025": branded(
        "spirii-2025",
        DEFAULT_PROFILE,
        {
            _T.MAINTENANCE: AppLook("Unavailable", "#D27204"),
            _T.COMMISSIONING: AppLook("Coming Soon", "#5B21B6"),
            _T.BLOCKED: AppLook("Blocked", "#A3123A"),
            _T.RESERVED: AppLook("Reserved", "#3087D0"),
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
    told = _TEMPORARY[status] if isinstance(status, TemporaryStatus) else _ACTUAL[status]
    look = shown_in.look(status)
    return Words(None if look is None else look.label, told.hubject, told.ocpi)
