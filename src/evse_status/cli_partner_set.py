"""`evse-status partner add|edit`: who is it, on which channel, and how does it want to be talked to?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated, Any

import typer

from evse_status import cli_output as output
from evse_status import cli_partner_options as given
from evse_status import cli_partner_output as forms
from evse_status.bootstrap import App
from evse_status.cli_command import AsJson, DatabaseUrl, store
from evse_status.cli_partner_ask import Name, nobody_else
from evse_status.core.errors import InvalidInput, NotSetUp
from evse_status.core.partner import PartnerRole, PartnerSettings, Reach
from evse_status.core.principal import LOCAL
from evse_status.core.translation import Channel
from evse_status.service import partners, registration
from evse_status.service.client_certificate import certificates
from evse_status.service.driver_apps import NEW_APP
from evse_status.service.location_names import find_locations


def partner_add(
    name: Name,
    channel: given.Channel = None,
    url: given.Url = None,
    token: given.Token = None,
    certificate: given.Certificate = None,
    upstream: Annotated[
        bool, typer.Option("--upstream", help="It is the CSMS: it tells us.")
    ] = False,
    nobody_else_tells: Annotated[
        bool,
        typer.Option(
            "--nobody-else-tells", help="Nobody else tells this partner about these chargers."
        ),
    ] = False,
    static: Annotated[
        bool, typer.Option("--static", help="Without a handshake: it gave you a token for good.")
    ] = False,
    locations_url: given.LocationsUrl = None,
    pulls: Annotated[
        bool, typer.Option("--pulls", help="With --static: it also asks us, and needs a token.")
    ] = False,
    mode: given.Mode = None,
    version: given.Version = None,
    operators: given.Operators = None,
    countries: given.Countries = None,
    locations: given.Locations = None,
    unpublished: given.Unpublished = None,
    statuses: given.Statuses = None,
    announced: given.Announced = None,
    schedule: given.Schedule = None,
    base64_token: given.Base64Token = None,
    explicit_nulls: given.ExplicitNulls = None,
    read_back: given.ReadBack = None,
    operator_id: given.OperatorId = None,
    insert_unknown: given.InsertUnknown = None,
    private_network: given.PrivateNetwork = None,
    profile: given.Profile = None,
    brand: given.Brand = None,
    requests_per_minute: given.RequestsPerMinute = None,
    concurrency: given.Concurrency = None,
    timeout_seconds: given.TimeoutSeconds = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Add a partner or a CSMS: register with it (--url, --token), or invite it to register with us."""
    typed = given.settings_among(locals())
    kind = given.channel_named(channel)
    begun = _begun(
        kind, upstream=upstream, static=static, pulls=pulls, url=url, locations_url=locations_url
    )
    by_handshake = begun.handshake and url is not None
    if begun.handshake and (url is None) != (token is None):
        raise InvalidInput(
            "--token: is needed to register with it: the token A that its operator gave you."
            if token is None
            else "--url: is needed to register with it: its versions address.",
            field="--token" if token is None else "--url",
        )
    shown = None if certificate is None else given.file_named(certificate)
    with store(database_url) as opened:
        settings = given.changed(begun, typed | _locations(opened, locations))
        pulls_alone = kind is Channel.SPIRII_GO  # nobody's word is overwritten by ours
        alone = upstream or nobody_else_tells or pulls_alone or nobody_else(name, settings)
        if by_handshake:
            with _by_option(), output.working(f"Registering with {name}"):
                added = registration.add_and_register(
                    opened.database,
                    LOCAL,
                    name,
                    settings,
                    token=token or "",
                    nobody_else_tells=alone,
                    vault=opened.vault,
                    us=opened.ourselves,
                )
            _tell(opened, partners.NewPartner(added), "Added and registered", as_json=as_json)
            return
        with _by_option(static=static):
            made = partners.add_partner(
                opened.database,
                LOCAL,
                name,
                settings,
                vault=opened.vault,
                nobody_else_tells=alone,
                token=token,
                certificate=shown,
                it_shows_a_token=not static or pulls or upstream,
            )
        _tell(opened, made, "Added", as_json=as_json)


def partner_edit(
    name: Name,
    new_name: Annotated[
        str | None, typer.Option("--name", help="Call it so from now on.", show_default=False)
    ] = None,
    url: given.Url = None,
    locations_url: given.LocationsUrl = None,
    token: given.Token = None,
    certificate: given.Certificate = None,
    register: Annotated[
        bool, typer.Option("--register", help="Register with it, by --token.")
    ] = False,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Exchange both tokens for new ones.")
    ] = False,
    new_token: Annotated[
        bool,
        typer.Option(
            "--new-token",
            help="Print a new token for it to register with, or without handshake to use from now "
            "on; the old one and what was registered end.",
        ),
    ] = False,
    paused: Annotated[
        bool | None,
        typer.Option("--pause/--resume", help="Whether it isn't told.", show_default=False),
    ] = None,
    mode: given.Mode = None,
    version: given.Version = None,
    operators: given.Operators = None,
    countries: given.Countries = None,
    locations: given.Locations = None,
    unpublished: given.Unpublished = None,
    statuses: given.Statuses = None,
    announced: given.Announced = None,
    schedule: given.Schedule = None,
    base64_token: given.Base64Token = None,
    explicit_nulls: given.ExplicitNulls = None,
    read_back: given.ReadBack = None,
    operator_id: given.OperatorId = None,
    insert_unknown: given.InsertUnknown = None,
    private_network: given.PrivateNetwork = None,
    profile: given.Profile = None,
    brand: given.Brand = None,
    requests_per_minute: given.RequestsPerMinute = None,
    concurrency: given.Concurrency = None,
    timeout_seconds: given.TimeoutSeconds = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Change what is set of a partner; what isn't given stays."""
    typed = given.settings_among(locals())
    if sum((register, rotate, new_token)) > 1:
        raise InvalidInput("--register, --rotate, --new-token: give one of them.", field="--rotate")
    shown = None if certificate is None else given.file_named(certificate)
    with store(database_url) as opened:
        db, vault, us = opened.database, opened.vault, opened.ourselves
        partner = partners.find_partner(db, LOCAL, name)
        static = partner.settings.channel is Channel.OCPI and not partner.settings.handshake
        address = _address(url, locations_url, static=static)
        settings = given.changed(
            partner.settings,
            typed | _locations(opened, locations) | ({"url": address} if address else {}),
        )
        with _by_option(static=static):
            partner = partners.edit_partner(
                db,
                LOCAL,
                partner.id,
                settings,
                version=partner.version,
                vault=vault,
                name=new_name,
                token=None if register else token,
                certificate=shown,
            )
            if paused is not None:
                partner = partners.pause_partner(db, LOCAL, partner.id, paused=paused)
            made = partners.NewPartner(partner)
            if register:
                if token is None:
                    raise InvalidInput(
                        "token: is needed to register with it: the token A that its operator gave you.",
                        field="token",
                    )
                made = partners.NewPartner(
                    registration.register(db, LOCAL, partner.id, token=token, vault=vault, us=us)
                )
            elif rotate:
                made = partners.NewPartner(
                    registration.rotate(db, LOCAL, partner.id, vault=vault, us=us)
                )
            elif new_token:
                made = registration.invite(db, LOCAL, partner.id)
        _tell(opened, made, "Changed", as_json=as_json)


@contextmanager
def _by_option(*, static: bool = False) -> Iterator[None]:
    """Name a refused value by its option."""
    try:
        yield
    except NotSetUp:
        raise
    except InvalidInput as error:
        raise given.named_by_option(error, static=static) from None


def _begun(
    kind: Channel,
    *,
    upstream: bool,
    static: bool,
    pulls: bool,
    url: str | None,
    locations_url: str | None,
) -> PartnerSettings:
    """What a new partner of this channel begins with."""
    role = PartnerRole.UPSTREAM if upstream else PartnerRole.RECEIVER
    if kind is Channel.OCPI:
        address = _address(url, locations_url, static=static)
        return PartnerSettings(role=role, handshake=not static, url=address)
    for option, is_given in (
        ("--static", static),
        ("--pulls", pulls),
        ("--locations-url", locations_url is not None),
    ):
        if is_given:
            raise InvalidInput(
                f"{option}: is for OCPI partners. Leave it out with this --channel.",
                field=option,
            )
    if kind is Channel.SPIRII_GO:
        return replace(NEW_APP, role=role, url=url or "")
    # A hub has no flag for what isn't published, and shows it to everybody.
    return PartnerSettings(
        role=role, channel=kind, handshake=False, url=url or "", reach=Reach(unpublished=False)
    )


def _address(url: str | None, locations_url: str | None, *, static: bool) -> str:
    if static and url is not None:
        raise InvalidInput(
            "--url: is for partners with a handshake. Use --locations-url, the address of its Locations.",
            field="--url",
        )
    if not static and locations_url is not None:
        raise InvalidInput(
            "--locations-url: is for partners without a handshake (--static). Use --url.",
            field="--locations-url",
        )
    return (locations_url if static else url) or ""


def _locations(opened: App, typed: str | None) -> dict[str, Any]:
    if typed is None:
        return {}
    everywhere = given.is_all(typed)
    numbers = None if everywhere else find_locations(opened.database, LOCAL, given.words(typed))
    return {"locations": numbers}


def _tell(opened: App, made: partners.NewPartner, done: str, *, as_json: bool) -> None:
    partner, us = made.partner, opened.ourselves
    shown = certificates(opened.database, LOCAL, opened.vault).get(partner.id)
    if as_json:
        token = {} if made.token is None else {"token": made.token}
        output.print_json(forms.partner_form(partner, shown) | token)
        return
    if partner.settings.channel is Channel.HUBJECT:
        forms.say_of_hub(partner, shown, done, now=opened.now())
        return
    if partner.settings.channel is Channel.SPIRII_GO:
        forms.say_of_app(made, done, us)
        return
    if made.token is not None:
        output.say(made.token)
        where = f"{us.base_url}/ocpi/versions" if us.base_url else "/ocpi/versions of this server"
        purpose = "to register with" if partner.settings.handshake else "for good"
        output.complain(
            f"{done} {partner.name}. Give its operator this token {purpose}, and the address {where}. "
            "The token is shown this once."
        )
        return
    spoken = f", OCPI {partner.spoken.value}" if partner.is_connected else ", not registered"
    output.say(f"{done} {partner.name}{spoken}.")
