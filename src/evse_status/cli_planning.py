"""What does the command line place: once, again and again, or line by line of a file?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evse_status import cli_output as output
from evse_status.api.series_forms import UPCOMING, made_form, previewed_form
from evse_status.bootstrap import App
from evse_status.cli_answers import refuse, undo_hint
from evse_status.cli_repeat import read_exceptions, read_first, read_minutes, read_repeat
from evse_status.cli_series_output import preview_sheet, series_table
from evse_status.cli_times import SITE, read_clocks
from evse_status.core.errors import InvalidInput
from evse_status.core.override import Wish
from evse_status.core.principal import LOCAL
from evse_status.service.at_sites import series_targets
from evse_status.service.csv_lines import UnreadableCsv
from evse_status.service.plan_csv import CsvPlan, read_csv
from evse_status.service.series import SeriesWish, place_repeating, preview_repeating

_MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class Repeating:
    """How something repeats, as it was typed."""

    repeat: str
    on: str | None = None
    until: str | None = None
    times: int | None = None
    without: Sequence[str] = ()


def place_series(
    opened: App,
    evses: Sequence[str],
    wish: Wish,
    how: Repeating,
    *,
    valid_from: str | None,
    valid_to: str | None,
    zone_name: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Place a series per zone, or show what it would do. Fails if anything was refused."""
    if valid_from is None:
        raise InvalidInput(
            "--from: say when the first one starts, like '2026-10-20 22:00'.", field="--from"
        )
    if valid_to is None:
        raise InvalidInput("--to: say how long each one lasts: +7h, or 05:00.", field="--to")
    first = read_first(valid_from)
    clocks = read_clocks(zone_name or SITE)
    assert clocks is not None
    repeating = SeriesWish(
        rule=read_repeat(how.repeat, on=how.on, until=how.until, times=how.times),
        zone="" if clocks.zone is None else clocks.zone.key,
        first_local_start=first,
        minutes=read_minutes(valid_to, start=first),
        temporary_status=wish.temporary_status,
        reason=wish.reason,
        cause=wish.cause,
        ticket=wish.ticket,
        exceptions=read_exceptions(how.without, at=first.time()),
    )
    db, now = opened.database, opened.now()
    try:
        targets = series_targets(db, LOCAL, list(evses), repeating)
        if dry_run:
            shown = preview_repeating(db, LOCAL, targets, now=now, count=UPCOMING)
            items = shown.refused
            if as_json:
                output.print_json(previewed_form(shown, by=LOCAL.name))
            else:
                preview_sheet(shown)
        else:
            made = place_repeating(db, LOCAL, targets)
            items = made.items
            if as_json:
                output.print_json(made_form(made))
            elif made.batch_id is not None:
                series_table(made.series)
                undo_hint(made.batch_id)
    except InvalidInput as error:
        raise error.called("--to") if error.field == "minutes" else error from None
    refuse((one.evse_id, one.error) for one in items)


def read_plan(opened: App, file: Path, *, partial: bool) -> CsvPlan:
    """The plan of a CSV file; lines that can't be used are named, and without `partial` refuse all."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"--csv: {file} can't be read ({error.strerror}). Check its name.", field="--csv"
        ) from None
    try:
        plan = read_csv(opened.database, LOCAL, content, now=opened.now())
    except UnreadableCsv as error:
        raise error.called("--csv") from None
    for problem in plan.problems[:_MOST_LINES]:
        output.complain(str(problem))
    if len(plan.problems) > _MOST_LINES:
        output.complain(f"… and {len(plan.problems) - _MOST_LINES:,} more.")
    if plan.problems and not partial:
        raise InvalidInput(
            f"--csv: {len(plan.problems):,} of {plan.lines:,} lines can't be used, nothing was placed. "
            "Correct them, or place the others with --partial.",
            field="--csv",
        )
    if not plan.groups:
        raise InvalidInput(f"--csv: {file} has no line that can be placed.", field="--csv")
    return plan
