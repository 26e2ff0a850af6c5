"""How does a command answer that did something to overrides? What was done, what was refused, how to undo it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import typer

from evse_status import cli_output as output
from evse_status.api.forms import outcome_form, standing_form, stored_id
from evse_status.api.warning_forms import warning_form
from evse_status.bootstrap import App
from evse_status.core.errors import EvseStatusError
from evse_status.core.local_time import zone
from evse_status.core.override import Override
from evse_status.core.principal import LOCAL
from evse_status.service.batches import BatchOutcome, Placed
from evse_status.service.fleet import EvseCard, FleetFilter, select_evses
from evse_status.service.override_list import standings_of
from evse_status.service.schedule import BatchResult


def answer_result(opened: App, result: BatchResult, *, as_json: bool) -> None:
    """Print what was done, name what was refused, and fail if anything was."""
    now = opened.now()
    done = [item.override for item in result.items if item.override and not item.error]
    if as_json:
        print_forms(opened, done)
    elif done:
        cards = _cards(opened, done, now=now)
        output.override_table(
            [(one, cards[one.evse], one.phase(now)) for one in done if one.evse in cards]
        )
    refuse(
        (
            item.evse_id if item.override is None else f"{item.override.id} ({item.evse_id})",
            item.error,
        )
        for item in result.refused
    )


def answer_placed(outcome: BatchOutcome, *, now: datetime, as_json: bool) -> None:
    """The same for a batch that was placed."""
    made = [one.standing for one in outcome.items if one.standing is not None]
    if as_json:
        output.print_json([standing_form(one) for one in made])
    elif made:
        output.override_table([(one.override, one.evse, one.override.phase(now)) for one in made])
        if outcome.batch_id is not None:
            undo_hint(outcome.batch_id)
    refuse((one.evse_id, one.error) for one in outcome.items)


def answer_preview(opened: App, outcome: BatchOutcome, *, as_json: bool) -> None:
    """What placing would do, and what deserves a second look; nothing was written."""
    planned = [one.planned for one in outcome.items if one.planned is not None]
    if as_json:
        output.print_json(outcome_form(outcome, dry_run=True))
    elif planned:
        cards = _cards(opened, planned, now=opened.now())
        output.table(
            ("EVSE", "Status", "From", "To", "Meets"),
            [
                (
                    one.evse_id,
                    one.planned.temporary_status.value,
                    _start(one.planned, cards[one.planned.evse], now=opened.now()),
                    output.end_at_site(one.planned, cards[one.planned.evse]),
                    "\n".join(_meetings(one)),
                )
                for one in outcome.items
                if one.planned is not None
            ],
        )
    for warned in outcome.warnings:
        output.complain(f"Warning: {warning_form(warned)['message']}")
    if not as_json:
        output.say("Nothing was placed.")
    refuse((one.evse_id, one.error) for one in outcome.items)


def print_forms(opened: App, overrides: Sequence[Override]) -> None:
    """Print overrides in the API's form."""
    standings = standings_of(opened.database, overrides, now=opened.now())
    output.print_json([standing_form(one) for one in standings])


def refuse(items: Iterable[tuple[str, EvseStatusError | None]]) -> None:
    """Name what was refused, and fail if anything was."""
    refused = [(name, error) for name, error in items if error is not None]
    for name, error in refused:
        output.complain(f"Refused {name}: {error}" if name else f"Left as it is: {error}")
    if refused:
        raise typer.Exit(1)


def undo_hint(batch_id: int) -> None:
    """How to take it back."""
    output.say(f"evse-status override undo {batch_id} takes it back.")


def _cards(opened: App, overrides: Sequence[Override], *, now: datetime) -> dict[int, EvseCard]:
    which = FleetFilter(evses=tuple({one.evse for one in overrides}))
    found = select_evses(opened.database, LOCAL, which, now=now, limit=len(overrides))
    return {card.id: card for card in found}


def _start(planned: Override, card: EvseCard, *, now: datetime) -> str:
    told = output.local(planned.starts_at, zone(card.time_zone))
    return f"session's end, at the latest {told}" if planned.waits(now) else told


def _meetings(placed: Placed) -> list[str]:
    told = []
    for one in placed.overlaps:
        existing, number = one.existing, stored_id(one.existing.id)
        name = f"#{number}" if number else f"of series {existing.series_id}"
        shows = "this one shows" if one.new_wins else "that one shows"
        told.append(f"{existing.temporary_status} {name}: {shows}, {one.because}")
    return told
