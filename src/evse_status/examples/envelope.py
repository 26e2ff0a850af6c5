"""How does an example partner answer? OCPI 2.2.1, 4.1.7: every answer in an envelope."""

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

OK = 1000
GENERIC_CLIENT_ERROR, INVALID, TOO_LITTLE, UNKNOWN = 2000, 2001, 2002, 2003
SERVER_ERROR, CANNOT_USE_YOURS, UNSUPPORTED_VERSION, MISSING_ENDPOINTS = 3000, 3001, 3002, 3003


class Refused(Exception):
    """A request that is answered with an error: HTTP status, OCPI's status code, own words."""

    def __init__(self, http_status: int, status_code: int, words: str) -> None:
        super().__init__(words)
        self.http_status, self.status_code, self.words = http_status, status_code, words


def instant(at: datetime | None = None) -> str:
    """OCPI's DateTime, now by default: UTC with `Z`, milliseconds at most."""
    at = (at or datetime.now(UTC)).astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def envelope(status_code: int = OK, *, data: Any = None, words: str = "") -> dict[str, Any]:
    """What wraps `data` or an error."""
    told: dict[str, Any] = {"status_code": status_code, "timestamp": instant()}
    if words:
        told["status_message"] = words
    if data is not None:
        told["data"] = data
    return told


def answer(
    request: web.Request,
    told: Any,
    *,
    http_status: int = 200,
    headers: dict[str, str] | None = None,
) -> web.Response:
    """JSON with the request's ids echoed."""
    echoed = {
        name: request.headers[name]
        for name in ("X-Request-ID", "X-Correlation-ID")
        if name in request.headers
    }
    return web.Response(
        body=json.dumps(told).encode(),
        status=http_status,
        content_type="application/json",
        headers={**echoed, **(headers or {})},
    )


def shown_token(request: web.Request, *, base64_token: bool) -> str | None:
    """The token in `Authorization: Token …`; `None` if there is none or it isn't readable."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Token" or not text.strip():
        return None
    if not base64_token:
        return text.strip()
    try:
        return base64.b64decode(text.strip(), validate=True).decode().strip()
    except (binascii.Error, UnicodeDecodeError):
        return None


def authorization(token: str, *, base64_token: bool = True) -> str:
    """The header's value that shows a token."""
    return "Token " + (base64.b64encode(token.encode()).decode() if base64_token else token)
