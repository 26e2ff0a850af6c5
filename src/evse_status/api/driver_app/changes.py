"""`/driver-app/changes`: what looks different from now on, as server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from evse_status.api.described import READS, answers
from evse_status.api.driver_app.broadcast import broadcast, too_old, written
from evse_status.api.driver_app.examples import CHANGE
from evse_status.api.driver_app.gate import App, GatedApp, ItsDigest
from evse_status.api.product import product
from evse_status.channels.driver_app.payload import EventName, event
from evse_status.service.app_audience import Since, audience, edition, read_place
from evse_status.service.app_changes import changes, glance
from evse_status.service.known_partners import Partner

router = APIRouter(prefix="/driver-app/changes", route_class=GatedApp, tags=["Driver apps"])

_EVENT = {
    "description": "One event; `data` is JSON.",
    "type": "object",
    "properties": {"id": {"type": "string"}, "event": {"type": "string"}, "data": {}},
}
_ANSWER = answers({200: (None, "Events, one after the other")}, *READS)
_ANSWER[200] = {
    "description": "`ready` comes first. `change`: an EVSE looks different. `evse`: a whole record, new or "
    "described anew. `gone`: it isn't shown any more. `reset`: fetch everything again.",
    "content": {
        "text/event-stream": {
            "schema": _EVENT,
            "example": event(EventName.CHANGE, CHANGE, place="1795348800000000.3fa9c21b"),
        }
    },
}
_PLACE: dict[str, Any] = {
    "max_length": 60,
    "description": "The id of the last event that came, or lastEventId of a list: what looks different "
    "since then follows, each EVSE once.",
}


@router.get("", operation_id="followApp", response_class=StreamingResponse, responses=_ANSWER)
async def follow(
    app: App,
    digest: ItsDigest,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", **_PLACE)] = None,
    begin: Annotated[str | None, Query(alias="lastEventId", **_PLACE)] = None,
    follow: Annotated[
        Literal["true", "false"],
        Query(description="`false`: end after what has changed so far."),
    ] = "true",
) -> StreamingResponse:
    """Follow what looks different in this app. Ended after five minutes: connect again with Last-Event-ID."""
    told = last_event_id or begin
    place = read_place(told) if told else None
    stream = (
        broadcast(product()).follow(app, digest, place) if follow == "true" else _so_far(app, place)
    )
    return StreamingResponse(
        stream,
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def _so_far(app: Partner, place: Since | None) -> AsyncIterator[str]:
    db, who, of = product().database, audience(app.settings), edition(app)
    until = (await run_in_threadpool(glance, db)).until
    here, text = Since(until, of).written(), ""
    if place is not None and too_old(place, of, until):
        text = written(None, here)
    elif place is not None:
        told = await run_in_threadpool(changes, db, [who], after=place.at, until=until)
        text = written(None if told is None else told[who.key], here)
    first = "" if text else f"id: {here}\n"
    yield f"retry: 2000\n{first}event: ready\ndata: {{}}\n\n{text}"
