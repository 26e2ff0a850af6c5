"""`evse-status override`: place, list, extend and clear overrides."""

from collections.abc import Sequence
from typing import Annotated

import typer

from evse_status import cli_output as output
from evse_status.api.forms import history_form, standing_form
from evse_status.bootstrap import App
from evse_status.cli_command import OPTIONS, AsJson, DatabaseUrl, store
from evse_status.cli_input import read_duration, read_end, read_phase, read_start
from evse_status.core.override import Override, Wish
from evse_status.core.period import read_instant
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import cause as cause_of
from evse_status.core.statuses import temporary_status
from evse_status.service.audit import OverrideFilter, list_overrides, override_detail
from evse_status.service.fleet import FleetFilter, select_evses
from evse_status.service.look_up import find_evse
from evse_status.service.override_list import standings_of
from evse_status.service.schedule import (
    BatchResult,
    clear_overrides,
    extend_overrides,
    place_overrides,
)

_HIGHEST_NUMBER = 2**63 - 1

override_app = typer.Typer(help="Place, list, extend and clear overrides.", **OPTIONS)

OverrideIds = Annotated[
    list[int], typer.Argument(min=1, max=_HIGHEST_NUMBER, metavar="ID", show_default=False)
]
Why = Annotated[str, typer.Option("--reason", help="Why, for the history.", show_default=False)]


@override_app.command("create")
def override_create(
    evses: Annotated[list[str], typer.Argument(metavar="EVSE", show_default=False)],
    status: Annotated[
        str,
        typer.Option(help="MAINTENANCE, COMMISSIONING, BLOCKED or RESERVED.", show_default=False),
    ],
    valid_from: Annotated[
        str | None,
        typer.Option("--from", help="Like 2026-11-22T13:00:00+01:00, or now.", show_default="now"),
    ] = None,
    valid_to: Annotated[
        str | None,
        typer.Option("--to", help="Likewise, or +4h from the start.", show_default="until cleared"),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why, for colleagues.", show_default=False)] = "",
    cause: Annotated[
        str | None,
        typer.Option(help="planned work, fault, vandalism, grid …", show_default=False),
    ] = None,
    ticket: Annotated[str, typer.Option(help="A ticket's number.", show_default=False)] = "",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Place an override on each EVSE."""
    with store(database_url) as opened:
        now = opened.now()
        start = read_start(valid_from, field="--from", now=now)
        wish = Wish(
            temporary_status(status, field="--status"),
            valid_from=start,
            valid_to=read_end(valid_to, field="--to", start=start, now=now),
            reason=reason,
            cause=None if cause is None else cause_of(cause, field="--cause"),
            ticket=ticket,
        )
        _answer(opened, place_overrides(opened.database, LOCAL, evses, wish), as_json=as_json)


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
            _print_forms(opened, [row.override for row in page.rows])
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
        _answer(opened, result, as_json=as_json)


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
        _answer(opened, result, as_json=as_json)


def _answer(opened: App, result: BatchResult, *, as_json: bool) -> None:
    """Print what was done, name what was refused, and fail if anything was."""
    now = opened.now()
    done = [(item.override, item) for item in result.items if item.override and not item.error]
    if as_json:
        _print_forms(opened, [override for override, _ in done])
    elif done:
        which = FleetFilter(evses=tuple({override.evse for override, _ in done}))
        found = select_evses(opened.database, LOCAL, which, now=now, limit=len(done))
        cards = {card.id: card for card in found}
        output.override_table(
            [(one, cards[one.evse], one.phase(now)) for one, _ in done if one.evse in cards]
        )
    for item in result.refused:
        name = item.evse_id if item.override is None else f"{item.override.id} ({item.evse_id})"
        output.complain(f"Refused {name}: {item.error}")
    if result.refused:
        raise typer.Exit(1)


def _print_forms(opened: App, overrides: Sequence[Override]) -> None:
    """Print overrides in the API's form."""
    standings = standings_of(opened.database, overrides, now=opened.now())
    output.print_json([standing_form(one) for one in standings])
