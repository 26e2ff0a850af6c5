"""What happens is told once, in order, and taken up again where it broke off."""

import json
from typing import Any

from api.conftest import OVERRIDES, Caller

START = {"since": "2026-10-22T12:00:30Z", "follow": "false"}


def events(ask: Caller, last: str | None = None, **params: str) -> list[dict[str, Any]]:
    headers = {"Last-Event-ID": last} if last else {}
    told = ask("GET", "/v2/changes", params=params or START, headers=headers)
    assert told.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    lines = told.text.splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith('data: {"')]


def types(told: list[dict[str, Any]]) -> list[str]:
    return [one["type"].removeprefix("override.") for one in told]


def test_life_of_an_override(ask: Caller) -> None:
    ask.create(validFrom="2026-10-22T13:00:00Z", validTo="2026-10-22T14:00:00Z")
    ask("PATCH", f"{OVERRIDES}/1", json={"reason": "Cable"})
    assert types(events(ask)) == ["created", "changed"]
    ask.site.hands.forward(hours=1)
    assert types(events(ask)) == ["created", "changed", "started"]
    ask.site.hands.forward(hours=1)
    told = events(ask)
    assert types(told) == ["created", "changed", "started", "ended"]
    assert [one["at"] for one in told[2:]] == ["2026-10-22T13:00:00Z", "2026-10-22T14:00:00Z"]
    assert told[1]["by"] == "Tester"
    assert told[1]["override"]["reason"] == "Cable"
    assert told[3]["override"]["phase"] == "ended"


def test_clear_ends_once_and_an_upcoming_one_never_starts(ask: Caller) -> None:
    ask.create("DK*TST*E1")
    ask.create("DK*TST*E2", validFrom="2026-10-22T13:00:00Z")
    ask.site.hands.forward(minutes=5)
    ask("DELETE", f"{OVERRIDES}/1")
    ask("DELETE", f"{OVERRIDES}/1")
    ask("DELETE", f"{OVERRIDES}/2")
    ask.site.hands.forward(hours=5)
    told = [(one["evseId"][-1], one["type"].removeprefix("override.")) for one in events(ask)]
    assert told == [
        ("1", "created"),
        ("1", "started"),
        ("2", "created"),
        ("1", "cleared"),
        ("1", "ended"),
        ("2", "cleared"),
    ]


def test_change_of_status_neither_starts_nor_ends_it(ask: Caller) -> None:
    ask.create()
    ask.site.hands.forward(minutes=5)
    ask("PATCH", f"{OVERRIDES}/1", json={"temporaryStatus": "BLOCKED"})
    ask.site.hands.forward(minutes=5)
    assert types(events(ask)) == ["created", "started", "changed"]


def test_actual_status(ask: Caller) -> None:
    ask("PUT", "/v2/evses/DK*TST*E1/actual-status", json={"status": "Faulted"})
    [told] = events(ask)
    assert told | {"id": "", "at": ""} == {
        "id": "",
        "type": "actualStatus.changed",
        "at": "",
        "evseId": "DK*TST*E1",
        "actualStatus": "OUTOFORDER",
    }


def test_taken_up_again_nothing_is_missed_or_told_twice(ask: Caller) -> None:
    body = {"temporaryStatus": "BLOCKED", "evseIds": [f"DK*TST*E{n}" for n in (1, 2, 3)]}
    ask("POST", f"{OVERRIDES}/batch", json=body)
    ask.site.hands.forward(minutes=1)
    ask("DELETE", f"{OVERRIDES}/2")
    whole = events(ask)
    assert len(whole) == 8
    for index, one in enumerate(whole):
        assert events(ask, last=one["id"], follow="false") == whole[index + 1 :]


def test_without_a_place_it_begins_now_and_names_the_place(ask: Caller) -> None:
    ask.create()
    text = ask("GET", "/v2/changes", params={"follow": "false"}).text
    assert "event: ready" in text
    assert "override.created" not in text
    place = next(line[4:] for line in text.splitlines() if line.startswith("id: "))
    ask.create("DK*TST*E2")
    assert types(events(ask, last=place, follow="false")) == ["created", "started"]


def test_more_than_one_helping(ask: Caller, monkeypatch: Any) -> None:
    defaults = {"limit": 2}
    monkeypatch.setattr("evse_status.service.changes.events_after.__kwdefaults__", defaults)
    for _ in range(3):
        ask.create()
    assert len(events(ask)) == 6


def test_token_is_told_of_its_area_alone(ask: Caller) -> None:
    ask.create()
    other = ask.with_token(locations=("L1",))
    assert len(events(other)) == 2
    blind = ask.with_token(name="Blind", may_read=False)
    assert blind.refused("GET", "/v2/changes", params=START)[0] == 403


def test_place_that_is_none(ask: Caller) -> None:
    for place in ("x", "1", "1.2", "1.2.x", "9" * 18 + ".1.1", "-1.1.1"):
        headers = {"Last-Event-ID": place}
        refusal = ask.refused("GET", "/v2/changes", params={"follow": "false"}, headers=headers)
        assert refusal == (422, "invalid_input", "Last-Event-ID")
