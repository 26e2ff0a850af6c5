"""`/v2/changes`: what happens, as server-sent events that can be taken up again where they broke off."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from evse_status.api.described import READS, answers
from evse_status.api.ending import is_ending
from evse_status.api.forms import event_form
from evse_status.api.gate import Caller, Gated
from evse_status.api.product import product
from evse_status.api.times import InstantField
from evse_status.core.principal import Principal
from evse_status.service.changes import Events, events_after, latest, place_at

router = APIRouter(prefix="/v2/changes", route_class=Gated, tags=["Changes"])

SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_BETWEEN_SIGNS = 15
LONGEST_SECONDS = 300  # then it is taken up again, and who asks is looked at again

_EXAMPLE = (
    "id: 1795348800000000.1.7\nevent: override.created\n"
    'data: {"id":"1795348800000000.1.7","type":"override.created","at":"2026-11-22T12:00:00Z",'
    '"evseId":"DK*DMO*E1041*1","override":{"id":42},"by":"Lot 7 sensors","why":""}\n\n'
)
_EVENT = {
    "description": "One event; `data` is JSON.",
    "type": "object",
    "properties": {"id": {"type": "string"}, "event": {"type": "string"}, "data": {}},
}
_ANSWER = answers({200: (None, "Events, one after the other")}, *READS)
_ANSWER[200] = {
    "description": "Events of the types override.created, override.changed, override.cleared, "
    "override.started, override.ended and actualStatus.changed; `ready` comes first.",
    "content": {"text/event-stream": {"schema": _EVENT, "example": _EXAMPLE}},
}


@router.get("", operation_id="followChanges", response_class=StreamingResponse, responses=_ANSWER)
async def follow(
    request: Request,
    caller: Caller,
    last_event_id: Annotated[
        str | None,
        Header(
            alias="Last-Event-ID",
            max_length=60,
            description="The id of the last event that came: what came after it follows, nothing is missed.",
        ),
    ] = None,
    since: Annotated[
        Annotated[datetime, InstantField(in_query=True)] | None,
        Query(description="Begin at this instant. Unset: with what happens from now on."),
    ] = None,
    follow: Annotated[
        Literal["true", "false"],
        Query(description="`false`: end after what has happened so far."),
    ] = "true",
) -> StreamingResponse:
    """Follow what happens to overrides and actual statuses. Ended after five minutes: connect again with Last-Event-ID."""
    place = await run_in_threadpool(_start, last_event_id, since)
    first = await run_in_threadpool(_look, caller, place)
    stream = _stream(request, caller, first, endless=follow == "true")
    return StreamingResponse(
        stream,
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


def _start(last_event_id: str | None, since: datetime | None) -> str:
    if last_event_id:
        return last_event_id
    return place_at(since) if since is not None else latest(product().database)


def _look(caller: Principal, place: str) -> Events:
    app = product()
    return events_after(app.database, caller, place, now=app.now())


async def _stream(
    request: Request, caller: Principal, found: Events, *, endless: bool
) -> AsyncIterator[str]:
    place = "" if found.events else f"id: {found.last}\n"
    yield f"retry: 2000\n{place}event: ready\ndata: {{}}\n\n"
    loop = asyncio.get_running_loop()
    until, silent_since = loop.time() + LONGEST_SECONDS, loop.time()
    while True:
        for event in found.events:
            told = json.dumps(event_form(event), ensure_ascii=False, separators=(",", ":"))
            yield f"id: {event.id}\nevent: {event.type}\ndata: {told}\n\n"
            silent_since = loop.time()
        if not found.more:
            over = not endless or loop.time() > until or is_ending()
            if over or await request.is_disconnected():
                return
            if loop.time() > silent_since + SECONDS_BETWEEN_SIGNS:
                silent_since = loop.time()
                yield f": still here\nid: {found.last}\n\n"
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        found = await run_in_threadpool(_look, caller, found.last)
