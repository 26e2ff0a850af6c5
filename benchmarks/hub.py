"""How soon does a hub know of 10,000 EVSEs that flip at one instant? One push at a time, by the hub's own clock.

The floor are the same records in the same batches by a bare aiohttp loop, against the same hub.
"""

import asyncio
import contextlib
import json
import os
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import httpx

from benchmarks.deliveries import FLIPPING, SINGLE, Delivered, network, p99, process, sender, wait
from evse_status.bootstrap import App
from evse_status.channels.oicp.payload import body, path, status_push
from evse_status.core.hub import Action
from evse_status.core.override import Wish
from evse_status.core.partner import PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.core.translation import Channel
from evse_status.service.hub_sending import MOST_RECORDS
from evse_status.service.partners import add_partner
from evse_status.service.schedule import place_overrides

_OPERATOR = "DK*BEN"


def measure(kind: str, folder: Path) -> list[Delivered]:
    """On a store of its own in `folder`."""
    os.environ["EVSE_STATUS_SECRET_KEY"] = "k" * 40
    with network(kind, folder, "hub", FLIPPING) as (app, url), _hub() as hub:
        _add(app, hub)
        with sender(url):
            wait(lambda: len(_held(hub)) == FLIPPING, 300)
            return _singles(kind, app, hub) + _at_once(kind, app, hub)


def _singles(kind: str, app: App, hub: dict[str, str]) -> list[Delivered]:
    """Starts one after the other, each at an instant of its own; they end before all flip at once."""
    waited = []
    for number in range(SINGLE):
        starts_at = datetime.now(UTC) + timedelta(seconds=0.4)
        after = len(_log(hub))
        wish = Wish(TemporaryStatus.BLOCKED, starts_at, starts_at + timedelta(seconds=20))
        evse = f"DK*BEN*E{number}"
        place_overrides(app.database, LOCAL, [evse], wish, all_or_nothing=True)
        while not (told := _told_of(_log(hub, after), evse)):
            time.sleep(0.005)
        waited.append((told[0] - starts_at).total_seconds())
    wait(lambda: set(_held(hub).values()) == {"Available"}, 60)
    return [
        Delivered(kind, f"boundary to the hub's acknowledgment, {name}", SINGLE, value, "s")
        for name, value in (("p50", statistics.median(waited)), ("p99", p99(waited)))
    ]


def _told_of(pushes: list[dict[str, Any]], evse: str) -> list[datetime]:
    return [
        datetime.fromisoformat(one["at"])
        for one in pushes
        for record in one["body"]["OperatorEvseStatus"]["EvseStatusRecord"]
        if record == {"EvseID": evse, "EvseStatus": "Occupied"}
    ]


def _at_once(kind: str, app: App, hub: dict[str, str]) -> list[Delivered]:
    numbers = list(range(1, FLIPPING + 1))
    started = time.monotonic()
    far = Wish(TemporaryStatus.MAINTENANCE, valid_from=datetime.now(UTC) + timedelta(days=1))
    place_overrides(app.database, LOCAL, numbers, far)
    taken = time.monotonic() - started  # to place so many; a second time leaves time for it
    at = datetime.now(UTC) + timedelta(seconds=2 * taken + 3)
    wish = Wish(TemporaryStatus.BLOCKED, valid_from=at)
    assert len(place_overrides(app.database, LOCAL, numbers, wish).done) == FLIPPING
    after = len(_log(hub))
    assert datetime.now(UTC) < at, "placing took longer than planned"
    wait(lambda: set(_held(hub).values()) == {"Occupied"}, 300)
    pushes = _log(hub, after)
    bare = asyncio.run(_bare(hub))
    told = sorted(
        (datetime.fromisoformat(one["at"]) - at).total_seconds()
        for one in pushes
        for _ in one["body"]["OperatorEvseStatus"]["EvseStatusRecord"]
    )
    assert len(told) == FLIPPING, "something was told twice"
    assert httpx.get(f"{hub['url']}/state").json()["overlaps"] == 0
    figures = (("first", told[0]), ("p50", statistics.median(told)), ("last", told[-1]))
    return [
        Delivered(
            kind, f"a hub told of all that start at one instant, {name}", FLIPPING, value, "s", bare
        )
        for name, value in figures
    ] + [Delivered(kind, "… in so many pushes", FLIPPING, len(pushes), "")]


async def _bare(hub: dict[str, str]) -> float:
    """The same records by a loop that knows everything beforehand."""
    records = [(evse_id, "Available") for evse_id in _held(hub)]
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(headers=headers) as session:
        started = time.monotonic()
        for first in range(0, len(records), MOST_RECORDS):
            some = records[first : first + MOST_RECORDS]
            push = body(status_push(_OPERATOR, "", Action.UPDATE, some))
            async with session.post(hub["base"] + path(_OPERATOR), data=push) as answer:
                assert (await answer.json())["Result"] is True
        return time.monotonic() - started


def _add(app: App, hub: dict[str, str]) -> None:
    settings = PartnerSettings(
        channel=Channel.HUBJECT, handshake=False, url=hub["base"], operator_id=_OPERATOR
    )
    add_partner(app.database, LOCAL, "Hubject", settings, vault=app.vault, nobody_else_tells=True)


@contextlib.contextmanager
def _hub() -> Iterator[dict[str, str]]:
    with process(["-m", "evse_status.examples.hub", "--knows-all", "--until-input-ends"]) as (
        _,
        line,
    ):
        yield json.loads(line)


def _held(hub: dict[str, str]) -> dict[str, str]:
    told: dict[str, str] = (
        httpx.get(f"{hub['url']}/state", timeout=60).json()["statuses"].get("DKBEN", {})
    )
    return told


def _log(hub: dict[str, str], after: int = 0) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = httpx.get(f"{hub['url']}/log?after={after}", timeout=60).json()
    return told
