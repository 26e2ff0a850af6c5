"""How are a partner's settings said in a form, and read from one?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from evse_status.core.partner import PartnerRole, PartnerSettings, Reach
from evse_status.core.translation import Channel
from evse_status.service.driver_apps import NEW_APP


class Kind(StrEnum):
    """What a partner is; which fields its form has."""

    EMSP = "emsp"  # OCPI, we tell it
    HUB = "hub"  # Hubject
    APP = "app"  # a driver app, like Spirii Go
    CSMS = "csms"  # OCPI, it tells us


KINDS = {
    Kind.EMSP: "An eMSP (OCPI)",
    Kind.HUB: "A hub (Hubject)",
    Kind.APP: "A driver app",
    Kind.CSMS: "Our CSMS (OCPI)",
}


class Way(StrEnum):
    """How a partner and we get to know each other by OCPI."""

    IT_REGISTERS = "it registers"  # we give it token A
    WE_REGISTER = "we register"  # it gave us token A
    STATIC = "static"  # a fixed token, no handshake


WAYS = {
    Way.IT_REGISTERS: "It registers with us: we give it a token",
    Way.WE_REGISTER: "We register with it: it gave us a token",
    Way.STATIC: "A fixed token, without registration",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a part of a form says: settings by name, and what we show the partner, if that was given."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    token: str | None = None
    certificate: str | None = None

    def __repr__(self) -> str:
        return f"<Told {', '.join(self.settings)}>"


def kind_of(settings: PartnerSettings) -> Kind:
    """What settings make a partner."""
    if settings.channel is Channel.HUBJECT:
        return Kind.HUB
    if settings.channel is Channel.SPIRII_GO:
        return Kind.APP
    return Kind.CSMS if settings.role is PartnerRole.UPSTREAM else Kind.EMSP


def begun(kind: Kind) -> PartnerSettings:
    """What a new partner of this kind begins with."""
    if kind is Kind.CSMS:
        return PartnerSettings(role=PartnerRole.UPSTREAM)
    if kind is Kind.EMSP:
        return PartnerSettings()
    if kind is Kind.APP:
        return NEW_APP
    # A hub has no flag for what isn't published, and shows it to everybody.
    return PartnerSettings(
        channel=Channel.HUBJECT,
        handshake=False,
        url="https://service.hubject.com/api/oicp",
        reach=Reach(unpublished=False),
    )


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
