"""Who may touch partners, and what can be set of one? Each channel has its own rules."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from evse_status.channels.addresses import is_loopback, require_address
from evse_status.core.errors import InvalidInput, TooLong
from evse_status.core.partner import PartnerMode, PartnerRole, PartnerSettings
from evse_status.core.principal import LOCAL, Principal
from evse_status.core.roaming_id import is_operator_id
from evse_status.core.translation import Channel
from evse_status.service.known_partners import allowed, require_token

_NAME_LIMIT = 80

_ALL = {
    "role", "channel", "mode", "handshake", "operators", "countries", "locations", "unpublished", "statuses",
}  # fmt: skip
_CALLED = {"url", "privateNetwork", "requestsPerMinute", "timeoutSeconds"}
SETTINGS_OF: Mapping[Channel, frozenset[str]] = {
    Channel.OCPI: frozenset(
        _ALL
        | _CALLED
        | {"version", "announced", "schedule", "base64Token", "explicitNulls", "readBack"}
        | {"profile", "concurrency"}
    ),
    Channel.HUBJECT: frozenset(_ALL | _CALLED | {"operatorId", "insertUnknown"}),
    Channel.SPIRII_GO: frozenset(_ALL | {"url", "profile", "brand"}),
}
"""Which settings mean something to the partners of a channel, by their names in JSON."""

CHANNELS: Mapping[Channel, str] = {
    Channel.OCPI: "OCPI partners",
    Channel.HUBJECT: "Hubject",
    Channel.SPIRII_GO: "driver apps",
}
"""What the partners of a channel are called in sentences."""


def require_keeper(principal: Principal) -> None:
    """Refuse everybody but administrators without limits."""
    principal.require_administrator()
    principal.require_no_limits()


def require_usable(
    settings: PartnerSettings,
    *,
    token: str | None,
    certificate: str | None = None,
    has_token: bool = False,
) -> None:
    """Refuse settings that can't work together, naming the one to change (InvalidInput)."""
    if settings.channel not in SETTINGS_OF:
        raise InvalidInput(
            f"channel: {settings.channel.value} partners can't be added yet. Use one of "
            f"{', '.join(SETTINGS_OF)}.",
            field="channel",
        )
    if settings.mode is not PartnerMode.LOCATIONS_ONLY:
        raise InvalidInput(
            f"mode: {settings.mode.value} is not yet available. Use {PartnerMode.LOCATIONS_ONLY.value}, "
            "for partners whom nobody else tells.",
            field="mode",
        )
    _require_meaning(settings)
    if settings.url and settings.channel is not Channel.SPIRII_GO:
        own = is_loopback(settings.url)
        require_address(settings.url, allowed(settings, ours=own))
    if settings.channel is Channel.HUBJECT:
        _require_hub(settings, token=token)
    elif settings.channel is Channel.SPIRII_GO:
        _require_app(settings, token=token, certificate=certificate)
    else:
        _require_ocpi(settings, token=token, certificate=certificate, has_token=has_token)


def _require_meaning(settings: PartnerSettings) -> None:
    """Refuse what is set although it means nothing to partners of this channel."""
    fits, usual = SETTINGS_OF[settings.channel], PartnerSettings().as_json()
    for name, value in settings.as_json().items():
        if name not in fits and value != usual[name]:
            raise InvalidInput(
                f"{name}: means nothing to {CHANNELS[settings.channel]}. Leave it out.", field=name
            )


def _require_hub(settings: PartnerSettings, *, token: str | None) -> None:
    if settings.role is not PartnerRole.RECEIVER:
        raise InvalidInput(
            "channel: a hub is told, it can't be our CSMS. Use ocpi for a CSMS.", field="channel"
        )
    if settings.handshake:
        raise InvalidInput(
            "handshake: a hub has none. Its contract names the operator and the certificate.",
            field="handshake",
        )
    if token is not None:
        raise InvalidInput(
            "token: a hub is shown a certificate, no token. Leave it out.", field="token"
        )
    if not settings.url:
        raise InvalidInput(
            "url: is needed: where the hub takes pushes, like https://service.hubject.com/api/oicp.",
            field="url",
        )
    if "/evsepush" in settings.url:
        raise InvalidInput(
            "url: ends before /evsepush, like https://service.hubject.com/api/oicp.", field="url"
        )
    if not is_operator_id(settings.operator_id) or settings.operator_id.upper() != (
        settings.operator_id
    ):
        raise InvalidInput(
            "operatorId: is needed as in the hub's contract, like DK*ABC or +45*123: the operator in "
            "whose name we push.",
            field="operatorId",
        )


def _require_ocpi(
    settings: PartnerSettings, *, token: str | None, certificate: str | None, has_token: bool
) -> None:
    if certificate is not None:
        raise InvalidInput(
            "certificate: is for hubs. An OCPI partner is shown a token.", field="certificate"
        )
    if token is not None:
        require_token(token)
    if not settings.handshake and not settings.url:
        raise InvalidInput(
            "url: is needed without a handshake: the address of the partner's module Locations.",
            field="url",
        )
    needs_token = bool(settings.url) and not settings.handshake
    if needs_token and token is None and not has_token:
        raise InvalidInput(
            "token: is needed without a handshake: the one that the partner gave you.",
            field="token",
        )


def _require_app(settings: PartnerSettings, *, token: str | None, certificate: str | None) -> None:
    """A driver app fetches and listens: it is never called. Its address is where people see it, a link."""
    if settings.role is not PartnerRole.RECEIVER:
        raise InvalidInput(
            "channel: a driver app is told, it can't be our CSMS. Use ocpi for a CSMS.",
            field="channel",
        )
    if settings.handshake:
        raise InvalidInput(
            "handshake: a driver app has none. It shows a token that is made here.",
            field="handshake",
        )
    try:
        page = urlsplit(settings.url)
        is_page = not settings.url or (page.scheme in ("http", "https") and bool(page.hostname))
    except ValueError:
        is_page = False
    if not is_page:
        raise InvalidInput(
            "url: is where people see the app, like https://app.example.com. Leave it out if there is none.",
            field="url",
        )
    if token is not None:
        raise InvalidInput(
            "token: a driver app is shown none. Its own is made here, and shown once.",
            field="token",
        )
    if certificate is not None:
        raise InvalidInput(
            "certificate: is for hubs. A driver app shows a token.", field="certificate"
        )


def usable_name(text: str) -> str:
    """The name without needless spaces. Raises InvalidInput where it names nobody, or a person."""
    name = " ".join(text.split())
    if not name or not name.isprintable():
        raise InvalidInput("name: give the partner a name in plain letters.", field="name")
    if len(name) > _NAME_LIMIT:
        raise TooLong(field="name", limit=_NAME_LIMIT, length=len(name))
    if name.lower() == LOCAL.name or ("@" in name and " " not in name):
        raise InvalidInput(
            f"name: {name!r} would look like a person in the log. Name the company or its platform.",
            field="name",
        )
    return name


def who_else(name: str, settings: PartnerSettings) -> InvalidInput:
    """That it has to be said first whether anybody else tells this partner."""
    if settings.channel is Channel.HUBJECT:
        said = (
            f"does anybody else push statuses for {settings.operator_id} to {name}? A hub takes one "
            "source per operator, and the last word wins: if the CSMS does, stop it there first."
        )
    else:
        said = (
            f"does anybody else tell {name} about these chargers? If the CSMS does, it "
            "overwrites us at the next plug-out: stop it there first."
        )
    return InvalidInput(
        f"nobodyElseTells: {said} If nobody does, say so with --nobody-else-tells.",
        field="nobodyElseTells",
    )
