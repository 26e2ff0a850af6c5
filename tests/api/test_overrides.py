"""Placing, listing, changing and clearing overrides through `/v2/temporary-evse-statuses`."""

from urllib.parse import parse_qs, urlsplit

import pytest

from api.conftest import OVERRIDES, Caller
from evse_status.core.statuses import TemporaryStatus
from support import RESERVED, evse_json, location_json, placed, take_in

E1 = "DK*TST*E1"


def ids(answer: object) -> list[int]:
    return [one["id"] for one in answer.json()]  # type: ignore[attr-defined]


def test_created_is_answered_whole_and_carries_its_version(ask: Caller) -> None:
    answer = ask(
        "POST",
        OVERRIDES,
        json={
            "evseId": "dktste1",
            "temporaryStatus": "BLOCKED",
            "validFrom": "2026-10-22T15:00:00+02:00",
            "validTo": "2026-10-22T16:00:00Z",
            "reason": "Delivery",
            "cause": "site host",
            "ticket": "T-7",
            "externalRef": "lot7",
        },
    )
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1.1"'
    assert answer.json() == {
        "id": 1,
        "temporaryStatus": "BLOCKED",
        "evseId": E1,
        "validFrom": "2026-10-22T13:00:00Z",
        "validTo": "2026-10-22T16:00:00Z",
        "reason": "Delivery",
        "cause": "site host",
        "ticket": "T-7",
        "source": "api",
        "createdBy": "Tester",
        "effectiveFrom": "2026-10-22T13:00:00Z",
        "phase": "upcoming",
        "clearedAt": None,
        "externalRef": "lot7",
        "batchId": 1,
        "seriesId": None,
        "occurrenceStart": None,
        "drainUntil": None,
        "waits": False,
        "version": 1,
        "holds": False,
        "heldBackBy": None,
    }


def test_holds_says_what_drivers_see_and_what_keeps_the_rest_back(ask: Caller) -> None:
    below = ask.create(temporaryStatus="BLOCKED")
    above = ask.create(temporaryStatus="MAINTENANCE")
    again = ask("GET", f"{OVERRIDES}/{below['id']}").json()
    assert above["holds"]
    assert above["heldBackBy"] is None
    assert not again["holds"]
    assert again["heldBackBy"] == {
        "id": above["id"],
        "temporaryStatus": "MAINTENANCE",
        "because": "MAINTENANCE outranks BLOCKED",
    }


def test_one_of_a_sensor_stands_back_while_the_charger_charges(ask: Caller) -> None:
    ask("PUT", f"/v2/evses/{E1}/actual-status", json={"status": "Charging"})
    made = ask.create(temporaryStatus="BLOCKED", source="sensor")
    assert not made["holds"]
    assert made["heldBackBy"] == {
        "id": None,
        "temporaryStatus": None,
        "because": "BLOCKED stands back while the charger reports CHARGING",
    }


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"evseId": E1}, (422, "missing_field", "temporaryStatus")),
        ({"temporaryStatus": "BLOCKED"}, (422, "missing_field", "evseId")),
        ({"validTill": 1}, (422, "unknown_field", "validTill")),
        ({"temporaryStatus": "blocked"}, (422, "unknown_word", "temporaryStatus")),
        ({"evseId": "DK*XYZ*E9"}, (404, "unknown_evse", "evseId")),
        ({"evseId": 7}, (422, "invalid_input", "evseId")),
        ({"validTo": "2026-10-22T13:00:00"}, (422, "naive_instant", "validTo")),
        ({"validTo": "tomorrow"}, (422, "unreadable_instant", "validTo")),
        ({"validTo": "9999-01-01T00:00:00Z"}, (422, "instant_out_of_range", "validTo")),
        ({"validTo": 10**18}, (422, "invalid_input", "validTo")),
        ({"validTo": "2026-10-22T11:00:00Z"}, (422, "ends_in_the_past", "validTo")),
        (
            {"validFrom": "2026-10-23T11:00:00Z", "validTo": "2026-10-23T11:00:00Z"},
            (422, "ends_before_it_starts", "validTo"),
        ),
        ({"reason": "x" * 2_001}, (422, "invalid_input", "reason")),
        ({"createdBy": "Mallory"}, (422, "unknown_field", "createdBy")),
        ({"source": "operator"}, (422, "unknown_word", "source")),
    ],
)
def test_what_is_wrong_is_named(
    ask: Caller, body: dict[str, object], refusal: tuple[int, str, str]
) -> None:
    missing = refusal[1] == "missing_field"
    whole = {} if missing else {"evseId": E1, "temporaryStatus": "BLOCKED"}
    assert ask.refused("POST", OVERRIDES, json=whole | body) == refusal
    assert ask("GET", OVERRIDES, params={"activeOnly": "false"}).json() == []


def test_ambiguous_id_names_both_and_each_works_by_its_text(ask: Caller) -> None:
    ask.site.hands.forward(minutes=1)
    twins = [evse_json("a", "DK*TST*E12*3"), evse_json("b", "DK*TST*E1*23")]
    take_in(ask.site.db, location_json("L2", *twins), complete=False)
    body = {"evseId": "DKTSTE123", "temporaryStatus": "BLOCKED"}
    answer = ask("POST", OVERRIDES, json=body)
    assert answer.status_code == 409
    assert "DK*TST*E1*23 and DK*TST*E12*3" in answer.json()["error"]["message"]
    assert ask.create("DK*TST*E1*23")["evseId"] == "DK*TST*E1*23"


def test_list_hides_all_but_the_active_ones_unless_asked(ask: Caller) -> None:
    ask.create("DK*TST*E1")
    ask.create("DK*TST*E2", validFrom="2026-10-23T12:00:00Z")
    ask.create("DK*TST*E3", validTo="2026-10-22T12:30:00Z")
    ask.site.hands.forward(hours=1)
    assert ids(ask("GET", OVERRIDES)) == [1]
    assert ids(ask("GET", OVERRIDES, params={"activeOnly": "true"})) == [1]
    for word in ("false", "False"):
        assert ids(ask("GET", OVERRIDES, params={"activeOnly": word})) == [1, 2, 3]
    assert ids(ask("GET", OVERRIDES, params={"phase": "upcoming"})) == [2]
    assert ids(ask("GET", OVERRIDES, params={"phase": "ended"})) == [3]


def test_list_narrows_by_everything_it_offers(ask: Caller) -> None:
    ask.create("DK*TST*E1", reason="Cable")
    placed(ask.site, "DK*TST*E2", RESERVED)
    ask.create("DK*TST*E3", temporaryStatus="BLOCKED", source="sensor")
    for params, found in (
        ({"evseId": "dk-tst-e2"}, [2]),
        ({"temporaryStatus": "RESERVED"}, [2]),
        ({"source": "sensor"}, [3]),
        ({"source": "api"}, [1]),
        ({"locationId": "l1"}, [1, 2, 3]),
        ({"locationId": "L9"}, []),
        ({"q": "cable"}, [1]),
        ({"q": "local"}, [2]),
        ({"from": "2026-10-22T12:01:00Z", "to": "2026-10-22T13:00:00Z"}, [1, 2, 3]),
        ({"to": "2026-10-22T12:01:00Z"}, []),
    ):
        assert ids(ask("GET", OVERRIDES, params=params)) == found, params


def test_window_is_half_open_like_every_period(ask: Caller) -> None:
    ask.create(validFrom="2026-10-22T13:00:00Z", validTo="2026-10-22T14:00:00Z")
    for params, found in (
        ({"from": "2026-10-22T14:00:00Z"}, []),
        ({"from": "2026-10-22T13:59:59.999999Z"}, [1]),
        ({"to": "2026-10-22T13:00:00Z"}, []),
        ({"to": "2026-10-22T13:00:00.000001Z"}, [1]),
    ):
        assert ids(ask("GET", OVERRIDES, params=params)) == found, params


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"activeonly": "false"}, (422, "invalid_input", "activeonly")),
        ({"activeOnly": "yes"}, (422, "unknown_word", "activeOnly")),
        ({"activeOnly": "true", "phase": "ended"}, (422, "invalid_input", "activeOnly")),
        ({"evseId": "nobody"}, (404, "unknown_evse", "evseId")),
        ({"limit": "0"}, (422, "invalid_input", "limit")),
        ({"cursor": "nonsense"}, (422, "invalid_input", "cursor")),
        ({"cursor": "WyJhIl0"}, (422, "invalid_input", "cursor")),
        ({"from": "2026-10-22"}, (422, "unreadable_instant", "from")),
        (
            {"from": "2026-10-22T12:00:00Z", "to": "2026-10-22T12:00:00Z"},
            (422, "invalid_input", "to"),
        ),
        ([("phase", "active"), ("phase", "ended")], (422, "invalid_input", "phase")),
    ],
)
def test_question_that_is_wrong_is_named(
    ask: Caller, params: dict[str, str], refusal: tuple[int, str, str]
) -> None:
    assert ask.refused("GET", OVERRIDES, params=params) == refusal


def test_pages_lose_nothing_while_others_insert(ask: Caller) -> None:
    for _ in range(5):
        ask.create()
    seen, total = [], []
    path, params = OVERRIDES, {"activeOnly": "false", "limit": "2"}
    while True:
        answer = ask("GET", path, params=params)
        seen += ids(answer)
        total.append(answer.headers["X-Total-Count"])
        if len(seen) == 4:
            ask.create("DK*TST*E2")
        if "Link" not in answer.headers:
            break
        address, rel = answer.headers["Link"].split("; ")
        assert rel == 'rel="next"'
        params = {name: value[0] for name, value in parse_qs(urlsplit(address[1:-1]).query).items()}
    assert seen == [1, 2, 3, 4, 5, 6]
    assert total == ["5", "5", "6"]
    assert "X-Total-Count" not in ask("GET", OVERRIDES).headers


def test_more_than_ten_thousand_rows_ask_for_pages(
    ask: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evse_status.service.override_list.MOST_AT_ONCE", 2)
    for _ in range(3):
        ask.create()
    assert ask.refused("GET", OVERRIDES) == (422, "too_many_rows", "limit")
    assert ids(ask("GET", OVERRIDES, params={"limit": "2"})) == [1, 2]


def test_change_names_its_fields_and_leaves_the_rest(ask: Caller) -> None:
    made = ask.create(reason="Cable", validTo="2026-10-22T16:00:00Z")
    path = f"{OVERRIDES}/{made['id']}"
    changed = ask("PATCH", path, json={"temporaryStatus": "BLOCKED"})
    assert changed.headers["ETag"] == '"1.2"'
    assert (changed.json()["reason"], changed.json()["validTo"]) == (
        "Cable",
        "2026-10-22T16:00:00Z",
    )
    assert ask("PATCH", path, json={"validTo": None}).json()["validTo"] is None
    assert ask("PATCH", path, json={}).json()["version"] == 3
    assert ask("PATCH", path, json={"cause": "grid"}).json()["cause"] == "grid"
    assert ask("PATCH", path, json={"cause": None}).json()["cause"] is None


def test_extend_counts_from_the_planned_end(ask: Caller) -> None:
    made = ask.create(validTo="2026-10-22T16:00:00Z")
    path = f"{OVERRIDES}/{made['id']}"
    extended = ask("PATCH", path, json={"extendBy": "P1DT1H", "reason": "Parts late"}).json()
    assert (extended["validTo"], extended["reason"]) == ("2026-10-23T17:00:00Z", "Parts late")
    assert extended["version"] == 2
    shorter = ask("PATCH", path, json={"extendBy": "-PT30M"}).json()
    assert shorter["validTo"] == "2026-10-23T16:30:00Z"


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"evseId": "DK*TST*E2"}, (422, "unknown_field", "evseId")),
        ({"extendBy": "PT1H"}, (409, "has_no_end", "extendBy")),
        ({"extendBy": "1h"}, (422, "invalid_input", "extendBy")),
        ({"extendBy": "PT0S"}, (422, "invalid_input", "extendBy")),
        ({"extendBy": "PT2000000H"}, (422, "invalid_input", "extendBy")),
        ({"extendBy": "PT1H", "validTo": None}, (422, "invalid_input", "extendBy")),
        ({"validFrom": "2026-10-23T12:00:00Z"}, (409, "already_started", "validFrom")),
        ({"validFrom": None}, (422, "invalid_input", "validFrom")),
        ({"validTo": "2026-10-22T12:00:00Z"}, (422, "ends_in_the_past", "validTo")),
    ],
)
def test_change_that_is_refused_changes_nothing(
    ask: Caller, body: dict[str, object], refusal: tuple[int, str, str]
) -> None:
    path = f"{OVERRIDES}/{ask.create()['id']}"
    assert ask.refused("PATCH", path, json=body) == refusal
    assert ask("GET", path).json()["version"] == 1


def test_end_moved_into_the_past_names_what_was_sent(ask: Caller) -> None:
    path = f"{OVERRIDES}/{ask.create(validTo='2026-10-22T16:00:00Z')['id']}"
    refusal = ask.refused("PATCH", path, json={"extendBy": "-P1D"})
    assert refusal == (422, "ends_in_the_past", "extendBy")


def test_stale_editor_is_refused_and_told_what_changed(ask: Caller) -> None:
    path = f"{OVERRIDES}/{ask.create()['id']}"
    tag = {"If-Match": ask("GET", path).headers["ETag"]}
    assert ask("PATCH", path, json={"reason": "First"}, headers=tag).status_code == 200
    answer = ask("PATCH", path, json={"reason": "Second"}, headers=tag)
    assert answer.status_code == 412
    assert "Tester changed it at 2026-10-22T12:01:00" in answer.json()["error"]["message"]
    assert ask.refused("DELETE", path, headers=tag) == (412, "stale_edit", "version")
    other = ask("GET", f"{OVERRIDES}/{ask.create('DK*TST*E2')['id']}").headers
    for foreign in ('"x"', "", '"v2"', other["ETag"]):
        assert ask.refused("DELETE", path, headers={"If-Match": foreign})[0] == 412
    weak = {
        "If-Match": "W/" + ask("GET", path).headers["ETag"]
    }  # as a proxy that compresses says it
    assert ask("PATCH", path, json={"ticket": "T-1"}, headers=weak).status_code == 200
    assert ask.refused("DELETE", path, headers={"If-Match": '"v1", "v2"'})[0] == 422
    assert ask("DELETE", path, headers={"If-Match": "*"}).status_code == 200


def test_clear_twice_is_one_clear(ask: Caller) -> None:
    path = f"{OVERRIDES}/{ask.create()['id']}"
    first = ask("DELETE", path).json()
    ask.site.hands.forward(minutes=5)
    again = ask("DELETE", path).json()
    assert (first["phase"], again) == ("cleared", first)
    assert [line["what"] for line in ask("GET", f"{path}/history").json()] == ["created", "cleared"]


def test_of_one_that_is_over_only_reason_and_cause_change(ask: Caller) -> None:
    path = f"{OVERRIDES}/{ask.create()['id']}"
    ask("DELETE", path)
    assert ask("PATCH", path, json={"reason": "Vandals", "cause": "vandalism"}).status_code == 200
    refusal = ask.refused("PATCH", path, json={"temporaryStatus": "BLOCKED"})
    assert refusal == (409, "already_over", None)


def test_history_says_who_when_what_before_and_after(ask: Caller) -> None:
    path = f"{OVERRIDES}/{ask.create(reason='Cable')['id']}"
    ask.site.hands.forward(minutes=5)
    ask("PATCH", path, json={"reason": "Cable and plug"})
    changed = ask("GET", f"{path}/history").json()[1]
    assert changed == {
        "at": "2026-10-22T12:06:00Z",
        "by": "Tester",
        "what": "changed",
        "why": "",
        "version": 2,
        "batchId": None,
        "changes": [{"field": "reason", "before": "Cable", "after": "Cable and plug"}],
    }


@pytest.mark.parametrize("number", ["0", "7", "9223372036854775807"])
def test_number_of_nothing(ask: Caller, number: str) -> None:
    for method in ("GET", "DELETE"):
        answer = ask.refused(method, f"{OVERRIDES}/{number}")
        assert answer == (404, "unknown_override", "id")


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "9" * 25, "9" * 5_000])
def test_what_is_no_number_is_no_address(ask: Caller, number: str) -> None:
    assert ask.refused("GET", f"{OVERRIDES}/{number}")[:2] == (404, "unknown_path")


def test_same_key_gives_the_same_answer_for_a_day(ask: Caller) -> None:
    body = {"evseId": E1, "temporaryStatus": "BLOCKED", "validTo": "2026-10-25T12:00:00Z"}
    key = {"Idempotency-Key": "k-1"}
    first = ask("POST", OVERRIDES, json=body, headers=key)
    ask.site.hands.forward(hours=23)
    again = ask("POST", OVERRIDES, json=body, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"]
    same_instant = body | {"validTo": "2026-10-25T14:00:00+02:00"}
    assert ask("POST", OVERRIDES, json=same_instant, headers=key).json() == first.json()
    other = ask.refused("POST", OVERRIDES, json=body | {"reason": "x"}, headers=key)
    assert other == (409, "idempotency_key_reused", "Idempotency-Key")
    ask.site.hands.forward(hours=1, seconds=1)
    assert ask("POST", OVERRIDES, json=body, headers=key).json()["id"] == 2


def test_key_belongs_to_its_principal_and_only_successes_are_kept(ask: Caller) -> None:
    body = {"evseId": "DK*TST*E9", "temporaryStatus": "BLOCKED"}
    key = {"Idempotency-Key": "k-1"}
    assert ask.refused("POST", OVERRIDES, json=body, headers=key)[0] == 404
    ask.site.hands.forward(minutes=1)
    take_in(ask.site.db, location_json("L2", evse_json("9")), complete=False)
    mine = ask("POST", OVERRIDES, json=body, headers=key)
    theirs = ask.with_token()("POST", OVERRIDES, json=body, headers=key)
    assert (mine.json()["id"], theirs.json()["id"]) == (1, 2)


@pytest.mark.parametrize("key", ["", "with space", "x" * 256])
def test_key_that_is_no_key(ask: Caller, key: str) -> None:
    refusal = ask.refused(
        "POST",
        OVERRIDES,
        json={"evseId": E1, "temporaryStatus": "BLOCKED"},
        headers={"Idempotency-Key": key},
    )
    assert refusal == (422, "invalid_input", "Idempotency-Key")


def test_token_sees_and_sets_within_its_limits(ask: Caller) -> None:
    ask.site.hands.forward(minutes=1)
    take_in(ask.site.db, location_json("L2", evse_json("9")), complete=False)
    there = ask.create("DK*TST*E9")
    lot = ask.with_token(locations=("L1",), temporary_statuses=frozenset({TemporaryStatus.BLOCKED}))
    assert lot.create(temporaryStatus="BLOCKED")["createdBy"] == "Sensors"
    body = {"evseId": E1, "temporaryStatus": "RESERVED"}
    assert lot.refused("POST", OVERRIDES, json=body) == (403, "not_allowed", "temporaryStatus")
    body = {"evseId": "DK*TST*E9", "temporaryStatus": "BLOCKED"}
    assert lot.refused("POST", OVERRIDES, json=body) == (404, "unknown_evse", "evseId")
    assert lot.refused("GET", f"{OVERRIDES}/{there['id']}") == (404, "unknown_override", "id")
    assert ids(lot("GET", OVERRIDES, params={"activeOnly": "false"})) == [2]


def test_token_that_may_not_read_is_told_so(ask: Caller) -> None:
    writer = ask.with_token(may_read=False)
    made = writer.create()
    assert writer.refused("GET", OVERRIDES)[0] == 403
    assert writer.refused("GET", f"{OVERRIDES}/{made['id']}")[0] == 403
    assert writer("DELETE", f"{OVERRIDES}/{made['id']}").json()["phase"] == "cleared"


def test_a_year_is_not_a_long_time(ask: Caller) -> None:
    made = ask.create(validTo="2100-12-31T23:59:59Z")
    ask.site.hands.forward(days=365)
    assert ask("GET", f"{OVERRIDES}/{made['id']}").json()["phase"] == "active"
