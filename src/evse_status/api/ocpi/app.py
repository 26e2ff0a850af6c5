"""Which addresses do partners call, and who gets in? OCPI by itself; its specification is its document."""

from functools import cache

from fastapi import FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evse_status.api.ocpi import credentials, locations_in, locations_out, versions
from evse_status.api.ocpi.auth import recognise, require_may_reach
from evse_status.api.ocpi.envelope import handle_errors, refused, unexpected
from evse_status.core.errors import EvseStatusError

ROUTERS = (
    versions.router,
    credentials.router,
    locations_out.router,
    locations_in.router,
)
"""What there is, the more special first. Routes carry their whole path, without a slash at its end."""

_ECHOED = "X-Correlation-ID"
_LONGEST_ID = 64


@cache
def ocpi() -> ASGIApp:
    """OCPI, ready to be served under /ocpi."""
    made = FastAPI(title="OCPI", openapi_url=None, redirect_slashes=False)
    for router in ROUTERS:
        made.include_router(router)
    made.state.routers = ROUTERS
    handle_errors(made)
    return _Door(made)


class _Door:
    """Lets partners in by their token, takes a slash at the end away, and gives their ids back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        request = Request(scope)
        told = request.headers.get(_ECHOED, "")
        echoed = told if len(told) <= _LONGEST_ID and told.isascii() and told.isprintable() else ""

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start" and echoed:
                MutableHeaders(scope=message)[_ECHOED] = echoed
            await send(message)

        inner = {**scope, "path": scope["path"].rstrip("/")}
        try:
            known = await recognise(request.headers.get("Authorization", ""))
            require_may_reach(known, inner["path"])
        except EvseStatusError as error:
            await refused(error)(inner, receive, send_with_id)
            return
        except Exception:
            await unexpected()(inner, receive, send_with_id)
            raise
        inner["state"] = {**scope.setdefault("state", {}), "caller": known}
        await self._app(inner, receive, send_with_id)
