"""Which commands are there? `evse-status COMMAND --help` explains each.

Every command takes `--database-url` and `--json`, and when it fails says one sentence on standard
error: exit code 1, or 2 where the command itself was written wrongly.
"""

import contextlib
import ipaddress
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from evse_status import cli_output as output
from evse_status import demo as demo_database
from evse_status.api.forms import display_form
from evse_status.bootstrap import read_settings
from evse_status.channels.ocpi.locations_in import read_locations
from evse_status.channels.ocpi.pull import pull
from evse_status.cli_command import OPTIONS, AsJson, DatabaseUrl, Sentences, store, store_or_new
from evse_status.cli_import import import_app
from evse_status.cli_input import read_duration, read_moment
from evse_status.cli_override import override_app
from evse_status.cli_partner import partner_app
from evse_status.cli_series import series_app
from evse_status.cli_token import token_app
from evse_status.core.errors import InvalidInput
from evse_status.core.period import write_instant
from evse_status.core.principal import LOCAL
from evse_status.service.fleet import FleetFilter, select_evses
from evse_status.service.look_up import display, find_evse
from evse_status.service.retention import archive_before, archive_folder, prune_statuses
from evse_status.settings import SignIn
from evse_status.store.upgrade import backup

app = typer.Typer(
    cls=Sentences,
    help="Decide what drivers are told about a charger, for a period, without touching it.",
    add_completion=False,
    **OPTIONS,
)
db_app = typer.Typer(help="Look after the database.", **OPTIONS)
app.add_typer(import_app, name="import")
app.add_typer(override_app, name="override")
app.add_typer(series_app, name="series")
app.add_typer(token_app, name="token")
app.add_typer(partner_app, name="partner")
app.add_typer(db_app, name="db")

Port = Annotated[int, typer.Option(min=0, max=65535, help="The port to serve on.")]
Host = Annotated[str, typer.Option(help="The address to serve on; 0.0.0.0 for all.")]


def main() -> None:
    """Run the command line and exit."""
    app(prog_name="evse-status")


@app.command()
def demo(
    port: Port = 8501,
    host: Host = "127.0.0.1",
    reset: Annotated[bool, typer.Option("--reset", help="Start over, losing all changes.")] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Don't open a browser.")] = False,
    still: Annotated[bool, typer.Option("--still", help="Let nothing happen by itself.")] = False,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show a demo network: dashboard and API on one port."""
    from evse_status import serving

    url = database_url or demo_database.DATABASE_URL
    network = serving.demo_network()
    if reset:
        _require_demo(url, network)
    opened, placed = demo_database.prepare_demo(network, database_url=url, reset=reset)
    token = demo_database.a_token(opened)
    opened.database.close()
    if placed and not as_json:
        output.say("Made a demo network; your changes to it are kept until --reset.")
    with contextlib.ExitStack() as beside:

        def start(address: str) -> None:
            if not no_browser:
                serving.open_browser(address)
            if not still:
                simulation = beside.enter_context(serving.simulated(url, address))
                # Partners that aren't up yet would look as if they couldn't be reached.
                beside.enter_context(serving.sending(url, after=simulation))

        _serve(url, host, port, as_json=as_json, demo=True, then=start, token=token)


@app.command()
def serve(
    port: Port = 8501,
    host: Host = "127.0.0.1",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Serve dashboard and API on your own database, and tell partners."""
    from evse_status import serving

    url = database_url or read_settings().database_url
    with store_or_new(url) as opened:  # whatever is wrong is said before anything is served
        keep = timedelta(days=opened.settings.actual_history_days)
        prune_statuses(opened.database, LOCAL, keep=keep, now=opened.now())
    with contextlib.ExitStack() as beside:
        _serve(
            url,
            host,
            port,
            as_json=as_json,
            then=lambda _: beside.enter_context(serving.sending(url)),
        )


@app.command()
def api(
    port: Port = 8502,
    host: Host = "127.0.0.1",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Serve the API alone, without the dashboard."""
    from evse_status import serving

    url = database_url or read_settings().database_url
    with store_or_new(url):
        pass  # whatever is wrong with it is said before anything is served

    def on_ready(address: str) -> None:
        if as_json:
            print(json.dumps({"url": address}), flush=True)
        else:
            print(f"The API of evse-status is on {address} (Ctrl-C stops it)", flush=True)

    level = read_settings().log_level
    serving.serve(url, host=host, port=port, on_ready=on_ready, dashboard=False, log_level=level)


@app.command()
def sender(database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Tell partners what chargers show, without dashboard and API."""
    from evse_status.sender.process import run

    def on_ready(name: str) -> None:
        if as_json:
            print(json.dumps({"sender": name}), flush=True)
        else:
            print(f"The sender runs as {name} (Ctrl-C stops it)", flush=True)

    with store(database_url) as opened:
        run(opened, on_ready=on_ready)


@app.command()
def show(
    evse: Annotated[str, typer.Argument(metavar="EVSE", show_default=False)],
    at: Annotated[
        str | None,
        typer.Option(
            help="When: like 2026-11-22T13:00:00+01:00, or +4h from now.", show_default="now"
        ),
    ] = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show what every channel displays for an EVSE at an instant, and why."""
    with store(database_url) as opened:
        now = opened.now()
        moment = now if at is None else read_moment(at, field="--at", now=now)
        card = find_evse(opened.database, LOCAL, evse)
        shown = display(opened.database, LOCAL, card.id, at=moment)
        if as_json:
            output.print_json(display_form(shown))
        else:
            output.display_sheet(shown)


@db_app.command("upgrade")
def db_upgrade(database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Create the database, or bring an older one up to date."""
    with store(database_url, create=True) as opened:
        if as_json:
            output.print_json({"database": opened.database.name, "upToDate": True})
        else:
            output.say(f"The database {opened.database.name} is up to date.")


@db_app.command("backup")
def db_backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Copy an SQLite database into a new file while it is in use."""
    with store(database_url) as opened:
        backup(opened.database, file)
        if as_json:
            output.print_json({"database": opened.database.name, "backup": str(file)})
        else:
            output.say(f"Copied {opened.database.name} to {file}.")


@db_app.command("archive")
def db_archive(
    before: Annotated[
        str,
        typer.Option(
            help="Move what ended before: like 2026-01-01T00:00:00Z, or -365d from now.",
            show_default=False,
        ),
    ],
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where the files go; they are read from there ever after.",
            show_default="a folder beside an SQLite file",
        ),
    ] = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Move ended history into Parquet files; whatever asks about the past still finds it.

    Actual statuses older than EVSE_STATUS_ACTUAL_HISTORY_DAYS (400) are forgotten. May be stopped
    at any time; the next run goes on.
    """
    with store(database_url) as opened:
        now, db = opened.now(), opened.database
        ago = before.strip().startswith("-")
        moment = (
            now + read_duration(before, field="--before")
            if ago
            else read_moment(before, field="--before", now=now)
        )
        with output.counting_rows() as tell:
            forgotten = prune_statuses(
                db, LOCAL, keep=timedelta(days=opened.settings.actual_history_days), now=now
            )
            moved = archive_before(
                db,
                LOCAL,
                before=moment,
                folder=to or archive_folder(db),
                now=now,
                on_progress=tell,
            )
        if as_json:
            output.print_json(
                {
                    "before": write_instant(moment),
                    "overrides": moved.overrides,
                    "actualStatuses": moved.statuses,
                    "actualStatusesForgotten": forgotten,
                }
            )
        else:
            output.say(
                f"Archived {moved.overrides:,} overrides and {moved.statuses:,} stretches of actual "
                f"statuses that ended before {write_instant(moment)}; forgot {forgotten:,} stretches "
                f"older than {opened.settings.actual_history_days} days."
            )


def _serve(
    url: str,
    host: str,
    port: int,
    *,
    as_json: bool,
    demo: bool = False,
    then: Callable[[str], object] | None = None,
    token: str = "",
) -> None:
    from evse_status import serving

    settings = read_settings()
    settings.require_sign_in_works()
    if settings.sign_in is SignIn.NONE and not _is_loopback(host):
        if not settings.open_to_network:
            raise InvalidInput(
                f"--host: nobody signs in, so whoever reaches {host} could change what drivers see. "
                "Set up sign-in (docs/sign-in.md), or allow it with EVSE_STATUS_OPEN_TO_NETWORK=true.",
                field="--host",
            )
        output.complain(f"Nobody signs in: whoever reaches {host} can change what drivers see.")

    def on_ready(address: str) -> None:
        if as_json:
            print(json.dumps({"url": address} | ({"token": token} if token else {})), flush=True)
        else:
            print(f"evse-status is on {address} (Ctrl-C stops it)", flush=True)
            if token:
                print(f"A token to try the API with: {token}", flush=True)
        if then is not None:
            then(address)

    level = "warning" if demo else settings.log_level
    serving.serve(url, host=host, port=port, on_ready=on_ready, demo=demo, log_level=level)


def _require_demo(url: str, network: Path) -> None:
    """Refuse to start a database over that holds more than the demo."""
    demo_reading = read_locations(page.body for page in pull(str(network)))
    ours = {location.party_id for location in demo_reading.locations}
    with store_or_new(url) as opened:
        cards = select_evses(opened.database, LOCAL, FleetFilter(), now=opened.now())
    if {card.party_id for card in cards} - ours:
        raise InvalidInput(
            f"--reset: the database {opened.database.name} holds chargers that aren't the demo's. "
            "Name another one with --database-url.",
            field="--reset",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
