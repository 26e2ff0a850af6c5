"""Whole pulls from upstream, and what becomes of statuses while it is silent (rules 19, 20)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from evse_status.core.partner import (
    OcpiVersion,
    PartnerRole,
    PartnerSettings,
    Party,
    Registration,
)
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus
from evse_status.service.known_partners import Partner, heard
from evse_status.service.look_up import find_evse
from evse_status.service.ourselves import Ourselves
from evse_status.service.partners import add_partner, list_partners, pause_partner
from evse_status.service.schedule import clear_overrides
from evse_status.service.upstream import (
    Silence,
    note_silence,
    pull_everything,
    tend,
    upstream_silence,
)
from evse_status.service.vault import Vault
from evse_status.store.database import Database
from peers import Peer, good, peer
from support import (
    BLOCKED,
    RESERVED,
    Hands,
    Site,
    a_site,
    evse_json,
    location_json,
    placed,
    report,
    shown,
    take_in,
)

VAULT = Vault("x" * 40)
HOUR = timedelta(hours=1)
OLD = "2026-01-01T00:00:00Z"


@dataclass(frozen=True)
class Csms:
    """An upstream with a static token, and what it answers."""

    site: Site
    there: Peer

    @property
    def known(self) -> Partner:
        [line] = list_partners(self.site.db, LOCAL)
        return line.partner

    def has(self, *locations: dict[str, Any]) -> None:
        self.there.answers["GET", "/locations"] = good(list(locations))

    def tend(self) -> None:
        tend(self.site.db, VAULT, now=self.site.now, silent_after=HOUR)

    def asked(self) -> int:
        return len(self.there.was_asked("GET"))

    def speaks(self) -> None:
        heard(self.site.db, self.known, now=self.site.now())

    def silence(self) -> list[Silence]:
        return upstream_silence(self.site.db, LOCAL, now=self.site.now(), after=HOUR)


@pytest.fixture
def csms(db: Database, hands: Hands) -> Iterator[Csms]:
    """A site whose EVSEs a CSMS tells of since it was added, all AVAILABLE."""
    site = a_site(db, hands, 3)
    with peer() as there:
        settings = PartnerSettings(
            role=PartnerRole.UPSTREAM, handshake=False, url=f"{there.url}/locations"
        )
        add_partner(db, LOCAL, "CSMS", settings, vault=VAULT, token="ours")
        made = Csms(site, there)
        made.has(location_json("L1", *(evse_json(str(n + 1)) for n in range(3))))
        yield made


def test_everything_is_asked_for_on_connect_and_every_night_but_not_in_between(csms: Csms) -> None:
    csms.tend()
    asked = csms.asked()
    assert asked == 1
    assert csms.there.asked[0].token == "ours"
    assert csms.known.pulled_at is not None
    csms.speaks()
    csms.site.hands.forward(hours=3)  # the afternoon
    csms.speaks()
    csms.tend()
    assert csms.asked() == asked
    csms.site.hands.forward(hours=12)  # past two at night
    csms.speaks()
    csms.tend()
    assert csms.asked() == asked + 1


def test_what_a_pull_lacks_is_missing_but_not_what_came_meanwhile(csms: Csms) -> None:
    site = csms.site

    def answer(_asked: object) -> Any:
        """While it answers, a new EVSE is pushed, and a status newer than the one it tells."""
        site.hands.forward(seconds=1)
        take_in(site.db, location_json("L1", evse_json("new")), complete=False)
        report(site.db, site.numbers["DK*TST*E1"], ActualStatus.CHARGING)
        return good([location_json("L1", evse_json("1"), evse_json("2"))])

    csms.there.answers["GET", "/locations"] = answer
    csms.tend()
    since = {
        name: find_evse(site.db, LOCAL, f"DK*TST*E{name}").missing_since
        for name in ("1", "2", "3", "new")
    }
    assert since.pop("3") == site.db.newest_at()
    assert set(since.values()) == {None}
    assert shown(site, "DK*TST*E1") is ActualStatus.CHARGING


@pytest.mark.parametrize(
    "body",
    [
        (500, {"status_code": 3000}),
        (200, {"status_code": 3000, "status_message": "No", "timestamp": OLD}),
        (
            200,
            {"data": [location_json("L1", {"uid": "1", "status": "PARKED"})], "status_code": 1000},
        ),
    ],
)
def test_a_pull_with_errors_marks_nothing_missing(csms: Csms, body: Any) -> None:
    csms.there.answers["GET", "/locations"] = body
    csms.tend()
    for number in ("1", "2", "3"):
        assert find_evse(csms.site.db, LOCAL, f"DK*TST*E{number}").missing_since is None


def test_a_failed_pull_is_noted_and_tried_again_later_each_time(csms: Csms) -> None:
    csms.there.answers["GET", "/locations"] = (503, {})
    tries = []
    for _ in range(60):
        before = csms.asked()
        csms.tend()
        if csms.asked() > before:
            tries.append(csms.site.hands.shows)
        csms.site.hands.forward(minutes=1)
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert waits == sorted(waits)
    assert timedelta(minutes=1) <= waits[0] < waits[-1]
    assert "503" in csms.known.failure
    assert csms.known.failures == len(tries)

    csms.has(location_json("L1", *(evse_json(str(n + 1)) for n in range(3))))
    csms.site.hands.forward(hours=1)
    csms.tend()
    assert (csms.known.failure, csms.known.failures, csms.known.try_at) == ("", 0, None)


def test_while_upstream_is_silent_what_follows_an_override_is_unknown(csms: Csms) -> None:
    csms.tend()
    site = csms.site
    one = placed(site, "DK*TST*E1", status=BLOCKED)
    aside = placed(site, "DK*TST*E2", status=RESERVED, stands_back=True)
    report(site.db, site.numbers["DK*TST*E2"], ActualStatus.CHARGING)
    csms.there.answers["GET", "/locations"] = (503, {})

    site.hands.forward(minutes=59)
    csms.tend()
    assert csms.silence() == []
    site.hands.forward(minutes=2)
    assert csms.silence() == [Silence("CSMS", csms.known.heard_at, 1)]
    before = [shown(site, f"DK*TST*E{n}") for n in (1, 2, 3)]
    assert before == [BLOCKED, ActualStatus.CHARGING, ActualStatus.AVAILABLE]

    csms.tend()
    assert [shown(site, f"DK*TST*E{n}") for n in (1, 2, 3)] == before  # nothing flips
    clear_overrides(site.db, LOCAL, [one.id, aside.id])
    assert shown(site, "DK*TST*E1") is ActualStatus.UNKNOWN
    assert shown(site, "DK*TST*E2") is ActualStatus.CHARGING
    assert note_silence(site.db, now=site.now(), after=HOUR) == 0

    # It speaks again: everything is asked for, and what it says is believed, however old.
    csms.has(location_json("L1", *(evse_json(str(n + 1), last_updated=OLD) for n in range(3))))
    site.hands.forward(hours=1)
    csms.tend()
    assert csms.silence() == []
    assert shown(site, "DK*TST*E1") is ActualStatus.AVAILABLE


def test_a_paused_upstream_is_neither_asked_nor_called_silent(csms: Csms) -> None:
    csms.tend()
    pause_partner(csms.site.db, LOCAL, csms.known.id, paused=True)
    asked = csms.asked()
    csms.site.hands.forward(days=3)
    csms.tend()
    assert csms.asked() == asked
    assert csms.silence() == []


def test_silence_is_told_to_those_whose_chargers_it_is_about(csms: Csms) -> None:
    from evse_status.core.principal import Principal, Role

    csms.tend()
    csms.site.hands.forward(hours=2)

    def told(operator: str) -> int:
        who = Principal("Mette", Role.VIEWER, operators=frozenset({operator}))
        return len(upstream_silence(csms.site.db, who, now=csms.site.now(), after=HOUR))

    assert (told("TST"), told("OTH")) == (1, 0)


def test_only_one_of_several_processes_asks(csms: Csms) -> None:
    def answer(_asked: object) -> Any:
        csms.tend()  # another one, meanwhile
        return good([location_json("L1", evse_json("1"))])

    csms.there.answers["GET", "/locations"] = answer
    csms.tend()
    assert csms.asked() == 1


def test_a_registered_upstream_is_asked_with_ids_and_routing(csms: Csms) -> None:
    registered = Registration(
        version=OcpiVersion.V2_2_1,
        endpoints={("locations", "SENDER"): f"{csms.there.url}/locations"},
        parties=(Party("CPO", "DK", "TST"), Party("CPO", "DK", "TWO")),
        url=f"{csms.there.url}/versions",
    )
    csms.has(location_json("L1", evse_json("1")), location_json("X", party_id="OTH"))
    partner = replace(
        csms.known, registered=registered, settings=replace(csms.known.settings, handshake=True)
    )
    us = Ourselves("", "DK", "OWN", "Own")
    outcome = pull_everything(csms.site.db, partner, VAULT, now=csms.site.now, us=us)
    assert (outcome.locations_created, outcome.evses_created, outcome.missing) == (0, 0, 2)
    [asked] = csms.there.was_asked("GET")
    assert {name: value for name, value in asked.headers.items() if name.startswith("ocpi-")} == {
        "ocpi-from-country-code": "DK",
        "ocpi-from-party-id": "OWN",
        "ocpi-to-country-code": "DK",
        "ocpi-to-party-id": "TST",
    }
    assert asked.headers["x-request-id"] != asked.headers["x-correlation-id"]
