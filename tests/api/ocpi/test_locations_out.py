"""What partners get who ask for Locations, one by one and page by page."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from evse_status.channels.ocpi import instants
from evse_status.core.partner import PartnerSettings, Reach
from evse_status.core.principal import LOCAL
from evse_status.service.partners import add_partner
from evse_status.service.preview import preview
from evse_status.service.schedule import clear_overrides
from ocpi_wire import Wire
from support import (
    BLOCKED,
    COMMISSIONING,
    MAINTENANCE,
    PROJECT,
    SHARED,
    at,
    evse_json,
    location_json,
    placed,
    take_in,
)

LIST = "/ocpi/2.2.1/locations"


def receiver(wire: Wire, **settings: Any) -> str:
    """A partner that gets everything unless told otherwise; its token."""
    told = PartnerSettings(handshake=False, url="https://emsp.example/locations", **settings)
    made = add_partner(
        wire.site.db, LOCAL, f"Partner {len(wire.known())}", told,
        vault=wire.app.vault, nobody_else_tells=True, token="theirs",
    )  # fmt: skip
    return made.token or ""


def changed(wire: Wire, token: str, **query: str) -> list[str]:
    """The ids of Locations in the list."""
    return [one["id"] for one in wire.data(f"{LIST}?{urlencode(query)}", token)]


@pytest.mark.parametrize("version", ["2.2.1", "2.3.0"])
def test_a_location_its_evse_and_its_connector_show_what_is_displayed(
    wire: Wire, version: str
) -> None:
    made = placed(wire.site, valid_to=at(2))
    token = receiver(wire)
    base = f"/ocpi/{version}/locations"

    [location] = wire.data(base, token)
    assert wire.data(f"{base}/l1", token) == location
    first, second, _ = location["evses"]
    assert wire.data(f"{base}/L1/1", token) == first
    assert wire.data(f"{base}/L1/1/1", token) == first["connectors"][0]
    assert (first["status"], second["status"]) == ("INOPERATIVE", "AVAILABLE")
    since = instants.text(made.made_at)
    assert location["last_updated"] == first["last_updated"] == since > second["last_updated"]
    assert first["status_schedule"] == [
        {"period_begin": since, "period_end": instants.text(at(2)), "status": "INOPERATIVE"}
    ]
    for path in ("L9", "L1/9", "L1/1/9"):
        assert wire.refused("GET", f"{base}/{path}", token)[:2] == (404, 2003)


def test_only_what_is_in_a_partners_reach_is_there(wire: Wire) -> None:
    take_in(
        wire.site.db,
        location_json("L2", evse_json("9"), publish=False),
        location_json("L3", evse_json("8"), party_id="OTH"),
        complete=False,
    )
    assert changed(wire, receiver(wire)) == ["L1", "L2", "L3"]
    open_only = receiver(wire, reach=Reach(operators=frozenset({"TST"}), unpublished=False))
    assert changed(wire, open_only) == ["L1"]
    for hidden in ("L2", "L3", "L3/8", "L3/8/1"):
        assert wire.refused("GET", f"{LIST}/{hidden}", open_only)[:2] == (404, 2003)
    nothing = receiver(wire, reach=Reach(locations=frozenset({99})))
    assert changed(wire, nothing) == []


def test_pages_follow_one_another_and_keep_what_was_asked(wire: Wire) -> None:
    take_in(
        wire.site.db,
        *(location_json(f"P{n:02}", evse_json(f"p{n}")) for n in range(5)),
        complete=False,
    )
    token = receiver(wire)
    since = "2026-10-01T00:00:00Z"
    path: str | None = f"{LIST}/?date_from={since}&limit=2"
    seen, pages = [], 0
    while path is not None:
        answer = wire("GET", path, token)
        assert answer.headers["X-Total-Count"] == "6"
        assert answer.headers["X-Limit"] == "2"
        seen += [one["id"] for one in answer.json()["data"]]
        pages += 1
        path = answer.links.get("next", {}).get("url")
        assert path is None or {f"date_from={since.replace(':', '%3A')}", "limit=2"} <= set(
            path.partition("?")[2].split("&")
        )
    assert seen == ["L1", "P00", "P01", "P02", "P03", "P04"]
    assert pages == 3
    assert changed(wire, token, offset="4", limit="9") == ["P03", "P04"]
    assert changed(wire, token, offset="99") == []


def test_dates_are_those_of_what_is_published_the_first_included_the_last_not(wire: Wire) -> None:
    wire.site.hands.shows = at(1)
    take_in(wire.site.db, location_json("L2", evse_json("9")), complete=False)
    wire.site.hands.forward(minutes=1)
    made = placed(wire.site, valid_from=at(5.25), valid_to=at(6.5))
    token = receiver(wire)

    def told(location_id: str) -> str:
        return str(wire.data(f"{LIST}/{location_id}", token)["last_updated"])

    def later(text: str) -> str:
        return instants.text((instants.read(text) or made.made_at) + timedelta(milliseconds=1))

    assert told("L1") == told("L1") == instants.text(made.made_at)
    for hour, expected in ((1.1, made.made_at), (5.25, at(5.25)), (6, at(5.25)), (6.5, at(6.5))):
        wire.site.hands.shows = at(hour)
        assert told("L1") == instants.text(expected)  # nobody sends anything
        assert changed(wire, token, date_from=told("L1")) == ["L1"]
        assert changed(wire, token, date_from=later(told("L1"))) == []
        assert changed(wire, token, date_to=told("L1")) == ["L2"]
        assert changed(wire, token, date_to=later(told("L1"))) == ["L1", "L2"]
    clear_overrides(wire.site.db, LOCAL, [made.id])
    assert told("L1") == instants.text(at(6.5))  # it was over already


def test_a_date_that_is_none_is_refused_by_name(wire: Wire) -> None:
    status, code, words = wire.refused("GET", f"{LIST}?date_from=soon", receiver(wire))
    assert (status, code) == (200, 2001)
    assert "date_from" in words
    assert wire.refused("GET", f"{LIST}?limit=0", receiver(wire))[:2] == (200, 2001)
    assert changed(wire, receiver(wire), date_from="2026-10-01T00:00:00+00:00") == ["L1"]


def test_the_timestamp_of_an_answer_is_no_later_than_what_it_shows(wire: Wire) -> None:
    wire.site.hands.forward(microseconds=999_999)
    told = datetime.fromisoformat(wire("GET", LIST, receiver(wire)).json()["timestamp"])
    assert told <= wire.site.hands.shows


def test_explicit_nulls_and_schedules_follow_the_partners_settings(wire: Wire) -> None:
    placed(wire.site, valid_from=at(5), status=MAINTENANCE)
    path = f"{LIST}/L1/1"
    assert "status_schedule" not in wire.data(path, receiver(wire, schedule=False))
    nulls = wire.data(path, receiver(wire, schedule=False, explicit_nulls=True))
    assert nulls["status_schedule"] is nulls["floor_level"] is None


@pytest.mark.shared
@pytest.mark.parametrize("version", ["2.2.1", "2.3.0"])
def test_all_that_is_published_of_the_demo_network_and_a_real_feed_is_valid(
    wire: Wire, shared: Any, version: str
) -> None:
    feeds = (
        PROJECT / "data" / "demo-network.json",
        SHARED / "data" / "real-feeds" / "ludwigsburg-ocpi-2.2.1.json",
    )
    came: list[dict[str, Any]] = []
    for file in feeds:
        told = json.loads(file.read_text(encoding="utf-8"))
        came += told if isinstance(told, list) else told["items"]
    take_in(wire.site.db, *came)
    placed(wire.site, valid_from=at(5))
    schemas = SHARED / "data" / "ocpi-2.2.1-jsonschema"
    valid = {
        name: Draft202012Validator(
            json.loads((schemas / f"{name}.schema.json").read_text()),
            format_checker=FormatChecker(),
        )
        for name in ("location", "evse")
    }
    token = receiver(wire)
    path: str | None = f"/ocpi/{version}/locations?limit=200"
    seen = []
    while path is not None:
        answer = wire("GET", path, token)
        seen += answer.json()["data"]
        path = answer.links.get("next", {}).get("url")
    assert len(seen) == len(came) + 1
    problems = [error.message for one in seen for error in valid["location"].iter_errors(one)]
    evses = [one for location in seen for one in location["evses"]]
    problems += [error.message for one in evses for error in valid["evse"].iter_errors(one)]
    assert problems == []
    unknown = [{"id": one["id"], **one}.get("help_phone") for one in seen]
    assert any(unknown)  # what isn't ours is still there


def test_preview_says_to_the_byte_what_a_partner_reads(wire: Wire) -> None:
    site, token = wire.site, receiver(wire)
    placed(site, status=COMMISSIONING, valid_from=at(1), valid_to=at(2))
    placed(site, status=BLOCKED, valid_to=at(5))
    for instant in (site.now(), at(1), at(2), at(5)):
        number = site.numbers["DK*TST*E1"]
        said = preview(site.db, LOCAL, number, at=instant, now=site.now()).wires.channels[2][1]
        site.hands.shows = max(instant, site.hands.shows)
        path = said.request.removeprefix("GET …")
        assert wire("GET", path, token).text.startswith(f'{{"data":{said.body},"status_code":1000')
        assert said.to == "Partner 0"
