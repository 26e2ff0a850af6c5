"""Which HTTP routes are served beside the dashboard?"""

from functools import cache

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from evse_status.bootstrap import App, open_app
from evse_status.core.errors import EvseStatusError


def routes() -> list[BaseRoute]:
    """The routes of the API; everything else is the dashboard's."""
    return [Route("/healthz", healthz), Route("/readyz", readyz)]


async def healthz(_request: Request) -> JSONResponse:
    """200 as soon as requests are served."""
    return JSONResponse({"healthy": True})


def readyz(_request: Request) -> JSONResponse:
    """200 when the store is usable, else 503 with one sentence."""
    try:
        app = _app()
        app.database.newest_at()
    except EvseStatusError as error:
        return JSONResponse({"ready": False, "error": error.message}, status_code=503)
    drift = app.clock.drift().total_seconds()
    return JSONResponse({"ready": True, "clockDriftSeconds": round(drift, 3)})


@cache
def _app() -> App:
    return open_app()
