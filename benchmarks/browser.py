"""How soon is the timeline seen, and how soon after a click? Beside a floor and a naive picture in the same run."""

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.serving import dashboard, script

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
_PATIENCE_MS = 180_000

_FLOOR = """
import plotly.graph_objects as go
import streamlit as st
st.plotly_chart(go.Figure([go.Bar(x=[1, 2], y=[3, 4])]))
"""
_NAIVE = """
from datetime import datetime, timedelta
import pandas as pd
import plotly.express as px
import streamlit as st
start = datetime(2026, 11, 22)
rows = [
    (f"DK*TST*E{n}", start + timedelta(hours=8 * k + n % 7), start + timedelta(hours=8 * k + n % 7 + 3), "Maintenance")
    for n in range(10_000) for k in range(3)
]
frame = pd.DataFrame(rows, columns=["evse", "from", "to", "status"])
st.plotly_chart(px.timeline(frame, x_start="from", x_end="to", y="evse", color="status"))
"""
_DRAWN = "() => document.querySelectorAll('.js-plotly-plot .point, .js-plotly-plot .bars path').length > 0"


@dataclass(frozen=True)
class Seen:
    """What a browser measured: seconds (medians) and nodes of the document."""

    what: str
    first_paint_s: float
    dom_nodes: int
    clicks_s: dict[str, float]
    floor_s: float
    figure_kb: float

    def as_json(self) -> dict[str, Any]:
        return {
            **vars(self),
            "first_paint_over_floor": round(self.first_paint_s / self.floor_s, 2),
            "click_over_floor": {k: round(v / self.floor_s, 2) for k, v in self.clicks_s.items()},
        }

    def as_row(self) -> list[str]:
        clicks = ", ".join(f"{name} {taken:.2f}" for name, taken in self.clicks_s.items())
        over = f"{self.first_paint_s / self.floor_s:.2f}"
        return [
            self.what,
            f"{self.first_paint_s:.2f}",
            over,
            f"{self.dom_nodes:,}",
            f"{self.figure_kb:.0f}",
            clicks,
        ]


def why_not() -> str | None:
    """Why nothing can be measured here, if so."""
    if _chromium() is None:
        return "Chromium is not there (Debian: apt-get install chromium)"
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "playwright is not there (make test sets it up)"
    return None


def measure_browser(fleets: Sequence[tuple[str, str]], *, repeats: int = 3) -> list[Seen]:
    """First paint and clicks for each fleet (its name, its database's address), floor and naive picture.

    Each first paint is a fresh browser without a cache. Servers answered once before, so that
    what is measured is the page and not the start of a process.
    """
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = _chromium()

        def first_paint(url: str) -> tuple[float, Any]:
            browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.set_default_timeout(_PATIENCE_MS)
            started = time.perf_counter()
            page.goto(url, wait_until="commit")
            page.wait_for_function(_DRAWN)
            return time.perf_counter() - started, page

        def looked_at(url: str, times: int, then: Callable[[Any], None] | None = None) -> float:
            taken = []
            for turn in range(times + 1):
                seconds, page = first_paint(url)
                if turn:  # the first one warms the server up
                    taken.append(seconds)
                if turn == times and then is not None:
                    then(page)
                page.context.browser.close()
                print(f"  {url}: {seconds:.2f} s", file=sys.stderr)
            return statistics.median(taken)

        found: dict[str, Any] = {}

        def count(page: Any) -> None:
            page.wait_for_timeout(1_500)
            found["nodes"] = page.evaluate("document.querySelectorAll('*').length")
            found["kb"] = page.evaluate(_FIGURE_KB)

        seen = []
        with script(_FLOOR, Path(folder)) as served:
            floor = looked_at(served.url, repeats, count)
            seen.append(Seen("floor", floor, found["nodes"], {}, floor, found["kb"]))
        for name, database_url in fleets:
            clicks: dict[str, float] = {}

            def click_about(page: Any, clicks: dict[str, float] = clicks) -> None:
                count(page)
                clicks.update(_clicks(page))

            with dashboard(database_url) as served:
                taken = looked_at(served.url, repeats, click_about)
            seen.append(Seen(name, taken, found["nodes"], clicks, floor, found["kb"]))
        with script(_NAIVE, Path(folder)) as served:
            taken = looked_at(served.url, 1, count)
            seen.append(
                Seen("px.timeline 10,000 x 3", taken, found["nodes"], {}, floor, found["kb"])
            )
    return seen


_FIGURE_KB = """() => [...document.querySelectorAll('.js-plotly-plot')]
  .map(one => JSON.stringify([one.data, one.layout]).length / 1024).reduce((a, b) => a + b, 0)"""


def _clicks(page: Any) -> dict[str, float]:
    """Seconds from each click to the picture that it asked for."""
    taken: dict[str, float] = {}
    window = page.get_by_text("14 days", exact=True)
    following = page.get_by_role("button", name="Next page")
    narrowing = page.get_by_role("button", name="Maintenance")
    for name, target in (("window", window), ("page", following), ("filter", narrowing)):
        if target.count() == 0 or not target.first.is_enabled():
            continue
        before = page.evaluate(f"({_PICTURE})()")
        started = time.perf_counter()
        target.first.click()
        page.wait_for_function(f"before => ({_PICTURE})() !== before", arg=before)
        taken[name] = time.perf_counter() - started
        page.wait_for_timeout(1_000)
    return taken


_PICTURE = """() => {
  const plot = document.querySelector('.js-plotly-plot');
  return plot && plot._fullLayout ? [...plot.querySelectorAll('.annotation-text, .xtick text')]
    .map(one => one.textContent).join() : 'none';
}"""


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _main() -> None:
    """`python -m benchmarks.browser NAME=DATABASE_URL …`: these fleets alone."""
    reason = why_not()
    if reason is not None:
        print(f"skipped: {reason}")
        return
    fleets = [tuple(word.split("=", 1)) for word in sys.argv[1:]]
    print(json.dumps([one.as_json() for one in measure_browser(fleets)], indent=1))  # type: ignore[arg-type]


if __name__ == "__main__":
    _main()
