"""We register with a partner, rotate tokens and leave: what is exchanged, and what stays when it fails."""

from collections.abc import Iterator
from typing import Any

import pytest

from evse_status.channels.ocpi.credentials import read_credentials
from evse_status.channels.ocpi.handshake import HandshakeFailed
from evse_status.core.errors import Conflict, InvalidInput, NotSetUp
from evse_status.core.partner import OcpiVersion, PartnerRole, PartnerSettings, Party
from evse_status.core.principal import LOCAL
from evse_status.service.known_partners import Partner, by_token, outgoing_secret
from evse_status.service.ourselves import Ourselves
from evse_status.service.partners import add_partner, list_partners, remove_partner
from evse_status.service.registered import NotRegistered, RegisteredAlready
from evse_status.service.registration import (
    add_and_register,
    invite,
    register,
    rotate,
    unregister,
)
from evse_status.service.registration_by_partner import exchange
from evse_status.service.vault import Vault
from evse_status.store.database import Database
from peers import CREDENTIALS, Asked, Peer, bad, good, peer

VAULT = Vault("k" * 40)
US = Ourselves("https://status.example.com", "DK", "OWN", "Our own")


@pytest.fixture
def there() -> Iterator[Peer]:
    with peer() as made:
        made.speaks("2.1.1", "2.2.1", "2.3.0")
        made.registers("token-c")
        yield made


def _settings(there: Peer, **more: Any) -> PartnerSettings:
    return PartnerSettings(url=there.versions_url, timeout_seconds=1, **more)


def _registered(db: Database, there: Peer, **more: Any) -> Partner:
    return add_and_register(
        db, LOCAL, "Example", _settings(there, **more),
        token="token-a", nobody_else_tells=True, vault=VAULT, us=US,
    )  # fmt: skip


def _kept(db: Database) -> list[Partner]:
    return [line.partner for line in list_partners(db, LOCAL)]


def _shown(db: Database, partner: Partner) -> str:
    with db.read() as conn:
        return outgoing_secret(conn, partner.id, VAULT)


def test_registering_at_the_highest_common_version(db: Database, there: Peer) -> None:
    while_waiting = []

    def looks_back(asked: Asked) -> tuple[int, Any]:
        while_waiting.append(by_token(db, asked.body["token"]))
        return good(there.credentials("token-c"))

    there.answers["POST", CREDENTIALS] = looks_back
    partner = _registered(db, there)
    assert [(one.method, one.path, one.token) for one in there.asked] == [
        ("GET", "/ocpi/versions", "token-a"),
        ("GET", "/ocpi/2.3.0", "token-a"),
        ("POST", CREDENTIALS, "token-a"),
    ]
    told = there.asked[-1].body
    assert told["url"] == "https://status.example.com/ocpi/versions"
    assert told["roles"] == [
        {"role": "CPO", "business_details": {"name": "Our own"}, "party_id": "OWN", "country_code": "DK"}
    ]  # fmt: skip
    # Our new token is good while the partner looks back at us, and afterwards.
    assert [(one.name, one.is_connected) for one in while_waiting] == [("Example", False)]
    assert by_token(db, told["token"]) == partner
    assert partner.registered is not None
    assert partner.spoken is OcpiVersion.V2_3_0
    assert partner.registered.parties == (Party("EMSP", "NL", "EXA", "Example Provider"),)
    assert partner.locations_url == f"{there.url}/ocpi/locations"
    assert _shown(db, partner) == "token-c"


def test_a_peer_that_does_not_encode(sqlite: Database, there: Peer) -> None:
    _registered(sqlite, there, base64_token=False)
    assert {one.headers["authorization"] for one in there.asked} == {"Token token-a"}


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({("GET", "/ocpi/versions"): bad(2000, "Who?", 401)}, "try --plain-token"),
        ({("GET", "/ocpi/versions"): good([{"version": "2.1.1", "url": "x"}])}, "speaks OCPI 2.1.1; 2.2.1 and 2.3.0 are spoken here"),
        ({("GET", "/ocpi/2.3.0"): good({"endpoints": []})}, "has no module credentials"),
        ({("POST", CREDENTIALS): bad(3001, "Can't reach you")}, "status_code 3001, \"Can't reach you\""),
        ({("POST", CREDENTIALS): bad(2000, "Go away", 405)}, "HTTP 405, 'Go away'"),
        ({("POST", CREDENTIALS): (500, None)}, "HTTP 500. Check the address, or ask its operator. It may have registered us"),
        ({("POST", CREDENTIALS): (0, None)}, "It may have registered us"),
        ({("POST", CREDENTIALS): good({"token": ""})}, "credentials that can't be used: token"),
        ({("POST", CREDENTIALS): good(None)}, "answered without credentials"),
        ({("POST", CREDENTIALS): (302, None)}, "HTTP 302"),
    ],
    ids=lambda value: str(value)[:50],
)  # fmt: skip
def test_a_partner_that_does_not_register_us_is_not_added(
    sqlite: Database, there: Peer, answers: Any, words: str
) -> None:
    there.answers |= answers
    with pytest.raises(HandshakeFailed) as failed:
        _registered(sqlite, there)
    assert words in failed.value.message
    assert _kept(sqlite) == []
    assert "/elsewhere" not in [one.path for one in there.asked]
    for one in there.was_asked("POST"):
        with pytest.raises(Exception, match="isn't known"):
            by_token(sqlite, one.body["token"])
    # The name is free again.
    there.speaks("2.2.1")
    there.registers()
    assert _registered(sqlite, there).is_connected


def test_what_is_missing_here_is_said_before_anybody_is_called(
    sqlite: Database, there: Peer
) -> None:
    for us, vault, field in (
        (Ourselves("", "DK", "OWN"), VAULT, "EVSE_STATUS_PUBLIC_URL"),
        (Ourselves("https://status.example.com"), VAULT, "EVSE_STATUS_OCPI_PARTY_ID"),
        (US, Vault(""), "EVSE_STATUS_SECRET_KEY"),
    ):
        with pytest.raises(NotSetUp) as refused:
            add_and_register(
                sqlite, LOCAL, "Example", _settings(there),
                token="token-a", nobody_else_tells=True, vault=vault, us=us,
            )  # fmt: skip
        assert refused.value.field == field
    with pytest.raises(InvalidInput, match="token: a token is 1 to"):
        add_and_register(
            sqlite, LOCAL, "Example", _settings(there),
            token="tö", nobody_else_tells=True, vault=VAULT, us=US,
        )  # fmt: skip
    assert there.asked == []
    assert _kept(sqlite) == []


def test_an_upstream_is_told_that_we_receive(sqlite: Database, there: Peer) -> None:
    there.speaks("2.2.1", interface="SENDER")
    del there.answers["GET", "/ocpi/2.3.0"]
    partner = add_and_register(
        sqlite, LOCAL, "CSMS", _settings(there, role=PartnerRole.UPSTREAM),
        token="token-a", nobody_else_tells=False, vault=VAULT, us=US,
    )  # fmt: skip
    assert [one["role"] for one in there.asked[-1].body["roles"]] == ["EMSP"]
    assert partner.locations_url == f"{there.url}/ocpi/locations"


def test_rotating_both_tokens(db: Database, there: Peer) -> None:
    before = _registered(db, there)
    first = there.asked[-1].body["token"]
    there.asked.clear()
    there.registers("token-e", method="PUT")
    after = rotate(db, LOCAL, before.id, vault=VAULT, us=US)
    second = there.asked[-1].body["token"]
    assert [(one.method, one.token) for one in there.asked] == [
        ("GET", "token-c"), ("GET", "token-c"), ("PUT", "token-c"),
    ]  # fmt: skip
    assert _shown(db, after) == "token-e"
    assert by_token(db, second).id == before.id
    with pytest.raises(Exception, match="isn't known"):
        by_token(db, first)
    assert after.resync_at == before.resync_at


@pytest.mark.parametrize(("answer", "new_one_is_good"), [(bad(2000), False), ((0, None), True)])
def test_a_rotation_that_failed_leaves_the_old_tokens(
    sqlite: Database, there: Peer, answer: Any, new_one_is_good: bool
) -> None:
    """Where the partner may have taken the new one over, both are good: it must not be locked out."""
    before = _registered(sqlite, there)
    first = there.asked[-1].body["token"]
    there.answers["PUT", CREDENTIALS] = answer
    with pytest.raises(HandshakeFailed):
        rotate(sqlite, LOCAL, before.id, vault=VAULT, us=US)
    assert by_token(sqlite, first).id == before.id
    assert _shown(sqlite, before) == "token-c"
    tried = there.was_asked("PUT")[0].body["token"]
    if new_one_is_good:
        known = by_token(sqlite, tried)
        assert known.id == before.id
        # It may also change its own token with it.
        fresh = exchange(
            sqlite, known, tried, read_credentials(there.credentials("token-f")),
            version=OcpiVersion.V2_2_1, renews=True, vault=VAULT, us=US,
        )  # fmt: skip
        assert by_token(sqlite, fresh.token).id == before.id
        assert _shown(sqlite, before) == "token-f"
    else:
        with pytest.raises(Exception, match="isn't known"):
            by_token(sqlite, tried)


def test_leaving_tells_the_partner(db: Database, there: Peer) -> None:
    partner = _registered(db, there)
    there.answers["DELETE", CREDENTIALS] = bad(2000, "Busy", 500)
    with pytest.raises(HandshakeFailed, match="HTTP 500"):
        unregister(db, LOCAL, partner.id, vault=VAULT)
    assert _kept(db)[0].is_connected
    there.answers["DELETE", CREDENTIALS] = 200, {"status_code": 1000}
    unregister(db, LOCAL, partner.id, vault=VAULT)
    assert there.asked[-1].token == "token-c"
    [after] = _kept(db)
    assert (after.registered, after.has_secret) == (None, False)
    unregister(db, LOCAL, partner.id, vault=VAULT)  # nothing is registered: nothing is told
    assert len(there.was_asked("DELETE")) == 2


@pytest.mark.parametrize("answer", [bad(2000, "Who?", 401), bad(2000, "Not registered", 405)])
def test_a_partner_that_does_not_know_us_needs_not_be_told(
    sqlite: Database, there: Peer, answer: Any
) -> None:
    partner = _registered(sqlite, there)
    there.answers["DELETE", CREDENTIALS] = answer
    unregister(sqlite, LOCAL, partner.id, vault=VAULT)
    assert not _kept(sqlite)[0].is_connected


def test_registering_again_with_a_new_token_a(sqlite: Database, there: Peer) -> None:
    partner = _registered(sqlite, there)
    with pytest.raises(RegisteredAlready):
        register(sqlite, LOCAL, partner.id, token="token-x", vault=VAULT, us=US)
    invited = invite(sqlite, LOCAL, partner.id)
    assert not invited.partner.is_connected
    assert by_token(sqlite, invited.token or "").id == partner.id
    with pytest.raises(NotRegistered):
        rotate(sqlite, LOCAL, partner.id, vault=VAULT, us=US)
    again = register(sqlite, LOCAL, partner.id, token="token-x", vault=VAULT, us=US)
    assert again.is_connected
    assert there.asked[-1].token == "token-x"
    with pytest.raises(Exception, match="isn't known"):
        by_token(sqlite, invited.token or "")


def test_removed_while_it_is_registering(sqlite: Database, there: Peer) -> None:
    def removed(_asked: Asked) -> tuple[int, Any]:
        remove_partner(sqlite, LOCAL, _kept(sqlite)[0].id)
        return good(there.credentials("token-c"))

    there.answers["POST", CREDENTIALS] = removed
    with pytest.raises(Conflict, match="removed by somebody else meanwhile"):
        _registered(sqlite, there)
    assert _kept(sqlite) == []


def test_without_an_address_there_is_nobody_to_register_with(sqlite: Database) -> None:
    made = add_partner(
        sqlite, LOCAL, "Example", PartnerSettings(), vault=VAULT, nobody_else_tells=True
    )
    with pytest.raises(InvalidInput, match="url: is needed to register"):
        register(sqlite, LOCAL, made.partner.id, token="token-a", vault=VAULT, us=US)


def test_an_address_that_it_tells_is_trusted_only_if_it_may_be_called(
    sqlite: Database, there: Peer
) -> None:
    told = there.credentials("token-c")
    for url, kept in (
        ("http://emsp.example/versions", there.versions_url),
        ("https://10.0.0.1/versions", there.versions_url),
        (f"{there.url}/ocpi/other", f"{there.url}/ocpi/other"),
    ):
        there.answers["POST", CREDENTIALS] = good(told | {"url": url})
        partner = _registered(sqlite, there)
        assert partner.registered is not None
        assert partner.registered.url == kept
        remove_partner(sqlite, LOCAL, partner.id)
