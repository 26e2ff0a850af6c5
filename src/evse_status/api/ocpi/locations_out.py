"""What do partners get who ask for Locations? OCPI 2.2.1 and 2.3.0, module Locations, sender interface."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from evse_status.api.ocpi.auth import Receiver
from evse_status.api.ocpi.envelope import told
from evse_status.api.ocpi.versions import ourselves
from evse_status.api.product import product
from evse_status.channels.ocpi import instants
from evse_status.channels.ocpi.pushed import part_of
from evse_status.core.errors import InvalidInput
from evse_status.core.partner import OcpiVersion, PartnerSettings
from evse_status.service.known_partners import Partner
from evse_status.service.publish import Between
from evse_status.service.published_list import (
    MOST_ON_A_PAGE,
    ON_A_PAGE,
    Asked,
    page_of_locations,
)
from evse_status.service.published_list import one_location as one_location_of

router = APIRouter()
_PATH = "/ocpi/{version}/locations"
_LARGEST = 2**63 - 1
_CLOCKS_DIFFER = timedelta(seconds=2)
"""Partners take an answer's timestamp as their next `date_from`; another machine of ours that writes
may have a clock that is behind."""
Number = Annotated[int, Query(ge=0, le=_LARGEST)]


@router.get(_PATH)
def locations(
    request: Request,
    version: OcpiVersion,
    partner: Receiver,
    date_from: str = "",
    date_to: str = "",
    after: Number = 0,
    offset: Number = 0,
    limit: Annotated[int, Query(ge=1, le=_LARGEST)] = ON_A_PAGE,
) -> Response:
    """A page of Locations: with `date_from` (inclusive) and `date_to` (exclusive) of their `last_updated`."""
    changed = Between(_instant(date_from, "date_from"), _instant(date_to, "date_to"))
    limit = min(limit, MOST_ON_A_PAGE)
    parts = product()
    page = page_of_locations(
        parts.database,
        _shown(partner, version),
        Asked(changed, after, offset, limit),
        now=parts.now(),
        floor=partner.resync_at,
    )
    headers = {"X-Total-Count": str(page.total), "X-Limit": str(limit)}
    if page.after is not None:
        same = {"date_from": date_from, "date_to": date_to}
        query = {name: value for name, value in same.items() if value}
        query |= {"limit": str(limit), "after": str(page.after)}
        url = f"{ourselves(request).base_url}/ocpi/{version.value}/locations?{urlencode(query)}"
        headers["Link"] = f'<{url}>; rel="next"'
    return told(page.documents, headers=headers, timestamp=page.as_of - _CLOCKS_DIFFER)


@router.get(_PATH + "/{location_id}")
def location(version: OcpiVersion, partner: Receiver, location_id: str) -> Response:
    """One Location with all its EVSEs."""
    return told(_one(version, partner, location_id))


@router.get(_PATH + "/{location_id}/{evse_uid}")
def evse(version: OcpiVersion, partner: Receiver, location_id: str, evse_uid: str) -> Response:
    """One EVSE."""
    return told(part_of(_one(version, partner, location_id)["evses"], "uid", evse_uid))


@router.get(_PATH + "/{location_id}/{evse_uid}/{connector_id}")
def connector(
    version: OcpiVersion, partner: Receiver, location_id: str, evse_uid: str, connector_id: str
) -> Response:
    """One Connector."""
    found = part_of(_one(version, partner, location_id)["evses"], "uid", evse_uid)
    return told(part_of(found["connectors"], "id", connector_id))


def _shown(partner: Partner, version: OcpiVersion) -> PartnerSettings:
    return replace(partner.settings, version=version)


def _one(version: OcpiVersion, partner: Partner, location_id: str) -> dict[str, Any]:
    parts = product()
    return one_location_of(
        parts.database,
        _shown(partner, version),
        location_id,
        now=parts.now(),
        floor=partner.resync_at,
    )


def _instant(text: str, name: str) -> datetime | None:
    if not text:
        return None
    # A plus sign that wasn't escaped arrives as a space.
    at = instants.read(text.replace(" ", "+") if "T" in text else text)
    if at is None:
        raise InvalidInput(
            f"{name}: {text[:40]!r} is no date and time. Write it like 2026-11-22T05:00:00Z.",
            field=name,
        )
    return at
