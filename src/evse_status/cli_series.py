"""`evse-status series`: place, list, show, change and clear overrides that repeat."""

from datetime import datetime, time
from typing import Annotated

import typer

from evse_status import cli_output as output
from evse_status.api.forms import history_form
from evse_status.api.series_forms import changed_form, detail_form, series_form
from evse_status.bootstrap import App
from evse_status.cli_answers import refuse
from evse_status.cli_command import OPTIONS, AsJson, DatabaseUrl, store
from evse_status.cli_planning import Repeating, place_series
from evse_status.cli_repeat import read_length, read_occurrence, read_repeat
from evse_status.cli_series_output import changed_sheet, series_sheet, series_table
from evse_status.cli_times import read_clock
from evse_status.core.errors import InvalidInput, UnknownWord
from evse_status.core.override import UNSET, Wish
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import cause as cause_of
from evse_status.core.statuses import temporary_status
from evse_status.service.look_up import find_evse
from evse_status.service.override_list import standings_of
from evse_status.service.series_change import (
    Scope,
    SeriesChanged,
    change_series,
    clear_series,
)
from evse_status.service.series_list import list_series, series_detail
from evse_status.service.series_split import SeriesEdit

_HIGHEST_NUMBER = 2**63 - 1
_NEXT = 10

series_app = typer.Typer(help="Place, list, change and clear overrides that repeat.", **OPTIONS)

SeriesId = Annotated[
    int, typer.Argument(min=1, max=_HIGHEST_NUMBER, metavar="ID", show_default=False)
]
Status = Annotated[
    str, typer.Option(help="MAINTENANCE, COMMISSIONING, BLOCKED or RESERVED.", show_default=False)
]
Repeat = Annotated[
    str,
    typer.Option(
        help="daily, weekly, monthly, yearly, '2 weeks', or an RRULE of RFC 5545.",
        show_default=False,
    ),
]
On = Annotated[
    str | None,
    typer.Option(help="Days: TU,TH; monthly also 2TU, -1FR, or 1,15.", show_default=False),
]
Until = Annotated[
    str | None, typer.Option(help="The last day: 2027-12-31.", show_default="for ever")
]
Times = Annotated[int | None, typer.Option(min=1, help="How many times.", show_default=False)]
Cause = Annotated[
    str | None, typer.Option(help="planned work, fault, vandalism, grid …", show_default=False)
]
ScopeOf = Annotated[
    str | None,
    typer.Option(help="this, following or all.", show_default="this with --occurrence, else all"),
]
OccurrenceOf = Annotated[
    str | None, typer.Option(help="Which one: the day it starts on.", show_default=False)
]


@series_app.command("create")
def series_create(
    evses: Annotated[list[str], typer.Argument(metavar="EVSE", show_default=False)],
    status: Status,
    valid_from: Annotated[
        str,
        typer.Option(
            "--from", help="The first start on clocks: '2026-10-20 22:00'.", show_default=False
        ),
    ],
    valid_to: Annotated[
        str, typer.Option("--to", help="When each one ends: 05:00, or +7h.", show_default=False)
    ],
    repeat: Repeat,
    on: On = None,
    until: Until = None,
    times: Times = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--except", help="A day left out; may be there often.", show_default=False),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(help="On which clocks: Europe/Copenhagen.", show_default="each site's own"),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why, for colleagues.", show_default=False)] = "",
    cause: Cause = None,
    ticket: Annotated[str, typer.Option(help="A ticket's number.", show_default=False)] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the next ones and whom they meet.")
    ] = False,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Repeat a temporary status on each EVSE: 22:00 stays 22:00 when clocks change."""
    wish = Wish(
        temporary_status(status, field="--status"),
        reason=reason,
        cause=None if cause is None else cause_of(cause, field="--cause"),
        ticket=ticket,
    )
    with store(database_url) as opened:
        place_series(
            opened,
            evses,
            wish,
            Repeating(repeat, on, until, times, without or ()),
            valid_from=valid_from,
            valid_to=valid_to,
            zone_name=zone,
            dry_run=dry_run,
            as_json=as_json,
        )


@series_app.command("list")
def series_list(
    evse: Annotated[str | None, typer.Option(help="On one EVSE.", show_default=False)] = None,
    search: Annotated[
        str, typer.Option(help="Words in rule, reason, ticket, author, place.", show_default=False)
    ] = "",
    over: Annotated[bool, typer.Option("--over", help="Those that are over, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 100,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List series, the one that holds next first."""
    with store(database_url) as opened:
        page = list_series(
            opened.database,
            LOCAL,
            now=opened.now(),
            limit=limit,
            include_over=over,
            evse=None if evse is None else find_evse(opened.database, LOCAL, evse).id,
            search=search,
        )
    if as_json:
        output.print_json([series_form(row) for row in page.rows])
    elif page.rows:
        series_table(page.rows)
    else:
        output.say("There are no such series.")
    if page.total > len(page.rows):
        output.complain(f"Listed {len(page.rows):,} of {page.total:,}; --limit lists more.")


@series_app.command("show")
def series_show(
    series_id: SeriesId, database_url: DatabaseUrl = None, as_json: AsJson = False
) -> None:
    """Show one series: when it holds next, and its history."""
    with store(database_url) as opened:
        detail = series_detail(opened.database, LOCAL, series_id, now=opened.now(), count=_NEXT)
    if as_json:
        output.print_json(detail_form(detail) | {"history": history_form(detail.history)})
    else:
        series_sheet(detail)


@series_app.command("change")
def series_change(
    series_id: SeriesId,
    occurrence: OccurrenceOf = None,
    scope: ScopeOf = None,
    status: Annotated[
        str | None, typer.Option(help="Show this instead.", show_default=False)
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="Start at this time of day: 23:00.", show_default=False)
    ] = None,
    lasting: Annotated[
        str | None, typer.Option("--for", help="Last so long on clocks: 6h.", show_default=False)
    ] = None,
    repeat: Annotated[
        str | None, typer.Option(help="Repeat so instead: weekly …", show_default=False)
    ] = None,
    on: On = None,
    until: Until = None,
    times: Times = None,
    reason: Annotated[str | None, typer.Option(help="For colleagues.", show_default=False)] = None,
    cause: Cause = None,
    ticket: Annotated[
        str | None, typer.Option(help="A ticket's number.", show_default=False)
    ] = None,
    why: Annotated[str, typer.Option(help="Why, for the history.", show_default=False)] = "",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Change one occurrence, those from one on, or all that haven't begun."""
    if repeat is None and (on, until, times) != (None, None, None):
        raise InvalidInput("--repeat: say how it repeats, too: weekly …", field="--repeat")
    edit = SeriesEdit(
        temporary_status=UNSET if status is None else temporary_status(status, field="--status"),
        reason=UNSET if reason is None else reason,
        cause=UNSET if cause is None else cause_of(cause, field="--cause"),
        ticket=UNSET if ticket is None else ticket,
        start_time=UNSET if start is None else _time_of_day(start),
        minutes=UNSET if lasting is None else read_length(lasting, field="--for"),
        rule=UNSET if repeat is None else read_repeat(repeat, on=on, until=until, times=times),
    )
    if edit == SeriesEdit():
        raise InvalidInput(
            "--status: say what to change: --status, --start, --for, --repeat, --reason, --cause or --ticket.",
            field="--status",
        )
    with store(database_url) as opened:
        try:
            changed = change_series(
                opened.database,
                LOCAL,
                series_id,
                edit,
                scope=_scope(scope, occurrence),
                occurrence=_occurrence(opened, series_id, occurrence),
                why=why,
            )
        except InvalidInput as error:
            raise error.called("--for") if error.field == "minutes" else error from None
        _answer(opened, changed, what="Changed", as_json=as_json)


@series_app.command("clear")
def series_clear(
    series_id: SeriesId,
    occurrence: OccurrenceOf = None,
    scope: ScopeOf = None,
    why: Annotated[
        str, typer.Option("--reason", help="Why, for the history.", show_default=False)
    ] = "",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Clear one occurrence, those from one on, or all that haven't begun."""
    with store(database_url) as opened:
        cleared = clear_series(
            opened.database,
            LOCAL,
            series_id,
            scope=_scope(scope, occurrence),
            occurrence=_occurrence(opened, series_id, occurrence),
            why=why,
        )
        _answer(opened, cleared, what="Cleared", as_json=as_json)


def _answer(opened: App, changed: SeriesChanged, *, what: str, as_json: bool) -> None:
    now = opened.now()
    if as_json:
        left = standings_of(opened.database, [one.override for one in changed.left], now=now)
        output.print_json(changed_form(changed, left))
    else:
        changed_sheet(changed, what=what)
    refuse((one.evse_id, one.error) for one in changed.items)


def _scope(text: str | None, occurrence: str | None) -> Scope:
    if text is None:
        return Scope.ALL if occurrence is None else Scope.THIS
    try:
        return Scope(text.strip().lower())
    except ValueError:
        raise UnknownWord(text, field="--scope", allowed=", ".join(Scope)) from None


def _occurrence(opened: App, series_id: int, text: str | None) -> datetime | None:
    if text is None:
        return None
    detail = series_detail(opened.database, LOCAL, series_id, now=opened.now(), count=1)
    at = detail.row.series.first_local_start.time()
    return read_occurrence(text, at=at, field="--occurrence")


def _time_of_day(text: str) -> time:
    clock = read_clock(text)
    if clock is None:
        raise InvalidInput(
            f"--start: {text[:60]!r} is not a time of day. Write it like 23:00.", field="--start"
        )
    return clock
