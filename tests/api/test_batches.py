"""Many EVSEs in one call: shown first, done, each with its own result, undone again."""

from typing import Any

import pytest

from api.conftest import OVERRIDES, Caller
from evse_status.core.statuses import ActualStatus
from support import evse_json, location_json, report, take_in

BATCH = f"{OVERRIDES}/batch"
WISH = {"temporaryStatus": "MAINTENANCE", "reason": "Cable"}


@pytest.fixture
def fleet(ask: Caller) -> Caller:
    """Two more locations: `L2` in Aarhus with two fast EVSEs, `L3` in Malmö with one."""
    fast = [{"id": "1", "standard": "IEC_62196_T2_COMBO", "format": "CABLE", "power_type": "DC"}]
    ask.site.hands.forward(minutes=1)
    take_in(
        ask.site.db,
        location_json(
            "L2",
            evse_json("21", connectors=fast),
            evse_json("22", connectors=fast, status="CHARGING"),
        ),
        location_json("L3", evse_json("31"), city="Malmö", country_code="SE", party_id="ABC"),
        complete=False,
    )
    return ask


def called(answer: Any) -> list[str]:
    return sorted(item["evseId"].removeprefix("DK*TST*E") for item in answer.json()["items"])


def test_each_item_has_its_own_result(fleet: Caller) -> None:
    fleet.create("DK*TST*E1", temporaryStatus="BLOCKED")
    body = WISH | {"evseIds": ["dktste1", "DK*TST*E2", "nobody", "DK*TST*E2"]}
    answer = fleet("POST", BATCH, json=body)
    told = answer.json()
    assert answer.status_code == 201
    assert (told["created"], told["refused"], told["dryRun"]) == (2, 2, False)
    assert [(one["outcome"], (one["error"] or {}).get("code")) for one in told["items"]] == [
        ("created", None),
        ("created", None),
        ("refused", "unknown_evse"),
        ("refused", "twice_in_one_request"),
    ]
    assert told["items"][0]["overlaps"] == [
        {
            "id": 1,
            "seriesId": None,
            "temporaryStatus": "BLOCKED",
            "from": told["items"][0]["override"]["validFrom"],
            "to": None,
            "newOneShows": True,
            "because": "MAINTENANCE outranks BLOCKED",
        }
    ]
    assert told["items"][0]["override"]["batchId"] == told["batchId"]


def test_dry_run_shows_what_happens_and_writes_nothing(fleet: Caller) -> None:
    body = WISH | {"selector": {"locationIds": ["L2"]}}
    shown = fleet("POST", BATCH, json=body | {"dryRun": True})
    assert shown.status_code == 200
    assert (shown.json()["batchId"], called(shown)) == (None, ["21", "22"])
    assert {one["outcome"] for one in shown.json()["items"]} == {"would be created"}
    assert fleet("GET", OVERRIDES).json() == []
    done = fleet("POST", BATCH, json=body | {"previewed": shown.json()["previewed"]})
    assert (done.status_code, called(done)) == (201, ["21", "22"])


def test_what_differs_from_the_preview_is_asked_again(fleet: Caller) -> None:
    body = WISH | {"selector": {"locationIds": ["L2"]}}
    shown = fleet("POST", BATCH, json=body | {"dryRun": True}).json()
    fleet.create("DK*TST*E21", temporaryStatus="COMMISSIONING")
    refusal = fleet.refused("POST", BATCH, json=body | {"previewed": shown["previewed"]})
    assert refusal == (409, "other_than_previewed", "previewed")


def test_all_or_nothing(fleet: Caller) -> None:
    body = WISH | {"evseIds": ["DK*TST*E1", "nobody"], "allOrNothing": True}
    assert fleet.refused("POST", BATCH, json=body) == (404, "unknown_evse", "evseId")
    assert fleet("GET", OVERRIDES).json() == []


def test_nothing_accepted_is_no_batch(fleet: Caller) -> None:
    answer = fleet("POST", BATCH, json=WISH | {"evseIds": ["nobody"]})
    assert (answer.status_code, answer.json()["batchId"]) == (200, None)


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ({"locationIds": ["l2", "L3"]}, ["21", "22", "31"]),
        ({"cities": ["malmö"]}, ["31"]),
        ({"countryCodes": ["se"]}, ["31"]),
        ({"partyIds": ["ABC"]}, ["31"]),
        ({"connectorStandards": ["IEC_62196_T2_COMBO"]}, ["21", "22"]),
        ({"powerTypes": ["DC"], "actualStatuses": ["CHARGING"]}, ["22"]),
        ({"actualStatuses": ["CHARGING", "OUTOFORDER"]}, ["1", "22"]),
        ({"q": "Site L2", "cities": ["Aarhus"]}, ["21", "22"]),
        ({"chargers": ["2"]}, ["2"]),
    ],
)
def test_selector(fleet: Caller, selector: dict[str, Any], found: list[str]) -> None:
    report(fleet.site.db, fleet.site.numbers["DK*TST*E1"], ActualStatus.OUTOFORDER)
    answer = fleet("POST", BATCH, json=WISH | {"selector": selector, "dryRun": True})
    assert called(answer) == found


@pytest.mark.parametrize(
    ("target", "refusal"),
    [
        ({}, (422, "invalid_input", "evseIds")),
        ({"evseIds": []}, (422, "invalid_input", "evseIds")),
        ({"evseIds": ["DK*TST*E1"], "selector": {"q": "1"}}, (422, "invalid_input", "evseIds")),
        ({"selector": {}}, (422, "nothing_selected", "selector")),
        ({"selector": {"q": " ", "cities": []}}, (422, "nothing_selected", "selector")),
        ({"selector": {"q": "TST"}}, (422, "matches_everything", "selector")),
        ({"selector": {"q": "nowhere"}}, (422, "invalid_input", "selector")),
        (
            {"selector": {"cities": ["Aarhus", "Atlantis"]}},
            (422, "invalid_input", "selector.cities"),
        ),
        ({"selector": {"locationIds": ["L9"]}}, (422, "invalid_input", "selector.locationIds")),
        ({"selector": {"chargers": ["none"]}}, (422, "invalid_input", "selector.chargers")),
        ({"selector": {"colour": "red"}}, (422, "unknown_field", "selector.colour")),
        (
            {"selector": {"actualStatuses": ["x"]}},
            (422, "unknown_word", "selector.actualStatuses.0"),
        ),
    ],
)
def test_target_that_is_none_or_everything(
    fleet: Caller, target: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    assert fleet.refused("POST", BATCH, json=WISH | target) == refusal


def test_wish_that_is_wrong_concerns_every_item(fleet: Caller) -> None:
    body = WISH | {"evseIds": ["DK*TST*E1"], "validTo": "2026-10-22T11:00:00Z"}
    assert fleet.refused("POST", BATCH, json=body) == (422, "ends_in_the_past", "validTo")


def test_batch_is_done_once_with_one_key(fleet: Caller) -> None:
    body = WISH | {"evseIds": ["DK*TST*E1", "DK*TST*E2"]}
    key = {"Idempotency-Key": "b-1"}
    first = fleet("POST", BATCH, json=body, headers=key)
    again = fleet("POST", BATCH, json=body, headers=key)
    assert again.json() == first.json()
    assert len(fleet("GET", OVERRIDES).json()) == 2


def test_batch_is_looked_at_and_undone(fleet: Caller) -> None:
    made = fleet("POST", BATCH, json=WISH | {"evseIds": ["DK*TST*E1", "DK*TST*E2"]}).json()
    path = f"{BATCH}/{made['batchId']}"
    shown = fleet("GET", path).json()
    assert (shown["madeBy"], shown["undoneAt"], len(shown["items"])) == ("Tester", None, 2)
    fleet("PATCH", f"{OVERRIDES}/1", json={"reason": "Touched"})
    undone = fleet("DELETE", path).json()
    assert (undone["undone"], undone["skipped"], undone["undoes"]) == (1, 1, made["batchId"])
    assert [(one["id"], one["outcome"], one["override"]["phase"]) for one in undone["items"]] == [
        (1, "skipped", "active"),
        (2, "undone", "cleared"),
    ]
    assert undone["items"][0]["error"]["code"] == "touched_since"
    assert fleet("GET", path).json()["undoneBy"] == "Tester"
    again = fleet("DELETE", path).json()
    assert (again["batchId"], again["items"]) == (None, [])


def test_batch_out_of_reach_is_unknown(fleet: Caller) -> None:
    made = fleet("POST", BATCH, json=WISH | {"evseIds": ["DK*TST*E1"]}).json()
    other = fleet.with_token(locations=("L2",))
    for method in ("GET", "DELETE"):
        refusal = other.refused(method, f"{BATCH}/{made['batchId']}")
        assert refusal == (404, "unknown_batch", "batchId")
    assert other.refused("GET", f"{BATCH}/99")[0] == 404


def test_token_that_may_not_read_learns_nothing_of_others(fleet: Caller) -> None:
    fleet.create("DK*TST*E1")
    writer = fleet.with_token(may_read=False)
    answer = writer("POST", BATCH, json=WISH | {"evseIds": ["DK*TST*E1"], "dryRun": True})
    assert answer.json()["items"][0]["overlaps"] == []
