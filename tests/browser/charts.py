"""Where on the page is a mark of a Plotly figure?"""

from playwright.sync_api import Page

_FIND = """
([kind, number]) => {
  for (const plot of document.querySelectorAll('.js-plotly-plot')) {
    const {_fullLayout: layout, data} = plot;
    for (const trace of data) {
      const index = (trace.customdata || []).findIndex(d => d[0] === kind && String(d[1]) === String(number));
      if (index < 0) continue;
      const base = new Date(typeof trace.base === 'string' ? trace.base : trace.base[index]).getTime();
      const axis = layout.xaxis, box = plot.getBoundingClientRect();
      const shown = axis.range.map(end => axis.d2l(end));
      const left = Math.max(axis.d2l(Array.isArray(trace.base) ? trace.base[index] : trace.base), shown[0]);
      const right = Math.min(axis.d2l(Array.isArray(trace.base) ? trace.base[index] : trace.base) + trace.x[index], shown[1]);
      const yaxis = layout[(trace.yaxis || 'y').replace('y', 'yaxis')] || layout.yaxis;
      return {
        x: box.left + axis._offset + axis.l2p((left + right) / 2),
        y: box.top + yaxis._offset + yaxis.l2p(trace.y[index]),
      };
    }
  }
  return null;
}
"""


def position(page: Page, kind: str, number: int) -> dict[str, float] | None:
    """The middle of the visible part of the mark with customdata [kind, number, …], if it is drawn."""
    found: dict[str, float] | None = page.evaluate(_FIND, [kind, number])
    return found


def click(page: Page, kind: str, number: int) -> None:
    """Click a mark as a person would, once it is drawn and in view."""
    page.wait_for_function(f"(want) => ({_FIND})(want) !== null", arg=[kind, number])
    found = position(page, kind, number)
    assert found is not None
    height = page.viewport_size["height"] if page.viewport_size else 768
    if found["y"] > height - 20:
        page.mouse.move(700, 400)
        page.mouse.wheel(0, found["y"] - height / 2)
        page.wait_for_function(
            f"([want, height]) => ({_FIND})(want).y < height - 20", arg=[[kind, number], height]
        )
        found = position(page, kind, number)
        assert found is not None
    page.mouse.click(found["x"], found["y"])
    page.mouse.move(1, 1)  # what hovers over the mark would cover, and repeat, what is asked for


def settle(page: Page) -> None:
    """Wait until the page has been drawn whole, as somebody who reads it first would."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def wait(page: Page, kind: str, number: int, *, milliseconds: int = 30_000) -> None:
    """Wait until the mark is drawn."""
    drawn = f"(want) => ({_FIND})(want) !== null"
    page.wait_for_function(drawn, arg=[kind, number], timeout=milliseconds)
