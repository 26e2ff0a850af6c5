"""Which parts run together? Alone reads settings and the clock."""

import contextlib
import re
import time
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from pydantic_settings import SettingsError

from evse_status.clock import Clock, system_wall
from evse_status.core.errors import (
    InvalidInput,
    StoreBusy,
    StoreIsReadOnly,
    StoreUnusable,
    UnknownZone,
)
from evse_status.core.local_time import zone
from evse_status.service.audit_log import note_settings
from evse_status.service.ourselves import Ourselves
from evse_status.service.vault import Vault
from evse_status.settings import Settings
from evse_status.store.database import Database
from evse_status.store.upgrade import require_current, upgrade

KEY_SUFFIX = ".key"
"""Beside an SQLite database a key may lie for the tokens of partners; `demo` makes one."""


@dataclass(frozen=True, slots=True)
class App:
    """What every way in gets: the store, the settings and the clock."""

    database: Database
    settings: Settings
    clock: Clock

    def now(self) -> datetime:
        """The product's instant, UTC: never behind the newest instant in the store (rule 22)."""
        newest = self.database.newest_at()
        if newest is not None:
            self.clock.not_before(newest)
        return self.clock.now()

    @property
    def vault(self) -> Vault:
        """What encrypts the tokens of partners: the key of the settings, else the one beside the database."""
        kept = self.database.file_beside(KEY_SUFFIX)
        told = self.settings.secret_key.get_secret_value()
        if not told and kept is not None and kept.is_file():
            told = kept.read_text(encoding="utf-8")
        return Vault(told)

    @property
    def ourselves(self) -> Ourselves:
        """Who we are to partners."""
        settings = self.settings
        return Ourselves(
            base_url=settings.public_url.rstrip("/"),
            country_code=settings.ocpi_country_code.upper(),
            party_id=settings.ocpi_party_id.upper(),
            name=settings.ocpi_name,
        )


def open_app(database_url: str | None = None, *, create: bool = False) -> App:
    """Put the parts together on the database of the settings, or of `database_url`.

    With `create` an absent or empty database is made, and an older one is brought up to date;
    without it both are refused with what to do (StoreNotFound, StoreIsOlder). Raises StoreIsNewer.
    """
    settings = read_settings()
    require_zone_data()
    clock = Clock(system_wall, time.monotonic)
    database = Database(
        database_url or settings.database_url,
        now=clock.now,
        lock_timeout_seconds=settings.lock_timeout_seconds,
    )
    if create:
        upgrade(database)
    else:
        database.require_file()
        require_current(database)
    app = App(database, settings, clock)
    app.now()
    return app


def open_served() -> App:
    """`open_app` for a process that serves: what is set differently than at the last start is noted."""
    app = open_app()
    with contextlib.suppress(StoreIsReadOnly, StoreBusy):  # no reason not to serve
        note_settings(app.database, app.settings.told())
    return app


def read_settings() -> Settings:
    """The settings from the environment; a wrong one is named (InvalidInput)."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors()[0]
        name = f"EVSE_STATUS_{str(wrong['loc'][0]).upper()}"
        raise InvalidInput(f"{name}: {wrong['msg']}.", field=name) from None
    except SettingsError as error:
        found = re.search(r'field "(\w+)"', str(error))
        name = f"EVSE_STATUS_{found[1].upper()}" if found else "EVSE_STATUS_…"
        raise InvalidInput(f"{name}: isn't valid JSON.", field=name) from None


def require_zone_data() -> None:
    """Refuse to start without a time zone database: every local time would be wrong."""
    try:
        zone("Europe/Copenhagen")
    except UnknownZone:
        raise StoreUnusable(
            "This machine has no time zone database. Install the package tzdata "
            "(`pip install tzdata`, or your system's package), then start again."
        ) from None
