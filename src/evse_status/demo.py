"""Which database does the demo run on, and how does it get its network?"""

import json
from pathlib import Path

from evse_status.bootstrap import App, open_app
from evse_status.channels.ocpi.locations_in import Reading, read_locations
from evse_status.service import demo
from evse_status.store.upgrade import empty

DATABASE_URL = "sqlite:///data/demo.db"


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
