"""The payload that Preview shows is byte for byte what a real sender sends, captured where it arrives."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from evse_status.core.partner import PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.core.translation import Channel
from evse_status.service.acknowledged import acknowledgements
from evse_status.service.fleet import EvseCard
from evse_status.service.look_up import find_evse
from evse_status.service.partners import add_partner
from evse_status.service.preview import preview
from evse_status.service.schedule import place_overrides
from peers import Asked, Peer, peer
from sender.running import Network, a_network, a_sender, wait_until
from support import wish

EVSE = "DK*TST*E1*1"
TAKEN = {
    "status_code": 1000,
    "timestamp": "2026-11-22T05:00:00Z",
    "Result": True,
    "StatusCode": {"Code": "000"},
}
HUB = "/evsepush/v21/operators/DK*TST/status-records"


@pytest.fixture
def receiver() -> Iterator[Peer]:
    """It takes whatever an OCPI partner and a hub take, and keeps it to the byte."""
    with peer() as made:
        made.otherwise = (200, TAKEN)
        yield made


@pytest.fixture
def network(sqlite_url: str, receiver: Peer) -> Iterator[Network]:
    with a_network(sqlite_url, locations=1, evses=2) as made:
        app = made.app
        for name, settings in (
            ("Roamer", PartnerSettings(url=f"{receiver.url}/ocpi/locations")),
            (
                "Hub",
                PartnerSettings(url=receiver.url, operator_id="DK*TST", channel=Channel.HUBJECT),
            ),
        ):
            add_partner(
                app.database,
                LOCAL,
                name,
                PartnerSettings.from_json(settings.as_json() | {"handshake": False}),
                vault=app.vault,
                nobody_else_tells=True,
                token="token" if settings.channel is Channel.OCPI else None,
            )
        yield made


def test_what_is_shown_is_what_arrives(network: Network, receiver: Peer) -> None:
    db = network.app.database
    card = find_evse(db, LOCAL, EVSE)

    def arrived(before: int) -> list[Asked]:
        """A status each for the partner and for the hub."""
        new = receiver.asked[before:]
        patches = [
            one for one in new if one.method == "PATCH" and one.raw.startswith(b'{"status":')
        ]
        pushes = [one for one in new if one.path == HUB]
        return [*patches[:1], *pushes[:1]] if patches and pushes else []

    with a_sender(network):
        wait_until(lambda: {one.method for one in receiver.asked} >= {"PUT", "POST"})
        wait_until(lambda: _is_told(network, card))
        before, starts = len(receiver.asked), network.app.now() + timedelta(seconds=2)
        place_overrides(db, LOCAL, [EVSE], wish(TemporaryStatus.COMMISSIONING, valid_from=starts))
        said = preview(db, LOCAL, card.id, at=starts, now=network.app.now()).wires.channels
        wait_until(lambda: bool(arrived(before)))

    _, [push], [patch, _] = said
    told, pushed = arrived(before)
    assert (told.raw.decode(), pushed.raw.decode()) == (patch.body, push.body)
    assert (patch.to, push.to) == ("Roamer", "Hub")
    assert told.path.endswith(patch.request.removeprefix("PATCH …"))
    assert pushed.path.endswith(push.request.removeprefix("POST …"))
    later = preview(db, LOCAL, card.id, at=(now := network.app.now()), now=now).wires.channels
    assert [later[1][0].body, later[2][0].body] == [push.body, patch.body]


def _is_told(network: Network, card: EvseCard) -> bool:
    heard = acknowledgements(network.app.database, LOCAL, card)
    known = [*heard[Channel.OCPI], *heard[Channel.HUBJECT]]
    return len(known) == 2 and not any(one.is_behind for one in known)
