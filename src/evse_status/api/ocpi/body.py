"""What did a partner send? One JSON value of at most 16 MiB."""

import json
from typing import Any

from fastapi import Request

from evse_status.api.errors import BodyTooLarge, NotJson
from evse_status.api.ocpi.envelope import BrokenJson
from evse_status.core.errors import InvalidInput

LARGEST_BODY = 16 * 2**20


async def json_body(request: Request) -> dict[str, Any]:
    """The object in the body. Raises NotJson, BodyTooLarge, BrokenJson, InvalidInput.

    Some peers leave the media type out; another one than JSON is refused.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("", "application/json"):
        raise NotJson
    told = request.headers.get("content-length", "0")
    if not told.isdecimal() or len(told) > 12 or int(told) > LARGEST_BODY:
        raise BodyTooLarge(LARGEST_BODY)
    come = bytearray()
    async for chunk in request.stream():
        come += chunk
        if len(come) > LARGEST_BODY:
            raise BodyTooLarge(LARGEST_BODY)
    try:
        body = json.loads(bytes(come))
    except json.JSONDecodeError as error:
        raise BrokenJson(error.pos) from None
    except (ValueError, RecursionError):
        raise BrokenJson(0) from None
    if not isinstance(body, dict):
        raise InvalidInput("body: is no JSON object. Send one.", field="body")
    return body
