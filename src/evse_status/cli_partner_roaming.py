"""`evse-status partner roaming-ids`: which EVSEs can't be told to a hub, and under which id instead?"""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from evse_status import cli_output as output
from evse_status.bootstrap import App
from evse_status.cli_command import AsJson, DatabaseUrl, store
from evse_status.core.errors import InvalidInput
from evse_status.core.principal import LOCAL
from evse_status.service import roaming_ids
from evse_status.service.look_up import find_evse
from evse_status.service.roaming_ids import RoamingLine


def roaming_ids_of(
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="EVSE=ID",
            help="Tell hubs of this EVSE under this id; again for others. Nothing behind = takes it away.",
            show_default=False,
        ),
    ] = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List EVSEs whose id a hub can't take, or give them ids that it can."""
    with store(database_url) as opened:
        if given:
            done = roaming_ids.set_roaming_ids(opened.database, LOCAL, _wanted(opened, given))
            if not as_json:
                for one in done:
                    output.say(f"{one.evse.evse_id}: {one.roaming_id or 'no roaming id'}")
                if not done:
                    output.say("Nothing was changed: they have these ids already.")
                return
        lines = roaming_ids.roaming_lines(opened.database, LOCAL)
        if as_json:
            output.print_json([_form(one) for one in lines])
        elif lines:
            _table(lines)
        else:
            output.say("Every EVSE that a hub is told of has an id that it can take.")


def _wanted(opened: App, given: Sequence[str]) -> dict[int, str | None]:
    wanted: dict[int, str | None] = {}
    for text in given:
        evse, sign, own = text.partition("=")
        if not sign or not evse.strip():
            raise InvalidInput(
                f"--set: {text[:60]!r} isn't written like DK.ABC.Z203*2=DK*ABC*EZ203*2.",
                field="--set",
            )
        number = find_evse(opened.database, LOCAL, evse.strip()).id
        if number in wanted:
            raise InvalidInput(f"--set: names {evse.strip()[:60]} twice.", field="--set")
        wanted[number] = own
    return wanted


def _table(lines: Sequence[RoamingLine]) -> None:
    headings = ("EVSE", "Location", "Roaming id", "Why it can't be told")
    output.table(
        headings,
        [
            (
                one.evse.evse_id,
                f"{one.evse.location_name}, {one.evse.city}",
                one.roaming_id or "none",
                one.why_not or "it is told",
            )
            for one in lines
        ],
    )
    untold = sum(bool(one.why_not) for one in lines)
    if untold:
        output.complain(
            f"{untold:,} can't be told. Give an id with: "
            "evse-status partner roaming-ids --set EVSE=ID"
        )


def _form(one: RoamingLine) -> dict[str, Any]:
    return {
        "evseId": one.evse.evse_id,
        "uid": one.evse.id,
        "location": one.evse.location_name,
        "city": one.evse.city,
        "roamingId": one.roaming_id,
        "whyNot": one.why_not or None,
        "hubs": list(one.hubs),
    }
