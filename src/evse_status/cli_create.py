"""`evse-status override create`: once, until a session ends, again and again, or line by line of a file."""

from pathlib import Path
from typing import Annotated

import typer

from evse_status.bootstrap import App
from evse_status.cli_answers import answer_placed, answer_preview, answer_result
from evse_status.cli_command import AsJson, DatabaseUrl, store
from evse_status.cli_planning import Repeating, place_series, read_plan
from evse_status.cli_times import planned, read_clocks
from evse_status.core.errors import InvalidInput
from evse_status.core.override import Wish
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import cause as cause_of
from evse_status.core.statuses import temporary_status
from evse_status.service.batches import Asked, place_batch, preview_batch
from evse_status.service.placing import place_groups


def override_create(
    evses: Annotated[list[str] | None, typer.Argument(metavar="EVSE", show_default=False)] = None,
    status: Annotated[
        str | None,
        typer.Option(help="MAINTENANCE, COMMISSIONING, BLOCKED or RESERVED.", show_default=False),
    ] = None,
    valid_from: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Like 2026-11-22T13:00:00+01:00, or with --zone '2026-11-22 13:00'.",
            show_default="now",
        ),
    ] = None,
    valid_to: Annotated[
        str | None,
        typer.Option(
            "--to",
            help="Likewise, +4h from the start, or with --zone 05:00.",
            show_default="until cleared",
        ),
    ] = None,
    drain_until: Annotated[
        str | None,
        typer.Option(
            help="Start when the running session ends, at the latest then.", show_default=False
        ),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(
            help="On whose clocks times without an offset stand: Europe/Copenhagen, or site for each "
            "site's own.",
            show_default=False,
        ),
    ] = None,
    fold: Annotated[
        str | None,
        typer.Option(
            help="first or second, where clocks go back and show it twice.", show_default=False
        ),
    ] = None,
    repeat: Annotated[
        str | None,
        typer.Option(
            help="daily, weekly, monthly, yearly, '2 weeks', or an RRULE of RFC 5545.",
            show_default=False,
        ),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            help="With --repeat, the days: TU,TH; monthly also 2TU, -1FR, or 1,15.",
            show_default=False,
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(help="With --repeat, the last day: 2027-12-31.", show_default="for ever"),
    ] = None,
    times: Annotated[
        int | None, typer.Option(min=1, help="With --repeat, how many times.", show_default=False)
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Place what a file says: evse_id,status,from,to,reason; times without an offset "
            "are those of each site.",
            show_default=False,
        ),
    ] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="With --csv, although some lines can't be used.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, for colleagues.", show_default=False)] = "",
    cause: Annotated[
        str | None,
        typer.Option(help="planned work, fault, vandalism, grid …", show_default=False),
    ] = None,
    ticket: Annotated[str, typer.Option(help="A ticket's number.", show_default=False)] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen; write nothing.")
    ] = False,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Place an override on each EVSE: once, repeating, or as a CSV file says."""
    if csv is not None:
        said = (status, valid_from, valid_to, drain_until, zone, fold, repeat, cause)
        if evses or ticket or reason or any(one is not None for one in said):
            raise InvalidInput(
                "--csv: the file says what to place. Leave out EVSEs and the other options.",
                field="--csv",
            )
        with store(database_url) as opened:
            plan = read_plan(opened, csv, partial=partial)
            if dry_run:
                each = [(group.evses, group.wish) for group in plan.groups]
                _place(opened, [*each], dry_run=True, as_json=as_json)
                return
            result = place_groups(opened.database, LOCAL, plan.groups, name=f"{csv.name}"[:100])
            answer_result(opened, result, as_json=as_json)
        return
    if not evses:
        raise typer.BadParameter("name at least one EVSE, or a file with --csv.")
    if status is None:
        raise typer.BadParameter("say which --status.")
    if repeat is None and (on, until, times) != (None, None, None):
        raise InvalidInput("--repeat: say how it repeats, like --repeat weekly.", field="--repeat")
    wish = Wish(
        temporary_status(status, field="--status"),
        reason=reason,
        cause=None if cause is None else cause_of(cause, field="--cause"),
        ticket=ticket,
    )
    with store(database_url) as opened:
        if repeat is not None:
            if drain_until is not None:
                raise InvalidInput(
                    "--drain-until: what repeats starts at its time. Leave one of both out.",
                    field="--drain-until",
                )
            place_series(
                opened,
                evses,
                wish,
                Repeating(repeat, on, until, times),
                valid_from=valid_from,
                valid_to=valid_to,
                zone_name=zone,
                dry_run=dry_run,
                as_json=as_json,
            )
            return
        asked: list[Asked] = [
            (
                evses,
                planned(
                    wish,
                    valid_from=valid_from,
                    valid_to=valid_to,
                    drain_until=drain_until,
                    clocks=read_clocks(zone, fold),
                    now=opened.now(),
                ),
            )
        ]
        _place(opened, asked, dry_run=dry_run, as_json=as_json)


def _place(opened: App, asked: list[Asked], *, dry_run: bool, as_json: bool) -> None:
    if dry_run:
        shown = preview_batch(opened.database, LOCAL, asked, now=opened.now())
        answer_preview(opened, shown, as_json=as_json)
    else:
        placed = place_batch(opened.database, LOCAL, asked)
        answer_placed(placed, now=opened.now(), as_json=as_json)
