"""Which partner is meant on the command line, and what is a person asked before something is done?"""

import sys
from typing import Annotated

import typer

from evse_status.core.partner import PartnerSettings
from evse_status.core.translation import Channel

Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]


def nobody_else(name: str, settings: PartnerSettings) -> bool:
    """Ask a person; for programs --nobody-else-tells is the only answer."""
    if not is_person():
        return False
    if settings.channel is Channel.HUBJECT:
        tells = f"push statuses for {settings.operator_id or 'this operator'} to {name}"
    else:
        tells = f"tell {name} about these chargers"
    return not typer.confirm(f"Does anybody else {tells}, for example your CSMS?", default=True)


def confirm(question: str, *, yes: bool) -> None:
    """Ask a person, who ends the command with "no"; programs aren't asked."""
    if not yes and is_person():
        typer.confirm(question, abort=True)


def is_person() -> bool:
    """Whether somebody sits there who can answer."""
    return sys.stdin.isatty()
