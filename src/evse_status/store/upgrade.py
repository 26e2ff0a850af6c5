"""Which form does the database have, and how does it get the newest one? Alembic, with sentences for people."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from evse_status.core.errors import StoreIsNewer, StoreIsOlder, StoreNotFound, StoreUnusable
from evse_status.store.database import Database
from evse_status.store.tables import audit_log, metadata, newest

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(db: Database) -> None:
    """Create the tables in an empty database, or bring an older one up to date.

    Raises StoreIsNewer for one made by a newer version, StoreNotFound for somebody else's database.
    """
    if db.is_sqlite:
        db.make_folder()
    _refuse_strangers(db)
    if db.is_sqlite:
        db.use_write_ahead_log()
    config = _config()
    with db.upgrading() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


def require_current(db: Database) -> None:
    """Refuse a database that this version can't work on, saying what to do."""
    found = _revision(db)
    if found is None:
        raise StoreNotFound(
            f"The database {db.name} has none of evse-status's tables. "
            "Create them with: evse-status db upgrade"
        )
    scripts = ScriptDirectory.from_config(_config())
    if found == scripts.get_current_head():
        return
    _refuse_newer(db, found, scripts)
    raise StoreIsOlder(
        f"The database {db.name} was made by an older version of evse-status. "
        "Back it up with `evse-status db backup FILE`, then run: evse-status db upgrade"
    )


def empty(db: Database) -> None:
    """Delete every row but the newest instant, because time goes on, and the log of who came and went."""
    with db.write() as write:
        for table in reversed(metadata.sorted_tables):
            if table not in (newest, audit_log):
                write.conn.execute(table.delete())


def backup(db: Database, to_file: Path) -> None:
    """Copy an SQLite store, as it is at one instant, into a new file while others go on using it."""
    if not db.is_sqlite:
        raise StoreUnusable(f"{db.name} is a PostgreSQL database. Back it up with its own pg_dump.")
    if to_file.exists():
        raise StoreUnusable(f"{to_file} is there already. Name a file that doesn't exist.")
    try:
        db.copy_to(to_file)
    except sqlite3.Error as error:
        raise StoreUnusable(f"{to_file} can't be written: {error}.") from None


def _refuse_strangers(db: Database) -> None:
    with db.read() as conn:
        found = MigrationContext.configure(conn).get_current_revision()
        tables = inspect(conn).get_table_names()
    if found is not None:
        _refuse_newer(db, found, ScriptDirectory.from_config(_config()))
    elif tables:
        raise StoreNotFound(
            f"The database {db.name} holds something else ({', '.join(sorted(tables)[:3])}). "
            "Name an empty one with --database-url."
        )


def _refuse_newer(db: Database, found: str, scripts: ScriptDirectory) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if found not in known:
        raise StoreIsNewer(
            f"The database {db.name} was made by a newer version of evse-status (its form is {found[:20]}). "
            "Update the program, or name another database with --database-url."
        )


def _revision(db: Database) -> str | None:
    with db.read() as conn:
        return MigrationContext.configure(conn).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
