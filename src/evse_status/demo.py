"""Which database does the demo run on, and how does it get its network?"""

import contextlib
import json
import os
from pathlib import Path

from evse_status.bootstrap import App, open_app
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
    return app, demo.prepare(app.database, read_network(network))


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
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
            opened.write(secret + "\n")
    return secret
