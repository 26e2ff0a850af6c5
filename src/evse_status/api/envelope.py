"""How is every error answered, ours and the framework's? In one envelope.

`{"error": {"type", "code", "message", "param", "request_id"}}`
"""

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from evse_status.api.errors import TYPES, choices_of, status_of
from evse_status.api.times import BRANCHES, OURS
from evse_status.core.errors import EvseStatusError, NotSignedIn, StoreUnusable, TooManyCalls

_SENTENCES = {
    400: ("broken_json", "The body is no JSON in UTF-8, or nested too deeply. Check it."),
    404: ("unknown_path", "There is nothing at this address. /docs lists what there is."),
    405: (
        "method_not_allowed",
        "This address doesn't take this method. The header Allow names those it takes.",
    ),
}
_WRONG = {
    "missing": ("missing_field", "is missing. Send it."),
    "extra_forbidden": (
        "unknown_field",
        "is not a field of this request. Leave it out, or correct its name.",
    ),
    "int_parsing": ("invalid_input", "must be a whole number."),
    "greater_than_equal": ("invalid_input", "must be {ge} or more."),
    "less_than_equal": ("invalid_input", "must be {le} or less."),
    "less_than": ("invalid_input", "is too large a number."),
    "string_type": ("invalid_input", "must be text."),
    "string_unicode": ("invalid_input", "must be text; a character in it is broken."),
    "string_too_short": ("invalid_input", "is empty. Leave it out, or fill it in."),
    "string_too_long": ("invalid_input", "is too long. At most {max_length} characters fit."),
    "list_type": ("invalid_input", 'must be a list, like ["…"].'),
    "too_short": ("invalid_input", "is an empty list. Put at least one item in."),
    "too_long": ("invalid_input", "is too long a list. At most {max_length} items fit."),
    "bool_type": ("invalid_input", "must be true or false."),
    "model_attributes_type": ("invalid_input", "must be a JSON object, like {{…}}."),
}
_PATTERNS = {
    "extendBy": "must be a duration like PT1H, PT90M or P1DT12H; -PT30M shortens.",
    "duration": "must be a duration like PT7H or PT90M.",
    "startTime": "must be a time of day like 22:00.",
    "Idempotency-Key": "must be of visible ASCII characters, without spaces.",
}
_LOG = logging.getLogger("evse_status.api")
_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")
_UNEXPECTED = (
    "Something unexpected went wrong on the server. Try again; if it stays, tell whoever "
    "runs it the request_id."
)


def answer(
    request: Request,
    status: int,
    *,
    code: str,
    message: str,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """The envelope; `more` is what only few errors tell."""
    error = {
        "type": TYPES.get(status, "invalid_request_error" if status < 500 else "server_error"),
        "code": code,
        "message": message,
        "param": param,
        "request_id": getattr(request.state, "request_id", ""),
    }
    return JSONResponse({"error": error | dict(more or {})}, status_code=status, headers=headers)


def unexpected(request: Request) -> Response:
    """What is told of a mistake of ours: nothing of its insides."""
    return answer(request, 500, code="unexpected", message=_UNEXPECTED)


def handle_errors(api: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Have every error of ours and of the framework answered in the envelope."""
    api.state.routers = routers
    api.add_exception_handler(EvseStatusError, _ours)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _frameworks)
    api.add_exception_handler(Exception, _unexpected)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, EvseStatusError)
    status, headers = status_of(error), {}
    if isinstance(error, TooManyCalls):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, StoreUnusable):
        headers["Retry-After"] = "1"
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    message = error.message
    if isinstance(error, StoreUnusable):
        _LOG.warning("%s Request %s", message, getattr(request.state, "request_id", ""))
        message = "The database can't be used just now. Try again in a moment."
    return answer(
        request,
        status,
        code=error.code,
        message=message,
        param=error.field,
        headers=headers,
        more=choices_of(error),
    )


async def _frameworks(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code, message = _SENTENCES.get(
        error.status_code, ("broken_request", "The request can't be read. Check its body.")
    )
    headers = dict(error.headers or {})
    if error.status_code == 405:
        # Starlette names the methods of the first route that fits alone.
        headers["Allow"] = ", ".join(sorted(methods_here(request))) or headers.get("Allow", "")
    param = "body" if error.status_code == 400 else None
    return answer(
        request, error.status_code, code=code, message=message, param=param, headers=headers
    )


def methods_here(request: Request) -> set[str]:
    """The methods that an address takes, by all its routes."""
    path = request.scope["path"]
    routes = (route for router in request.app.state.routers for route in router.routes)
    return {
        method
        for route in routes
        if isinstance(route, APIRoute) and route.path_regex.match(path)
        for method in route.methods or ()
    }


async def _unexpected(request: Request, _error: Exception) -> Response:
    return unexpected(request)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = sorted(error.errors(), key=lambda one: one["type"] != "extra_forbidden")[0]
    if wrong["type"] == "json_invalid":
        return answer(
            request,
            400,
            code="broken_json",
            message=f"The body is no JSON (near character {wrong['loc'][-1]}). Check its quotes and commas.",
            param="body",
        )
    param = _param(wrong["loc"])
    code, sentence = _explained(wrong)
    return answer(request, 422, code=code, message=f"{param}: {sentence}", param=param)


def _param(place: Sequence[int | str]) -> str:
    parts = [part for part in place[1:] if not _is_branch(part)] or list(place[:1])
    return ".".join(str(part)[:60] for part in parts)


def _is_branch(part: int | str) -> bool:
    """Pydantic names the branch of a union in the place; callers don't know it."""
    return isinstance(part, str) and (
        part.startswith(("function-", "list[")) or part == "str" or part in BRANCHES
    )


def _explained(wrong: Mapping[str, Any]) -> tuple[str, str]:
    kind, context = wrong["type"], wrong.get("ctx") or {}
    if kind == OURS:
        return context["code"], context["sentence"]
    if kind in ("enum", "literal_error"):
        expected = _MEMBER.sub(r"\1", str(context.get("expected", "one of the known words")))
        return "unknown_word", f"is not known. Use {expected}."
    if kind == "string_pattern_mismatch":
        return "invalid_input", _PATTERNS.get(str(wrong["loc"][-1]), "has another form.")
    code, sentence = _WRONG.get(kind, ("invalid_input", None))
    return code, sentence.format(**context) if sentence else f"{wrong['msg']}."
