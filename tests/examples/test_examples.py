"""The example partners are as strict, as forgetful and as badly behaved as real ones."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from examples.processes import Running, example
from support import PROJECT

NETWORK = PROJECT / "data" / "demo-network.json"
LOCATION: dict[str, Any] = json.loads(NETWORK.read_text(encoding="utf-8"))[0]
PLACE = f"/DK/DMO/{LOCATION['id']}"
EVSE = f"{PLACE}/{LOCATION['evses'][0]['uid']}"
NOON = "2026-11-22T12:00:00Z"


def until(holds: Callable[[], Any], seconds: float = 15) -> Any:
    """What `holds` returns as soon as that is true."""
    ends = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.02)
    return found


@pytest.fixture(scope="module")
def started() -> Iterator[Running]:
    with example("emsp", "--static-token") as running:
        yield running


@pytest.fixture
def emsp(started: Running) -> Running:
    """An eMSP that knows one Location, and behaves."""
    started.post("/behave", {"mode": "normal"})
    if not started.get("/state")["evses"]:
        assert started.ocpi("PUT", started.locations + PLACE, LOCATION)[0] == 200
    return started


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        ({"status": "BLOCKED"}, "last_updated is missing"),
        ({"status": "BLOCKED", "last_updated": "2026-11-22T12:00:00+00:00"}, "no DateTime"),
        ({"status": "BLOCKED", "last_updated": "2026-11-22T12:00:00.123456Z"}, "no DateTime"),
        ({"status": "BLOCKED", "last_updated": "2025-11-22T12:00:00Z"}, "older than"),
        ({"status": "Occupied", "last_updated": NOON}, "no status of OCPI"),
        ({"status": None, "last_updated": NOON}, "null is not allowed"),
        ({"status": "BLOCKED", "status_schedule": [], "last_updated": NOON}, "together"),
        (
            {
                "status_schedule": [
                    {"period_begin": NOON, "status": "PLANNED"},
                    {"period_begin": "2026-11-22T13:00:00Z", "status": "BLOCKED"},
                ],
                "last_updated": NOON,
            },
            "overlap",
        ),
    ],
)
def test_a_strict_receiver_refuses(emsp: Running, patch: dict[str, Any], words: str) -> None:
    http_status, told = emsp.ocpi("PATCH", emsp.locations + EVSE, patch)
    assert (http_status, told["status_code"] >= 2000) == (400, True)
    assert words in told["status_message"]


def test_it_holds_what_it_was_told_and_forgets_nothing_when_killed(tmp_path: Path) -> None:
    words = ("--static-token", "--keep", str(tmp_path / "emsp.jsonl"))
    with example("emsp", *words) as first:
        assert first.ocpi("PUT", first.locations + PLACE, LOCATION)[0] == 200
        patch = {"status": "BLOCKED", "last_updated": NOON}
        assert first.ocpi("PATCH", first.locations + EVSE.lower(), patch)[0] == 200
        held = first.get("/state")
        first.process.kill()
    assert held["evses"][EVSE[1:]]["status"] == "BLOCKED"
    with example("emsp", *words) as second:
        assert second.get("/state") == held
        _, whole = second.ocpi("GET", second.locations + PLACE)
        assert whole["data"]["last_updated"] == NOON


def test_it_behaves_badly_on_demand(emsp: Running) -> None:
    def told(mode: str, **more: Any) -> tuple[int, int, str]:
        emsp.post("/behave", {"mode": mode, **more})
        http_status, answer = emsp.ocpi(
            "PATCH", emsp.locations + EVSE, {"status": "BLOCKED", "last_updated": NOON}
        )
        return http_status, answer["status_code"], answer.get("status_message", "")

    assert told("500", words="Down for the night") == (500, 3000, "Down for the night")
    assert told("3000") == (200, 3000, "Generic server error")
    assert told("401")[:2] == (401, 2001)
    assert told("429")[0] == 429
    assert told("slow", seconds=0.01) == (200, 1000, "")
    assert told("refuse schedule")[:2] == (200, 1000)
    elsewhere = emsp.locations + "/DK/DMO/NIX"
    for mode, answer in (("404", (404, 2001)), ("2001", (200, 2001)), ("2003", (200, 2003))):
        emsp.post("/behave", {"mode": f"unknown as {mode}"})
        http_status, said = emsp.ocpi("GET", elsewhere)
        assert (http_status, said["status_code"]) == answer
    for mode, is_kept in (("hang up", False), ("lose answer", True)):
        emsp.post("/behave", {"mode": mode})
        later = {"status": "CHARGING", "last_updated": "2026-11-22T12:30:00Z"}
        with pytest.raises(httpx.RemoteProtocolError):
            emsp.ocpi("PATCH", emsp.locations + EVSE, later)
        assert (emsp.get("/state")["evses"][EVSE[1:]]["status"] == "CHARGING") == is_kept


def test_either_side_starts_the_handshake_and_token_a_is_dead_afterwards() -> None:
    with (
        example("csms", str(NETWORK), "--still", token="for-the-emsp") as csms,
        example("emsp") as emsp,
    ):
        assert emsp.ocpi("GET", emsp.locations + PLACE)[0] == 401  # not registered yet
        emsp.post("/register", {"url": csms.versions, "token": "for-the-emsp"})
        for one in (csms, emsp):
            assert one.get("/peer")["version"] == "2.3.0"
        assert csms.ocpi("GET", csms.versions, token="for-the-emsp")[0] == 401
        # and what the one reports reaches the other, who doesn't know the Location: it waits
        csms.post("/report", {"evse_id": "DK*DMO*E3501*1", "status": "OUTOFORDER"})
        until(lambda: [one for one in emsp.get("/log") if one["method"] == "PUT"])
        csms.post("/invite", {"token": "again"})
        emsp.post("/invite", {"token": "for-the-csms"})
        csms.post("/register", {"url": emsp.versions, "token": "for-the-csms"})
        assert emsp.get("/peer")["endpoints"]["locations SENDER"].startswith(csms.url)


def test_a_csms_tells_page_by_page_what_changed() -> None:
    with example("csms", str(NETWORK), "--still", "--static-token") as csms:
        met, address = [], csms.locations + "?limit=20"
        while address:
            answer = httpx.get(
                address,
                headers={
                    "Authorization": "Token dG9rZW4tYQ==",
                    "X-Request-ID": "1",
                    "X-Correlation-ID": "1",
                },
            )
            met += [one["id"] for one in answer.json()["data"]]
            address = answer.links.get("next", {}).get("url", "")
        assert (len(met), len(set(met))) == (64, 64)
        since = csms.get("/log")[-1]["at"]
        csms.post("/report", {"evse_id": "DK*DMO*E3501*1", "status": "OUTOFORDER"})
        _, changed = csms.ocpi("GET", f"{csms.locations}?date_from={since}")
        [one] = changed["data"]
        assert one["evses"][0]["status"] == "OUTOFORDER"


def test_they_end_with_whoever_started_them() -> None:
    with example("emsp", "--until-input-ends") as emsp:
        assert emsp.process.stdin is not None
        emsp.process.stdin.close()
        assert emsp.process.wait(timeout=10) == 0
        emsp.process.stdin = None
