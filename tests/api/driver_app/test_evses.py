"""What a driver app fetches: its own labels and colours, by area, page by page, nothing it must not see."""

import json
from typing import Any

from api.driver_app.conftest import EVSES, AppCaller
from evse_status.core.statuses import ActualStatus
from support import BLOCKED, MAINTENANCE, evse_json, hours, location_json, placed, report, take_in

AARHUS, SKAGEN, SUVA = ("56.15", "10.21"), ("57.72", "10.58"), ("-18.14", "178.44")


def place(name: str, where: tuple[str, str], *evses: dict[str, Any], **more: Any) -> dict[str, Any]:
    coordinates = {"latitude": where[0], "longitude": where[1]}
    return location_json(name, *evses, **({"coordinates": coordinates} | more))


def test_everything_that_an_app_needs(spirii_go: AppCaller) -> None:
    spirii_go.site.hands.forward(minutes=1)
    placed(spirii_go.site, "DK*TST*E2", MAINTENANCE)
    one = spirii_go().json()["data"][1]
    assert one == {
        "uid": spirii_go.site.numbers["DK*TST*E2"],
        "evseId": "DK*TST*E2",
        "label": "Unavailable",
        "colour": "#D27204",
        "textColour": "#16191D",
        "available": False,
        "since": "2026-10-22T12:02:00Z",
        "physicalReference": "",
        "connectors": [
            {
                "id": "1",
                "standard": "IEC_62196_T2",
                "format": "SOCKET",
                "powerType": "AC_3_PHASE",
                "powerW": 22080,
            }
        ],
        "location": {
            "uid": 1,
            "id": "L1",
            "operator": "TST",
            "countryCode": "DK",
            "name": "Site L1",
            "address": "Havnegade 1",
            "city": "Aarhus",
            "postalCode": "",
            "country": "DNK",
            "coordinates": {"latitude": 56.15, "longitude": 10.21},
            "timeZone": "Europe/Copenhagen",
        },
    }
    for path in ("DK*TST*E2", "dktste2", str(one["uid"])):
        assert spirii_go(f"{EVSES}/{path}").json() == one


def test_every_app_has_its_own_words(spirii_go: AppCaller) -> None:
    placed(spirii_go.site, "DK*TST*E1", BLOCKED)
    own = {"temporary": {"BLOCKED": {"label": "Taken <b>", "colour": "#112233"}}}
    apps = {
        "Unbranded": (spirii_go.another("Unbranded"), "Occupied", "#0B4F5C"),
        "Spirii Go": (spirii_go, "Blocked", "#A3123A"),
        "Branded": (spirii_go.another("Branded", brand=own), "Taken <b>", "#112233"),
        "No blocks": (
            spirii_go.another("No blocks", statuses=frozenset({MAINTENANCE})),
            "Available",
            "#3F9169",
        ),
    }
    for name, (app, label, colour) in apps.items():
        one = app.fetch()["DK*TST*E1"]
        assert (one["label"], one["colour"]) == (label, colour), name


def test_since_is_when_it_came_to_look_so(spirii_go: AppCaller) -> None:
    site = spirii_go.site
    assert spirii_go.fetch()["DK*TST*E1"]["since"] == "2026-10-22T12:00:00Z"
    site.hands.forward(hours=1)
    report(site.db, site.numbers["DK*TST*E1"], ActualStatus.CHARGING)
    site.hands.forward(hours=1)
    placed(site, "DK*TST*E1", BLOCKED)
    # to the one app nothing changed by that, to the other it did; a year later still
    default = spirii_go.another("Unbranded")
    for days in (0, 30, 300):
        site.hands.forward(days=days)
        assert default.fetch()["DK*TST*E1"]["since"] == "2026-10-22T13:01:00Z"
        assert spirii_go.fetch()["DK*TST*E1"]["since"] == "2026-10-22T14:01:00Z"
    site.hands.forward(days=4000)
    assert default.fetch()["DK*TST*E1"]["since"] > "2027"


def test_unpublished_and_removed_are_not_shown(spirii_go: AppCaller) -> None:
    site = spirii_go.site
    take_in(
        site.db,
        place("L1", AARHUS, evse_json("1"), evse_json("2", status="REMOVED"), evse_json("3")),
        place("L2", SKAGEN, evse_json("9"), publish=False),
    )
    assert list(spirii_go.fetch()) == ["DK*TST*E1", "DK*TST*E3"]
    allowed = spirii_go.another("Test app", unpublished=True)
    assert list(allowed.fetch()) == ["DK*TST*E1", "DK*TST*E3", "DK*TST*E9"]
    for evse in ("DK*TST*E2", "DK*TST*E9", "DK*TST*E77", "9999999999"):
        assert spirii_go.refused(f"{EVSES}/{evse}") == (404, "unknown_evse", "evseId")
    elsewhere = spirii_go.another("Elsewhere", operators=frozenset({"XXX"}))
    assert elsewhere.fetch() == {}
    assert elsewhere.refused(f"{EVSES}/DK*TST*E1")[0] == 404


AREAS: list[tuple[dict[str, Any], str]] = [
    ({"bbox": "10,56,11,57"}, "1"),
    ({"bbox": "10.21,56.15,10.58,57.72"}, "12"),
    ({"bbox": "170,-20,-170,-10"}, "3"),
    ({"lat": 56.15, "lon": 10.2, "radius": 1_000}, "1"),
    ({"lat": 56.15, "lon": 10.2, "radius": 500}, ""),
    ({"lat": -18.0, "lon": -179.9, "radius": 200_000}, "3"),
    ({"country": "dk"}, "124"),
    ({"country": "FJI"}, "3"),
    ({"city": "SKAGEN"}, "2"),
    ({"locationId": "l3"}, "3"),
    ({"operator": "tst", "city": "Aarhus"}, "14"),
    ({"operator": "XXX"}, ""),
]
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"bbox": "1,2,3"}, "bbox"),
    ({"bbox": "1,2,3,nan"}, "bbox"),
    ({"bbox": "1,9,3,4"}, "bbox"),
    ({"bbox": "1,2,181,4"}, "bbox"),
    ({"bbox": "1,2,3,4", "lat": 1}, "bbox"),
    ({"lat": 1, "lon": 1}, "radius"),
    ({"radius": 5}, "lat"),
    ({"lat": 91, "lon": 1, "radius": 5}, "lat"),
    ({"lat": "nan", "lon": 1, "radius": 5}, "lat"),
    ({"lat": "x", "lon": 1, "radius": 5}, "lat"),
    ({"limit": 201}, "limit"),
    ({"cursor": "x"}, "cursor"),
    ({"cursor": "WyJ4IiwxLDJd"}, "Last-Event-ID"),
    ({"country": "D"}, "country"),
    ({"q": "x"}, "q"),
]


def test_by_area(spirii_go: AppCaller) -> None:
    take_in(
        spirii_go.site.db,
        place("L1", AARHUS, evse_json("1")),
        place("L2", SKAGEN, evse_json("2"), city="Skagen"),
        place("L3", SUVA, evse_json("3"), country="FJI", country_code="FJ", city="Suva"),
        location_json("L4", evse_json("4"), coordinates=None),
    )
    for asked, expected in AREAS:
        found = {one["location"]["id"][-1] for one in spirii_go.fetch(**asked).values()}
        assert found == set(expected), asked


def test_what_can_not_be_asked_is_named(spirii_go: AppCaller) -> None:
    for asked, param in REFUSED:
        assert spirii_go.refused(params=asked)[::2] == (422, param), asked


def test_pages_are_stable_while_things_change(spirii_go: AppCaller) -> None:
    site = spirii_go.site
    sites = [place(f"L{n}", AARHUS, evse_json(f"{n}1"), evse_json(f"{n}2")) for n in range(2, 7)]
    take_in(site.db, *sites, complete=False)
    before = list(spirii_go.fetch())
    met: list[str] = []
    cursor, places = None, set()
    while True:
        told = spirii_go(params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        met += [one["evseId"] for one in told["data"]]
        places.add(told["lastEventId"])
        cursor = told["nextPageCursor"]
        if cursor is None:
            break
        # somebody writes, and an EVSE comes in on a page that was read already
        extra = evse_json(f"9{len(met)}")
        take_in(site.db, place("L1", AARHUS, extra), complete=False)
        placed(site, "DK*TST*E3")
    assert [one for one in met if one in before] == before
    assert len(set(met)) == len(met)
    assert len(places) == 1
    spirii_go.place = places.pop()
    assert {one.data["evseId"] for one in spirii_go.heard()} >= {"DK*TST*E96", "DK*TST*E3"}


def test_an_etag_saves_what_is_the_same(spirii_go: AppCaller) -> None:
    first = spirii_go()
    tag = first.headers["ETag"]
    soon = spirii_go.site.hands.now() + hours(1)
    placed(spirii_go.site, "DK*TST*E1", MAINTENANCE, valid_from=soon)
    for seen in (tag, f'"x", {tag}', "*"):
        again = spirii_go(headers={"If-None-Match": seen})
        assert (again.status_code, again.content) == (304, b"")
    # the place moves all the same
    assert again.headers["X-Last-Event-ID"] > first.json()["lastEventId"]
    site = spirii_go.site
    site.hands.forward(hours=1)
    assert spirii_go(headers={"If-None-Match": tag}).status_code == 200
    one = spirii_go(f"{EVSES}/DK*TST*E1")
    assert spirii_go(f"{EVSES}/DK*TST*E1", headers={"If-None-Match": one.headers["ETag"]}).status_code == 304  # fmt: skip


def test_texts_come_as_they_are(spirii_go: AppCaller) -> None:
    hostile = '<script>alert("1")</script> \u202eלום\u2028'
    take_in(spirii_go.site.db, location_json("L1", evse_json("1"), name=hostile), complete=False)
    told = spirii_go()
    assert told.headers["Content-Type"] == "application/json"
    assert told.headers["X-Content-Type-Options"] == "nosniff"
    assert json.loads(told.content)["data"][0]["location"]["name"].startswith("<script>")
