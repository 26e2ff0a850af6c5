"""Where does a list go on? Cursors that callers needn't understand."""

import base64
import binascii
import json
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from evse_status.core.errors import InvalidInput


def cursor(*place: Any) -> str:
    """A place in a list as a text."""
    text = json.dumps(place, separators=(",", ":"), ensure_ascii=True)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place(text: str, *kinds: type) -> tuple[Any, ...]:
    """The place that a cursor stands for; its parts are of `kinds`. Raises InvalidInput."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise _unreadable() from None
    fits = isinstance(found, list) and len(found) == len(kinds)
    if not fits or not all(map(_is, found, kinds)):
        raise _unreadable()
    return tuple(found)


def next_link(request: Request, following: str) -> str:
    """The `Link` header of the next page: the same request from there on."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    query = urlencode([*kept, ("cursor", following)])
    return f'<{request.url.replace(query=query)}>; rel="next"'


def _is(value: object, kind: type) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, kind) and (kind is not int or 0 <= value < 2**63)  # type: ignore[operator]


def _unreadable() -> InvalidInput:
    return InvalidInput(
        "cursor: it isn't one of ours. Use the one of the page before, or none.", field="cursor"
    )
