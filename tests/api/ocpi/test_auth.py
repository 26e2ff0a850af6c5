"""Which partner calls: its token in every way in which peers write it, and who gets in where."""

import base64

import pytest

from evse_status.api.ocpi.auth import tokens_in
from evse_status.core.principal import LOCAL
from evse_status.service.partners import pause_partner, remove_partner
from ocpi_wire import Wire


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("header", "tokens"),
    [
        # OCPI 2.2.1, 4.1.2: both examples of the specification encode a newline after the token.
        ("Token ZWJmM2IzOTktNzc5Zi00NDk3LTliOWQtYWM2YWQzY2M0NGQyCg==", "ebf3b399-779f-4497-9b9d-ac6ad3cc44d2"),
        ("Token ZXhhbXBsZS10b2tlbgo=", "example-token"),
        ("token ZXhhbXBsZS10b2tlbg==", "example-token"),
        ("TOKEN  ZXhhbXBsZS10b2tlbg ", "example-token"),
    ],
)  # fmt: skip
def test_encoded_tokens(header: str, tokens: str) -> None:
    assert next(tokens_in(header)) == tokens


def test_a_plain_token_is_tried_as_it_came() -> None:
    assert list(tokens_in("Token ebf3b399-779f-4497")) == ["ebf3b399-779f-4497"]
    assert list(tokens_in("Token abcd"))[-1] == "abcd"  # which could be Base64 as well
    for header in ("", "Token", "Token ", "Bearer abcd", "Basic abcd"):
        assert list(tokens_in(header)) == []


@pytest.mark.parametrize("way", ["encoded", "newline", "plain", "unpadded"])
def test_one_token_in_every_way_of_writing(sqlite_wire: Wire, way: str) -> None:
    token = sqlite_wire.invited().token or ""
    shown = {
        "encoded": _encoded(token),
        "newline": _encoded(token + "\n"),
        "plain": token,
        "unpadded": _encoded(token).rstrip("="),
    }[way]
    assert sqlite_wire("GET", "/ocpi/versions", shown=shown).status_code == 200


def test_without_a_known_token_nothing_is_told(sqlite_wire: Wire) -> None:
    token = sqlite_wire.invited().token or ""
    for shown in (None, "", "x", _encoded("x"), _encoded(token.upper()), _encoded("é")):
        for path in ("/ocpi/versions", "/ocpi/2.2.1/credentials", "/ocpi/nothing", "/ocpi"):
            status, code, _sentence = sqlite_wire.refused("GET", path, shown=shown)
            assert (status, code) == (401, 2000)


def test_token_a_is_for_registering_alone(sqlite_wire: Wire) -> None:
    token = sqlite_wire.invited().token or ""
    assert sqlite_wire("GET", "/ocpi/2.2.1", token).status_code == 200
    status, code, sentence = sqlite_wire.refused("GET", "/ocpi/2.2.1/locations", token)
    assert (status, code) == (401, 2000), sentence
    assert "registering only" in sentence


def test_a_paused_or_removed_partner(wire: Wire) -> None:
    made = wire.invited()
    pause_partner(wire.site.db, LOCAL, made.partner.id, paused=True)
    assert wire("GET", "/ocpi/versions", made.token).status_code == 200
    remove_partner(wire.site.db, LOCAL, made.partner.id)
    assert wire("GET", "/ocpi/versions", made.token).status_code == 401


def test_every_request_of_upstream_is_heard_at_most_once_a_minute(wire: Wire) -> None:
    made = wire.upstream()
    told = wire.invited("Told").token
    heard = []
    for seconds in (0, 30, 40):
        wire.site.hands.forward(seconds=seconds)
        for token in (made.token, told):
            assert wire("GET", "/ocpi/versions", token).status_code == 200
        heard.append([one.heard_at for one in wire.known()])
    (first, nobody), second, third = heard
    assert nobody is None
    assert second == [first, None]
    assert third[0] is not None
    assert first is not None
    assert round((third[0] - first).total_seconds()) == 70
