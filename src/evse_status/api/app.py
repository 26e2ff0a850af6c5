"""Which HTTP requests go to the API, and which to the dashboard?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from evse_status import __version__
from evse_status.api import batches, changes, docs, evses, health, overrides, series
from evse_status.api.document import complete
from evse_status.api.driver_app import changes as app_changes
from evse_status.api.driver_app import evses as app_evses
from evse_status.api.envelope import handle_errors
from evse_status.api.ocpi.app import ocpi
from evse_status.api.product import product
from evse_status.api.request_ids import RequestIds
from evse_status.service.series_filler import filling

_OCPI = "/ocpi"
_TREES = ("/v2", _OCPI, "/driver-app", "/integrations", "/docs")
_PAGES = frozenset({"/openapi.json", "/healthz", "/readyz", "/metrics"})
_ROUTERS = (
    batches.router,
    series.creation,
    series.router,
    overrides.router,
    evses.router,
    evses.bulk,
    changes.router,
    app_evses.router,
    app_changes.router,
    health.router,
    docs.router,
)

_IN_ORDER = (
    "Temporary EVSE statuses",
    "Batches",
    "Series",
    "EVSEs",
    "Changes",
    "Driver apps",
    "Health",
)


def is_ours(path: str) -> bool:
    """Whether a path is the API's; everything else is the dashboard's."""
    return path in _PAGES or any(_is_within(path, tree) for tree in _TREES)


@cache
def asgi() -> ASGIApp:
    """The API by itself, ready to be served: OCPI for partners, the rest for programs."""
    programs, partners = api(), ocpi()

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        to_partners = scope["type"] == "http" and _is_within(scope["path"], _OCPI)
        await (partners if to_partners else programs)(scope, receive, send)

    return RequestIds(either)


@cache
def api() -> FastAPI:
    """The API's routes and errors."""
    made = FastAPI(
        lifespan=_stored_ahead,
        title="evse-status",
        version=__version__,
        description="Decide what drivers are told about a charger, for a period, without touching "
        "it. Compatible with Spirii's temporary EVSE statuses, plus what they leave out.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        openapi_tags=[{"name": name} for name in _IN_ORDER],
    )
    for router in _ROUTERS:
        made.include_router(router)
    handle_errors(made, _ROUTERS)
    complete(made)
    return made


@asynccontextmanager
async def _stored_ahead(_api: FastAPI) -> AsyncIterator[None]:
    """Where the API is served alone; beside a dashboard that does the same."""
    with filling(product().database):
        yield


def _is_within(path: str, tree: str) -> bool:
    return path == tree or path.startswith(f"{tree}/")


class ApiFirst:
    """Hands the API's paths to the API before the dashboard sees them, its cookies and refusals included."""

    def __init__(self, app: ASGIApp) -> None:
        self._dashboard = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, socket or start-up."""
        to_api = scope["type"] == "http" and is_ours(scope["path"])
        await (asgi() if to_api else self._dashboard)(scope, receive, send)
