"""`evse-status import`: EVSEs and their statuses from elsewhere."""

from typing import Annotated

import typer

from evse_status import cli_output as output
from evse_status.bootstrap import read_settings
from evse_status.channels.ocpi.locations_in import Reading, read_locations
from evse_status.channels.ocpi.pull import is_url, origin_of, pull
from evse_status.cli_command import OPTIONS, AsJson, DatabaseUrl, store_or_new
from evse_status.cli_input import read_party
from evse_status.core.errors import InvalidInput, UnreadableFeed
from evse_status.core.principal import LOCAL
from evse_status.service.import_locations import import_locations

_MARKS_OF_A_PART = ("date_from=", "date_to=", "offset=")

import_app = typer.Typer(help="Take in EVSEs and their statuses from elsewhere.", **OPTIONS)


@import_app.command("ocpi")
def import_ocpi(
    source: Annotated[str, typer.Argument(metavar="FILE_OR_URL", show_default=False)],
    token: Annotated[
        str | None,
        typer.Option(
            envvar="EVSE_STATUS_UPSTREAM_TOKEN",
            help="Sent as `Authorization: Token`, Base64-encoded.",
            show_default=False,
        ),
    ] = None,
    raw_token: Annotated[
        bool, typer.Option("--raw-token", help="Send the token as it is, unencoded.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Import nothing if one record can't be used.")
    ] = False,
    complete: Annotated[
        bool | None,
        typer.Option(
            "--complete/--partial",
            help="Whether EVSEs that aren't in it are missing from now on.",
            show_default="complete, unless it is seen to be a part",
        ),
    ] = None,
    default_party: Annotated[
        str | None,
        typer.Option(help="Of Locations that don't tell theirs, like DK/ABC.", show_default=False),
    ] = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Import OCPI Locations (2.1.1, 2.2.1, 2.3.0); importing again updates."""
    settings = read_settings()
    origin = origin_of(source)
    party = read_party(default_party, field="--default-party")
    with output.reading_bar(origin) as on_progress:
        pages = pull(
            source,
            token=token,
            encode_token=not raw_token,
            limit_bytes=settings.feed_limit_bytes,
            on_progress=on_progress,
        )
        reading = read_locations((page.body for page in pages), default_party=party, origin=origin)
    whole = _is_complete(reading, source, asked=complete)
    if not as_json:
        output.list_findings("Not imported", reading.problems)
        output.list_findings("Imported with a warning", reading.warnings)
    if reading.problems and not reading.locations:
        raise UnreadableFeed(f"{origin}: none of its records can be used: {reading.problems[0]}")
    with store_or_new(database_url) as opened:
        with output.working(f"Importing {reading.evse_count:,} EVSEs"):
            outcome = import_locations(
                opened.database, LOCAL, reading, origin=origin, complete=whole, strict=strict
            )
        if as_json:
            output.print_json(output.import_form(outcome, origin=origin, complete=whole))
        else:
            output.import_sheet(outcome)


def _is_complete(reading: Reading, source: str, *, asked: bool | None) -> bool:
    if asked and not reading.whole:
        raise InvalidInput(
            f"--complete: {origin_of(source)} is only part of a feed: one Location, none, or a "
            "page that names another. Import it without --complete.",
            field="--complete",
        )
    if asked is not None:
        return asked
    partial = is_url(source) and any(mark in source.lower() for mark in _MARKS_OF_A_PART)
    return reading.whole and not partial
