"""Every page runs behind the frame: its gate, its menu, its sentences instead of tracebacks."""

from pathlib import Path

import pytest

from evse_status.bootstrap import App
from evse_status.ui import session
from visits import texts, visit

PAGES = ["timeline", "plan", "overrides", "override", "preview", "help"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_behind_the_gate(name: str, product: App) -> None:
    page = visit(name)
    assert not page.exception
    assert page.title


@pytest.mark.parametrize("name", PAGES)
def test_nobody_sees_a_page_without_signing_in_where_that_is_asked(
    name: str, product: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVSE_STATUS_SIGN_IN", "oidc")
    session.app.clear()
    page = visit(name)
    assert [title.value for title in page.title] == ["Sign in"]
    assert [button.label for button in page.button] == ["Sign in"]


def test_a_store_that_is_not_there_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVSE_STATUS_DATABASE_URL", f"sqlite:///{tmp_path / 'nowhere.db'}")
    session.app.clear()
    page = visit("timeline")
    assert not page.exception
    assert len(page.error) == 1
    assert "There is no database at" in page.error[0].value
    assert [button.label for button in page.button] == ["Try again"]


def test_times_are_shown_in_the_zone_of_the_address(product: App) -> None:
    assert visit("help", zone="Asia/Tokyo").selectbox(key="zone-picker").value == "Asia/Tokyo"


def test_a_zone_that_is_none_is_passed_over(product: App) -> None:
    assert visit("help", zone="Mars/Olympus").selectbox(key="zone-picker").value == (
        "Europe/Copenhagen"
    )


def test_help_has_both_translation_tables(product: App) -> None:
    written = texts(visit("help"))
    assert ":orange-badge[:material/build: Maintenance] | Out of Service | OutOfService" in written
    assert ":gray-badge[:material/error: Out of order]" in written
