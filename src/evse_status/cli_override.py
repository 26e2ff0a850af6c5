"""`evse-status override`: place, list, extend, clear and undo overrides."""

from typing import Annotated

import typer

from evse_status import cli_output as output
from evse_status.api.forms import history_form, standing_form, undo_form
from evse_status.cli_answers import answer_result, print_forms, refuse
from evse_status.cli_command import OPTIONS, AsJson, DatabaseUrl, store
from evse_status.cli_create import override_create
from evse_status.cli_input import read_duration, read_phase
from evse_status.core.period import read_instant
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import temporary_status
from evse_status.service.audit import OverrideFilter, list_overrides, override_detail
from evse_status.service.look_up import find_evse
from evse_status.service.override_list import standings_of
from evse_status.service.schedule import clear_overrides, extend_overrides, undo

_HIGHEST_NUMBER = 2**63 - 1

override_app = typer.Typer(help="Place, list, extend, clear and undo overrides.", **OPTIONS)

OverrideIds = Annotated[
    list[int], typer.Argument(min=1, max=_HIGHEST_NUMBER, metavar="ID", show_default=False)
]
Why = Annotated[str, typer.Option("--reason", help="Why, for the history.", show_default=False)]


override_app.command("create")(override_create)


@override_app.command("list")
def override_list(
    phase: Annotated[
        str | None, typer.Option(help="upcoming, active, ended or cleared.", show_default="all")
    ] = None,
    evse: Annotated[str | None, typer.Option(help="Of one EVSE.", show_default=False)] = None,
    status: Annotated[
        str | None, typer.Option(help="Of one temporary status.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 100,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List overrides."""
    with store(database_url) as opened:
        now = opened.now()
        which = OverrideFilter(
            phase=read_phase(phase, field="--phase"),
            statuses=() if status is None else (temporary_status(status, field="--status"),),
            evse=None if evse is None else find_evse(opened.database, LOCAL, evse).id,
        )
        page = list_overrides(opened.database, LOCAL, which, now=now, limit=limit)
        if as_json:
            print_forms(opened, [row.override for row in page.rows])
        elif page.rows:
            output.override_table([(row.override, row.evse, row.phase) for row in page.rows])
        else:
            output.say("There are no such overrides.")
        if page.total > len(page.rows):
            output.complain(f"Listed {len(page.rows):,} of {page.total:,}; --limit lists more.")


@override_app.command("show")
def override_show(
    override_id: Annotated[
        int, typer.Argument(min=1, max=_HIGHEST_NUMBER, metavar="ID", show_default=False)
    ],
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show one override with its history."""
    with store(database_url) as opened:
        now = opened.now()
        detail = override_detail(opened.database, LOCAL, override_id, now=now)
        if not as_json:
            output.override_sheet(detail)
        else:
            [standing] = standings_of(opened.database, [detail.override], now=now)
            output.print_json(standing_form(standing) | {"history": history_form(detail.history)})


@override_app.command("clear")
def override_clear(
    override_ids: OverrideIds,
    why: Why = "",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """End overrides now; the actual status shows again."""
    with store(database_url) as opened:
        result = clear_overrides(opened.database, LOCAL, override_ids, why=why)
        if result.batch_id is None and not as_json:
            output.complain("Over already, nothing was changed.")
        answer_result(opened, result, as_json=as_json)


@override_app.command("extend")
def override_extend(
    override_ids: OverrideIds,
    by: Annotated[
        str | None,
        typer.Option(help="From each planned end: 1h, 90m, PT1H.", show_default=False),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Like 2026-11-22T13:00:00+01:00.", show_default=False)
    ] = None,
    why: Why = "",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Move the ends of overrides, by a duration or to an instant."""
    if (by is None) == (until is None):
        raise typer.BadParameter("say either --by how long or --until when.")
    duration = None if by is None else read_duration(by, field="--by")
    end = None if until is None else read_instant(until, field="--until")
    with store(database_url) as opened:
        result = extend_overrides(
            opened.database, LOCAL, override_ids, by=duration, until=end, why=why
        )
        answer_result(opened, result, as_json=as_json)


@override_app.command("undo")
def override_undo(
    batch_id: Annotated[
        int, typer.Argument(min=1, max=_HIGHEST_NUMBER, metavar="BATCH", show_default=False)
    ],
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Take a change of many back from now on, series too; what was touched since is left and named."""
    with store(database_url) as opened:
        db = opened.database
        result = undo(db, LOCAL, batch_id)
        if as_json:
            changed = [item.override for item in result.items if item.override is not None]
            standings = standings_of(db, changed, now=opened.now())
            output.print_json(undo_form(batch_id, result, standings))
            refuse((item.evse_id, item.error) for item in result.items)
            return
        if result.batch_id is None:
            output.complain("Nothing was left to undo.")
        else:
            done = len(result.done)
            output.say(f"Took batch {batch_id} back: {done:,} override{'s' * (done != 1)} changed.")
        answer_result(opened, result, as_json=False)
