"""Which partner calls? By its token: Base64 as the specification says, or plain as some peers send it."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from evse_status.api.product import product
from evse_status.core.errors import NotFound, NotSignedIn
from evse_status.core.partner import PartnerRole
from evse_status.core.translation import Channel
from evse_status.service.known_partners import Partner, by_token, heard

_UNKNOWN = "The token isn't known. Register again, or ask for another token."


@dataclass(frozen=True, slots=True)
class Caller:
    """A partner that may not have registered yet, and the token that it showed."""

    partner: Partner
    token: str

    def __repr__(self) -> str:
        return f"<Caller {self.partner.name}>"


async def recognise(header: str) -> Caller:
    """Who shows this `Authorization` header. Raises NotSignedIn."""
    return await run_in_threadpool(_recognised, header)


async def caller(request: Request) -> Caller:
    """Who calls, registered or not."""
    found: Caller = request.state.caller
    return found


def tokens_in(header: str) -> Iterator[str]:
    """What the header may mean, the likelier first: the token decoded, and as it came.

    The specification's own examples encode a newline after the token (OCPI 2.2.1, 4.1.2).
    """
    scheme, _, rest = header.strip().partition(" ")
    shown = rest.strip()
    if scheme.lower() != "token" or not shown:
        return
    try:
        padded = shown + "=" * (-len(shown) % 4)
        decoded = base64.b64decode(padded, altchars=None, validate=True).decode("ascii").strip()
        if decoded.isprintable() and decoded:
            yield decoded
    except (binascii.Error, ValueError):
        pass
    yield shown


def require_may_reach(found: Caller, path: str) -> None:
    """Refuse token A outside versions and credentials (OCPI 2.2.1, 4.1.2). Raises NotSignedIn."""
    _nothing, _ocpi, *rest = path.split("/")
    if not found.partner.is_connected and len(rest) > 1 and rest[1:] != ["credentials"]:
        raise NotSignedIn(
            "This token is for registering only. POST to the module credentials first."
        )


def _recognised(header: str) -> Caller:
    parts = product()
    candidates = list(tokens_in(header))
    if not candidates:
        raise NotSignedIn(
            "This needs a token: send the header Authorization: Token, followed by it in Base64."
        )
    for token in candidates:
        try:
            found = Caller(by_token(parts.database, token), token)
        except NotSignedIn:
            continue
        if found.partner.settings.channel is not Channel.OCPI:
            raise NotSignedIn(
                "This token isn't for OCPI. A driver app sends it to /driver-app as Authorization: Bearer."
            )
        if found.partner.settings.role is PartnerRole.UPSTREAM:
            heard(parts.database, found.partner, now=parts.clock.now())
        return found
    raise NotSignedIn(_UNKNOWN)


def _in_role(request: Request, role: PartnerRole) -> Partner:
    found: Caller = request.state.caller
    partner = found.partner
    if not partner.is_connected:
        # OCPI 2.2.1, 4.1.2: token A is good for versions and credentials alone.
        raise NotSignedIn(
            "This token is for registering only. POST to the module credentials first."
        )
    if partner.settings.role is not role:
        raise NotFound("There is nothing at this address. GET /ocpi/versions leads on.")
    return partner


async def _receiver(request: Request) -> Partner:
    return _in_role(request, PartnerRole.RECEIVER)


async def _upstream(request: Request) -> Partner:
    return _in_role(request, PartnerRole.UPSTREAM)


AnyCaller = Annotated[Caller, Depends(caller)]
Receiver = Annotated[Partner, Depends(_receiver)]
"""A partner that we tell, registered; anybody else gets 401 or 404."""
Upstream = Annotated[Partner, Depends(_upstream)]
"""The CSMS that tells us, registered; anybody else gets 401 or 404."""
