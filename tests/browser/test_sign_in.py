"""People sign in at a real OpenID Connect provider, act in their role, and leave."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Dashboard, served
from browser.patience import click, settle
from evse_status.bootstrap import App, open_app
from evse_status.core.override import Wish
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import Phase, TemporaryStatus
from evse_status.kept_ports import any_port
from evse_status.service.audit import override_detail
from evse_status.service.audit_log import newest_lines
from evse_status.service.schedule import place_overrides
from support import evse_json, location_json, take_in

pytestmark = pytest.mark.browser

PEOPLE = [
    {"sub": "vera", "email": "vera@cpo.dk", "groups": ["lookers"]},
    {"sub": "paul", "email": "paul@cpo.dk", "groups": ["planner"]},
    {"sub": "ada", "email": "ada@cpo.dk", "groups": []},
    {"sub": "noone", "email": "noone@elsewhere.dk", "groups": ["guests"]},
    {"sub": "sven", "email": "sven@cpo.se", "groups": ["planner"]},
]
PAGES = ["", "plan", "overrides", "override?id=1", "preview", "tokens", "help"]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of an identity provider that knows PEOPLE."""
    port = any_port()
    words = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    for person in PEOPLE:
        words += ["--user-claims", json.dumps(person)]
    process = subprocess.Popen(
        words,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
    )
    assert process.stderr is not None
    try:
        while "running on" not in (line := process.stderr.readline()).lower():
            if not line:
                pytest.fail("the identity provider did not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stderr.close()


@contextmanager
def signed_in_at(provider: str, url: str, **settings: str) -> Iterator[Dashboard]:
    """`evse-status serve` on this database with sign-in at `provider`."""
    port = any_port()
    with served(
        "serve",
        url,
        port=port,
        EVSE_STATUS_SIGN_IN="oidc",
        EVSE_STATUS_PUBLIC_URL=f"http://127.0.0.1:{port}",
        EVSE_STATUS_OIDC_METADATA_URL=f"{provider}/.well-known/openid-configuration",
        EVSE_STATUS_OIDC_CLIENT_ID="evse-status",
        EVSE_STATUS_OIDC_CLIENT_SECRET="a secret of at least thirty-two letters",
        EVSE_STATUS_OIDC_ROLE_CLAIM="groups",
        EVSE_STATUS_OIDC_ROLES=json.dumps({"lookers": "viewer"}),
        EVSE_STATUS_OIDC_PEOPLE=json.dumps(
            {
                "ada@cpo.dk": "administrator",
                "sven@cpo.se": {"role": "planner", "countries": ["SE"]},
            }
        ),
        **settings,  # type: ignore[arg-type]
    ) as dashboard:
        yield dashboard


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A store with three EVSEs at one Danish location and overrides that hold."""
    app = open_app(f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.db'}", create=True)
    take_in(app.database, location_json("L1", *(evse_json(str(n)) for n in (1, 2, 3))))
    until = app.now() + timedelta(hours=4)
    for number in (1, 2):
        place_overrides(
            app.database, LOCAL, [number], Wish(TemporaryStatus.MAINTENANCE, valid_to=until)
        )
    yield app
    app.database.close()


@pytest.fixture(scope="module")
def dashboard(provider: str, product: App) -> Iterator[Dashboard]:
    with signed_in_at(provider, str(product.database.url)) as running:
        yield running


def sign_in(page: Page, who: str) -> None:
    person = page.get_by_role("button", name=who, exact=True)
    click(page.get_by_role("button", name="Sign in"), opens=person)
    person.click()


def as_somebody(page: Page, dashboard: Dashboard, who: str, path: str = "") -> None:
    page.goto(dashboard.url)
    sign_in(page, who)
    expect(page.get_by_role("button", name=re.compile(who))).to_be_visible()
    if path:
        page.goto(f"{dashboard.url}/{path}")


@pytest.mark.parametrize("path", PAGES)
def test_a_cold_deep_link_shows_nothing_but_the_way_in(
    page: Page, dashboard: Dashboard, path: str
) -> None:
    page.goto(f"{dashboard.url}/{path}")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert "DK*TST" not in page.content()
    assert "Timeline" not in page.locator("body").inner_text()


def test_signing_in_leads_to_the_address_that_was_opened(page: Page, dashboard: Dashboard) -> None:
    page.goto(f"{dashboard.url}/overrides?q=DK*TST*E2")
    sign_in(page, "paul")
    expect(page.get_by_role("heading", name="Overrides", exact=True)).to_be_visible()
    assert page.url == f"{dashboard.url}/overrides?q=DK*TST*E2"
    expect(page.get_by_role("button", name=re.compile("paul"))).to_be_visible()


def test_a_planner_acts_under_their_address(page: Page, dashboard: Dashboard, product: App) -> None:
    wish = Wish(TemporaryStatus.MAINTENANCE, valid_to=product.now() + timedelta(hours=4))
    number = place_overrides(product.database, LOCAL, [3], wish).done[0].id
    as_somebody(page, dashboard, "paul", f"override?id={number}")
    expect(page.get_by_role("link", name="Plan", exact=True)).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Clear now").first.click()
    if (confirm := page.get_by_role("dialog").get_by_role("button", name="Clear")).count():
        confirm.first.click()
    expect(page.get_by_text("Cleared").first).to_be_visible()
    detail = override_detail(product.database, LOCAL, number, now=product.now())
    assert detail.phase is Phase.CLEARED
    assert detail.history[-1].by == "paul@cpo.dk"


def test_a_viewer_changes_nothing(page: Page, dashboard: Dashboard, product: App) -> None:
    as_somebody(page, dashboard, "vera", "override?id=2")
    expect(page.get_by_role("link", name="Overrides").first).to_be_visible()
    expect(page.get_by_role("link", name="Plan", exact=True)).to_have_count(0)
    settle(page)
    page.get_by_role("button", name="Clear now").first.click()
    if (confirm := page.get_by_role("dialog").get_by_role("button", name="Clear")).count():
        confirm.first.click()
    expect(page.get_by_text("may look but not change anything").first).to_be_visible()
    assert override_detail(product.database, LOCAL, 2, now=product.now()).phase is Phase.ACTIVE


def test_what_lies_outside_somebodys_area_is_not_there(page: Page, dashboard: Dashboard) -> None:
    as_somebody(page, dashboard, "sven", "override?id=2")
    expect(page.get_by_text("there is no override 2")).to_be_visible()
    assert "DK*TST" not in page.content()


def test_an_administrator_makes_a_token(page: Page, dashboard: Dashboard, product: App) -> None:
    as_somebody(page, dashboard, "ada", "tokens")
    page.get_by_role("textbox", name="Name").fill(f"Lot {uuid4().hex}")
    settle(page)
    page.get_by_role("button", name="Make token").click()
    expect(page.get_by_text(re.compile(r"evse_[\w-]{43}"))).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("never used").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"evse_[\w-]{43}"))).to_have_count(0)


@pytest.mark.parametrize("who", ["vera", "paul"])
def test_the_page_of_tokens_is_for_administrators(
    page: Page, dashboard: Dashboard, who: str
) -> None:
    as_somebody(page, dashboard, who, "tokens")
    expect(page.get_by_text("is no administrator")).to_be_visible()
    assert not page.get_by_role("link", name="Tokens").count()


def test_somebody_without_a_role_is_told_so(page: Page, dashboard: Dashboard) -> None:
    page.goto(dashboard.url)
    sign_in(page, "noone")
    expect(page.get_by_text("have no role here")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert "DK*TST" not in page.content()


def test_signing_out_ends_every_tab(
    new_page: Callable[..., Page], dashboard: Dashboard, product: App
) -> None:
    page = new_page()
    as_somebody(page, dashboard, "paul")
    other = page.context.new_page()
    other.goto(f"{dashboard.url}/overrides")
    expect(other.get_by_role("button", name=re.compile("paul"))).to_be_visible()
    sign_out = page.get_by_role("button", name="Sign out")
    click(page.get_by_role("button", name=re.compile("paul")), opens=sign_out)
    sign_out.click()
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    whats = [(line.what, line.by) for line in newest_lines(product.database, LOCAL)]
    assert whats.index(("signed out", "paul@cpo.dk")) < whats.index(("signed in", "paul@cpo.dk"))


def test_a_session_ends_by_itself_on_an_open_page(page: Page, provider: str, product: App) -> None:
    hours = 10 / 3600
    url = str(product.database.url)
    with signed_in_at(provider, url, EVSE_STATUS_SESSION_HOURS=str(hours)) as short:
        as_somebody(page, short, "paul")
        expect(page.get_by_text("Your session has ended")).to_be_visible()
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_sign_in_that_lacks_a_setting_is_refused_at_the_start(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "evse_status", "serve", "--port", "0"],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "EVSE_STATUS_SIGN_IN": "oidc",
            "EVSE_STATUS_DATABASE_URL": f"sqlite:///{tmp_path / 'store.db'}",
        },
    )
    assert done.returncode == 1
    assert done.stderr.startswith("EVSE_STATUS_OIDC_METADATA_URL: is needed")
