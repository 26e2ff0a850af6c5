"""How does a command answer? A table for people, JSON for programs, one sentence when it fails."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from evse_status.channels.ocpi.locations_in import Problem
from evse_status.core.errors import EvseStatusError
from evse_status.core.local_time import zone
from evse_status.core.override import Override
from evse_status.core.statuses import Phase
from evse_status.core.translation import Words
from evse_status.service.audit import OverrideDetail
from evse_status.service.fleet import EvseCard
from evse_status.service.import_locations import ImportOutcome
from evse_status.service.look_up import Display
from evse_status.service.tokens import Token

_WIDTH_OF_A_FILE = 200
_WIDTH_OF_ONE_LINE = 130
_MOST_LINES = 50
_LONGEST_NAME = 24
_WAITS = "until the running session ends, at the latest then"


def print_json(value: Any) -> None:
    """Write one JSON document."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def say(sentence: str) -> None:
    """Write one line for people."""
    print(_one_line(sentence))


def complain(sentence: str) -> None:
    """Write one line on standard error."""
    print(_one_line(sentence), file=sys.stderr)


def sentence(error: EvseStatusError) -> str:
    """What is wrong, with the instants of which one may be meant."""
    choices = " or ".join(at.isoformat(timespec="minutes") for at in error.choices)
    return f"{error.message} Write {choices}." if choices else error.message


def override_table(rows: Sequence[tuple[Override, EvseCard, Phase]]) -> None:
    """List overrides; times are those of the site, with their offset. Narrow screens get two lines each."""
    headings: tuple[str, ...] = ("ID", "EVSE", "Status", "Phase", "From", "To", "By", "Reason")
    lines: list[tuple[str, ...]] = [
        (
            str(override.id),
            card.evse_id,
            override.temporary_status.value,
            phase.value,
            _when(override.starts_at, card),
            end_at_site(override, card),
            override.created_by,
            _one_line(override.reason),
        )
        for override, card, phase in rows
    ]
    if _console().width < _WIDTH_OF_ONE_LINE:
        headings = ("ID", "EVSE, reason, by", "Status, phase", "From, to")
        lines = [
            (
                number,
                f"{evse}\n{', '.join(filter(None, (reason, by)))}",
                f"{word}\n{phase}",
                f"{start}\n{end}",
            )
            for number, evse, word, phase, start, end, by, reason in lines
        ]
    table(headings, lines)


def token_table(rows: Sequence[tuple[Token, str, str]], its_zone: ZoneInfo) -> None:
    """List tokens with what they may do and their state; times are in `its_zone`."""
    headings = ("ID", "Name", "Begins", "May", "State", "Expires", "Last used", "Made")
    table(
        headings,
        [
            (
                str(token.id),
                token.name,
                f"{token.hint}…",
                may,
                state,
                local(token.expires_at, its_zone) or "never",
                local(token.last_used_at, its_zone) or "never",
                f"{local(token.created_at, its_zone)}\nby {token.created_by}",
            )
            for token, may, state in rows
        ],
    )


def override_sheet(detail: OverrideDetail) -> None:
    """Everything about one override, and its history."""
    override, card = detail.override, detail.evse
    sheet(
        f"{override.temporary_status} on {card.evse_id}, override {override.id}",
        [
            ("Phase", detail.phase.value),
            ("Location", _place(card)),
            ("From", _when(override.starts_at, card)),
            ("To", end_at_site(override, card)),
            ("Waits", _WAITS if override.drains and detail.phase is Phase.UPCOMING else ""),
            ("Series", f"{override.series_id}" if override.series_id else ""),
            ("Reason", override.reason),
            ("Cause", override.cause.value if override.cause else ""),
            ("Ticket", override.ticket),
            ("By", f"{override.created_by} ({override.source})"),
            ("Shows now", _channels(detail.words)),
            ("Doesn't show", detail.because),
            ("Beats", ", ".join(f"{one.temporary_status} #{one.id}" for one in detail.beats)),
            ("Zone", card.time_zone),
        ],
    )
    table(
        ("When", "Who", "What", "Why", "Changed"),
        [
            (
                _when(line.at, card),
                line.by,
                line.what,
                line.why,
                ""
                if line.what == "created"
                else ", ".join(f"{name}: {old} → {new}" for name, old, new in line.fields),
            )
            for line in detail.history
        ],
    )


def display_sheet(display: Display) -> None:
    """What one EVSE shows, and why."""
    card, winner = display.evse, display.override
    since = f" since {_when(display.actual_since, card)}" if display.actual_since else ""
    recorded = since or ", not recorded"
    why = "no override holds"
    if winner is not None:
        until = f"until {end_at_site(winner, card)}" if winner.ends_at else "until cleared"
        said = f" ({winner.reason})" if winner.reason else ""
        why = f"{winner.temporary_status} #{winner.id} by {winner.created_by}{said}, {until}"
    following = display.next
    sheet(
        f"{card.evse_id} at {_when(display.at, card)} ({card.time_zone})",
        [
            ("Location", _place(card)),
            ("Spirii Go", display.words.spirii_go or "not shown"),
            ("Hubject", display.words.hubject or "record deleted"),
            ("OCPI", display.words.ocpi),
            ("Why", why),
            *((f"Behind #{one.override.id}", one.because) for one in display.behind),
            ("Actual status", f"{display.displayed.actual}{recorded}"),
            (
                "Next",
                f"{_channels(following.words)} from {_when(following.at, card)}"
                if following
                else "nothing planned",
            ),
        ],
    )


def import_form(outcome: ImportOutcome, *, origin: str, complete: bool) -> dict[str, Any]:
    """What an import did, for programs."""
    return {
        "origin": origin,
        "complete": complete,
        "locations": {
            "created": outcome.locations_created,
            "updated": outcome.locations_updated,
            "unchanged": outcome.locations_unchanged,
        },
        "evses": {
            "created": outcome.evses_created,
            "updated": outcome.evses_updated,
            "unchanged": outcome.evses_unchanged,
            "missing": outcome.missing,
            "removed": outcome.removed,
        },
        "statusesChanged": outcome.statuses_changed,
        "overridesMoved": outcome.overrides_moved,
        "overridesEnded": outcome.overrides_ended,
        "problems": [problem.as_json() for problem in outcome.problems],
        "warnings": [warning.as_json() for warning in outcome.warnings],
    }


def import_sheet(outcome: ImportOutcome) -> None:
    """What an import did, for people."""
    table(
        ("", "New", "Changed", "Unchanged"),
        [
            (
                name,
                *(f"{getattr(outcome, f'{noun}_{what}'):,}" for what in _KEPT),
            )
            for name, noun in (("Locations", "locations"), ("EVSEs", "evses"))
        ],
    )
    for count, sentence in (
        (outcome.statuses_changed, "New or changed actual statuses: {}"),
        (
            outcome.missing,
            "Known EVSEs that are missing from it (their overrides keep holding): {}",
        ),
        (outcome.removed, "EVSEs removed by the feed's own word: {}"),
        (outcome.overrides_moved, "Overrides that follow a swapped charger: {}"),
        (outcome.overrides_ended, "Overrides that ended with their EVSE: {}"),
    ):
        if count:
            say(sentence.format(f"{count:,}"))


def list_findings(heading: str, findings: Sequence[Problem]) -> None:
    """Name what was wrong on standard error, place and reason, at most 50 of them."""
    if not findings:
        return
    complain(f"{heading} ({len(findings):,}):")
    for finding in findings[:_MOST_LINES]:
        complain(f"  {finding}")
    if len(findings) > _MOST_LINES:
        complain(f"  … and {len(findings) - _MOST_LINES:,} more; --json lists them all.")


@contextmanager
def reading_bar(origin: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """A progress bar on standard error where that is a terminal: called with bytes done and in all."""
    if not sys.stderr.isatty():
        yield None
        return
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        name = _one_line(origin.rstrip("/").rsplit("/", 1)[-1])[:_LONGEST_NAME]
        task = progress.add_task(f"Reading {name}", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def working(sentence: str) -> Iterator[None]:
    """A spinner on standard error, where that is a terminal, while something takes its time."""
    if not sys.stderr.isatty():
        yield
        return
    with Console(stderr=True).status(Text(_one_line(sentence))):
        yield


_UNBROKEN = frozenset({"ID", "From", "To", "From, to", "When", "Status", "Status, phase"})
_KEPT = ("created", "updated", "unchanged")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write rows under their headings."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        made.add_column(heading, overflow="fold", no_wrap=heading in _UNBROKEN)
    for row in rows:
        made.add_row(*(Text("\n".join(map(_one_line, cell.split("\n")))) for cell in row))
    _console().print(made)


def sheet(title: str, lines: Sequence[tuple[str, str]]) -> None:
    """A heading and what there is to say under it, by name; empty values are left out."""
    say(title)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in lines:
        if value:
            grid.add_row(Text(f"  {name}"), Text(_one_line(value)))
    _console().print(grid)


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE, highlight=False)


def _one_line(text: str) -> str:
    """Text of a feed or a person can't move the terminal's cursor."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split(" "))


def _when(at: datetime | None, card: EvseCard) -> str:
    return local(at, zone(card.time_zone))


def local(at: datetime | None, its_zone: ZoneInfo) -> str:
    """An instant in a zone, with its offset; empty for none."""
    if at is None:
        return ""
    local = at.astimezone(its_zone)
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:]}"


def end_at_site(override: Override, card: EvseCard) -> str:
    """When it ends, on the site's clocks with their offset."""
    return _when(override.ends_at, card) or "until cleared"


def _place(card: EvseCard) -> str:
    return ", ".join(part for part in (card.location_name, card.city) if part)


def _channels(words: Words) -> str:
    return f"Spirii Go {words.spirii_go or '–'}, Hubject {words.hubject or '–'}, OCPI {words.ocpi}"


@contextmanager
def counting_rows() -> Iterator[Callable[[str, int], None]]:
    """What is being done and how far it is, on standard error where that is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _step, _done: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Archiving", total=None)
        yield lambda step, done: progress.update(task, description=f"{step} {done:,}")
