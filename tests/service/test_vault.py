"""Secrets lie encrypted, keys can be changed, and neither shows itself."""

import pytest

from evse_status.core.errors import InvalidInput
from evse_status.service.vault import NoSecretKey, Vault, WrongSecretKey

OLD, NEW = "o" * 40, "n" * 40


def test_a_secret_comes_back_and_is_not_to_be_seen_in_what_is_stored() -> None:
    vault = Vault(OLD)
    stored = vault.encrypt("token-c")
    assert vault.decrypt(stored) == "token-c"
    assert "token-c" not in stored
    assert stored != vault.encrypt("token-c")
    assert OLD not in repr(vault)


def test_the_first_key_encrypts_and_all_decrypt() -> None:
    stored = Vault(OLD).encrypt("token-c")
    both = Vault(f" {NEW} ,{OLD}\n")
    assert both.decrypt(stored) == "token-c"
    assert Vault(NEW).decrypt(both.encrypt("token-d")) == "token-d"
    with pytest.raises(WrongSecretKey, match=r"EVSE_STATUS_SECRET_KEY: .* can't be read"):
        Vault(NEW).decrypt(stored)


def test_without_a_key_it_says_how_to_make_one() -> None:
    for attempt in (Vault("").require_key, lambda: Vault(" , ").encrypt("x")):
        with pytest.raises(NoSecretKey, match=r"token_urlsafe"):
            attempt()


def test_a_key_that_can_be_guessed_is_refused_without_quoting_it() -> None:
    with pytest.raises(InvalidInput, match="each key needs 32 characters") as refused:
        Vault("hunter2")
    assert "hunter2" not in refused.value.message
