"""Hubs as processes of their own, that are told by a sender."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from evse_status.core.delivery import REMOVED
from evse_status.core.hub import hub_word
from evse_status.core.partner import PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.core.translation import Channel
from evse_status.service.fleet import FleetFilter, fleet_page
from evse_status.service.known_partners import Partner, partner_numbered
from evse_status.service.partners import add_partner
from examples.processes import Hub, example_hub
from sender.running import Network


@dataclass
class ToldHub:
    """A hub that is told of a network."""

    network: Network
    partner: Partner
    hub: Hub

    def shown(self) -> dict[str, str]:
        """What it should have now."""
        now = self.network.app.now()
        rows = fleet_page(
            self.network.app.database,
            LOCAL,
            FleetFilter(),
            from_at=now,
            to_at=now + timedelta(microseconds=1),
            now=now,
            limit=10_000,
        ).rows
        words = {row.evse.evse_id: hub_word(row.track[0].displayed.status) for row in rows}
        return {evse_id: word for evse_id, word in words.items() if word != REMOVED}

    def is_right(self) -> bool:
        """Whether it has what it should."""
        return self.hub.statuses("DKTST") == self.shown()

    def behave(self, mode: str, **more: Any) -> None:
        self.hub.post("/behave", {"mode": mode, **more})

    def pushes(self, after: int = 0) -> list[dict[str, Any]]:
        """What it was pushed, as it was answered."""
        found: list[dict[str, Any]] = self.hub.get(f"/log?after={after}")
        return found

    def count(self) -> int:
        """How many pushes it has had."""
        requests: int = self.hub.get("/state")["requests"]
        return requests

    def now(self) -> Partner:
        """The partner as it is kept now."""
        with self.network.app.database.read() as conn:
            return partner_numbered(conn, self.partner.id)

    def assert_never_two_at_once(self) -> None:
        assert self.hub.get("/state")["overlaps"] == 0


@contextmanager
def a_told_hub(
    network: Network, *words: str, certificate: str | None = None, **fields: Any
) -> Iterator[ToldHub]:
    """A hub that has had every EVSE before, unless `words` say otherwise."""
    with example_hub(*(words or ("--knows-all",)), "--operator", "DK*TST") as hub:
        settings = PartnerSettings(
            channel=Channel.HUBJECT,
            handshake=False,
            url=hub.base,
            operator_id="DK*TST",
            **{"timeout_seconds": 2, **fields},
        )
        made = add_partner(
            network.app.database,
            LOCAL,
            "Hubject",
            settings,
            vault=network.app.vault,
            nobody_else_tells=True,
            certificate=certificate,
        )
        yield ToldHub(network, made.partner, hub)
