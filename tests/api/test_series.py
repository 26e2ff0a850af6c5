"""Series through `/v2/temporary-evse-statuses/series`: shown, placed, listed, changed, cleared, undone."""

from typing import Any

import pytest

from api.conftest import OVERRIDES, Caller
from support import RESERVED, evse_json, location_json, take_in

SERIES = f"{OVERRIDES}/series"
# NOON is Thursday 22 October 2026; clocks go back in Europe on Sunday 25 October.
NIGHTS = {
    "temporaryStatus": "MAINTENANCE",
    "rule": "FREQ=WEEKLY;BYDAY=SA",
    "localStart": "2026-10-24T22:00",
    "duration": "PT7H",
    "reason": "Cable check",
}
E1 = {"evseIds": ["DK*TST*E1"]}


@pytest.fixture
def fleet(ask: Caller) -> Caller:
    """Beside `L1` in Copenhagen's zone a site `L2` in London's."""
    ask.site.hands.forward(minutes=1)
    london = location_json("L2", evse_json("9"), time_zone="Europe/London", city="London")
    take_in(ask.site.db, london, complete=False)
    return ask


def made(ask: Caller, **more: Any) -> dict[str, Any]:
    answer = ask("POST", SERIES, json=NIGHTS | E1 | more)
    assert answer.status_code == 201, answer.text
    whole: dict[str, Any] = answer.json()
    return whole


def starts(ask: Caller, number: int, **params: Any) -> list[tuple[str, str, int | None]]:
    rows = ask("GET", f"{SERIES}/{number}/occurrences", params={"limit": 8} | params).json()
    return [(row["occurrenceStart"], row["effectiveFrom"], row["id"]) for row in rows]


def test_dry_run_shows_the_next_nights_at_each_site_and_what_the_clocks_do(fleet: Caller) -> None:
    fleet.create("DK*TST*E9", temporaryStatus="COMMISSIONING", validTo="2026-11-01T12:00:00Z")
    body = NIGHTS | {"evseIds": ["DK*TST*E1", "nobody", "DK*TST*E9"]}
    answer = fleet("POST", SERIES, json=body | {"dryRun": True})
    told = answer.json()
    assert answer.status_code == 200
    assert (told["batchId"], told["dryRun"], told["refused"]) == (None, True, 1)
    copenhagen, london = told["series"]
    assert (copenhagen["timeZone"], copenhagen["evseIds"]) == ("Europe/Copenhagen", ["DK*TST*E1"])
    assert (london["timeZone"], london["evseIds"]) == ("Europe/London", ["DK*TST*E9"])
    night, week_after = copenhagen["upcoming"][:2]
    assert (night["startsAt"], night["endsAt"]) == ("2026-10-24T20:00:00Z", "2026-10-25T04:00:00Z")
    assert "8 h instead of 7 h" in night["clockChange"]
    assert (week_after["startsAt"], week_after["clockChange"]) == ("2026-10-31T21:00:00Z", None)
    assert london["upcoming"][0]["startsAt"] == "2026-10-24T21:00:00Z"
    [overlap] = london["overlaps"]
    assert (overlap["evseId"], overlap["id"], overlap["count"]) == ("DK*TST*E9", 1, 2)
    assert (overlap["newOneShows"], overlap["because"]) == (
        False,
        "COMMISSIONING outranks MAINTENANCE",
    )
    assert [(one["evseId"], one["outcome"]) for one in told["items"]] == [
        ("DK*TST*E1", "would be created"),
        ("DK*TST*E9", "would be created"),
        ("nobody", "refused"),
    ]
    assert fleet("GET", SERIES).json() == []
    done = fleet("POST", SERIES, json=body | {"previewed": told["previewed"]})
    assert (done.status_code, done.json()["created"]) == (201, 2)
    again = body | {"previewed": told["previewed"]}
    assert fleet.refused("POST", SERIES, json=again) == (409, "other_than_previewed", "previewed")


def test_made_once_with_one_key_and_undone_as_one_batch(fleet: Caller) -> None:
    body = NIGHTS | {"evseIds": ["DK*TST*E1", "DK*TST*E9"]}
    first = fleet("POST", SERIES, json=body, headers={"Idempotency-Key": "n-1"})
    again = fleet("POST", SERIES, json=body, headers={"Idempotency-Key": "n-1"})
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    batch = f"{OVERRIDES}/batch/{first.json()['batchId']}"
    assert fleet("GET", batch).json()["seriesIds"] == [1, 2]
    assert fleet("DELETE", batch).json()["skipped"] == 0
    assert fleet("GET", SERIES).json() == []
    over = fleet("GET", SERIES, params={"activeOnly": "false"}).json()
    assert [one["isOver"] for one in over] == [True, True]


def test_occurrences_carry_their_series_and_those_far_ahead_have_no_id(ask: Caller) -> None:
    number = made(ask)["series"][0]["id"]
    near = ask("GET", OVERRIDES, params={"phase": "upcoming"}).json()
    assert (near[0]["seriesId"], near[0]["occurrenceStart"], near[0]["source"]) == (
        number,
        "2026-10-24T22:00",
        "series",
    )
    assert starts(ask, number)[0] == ("2026-10-24T22:00", "2026-10-24T20:00:00Z", near[0]["id"])
    assert starts(
        ask, number, **{"from": "2028-06-03T12:00:00Z", "to": "2028-06-11T00:00:00Z"}
    ) == [
        ("2028-06-03T22:00", "2028-06-03T20:00:00Z", None),
        ("2028-06-10T22:00", "2028-06-10T20:00:00Z", None),
    ]
    shown = ask("GET", "/v2/evses/DK*TST*E1/display", params={"at": "2028-06-03T21:00:00Z"}).json()
    assert (shown["override"]["id"], shown["override"]["seriesId"]) == (None, number)


def test_occurrences_come_page_by_page_without_end(ask: Caller) -> None:
    body = {"evseIds": ["DK*TST*E1", "DK*TST*E2", "DK*TST*E3"], "rule": "FREQ=DAILY"}
    number = made(ask, **body)["series"][0]["id"]
    seen, path = [], f"{SERIES}/{number}/occurrences?limit=50"
    for _ in range(5):
        answer = ask("GET", path)
        seen += [(row["occurrenceStart"], row["evseId"]) for row in answer.json()]
        path = answer.headers["Link"].removeprefix("<").partition(">")[0]
    assert len(set(seen)) == 250
    assert seen == sorted(seen)
    assert seen[-1][0] == "2027-01-15T22:00"


def test_an_occurrence_on_one_evse_is_an_override_like_all_others(ask: Caller) -> None:
    number = made(ask, evseIds=["DK*TST*E1", "DK*TST*E2"])["series"][0]["id"]
    path = f"{SERIES}/{number}/occurrences"
    moved, cleared = ask("GET", path, params={"limit": 2}).json()
    ask("PATCH", f"{OVERRIDES}/{moved['id']}", json={"validFrom": "2026-10-26T20:00:00Z",
                                                    "validTo": "2026-10-26T22:00:00Z"})  # fmt: skip
    ask("DELETE", f"{OVERRIDES}/{cleared['id']}")
    first, second = ask("GET", path, params={"limit": 2}).json()
    assert (first["occurrenceStart"], first["validFrom"]) == (
        "2026-10-24T22:00",
        "2026-10-26T20:00:00Z",
    )
    assert (second["evseId"], second["phase"]) == ("DK*TST*E2", "cleared")
    told = ask("PATCH", f"{SERIES}/{number}", json={"reason": "All"}).json()
    assert {one["override"]["id"] for one in told["left"]} == {moved["id"], cleared["id"]}


def test_one_by_itself_and_who_did_what_to_it(ask: Caller) -> None:
    number = made(ask, exceptions=["2026-10-31T22:00"])["series"][0]["id"]
    answer = ask("GET", f"{SERIES}/{number}")
    told = answer.json()
    assert answer.headers["ETag"] == f'"s{number}.1"'
    assert (told["evseIds"], told["exceptions"]) == (["DK*TST*E1"], ["2026-10-31T22:00"])
    assert (told["description"], told["duration"]) == ("Every Saturday, 22:00–05:00", "PT7H")
    assert [one["occurrenceStart"] for one in told["upcoming"]][:2] == [
        "2026-10-24T22:00",
        "2026-11-07T22:00",
    ]
    [line] = ask("GET", f"{SERIES}/{number}/history").json()
    assert (line["what"], line["by"], line["version"]) == ("created", "Tester", 1)
    assert ask.refused("GET", f"{SERIES}/99") == (404, "unknown_series", "seriesId")
    assert ask.refused("GET", f"{SERIES}/99/occurrences")[0] == 404


def test_list_is_paged_and_filtered(ask: Caller) -> None:
    for name in ("DK*TST*E1", "DK*TST*E2", "DK*TST*E3"):
        made(ask, evseIds=[name])
    first = ask("GET", SERIES, params={"limit": 2})
    assert (len(first.json()), first.headers["X-Total-Count"]) == (2, "3")
    rest = ask("GET", first.headers["Link"].removeprefix("<").partition(">")[0])
    assert len({one["id"] for one in [*first.json(), *rest.json()]}) == 3
    assert "Link" not in rest.headers
    [one] = ask("GET", SERIES, params={"evseId": "dktste2"}).json()
    assert one["next"]["occurrenceStart"] == "2026-10-24T22:00"
    assert ask("GET", SERIES, params={"q": "nothing like it"}).json() == []


@pytest.mark.parametrize("scope", ["this", "following", "all"])
def test_change_by_scope(ask: Caller, scope: str) -> None:
    number = made(ask)["series"][0]["id"]
    params = {"scope": scope} | ({} if scope == "all" else {"occurrence": "2026-11-07T22:00"})
    body = {"startTime": "23:00", "duration": "PT6H", "reason": "Later"}
    answer = ask("PATCH", f"{SERIES}/{number}", params=params, json=body)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    goes_on = told["series"]["id"]
    assert answer.headers["ETag"] == f'"s{goes_on}.{told["series"]["version"]}"'
    hours = {
        row["validFrom"][:10]: row["validFrom"][11:16]
        for row in ask("GET", OVERRIDES, params={"phase": "upcoming"}).json()
    }
    days = ("2026-10-24", "2026-10-31", "2026-11-07", "2026-11-14")
    changed = {"this": days[2:3], "following": days[2:], "all": days}[scope]
    usual = {"2026-10-24": "20:00"} | dict.fromkeys(days[1:], "21:00")
    later = {"2026-10-24": "21:00"} | dict.fromkeys(days[1:], "22:00")
    assert {day: hours[day] for day in days} == {
        day: later[day] if day in changed else usual[day] for day in days
    }
    ask("DELETE", f"{OVERRIDES}/batch/{told['batchId']}")
    again = ask("GET", OVERRIDES, params={"phase": "upcoming"}).json()
    assert {row["validFrom"][11:16] for row in again} == {"20:00", "21:00"}


def test_clear_by_scope(ask: Caller) -> None:
    number = made(ask)["series"][0]["id"]
    path = f"{SERIES}/{number}"
    ask("DELETE", path, params={"scope": "this", "occurrence": "2026-10-31T22:00"})
    ask("DELETE", path, params={"scope": "following", "occurrence": "2026-11-14T22:00"})
    assert [start for start, _, _ in starts(ask, number)] == [
        "2026-10-24T22:00",
        "2026-11-07T22:00",
    ]
    assert ask("GET", path).json()["endsBefore"] == "2026-11-14T22:00"
    told = ask("DELETE", path).json()
    assert (told["series"]["isOver"], told["changed"]) == (True, 2)
    assert starts(ask, number) == []


def test_stale_edit_is_told_what_changed(ask: Caller) -> None:
    number = made(ask)["series"][0]["id"]
    path, tag = f"{SERIES}/{number}", {"If-Match": f'"s{number}.1"'}
    skip = {"scope": "this", "occurrence": "2026-10-31T22:00"}
    assert ask("DELETE", path, params=skip, headers=tag).status_code == 200
    for method, body in (("DELETE", {}), ("PATCH", {"json": {"reason": "x"}})):
        refusal = ask.refused(method, path, headers=tag, **body)
        assert refusal == (412, "stale_series", "version")
    stranger = {"If-Match": f'"{number}.2"'}
    assert ask.refused("DELETE", path, headers=stranger)[0] == 412


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"rule": "FREQ=HOURLY"}, (422, "unusable_rule", "rule")),
        ({"rule": "FREQ=WEEKLY;COUNT=2;UNTIL=20271231"}, (422, "unusable_rule", "rule")),
        ({"timeZone": "Europe/Atlantis"}, (422, "unknown_zone", "timeZone")),
        ({"localStart": "2026-10-24T22:00Z"}, (422, "invalid_input", "localStart")),
        ({"localStart": 7}, (422, "invalid_input", "localStart")),
        ({"duration": "PT0S"}, (422, "invalid_input", "duration")),
        ({"duration": "PT90S"}, (422, "invalid_input", "duration")),
        ({"duration": "P8D"}, (422, "occurrences_overlap", "duration")),
        ({"localEnd": "2026-10-25T05:00"}, (422, "invalid_input", "duration")),
        ({"duration": None}, (422, "invalid_input", "duration")),
        ({"duration": None, "localEnd": "2026-10-24T05:00"}, (422, "invalid_input", "localEnd")),
        ({"evseIds": None}, (422, "invalid_input", "evseIds")),
        ({"selector": {"q": "1"}}, (422, "invalid_input", "evseIds")),
        ({"evseIds": ["nobody"], "allOrNothing": True}, (404, "unknown_evse", "evseId")),
        ({"colour": "red"}, (422, "unknown_field", "colour")),
    ],
)
def test_what_is_wrong_is_named(
    ask: Caller, body: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    assert ask.refused("POST", SERIES, json=NIGHTS | E1 | body) == refusal
    assert ask("GET", SERIES).json() == []


def test_local_end_says_how_long(ask: Caller) -> None:
    body = {key: value for key, value in NIGHTS.items() if key != "duration"}
    answer = ask("POST", SERIES, json=body | E1 | {"localEnd": "2026-10-25T05:00"})
    assert answer.json()["series"][0]["duration"] == "PT7H"


@pytest.mark.parametrize(
    ("params", "body", "refusal"),
    [
        ({"scope": "this"}, {"reason": "x"}, (422, "invalid_input", "occurrence")),
        (
            {"scope": "this", "occurrence": "2026-10-30T22:00"},
            {"reason": "x"},
            (409, "no_occurrence_ahead", "occurrence"),
        ),
        ({"scope": "some"}, {"reason": "x"}, (422, "unknown_word", "scope")),
        ({}, {"startTime": "25:00"}, (422, "invalid_input", "startTime")),
        ({}, {"duration": "P8D"}, (422, "occurrences_overlap", "duration")),
        ({"occurrence": "soon"}, {"reason": "x"}, (422, "invalid_input", "occurrence")),
    ],
)
def test_change_that_is_wrong(
    ask: Caller, params: dict[str, str], body: dict[str, str], refusal: tuple[int, str, str]
) -> None:
    path = f"{SERIES}/{made(ask)['series'][0]['id']}"
    assert ask.refused("PATCH", path, params=params, json=body) == refusal


def test_tokens_stay_within_their_limits(fleet: Caller) -> None:
    number = made(fleet, evseIds=["DK*TST*E1"])["series"][0]["id"]
    path = f"{SERIES}/{number}"
    elsewhere = fleet.with_token(name="London", locations=("L2",))
    for method, where, body in (
        ("GET", path, {}),
        ("GET", f"{path}/occurrences", {}),
        ("GET", f"{path}/history", {}),
        ("DELETE", path, {}),
        ("PATCH", path, {"json": {"reason": "x"}}),
    ):
        assert elsewhere.refused(method, where, **body)[:2] == (404, "unknown_series")
    assert elsewhere("GET", SERIES).json() == []
    seen = elsewhere("POST", SERIES, json=NIGHTS | E1 | {"dryRun": True}).json()
    assert [one["error"]["code"] for one in seen["items"]] == ["unknown_evse"]
    reserving = fleet.with_token(name="Bookings", temporary_statuses=(RESERVED,))
    assert reserving.refused("POST", SERIES, json=NIGHTS | E1)[:2] == (403, "not_allowed")
    assert reserving.refused("DELETE", path)[:2] == (403, "not_allowed")
    assert reserving.refused("PATCH", path, json={"reason": "x"})[:2] == (403, "not_allowed")
