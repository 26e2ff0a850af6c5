"""Who is let in, and as whom."""

from typing import Any

import pytest

from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.ui.gate import who


def test_without_sign_in_everybody_is_local() -> None:
    assert who("none", {}) is LOCAL


@pytest.mark.parametrize(
    "user",
    [
        {},
        {"is_logged_in": False},
        {"is_logged_in": False, "email": "a@b.dk"},
        {"is_logged_in": True},
    ],
)
def test_with_sign_in_nobody_enters_unnamed(user: dict[str, Any]) -> None:
    assert who("oidc", user) is None


def test_with_sign_in_the_identity_provider_names_the_author() -> None:
    signed_in = {"is_logged_in": True, "email": "mette@cpo.dk", "name": "Mette", "sub": "1"}
    assert who("oidc", signed_in) == Principal("mette@cpo.dk", Role.PLANNER)
    assert who("oidc", {"is_logged_in": True, "sub": "1"}) == Principal("1", Role.PLANNER)
