"""Every error comes in one envelope, says what to do, and tells nothing of our insides."""

import json
import logging
from typing import Any

import pytest

from api.conftest import OVERRIDES, Caller
from evse_status.api.errors import STATUS, TYPES, status_of
from evse_status.core import errors
from evse_status.service import override_list

GOOD = {"evseId": "DK*TST*E1", "temporaryStatus": "BLOCKED"}
JSON = {"Content-Type": "application/json"}
ONE_WRONG: list[dict[str, Any]] = [
    {"evseId": 1}, {"evseId": ""}, {"evseId": "E" * 65}, {"source": "operator"},
    {"temporaryStatus": None}, {"validTo": 7}, {"reason": None}, {"cause": "x"},
]  # fmt: skip
CHANGE_WRONG: list[Any] = [{"extendBy": "1h"}, [], "x"]
MANY_WRONG: list[dict[str, Any]] = [
    {"evseIds": []}, {"evseIds": "x"}, {"evseIds": [1]}, {"dryRun": "yes"},
    {"selector": {"cities": [""]}}, {"selector": []}, {"evseIds": ["x"] * 10_001},
]  # fmt: skip


def test_unknown_address(ask: Caller) -> None:
    for path in ("/v2", "/v2/", "/v2/nothing", f"{OVERRIDES}/", "/driver-app/x", "/metrics"):
        assert ask.refused("GET", path) == (404, "unknown_path", None), path


def test_method_that_is_not_taken_names_those_that_are(ask: Caller) -> None:
    for path, methods in (
        (OVERRIDES, "GET, POST"),
        (f"{OVERRIDES}/1", "DELETE, GET, PATCH"),
        (f"{OVERRIDES}/batch", "POST"),
        (f"{OVERRIDES}/batch/1", "DELETE, GET"),
        ("/v2/evses/x/actual-status", "PUT"),
    ):
        assert ask.refused("OPTIONS", path) == (405, "method_not_allowed", None)
        assert ask("OPTIONS", path).headers["Allow"] == methods


@pytest.mark.parametrize("kind", ["text/plain", "", "application/x-www-form-urlencoded", "json"])
def test_body_that_is_not_json(ask: Caller, kind: str) -> None:
    body = json.dumps(GOOD)
    refusal = ask.refused("POST", OVERRIDES, content=body, headers={"Content-Type": kind})
    assert refusal == (415, "not_json", "Content-Type")


@pytest.mark.parametrize("body", [b"{", b"", b"\xff", b"{'a': 1}", b"[" * 100_000, b"nul"])
def test_body_that_is_broken(ask: Caller, body: bytes) -> None:
    status, _, _ = ask.refused("POST", OVERRIDES, content=body, headers=JSON)
    assert status in (400, 422)


@pytest.mark.parametrize("body", ["[]", "null", "7", '"x"'])
def test_body_that_is_no_object(ask: Caller, body: str) -> None:
    refusal = ask.refused("POST", OVERRIDES, content=body, headers=JSON)
    assert refusal[0] == 422
    assert refusal[2] == "body"


def test_compressed_body_is_not_unpacked(ask: Caller) -> None:
    headers = JSON | {"Content-Encoding": "gzip"}
    refusal = ask.refused("POST", OVERRIDES, content=b"\x1f\x8b", headers=headers)
    assert refusal == (415, "compressed_body", "Content-Encoding")


def test_sentences_are_for_people(ask: Caller) -> None:
    """None is in the words of the library that checks."""
    one, batch = f"{OVERRIDES}/1", f"{OVERRIDES}/batch"
    headers = [{"Idempotency-Key": key} for key in ("a b", "", "k" * 10_000)]
    questions = ("limit=0", "limit=101", "limit=x", "q=" + "q" * 300)
    bodies: list[tuple[str, str, Any]] = [
        *(("POST", OVERRIDES, GOOD | off) for off in ONE_WRONG),
        *(("PATCH", one, off) for off in CHANGE_WRONG),
        *(("POST", batch, {"temporaryStatus": "BLOCKED", **off}) for off in MANY_WRONG),
    ]
    wrong: list[tuple[str, str, dict[str, Any]]] = [
        *(("GET", f"/v2/evses?{question}", {}) for question in questions),
        *(("POST", OVERRIDES, {"json": GOOD, "headers": key}) for key in headers),
        *((method, path, {"json": body}) for method, path, body in bodies),
    ]
    for method, path, more in wrong:
        error = ask(method, path, **more).json()["error"]
        assert error["type"] == "validation_error"
        assert error["message"].startswith(f"{error['param']}: ")
        for word in ("nput", "String", "List ", "valid", "pattern", "^", "<", "{m"):
            assert word not in error["message"].replace(error["param"], ""), error["message"]


def test_charset_is_passed_over(ask: Caller) -> None:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    assert ask("POST", OVERRIDES, content=json.dumps(GOOD), headers=kind).status_code == 201


def test_body_too_large_is_refused_before_it_is_read(ask: Caller) -> None:
    told = JSON | {"Content-Length": str(2**20 + 1)}
    refusal = ask.refused("POST", OVERRIDES, content=b"", headers=told)
    assert refusal == (413, "body_too_large", "body")
    batch = JSON | {"Content-Length": str(16 * 2**20 + 1)}
    refusal = ask.refused("POST", f"{OVERRIDES}/batch", content=b"", headers=batch)
    assert refusal == (413, "body_too_large", "body")
    nonsense = JSON | {"Content-Length": "many"}
    assert ask.refused("POST", OVERRIDES, content=b"", headers=nonsense)[0] == 413


def test_body_that_does_not_tell_its_size_is_counted(ask: Caller) -> None:
    async def pieces() -> object:
        for _ in range(12):
            yield b" " * 100_000

    refusal = ask.refused("POST", OVERRIDES, content=pieces(), headers=JSON)
    assert refusal == (413, "body_too_large", "body")


def test_a_batch_may_be_large(ask: Caller) -> None:
    ids = [f"DK*TST*E{number:030}" for number in range(10_000)]
    many = {"temporaryStatus": "BLOCKED", "evseIds": ids, "reason": "x" * 2_000}
    content = json.dumps(many).replace(",", "," + " " * 150)
    assert len(content) > 2**20
    answer = ask("POST", f"{OVERRIDES}/batch", content=content, headers=JSON)
    assert (answer.status_code, answer.json()["refused"]) == (200, 10_000)
    many["evseIds"] = [*ids, "one more"]
    refusal = ask.refused("POST", f"{OVERRIDES}/batch", json=many)
    assert refusal == (422, "invalid_input", "evseIds")


def test_who_asks_is_settled_before_anything_is_read(ask: Caller) -> None:
    nobody = Caller("evse_nobody", ask.site)
    for method, path, more in (
        ("GET", OVERRIDES, {"params": {"activeonly": "x"}}),
        ("POST", OVERRIDES, {"content": b"{", "headers": JSON}),
        ("POST", OVERRIDES, {"content": b"x"}),
        ("PATCH", f"{OVERRIDES}/1", {"json": {"what": 1}}),
        ("GET", "/v2/changes", {}),
        ("GET", "/v2/evses/nobody", {}),
    ):
        assert nobody.refused(method, path, **more)[0] == 401
    answer = nobody("GET", OVERRIDES)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_mistake_of_ours_tells_nothing_of_its_insides(
    ask: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the secret recipe")

    monkeypatch.setattr(override_list, "standings", broken)
    answer = ask("GET", OVERRIDES)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "unexpected")
    assert "secret" not in answer.text
    assert answer.headers["X-Request-ID"] in caplog.text
    assert "the secret recipe" in caplog.text


def test_store_that_cannot_be_used_is_not_described(
    ask: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def busy(*_: object) -> None:
        raise errors.StoreBusy("The database /srv/secret/place.db is locked.")

    monkeypatch.setattr(override_list, "standings", busy)
    answer = ask("GET", OVERRIDES)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "store_busy")
    assert answer.headers["Retry-After"] == "1"
    assert "secret" not in answer.text
    [line] = [line for line in caplog.messages if "/srv/secret/place.db" in line]
    assert answer.headers["X-Request-ID"] in line


def test_request_id_is_the_callers_or_ours_and_in_the_log(
    ask: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="evse_status.api")
    answer = ask("GET", OVERRIDES, headers={"X-Request-ID": "lot7-1"})
    assert answer.headers["X-Request-ID"] == "lot7-1"
    assert "by Tester answered 200" in caplog.text
    assert "lot7-1" in caplog.text
    ask("GET", "/v2/evses/x%0Aanswered%20418")
    assert "answered 418" not in caplog.text  # nobody writes lines of their own
    for strange in ("", "a b", "x" * 65, "<b>"):
        answer = ask("GET", OVERRIDES, headers={"X-Request-ID": strange})
        assert len(answer.headers["X-Request-ID"]) == 32
    assert ask("GET", "/healthz").headers["X-Request-ID"]


def test_every_error_class_has_a_status_and_every_status_a_type() -> None:
    for kind in (errors.InvalidInput, errors.UnknownEvse, errors.StaleEdit, errors.StoreBusy):
        assert any(one in STATUS for one in kind.__mro__)
    assert set(STATUS.values()) <= set(TYPES)
    assert status_of(errors.EvseStatusError("something new")) == 500
