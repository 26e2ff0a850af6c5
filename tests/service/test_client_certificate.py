"""A certificate with its key is taken in any order, and whatever is wrong with one is one sentence."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from evse_status.core.errors import InvalidInput
from evse_status.service.client_certificate import read_certificate, usable_certificate
from examples.certificates import YEAR, Authority, another_key, certificate_of, key_of
from support import NOON


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def test_it_is_kept_in_the_order_that_tls_wants(authority: Authority, tmp_path: Path) -> None:
    signed, signer = authority.sign("operator.example"), authority.file.read_text()
    wanted = certificate_of(signed) + signer + key_of(signed)
    given = f"Bag Attributes\n{key_of(signed)}\n{signer}subject=x\n{certificate_of(signed)}"
    kept = usable_certificate(given.replace("\n", "\r\n"), now=datetime.now(UTC))
    assert kept == wanted
    assert read_certificate(kept).subject == "operator.example"
    (tmp_path / "kept.pem").write_text(kept)
    ssl.create_default_context().load_cert_chain(tmp_path / "kept.pem")


def test_it_ends_soon_thirty_days_before(authority: Authority) -> None:
    certificate = read_certificate(authority.sign("a", until=NOON))
    assert certificate.expires_at == NOON
    ahead = timedelta(days=30)
    assert certificate.ends_soon(NOON - ahead)
    assert not certificate.ends_soon(NOON - ahead - timedelta(seconds=1))


def locked(pem: str) -> str:
    key = serialization.load_pem_private_key(pem.encode(), None)
    written = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"word"),
    )
    return certificate_of(pem) + written.decode()


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (lambda pem: "", "no PEM text"),
        (lambda pem: "\x00\ud800 -----BEGIN CERTIFICATE-----", "can't be read"),
        (key_of, "no certificate in this file"),
        (certificate_of, "no private key in this file"),
        (lambda pem: certificate_of(pem) + another_key(), "belongs to another certificate"),
        (lambda pem: pem.replace("CERTIFICATE-----\nMI", "CERTIFICATE-----\nXX"), "certificate in this file can't be read"),
        (lambda pem: pem.replace("KEY-----\nMI", "KEY-----\nXX"), "private key in this file can't be read"),
        (locked, "locked with a password"),
        (lambda pem: pem + " " * 200_000, "too long"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence_that_quotes_nothing(
    authority: Authority, spoilt: Callable[[str], str], words: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        usable_certificate(spoilt(authority.sign("operator.example")), now=datetime.now(UTC))
    assert refused.value.message.startswith("certificate: ")
    assert words in refused.value.message
    assert (refused.value.field, "MI" in refused.value.message) == ("certificate", False)


def test_one_that_ended_or_has_not_begun(authority: Authority) -> None:
    signed = authority.sign("operator.example", until=NOON)
    for now, words in ((NOON, "it ended on"), (NOON - 3 * YEAR, "it isn't good before")):
        with pytest.raises(InvalidInput, match=words):
            usable_certificate(signed, now=now)
    assert usable_certificate(signed, now=NOON - timedelta(seconds=1)) == signed
