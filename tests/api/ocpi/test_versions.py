"""Which versions are spoken and where their modules are; every answer in OCPI's envelope."""

import json
from pathlib import Path
from typing import Any

import pytest

from evse_status.core.partner import PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.service.partners import add_partner
from ocpi_wire import Wire

BASE = "http://127.0.0.1/ocpi"


def test_versions_look_like_the_specifications_example(sqlite_wire: Wire, shared: Path) -> None:
    token = sqlite_wire.invited().token or ""
    told = sqlite_wire("GET", "/ocpi/versions", token).json()
    example = json.loads(
        (
            shared / "data/ocpi-2.2.1-examples/transport_and_format_version_info_example.json"
        ).read_text()
    )
    assert set(told) == set(example)
    assert told["data"] == [
        {"version": "2.2.1", "url": f"{BASE}/2.2.1"},
        {"version": "2.3.0", "url": f"{BASE}/2.3.0"},
    ]


@pytest.mark.parametrize("version", ["2.2.1", "2.3.0"])
def test_details_name_the_modules_of_the_partners_role(sqlite_wire: Wire, version: str) -> None:
    base = f"{BASE}/{version}"
    credentials = {"identifier": "credentials", "role": "SENDER", "url": f"{base}/credentials"}
    locations = {"identifier": "locations", "role": "SENDER", "url": f"{base}/locations"}
    told = sqlite_wire.data(f"/ocpi/{version}", sqlite_wire.invited().token or "")
    assert told == {"version": version, "endpoints": [credentials, locations]}
    theirs = sqlite_wire.data(f"/ocpi/{version}/", sqlite_wire.upstream().token or "")
    assert theirs["endpoints"] == [
        credentials,
        {"identifier": "locations", "role": "RECEIVER", "url": f"{base}/receiver/locations"},
    ]


def test_a_partner_with_a_static_token_is_told_of_no_credentials(sqlite_wire: Wire) -> None:
    settings = PartnerSettings(handshake=False, url="https://nap.example/locations")
    made = add_partner(
        sqlite_wire.site.db, LOCAL, "Access point", settings,
        vault=sqlite_wire.app.vault, nobody_else_tells=True, token="theirs",
    )  # fmt: skip
    told = sqlite_wire.data("/ocpi/2.2.1", made.token or "")
    assert [one["identifier"] for one in told["endpoints"]] == ["locations"]
    assert sqlite_wire.refused("POST", "/ocpi/2.2.1/credentials", made.token, json={})[0] == 405


def test_addresses_are_those_of_the_settings_where_they_say(
    sqlite_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sqlite_wire.invited().token or ""
    monkeypatch.setattr(sqlite_wire.app.settings, "public_url", "https://status.example.com/")
    [first, _] = sqlite_wire.data("/ocpi/versions", token)
    assert first["url"] == "https://status.example.com/ocpi/2.2.1"


def test_ids_of_requests_come_back(sqlite_wire: Wire) -> None:
    token = sqlite_wire.invited().token or ""
    ids = {"X-Request-ID": "12345", "X-Correlation-ID": "67890"}
    for shown in (token, "unknown"):
        answer = sqlite_wire("GET", "/ocpi/versions", shown, headers=ids)
        assert {name: answer.headers[name] for name in ids} == ids


@pytest.mark.parametrize(
    ("method", "path", "more", "expected"),
    [
        ("GET", "/ocpi/2.1.1", {}, (404, 2000)),
        ("GET", "/ocpi/2.2.1/tariffs", {}, (401, 2000)),
        ("GET", "/ocpi", {}, (404, 2000)),
        ("DELETE", "/ocpi/versions", {}, (405, 2000)),
        ("PATCH", "/ocpi/2.2.1/credentials", {"json": {}}, (405, 2000)),
        ("POST", "/ocpi/2.2.1/credentials", {"content": b"<xml/>", "headers": {"Content-Type": "text/xml"}}, (415, 2001)),
        ("POST", "/ocpi/2.2.1/credentials", {"content": b"{"}, (400, 2001)),
        ("POST", "/ocpi/2.2.1/credentials", {"content": b"\xff{}"}, (400, 2001)),
        ("POST", "/ocpi/2.2.1/credentials", {"content": b"[" * 100_000}, (400, 2001)),
        ("POST", "/ocpi/2.2.1/credentials", {"content": b" " * (16 * 2**20 + 1)}, (413, 2001)),
        ("POST", "/ocpi/2.2.1/credentials", {"json": []}, (200, 2001)),
        ("POST", "/ocpi/2.2.1/credentials", {"json": {}}, (200, 2001)),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_every_error_has_the_envelope(
    sqlite_wire: Wire, method: str, path: str, more: dict[str, Any], expected: tuple[int, int]
) -> None:
    token = sqlite_wire.invited().token or ""
    status, code, sentence = sqlite_wire.refused(method, path, token, **more)
    assert (status, code) == expected, sentence
    assert sentence


def test_a_method_that_is_not_taken_names_those_that_are(sqlite_wire: Wire) -> None:
    token = sqlite_wire.invited().token or ""
    answer = sqlite_wire("PATCH", "/ocpi/2.2.1/credentials", token, json={})
    assert answer.headers["Allow"] == "DELETE, GET, POST, PUT"


def test_a_mistake_of_ours_tells_nothing_of_its_insides(
    sqlite_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sqlite_wire.invited().token or ""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the inside")

    monkeypatch.setattr("evse_status.service.ourselves.Ourselves.reached_at", broken)
    status, code, sentence = sqlite_wire.refused("GET", "/ocpi/versions", token)
    assert (status, code) == (500, 3000)
    assert "inside" not in sentence
    monkeypatch.setattr("evse_status.api.ocpi.auth.by_token", broken)
    assert sqlite_wire.refused("GET", "/ocpi/versions", token)[:2] == (500, 3000)


def test_ocpi_is_not_in_the_document_of_the_other_api(sqlite_wire: Wire) -> None:
    assert "/ocpi" not in sqlite_wire("GET", "/openapi.json").text
