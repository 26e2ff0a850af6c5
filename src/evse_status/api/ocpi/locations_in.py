"""What may upstream tell us of its Locations? OCPI 2.2.1 and 2.3.0, module Locations, receiver interface."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from evse_status.api.ocpi.auth import Upstream
from evse_status.api.ocpi.body import json_body
from evse_status.api.ocpi.envelope import told
from evse_status.api.product import product
from evse_status.channels.ocpi.pushed import Named
from evse_status.core.partner import OcpiVersion
from evse_status.service import told_by_upstream

router = APIRouter()
_LOCATION = "/ocpi/{version}/receiver/locations/{country_code}/{party_id}/{location_id}"
_PATHS = (
    _LOCATION + "/{evse_uid}/{connector_id}",
    _LOCATION + "/{evse_uid}",
    _LOCATION,
)


async def _named(request: Request, version: OcpiVersion) -> Named:
    """The object that the address names."""
    parts: Mapping[str, Any] = request.path_params
    return Named(**{name: part for name, part in parts.items() if name != "version"})


Object = Annotated[Named, Depends(_named)]


def look(upstream: Upstream, named: Object) -> Response:
    """The object as it was told."""
    return told(told_by_upstream.look(product().database, upstream, named))


async def put(request: Request, upstream: Upstream, named: Object) -> Response:
    """A whole object, new or in place of the one that is known."""
    body = await json_body(request)
    await run_in_threadpool(told_by_upstream.put, product().database, upstream, named, body)
    return told()


async def patch(request: Request, upstream: Upstream, named: Object) -> Response:
    """Some fields of an object that is known."""
    body = await json_body(request)
    await run_in_threadpool(told_by_upstream.patch, product().database, upstream, named, body)
    return told()


for _path in _PATHS:
    for _method, _handler in (("GET", look), ("PUT", put), ("PATCH", patch)):
        router.add_api_route(_path, _handler, methods=[_method])
