"""What may a route answer? Its errors and headers for the OpenAPI document."""

from typing import Any

from pydantic import BaseModel

from evse_status.api.answers import ErrorAnswer
from evse_status.api.errors import TYPES

_EXAMPLES = {
    400: ("broken_json", "The body is no JSON (near character 3). Check its quotes and commas.", "body"),
    401: ("not_signed_in", "Send a token: Authorization: Bearer …", None),
    403: ("not_allowed", "temporaryStatus: Lot 7 sensors may set BLOCKED, not RESERVED.", "temporaryStatus"),
    404: ("unknown_evse", "evseId: no EVSE is called 'DK*XYZ*E1'. Check the id, or import its location first.", "evseId"),
    409: ("ambiguous_evse", "evseId: 'DKXYZE123' fits DK*XYZ*E12*3 and DK*XYZ*E1*23. Write the one you mean exactly so.", "evseId"),
    412: ("stale_edit", "version: override 42 has been changed since you opened it: Mette changed it at 2026-11-22T12:00:00Z. Look at the new state and decide again.", "version"),
    413: ("body_too_large", "The body is larger than 1 MiB. Send less at once.", "body"),
    415: ("not_json", "The body must be JSON. Send the header Content-Type: application/json.", "Content-Type"),
    422: ("unknown_field", "validTill: is not a field of this request. Leave it out, or correct its name.", "validTill"),
    429: ("too_many_calls", "Too many calls. Wait as long as Retry-After says.", None),
    500: ("unexpected", "Something unexpected went wrong on the server. Try again; if it stays, tell whoever runs it the request_id.", None),
    503: ("store_busy", "The database can't be used just now. Try again in a moment.", None),
}  # fmt: skip
_MEANING = {
    400: "The body can't be read",
    401: "Nobody known is asking: no token, or none that is valid",
    403: "The token doesn't reach that far",
    404: "There is no such thing, or it is out of the token's reach",
    409: "Impossible as things stand",
    412: "Somebody changed it since it was seen",
    413: "The body is too large",
    415: "The body isn't JSON",
    422: "A value can't be accepted; `param` names it",
    429: "Too many calls",
    500: "A mistake of ours",
    503: "The database can't be used just now",
}
_HEADERS_OF = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "Seconds to wait."}}

READS = (401, 403, 422, 429, 500, 503)
WRITES = (400, *READS, 413, 415)


def answers(
    ok: dict[int, tuple[type[BaseModel] | Any, str]],
    *errors: int,
    headers: dict[str, str] | None = None,
) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route: what it answers when it succeeds, with which headers, and its errors."""
    told: dict[int | str, dict[str, Any]] = {
        status: {"model": model, "description": meaning, "headers": _headers(headers or {})}
        for status, (model, meaning) in ok.items()
    }
    for status in sorted(set(errors)):
        told[status] = {
            "model": ErrorAnswer,
            "description": _MEANING[status],
            "headers": _headers(_HEADERS_OF.get(status, {})),
            "content": {"application/json": {"example": _example(status)}},
        }
    return told


def _example(status: int) -> dict[str, Any]:
    code, message, param = _EXAMPLES[status]
    error = {"type": TYPES[status], "code": code, "message": message, "param": param}
    return {"error": error | {"request_id": "5d0c6a2b8f3e4c1d"}}


def _headers(named: dict[str, str]) -> dict[str, Any]:
    return {
        name: {"description": meaning, "schema": {"type": "string"}}
        for name, meaning in named.items()
    }
