"""How is every request of a partner answered? In OCPI's envelope, errors included.

`{"data"?, "status_code", "status_message"?, "timestamp"}` (OCPI 2.2.1, 4.1.7 and 5): what was readable JSON
and reached something that exists has no HTTP error; its `status_code` alone says that it was refused.
"""

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from evse_status.api.envelope import methods_here
from evse_status.api.errors import BodyTooLarge, NotJson
from evse_status.api.product import product
from evse_status.channels.ocpi.handshake import HandshakeFailed
from evse_status.clock import system_wall
from evse_status.core.errors import (
    Conflict,
    EvseStatusError,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSetUp,
    NotSignedIn,
    StoreUnusable,
    TooManyCalls,
)
from evse_status.core.period import write_instant
from evse_status.service.registered import NotRegistered, RegisteredAlready

SUCCESS, CLIENT_ERROR, INVALID, UNKNOWN, SERVER_ERROR = 1000, 2000, 2001, 2003, 3000

_LOG = logging.getLogger("evse_status.api")
_NOTHING: Any = object()
_CODES: dict[type[EvseStatusError], tuple[int, int]] = {
    InvalidInput: (200, INVALID),
    NotSetUp: (200, SERVER_ERROR),
    BodyTooLarge: (413, INVALID),
    NotJson: (415, INVALID),
    NotSignedIn: (401, CLIENT_ERROR),
    NotAllowed: (403, CLIENT_ERROR),
    NotFound: (404, UNKNOWN),
    Conflict: (200, CLIENT_ERROR),
    RegisteredAlready: (405, CLIENT_ERROR),
    NotRegistered: (405, CLIENT_ERROR),
    TooManyCalls: (429, CLIENT_ERROR),
    StoreUnusable: (503, SERVER_ERROR),
}
"""An error's HTTP status and OCPI `status_code` are those of the nearest of its classes."""

_HTTP = {
    400: (INVALID, "The request can't be read. Check its body."),
    404: (CLIENT_ERROR, "There is nothing at this address. GET /ocpi/versions leads on."),
    405: (CLIENT_ERROR, "This address doesn't take this method."),
}
_UNEXPECTED = (
    "Something unexpected went wrong here. Try again; if it stays, tell us the X-Request-ID."
)


class BrokenJson(EvseStatusError):
    """A body that is no JSON at all."""

    code = "broken_json"

    def __init__(self, near: int) -> None:
        super().__init__(
            f"The body is no JSON (near character {near}). Check its quotes and commas.",
            field="body",
        )


_CODES[BrokenJson] = (400, INVALID)


def told(
    data: Any = _NOTHING,
    *,
    http_status: int = 200,
    headers: Mapping[str, str] | None = None,
    timestamp: datetime | None = None,
) -> Response:
    """A success, with `data` where there is something to tell (a list, an object, `None` as null).

    `timestamp` is an instant not after what was read; partners ask for changes since then.
    """
    return _answer(http_status, SUCCESS, "Success", data=data, headers=headers, timestamp=timestamp)


def refused(error: EvseStatusError) -> Response:
    """An error of ours."""
    headers: dict[str, str] = {}
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Token"
    if isinstance(error, TooManyCalls):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, RegisteredAlready | NotRegistered):
        headers["Allow"] = error.allows
    if isinstance(error, HandshakeFailed):
        return _answer(200, error.status_code, error.message)
    message = error.message
    if isinstance(error, StoreUnusable):
        headers["Retry-After"] = "1"
        message = "The database can't be used just now. Try again in a moment."
    if isinstance(error, NotSetUp):
        _LOG.error("A partner can't be served: %s", message)
        message = "This side isn't set up for that yet. Ask whoever runs it to look at its log."
    known = (_CODES[kind] for kind in type(error).__mro__ if kind in _CODES)
    http_status, code = next(known, (500, SERVER_ERROR))
    return _answer(http_status, code, message, headers=headers)


def unexpected() -> Response:
    """What is told of a mistake of ours: nothing of its insides."""
    return _answer(500, SERVER_ERROR, _UNEXPECTED)


def handle_errors(app: FastAPI) -> None:
    """Have every error of ours and of the framework answered in the envelope."""
    app.add_exception_handler(EvseStatusError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _frameworks)
    app.add_exception_handler(Exception, _unexpected)


def _answer(
    http_status: int,
    code: int,
    message: str,
    *,
    data: Any = _NOTHING,
    headers: Mapping[str, str] | None = None,
    timestamp: datetime | None = None,
) -> Response:
    body = {} if data is _NOTHING else {"data": data}
    body |= {
        "status_code": code,
        "status_message": message,
        "timestamp": _written(timestamp or _now()),
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(
        text.encode("utf-8", "backslashreplace"),
        status_code=http_status,
        headers=headers,
        media_type="application/json",
    )


def _now() -> datetime:
    try:
        return product().clock.now()
    except EvseStatusError:
        return system_wall()


def _written(at: datetime) -> str:
    return write_instant(at.replace(microsecond=0))


async def _ours(_request: Request, error: Exception) -> Response:
    assert isinstance(error, EvseStatusError)
    return refused(error)


async def _frameworks(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code, message = _HTTP.get(error.status_code, (CLIENT_ERROR, "The request can't be answered."))
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(methods_here(request)))
    return _answer(error.status_code, code, message, headers=headers)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = error.errors()[0]
    if wrong["loc"][0] == "path":
        return _answer(404, *_HTTP[404])
    return _answer(200, INVALID, f"{wrong['loc'][-1]}: {wrong['msg']}.")


async def _unexpected(_request: Request, _error: Exception) -> Response:
    return unexpected()
