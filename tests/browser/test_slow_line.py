"""A second click comes before the answer to the first has arrived, and neither is lost."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from browser import charts
from browser.conftest import Dashboard
from browser.patience import settle
from evse_status.bootstrap import open_app
from evse_status.core.override import Wish
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.schedule import place_overrides

pytestmark = pytest.mark.browser

EVSE = "DK*DMO*E3310*1"


class SlowLine:
    """What the server tells a page arrives when it is let through; what the page says, at once."""

    def __init__(self, page: Page) -> None:
        self._page, self._held, self._holds = page, list[str | bytes](), False
        page.route_web_socket(re.compile("_stcore/stream"), self._route)

    def _route(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        socket.connect_to_server().on_message(self._told)

    def _told(self, message: str | bytes) -> None:
        if self._holds:
            self._held.append(message)
        else:
            self._socket.send(message)

    def hold(self) -> None:
        self._holds = True

    def wait_until_told(self, words: str) -> None:
        """Wait until the server has said something with these words."""
        while not any(words in _text(message) for message in self._held):
            self._page.wait_for_timeout(50)

    def let_through(self) -> None:
        self._holds, held, self._held = False, self._held, []
        for message in held:
            self._socket.send(message)


class LateTicks:
    """What a page last asked for by itself reaches the server again and again while that draws another."""

    def __init__(self, page: Page) -> None:
        self._page, self._asked, self._late = page, list[str | bytes](), False
        page.route_web_socket(re.compile("_stcore/stream"), self._route)

    def _route(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def asked(message: str | bytes) -> None:
            self._asked.append(message)
            server.send(message)

        def told(message: str | bytes) -> None:
            socket.send(message)
            if self._late:
                server.send(self._tick)

        socket.on_message(asked)
        server.on_message(told)

    def wait(self) -> None:
        """Wait until the page has asked something by itself."""
        before = len(self._asked)
        while len(self._asked) == before:
            self._page.wait_for_timeout(50)

    def begin(self) -> None:
        self._tick, self._late = self._asked[-1], True

    def end(self) -> None:
        self._late = False


def _text(message: str | bytes) -> str:
    return message if isinstance(message, str) else message.decode(errors="replace")


def place(dashboard: Dashboard, *, hours: float) -> int:
    app = open_app(dashboard.database_url)
    wish = Wish(TemporaryStatus.MAINTENANCE, valid_to=app.now() + timedelta(hours=hours))
    number = place_overrides(app.database, LOCAL, [EVSE], wish).done[0].id
    app.database.close()
    return number


def test_a_choice_stands_though_the_browser_sends_the_address_from_before_it(
    dashboard: Dashboard, page: Page
) -> None:
    line = SlowLine(page)
    page.goto(f"{dashboard.url}/?guide=off")
    expect(page.get_by_text("EVSEs 1–12 of")).to_be_visible()
    settle(page)
    line.hold()
    page.get_by_text("14 days", exact=True).click()
    line.wait_until_told("window=14d")
    page.get_by_text("Only with overrides").click()
    line.wait_until_told("overridden=true")
    line.let_through()
    expect(page).to_have_url(re.compile("overridden=true.*window=14d|window=14d.*overridden=true"))
    expect(page.get_by_role("radio", name="14 days")).to_be_checked()
    settle(page)
    page.get_by_text("7 days", exact=True).click()  # the choice is no longer held
    expect(page).not_to_have_url(re.compile("window"))
    page.go_back()
    expect(page.get_by_role("radio", name="14 days")).to_be_checked()


def test_a_bar_of_a_picture_that_is_just_drawn_over_is_opened(
    dashboard: Dashboard, page: Page
) -> None:
    line = SlowLine(page)
    clicked = place(dashboard, hours=20)
    page.goto(f"{dashboard.url}/?guide=off&q={EVSE}")
    charts.wait(page, "override", clicked)
    settle(page)
    line.hold()
    place(dashboard, hours=10)
    line.wait_until_told("timeline-chart")
    charts.press(page, "override", clicked)
    line.wait_until_told(f"override={clicked}")
    line.let_through()
    expect(page.get_by_text(f"#{clicked} · active")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Clear now").click()
    expect(page.get_by_text(f"#{clicked} · cleared")).to_be_visible()


def test_a_page_that_was_left_is_not_brought_back_by_what_it_asks_by_itself(
    dashboard: Dashboard, page: Page
) -> None:
    late = LateTicks(page)
    page.goto(f"{dashboard.url}/?guide=off&q={EVSE}")
    expect(page.get_by_text("EVSEs 1–1 of 1")).to_be_visible()
    settle(page)
    late.wait()
    late.begin()
    page.get_by_role("button", name="Plan an override").first.click()
    evses = page.get_by_text("No EVSE picked yet")
    expect(evses).to_be_visible()
    late.end()
    late.wait()  # it lives
    late.wait()
    expect(evses).to_be_visible()
