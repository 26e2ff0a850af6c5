"""How do people use a page? They wait until it stands still, and click again where nothing came of it."""

from playwright.sync_api import Locator, Page, expect

_CLICKS = 3
_A_WHILE_MS = 10_000


def settle(page: Page) -> None:
    """Wait until the page has been drawn whole, as somebody who reads it first would."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def click(what: Locator, *, opens: Locator) -> None:
    """Click what may be clicked twice, until that opens what it should.

    What acts each time it is clicked (+1 h, Next) is clicked once, after `settle`.
    """
    for _ in range(_CLICKS - 1):
        settle(what.page)
        what.click()
        if comes(opens):
            return
        if not what.is_visible():
            break
    else:
        what.click()
    expect(opens).to_be_visible()


def comes(expected: Locator) -> bool:
    """Whether it is seen within a while; a slow machine may need longer."""
    try:
        expect(expected).to_be_visible(timeout=_A_WHILE_MS)
    except AssertionError:
        return False
    return True
