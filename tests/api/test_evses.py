"""The fleet, one EVSE in any writing, what it shows and why, and what its charger reports."""

from typing import Any

import pytest

from api.conftest import Caller
from support import evse_json, location_json, take_in

E1 = "/v2/evses/DK*TST*E1"


def test_evse_has_spiriis_form_and_what_each_channel_displays(ask: Caller) -> None:
    ask.create()
    assert ask("GET", E1).json() == {
        "uid": 1,
        "evseId": "DK*TST*E1",
        "chargeboxId": "1",
        "status": "INOPERATIVE",
        "connectors": [
            {
                "id": "1",
                "standard": "IEC_62196_T2",
                "format": "SOCKET",
                "powerType": "AC_3_PHASE",
                "maxElectricPower": None,
                "maxAmperage": 32.0,
                "maxVoltage": 230.0,
            }
        ],
        "ocpiUid": "1",
        "actualStatus": "AVAILABLE",
        "actualSince": "2026-10-22T12:00:00Z",
        "channels": {
            "spiriiGo": "Out of Service",
            "hubject": "OutOfService",
            "ocpi": "INOPERATIVE",
        },
        "overrideId": 1,
        "missingSince": None,
        "removedAt": None,
        "location": {
            "id": "L1",
            "name": "Site L1",
            "address": "Havnegade 1",
            "city": "Aarhus",
            "postalCode": "",
            "countryCode": "DK",
            "partyId": "TST",
            "timeZone": "Europe/Copenhagen",
        },
    }


@pytest.mark.parametrize("text", ["DK*TST*E1", "dktste1", "DK-TST-E1", "%20dk*tst*e1%20"])
def test_evse_is_found_in_any_writing(ask: Caller, text: str) -> None:
    assert ask("GET", f"/v2/evses/{text}").json()["evseId"] == "DK*TST*E1"


@pytest.mark.parametrize("text", ["DK.SPI.Z203*2", "DK.12343*1", "Bay 7/2"])
def test_internal_ids_work_too(ask: Caller, text: str) -> None:
    ask.site.hands.forward(minutes=1)
    take_in(ask.site.db, location_json("L2", evse_json("z", text)), complete=False)
    assert ask("GET", f"/v2/evses/{text.lower()}").json()["evseId"] == text
    assert ask("GET", f"/v2/evses/{text}/display").json()["evseId"] == text


def test_unknown_evse(ask: Caller) -> None:
    for path in ("/v2/evses/nobody", "/v2/evses/nobody/display"):
        assert ask.refused("GET", path) == (404, "unknown_evse", "evseId")
    assert ask.refused("GET", f"/v2/evses/{'x' * 65}") == (422, "invalid_input", "evseId")
    assert ask.refused("GET", f"{E1}/actual-status")[:2] == (405, "method_not_allowed")


def crawl(ask: Caller, key: str, cursor: str | None, **params: str) -> list[list[str]]:
    pages = []
    while True:
        more = {"cursor": cursor} if cursor else {}
        page: dict[str, Any] = ask("GET", "/v2/evses", params=params | more).json()
        pages.append([one["ocpiUid"] for one in page["data"]])
        cursor = page[key]
        if cursor is None:
            return pages


def test_pages_go_there_and_back(ask: Caller) -> None:
    ask.site.hands.forward(minutes=1)
    take_in(ask.site.db, location_json("L2", evse_json("4"), evse_json("5")), complete=False)
    assert crawl(ask, "nextPageCursor", None, limit="2") == [["1", "2"], ["3", "4"], ["5"]]
    last = ask("GET", "/v2/evses", params={"limit": "4"}).json()["nextPageCursor"]
    assert crawl(ask, "previousPageCursor", last, limit="2") == [["5"], ["3", "4"], ["1", "2"]]
    assert crawl(ask, "nextPageCursor", None) == [["1", "2", "3", "4", "5"]]
    assert crawl(ask, "nextPageCursor", None, locationId="l2") == [["4", "5"]]
    assert crawl(ask, "nextPageCursor", None, q="e2") == [["2"]]
    assert crawl(ask, "nextPageCursor", None, q="nothing") == [[]]


@pytest.mark.parametrize("params", [{"limit": "101"}, {"limit": "0"}, {"cursor": "x"}])
def test_page_that_is_none(ask: Caller, params: dict[str, str]) -> None:
    assert ask.refused("GET", "/v2/evses", params=params)[0] == 422


def test_display_answers_for_any_instant(ask: Caller) -> None:
    ask.create(validFrom="2026-10-22T13:00:00Z", validTo="2026-10-22T14:00:00Z")
    for at, word in (
        ("2026-10-22T12:59:59Z", "Available"),
        ("2026-10-22T13:00:00Z", "Out of Service"),
        ("2026-10-22T16:00:00+02:00", "Available"),
        ("2020-01-01T00:00:00Z", "Unknown"),
    ):
        shown = ask("GET", f"{E1}/display", params={"at": at}).json()
        assert shown["channels"]["spiriiGo"] == word, at
    as_pasted = ask("GET", f"{E1}/display?at=2026-10-22T15:00:00+02:00").json()
    assert as_pasted["at"] == "2026-10-22T13:00:00Z"  # a plus that nobody escaped
    now = ask("GET", f"{E1}/display").json()
    assert now["next"]["at"] == "2026-10-22T13:00:00Z"
    refusal = ask.refused("GET", f"{E1}/display", params={"at": "2026-10-22T13:00:00"})
    assert refusal == (422, "naive_instant", "at")


@pytest.mark.parametrize(
    ("word", "status"),
    [("Faulted", "OUTOFORDER"), ("charging", "CHARGING"), ("PLANNED", "PLANNED")],
)
def test_report_in_words_of_ocpi_and_ocpp(ask: Caller, word: str, status: str) -> None:
    ask.create()
    told = ask("PUT", f"{E1}/actual-status", json={"status": word}).json()
    assert (told["actualStatus"], told["changed"]) == (status, True)
    evse = ask("GET", E1).json()
    assert (evse["actualStatus"], evse["status"]) == (status, "INOPERATIVE")


def test_older_report_changes_nothing(ask: Caller) -> None:
    newest = {"status": "CHARGING", "at": "2026-10-22T12:00:30Z"}
    assert ask("PUT", f"{E1}/actual-status", json=newest).json()["changed"]
    older = {"status": "OUTOFORDER", "at": "2026-10-22T12:00:29Z"}
    told = ask("PUT", f"{E1}/actual-status", json=older).json()
    assert (told["actualStatus"], told["changed"]) == ("CHARGING", False)
    assert told["reportedAt"] == "2026-10-22T12:00:30Z"


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"status": "Sleeping"}, (422, "unknown_word", "status")),
        ({"status": "REMOVED"}, (422, "invalid_input", "status")),
        ({"status": "AVAILABLE", "at": "2026-10-22T12:00:00"}, (422, "naive_instant", "at")),
        ({}, (422, "missing_field", "status")),
    ],
)
def test_report_that_is_refused(
    ask: Caller, body: dict[str, str], refusal: tuple[int, str, str]
) -> None:
    assert ask.refused("PUT", f"{E1}/actual-status", json=body) == refusal
    assert ask("GET", E1).json()["actualStatus"] == "AVAILABLE"


def test_many_reports_each_by_itself(ask: Caller) -> None:
    reports = [
        {"evseId": "dktste1", "status": "Charging"},
        {"evseId": "DK*TST*E2", "status": "AVAILABLE"},
        {"evseId": "DK*TST*E2", "status": "Faulted"},
        {"evseId": "nobody", "status": "AVAILABLE"},
        {"evseId": "DK*TST*E3", "status": "Sleeping"},
    ]
    told = ask("PUT", "/v2/actual-statuses", json={"reports": reports}).json()
    assert (told["changed"], told["refused"]) == (1, 3)
    assert [(one["actualStatus"], (one["error"] or {}).get("code")) for one in told["items"]] == [
        ("CHARGING", None),
        ("AVAILABLE", None),
        (None, "twice_in_one_request"),
        (None, "unknown_evse"),
        (None, "unknown_word"),
    ]
    assert ask.refused("PUT", "/v2/actual-statuses", json={"reports": []})[0] == 422


def test_token_that_may_not_report(ask: Caller) -> None:
    other = ask.with_token(may_report_actual=False)
    body = {"status": "CHARGING"}
    assert other.refused("PUT", f"{E1}/actual-status", json=body)[0] == 403
