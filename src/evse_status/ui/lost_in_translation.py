"""What do drivers not learn because a channel has no word for it?"""

from dataclasses import dataclass

from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import Channel, Status

_T, _A = TemporaryStatus, ActualStatus


@dataclass(frozen=True, slots=True)
class Translation:
    """One sentence on what a channel makes of a status, and whether something is lost."""

    said: str
    lost: bool


MEANS = {
    _T.MAINTENANCE: "work being done",
    _T.COMMISSIONING: "coming soon",
    _T.BLOCKED: "something in the way",
    _T.RESERVED: "promised to somebody",
    _A.BLOCKED: "something in the way",
    _A.RESERVED: "promised to somebody",
    _A.INOPERATIVE: "not broken, only off",
    _A.OUTOFORDER: "broken",
    _A.PLANNED: "coming soon",
    _A.CHARGING: "charging",
}
"""What an operator means by a status, where a channel may have no word for it."""

_KEPT: dict[Status, frozenset[str]] = {
    _T.MAINTENANCE: frozenset({"maintenance"}),
    _T.COMMISSIONING: frozenset({"coming soon", "planned"}),
    _T.BLOCKED: frozenset({"blocked"}),
    _T.RESERVED: frozenset({"reserved"}),
    _A.AVAILABLE: frozenset({"available"}),
    _A.CHARGING: frozenset({"charging", "occupied"}),
    _A.BLOCKED: frozenset({"blocked"}),
    _A.RESERVED: frozenset({"reserved"}),
    _A.INOPERATIVE: frozenset({"inoperative", "out of service", "outofservice"}),
    _A.OUTOFORDER: frozenset({"outoforder"}),
    _A.PLANNED: frozenset({"coming soon", "planned"}),
    _A.REMOVED: frozenset({"removed", "not shown", "record deleted"}),
    _A.UNKNOWN: frozenset({"unknown"}),
}
"""The words, in small letters, that say all of a status."""

_SPOKEN = {
    "AVAILABLE": "it can be used",
    "CHARGING": "somebody charges",
    "BLOCKED": "something is in the way",
    "RESERVED": "it is promised to somebody",
    "INOPERATIVE": "it is off, but not broken",
    "OUTOFORDER": "it is broken",
    "PLANNED": "it will operate soon",
    "REMOVED": "it is gone",
    "UNKNOWN": "nobody knows",
}

_WHO = {Channel.SPIRII_GO: "This profile", Channel.HUBJECT: "Hubject", Channel.OCPI: "OCPI"}
_ABSENT = {
    Channel.SPIRII_GO: "not shown",
    Channel.HUBJECT: "record deleted",
    Channel.OCPI: "not shown",
}

_AS_READ = {"OutOfService": "Out of Service"}
"""Words of a protocol as drivers read them."""


def word_or_absence(channel: Channel, word: str | None) -> str:
    """A channel's word; where it shows nothing, what it does instead."""
    return _ABSENT[channel] if word is None else word


def translation(
    status: Status, channel: Channel, word: str | None, *, plugs: int = 1
) -> Translation:
    """What the channel's word for this status keeps and loses; `plugs`: how many connectors the EVSE has."""
    shown = word_or_absence(channel, word)
    if shown.lower() not in _KEPT[status]:
        meant = MEANS.get(status, status.value.lower())
        seen = _AS_READ.get(shown, shown)
        said, lost = f"{_WHO[channel]} has no word for {meant}: drivers see {seen}.", True
    else:
        said, lost = f"Nothing is lost: {_full_sense(shown, word)}.", False
    if channel is not Channel.OCPI or plugs < 2 or status is _A.REMOVED:
        return Translation(said, lost=lost)
    kept = said.removeprefix("Nothing is lost: ")
    return Translation(
        f"{kept} OCPI has no status per connector: its {plugs} connectors show the same.", lost=True
    )


def _full_sense(shown: str, word: str | None) -> str:
    if word is None:
        return "drivers don't see it at all"
    spoken = _SPOKEN.get(shown.upper()) if shown.isupper() else None
    seen = _AS_READ.get(shown, shown)
    return f"{shown} means that {spoken}" if spoken else f"drivers see {seen}"
