"""Preview as people use it: names that break nothing, the keyboard alone, narrow and wide screens."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from browser.conftest import Dashboard, screenshot_folder, served
from browser.patience import settle
from evse_status.bootstrap import App, open_app
from evse_status.core.override import Wish
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.schedule import place_overrides
from support import evse_json, location_json, take_in

pytestmark = pytest.mark.browser

SCRIPT = "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"
QUOTED = "\"' onmouseover='window.ran = 1' style='position:fixed;inset:0\"</div></div></style>"
ARABIC = "محطة شحن السيارات الكهربائية في وسط المدينة القديمة قرب الميناء"
LONG = ("Parkering under broen ved Ærøskøbing havn " * 5)[:200]
NAMES = {"SCRIPT": SCRIPT, "QUOTED": QUOTED, "ARABIC": ARABIC, "LONG": LONG}
SIZES = ((390, 844), (1920, 1080), (1366, 768))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Locations with wicked, long and right-to-left names and bays, one with 60 EVSEs."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.db'}"
    app = open_app(url, create=True)
    sites = [_site(key, name) for key, name in NAMES.items()]
    many = [evse_json(f"M{n}", f"DK*TST*EM{n}", physical_reference=f"Bay {n}") for n in range(60)]
    take_in(app.database, *sites, location_json("MANY", *many, name="Sixty bays"))
    for key in NAMES:
        wish = Wish(TemporaryStatus.COMMISSIONING, reason=NAMES[key])
        place_overrides(app.database, LOCAL, [f"DK*TST*E{key}1"], wish)
    yield app
    app.database.close()


def _site(key: str, name: str) -> dict[str, Any]:
    evses = [
        evse_json(f"{key}{n}", f"DK*TST*E{key}{n}", physical_reference=f"{name} {n}"[:255])
        for n in (1, 2)
    ]
    return location_json(key, *evses, name=name, address=name, city=name)


@pytest.fixture(scope="module")
def preview(store: App) -> Iterator[Dashboard]:
    with served("serve", str(store.database.url)) as running:
        yield running


def opened(page: Page, preview: Dashboard, evse: str) -> None:
    page.goto(f"{preview.url}/preview?evse={evse}")
    expect(page.get_by_text("The whole translation")).to_be_visible()
    expect(page.locator(".ev-phone")).to_have_count(3)
    settle(page)


def test_names_run_nothing_and_break_out_of_nothing(preview: Dashboard, page: Page) -> None:
    dialogs: list[Dialog] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog))
    for key, name in NAMES.items():
        page.set_viewport_size({"width": 1366, "height": 768})
        opened(page, preview, f"DK*TST*E{key}1")
        place = page.locator(".ev-place").first
        expect(place).to_have_text(re.sub(r"\s+", " ", name).strip())
        for phone in page.locator(".ev-phone").all():
            expect(phone).to_have_attribute("role", "img")
            told = re.compile("Opening soon|Out of [Ss]ervice")
            expect(phone).to_have_attribute("aria-label", told)
        page.screenshot(path=screenshot_folder() / f"preview-{key.lower()}.png")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function(f"() => ({_STICKS_OUT})().length === 0 && ({_FITS})()")
        assert page.evaluate("() => window.ran") is None
    assert not dialogs


_STICKS_OUT = """() => [...document.querySelectorAll('.ev-phone')].flatMap(phone => {
    const glass = phone.querySelector('.ev-glass').getBoundingClientRect();
    return [...phone.querySelectorAll('.ev-line')].filter(line => {
        const box = line.getBoundingClientRect();
        return box.left < glass.left - 1 || box.right > glass.right + 1
            || box.top < glass.top - 1 || box.bottom > glass.bottom + 1;
    }).map(line => line.textContent);
})"""
_FITS = """() => {
    const main = document.querySelector('[data-testid="stMain"]');
    return main.scrollWidth <= main.clientWidth;
}"""


def test_everything_is_reached_and_used_by_keys(preview: Dashboard, page: Page) -> None:
    opened(page, preview, "DK*TST*EM7")
    reached = " | ".join(_tab_through(page, 60))
    for control in (
        "EVSE",
        "As planned",
        "Back to now",
        "INPUT Moment",  # the slider
        "/driver-app/changes",
        "/operators/DK*TST/status-records",
        "PATCH …/locations/DK/TST/MANY/M7",
        "GET …/ocpi/",
        "Presentation profile",
        "Look at another EVSE of this location",
        "The whole translation",
    ):
        assert control in reached, reached

    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"[?&]at=\d{4}-"))
    page.get_by_role("button", name=re.compile("status-records")).focus()
    page.keyboard.press("Enter")
    exact = page.locator("[data-testid=stPopoverBody] [data-testid=stCode]")
    expect(exact).to_contain_text('"EvseStatus":"Available"')
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Look at another EVSE of this location").focus()
    page.keyboard.type("Bay 8 ")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"EM8\b"))
    expect(page.locator(".ev-looked .ev-line").first).to_have_text("Bay 8")
    page.locator("summary", has_text="The whole translation").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="Commissioning")).to_be_visible()


def _tab_through(page: Page, most: int) -> list[str]:
    """What has the focus one Tab after the other: its role and its name."""
    seen = []
    for _ in range(most):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(_FOCUSED))
    return seen


_FOCUSED = """() => {
    const one = document.activeElement;
    return [one.getAttribute('role') || one.tagName, one.getAttribute('aria-label'),
        one.innerText].filter(Boolean).join(' ');
}"""


def test_sixty_bays_are_told_and_the_one_looked_at_is_marked(
    preview: Dashboard, page: Page
) -> None:
    opened(page, preview, "DK*TST*EM7")
    rows = page.locator(".ev-pins-row")
    expect(rows).to_have_count(3)
    for row in rows.all():
        expect(row.locator(".ev-one")).to_have_count(60)
        expect(row.locator(".ev-looked")).to_have_text(re.compile("Bay 7$"))
        expect(row).to_have_attribute("aria-label", re.compile(r"Bay 7 Available \(looked at\)"))
    rows.last.scroll_into_view_if_needed()
    page.screenshot(path=screenshot_folder() / "preview-sixty.png")
