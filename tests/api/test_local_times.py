"""Times on clocks wherever something is planned: of a zone or of each site, in gaps and folds, until a session ends."""

from typing import Any

import pytest

from api.conftest import OVERRIDES, Caller
from evse_status.core.statuses import ActualStatus
from support import evse_json, location_json, report, take_in

BATCH = f"{OVERRIDES}/batch"
E1, E9 = "DK*TST*E1", "DK*TST*E9"
WISH = {"temporaryStatus": "MAINTENANCE"}


def local(text: str, **more: str) -> dict[str, str]:
    return {"local": text} | more


@pytest.fixture
def fleet(ask: Caller) -> Caller:
    """Beside `L1` in Copenhagen's zone a site `L2` in London's."""
    ask.site.hands.forward(minutes=1)
    london = location_json("L2", evse_json("9"), time_zone="Europe/London", city="London")
    take_in(ask.site.db, london, complete=False)
    return ask


def test_ten_o_clock_at_the_site_or_on_the_clocks_of_a_named_zone(fleet: Caller) -> None:
    at_ten = {"validFrom": local("2026-10-24T22:00"), "validTo": local("2026-10-25T05:00")}
    one = fleet.create(E9, **at_ten)
    assert (one["validFrom"], one["validTo"]) == ("2026-10-24T21:00:00Z", "2026-10-25T05:00:00Z")
    there = local("2026-10-24T22:00", timeZone="Europe/Copenhagen")
    two = fleet.create(E9, validFrom=there, validTo="2026-10-25T05:00:00Z")
    assert (two["validFrom"], two["validTo"]) == ("2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z")


@pytest.mark.parametrize("field", ["validFrom", "validTo", "drainUntil"])
@pytest.mark.parametrize(
    ("text", "code", "choices"),
    [
        (
            "2027-03-28T02:30",
            "nonexistent_local_time",
            ["2027-03-28T01:59:00+01:00", "2027-03-28T03:00:00+02:00"],
        ),
        (
            "2026-10-25T02:30",
            "ambiguous_local_time",
            ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"],
        ),
    ],
)
def test_case_7_and_8_a_gap_and_a_fold_offer_the_instants_that_may_be_meant(
    ask: Caller, field: str, text: str, code: str, choices: list[str]
) -> None:
    for path, target in ((OVERRIDES, {"evseId": E1}), (BATCH, {"evseIds": [E1]})):
        answer = ask("POST", path, json=WISH | target | {field: local(text)})
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["param"]) == (422, code, field)
        assert error["choices"] == choices
    for instant in choices:
        assert ask.create(E1, **{field: instant})["phase"] in ("upcoming", "active")


def test_case_8_fold_says_which_and_the_other_is_an_hour_later(ask: Caller) -> None:
    first, second = (
        ask.create(E1, validFrom=local("2026-10-25T02:30", fold=which))["validFrom"]
        for which in ("first", "second")
    )
    assert (first, second) == ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        ({"local": "2026-10-24"}, ("invalid_input", "validFrom.local")),
        ({"local": "2026-10-24T22:00Z"}, ("invalid_input", "validFrom.local")),
        ({"local": "1999-10-24T22:00"}, ("instant_out_of_range", "validFrom.local")),
        ({"local": 7}, ("invalid_input", "validFrom.local")),
        ({}, ("missing_field", "validFrom.local")),
        (local("2026-10-24T22:00", timeZone="Mars"), ("unknown_zone", "validFrom.timeZone")),
        (local("2026-10-24T22:00", fold="third"), ("unknown_word", "validFrom.fold")),
        (local("2026-10-24T22:00", zone="UTC"), ("unknown_field", "validFrom.zone")),
        ("2026-10-24T22:00", ("naive_instant", "validFrom")),
        (["2026-10-24T22:00"], ("invalid_input", "validFrom")),
    ],
)
def test_what_is_no_time_is_named(ask: Caller, value: Any, refusal: tuple[str, str]) -> None:
    body = WISH | {"evseId": E1, "validFrom": value}
    assert ask.refused("POST", OVERRIDES, json=body) == (422, *refusal)


def test_change_on_the_clocks_of_the_site(fleet: Caller) -> None:
    made = fleet.create(E9, validFrom="2026-10-24T20:00:00Z")
    path = f"{OVERRIDES}/{made['id']}"
    body = {"validFrom": local("2026-10-24T22:00"), "validTo": local("2026-10-25T05:00")}
    changed = fleet("PATCH", path, json=body).json()
    assert (changed["validFrom"], changed["validTo"]) == (
        "2026-10-24T21:00:00Z",
        "2026-10-25T05:00:00Z",
    )
    twice = {"validTo": local("2026-10-25T01:30")}
    assert fleet.refused("PATCH", path, json=twice) == (422, "ambiguous_local_time", "validTo")
    elsewhere = fleet.with_token(locations=("L1",))
    assert elsewhere.refused("PATCH", path, json=body)[0] == 404
    assert fleet.refused("PATCH", f"{OVERRIDES}/99", json=body)[0] == 404


def test_batch_at_each_site_shows_the_instants_before_anything_is_done(fleet: Caller) -> None:
    body = WISH | {
        "evseIds": [E9, "nobody", E1],
        "validFrom": local("2026-10-24T22:00"),
        "validTo": local("2026-10-25T05:00"),
    }
    shown = fleet("POST", BATCH, json=body | {"dryRun": True}).json()
    assert [(one["evseId"], one["from"], one["to"]) for one in shown["items"]] == [
        (E9, "2026-10-24T21:00:00Z", "2026-10-25T05:00:00Z"),
        ("nobody", None, None),
        (E1, "2026-10-24T20:00:00Z", "2026-10-25T04:00:00Z"),
    ]
    said = {one["code"]: one["message"] for one in shown["warnings"]}
    assert "lasts 8 h, not 7 h" in said["clock_change"]
    assert "1 of 1 EVSEs at Site L2" in said["most_of_a_site"]
    done = fleet("POST", BATCH, json=body | {"previewed": shown["previewed"]}).json()
    assert [one["override"] and one["override"]["validFrom"] for one in done["items"]] == [
        "2026-10-24T21:00:00Z",
        None,
        "2026-10-24T20:00:00Z",
    ]
    assert (done["created"], done["refused"], done["warnings"]) == (2, 1, [])


def test_warnings_name_sessions_faults_and_the_last_of_a_kind(fleet: Caller) -> None:
    report(fleet.site.db, fleet.site.numbers[E1], ActualStatus.CHARGING)
    report(fleet.site.db, fleet.site.numbers["DK*TST*E2"], ActualStatus.OUTOFORDER)
    body = {"temporaryStatus": "BLOCKED", "evseIds": [E1, "DK*TST*E2", "DK*TST*E3"], "dryRun": True}
    said = {one["code"]: one for one in fleet("POST", BATCH, json=body).json()["warnings"]}
    assert said["charging"]["evseIds"] == [E1]
    assert said["hides_fault"]["evseIds"] == ["DK*TST*E2"]
    writer = fleet.with_token(may_read=False)
    assert writer("POST", BATCH, json=body).json()["warnings"] == []


def test_items_have_times_and_reasons_of_their_own(fleet: Caller) -> None:
    items = [
        {"evseId": E1, "validTo": "2026-10-23T12:00:00Z", "reason": "Cable"},
        {"evseId": E9, "temporaryStatus": "BLOCKED", "validFrom": local("2026-10-24T22:00")},
        {"evseId": "nobody"},
    ]
    body = WISH | {"reason": "Grid", "ticket": "T-1", "items": items}
    told = fleet("POST", BATCH, json=body).json()
    one, two, none = (item["override"] for item in told["items"])
    assert (one["validTo"], one["reason"], one["ticket"]) == (
        "2026-10-23T12:00:00Z",
        "Cable",
        "T-1",
    )
    assert (two["temporaryStatus"], two["validFrom"], two["reason"]) == (
        "BLOCKED",
        "2026-10-24T21:00:00Z",
        "Grid",
    )
    assert none is None
    assert one["batchId"] == two["batchId"] == told["batchId"]


@pytest.mark.parametrize(
    ("item", "refusal"),
    [
        ({"validTo": "2026-10-21T12:00:00Z"}, (422, "ends_in_the_past", "items.1.validTo")),
        (
            {"validTo": local("2026-10-25T02:30")},
            (422, "ambiguous_local_time", "items.1.validTo"),
        ),
        ({"validTo": local("tonight")}, (422, "invalid_input", "items.1.validTo.local")),
        ({"validTo": "2026-10-25T02:30"}, (422, "naive_instant", "items.1.validTo")),
        ({"validTill": "2026-10-25"}, (422, "unknown_field", "items.1.validTill")),
    ],
)
def test_item_that_is_wrong_is_named_by_its_number(
    ask: Caller, item: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    body = WISH | {"items": [{"evseId": E1}, {"evseId": "DK*TST*E2"} | item]}
    assert ask.refused("POST", BATCH, json=body) == refusal
    assert ask("GET", OVERRIDES).json() == []


def test_items_and_ids_at_once_are_refused(ask: Caller) -> None:
    body = WISH | {"evseIds": [E1], "items": [{"evseId": E1}]}
    assert ask.refused("POST", BATCH, json=body) == (422, "invalid_input", "items")


def test_drain_waits_for_the_session_and_starts_when_it_ends(ask: Caller) -> None:
    ask("PUT", f"/v2/evses/{E1}/actual-status", json={"status": "Charging"})
    until = local("2026-10-22T22:00")
    made = ask.create(E1, drainUntil=until)
    assert (made["waits"], made["phase"]) == (True, "upcoming")
    assert made["drainUntil"] == made["effectiveFrom"] == "2026-10-22T20:00:00Z"
    ask("PUT", f"/v2/evses/{E1}/actual-status", json={"status": "Available"})
    now = ask("GET", f"{OVERRIDES}/{made['id']}").json()
    assert (now["waits"], now["phase"], now["holds"]) == (False, "active", True)
    assert now["drainUntil"] == "2026-10-22T20:00:00Z"
    free = ask.create("DK*TST*E2", drainUntil=until)
    assert (free["waits"], free["phase"]) == (False, "active")
    both = WISH | {"evseId": E1, "drainUntil": until, "validFrom": "2026-10-22T15:00:00Z"}
    assert ask.refused("POST", OVERRIDES, json=both) == (422, "invalid_input", "drainUntil")
