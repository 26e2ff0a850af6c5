"""`evse-status partner`: whom we tell, and the CSMS that tells us."""

from typing import Annotated

import typer

from evse_status import cli_output as output
from evse_status import cli_partner_output as forms
from evse_status.channels.ocpi.handshake import HandshakeFailed
from evse_status.cli_command import OPTIONS, AsJson, DatabaseUrl, store
from evse_status.cli_partner_ask import Name, Yes, confirm
from evse_status.cli_partner_roaming import roaming_ids_of
from evse_status.cli_partner_set import partner_add, partner_edit
from evse_status.core.local_time import zone
from evse_status.core.principal import LOCAL
from evse_status.service import partners, registration
from evse_status.service.client_certificate import certificates

partner_app = typer.Typer(
    help="Connect partners whom we tell, and the CSMS that tells us.", **OPTIONS
)
partner_app.command("add")(partner_add)
partner_app.command("edit")(partner_edit)
partner_app.command("roaming-ids")(roaming_ids_of)


@partner_app.command("list")
def partner_list(database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """List partners: registered or not, reachable or not, how many EVSEs are behind."""
    with store(database_url) as opened:
        lines = partners.list_partners(opened.database, LOCAL)
        shown = certificates(opened.database, LOCAL, opened.vault)
        if as_json:
            output.print_json([forms.line_form(one, shown.get(one.partner.id)) for one in lines])
        elif lines:
            forms.partner_table(lines, zone(opened.settings.zone), shown)
            forms.warn_of_certificates(lines, shown, now=opened.now())
        else:
            output.say("There are no partners. Add one with: evse-status partner add")


@partner_app.command("show")
def partner_show(name: Name, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Show what is set of a partner, and until when its certificate is good."""
    with store(database_url) as opened:
        partner = partners.find_partner(opened.database, LOCAL, name)
        shown = certificates(opened.database, LOCAL, opened.vault).get(partner.id)
        if as_json:
            output.print_json(forms.partner_form(partner, shown))
        else:
            forms.settings_table(partner, shown, zone(opened.settings.zone))


@partner_app.command("resync")
def partner_resync(
    name: Name, yes: Yes = False, database_url: DatabaseUrl = None, as_json: AsJson = False
) -> None:
    """Tell a partner everything again."""
    with store(database_url) as opened:
        partner = partners.find_partner(opened.database, LOCAL, name)
        confirm(f"Tell {partner.name} about every EVSE again?", yes=yes)
        again = partners.resync_partner(opened.database, LOCAL, partner.id)
        if as_json:
            output.print_json(forms.partner_form(again))
        else:
            output.say(
                f"{again.name} is told everything again; evse-status partner list shows how far."
            )


@partner_app.command("remove")
def partner_remove(
    name: Name,
    without_telling: Annotated[
        bool,
        typer.Option("--without-telling", help="Don't tell it that the registration ends."),
    ] = False,
    yes: Yes = False,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """End a registration and forget the partner and its tokens."""
    with store(database_url) as opened:
        partner = partners.find_partner(opened.database, LOCAL, name)
        confirm(f"Forget {partner.name} and its tokens?", yes=yes)
        if not without_telling:
            try:
                registration.unregister(opened.database, LOCAL, partner.id, vault=opened.vault)
            except HandshakeFailed as failed:
                raise HandshakeFailed(
                    f"{partner.name} can't be told that it is over: {failed.message} "
                    "Remove it all the same with --without-telling."
                ) from None
        removed = partners.remove_partner(opened.database, LOCAL, partner.id)
        if as_json:
            output.print_json(forms.partner_form(removed))
        else:
            output.say(f"{removed.name} is removed. What it shows stays as it was told last.")
