"""The exact JSON of Locations, EVSEs and Connectors."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from evse_status.channels.ocpi import instants
from evse_status.channels.ocpi.objects import (
    Place,
    connector_object,
    evse_object,
    location_object,
)
from evse_status.core.partner import OcpiVersion, PartnerSettings
from evse_status.core.published import Announced
from evse_status.core.statuses import ActualStatus
from support import COMMISSIONING, NOON, at, evse_json, location_json

PLAIN = PartnerSettings()
NULLS = replace(PLAIN, explicit_nulls=True)
PLACE = Place(
    country_code="DK",
    party_id="TST",
    ocpi_id="L1",
    name="Havnen",
    address="",
    city="Aarhus",
    country="DK",
    latitude=56.15,
    longitude=10.21,
    time_zone="Europe/Copenhagen",
    publish=True,
)


def evse(content: dict[str, Any], settings: PartnerSettings = PLAIN, **told: Any) -> dict[str, Any]:
    return evse_object(
        content,
        **{"uid": "1", "evse_id": "DK*TST*E1", "status": "BLOCKED", "schedule": ()} | told,
        last_updated=NOON,
        settings=settings,
    )


def location(
    content: dict[str, Any], settings: PartnerSettings = PLAIN, place: Place = PLACE
) -> dict[str, Any]:
    return location_object(content, [], place=place, last_updated=NOON, settings=settings)


@pytest.fixture
def valid(shared: Path) -> Draft202012Validator:
    """The schema of a Location of OCPI 2.2.1."""
    text = (shared / "data" / "ocpi-2.2.1-jsonschema" / "location.schema.json").read_text()
    return Draft202012Validator(json.loads(text), format_checker=FormatChecker())


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 11, 22, 5, tzinfo=UTC), "2026-11-22T05:00:00Z"),
        (datetime(2026, 11, 22, 5, 0, 0, 999, tzinfo=UTC), "2026-11-22T05:00:00Z"),
        (datetime(2026, 11, 22, 5, 0, 0, 120_999, tzinfo=UTC), "2026-11-22T05:00:00.120Z"),
        (datetime(2026, 11, 22, 5, 0, 0, 999_999, tzinfo=UTC), "2026-11-22T05:00:00.999Z"),
    ],
)
def test_an_instant_is_told_in_utc_with_milliseconds_at_most(at: datetime, told: str) -> None:
    assert instants.text(at) == told
    assert instants.read(told) == instants.as_told(at)


@pytest.mark.parametrize("text", ["", "soon", "1999-01-01T00:00:00Z", "2026-13-01T00:00:00Z", 7])
def test_what_is_no_instant_is_not_read(text: object) -> None:
    assert instants.read(text) is None


def test_an_evse_is_published_as_it_came_with_our_status_schedule_and_last_updated() -> None:
    came = evse_json(
        "1", physical_reference="Bay 1", tariffs=[{"id": "x", "of": None}], vendor={"a": [None, ""]}
    )
    del came["status"]
    schedule = (
        Announced(at(0), at(5), COMMISSIONING),
        Announced(at(5), None, ActualStatus.AVAILABLE),
    )
    assert evse(came, schedule=schedule) == came | {
        "status": "BLOCKED",
        "status_schedule": [
            {
                "period_begin": "2026-10-22T12:00:00Z",
                "period_end": "2026-10-22T17:00:00Z",
                "status": "PLANNED",
            },
            {"period_begin": "2026-10-22T17:00:00Z", "status": "AVAILABLE"},
        ],
        "last_updated": "2026-10-22T12:00:00Z",
    }
    assert list(evse(came))[:4] == ["uid", "evse_id", "status", "connectors"]
    assert "status_schedule" not in evse(came | {"status_schedule": [{"status": "PLANNED"}]})


def test_empty_optional_fields_are_left_out_or_told_as_nulls() -> None:
    came: dict[str, Any] = {
        "connectors": [],
        "floor_level": "",
        "physical_reference": None,
        "images": None,
    }
    assert evse(came) == {
        "uid": "1",
        "evse_id": "DK*TST*E1",
        "status": "BLOCKED",
        "connectors": [],
        "last_updated": "2026-10-22T12:00:00Z",
    }
    nulls = {"status_schedule", "floor_level", "coordinates", "physical_reference"}
    assert evse(came, NULLS) == evse(came) | dict.fromkeys(nulls)


def test_nulls_reach_inside_and_follow_the_version() -> None:
    came = location_json("L1", operator={"name": "Op", "website": ""})
    told = location(came, NULLS)
    assert told["operator"] == {"name": "Op", "website": None, "logo": None}
    assert told["postal_code"] is told["energy_mix"] is None
    assert "help_phone" not in told
    newer = replace(NULLS, version=OcpiVersion.V2_3_0)
    assert location(came, newer) == told | {"help_phone": None}
    assert location(came)["operator"] == {"name": "Op"}


def test_an_untidy_location_is_completed() -> None:
    untidy = {
        "address": "",
        "country": "DK",
        "coordinates": {"latitude": 56.15, "longitude": 10.21, "note": "gate"},
        "city": "x" * 60,
        "operator": {"name": "y" * 120, "website": ""},
        "images": [{"url": "https://a.example/1.png", "thumbnail": None}, "not an object"],
        "postal_code": 8000,
        "opening_times": None,
        "vendor": None,
    }
    assert location(untidy) == {
        "address": "Havnen",
        "country": "DNK",
        "coordinates": {"latitude": "56.150000", "longitude": "10.210000", "note": "gate"},
        "city": "Aarhus",
        "operator": {"name": "y" * 100},
        "images": [{"url": "https://a.example/1.png"}, "not an object"],
        "postal_code": "8000",
        "vendor": None,
        "evses": [],
        "country_code": "DK",
        "party_id": "TST",
        "id": "L1",
        "publish": True,
        "time_zone": "Europe/Copenhagen",
        "last_updated": "2026-10-22T12:00:00Z",
    }


def test_where_it_stands_is_told_as_it_came_or_as_understood_but_never_invented() -> None:
    came = {"coordinates": {"latitude": "56.15000", "longitude": "10.21000"}}
    assert location(came)["coordinates"] == came["coordinates"]
    nowhere = replace(PLACE, latitude=None, longitude=None)
    assert "coordinates" not in location({"coordinates": {"latitude": "x"}}, place=nowhere)


def test_a_connector_gets_what_it_must_have() -> None:
    def told(**content: Any) -> dict[str, Any]:
        return connector_object(content, 2, last_updated=NOON, settings=PLAIN)

    assert told(
        max_voltage="400",
        max_amperage=31.6,
        max_electric_power=0,
        terms_and_conditions="",
        last_updated="2026-01-01T01:00:00+01:00",
    ) == {
        "id": "2",
        "max_voltage": 400,
        "max_amperage": 32,
        "last_updated": "2026-01-01T00:00:00Z",
    }
    as_it_came = "2026-01-01T00:00:00.000Z"
    assert told(id=7, last_updated=as_it_came) == {"id": "7", "last_updated": as_it_came}
    assert told()["last_updated"] == "2026-10-22T12:00:00Z"


def test_the_specification_s_own_examples_come_out_as_they_went_in(shared: Path) -> None:
    for version in OcpiVersion:
        files = sorted((shared / "data" / f"ocpi-{version}-examples").glob("location_example*"))
        assert files
        for file in files:
            came = json.loads(file.read_text())
            place = replace(
                PLACE, **{name: came[name] for name in ("country_code", "party_id", "publish")}
            )
            place = replace(
                place, ocpi_id=came["id"], country=came["country"], time_zone=came["time_zone"]
            )
            place = replace(place, address=came["address"], city=came["city"])
            evses = [
                evse(one, uid=one["uid"], evse_id=one["evse_id"], status=one["status"])
                for one in came["evses"]
            ]
            last_updated = instants.read(came["last_updated"]) or NOON
            settings = replace(PLAIN, version=version)
            told = location_object(
                came, evses, place=place, last_updated=last_updated, settings=settings
            )
            for one, was in zip(told["evses"], came["evses"], strict=True):
                assert one | {"last_updated": was["last_updated"]} == _without_schedule(was), file
            assert {**told, "evses": 0} == {**came, "evses": 0}, file


def _without_schedule(one: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key != "status_schedule"}


def test_a_published_location_is_valid(valid: Draft202012Validator) -> None:
    schedule = (Announced(at(0), None, COMMISSIONING),)
    came = location_json()
    told = location_object(
        came,
        [evse(came["evses"][0], schedule=schedule)],
        place=PLACE,
        last_updated=NOON,
        settings=PLAIN,
    )
    assert [error.message for error in valid.iter_errors(told)] == []
    assert list(valid.iter_errors(told | {"evses": [{"uid": "1"}]}))  # it does notice
