"""How are a partner's settings said in a form, and read from one?"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from evse_status.core.partner import PartnerRole, PartnerSettings


class Way(StrEnum):
    """How a partner and we get to know each other."""

    IT_REGISTERS = "it registers"  # we give it token A
    WE_REGISTER = "we register"  # it gave us token A
    STATIC = "static"  # a fixed token, no handshake


WAYS = {
    Way.IT_REGISTERS: "It registers with us: we give it a token",
    Way.WE_REGISTER: "We register with it: it gave us a token",
    Way.STATIC: "A fixed token, without registration",
}
ROLES = {
    PartnerRole.RECEIVER: "We tell it (an eMSP)",
    PartnerRole.UPSTREAM: "It tells us (our CSMS)",
}


def way_of(settings: PartnerSettings) -> Way:
    """The way that settings stand for."""
    if not settings.handshake:
        return Way.STATIC
    return Way.WE_REGISTER if settings.url else Way.IT_REGISTERS


def settings_from(before: PartnerSettings, told: Mapping[str, Any]) -> PartnerSettings:
    """The settings with what a form says; what it doesn't is as before. Raises InvalidInput."""
    return PartnerSettings.from_json({**before.as_json(), **told})


def listed(names: Collection[str] | None) -> str:
    """A set of short names as one writes them."""
    return ", ".join(sorted(names or ()))
