"""Cases 11 and 13: whatever asks for an instant refuses what is none, alike; every answer carries an offset."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from api.conftest import OVERRIDES, Caller
from evse_status.api.app import api

DOCUMENT: dict[str, Any] = json.loads(json.dumps(api().openapi()))
SCHEMAS = DOCUMENT["components"]["schemas"]
E1 = "DK*TST*E1"
BODIES: dict[str, dict[str, Any]] = {
    "CreateBody": {"evseId": E1, "temporaryStatus": "BLOCKED"},
    "BatchBody": {"evseIds": [E1], "temporaryStatus": "BLOCKED"},
    "BatchBody items": {"items": [{"evseId": E1}], "temporaryStatus": "BLOCKED"},
    "ChangeBody": {},
    "ReportBody": {"status": "AVAILABLE"},
    "ReportsBody": {"reports": [{"evseId": E1, "status": "AVAILABLE"}]},
}
"""The least that an operation asks for, by the name of its body in the document (and of a list in it)."""

Asked = tuple[str, str, str, str | None]
"""Method, path, the field's name, and the name of the body it is in (`None`: it is a parameter)."""


def _instants(schema: str) -> Iterator[str]:
    """The names of fields that are instants, also of the items in a list."""
    for name, field in SCHEMAS[schema].get("properties", {}).items():
        if '"date-time"' in json.dumps(field):
            yield name
        for either in (field, *field.get("anyOf", ())):
            item = either.get("items", {}).get("$ref", "").rpartition("/")[2]
            yield from (f"{name}.0.{one}" for one in (_instants(item) if item else ()))


def _asked() -> Iterator[Asked]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            for one in operation.get("parameters", []):
                if '"date-time"' in json.dumps(one["schema"]):
                    yield method.upper(), path, one["name"], None
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body:
                schema = body["schema"]["$ref"].rpartition("/")[2]
                for name in _instants(schema):
                    yield method.upper(), path, name, schema


ASKED = sorted(_asked(), key=str)
NO_INSTANTS = [
    ("2026-11-22T13:00:00", "naive_instant"),
    ("2026-11-22 13:00:00", "naive_instant"),
    ("2026-11-22", "unreadable_instant"),
    ("20221013100826", "unreadable_instant"),
    ("-1", "unreadable_instant"),
    ("1000000000000000000", "unreadable_instant"),
    ("9999-12-31T23:59:59Z", "instant_out_of_range"),
    ("0001-01-01T00:00:00+14:00", "instant_out_of_range"),
]


def _ask(ask: Caller, asked: Asked, value: object) -> tuple[int, str]:
    """The status and code of the refusal, which names the field."""
    method, path, name, body = asked
    path = path.replace("{id}", "1").replace("{evseId}", E1)
    *way, last = name.split(".")
    if body is None:
        status, code, param = ask.refused(method, path, params={name: str(value)})
    else:
        least = BODIES.get(f"{body} {name.partition('.')[0]}", BODIES[body])
        sent = there = json.loads(json.dumps(least))
        for step in way:
            there = there[int(step) if step.isdigit() else step]
        there[last] = value
        status, code, param = ask.refused(method, path, json=sent)
    assert str(param).endswith(last)
    return status, code


def test_cases_11_and_13_an_instant_without_offset_or_sense_is_refused_alike(ask: Caller) -> None:
    ask.create(validFrom="2026-10-23T12:00:00Z")
    assert len(ASKED) >= 19
    for asked in ASKED:
        for text, code in NO_INSTANTS:
            assert _ask(ask, asked, text) == (422, code), (*asked, text)
        for number in (-1, 10**18, 1.5, 20221013100826, True) if asked[3] else ():
            assert _ask(ask, asked, number) == (422, "invalid_input"), (*asked, number)
    [untouched] = ask("GET", OVERRIDES, params={"activeOnly": "false"}).json()
    assert (untouched["version"], untouched["validTo"]) == (1, None)


ON_CLOCKS = {"localStart", "occurrenceStart", "exceptions", "endsBefore"}
"""Keys of what stands on clocks, whose zone is named beside; all else is an instant."""


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        instants = (one for name, one in value.items() if name not in ON_CLOCKS)
        yield from (text for one in instants for text in _texts(one))
    elif isinstance(value, list):
        yield from (text for one in value for text in _texts(one))


LOCAL = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def test_case_11_every_answer_carries_an_offset(ask: Caller) -> None:
    made = ask.create(validFrom="2026-10-24T22:00:00+02:00", validTo="2026-10-25T05:00:00+01:00")
    body = BODIES["BatchBody"] | {"validTo": "2026-10-23T12:00:00Z"}
    batch = ask("POST", f"{OVERRIDES}/batch", json=body).json()
    one = f"{OVERRIDES}/{made['id']}"
    ask("PATCH", one, json={"validTo": "2026-10-25T02:30:00+01:00"})
    ask("PUT", f"/v2/evses/{E1}/actual-status", json={"status": "CHARGING"})
    ask("DELETE", one)
    night = {"localStart": "2026-10-24T22:00", "duration": "PT7H", "rule": "FREQ=WEEKLY;COUNT=9"}
    series = f"{OVERRIDES}/series"
    ask("POST", series, json=BODIES["BatchBody"] | night)
    answers = [
        batch,
        ask("POST", series, json=BODIES["BatchBody"] | night | {"dryRun": True}).json(),
        ask("GET", series).json(),
        ask("GET", f"{series}/1").json(),
        ask("GET", f"{series}/1/occurrences").json(),
        ask("POST", f"{OVERRIDES}/batch", json=body, params={"dryRun": "true"}).json(),
        ask("GET", OVERRIDES, params={"activeOnly": "false"}).json(),
        ask("GET", one).json(),
        ask("GET", f"{one}/history").json(),
        ask("GET", f"{OVERRIDES}/batch/{batch['batchId']}").json(),
        ask("GET", "/v2/evses").json(),
        ask("GET", f"/v2/evses/{E1}").json(),
        ask("GET", f"/v2/evses/{E1}/display").json(),
    ]
    instants = [text for text in _texts(answers) if LOCAL.match(text)]
    assert len(instants) > 60
    assert [text for text in instants if datetime.fromisoformat(text).utcoffset() is None] == []


def test_case_5_a_clients_clock_that_is_off_leaves_nothing_stuck(ask: Caller) -> None:
    now = ask.site.now()
    off = timedelta(minutes=5)
    behind = ask.create("DK*TST*E1", validFrom=(now - off).isoformat())
    without = ask.create("DK*TST*E2")
    ahead = ask.create("DK*TST*E3", validFrom=(now + off).isoformat())
    assert [one["phase"] for one in (behind, without, ahead)] == ["active", "active", "upcoming"]
    ask.site.hands.forward(minutes=5)
    assert {one["evseId"]: one["phase"] for one in ask("GET", OVERRIDES).json()} == {
        "DK*TST*E1": "active",
        "DK*TST*E2": "active",
        "DK*TST*E3": "active",
    }
