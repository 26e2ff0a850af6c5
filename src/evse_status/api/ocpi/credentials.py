"""How does a partner register, change its token and leave? OCPI 2.2.1, module Credentials."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from evse_status.api.ocpi.auth import AnyCaller
from evse_status.api.ocpi.body import json_body
from evse_status.api.ocpi.envelope import told
from evse_status.api.ocpi.versions import ourselves
from evse_status.api.product import product
from evse_status.channels.ocpi.credentials import credentials_form, read_credentials
from evse_status.core.partner import OcpiVersion
from evse_status.service import registered
from evse_status.service import registration_by_partner as registration

router = APIRouter()
_PATH = "/ocpi/{version}/credentials"


@router.get(_PATH)
def look(request: Request, version: OcpiVersion, caller: AnyCaller) -> Response:
    """What the partner uses towards us: the token that it showed, our address and our roles."""
    given = registered.our_credentials(
        product().database, caller.partner, caller.token, us=ourselves(request)
    )
    return told(credentials_form(given))


@router.post(_PATH)
async def register(request: Request, version: OcpiVersion, caller: AnyCaller) -> Response:
    """Register: the partner's token B comes in, our token C goes out, token A is dead."""
    registered.require_unregistered(caller.partner)
    return await _exchanged(request, version, caller, renews=False)


@router.put(_PATH)
async def change(request: Request, version: OcpiVersion, caller: AnyCaller) -> Response:
    """Change tokens, addresses or the version."""
    registered.require_registered(caller.partner)
    return await _exchanged(request, version, caller, renews=True)


@router.delete(_PATH)
def leave(version: OcpiVersion, caller: AnyCaller) -> Response:
    """End the registration: no token of either side is good any more."""
    registration.ended_by_partner(product().database, caller.partner, caller.token)
    return told()


async def _exchanged(
    request: Request, version: OcpiVersion, caller: AnyCaller, *, renews: bool
) -> Response:
    given = read_credentials(await json_body(request))
    parts = product()

    def exchange() -> Response:
        ours = registration.exchange(
            parts.database,
            caller.partner,
            caller.token,
            given,
            version=version,
            renews=renews,
            vault=parts.vault,
            us=ourselves(request),
        )
        return told(credentials_form(ours))

    return await run_in_threadpool(exchange)
