"""Where on the page is a mark of a Plotly figure, and how is it clicked?"""

from playwright.sync_api import Locator, Page, expect

from browser.patience import comes, settle

_CLICKS = 3

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

_STILL = f"""
async (want) => {{
  const look = () => ({_FIND})(want), before = look();
  await new Promise(done => setTimeout(done, 200));
  const now = look();
  if (!before || !now || Math.hypot(now.x - before.x, now.y - before.y) > 0.5) return null;
  if (now.y > innerHeight - 20) return null;
  const there = document.elementFromPoint(now.x, now.y);
  return there && there.closest('.js-plotly-plot') ? now : null;
}}
"""


def position(page: Page, kind: str, number: int) -> dict[str, float] | None:
    """The middle of the visible part of the mark with customdata [kind, number, …], if it is drawn."""
    found: dict[str, float] | None = page.evaluate(_FIND, [kind, number])
    return found


def click(page: Page, kind: str, number: int, *, opens: Locator) -> None:
    """Click a mark as a person would: in a page that stands still, again where nothing came of it."""
    for _ in range(_CLICKS):
        wait(page, kind, number)
        settle(page)
        press(page, kind, number)
        if comes(opens):
            return
        if position(page, kind, number) is None:
            break
    expect(opens).to_be_visible()


def press(page: Page, kind: str, number: int) -> None:
    """Click a mark once, as soon as it stands still in view."""
    wait(page, kind, number)
    height = page.viewport_size["height"] if page.viewport_size else 768
    found = position(page, kind, number)
    if found is not None and found["y"] > height - 20:
        page.mouse.move(700, 400)
        page.mouse.wheel(0, found["y"] - height / 2)
    still = page.wait_for_function(_STILL, arg=[kind, number]).json_value()
    page.mouse.click(still["x"], still["y"])
    page.mouse.move(1, 1)  # what hovers over the mark would cover, and repeat, what is asked for


def wait(page: Page, kind: str, number: int) -> None:
    """Wait until the mark is drawn."""
    page.wait_for_function(f"(want) => ({_FIND})(want) !== null", arg=[kind, number])
