"""Which database does the demo run on, and how does it get its network?"""

import contextlib
import json
import os
import secrets
from pathlib import Path

from evse_status import demo_partners
from evse_status.bootstrap import KEY_SUFFIX, App, open_app
from evse_status.channels.ocpi.locations_in import Reading, read_locations
from evse_status.core.errors import NotSignedIn
from evse_status.core.principal import LOCAL
from evse_status.service import demo, tokens
from evse_status.store.upgrade import empty

DATABASE_URL = "sqlite:///data/demo.db"
_TOKEN_NAME = "Demo"


def prepare_demo(
    network: Path, *, database_url: str = DATABASE_URL, reset: bool = False
) -> tuple[App, bool]:
    """Open the demo's database, filled with `network` (OCPI Locations) if it is empty.

    A second start keeps the user's changes; `reset` starts over. Returns the app, and whether
    the network was placed just now.
    """
    app = open_app(database_url, create=True)
    if reset:
        empty(app.database)
        demo_partners.forget(app.database)
    _keep_key(app)
    return app, demo.prepare(app.database, read_network(network))


def _keep_key(app: App) -> None:
    """A key for the tokens of partners beside an SQLite database, for this user alone, if none is set."""
    file = app.database.file_beside(KEY_SUFFIX)
    is_set = app.settings.secret_key.get_secret_value() != ""
    if file is not None and not file.is_file() and not is_set:
        _write_for_me_alone(file, secrets.token_urlsafe(32))


def _write_for_me_alone(file: Path, text: str) -> None:
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(text + "\n")


def read_network(file: Path) -> Reading:
    """The demo network: a file of OCPI Locations."""
    return read_locations([json.loads(file.read_text(encoding="utf-8"))])


def a_token(app: App) -> str:
    """A token that may do everything, the same at every start: it is kept beside an SQLite database.

    `data/demo.db.token` is readable for this user alone. On PostgreSQL every start makes another.
    """
    file = app.database.file_beside(".token")
    if file is not None and file.is_file():
        kept = file.read_text(encoding="utf-8").strip()
        with contextlib.suppress(NotSignedIn):
            tokens.recognise(app.database, kept, now=app.now())
            return kept
    for one in tokens.list_tokens(app.database, LOCAL):
        if one.name == _TOKEN_NAME and one.state(app.now()) == "valid":
            tokens.revoke_token(app.database, LOCAL, one.id)
    secret = tokens.create_token(app.database, LOCAL, tokens.TokenWish(_TOKEN_NAME)).secret
    if file is not None:
        _write_for_me_alone(file, secret)
    return secret
