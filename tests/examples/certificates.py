"""Certificates for tests: an authority, and what it signs, as PEM with certificate and key."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

YEAR = timedelta(days=365)


class Authority:
    """Signs certificates that whoever trusts `file` accepts."""

    def __init__(self, folder: Path, name: str = "Authority of the tests") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        now = datetime.now(UTC)
        made = _builder(self._name, self._name, self._key, now - timedelta(days=1), now + YEAR)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.file = folder / f"{name.lower().replace(' ', '-')}.pem"
        self.file.write_bytes(
            made.sign(self._key, SHA256()).public_bytes(serialization.Encoding.PEM)
        )

    def sign(self, name: str, *, until: datetime | None = None) -> str:
        """PEM with a certificate for `name` that ends at `until`, and its key."""
        key, until = ec.generate_private_key(ec.SECP256R1()), until or datetime.now(UTC) + YEAR
        made = _builder(_named(name), self._name, key, until - 2 * YEAR, until)
        hosts = x509.SubjectAlternativeName([x509.DNSName(name)])
        signed = made.add_extension(hosts, critical=False).sign(self._key, SHA256())
        return signed.public_bytes(serialization.Encoding.PEM).decode() + _written(key)


def another_key() -> str:
    """A private key that fits no certificate, as PEM."""
    return _written(ec.generate_private_key(ec.SECP256R1()))


def key_of(pem: str) -> str:
    """PEM without the certificate."""
    return pem[len(certificate_of(pem)) :]


def certificate_of(pem: str) -> str:
    """PEM without the key."""
    return pem[: pem.index("-----BEGIN PRIVATE KEY")]


def _written(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    since: datetime,
    until: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )
