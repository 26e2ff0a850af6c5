"""How does an example partner read what it is sent, and how does it leave without an answer?"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Coroutine
from typing import Any

from aiohttp import web

from evse_status.examples.envelope import INVALID, Refused

BODY_LIMIT = 16 * 1024 * 1024


async def read_json(request: web.Request) -> Any:
    """The body; `None` if there is none. Raises Refused."""
    text = await request.read()
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise Refused(400, INVALID, "The body is no JSON") from None


def hang_up(request: web.Request) -> web.Response:
    """End the connection without an answer."""
    if request.transport is not None:
        with contextlib.suppress(OSError):
            request.transport.abort()
    raise asyncio.CancelledError


def control(act: Callable[[Any], Coroutine[Any, Any, Any]]) -> Any:
    """A control address: `act` gets the body's JSON, its answer is sent as JSON."""

    async def handle(request: web.Request) -> web.Response:
        try:
            return web.json_response(await act(await read_json(request)))
        except Refused as refused:
            return web.json_response({"error": refused.words}, status=refused.http_status)

    return handle
