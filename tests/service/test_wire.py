"""What Preview says is on the wire: the translation tables' words, at any instant what is sent then."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event

from evse_status.channels.ocpi.payload import body
from evse_status.core.delivery import Kind
from evse_status.core.partner import PartnerSettings, Reach
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import Channel
from evse_status.service.fleet import FleetFilter, select_evses
from evse_status.service.look_up import Planned
from evse_status.service.partners import add_partner
from evse_status.service.preview import Preview, preview
from evse_status.service.schedule import clear_overrides, place_overrides
from evse_status.service.sending import Job
from evse_status.service.wire import OnTheWire
from evse_status.store.database import Database
from support import (
    BLOCKED,
    COMMISSIONING,
    MAINTENANCE,
    RESERVED,
    Hands,
    Site,
    a_site,
    at,
    evse_json,
    location_json,
    placed,
    report,
    take_in,
    wish,
)
from told import TAKEN, VAULT, Receiver, a_partner

TEMPORARY = {  # design.md section 2: app by profile, Hubject, OCPI
    "MAINTENANCE": ({"default": "Out of Service", "spirii-2025": "Unavailable"}, "OutOfService", "INOPERATIVE"),
    "COMMISSIONING": ({"default": "Out of Service", "spirii-2025": "Coming Soon"}, "OutOfService", "PLANNED"),
    "BLOCKED": ({"default": "Occupied", "spirii-2025": "Blocked"}, "Occupied", "BLOCKED"),
    "RESERVED": ({"default": "Occupied", "spirii-2025": "Reserved"}, "Reserved", "RESERVED"),
}  # fmt: skip
ACTUAL: dict[str, tuple[str | None, str | None, str]] = {
    "AVAILABLE": ("Available", "Available", "AVAILABLE"),
    "CHARGING": ("Occupied", "Occupied", "CHARGING"),
    "BLOCKED": ("Occupied", "Occupied", "BLOCKED"),
    "RESERVED": ("Occupied", "Reserved", "RESERVED"),
    "INOPERATIVE": ("Out of Service", "OutOfService", "INOPERATIVE"),
    "OUTOFORDER": ("Out of Service", "OutOfService", "OUTOFORDER"),
    "PLANNED": ("Out of Service", "OutOfService", "PLANNED"),
    "REMOVED": (None, None, "REMOVED"),
    "UNKNOWN": ("Unknown", "Unknown", "UNKNOWN"),
}


def look(site: Site, evse: str = "DK*TST*E1", when: datetime | None = None, **how: Any) -> Preview:
    now = site.now()
    return preview(site.db, LOCAL, site.numbers[evse], at=when or now, now=now, **how)


def sent(seen: Preview, channel: Channel, which: int = 0) -> OnTheWire:
    return seen.wires.channels[list(Channel).index(channel)][which]


def told(seen: Preview, channel: Channel, which: int = 0) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(sent(seen, channel, which).body)
    return read


def words(seen: Preview) -> tuple[str | None, str | None, str]:
    """What is told to app, hub and roaming partner; `None`: taken off."""
    app, roamer = told(seen, Channel.SPIRII_GO), told(seen, Channel.OCPI)
    hub = told(seen, Channel.HUBJECT)
    [record] = hub["OperatorEvseStatus"]["EvseStatusRecord"]
    return (
        app.get("label"),
        record["EvseStatus"] if hub["ActionType"] == "update" else None,
        roamer["status"],
    )


@pytest.mark.parametrize("profile", ["default", "spirii-2025"])
def test_every_status_is_told_in_the_words_of_the_translation_tables(
    sqlite: Database, hands: Hands, profile: str
) -> None:
    site = a_site(sqlite, hands, len(TEMPORARY) + len(ACTUAL))
    names = iter(site.numbers)
    expected: dict[str, tuple[str | None, str | None, str]] = {}
    for status, (app, hub, ocpi) in TEMPORARY.items():
        expected[name := next(names)] = (app[profile], hub, ocpi)
        placed(site, name, TemporaryStatus(status))
    for status, each in ACTUAL.items():
        expected[name := next(names)] = each
        report(site.db, site.numbers[name], ActualStatus(status))
    hands.forward(minutes=1)
    found = {name: words(look(site, name, profile=profile)) for name in expected}
    assert found == expected
    assert len(found) == 13


@pytest.fixture
def site(db: Database, hands: Hands) -> Site:
    return a_site(db, hands, 2)


def test_what_is_said_of_an_instant_ahead_is_what_is_sent_when_it_comes(
    site: Site, hands: Hands
) -> None:
    jobs: list[Job] = []
    receiver = Receiver(site.db, a_partner(site.db), react=lambda job: jobs.append(job) or TAKEN)  # type: ignore[func-returns-value]
    receiver.drain()
    placed(site, status=BLOCKED, valid_from=at(1), valid_to=at(6))
    placed(site, status=COMMISSIONING, valid_from=at(2), valid_to=at(4))
    receiver.drain()
    instants = [at(1), at(2), at(4), at(6)]
    said = [sent(look(site, when=when), Channel.OCPI).body for when in instants]
    jobs.clear()
    really = []
    for when in instants:
        hands.shows = when
        receiver.drain()
        [patch] = [job.message for job in jobs if job.kind is Kind.STATUS]
        really.append(body(patch.body).decode())
        assert sent(look(site), Channel.OCPI).body == really[-1]
        jobs.clear()
    assert really == said
    hands.forward(hours=1)
    assert [sent(look(site, when=when), Channel.OCPI).body for when in instants] == said


def test_a_draft_is_told_as_if_it_were_placed_now_and_nothing_is_stored(
    site: Site, hands: Hands
) -> None:
    placed(site, status=BLOCKED, valid_to=at(5))
    hands.forward(minutes=1)
    draft = Planned(
        wish(COMMISSIONING, valid_from=at(1), valid_to=at(3)),
        site.now(),
        frozenset({site.numbers["DK*TST*E1"]}),
    )
    assert (
        words(look(site, planned=draft)) == words(look(site)) == ("Occupied", "Occupied", "BLOCKED")
    )
    for when, status in ((at(1), "PLANNED"), (at(3), "BLOCKED"), (at(5), "AVAILABLE")):
        seen = look(site, when=when, planned=draft)
        assert told(seen, Channel.OCPI)["status"] == status
        assert told(seen, Channel.OCPI)["last_updated"].startswith(when.isoformat()[:16])
    schedule = told(look(site, planned=draft), Channel.OCPI, 1)["status_schedule"]
    assert [one["status"] for one in schedule] == ["PLANNED"]
    assert "status_schedule" not in told(look(site), Channel.OCPI, 1)
    other = look(site, "DK*TST*E2", at(2), planned=draft)
    assert words(other) == ("Available", "Available", "AVAILABLE")
    before = look(site, when=at(-0.5), planned=draft)
    assert told(before, Channel.OCPI)["status"] == "UNKNOWN"  # what is past can't be planned


def test_a_draft_that_is_placed_is_told_as_it_was_said(site: Site, hands: Hands) -> None:
    draft = Planned(wish(MAINTENANCE, valid_from=at(1)), site.now(), frozenset({1}))
    said = look(site, when=at(1), planned=draft)
    placed(site, valid_from=at(1))
    assert look(site, when=at(1)).wires == said.wires


def test_without_overrides_the_actual_status_is_told(site: Site, hands: Hands) -> None:
    placed(site, status=MAINTENANCE)
    hands.forward(minutes=1)
    seen = look(site, with_overrides=False)
    assert words(seen) == ("Available", "Available", "AVAILABLE")


def test_the_past_is_told_with_the_instant_since_which_it_had_been_so(
    site: Site, hands: Hands
) -> None:
    made = placed(site, status=RESERVED)
    hands.forward(hours=2)
    clear_overrides(site.db, LOCAL, [made.id])
    hands.forward(days=90)
    seen = look(site, when=at(1))
    assert words(seen) == ("Occupied", "Reserved", "RESERVED")
    since = made.starts_at.isoformat()[:16]
    assert told(seen, Channel.OCPI)["last_updated"].startswith(since)
    assert told(seen, Channel.SPIRII_GO)["since"].startswith(since)
    assert "isn't kept" in sent(seen, Channel.OCPI, 1).why_not
    assert sent(seen, Channel.OCPI, 1).body == ""


def test_where_nothing_is_sent_a_sentence_says_why(site: Site) -> None:
    take_in(
        site.db,
        location_json("L2", evse_json("9", "Box 9"), publish=False),
        complete=False,
    )
    [hidden] = select_evses(site.db, LOCAL, FleetFilter(search="Box 9"), now=site.now())
    site.numbers["Box 9"] = hidden.id
    nobody = look(site)
    for channel in Channel:
        assert "this is what" in sent(nobody, channel).why_not
        assert sent(nobody, channel).body
    assert "ISO and DIN ids" in _why(look(site, "Box 9"), Channel.HUBJECT)

    published = Reach(unpublished=False)
    a_partner(site.db, "Roamer", reach=published)
    a_partner(site.db, "Elsewhere", reach=Reach(countries=frozenset({"SE"})))
    app = PartnerSettings(channel=Channel.SPIRII_GO, handshake=False, reach=published)
    add_partner(site.db, LOCAL, "My app", app, vault=VAULT, nobody_else_tells=True)
    assert sent(look(site), Channel.OCPI).to == "Roamer"
    for channel in (Channel.OCPI, Channel.SPIRII_GO):
        assert sent(look(site), channel).why_not == ""
        assert "publish: false" in _why(look(site, "Box 9"), channel)


def _why(seen: Preview, channel: Channel) -> str:
    wire = sent(seen, channel)
    assert wire.body == ""
    return wire.why_not


def test_a_roaming_id_stands_in_where_hubs_cannot_take_the_own_one(
    site: Site,
) -> None:
    from evse_status.store.tables import evse

    take_in(site.db, location_json("L3", evse_json("8", "Box 8")), complete=False)
    [box] = select_evses(site.db, LOCAL, FleetFilter(search="Box 8"), now=site.now())
    site.numbers["Box 8"] = box.id
    with site.db.write() as write:
        write.conn.execute(
            evse.update().where(evse.c.id == box.id).values(roaming_id="DK*TST*E8*8")
        )
    assert sent(look(site, "Box 8"), Channel.HUBJECT).body == (
        '{"ActionType":"update","OperatorEvseStatus":{"OperatorID":"DK*TST","EvseStatusRecord":'
        '[{"EvseID":"DK*TST*E8*8","EvseStatus":"Available"}]}}'
    )


def test_few_statements_however_many_evses_and_partners(db: Database, hands: Hands) -> None:
    small = a_site(db, hands, 2)
    many = [evse_json(f"M{n}") for n in range(60)]
    take_in(db, location_json("L2", *many), complete=False)
    [big, *_] = select_evses(db, LOCAL, FleetFilter(search="DK*TST*EM7"), now=small.now())
    a_partner(db, "First")
    for number in (small.numbers["DK*TST*E1"], big.id):
        place_overrides(db, LOCAL, [number], wish(BLOCKED, valid_to=at(5)))

    def statements(number: int) -> int:
        seen: list[str] = []
        remember = lambda _conn, _cursor, said, *_more: seen.append(said)  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", remember)
        try:
            preview(db, LOCAL, number, at=at(2), now=small.now())
        finally:
            event.remove(db.engine, "before_cursor_execute", remember)
        return len([one for one in seen if "SELECT" in one])

    few = statements(small.numbers["DK*TST*E1"])
    for name in ("Second", "Third", "Fourth"):
        a_partner(db, name)
    assert statements(big.id) == few <= 40
