"""How fast is it? Tables for people, `--json` for programs; every figure beside its floor in the same run."""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import api, browser, deliveries, hub, listeners, pages, plans, rates, series, store
from benchmarks.network import FULL, SMALL, Size, kept_network

_KEPT = Path("data/bench")
_PARTS = (
    "store",
    "pages",
    "plans",
    "rates",
    "api",
    "deliveries",
    "hub",
    "listeners",
    "series",
    "browser",
)
_FIFTY = Size(50, 2_500, 10_000)
_A_FEW = Size(5_000, 25_000, 50_000)


def main() -> None:
    """Measure on SQLite and PostgreSQL."""
    asked = _asked()
    size = FULL if asked.full else SMALL
    size = Size(
        asked.evses or size.evses,
        asked.overrides or size.overrides,
        asked.statuses or size.statuses,
    )
    figures: dict[str, list[Any]] = {part: [] for part in asked.parts}
    for kind in [asked.only] if asked.only else ["sqlite", "postgresql"]:
        if {"store", "pages"} & set(asked.parts):
            print(f"{kind}: {size.evses:,} EVSEs, {size.overrides:,} overrides …", file=sys.stderr)
            db = kept_network(kind, size, asked.keep, fresh=asked.fresh)
            if "store" in asked.parts:
                figures["store"] += store.measure(kind, db, size)
            if "pages" in asked.parts:
                figures["pages"] += pages.measure(kind, db, size)
            db.close()
        if "plans" in asked.parts:
            with tempfile.TemporaryDirectory() as folder:
                figures["plans"] += plans.measure(kind, Path(folder))
        if "rates" in asked.parts:
            with tempfile.TemporaryDirectory() as folder:
                history = Size(20_000, asked.archived, 4 * asked.archived)
                figures["rates"] += rates.measure(kind, Path(folder), history)
        if "api" in asked.parts:
            with tempfile.TemporaryDirectory() as folder:
                figures["api"] += api.measure(kind, Path(folder))
        if "deliveries" in asked.parts:
            with tempfile.TemporaryDirectory() as folder:
                figures["deliveries"] += deliveries.measure(
                    kind, Path(folder), idle_evses=size.evses
                )
        if "hub" in asked.parts:
            with tempfile.TemporaryDirectory() as folder:
                figures["hub"] += hub.measure(kind, Path(folder))
        if "listeners" in asked.parts:
            with tempfile.TemporaryDirectory() as folder:
                figures["listeners"] += listeners.measure(kind, Path(folder))
        if "series" in asked.parts:
            with tempfile.TemporaryDirectory() as folder:
                some = size if asked.full or asked.evses else _A_FEW
                figures["series"] += series.measure(kind, Path(folder), some)
    if "api" in asked.parts and api.why_alone() is not None:
        print(f"api: measured alone, {api.why_alone()}", file=sys.stderr)
    if "browser" in asked.parts:
        figures["browser"] = _in_a_browser(size, asked.keep, fresh=asked.fresh)
    if asked.json:
        told = {part: [one.as_json() for one in some] for part, some in figures.items()}
        print(json.dumps({"size": vars(size), **told}, indent=1))
        return
    _show(size, figures)


def _in_a_browser(size: Size, folder: Path, *, fresh: bool) -> list[Any]:
    reason = browser.why_not()
    if reason is not None:
        print(f"browser: skipped, {reason}", file=sys.stderr)
        return []
    fleets = []
    for one in (_FIFTY, size):
        db = kept_network("sqlite", one, folder, fresh=fresh and one is _FIFTY)
        fleets.append((f"{one.evses:,} EVSEs", str(db.url)))
        db.close()
    return list(browser.measure_browser(fleets))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--full", action="store_true", help=f"{FULL}")
    parser.add_argument("--evses", type=int)
    parser.add_argument("--overrides", type=int, help="of history")
    parser.add_argument("--statuses", type=int, help="stretches of actual statuses")
    parser.add_argument("--archived", type=int, default=50_000, help="overrides to archive")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--parts", nargs="+", choices=_PARTS, default=list(_PARTS))
    parser.add_argument(
        "--keep", type=Path, default=_KEPT, help="where made networks are kept for the next run"
    )
    parser.add_argument("--fresh", action="store_true", help="make them anew")
    return parser.parse_args()


_COLUMNS = {
    "store": ("database", "question", "rows", "ours, ms", "by hand, ms", "ratio", "naive, ms"),
    "pages": (
        "database",
        "page",
        "first, ms",
        "one user, ms",
        "five at once, ms",
        "CPU a rerun, ms",
        "memory, MB",
    ),
    "plans": ("database", "work", "EVSEs", "ours, s", "its CPU, s", "the rows alone, s"),
    "rates": ("database", "work", "rows", "s", "rows per s"),
    "api": (
        "database", "work", "ours, per s", "p50, ms", "p99, ms",
        "Alertmanager, per s", "p50, ms", "p99, ms", "ratio",
    ),
    "deliveries": ("database", "work", "EVSEs", "ours", "unit", "bare loop, s"),
    "hub": ("database", "work", "EVSEs", "ours", "unit", "bare loop, s"),
    "listeners": (
        "database", "boundary to event", "events", "p50, ms", "p99, ms", "bare, p50, ms", "p99, ms",
    ),
    "series": ("database", "question", "rows", "ms", "before any series, ms"),
    "browser": ("page", "first paint, s", "over floor", "nodes", "figure, KB", "clicks, s"),
}  # fmt: skip
_TITLES = {
    "plans": "Plans for 5,000 EVSEs of 20,000",
    "rates": "Rates",
    "series": "Series; how many EVSEs it says above, a series per hundred of them",
    "api": "The API; a fresh store with 20,000 EVSEs",
    "deliveries": "From a boundary to a partner",
    "hub": "From a boundary to a hub",
    "listeners": "From a boundary to 200 listening apps",
}


def _show(size: Size, figures: dict[str, list[Any]]) -> None:
    title = f"{size.evses:,} EVSEs, {size.overrides:,} overrides, {size.statuses:,} actual statuses"
    for part, some in figures.items():
        table = Table(title=_TITLES.get(part, f"{title}; medians"))
        for name in _COLUMNS[part]:
            words = name in ("database", "question", "page", "work")
            table.add_column(name, justify="left" if words else "right")
        for figure in some:
            table.add_row(*figure.as_row())
        Console().print(table)


if __name__ == "__main__":
    main()
