"""Which request was it? An id on every answer and in the log, and an answer even when we fail."""

import logging
import re
import time
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evse_status.api.envelope import unexpected

_LOG = logging.getLogger("evse_status.api")
_USABLE = re.compile(r"[A-Za-z0-9._\-]{1,64}")


class RequestIds:
    """The outermost layer: takes the caller's X-Request-ID or makes one, logs, and lets nothing through."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = Headers(scope=scope).get("x-request-id", "")
        request_id = told if _USABLE.fullmatch(told) else uuid4().hex
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        # As it was sent: a line break in it stays %0A.
        path = scope.get("raw_path", b"").decode("latin-1") or scope["path"]
        status, began = 0, time.monotonic()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers["Cache-Control"] = headers.get("Cache-Control", "no-store")
                headers["X-Content-Type-Options"] = "nosniff"
                for name, value in state.get("rate_headers", {}).items():
                    headers[name] = value
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            _LOG.exception("%s %s failed, request %s", scope["method"], path, request_id)
            if status == 0:
                await unexpected(Request(scope))(scope, receive, send_with_id)
        who = getattr(state.get("principal"), "name", "nobody")
        _LOG.log(
            logging.WARNING if status >= 500 else logging.INFO,
            "%s %s by %s answered %d in %d ms, request %s",
            scope["method"],
            path,
            who,
            status,
            (time.monotonic() - began) * 1000,
            request_id,
        )
