"""Many listen and the store is looked at once for all of them; whoever is slow is told what differs."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import event

from api.driver_app.conftest import AppCaller
from apps import Event, events_in
from evse_status.api.driver_app.broadcast import Broadcast
from evse_status.api.product import product
from evse_status.core.principal import LOCAL
from evse_status.service.app_audience import read_place
from evse_status.service.app_changes import glance
from evse_status.service.known_partners import digest_of
from evse_status.service.partners import resync_partner
from support import BLOCKED, placed

LISTENING = 60


async def _next(stream: AsyncIterator[str]) -> list[Event]:
    return events_in(await anext(stream))


def test_the_store_is_read_once_for_all_who_listen(spirii_go: AppCaller) -> None:
    other = spirii_go.another("Unbranded")
    engine, reads = spirii_go.site.db.engine, []

    def count(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        if "evse.physical_reference" in statement and "evse.created_at" in statement:
            reads.append(statement)

    async def listen() -> tuple[list[list[Event]], int]:
        hub = Broadcast(product())
        streams = [
            hub.follow(app.app, digest_of(app.token), None)
            for app in (spirii_go, other)
            for _ in range(LISTENING // 2)
        ]
        for stream in streams:
            assert [one.name for one in await _next(stream)] == ["ready"]
        await asyncio.to_thread(placed, spirii_go.site, "DK*TST*E1", BLOCKED)
        told = await asyncio.gather(*(_next(stream) for stream in streams))
        for stream in streams:
            await stream.aclose()  # type: ignore[attr-defined]
        return list(told), len(reads)

    event.listen(engine, "before_cursor_execute", count)
    try:
        told, looks = asyncio.run(listen())
    finally:
        event.remove(engine, "before_cursor_execute", count)
    labels = [[one.data["label"] for one in events] for events in told]
    assert labels == [["Blocked"]] * (LISTENING // 2) + [["Occupied"]] * (LISTENING // 2)
    assert looks == 1


def test_whoever_is_slow_is_told_what_differs(
    spirii_go: AppCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evse_status.api.driver_app.broadcast._STEPS_KEPT", 1)
    site, app = spirii_go.site, spirii_go.app

    async def listen() -> list[list[Event]]:
        hub = Broadcast(product())
        quick = hub.follow(app, digest_of(spirii_go.token), None)
        slow = hub.follow(app, digest_of(spirii_go.token), None)
        [ready], _ = await _next(quick), await _next(slow)
        for evse in ("DK*TST*E1", "DK*TST*E2", "DK*TST*E3"):
            await asyncio.to_thread(placed, site, evse, BLOCKED)
            assert [one.data["evseId"] for one in await _next(quick)] == [evse]
        caught_up = await _next(slow)
        # from a place that is ahead of what this process has seen, and from one that is none of the store's
        await asyncio.to_thread(resync_partner, site.db, LOCAL, app.id)
        reset = await _next(quick)
        until = glance(site.db).until
        later = read_place(ready.id)
        ahead = hub.follow(app, digest_of(spirii_go.token), later)
        again = await _next(ahead)
        assert until > later.at
        for stream in (quick, slow, ahead):
            await stream.aclose()  # type: ignore[attr-defined]
        return [caught_up, reset, again]

    caught_up, reset, again = asyncio.run(listen())
    assert [one.data["evseId"] for one in caught_up] == ["DK*TST*E1", "DK*TST*E2", "DK*TST*E3"]
    assert [one.name for one in reset] == ["reset"]
    # an app that asks with settings of before is told what it missed, then that it must begin anew
    assert [one.name for one in again] == ["ready", "change", "change", "change"]
