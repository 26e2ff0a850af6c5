"""Which versions are spoken, and where are their modules? OCPI 2.2.1, module Versions."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from evse_status.api.ocpi.auth import AnyCaller
from evse_status.api.ocpi.envelope import told
from evse_status.api.product import product
from evse_status.core.partner import OcpiVersion, PartnerRole
from evse_status.service.ourselves import Ourselves

router = APIRouter()


def ourselves(request: Request) -> Ourselves:
    """Who we are, reached where the settings say, else where this request did."""
    return product().ourselves.reached_at(str(request.base_url))


@router.get("/ocpi/versions")
def versions(request: Request, _caller: AnyCaller) -> Response:
    """The versions that are spoken."""
    base = ourselves(request).base_url
    return told([{"version": one.value, "url": f"{base}/ocpi/{one.value}"} for one in OcpiVersion])


@router.get("/ocpi/{version}")
def details(request: Request, version: OcpiVersion, caller: AnyCaller) -> Response:
    """The modules of one version, as far as they are this partner's."""
    base = f"{ourselves(request).base_url}/ocpi/{version.value}"
    upstream = caller.partner.settings.role is PartnerRole.UPSTREAM
    endpoints: list[dict[str, Any]] = []
    if caller.partner.settings.handshake:
        endpoints.append(
            {"identifier": "credentials", "role": "SENDER", "url": f"{base}/credentials"}
        )
    endpoints.append(
        {"identifier": "locations", "role": "RECEIVER", "url": f"{base}/receiver/locations"}
        if upstream
        else {"identifier": "locations", "role": "SENDER", "url": f"{base}/locations"}
    )
    return told({"version": version.value, "endpoints": endpoints})
