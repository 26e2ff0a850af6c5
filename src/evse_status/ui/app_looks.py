"""How does an app show a status: in which words, with which icon, in which colours?"""

from dataclasses import replace

from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import AppLook, Channel, Profile, Status
from evse_status.ui.colours import shade_of
from evse_status.ui.looks import Look, look, word_look

_IN_AN_OCPI_APP = {
    "AVAILABLE": "Available",
    "BLOCKED": "Blocked",
    "CHARGING": "In use",
    "INOPERATIVE": "Out of service",
    "OUTOFORDER": "Out of order",
    "PLANNED": "Opening soon",
    "REMOVED": "No longer here",
    "RESERVED": "Reserved",
    "UNKNOWN": "Status unknown",
}
"""How an app that gets OCPI may put it to drivers; every app chooses its own words."""
_IN_A_HUBJECT_APP = {"OutOfService": "Out of service"}
_OURS = {
    look(status).light.fill: look(status)
    for status in (*ActualStatus, *TemporaryStatus)
    if not look(status).outline
}
"""Our own colours in a profile: they have an icon, and a form for the dark."""


def said_by_app(channel: Channel, word: str | None) -> str:
    """What stands on the driver's screen for a channel's word."""
    if word is None:
        return "Not shown"
    if channel is Channel.OCPI:
        return _IN_AN_OCPI_APP.get(word, word)
    return _IN_A_HUBJECT_APP.get(word, word) if channel is Channel.HUBJECT else word


def look_on(channel: Channel, word: str | None, status: Status, shown_in: Profile) -> Look:
    """The icon and the colours: the driver app's own, in other apps those of the nearest status."""
    its = shown_in.look(status) if channel is Channel.SPIRII_GO else None
    return word_look(word) if its is None or word is None else _branded(its, status)


def _branded(its: AppLook, status: Status) -> Look:
    known = _OURS.get(its.colour)
    if known is not None:
        return known
    return replace(
        look(status),
        light=shade_of(its.colour, dark=False),
        dark=shade_of(its.colour, dark=True),
        outline=False,
    )
