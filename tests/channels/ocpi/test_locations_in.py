"""A feed of Locations in any state comes down to records, and to what was wrong with the others."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_status.channels.ocpi.locations_in import Problem, Reading, next_page, read_locations
from evse_status.core.errors import EvseStatusError, UnreadableFeed
from evse_status.core.statuses import ActualStatus
from support import PROJECT, SHARED

EXAMPLES = sorted(
    str(file.relative_to(SHARED))
    for file in SHARED.glob("data/ocpi-2.*-examples/location_example*.json")
) or ["data/ocpi-2.2.1-examples/location_example.json"]


def an_evse(**changes: Any) -> dict[str, Any]:
    evse = {
        "uid": "u1",
        "evse_id": "DK*ABC*E1*1",
        "status": "AVAILABLE",
        "connectors": [{"id": "1", "standard": "IEC_62196_T2"}],
        "last_updated": "2026-01-01T00:00:00Z",
    }
    return without_unset(evse | changes)


def a_location(*evses: Any, **changes: Any) -> dict[str, Any]:
    location = {
        "country_code": "DK",
        "party_id": "ABC",
        "id": "L1",
        "publish": True,
        "name": "Harbour",
        "address": "Quay 1",
        "city": "Aarhus",
        "postal_code": "8000",
        "country": "DNK",
        "coordinates": {"latitude": "56.15", "longitude": "10.21"},
        "evses": list(evses) or [an_evse()],
        "time_zone": "Europe/Copenhagen",
        "last_updated": "2026-01-01T00:00:00Z",
    }
    return without_unset(location | changes)


def without_unset(value: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if item is not ...}


def read(*locations: Any, **options: Any) -> Reading:
    return read_locations([list(locations)], **options)


def only_evse(**changes: Any) -> Any:
    reading = read(a_location(an_evse(**changes)))
    assert reading.problems == ()
    return reading.locations[0].evses[0]


# Real feeds and the specification's own examples


@pytest.mark.shared
def test_real_feed_comes_through_whole(shared: Path) -> None:
    file = shared / "data" / "real-feeds" / "ludwigsburg-ocpi-2.2.1.json"
    reading = read_locations([json.loads(file.read_text(encoding="utf-8"))])
    assert (len(reading.locations), reading.evse_count) == (100, 273)
    assert (reading.problems, reading.warnings) == ((), ())
    assert not reading.whole  # it names a next page
    first = reading.locations[0].evses[0]
    assert (first.evse_id, first.charger) == ("DE*SLB*E001L10000*001", "DE*SLB*E001L10000")
    assert (first.power_w, first.connectors) == (22_000, "Type 2")
    assert "accepted_service_providers" in first.content


@pytest.mark.shared
@pytest.mark.parametrize("name", EXAMPLES)
def test_specification_example_comes_through(shared: Path, name: str) -> None:
    raw = json.loads((shared / name).read_text(encoding="utf-8"))
    reading = read_locations([raw])
    assert (reading.problems, reading.warnings) == ((), ())
    assert not reading.whole  # a Location by itself says nothing about the others
    (location,) = reading.locations
    assert location.ocpi_id == raw["id"]
    assert location.publish is raw["publish"]
    assert [evse.uid for evse in location.evses] == [evse["uid"] for evse in raw["evses"]]
    assert list(location.content) == [key for key in raw if key != "evses"]
    for evse, came in zip(location.evses, raw["evses"], strict=True):
        assert evse.content == {key: value for key, value in came.items() if key != "status"}


def test_demo_network_has_nothing_wrong() -> None:
    file = PROJECT / "data" / "demo-network.json"
    reading = read_locations([json.loads(file.read_text(encoding="utf-8"))])
    assert (reading.problems, reading.warnings, reading.whole) == ((), (), True)
    assert len(reading.locations) >= 60
    assert reading.evse_count >= 240


# Envelopes


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        ([a_location()], True),
        ({"data": [a_location()], "status_code": 1000}, True),
        ({"items": [a_location()], "next": None}, True),
        ({"items": [a_location()], "next": ""}, True),
        ({"items": [a_location()], "next": "NWVl"}, False),
        ({"data": a_location(), "status_code": 1000}, False),
        (a_location(), False),
    ],
)
def test_envelope_is_taken_off(body: object, whole: bool) -> None:
    reading = read_locations([body])
    assert [location.ocpi_id for location in reading.locations] == ["L1"]
    assert reading.problems == ()
    assert reading.whole is whole


@pytest.mark.parametrize("body", [[], {"data": None, "status_code": 1000}, {"items": []}])
def test_empty_feed_is_read_but_proves_nothing_missing(body: object) -> None:
    assert read_locations([body]) == Reading((), (), (), whole=False)


def test_pages_are_one_feed() -> None:
    pages = [
        {"items": [a_location()], "next": "https://a.example/?page=2"},
        {"items": [a_location(id="L2"), a_location()]},
    ]
    reading = read_locations(pages)
    assert [location.ocpi_id for location in reading.locations] == ["L1", "L2"]
    assert [problem.place for problem in reading.problems] == ["page 2 items[1].id"]
    assert reading.whole


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("hello", "a text"),
        (None, "null"),
        ({"versions": []}, "'versions'"),
        ({"data": 7}, "'data'"),
        ([{"id": "T1", "currency": "EUR"}], "no OCPI Locations"),
        ({"status_code": 2001, "status_message": "bad token", "data": []}, "2001 (bad token)"),
    ],
)
def test_what_is_no_feed_at_all_is_refused_by_name(body: object, named: str) -> None:
    with pytest.raises(UnreadableFeed) as refused:
        read_locations([body], origin="https://csms.example/locations")
    assert "https://csms.example/locations" in str(refused.value)
    assert named in str(refused.value)


def test_next_page_is_read_from_the_body() -> None:
    assert next_page({"items": [], "next": "/p?2"}) == "/p?2"
    assert next_page({"items": [], "next": None}) is None
    assert next_page([]) is None


# A bad record is named, the others go on


def test_unknown_status_is_refused_by_name_and_place_and_the_rest_is_taken() -> None:
    reading = read(
        a_location(id="L0", evses=[]),
        a_location(an_evse(), an_evse(uid="u2", evse_id="DK*ABC*E1*2", status="SLEEPING")),
    )
    assert [evse.uid for evse in reading.locations[1].evses] == ["u1"]
    assert reading.problems == (
        Problem(
            "[1].evses[1].status",
            "the status 'SLEEPING' is not known; expected one of AVAILABLE, BLOCKED, CHARGING, "
            "INOPERATIVE, OUTOFORDER, PLANNED, REMOVED, RESERVED, UNKNOWN.",
            "L1",
            "DK*ABC*E1*2",
        ),
    )
    assert str(reading.problems[0]).startswith(
        "[1].evses[1].status (location L1, EVSE DK*ABC*E1*2): the status 'SLEEPING'"
    )


@pytest.mark.parametrize(
    ("bad", "place"),
    [
        (None, "[0]"),
        ("text", "[0]"),
        ([1], "[0]"),
        ({"id": "x"}, "[0]"),
        (a_location(id=...), "[0].id"),
        (a_location(id=""), "[0].id"),
        (a_location(id={"a": 1}), "[0].id"),
        (a_location(id="x" * 65), "[0].id"),
        (a_location(evses="none"), "[0].evses"),
        (a_location(7), "[0].evses[0]"),
        (a_location(an_evse(uid=None, evse_id="")), "[0].evses[0]"),
        (a_location(an_evse(uid="u" * 65)), "[0].evses[0].uid"),
        (a_location(an_evse(evse_id="u" * 65)), "[0].evses[0].evse_id"),
        (a_location(an_evse(status=5)), "[0].evses[0].status"),
        (a_location(an_evse(), an_evse(uid="U1", evse_id="DK*ABC*E2")), "[0].evses[1].uid"),
    ],
)
def test_bad_record_is_reported_with_its_place(bad: object, place: str) -> None:
    reading = read(bad, a_location(id="L2"))
    assert [problem.place for problem in reading.problems] == [place]
    assert reading.locations[-1].ocpi_id == "L2"
    assert len(reading.locations[-1].evses) == 1


def test_of_two_equal_location_ids_the_first_is_kept() -> None:
    reading = read(a_location(name="one"), a_location(name="two", id="l1"))
    assert [location.name for location in reading.locations] == ["one"]
    assert [problem.place for problem in reading.problems] == ["[1].id"]


def test_the_same_id_at_another_party_is_another_location() -> None:
    reading = read(a_location(), a_location(party_id="XYZ"))
    assert (len(reading.locations), reading.problems) == (2, ())


def nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


def test_absurd_nesting_refuses_only_what_is_nested() -> None:
    reading = read(a_location(an_evse(x=nested(500)), an_evse(uid="u2", evse_id="DK*ABC*E2")))
    assert [evse.uid for evse in reading.locations[0].evses] == ["u2"]
    reading = read(a_location(x=nested(500)), a_location(id="L2"))
    assert [location.ocpi_id for location in reading.locations] == ["L2"]


# Untidy but usable


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("available", ActualStatus.AVAILABLE),
        (" Charging ", ActualStatus.CHARGING),
        ("SuspendedEV", ActualStatus.CHARGING),
        ("Faulted", ActualStatus.OUTOFORDER),
        ("REMOVED", ActualStatus.REMOVED),
        (None, ActualStatus.UNKNOWN),
        ("", ActualStatus.UNKNOWN),
        (..., ActualStatus.UNKNOWN),
    ],
)
def test_status_is_folded(word: object, status: ActualStatus) -> None:
    assert only_evse(status=word).status is status


def test_status_that_is_not_told_is_warned_about() -> None:
    assert [w.place for w in read(a_location(an_evse(status=None))).warnings] == [
        "[0].evses[0].status"
    ]


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-01-01T01:00:00Z", datetime(2026, 1, 1, 1, tzinfo=UTC)),
        ("2026-01-01T01:00:00.250+01:00", datetime(2026, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-01-01T01:00:00", datetime(2026, 1, 1, 1, tzinfo=UTC)),
        ("yesterday", None),
        ("1970-01-01T00:00:00Z", None),
        (20260101, None),
        (None, None),
        ([], None),
    ],
)
def test_time_of_the_status(told: object, at: datetime | None) -> None:
    assert only_evse(last_updated=told).status_at == at


def test_evse_without_one_of_its_ids_uses_the_other_and_says_so() -> None:
    reading = read(a_location(an_evse(evse_id=None), an_evse(uid=..., evse_id="DK*ABC*E2")))
    assert [(e.uid, e.evse_id) for e in reading.locations[0].evses] == [
        ("u1", "u1"),
        ("DK*ABC*E2", "DK*ABC*E2"),
    ]
    assert len(reading.warnings) == 2


def test_numbers_serve_as_ids() -> None:
    reading = read(a_location(an_evse(uid=8976020), id=12, postal_code=8000))
    location = reading.locations[0]
    assert (location.ocpi_id, location.evses[0].uid, location.postal_code) == (
        "12",
        "8976020",
        "8000",
    )


@pytest.mark.parametrize(
    ("changes", "charger"),
    [
        ({"charger_id": "C7"}, "C7"),
        ({"chargeboxId": 17}, "17"),
        ({"charge_box_id": "B"}, "B"),
        ({"charger_id": ""}, "DK*ABC*E1"),
        ({"evse_id": "DK*ABC*E1"}, "u1"),
        ({"evse_id": "DKABCE77*2"}, "DKABCE77"),
        ({"evse_id": "DK*ABC*E12-2"}, "DK*ABC*E12"),
        ({"evse_id": "+49*123*456*1"}, "+49*123*456"),
        ({"evse_id": "+49*123*456"}, "u1"),
        ({"evse_id": "DK.SPI.Z203*2"}, "DK.SPI.Z203"),
        ({"evse_id": "bay-2"}, "u1"),
        ({"evse_id": None, "uid": "box*1"}, "box"),
    ],
)
def test_charger_is_told_or_derived(changes: dict[str, Any], charger: str) -> None:
    assert only_evse(**changes).charger == charger


@pytest.mark.parametrize(
    ("connectors", "short", "power_w"),
    [
        ([], "", None),
        (None, "", None),
        ([None, {"standard": None}], "", None),
        (
            [
                {"standard": "IEC_62196_T2_COMBO", "max_electric_power": 150_000},
                {
                    "standard": "chademo",
                    "power_type": "DC",
                    "max_voltage": 500,
                    "max_amperage": 125,
                },
                {"standard": "IEC_62196_T2_COMBO"},
            ],
            "CCS, CHAdeMO",
            150_000,
        ),
        (
            [
                {
                    "standard": "IEC_62196_T2",
                    "power_type": "AC_3_PHASE",
                    "max_voltage": 400,
                    "max_amperage": "32",
                }
            ],
            "Type 2",
            22_170,
        ),
        (
            [{"power_type": "AC_3_PHASE", "max_voltage": 230, "max_amperage": 16}],
            "",
            11_040,
        ),
        (
            [
                {
                    "standard": "X_NEW",
                    "power_type": "AC_1_PHASE",
                    "max_voltage": 230,
                    "max_amperage": 16,
                }
            ],
            "X_NEW",
            3_680,
        ),
        ([{"max_electric_power": 10**300}, {"max_electric_power": -5}], "", None),
    ],
)
def test_connectors_in_a_few_words(connectors: object, short: str, power_w: int | None) -> None:
    evse = only_evse(connectors=connectors)
    assert (evse.connectors, evse.power_w) == (short, power_w)


@pytest.mark.parametrize(
    ("told", "latitude"),
    [
        ({"latitude": "56.15", "longitude": "10.21"}, 56.15),
        ({"latitude": 56.15, "longitude": 10.21}, 56.15),
        ({"latitude": "56,15", "longitude": "10,21"}, 56.15),
        ({"latitude": "", "longitude": None}, None),
        ({"latitude": 156, "longitude": 10}, None),
        ({"latitude": 0, "longitude": 0}, None),
        ({"latitude": float("nan"), "longitude": 10}, None),
        (None, None),
        ([56.15, 10.21], None),
    ],
)
def test_coordinates(told: object, latitude: float | None) -> None:
    reading = read(a_location(coordinates=told))
    assert reading.locations[0].latitude == latitude
    assert [w.place for w in reading.warnings] == ([] if latitude else ["[0].coordinates"])


@pytest.mark.parametrize(
    ("changes", "zone", "warned"),
    [
        ({}, "Europe/Copenhagen", False),
        ({"time_zone": None}, "Europe/Copenhagen", True),
        ({"time_zone": "CET+1", "country": "DEU"}, "Europe/Berlin", True),
        ({"time_zone": ..., "country": None}, "Europe/Copenhagen", True),
        ({"time_zone": "", "country": "ESP"}, "UTC", True),
        ({"time_zone": 5, "country": "USA"}, "UTC", True),
    ],
)
def test_time_zone_is_told_or_derived(changes: dict[str, Any], zone: str, warned: bool) -> None:
    reading = read(a_location(**changes))
    assert reading.locations[0].time_zone == zone
    assert [w.place for w in reading.warnings] == (["[0].time_zone"] if warned else [])


@pytest.mark.parametrize(
    ("told", "publish"),
    [(True, True), (False, False), (..., True), (None, True), ("false", False), ("maybe", False)],
)
def test_publish_shows_a_location_only_where_that_is_sure(told: object, publish: bool) -> None:
    assert read(a_location(publish=told)).locations[0].publish is publish


def test_name_is_never_empty_and_only_text() -> None:
    script = "<script>alert(1)</script>"
    assert read(a_location(name=script)).locations[0].name == script
    assert read(a_location(name=None)).locations[0].name == "Quay 1"
    assert read(a_location(name="", address="")).locations[0].name == "L1"
    assert read(a_location(name=" two\nlines\t")).locations[0].name == "two lines"


def test_unknown_keys_are_kept_in_order() -> None:
    reading = read(a_location(an_evse(zz=1, aa={"b": None}), x_vendor=["y"]))
    location = reading.locations[0]
    assert list(location.content)[-1] == "x_vendor"
    assert location.content["x_vendor"] == ["y"]
    assert list(location.evses[0].content) == [
        "uid",
        "evse_id",
        "connectors",
        "last_updated",
        "zz",
        "aa",
    ]


def test_what_no_database_takes_is_replaced() -> None:
    reading = read(a_location(an_evse(x=float("inf"), y=10**5000), name="a\0b\ud800c"))
    location = reading.locations[0]
    assert location.name == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"
    assert (location.evses[0].content["x"], location.evses[0].content["y"]) == (None, None)
    json.dumps(location.content, ensure_ascii=False).encode()


def test_ids_longer_than_ocpi_allows_are_kept_with_a_warning() -> None:
    reading = read(a_location(an_evse(uid="u" * 40), id="x" * 40))
    assert [w.place for w in reading.warnings] == ["[0].id", "[0].evses[0].uid"]
    assert reading.problems == ()


def test_two_live_evses_with_one_id_are_told() -> None:
    evses = [
        an_evse(evse_id="DK*ABC*E12*3"),
        an_evse(uid="u2", evse_id="DK*ABC*E1*23"),
        an_evse(uid="u3", evse_id="DK*ABC*E12*3", status="REMOVED"),
    ]
    reading = read(a_location(*evses))
    assert len(reading.locations[0].evses) == 3
    assert [warning.evse_id for warning in reading.warnings] == ["DK*ABC*E1*23"]


# OCPI 2.1.1


def a_location_of_2_1_1(**changes: Any) -> dict[str, Any]:
    connector = {
        "id": "1",
        "standard": "IEC_62196_T2",
        "format": "CABLE",
        "power_type": "AC_3_PHASE",
        "voltage": 230,
        "amperage": 16,
        "tariff_id": "11",
    }
    location = {
        "id": "LOC1",
        "type": "ON_STREET",
        "name": "Gent Zuid",
        "address": "F.Rooseveltlaan 3A",
        "city": "Gent",
        "postal_code": "9000",
        "country": "BEL",
        "coordinates": {"latitude": "51.047599", "longitude": "3.729944"},
        "evses": [
            an_evse(uid="3256", evse_id="BE-BEC-E041503001", connectors=[connector]),
            an_evse(uid="3257", evse_id="BE-BEC-E041503002", connectors=[]),
        ],
        "last_updated": "2015-06-29T20:39:09Z",
    }
    return location | changes


def test_2_1_1_is_converted() -> None:
    reading = read(a_location_of_2_1_1())
    (location,) = reading.locations
    assert (location.country_code, location.party_id) == ("BE", "BEC")
    assert (location.publish, location.time_zone) == (True, "Europe/Brussels")
    assert list(location.content)[:2] == ["id", "parking_type"]
    assert location.content["parking_type"] == "ON_STREET"
    assert location.evses[0].content["connectors"] == [
        {
            "id": "1",
            "standard": "IEC_62196_T2",
            "format": "CABLE",
            "power_type": "AC_3_PHASE",
            "max_voltage": 230,
            "max_amperage": 16,
            "tariff_ids": ["11"],
        }
    ]
    assert location.evses[0].power_w == 11_040


@pytest.mark.parametrize(
    ("connector", "power_type"),
    [
        ({"type": "DC", "voltage": 400, "amperage": 100}, "DC"),
        ({"type": "AC", "voltage": 400, "amperage": 32}, "AC_3_PHASE"),
        ({"type": "AC", "voltage": 230, "amperage": 16}, "AC_1_PHASE"),
        ({"type": "AC"}, None),
    ],
)
def test_2_1_1_power_type(connector: dict[str, Any], power_type: str | None) -> None:
    (converted,) = only_evse(connectors=[connector]).content["connectors"]
    assert converted.get("power_type") == power_type


def test_2_1_1_parking_type_without_a_word_in_2_2_1_is_left_out() -> None:
    content = read(a_location_of_2_1_1(type="OTHER")).locations[0].content
    assert not content.keys() & {"type", "parking_type"}


def test_party_comes_from_the_option_first_and_is_asked_for_where_nobody_tells_it() -> None:
    location = a_location_of_2_1_1()
    (told,) = read(location, default_party=("dk", "dmo")).locations
    assert (told.country_code, told.party_id) == ("DK", "DMO")
    location["evses"] = [an_evse(evse_id="bay 1")]
    (problem,) = read(location, a_location()).problems
    assert problem.place == "[0]"
    assert "--default-party" in problem.reason


def test_own_party_is_never_overruled() -> None:
    (location,) = read(
        a_location(country_code="dnk", party_id="abc"), default_party=("SE", "X01")
    ).locations
    assert (location.country_code, location.party_id) == ("DK", "ABC")


# Anything at all

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def something_in(valid: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """`valid` with any JSON in some of its fields."""
    return st.dictionaries(st.sampled_from(sorted(valid)), ANY_JSON, max_size=4).map(
        lambda changes: valid | changes
    )


POISONED = st.builds(
    lambda location, evses: location | {"evses": evses},
    something_in(a_location()),
    st.lists(something_in(an_evse()) | ANY_JSON, max_size=3) | ANY_JSON,
)


@given(st.lists(ANY_JSON | POISONED | st.lists(POISONED, max_size=3), max_size=3))
def test_arbitrary_json_never_raises_anything_else(pages: list[Any]) -> None:
    try:
        reading = read_locations(pages)
    except EvseStatusError:
        return
    for location in reading.locations:
        texts = (location.name, location.address, location.city, location.ocpi_id, location.content)
        json.dumps([texts, [e.content for e in location.evses]], allow_nan=False).encode()
        assert (len(location.country_code), len(location.party_id)) == (2, 3)
        assert location.name
        assert all(
            0 < len(evse.uid) <= 64 and 0 < len(evse.evse_id) <= 64 for evse in location.evses
        )
        assert len({evse.uid.upper() for evse in location.evses}) == len(location.evses)


@given(POISONED)
def test_a_poisoned_location_never_takes_a_good_one_with_it(poisoned: dict[str, Any]) -> None:
    reading = read(poisoned, a_location(id="good"))
    assert "good" in [location.ocpi_id for location in reading.locations]
