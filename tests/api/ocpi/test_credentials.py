"""A partner registers with us, changes its token, leaves: the handshake of which it begins each step."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from evse_status.core.partner import OcpiVersion, Party, Reach
from evse_status.core.principal import LOCAL
from evse_status.service.audit_log import newest_lines
from evse_status.service.known_partners import outgoing_secret
from ocpi_wire import Wire
from peers import CREDENTIALS, Asked, Peer, bad, good

HERE = "/ocpi/2.2.1/credentials"


def registered(wire: Wire, there: Peer, name: str = "Example", **settings: Any) -> str:
    """A partner that has registered; its token C."""
    there.speaks("2.2.1", "2.3.0")
    token = wire.invited(name, **settings).token
    answer = wire("POST", HERE, token, json=there.credentials("token-b"))
    assert answer.json()["status_code"] == 1000, answer.text
    return str(answer.json()["data"]["token"])


@pytest.mark.parametrize("version", ["2.2.1", "2.3.0"])
def test_registering(wire: Wire, there: Peer, version: str) -> None:
    there.speaks("2.1.1", "2.2.1", "2.3.0")
    made = wire.invited()
    path = f"/ocpi/{version}/credentials"
    answer = wire("POST", path, made.token, json=there.credentials("token-b"))
    assert answer.json()["status_code"] == 1000, answer.text
    ours = answer.json()["data"]
    assert {**ours, "token": ""} == {
        "token": "",
        "url": "http://127.0.0.1/ocpi/versions",
        "roles": [
            {
                "role": "CPO",
                "business_details": {"name": name},
                "party_id": party,
                "country_code": "DK",
            }
            for party, name in (("OWN", "Our own"), ("TST", "DK-TST"))
        ],
    }
    # We looked it up with its token B, and at the version at which it registered.
    assert [(one.method, one.path, one.token) for one in there.asked] == [
        ("GET", "/ocpi/versions", "token-b"),
        ("GET", f"/ocpi/{version}", "token-b"),
    ]
    assert all(
        one.headers["x-request-id"] != one.headers["x-correlation-id"] for one in there.asked
    )
    [known] = wire.known()
    assert known.registered is not None
    assert known.registered.version is OcpiVersion(version)
    assert known.registered.parties == (Party("EMSP", "NL", "EXA", "Example Provider"),)
    assert known.locations_url == f"{there.url}/ocpi/locations"
    with wire.site.db.read() as conn:
        assert outgoing_secret(conn, known.id, wire.app.vault) == "token-b"
    # Token A is dead, token C is good.
    assert wire("GET", "/ocpi/versions", made.token).status_code == 401
    assert wire.data(path, ours["token"]) == ours


def test_our_credentials_are_what_the_specification_asks_for(
    sqlite_wire: Wire, there: Peer, shared: Path
) -> None:
    schema = json.loads((shared / "data/ocpi-2.2.1-jsonschema/credentials.schema.json").read_text())
    ours = sqlite_wire.data(HERE, registered(sqlite_wire, there))
    jsonschema.validate(ours, schema)
    assert len(ours["token"]) <= 64


@pytest.mark.parametrize("number", ["", "2", "3", "4"])
@pytest.mark.parametrize("version", ["2.2.1", "2.3.0"])
def test_the_specifications_own_credentials_are_read(
    sqlite_wire: Wire, there: Peer, shared: Path, version: str, number: str
) -> None:
    file = shared / f"data/ocpi-{version}-examples/credentials_example{number}.json"
    told = json.loads(file.read_text())
    there.speaks(version)
    body = told | {"url": there.versions_url}
    answer = sqlite_wire(
        "POST", f"/ocpi/{version}/credentials", sqlite_wire.invited().token, json=body
    )
    assert answer.json()["status_code"] == 1000, answer.text
    [known] = sqlite_wire.known()
    assert known.registered is not None
    assert [(one.role, one.party_id) for one in known.registered.parties] == [
        (one["role"], one["party_id"]) for one in told["roles"]
    ]


def test_roles_are_those_whose_locations_are_shared_and_emsp_towards_upstream(
    sqlite_wire: Wire,
) -> None:
    nobody = sqlite_wire.invited("Reach", reach=Reach(countries=frozenset({"SE"})))
    assert [one["party_id"] for one in sqlite_wire.data(HERE, nobody.token or "")["roles"]] == [
        "OWN"
    ]
    [role] = sqlite_wire.data(HERE, sqlite_wire.upstream().token or "")["roles"]
    assert (role["role"], role["country_code"], role["party_id"]) == ("EMSP", "DK", "OWN")


NO_ANSWER = (0, None)


@pytest.mark.parametrize(
    ("answers", "code", "words"),
    [
        ({("GET", "/ocpi/versions"): NO_ANSWER}, 3001, "broke off"),
        ({("GET", "/ocpi/versions"): (500, None)}, 3001, "HTTP 500"),
        ({("GET", "/ocpi/versions"): bad(2000, "Who?", 401)}, 3001, "refuses the token (HTTP 401, 'Who?')"),
        ({("GET", "/ocpi/versions"): bad(3000, "Who?")}, 3001, "status_code 3000, 'Who?'"),
        ({("GET", "/ocpi/versions"): (302, None)}, 3001, "HTTP 302"),
        ({("GET", "/ocpi/versions"): (200, b"<html>")}, 3001, "doesn't answer as OCPI does"),
        ({("GET", "/ocpi/versions"): (200, b" " * (2**20 + 1))}, 3001, "doesn't answer as OCPI does"),
        ({("GET", "/ocpi/versions"): (200, {"status_code": 1000})}, 3001, "without data"),
        ({("GET", "/ocpi/versions"): good({})}, 3001, "lists no versions"),
        ({("GET", "/ocpi/versions"): good([{"version": "2.1.1", "url": "http://x"}])}, 3002, "speaks OCPI 2.1.1"),
        ({("GET", "/ocpi/2.2.1"): good([])}, 3001, "lists no modules"),
        ({("GET", "/ocpi/2.2.1"): good({"endpoints": [
            {"identifier": "locations", "role": "RECEIVER", "url": "http://10.0.0.1/x"}]})}, 3001, "must begin with https"),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_when_its_versions_can_not_be_used_nothing_is_half_registered(
    sqlite_wire: Wire, there: Peer, answers: Any, code: int, words: str
) -> None:
    there.speaks("2.2.1")
    there.answers |= answers
    token = sqlite_wire.invited().token
    body = there.credentials("token-b")
    status, told, sentence = sqlite_wire.refused("POST", HERE, token, json=body)
    assert (status, told) == (200, code), sentence
    assert words in sentence
    assert "token-b" not in sentence
    [known] = sqlite_wire.known()
    assert (known.registered, known.has_secret) == (None, False)
    # Token A is as good as before.
    there.speaks("2.2.1")
    assert sqlite_wire("POST", HERE, token, json=body).json()["status_code"] == 1000


def test_a_version_that_it_does_not_speak_is_not_registered_at(
    sqlite_wire: Wire, there: Peer
) -> None:
    there.speaks("2.2.1")
    body = there.credentials("token-b")
    _, code, sentence = sqlite_wire.refused(
        "POST", "/ocpi/2.3.0/credentials", sqlite_wire.invited().token, json=body
    )
    assert code == 3002
    assert sentence == f"{there.versions_url} speaks OCPI 2.2.1; 2.3.0 is wanted."


def test_an_upstream_needs_locations_to_be_taken(sqlite_wire: Wire, there: Peer) -> None:
    token = sqlite_wire.upstream().token
    body = there.credentials("token-b")
    there.speaks("2.2.1", interface="RECEIVER")
    assert sqlite_wire.refused("POST", HERE, token, json=body)[1] == 3003
    there.speaks("2.2.1", interface="SENDER")
    assert sqlite_wire("POST", HERE, token, json=body).json()["status_code"] == 1000
    assert sqlite_wire.known()[0].locations_url == f"{there.url}/ocpi/locations"


def test_its_addresses_lead_to_no_private_place(
    sqlite_wire: Wire, there: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sqlite_wire.invited().token
    for url in ("http://emsp.example/v", "https://10.0.0.1/v", "https://169.254.169.254/", "x"):
        body = there.credentials("token-b") | {"url": url}
        status, code, sentence = sqlite_wire.refused("POST", HERE, token, json=body)
        assert (status, code) == (200, 3001)
        assert sentence.startswith("url: ")
    # Where others reach us under a name of ours, a partner can't name this machine either.
    monkeypatch.setattr(sqlite_wire.app.settings, "public_url", "https://status.example.com")
    there.speaks("2.2.1")
    body = there.credentials("token-b")
    _, code, sentence = sqlite_wire.refused("POST", HERE, token, json=body)
    assert code == 3001
    assert "this machine itself" in sentence
    assert there.asked == []
    trusted = sqlite_wire.invited("Trusted", private_network=True)
    assert sqlite_wire("POST", HERE, trusted.token, json=body).json()["status_code"] == 1000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"token": None}, "token"),
        ({"token": " "}, "token"),
        ({"token": "t\u00f6ken"}, "token"),
        ({"url": 7}, "url"),
        ({"roles": []}, "roles"),
        ({"roles": ["EMSP"]}, "roles.0"),
        ({"roles": [{"role": "EMSP", "party_id": "ABCD", "country_code": "DK"}]}, "roles.0.party_id"),
        ({"roles": [{"role": "EMSP", "party_id": "ABC"}]}, "roles.0.country_code"),
    ],
)  # fmt: skip
def test_bad_credentials_name_the_field(
    sqlite_wire: Wire, there: Peer, change: dict[str, Any], field: str
) -> None:
    body = there.credentials("token-b") | change
    status, code, sentence = sqlite_wire.refused(
        "POST", HERE, sqlite_wire.invited().token, json=body
    )
    assert (status, code) == (200, 2001)
    assert sentence.startswith(f"{field}: ")
    assert there.asked == []


def test_changing_its_token(wire: Wire, there: Peer) -> None:
    first = registered(wire, there)
    there.asked.clear()
    answer = wire("PUT", HERE, first, json=there.credentials("token-d")).json()
    assert answer["status_code"] == 1000
    assert there.asked[0].token == "token-d"
    second = answer["data"]["token"]
    assert second != first
    assert wire("GET", "/ocpi/versions", first).status_code == 401
    assert wire("GET", "/ocpi/versions", second).status_code == 200
    [known] = wire.known()
    resynced = known.resync_at
    with wire.site.db.read() as conn:
        assert outgoing_secret(conn, known.id, wire.app.vault) == "token-d"
    # PUT at another version changes to it.
    wire("PUT", "/ocpi/2.3.0/credentials", second, json=there.credentials("token-e"))
    [known] = wire.known()
    assert known.spoken is OcpiVersion.V2_3_0
    assert known.resync_at == resynced  # its locations are where they were


def test_a_failed_change_leaves_both_tokens_as_they_were(wire: Wire, there: Peer) -> None:
    token = registered(wire, there)
    there.answers["GET", "/ocpi/versions"] = (500, None)
    assert wire.refused("PUT", HERE, token, json=there.credentials("token-d"))[1] == 3001
    assert wire("GET", "/ocpi/versions", token).status_code == 200
    with wire.site.db.read() as conn:
        assert outgoing_secret(conn, wire.known()[0].id, wire.app.vault) == "token-b"


def test_leaving(wire: Wire, there: Peer) -> None:
    token = registered(wire, there)
    answer = wire("DELETE", HERE, token)
    assert answer.json()["status_code"] == 1000
    assert "data" not in answer.json()
    assert wire("GET", "/ocpi/versions", token).status_code == 401
    [known] = wire.known()
    assert (known.registered, known.has_secret, known.hint) == (None, False, "")


def test_405_where_the_specification_says_so(sqlite_wire: Wire, there: Peer) -> None:
    body = there.credentials("token-b")
    token_a = sqlite_wire.invited("Not registered").token
    for method in ("PUT", "DELETE"):
        more: dict[str, Any] = {"json": body} if method == "PUT" else {}
        answer = sqlite_wire(method, HERE, token_a, **more)
        assert (answer.status_code, answer.json()["status_code"]) == (405, 2000)
        assert answer.headers["Allow"] == "GET, POST"
    token_c = registered(sqlite_wire, there)
    answer = sqlite_wire("POST", HERE, token_c, json=body)
    assert (answer.status_code, answer.json()["status_code"]) == (405, 2000)
    assert answer.headers["Allow"] == "DELETE, GET, PUT"


def test_two_registrations_with_one_token_at_once_make_one(wire: Wire, there: Peer) -> None:
    there.speaks("2.2.1")
    both = threading.Barrier(2, timeout=20)
    details = there.answers["GET", "/ocpi/2.2.1"]
    assert isinstance(details, tuple)

    def together(_asked: Asked) -> tuple[int, Any]:
        both.wait()
        return details

    there.answers["GET", "/ocpi/2.2.1"] = together
    token = wire.invited().token
    with ThreadPoolExecutor(2) as pool:
        answers: list[httpx.Response] = list(
            pool.map(
                lambda theirs: wire("POST", HERE, token, json=there.credentials(theirs)),
                ["token-1", "token-2"],
            )
        )
    won, lost = sorted(answers, key=lambda one: one.status_code)
    assert (won.status_code, won.json()["status_code"], lost.status_code) == (200, 1000, 405)
    assert wire("GET", "/ocpi/versions", won.json()["data"]["token"]).status_code == 200
    with wire.site.db.read() as conn:
        kept = outgoing_secret(conn, wire.known()[0].id, wire.app.vault)
    assert kept == ["token-1", "token-2"][answers.index(won)]


def test_tokens_are_in_no_row_log_line_or_repr(
    wire: Wire, there: Peer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    made = wire.invited()
    there.speaks("2.2.1")
    answer = wire("POST", HERE, made.token, json=there.credentials("token-b-secret"))
    token_c = answer.json()["data"]["token"]
    wire("PUT", HERE, token_c, json=there.credentials("token-d-secret"))
    with wire.site.db.read() as conn:
        kept = [
            str(list(conn.execute(text(f"SELECT * FROM {table}"))))
            for table in ("partner", "audit_log")
        ]
    seen = "\n".join([*kept, caplog.text, repr(made), repr(wire.known()), repr(wire.app)])
    for secret in (made.token or "?", token_c, "token-b-secret", "token-d-secret", "k" * 40):
        assert secret not in seen


def test_what_happened_is_in_the_log_of_changes(wire: Wire, there: Peer) -> None:
    token = registered(wire, there)
    wire("DELETE", HERE, token)
    lines = [(one.by, one.what) for one in reversed(newest_lines(wire.site.db, LOCAL))]
    assert lines == [
        ("local", "partner added"),
        ("Example", "partner registered"),
        ("Example", "partner ended its registration"),
    ]


def test_what_is_not_set_up_here_is_no_mistake_of_the_partners(
    sqlite_wire: Wire,
    there: Peer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    there.speaks("2.2.1")
    token = sqlite_wire.invited().token
    monkeypatch.setattr(sqlite_wire.app.settings, "secret_key", SecretStr(""))
    body = there.credentials("token-b")
    status, code, sentence = sqlite_wire.refused("POST", HERE, token, json=body)
    assert (status, code) == (200, 3000)
    assert "SECRET_KEY" not in sentence
    assert "EVSE_STATUS_SECRET_KEY: is needed" in caplog.text
    assert CREDENTIALS not in [one.path for one in there.asked]
