"""Who may touch partners, and what can be set of one?"""

from evse_status.channels.ocpi.addresses import is_loopback, require_address
from evse_status.core.errors import InvalidInput, TooLong
from evse_status.core.partner import PartnerMode, PartnerRole, PartnerSettings
from evse_status.core.principal import LOCAL, Principal
from evse_status.core.translation import Channel
from evse_status.service.known_partners import allowed, require_token

_NAME_LIMIT = 80


def require_keeper(principal: Principal) -> None:
    """Refuse everybody but administrators without limits."""
    principal.require_administrator()
    principal.require_no_limits()


def require_usable(
    settings: PartnerSettings, *, token: str | None, has_token: bool = False
) -> None:
    """Refuse settings that can't work together, naming the one to change (InvalidInput)."""
    if settings.channel is Channel.SPIRII_GO:
        _require_app(settings, token=token)
        return
    if settings.channel is not Channel.OCPI:
        raise InvalidInput(
            f"channel: {settings.channel.value} partners can't be added yet. Use ocpi.",
            field="channel",
        )
    if settings.mode is not PartnerMode.LOCATIONS_ONLY:
        raise InvalidInput(
            f"mode: {settings.mode.value} is not yet available. Use {PartnerMode.LOCATIONS_ONLY.value}, "
            "for partners whom nobody else tells.",
            field="mode",
        )
    if settings.url:
        own = is_loopback(settings.url)
        require_address(settings.url, allowed(settings, ours=own))
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


def _require_app(settings: PartnerSettings, *, token: str | None) -> None:
    """A driver app fetches and listens: it is never called, so nothing about calling it can be set."""
    if settings.role is not PartnerRole.RECEIVER:
        raise InvalidInput(
            "channel: a driver app is told, it can't be our CSMS. Use ocpi for a CSMS.",
            field="channel",
        )
    if settings.url or settings.handshake:
        raise InvalidInput(
            "url: a driver app has none: it fetches and listens with a token of ours. Leave it out.",
            field="url",
        )
    if token is not None:
        raise InvalidInput(
            "token: a driver app is shown none. Its own is made here, and shown once.",
            field="token",
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
