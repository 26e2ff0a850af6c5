"""Is this a certificate with its key, and until when will a hub accept it? PEM; the key is shown nowhere."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from sqlalchemy import Connection

from evse_status.core.errors import EvseStatusError, InvalidInput
from evse_status.core.principal import Principal
from evse_status.core.translation import Channel
from evse_status.service.known_partners import Partner, kept_partners, outgoing_secret
from evse_status.service.partner_checks import require_keeper
from evse_status.service.vault import Vault
from evse_status.store.database import Database

WARNED_AHEAD = timedelta(days=30)
_LONGEST = 200_000
_BEGIN = "-----BEGIN "
_PEM = serialization.Encoding.PEM


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whom a client certificate names, and until when it is good; instants in UTC."""

    subject: str
    expires_at: datetime

    def ends_soon(self, now: datetime) -> bool:
        """Whether it is time to ask for another: 30 days before it ends, and afterwards."""
        return self.expires_at - WARNED_AHEAD <= now


def read_certificate(pem: str) -> Certificate:
    """What can be shown of a kept one."""
    return _said(_Parts(pem).leaf)


def usable_certificate(pem: str, *, now: datetime) -> str:
    """What is kept of a file with a certificate and its key: the certificate, those that signed it, the key.

    In this order and unencrypted, as `ssl.load_cert_chain` wants it. Raises InvalidInput; the sentence
    never quotes the file.
    """
    if len(pem) > _LONGEST:
        raise _refused("the file is too long to be a certificate. Give the PEM file.")
    parts = _Parts(pem)
    said = _said(parts.leaf)
    if said.expires_at <= now:
        raise _refused(f"it ended on {said.expires_at:%Y-%m-%d}. Ask the hub for a new one.")
    if parts.leaf.not_valid_before_utc > now:
        since = f"{parts.leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
        raise _refused(f"it isn't good before {since}. Add it then.")
    chain = [parts.leaf, *(one for one in parts.certificates if one is not parts.leaf)]
    key = parts.key.private_bytes(
        _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return b"".join([*(one.public_bytes(_PEM) for one in chain), key]).decode()


def certificates(db: Database, principal: Principal, vault: Vault) -> dict[int, Certificate]:
    """Those that hubs are shown, by the hub's number, for administrators without limits."""
    require_keeper(principal)
    with db.read() as conn:
        hubs = [one for one in kept_partners(conn) if one.settings.channel is Channel.HUBJECT]
        found = {one.id: certificate_of(conn, one, vault) for one in hubs}
    return {number: one for number, one in found.items() if one is not None}


def certificate_of(conn: Connection, partner: Partner, vault: Vault) -> Certificate | None:
    """The one that a hub is shown; `None` where there is none, or it can't be read with today's key."""
    if not partner.has_secret:
        return None
    try:
        return read_certificate(outgoing_secret(conn, partner.id, vault))
    except EvseStatusError:
        return None


class _Parts:
    """The certificates and the key of a PEM text; `leaf` is the one that the key belongs to."""

    def __init__(self, pem: str) -> None:
        self.certificates = _certificates(pem)
        self.key = _key(pem)
        public = _public(self.key.public_key())
        for one in self.certificates:
            if _public(one.public_key()) == public:
                self.leaf = one
                return
        raise _refused("its private key belongs to another certificate. Give the two that fit.")


def _certificates(pem: str) -> list[x509.Certificate]:
    if _BEGIN not in pem:
        raise _refused("this is no PEM text. Give a file with the certificate and its private key.")
    if f"{_BEGIN}CERTIFICATE" not in pem:
        raise _refused("there is no certificate in this file. Put it beside the private key.")
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise _refused("the certificate in this file can't be read. Copy it again.") from None


def _key(pem: str) -> PrivateKeyTypes:
    start = next((at for at in _begins(pem) if " PRIVATE KEY-----" in pem[at : at + 40]), None)
    if start is None:
        raise _refused("there is no private key in this file. Put it beside the certificate.")
    try:
        return serialization.load_pem_private_key(pem[start:].encode(), None)
    except TypeError:
        raise _refused(
            "its private key is locked with a password. Unlock it first, for example with "
            "`openssl pkey -in FILE -out NEW`; here it is kept encrypted."
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise _refused("the private key in this file can't be read. Copy it again.") from None


def _begins(pem: str) -> list[int]:
    """Where PEM blocks begin; `BEGIN PRIVATE KEY` and `BEGIN EC PRIVATE KEY` alike."""
    places, at = [], pem.find(_BEGIN)
    while at >= 0:
        places.append(at)
        at = pem.find(_BEGIN, at + 1)
    return places


def _public(key: object) -> bytes:
    written: bytes = key.public_bytes(  # type: ignore[attr-defined]
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return written


def _said(leaf: x509.Certificate) -> Certificate:
    names = leaf.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    subject = str(names[0].value) if names else leaf.subject.rfc4514_string()
    return Certificate(subject[:80], leaf.not_valid_after_utc)


def _refused(why: str) -> InvalidInput:
    return InvalidInput(f"certificate: {why}", field="certificate")
