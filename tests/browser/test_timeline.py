"""The start page as people use it: filters, links, clicks, pages, long and wicked names, keyboard."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from browser import charts
from browser.conftest import Dashboard, screenshot_folder, served
from browser.patience import click, settle
from evse_status.bootstrap import App, open_app
from evse_status.core.override import Wish
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.audit import OverrideFilter, list_overrides
from evse_status.service.schedule import place_overrides
from support import evse_json, location_json, take_in

pytestmark = pytest.mark.browser

LONG = "Parking under the bridge " * 8
WICKED = "<script>alert(1)</script>"
BUSY, CALM, CITY = "DK*TST*EBUSY", "DK*TST*ECALM1", "Ærøskøbing"
FLEET = 5_000


def _site(key: str, *evses: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return location_json(key, *evses, **fields)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """5,000 EVSEs, one of them with 200 overrides in a month, at sites with long and wicked names."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.db'}"
    app = open_app(url, create=True)
    calm = [evse_json(f"C{n}", f"DK*TST*ECALM{n}") for n in (1, 2)]
    many = [evse_json(f"M{n}", f"DK*TST*EM{n}") for n in range(FLEET - 5)]
    take_in(
        app.database,
        _site("BUSY", evse_json("B", BUSY), name="Busy site", city="Aalborg"),
        _site("LONG", evse_json("L", "DK*TST*ELONG"), name=LONG, city="Aalborg"),
        _site("WICKED", evse_json("W", "DK*TST*EWICKED"), name=WICKED, city="Aalborg"),
        _site("CALM", *calm, name="Calm site", city=CITY),
        _site("MANY", *many, name="Many", city="Zealand"),
    )
    start = app.now() + timedelta(hours=1)
    for number in range(200):
        from_at = start + timedelta(hours=2.9 * number)
        status = list(TemporaryStatus)[number % 4]
        place_overrides(
            app.database,
            LOCAL,
            [BUSY],
            Wish(status, valid_from=from_at, valid_to=from_at + timedelta(hours=2)),
        )
    yield app
    app.database.close()


@pytest.fixture(scope="module")
def busy(store: App) -> Iterator[Dashboard]:
    with served("serve", str(store.database.url)) as running:
        yield running


def place(store: App, evse: str, *, hours: float = 3, **fields: Any) -> int:
    fields.setdefault("valid_to", store.now() + timedelta(hours=hours))
    wish = Wish(TemporaryStatus.MAINTENANCE, **fields)
    return place_overrides(store.database, LOCAL, [evse], wish).done[0].id


def rows(page: Page) -> list[str]:
    """The EVSEs in the picture."""
    said = page.locator(".annotation-text").all_text_contents()
    return [text for text in said if text.startswith(("DK*", "DK…"))]


def expect_rows(page: Page, *evses: str) -> None:
    page.wait_for_function(
        """want => JSON.stringify([...document.querySelectorAll('.annotation-text')]
            .map(one => one.textContent).filter(text => text.startsWith('DK*'))) === want""",
        arg=f"[{','.join(chr(34) + evse + chr(34) for evse in evses)}]",
    )


def test_filters_are_in_the_address_and_a_link_opens_the_same_view(
    busy: Dashboard, store: App, page: Page, new_page: Callable[..., Page]
) -> None:
    place(store, CALM, reason="For the filters")
    page.goto(busy.url)
    expect(page.get_by_text(f"EVSEs 1–12 of {FLEET:,}")).to_be_visible()
    page.get_by_placeholder("EVSE, location, city, bay").fill("ecalm")
    expect_rows(page, CALM, "DK*TST*ECALM2")
    settle(page)
    page.get_by_text("14 days", exact=True).click()
    expect(page).to_have_url(re.compile("window=14d"))
    settle(page)
    page.get_by_text("Only with overrides").click()
    expect_rows(page, CALM)
    settle(page)
    page.get_by_role("button", name="Maintenance").click()
    expect(page).to_have_url(re.compile("status=MAINTENANCE"))
    for word in ("q=ecalm", "window=14d", "overridden=true"):
        assert word in page.url
    colleague = new_page()
    colleague.goto(page.url)
    expect_rows(colleague, CALM)
    expect(colleague.get_by_placeholder("EVSE, location, city, bay")).to_have_value("ecalm")
    expect(colleague.get_by_text("EVSEs 1–1 of 1")).to_be_visible()
    expect(colleague.get_by_role("radio", name="14 days")).to_be_checked()


def test_a_bar_is_clicked_extended_and_cleared(busy: Dashboard, store: App, page: Page) -> None:
    number = place(store, CALM, hours=30, reason="Clicked in a browser")
    page.goto(f"{busy.url}/?q={CALM}")
    charts.click(page, "override", number, opens=page.get_by_text(f"#{number} · active"))
    expect(page.get_by_text("Clicked in a browser")).to_be_visible()
    expect(page).to_have_url(re.compile(f"override={number}"))
    before = _override(store, number).valid_to
    settle(page)
    page.get_by_role("button", name="+4 h").click()
    expect(page.get_by_text("1 override extended.")).to_be_visible()
    after = _override(store, number).valid_to
    assert before is not None
    assert after == before + timedelta(hours=4)
    expect(page.get_by_role("link", name="History")).to_be_visible()  # the end of the panel
    settle(page)
    page.get_by_role("button", name="Clear now").click()
    expect(page.get_by_text(f"#{number} · cleared")).to_be_visible()
    assert _override(store, number).cleared_at is not None


def test_rows_are_paged(busy: Dashboard, page: Page) -> None:
    page.goto(f"{busy.url}/?city=Zealand")
    expect(page.get_by_text(f"EVSEs 1–12 of {FLEET - 5:,}")).to_be_visible()
    second = page.get_by_role("button", name="Page 2", exact=True)
    click(second, opens=page.get_by_text(f"EVSEs 13–24 of {FLEET - 5:,}"))
    expect(page).to_have_url(re.compile("page=2"))
    assert rows(page)[0] == "DK*TST*EM12"
    page.goto(f"{busy.url}/?city=Zealand&page=417")
    expect(page.get_by_text(f"EVSEs 4,993–4,995 of {FLEET - 5:,}")).to_be_visible()


def test_a_change_elsewhere_appears_while_text_is_half_typed(
    busy: Dashboard, store: App, page: Page, new_page: Callable[..., Page]
) -> None:
    timeline = new_page()
    timeline.goto(f"{busy.url}/?q=ECALM2")
    expect_rows(timeline, "DK*TST*ECALM2")
    page.goto(f"{busy.url}/plan?evse=DK*TST*ECALM2")
    expect(page.get_by_text("1 EVSE at 1 location")).to_be_visible()
    reason = page.get_by_label("Reason")
    reason.press_sequentially("Half a sent")
    number = place(store, "DK*TST*ECALM2", reason="Elsewhere")
    expect(page.get_by_text(f"#{number}").first).to_be_visible()
    expect(reason).to_have_value("Half a sent")
    expect(reason).to_be_focused()
    reason.press_sequentially("ence")
    expect(reason).to_have_value("Half a sentence")
    charts.wait(timeline, "override", number)


def test_200_bars_on_one_evse_in_30_days(busy: Dashboard, store: App, page: Page) -> None:
    page.goto(f"{busy.url}/?q=EBUSY&window=30d")
    expect_rows(page, BUSY)
    assert page.evaluate(_DRAWN) >= 190
    found = list_overrides(
        store.database, LOCAL, OverrideFilter(search=BUSY), now=store.now(), limit=200
    ).rows
    some = sorted(row.override.id for row in found)[60]
    charts.click(page, "override", some, opens=page.get_by_text(f"#{some} · upcoming"))
    page.screenshot(path=screenshot_folder() / "timeline-200-bars.png")
    settle(page)
    _drag_over(page, 0.5, 0.6)
    expect(page).to_have_url(re.compile(r"zoom=\d{8}T\d{4}Z-\d{8}T\d{4}Z"))
    page.wait_for_function(f"() => ({_DRAWN})() < 50")
    looked_at = page.evaluate(_RANGE)
    # a change elsewhere redraws the row, and what is looked at stays
    from_at = datetime.fromisoformat(looked_at[0]).replace(tzinfo=UTC) + timedelta(hours=1)
    number = place(store, BUSY, valid_from=from_at, valid_to=from_at + timedelta(hours=9))
    charts.wait(page, "override", number)
    assert page.evaluate(_RANGE) == looked_at
    settle(page)
    page.get_by_role("button", name="Whole window").click()
    page.wait_for_function(f"() => ({_DRAWN})() >= 190")


_DRAWN = """() => document.querySelector('.js-plotly-plot').data
    .find(one => one.name === 'overrides').x.length"""
_RANGE = "() => document.querySelector('.js-plotly-plot').layout.xaxis.range"


def _drag_over(page: Page, start: float, end: float) -> None:
    """Drag over a part of the picture's width, as to zoom."""
    left, top, width = page.evaluate(
        """() => {
            const plot = document.querySelector('.js-plotly-plot');
            const {x, y} = plot.getBoundingClientRect(), {xaxis, yaxis} = plot._fullLayout;
            return [x + xaxis._offset, y + yaxis._offset + 12, xaxis._length];
        }"""
    )
    page.mouse.move(left + start * width, top)
    page.mouse.down()
    page.mouse.move(left + (start + end) / 2 * width, top, steps=4)
    page.mouse.move(left + end * width, top, steps=4)
    page.mouse.up()


def test_names_are_just_names(busy: Dashboard, page: Page) -> None:
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.goto(f"{busy.url}/?city=Aalborg")
    expect_rows(page, "DK*TST*EWICKED", BUSY, "DK*TST*ELONG")
    said = page.locator(".annotation-text").all_text_contents()
    assert any(text.startswith(WICKED) for text in said)
    assert any(text.startswith(LONG[:40]) and "…" in text for text in said)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    for path in ("overrides", "plan?evse=DK*TST*EWICKED&evse=DK*TST*ELONG"):
        page.goto(f"{busy.url}/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("2 EVSEs at 2 locations")).to_be_visible()
    page.goto(f"{busy.url}/preview?evse=DK*TST*EWICKED")
    expect(page.get_by_text("Why this is shown")).to_be_visible()
    assert dialogs == []
    page.screenshot(path=screenshot_folder() / "preview-wicked.png")


def test_no_row_says_what_to_do(busy: Dashboard, page: Page) -> None:
    page.goto(f"{busy.url}/?q=nowhere&status=BLOCKED")
    expect(page.get_by_text("No EVSE fits these filters.")).to_be_visible()
    clear = page.get_by_role("button", name="Clear the filters")
    click(clear, opens=page.get_by_text(f"EVSEs 1–12 of {FLEET:,}"))
    assert "nowhere" not in page.url


_NAMELESS = """
() => [...document.querySelectorAll('button, a[href], input, select, textarea, [role=button]')]
  .filter(one => one.offsetParent !== null && !one.closest('[aria-hidden=true]'))
  .filter(one => !(one.getAttribute('aria-label') || one.getAttribute('aria-labelledby')
    || one.getAttribute('title') || one.textContent.trim() || (one.labels || []).length
    || one.placeholder))
  .map(one => one.outerHTML.slice(0, 200))
"""


def test_everything_has_a_name_and_keys_alone_open_extend_and_clear(
    busy: Dashboard, store: App, page: Page
) -> None:
    number = place(store, CALM, hours=20)
    page.goto(f"{busy.url}/?q={CALM}")
    expect_rows(page, CALM)
    picture = page.get_by_label(re.compile("Timeline of 1 EVSE at 1 location"))
    expect(picture.first).to_be_attached()
    page.get_by_placeholder("EVSE, location, city, bay").focus()
    settle(page)
    reached = _tab_to(page, "Go to an override")
    for name in ("Maintenance", "More filters", "Only with overrides"):
        assert name in reached, reached
    page.keyboard.type(f"#{number}")
    expect(page.get_by_role("option", name=f"#{number}")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"#{number} · active")).to_be_visible()
    expect(page.get_by_role("link", name="History")).to_be_visible()  # the end of the panel
    settle(page)
    assert page.evaluate(_NAMELESS) == []
    _tab_to(page, "+1 h")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 override extended.")).to_be_visible()
    settle(page)
    _tab_to(page, "Clear now", keys="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"#{number} · cleared")).to_be_visible()
    assert _override(store, number).cleared_at is not None


def _tab_to(page: Page, name: str, *, keys: str = "Tab") -> str:
    """Press Tab until what is called so has the focus; the names of all that was passed."""
    reached: list[str] = []
    for _ in range(20):
        page.keyboard.press(keys)
        reached.append(
            page.evaluate(
                "(e => e === document.body ? '' : e.getAttribute('aria-label')"
                " || e.textContent.trim() || e.name)(document.activeElement)"
            )
            or ""
        )
        if name in reached[-1]:
            return " | ".join(reached)
    raise AssertionError(f"{name} isn't reached: {reached}")


def _override(store: App, number: int) -> Any:
    from evse_status.service.audit import override_detail

    return override_detail(store.database, LOCAL, number, now=store.now()).override
