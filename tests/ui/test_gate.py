"""Who is let in without sign-in, and what tells one sign-in from the next."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from evse_status.bootstrap import App, open_app
from evse_status.core.principal import LOCAL
from evse_status.service import audit_log
from evse_status.ui.gate import session_of, visit_of

METTE: dict[str, Any] = {
    "is_logged_in": True,
    "iss": "https://id.example.com",
    "sub": "1",
    "email": "Mette@cpo.dk",
    "roles": ["planner"],
}

Product = Callable[..., App]


@pytest.fixture
def product(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Product]:
    made: list[App] = []

    def opened(**settings: str) -> App:
        for name, value in settings.items():
            monkeypatch.setenv(f"EVSE_STATUS_{name.upper()}", value)
        made.append(open_app(sqlite_url, create=True))
        return made[-1]

    yield opened
    for app in made:
        app.database.close()


def test_without_sign_in_this_machine_is_local(product: Product) -> None:
    assert visit_of(product(), {}, from_address=None).principal is LOCAL


def test_without_sign_in_other_machines_are_turned_away(product: Product) -> None:
    visit = visit_of(product(), {}, from_address="192.0.2.7")
    assert visit.principal is None
    assert "docs/sign-in.md" in visit.because


def test_without_sign_in_other_machines_enter_where_a_setting_says_so(product: Product) -> None:
    app = product(open_to_network="true")
    assert visit_of(app, {}, from_address="192.0.2.7").principal is LOCAL


def test_with_sign_in_the_address_counts_for_nothing(product: Product) -> None:
    app = product(sign_in="oidc", open_to_network="true")
    assert visit_of(app, {}, from_address=None).principal is None
    visit = visit_of(app, METTE | {"iat": app.now().timestamp()}, from_address="192.0.2.7")
    assert visit.principal is not None
    assert visit.principal.name == "mette@cpo.dk"


def test_signing_out_ends_the_session_in_every_tab_and_no_other_session(product: Product) -> None:
    app = product(sign_in="oidc")
    first = METTE | {"iat": app.now().timestamp(), "nonce": "a"}
    second = first | {"nonce": "b"}
    audit_log.note_visit(
        app.database, name="mette@cpo.dk", what=audit_log.SIGNED_OUT, session=session_of(first)
    )
    assert visit_of(app, first, from_address=None).because == "You have signed out."
    assert visit_of(app, second, from_address=None).principal is not None
