"""Hubject's own OpenAPI, kept to by Prism (npm), accepts every push: of the demo network and a real feed."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from conftest import missing
from evse_status.bootstrap import App, open_app
from evse_status.channels.addresses import Allowed
from evse_status.channels.oicp.client import HubClient, HubPeer
from evse_status.channels.oicp.payload import UNKNOWN, body, status_push
from evse_status.core.delivery import Outcome
from evse_status.core.hub import Action, hub_word
from evse_status.core.partner import PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.core.roaming_id import operator_of
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import Channel
from evse_status.service.partners import add_partner, resync_partner
from evse_status.service.roaming_ids import roaming_lines, set_roaming_ids
from evse_status.service.schedule import place_overrides
from evse_status.store.tables import partner_evse, receipt
from foreign import prism
from sender.running import KEY, Network, a_sender, settings, wait_until
from support import PROJECT, take_in, wish

OPERATORS = ("DK*DMO", "SE*DMO", "FI*DMO", "GB*DMO", "DE*DMO", "+49*810", "DE*SLB")
"""Those of the demo network, and the one of the real feed."""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, api: Path) -> Iterator[str]:
    log = tmp_path_factory.mktemp("prism") / "log"
    with prism.serving(prism.installed(), api, log) as address:
        yield address


@pytest.fixture(scope="module")
def api() -> Path:
    file = PROJECT.parent / "shared" / prism.API
    if not file.is_file():
        missing(f"Hubject's OpenAPI is not there: expected {prism.API} in ../shared")
    return file


def networks() -> list[dict[str, Any]]:
    demo = json.loads((PROJECT / "data" / "demo-network.json").read_text(encoding="utf-8"))
    real = PROJECT.parent / "shared" / "data" / "real-feeds" / "ludwigsburg-ocpi-2.2.1.json"
    return [*demo, *json.loads(real.read_text(encoding="utf-8"))["items"]]


@pytest.fixture
def network(sqlite_url: str, hub: str) -> Iterator[Network]:
    """Both networks, told to a hub in the name of each operator."""
    with settings(EVSE_STATUS_SECRET_KEY=KEY):
        app = open_app(sqlite_url, create=True)
        take_in(app.database, *networks())
        for operator in OPERATORS:
            settings_of_it = PartnerSettings(
                channel=Channel.HUBJECT,
                handshake=False,
                url=hub,
                operator_id=operator,
                insert_unknown=True,
            )
            add_partner(
                app.database, LOCAL, f"Hub of {operator}", settings_of_it,
                vault=app.vault, nobody_else_tells=True,
            )  # fmt: skip
        yield Network(app, sqlite_url)
        app.database.close()


def told(app: App) -> int:
    """How many EVSEs hubs have acknowledged as they should; 0 while anything is due."""
    one = partner_evse.c
    counted = select(func.count()).select_from(partner_evse)
    with app.database.read() as conn:
        if conn.scalar(counted.where(one.due_at.is_not(None), one.refused == "")):
            return 0
        right = (one.tell_as != "") & (one.wanted == one.acked) & (one.told_as == one.tell_as)
        return conn.scalar(counted.where(right)) or 0


def told_as(app: App, number: int) -> str:
    """The id under which a hub has this EVSE."""
    row = partner_evse.c
    with app.database.read() as conn:
        return (
            conn.scalar(select(row.told_as).where(row.evse_id == number, row.tell_as != "")) or ""
        )


def answers(app: App) -> dict[str, int]:
    """What hubs answered, with how often."""
    with app.database.read() as conn:
        rows = conn.execute(select(receipt.c.outcome, func.count()).group_by(receipt.c.outcome))
        return {row[0]: row[1] for row in rows}


def test_it_accepts_whatever_the_sender_pushes(network: Network) -> None:
    app, db = network.app, network.app.database
    ids = [evse["evse_id"] for place in networks() for evse in place["evses"]]
    fitting = [name for name in ids if operator_of(name) is not None]
    assert len(ids) - len(fitting) > 3
    with a_sender(network):
        wait_until(lambda: told(app) == len(fitting))
        for at, status in enumerate(TemporaryStatus):
            place_overrides(db, LOCAL, fitting[at : at + 40 : 4], wish(status))
        internal = [one for one in roaming_lines(db, LOCAL) if "neither" in one.why_not]
        number = next(one.evse.id for one in internal if one.evse.country_code == "DK")
        set_roaming_ids(db, LOCAL, {number: "DK*DMO*EROAMING*1"})
        wait_until(lambda: told(app) == len(fitting) + 1)
        set_roaming_ids(db, LOCAL, {number: "DKDMOEROAMING2"})  # the old one is deleted
        wait_until(lambda: told_as(app, number) == "DKDMOEROAMING2")
        before, danish = answers(app)["acknowledged"], sum(one[:2] == "DK" for one in fitting)
        resync_partner(db, LOCAL, 1)  # with a full load, for it inserts
        wait_until(lambda: answers(app)["acknowledged"] > before + danish // 2)
        wait_until(lambda: told(app) == len(fitting) + 1)
    assert set(answers(app)) == {"acknowledged"}, answers(app)


def test_it_accepts_every_word_with_every_action_and_refuses_any_other(hub: str) -> None:
    peer = HubPeer(hub, "DK*DMO", "", Allowed(loopback=True), 30.0)
    words = sorted({hub_word(status) for status in (*ActualStatus, *TemporaryStatus)} - {"REMOVED"})
    records = [(f"DK*DMO*E{word.upper()}", word) for word in words]

    async def push(*pushes: tuple[str, Action, list[tuple[str, str]]]) -> list[Outcome]:
        async with HubClient(peer) as client:
            return [
                (await client.push(body(status_push("DK*DMO", name, action, some)))).outcome
                for name, action, some in pushes
            ]

    good = [(name, action, records) for name in ("", "Démo & Söhne") for action in Action]
    bad = [
        ("", Action.UPDATE, [*records, ("DK*DMO*E1", "INOPERATIVE")]),
        ("", Action.UPDATE, [*records, ("DK.DMO.Z203*1", UNKNOWN)]),
    ]
    outcomes = asyncio.run(push(*good, *bad))
    assert outcomes == [Outcome.ACKNOWLEDGED] * len(good) + [Outcome.REFUSED] * len(bad)
