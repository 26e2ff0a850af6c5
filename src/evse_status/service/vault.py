"""How do secrets lie in the store? Encrypted with a key from the settings; keys can be changed.

Several keys are separated by commas: the first encrypts, all decrypt. So a new one is put in front,
and the old one is dropped once `evse-status partner edit NAME --rotate` has replaced what it kept.
"""

import base64
from functools import cached_property

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from evse_status.core.errors import NotSetUp

SETTING = "EVSE_STATUS_SECRET_KEY"
_SHORTEST = 32
_HOW = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


class NoSecretKey(NotSetUp):
    """There is no key to keep secrets with."""

    code = "no_secret_key"

    def __init__(self) -> None:
        super().__init__(
            f"{SETTING}: is needed to keep the tokens of partners. {_HOW}", field=SETTING
        )


class WrongSecretKey(NotSetUp):
    """A secret was encrypted with a key that isn't set."""

    code = "wrong_secret_key"

    def __init__(self) -> None:
        super().__init__(
            f"{SETTING}: a kept token can't be read with this key. Set the key that it was kept with "
            "(several are separated by commas), or remove the partner and add it again.",
            field=SETTING,
        )


class Vault:
    """Encrypts and decrypts; knows the keys and shows them nowhere."""

    def __init__(self, keys: str) -> None:
        self._keys = tuple(key for part in keys.split(",") if (key := part.strip()))
        for key in self._keys:
            if len(key) < _SHORTEST:
                raise NotSetUp(
                    f"{SETTING}: each key needs {_SHORTEST} characters or more that nobody can "
                    f"guess. {_HOW}",
                    field=SETTING,
                )

    def __repr__(self) -> str:
        return f"<Vault with {len(self._keys)} keys>"

    def require_key(self) -> None:
        """Refuse where there is no key (NoSecretKey)."""
        if not self._keys:
            raise NoSecretKey

    def encrypt(self, secret: str) -> str:
        """What is stored of a secret. Raises NoSecretKey."""
        return self._fernets.encrypt(secret.encode()).decode()

    def decrypt(self, stored: str) -> str:
        """The secret again. Raises NoSecretKey, WrongSecretKey."""
        try:
            return self._fernets.decrypt(stored.encode()).decode()
        except InvalidToken:
            raise WrongSecretKey from None

    @cached_property
    def _fernets(self) -> MultiFernet:
        self.require_key()
        return MultiFernet([Fernet(_derived(key)) for key in self._keys])


def _derived(key: str) -> bytes:
    """Fernet's own form of a key. Keys are random and long, so no stretching is needed."""
    derived = HKDF(SHA256(), length=32, salt=None, info=b"evse-status: secrets of partners")
    return base64.urlsafe_b64encode(derived.derive(key.encode()))
