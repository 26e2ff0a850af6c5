"""How fast is the store? A table for people, `--json` for programs; every figure beside its floor in the same run."""

import argparse
import json
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.store import Figure, measure


def main() -> None:
    """Measure on SQLite and PostgreSQL."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--evses", type=int, default=20_000)
    parser.add_argument("--overrides", type=int, default=500_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    asked = parser.parse_args()
    figures: list[Figure] = []
    for kind in ("sqlite", "postgresql"):
        if asked.only in (None, kind):
            with tempfile.TemporaryDirectory() as folder:
                figures += measure(kind, Path(folder), evses=asked.evses, overrides=asked.overrides)
    if asked.json:
        print(json.dumps([figure.as_json() for figure in figures], indent=1))
        return
    table = Table(title=f"{asked.evses:,} EVSEs, {asked.overrides:,} overrides; medians in ms")
    for name in ("database", "question", "rows", "ours", "same rows as tuples", "ratio", "naive"):
        table.add_column(name, justify="left" if name in ("database", "question") else "right")
    for figure in figures:
        table.add_row(*figure.as_row())
    Console().print(table)


main()
