"""How is the database opened, read and written? One write lock for the whole store, `now` taken under it."""

import contextlib
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from filelock import FileLock, Timeout
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    bindparam,
    create_engine,
    event,
    insert,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from evse_status.core.errors import (
    InvalidInput,
    StoreBusy,
    StoreIsReadOnly,
    StoreNotFound,
    StoreUnusable,
)
from evse_status.store.columns import Instant
from evse_status.store.tables import newest

Now = Callable[[], datetime]

# Any fixed number: it names the one lock that all writers of a PostgreSQL database share.
_ADVISORY_LOCK = 7_311_026
_WRITES = "evse_status_writes"
_LATER = (
    text("UPDATE newest SET at = CASE WHEN at < :now THEN :now ELSE at + 1 END RETURNING at")
    .bindparams(bindparam("now", type_=Instant))
    .columns(at=Instant)
)
"""`now` becomes the newest instant, or what follows the newest by a microsecond."""
_NEWEST_AT = select(newest.c.at)
_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
_LARGE = 2_000
_MUCH = 10
_GROWN = text(
    "SELECT relname FROM pg_class WHERE relname = ANY(:names) AND relkind = 'r'"
    " AND pg_table_is_visible(oid) AND reltuples < :known"
)
_GROWING = ("location", "evse", "actual", "override", "holding", "change")
_NO_FILES = (None, "", ":memory:", "file:", "file::memory:")


@dataclass(frozen=True, slots=True)
class Write:
    """A running write: its connection and the instant at which everything in it happens (UTC)."""

    conn: Connection
    now: datetime


class Database:
    """One database, SQLite or PostgreSQL. Thread-safe; open one per process."""

    def __init__(self, url: str, *, now: Now, lock_timeout_seconds: float = 20.0) -> None:
        self.url = _url(url)
        self._now = now
        self._timeout = lock_timeout_seconds
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine: Engine = (
            _sqlite_engine(self.url, lock_timeout_seconds)
            if self.is_sqlite
            else _postgresql_engine(self.url)
        )
        self._thread_lock = threading.Lock()
        self._file_lock = _file_lock(self.url, lock_timeout_seconds) if self.is_sqlite else None

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection on which several queries see one state of the store."""
        with self._sentences(), self.engine.connect() as conn:
            if not self.is_sqlite:
                conn = conn.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with conn.begin():
                yield conn

    @contextlib.contextmanager
    def read_as_of(self, now: datetime) -> Iterator[tuple[Connection, datetime]]:
        """A read, and the instant that it is of: it sees every write up to then. `now`, or later.

        Whoever is told what changed up to an instant asks for later changes next time. So it waits
        for a running write, which has its instant already but can't be seen yet.
        """
        with contextlib.suppress(StoreIsReadOnly), self.upgrading():
            pass
        with self.read() as conn:
            yield conn, max(now, newest_at(conn) or now)

    @contextlib.contextmanager
    def write(self) -> Iterator[Write]:
        """The one way to write: alone in the whole store, with a `now` later than any before.

        Committed when the block ends, rolled back when it raises. No I/O belongs in the block.
        Raises StoreBusy when others keep the lock, StoreIsReadOnly.
        """
        with self._sentences(), self._alone(), self.engine.connect() as conn:
            conn = conn.execution_options(**{_WRITES: True})
            with conn.begin():
                self._lock(conn)
                yield Write(conn, self._next_now(conn))

    def wrote(self, count: int) -> None:
        """After a write of so many EVSEs or overrides: if it was large, have PostgreSQL look at its tables
        of which it knows of less than ten times as many rows.

        It would by itself within minutes, and plan until then as if they were empty (20,000 EVSEs and
        10,000 overrides: one EVSE's display takes 33 ms, then 8). What goes wrong is passed over.
        """
        if self.is_sqlite or count < _LARGE:
            return
        with contextlib.suppress(DBAPIError), self.engine.begin() as conn:
            grown = conn.execute(_GROWN, {"names": list(_GROWING), "known": _MUCH * count})
            names = ", ".join(f'"{name}"' for name in grown.scalars())
            if names:
                conn.exec_driver_sql(f"ANALYZE {names}")

    @contextlib.contextmanager
    def aside(self) -> Iterator[Connection]:
        """A write of something that says nothing about chargers, so that no page need be drawn again."""
        with self.upgrading() as conn:
            yield conn

    @contextlib.contextmanager
    def beside_the_lock(self) -> Iterator[Connection]:
        """A short write of what no other write touches, on PostgreSQL without waiting for any.

        SQLite has one writer at a time whatever is written, so there it is `aside`.
        """
        if self.is_sqlite:
            with self.aside() as conn:
                yield conn
            return
        with self._sentences(), self.engine.begin() as conn:
            yield conn

    @contextlib.contextmanager
    def upgrading(self) -> Iterator[Connection]:
        """A connection for changing the store's form, alone like a write but before there is a `now`."""
        with self._sentences(), self._alone(), self.engine.connect() as conn:
            conn = conn.execution_options(**{_WRITES: True})
            with conn.begin():
                self._lock(conn)
                yield conn

    def make_folder(self) -> None:
        """Make the folder of an SQLite file where it is missing. Raises StoreIsReadOnly."""
        try:
            _file(self.url).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreIsReadOnly(
                f"The folder of the database {self.name} can't be made ({error.strerror}). "
                "Name another database with --database-url."
            ) from None

    def use_write_ahead_log(self) -> None:
        """Let readers and the writer of an SQLite file not wait for each other; the file remembers it."""
        with self._sentences(), self._alone():
            raw = self.engine.raw_connection()
            try:
                raw.cursor().execute("PRAGMA journal_mode = WAL")
            except sqlite3.Error as error:
                raise self._sentence_of(error) or error from None
            finally:
                raw.close()

    def copy_to(self, file: Path) -> None:
        """Copy an SQLite store into `file` without stopping anybody. Raises sqlite3.Error."""
        raw = self.engine.raw_connection()
        try:
            with contextlib.closing(sqlite3.connect(file)) as target:
                raw.driver_connection.backup(target)  # type: ignore[union-attr]
        finally:
            raw.close()

    def require_file(self) -> None:
        """Refuse an SQLite file that isn't there, instead of making an empty one."""
        if self.is_sqlite and not _file(self.url).is_file():
            raise self._not_found()

    @property
    def file(self) -> Path:
        """Where an SQLite store lies."""
        return _file(self.url)

    def at(self, conn: Connection) -> datetime:
        """The product's instant for what is read or written aside: never behind the newest write."""
        return self.not_before(newest_at(conn))

    def not_before(self, newest: datetime | None) -> datetime:
        """`at` where the instant of the newest write is known already."""
        now = self._now()
        return now if newest is None else max(now, newest)

    def newest_at(self) -> datetime | None:
        """The instant of the newest write, `None` in a fresh store."""
        with self.read() as conn:
            return newest_at(conn)

    def file_beside(self, suffix: str) -> Path | None:
        """The name of a file beside an SQLite file; a PostgreSQL database has none."""
        if not self.is_sqlite:
            return None
        file = _file(self.url)
        return file.with_name(file.name + suffix)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        if self._file_lock is None:
            yield
            return
        if not self._thread_lock.acquire(timeout=self._timeout):
            raise self._busy()
        try:
            try:
                self._file_lock.acquire()
            except Timeout:
                raise self._busy() from None
            except OSError as error:
                raise StoreIsReadOnly(
                    f"The folder of the database {self.name} can't be written to ({error.strerror}). "
                    "Make it writable for this user, or name another database with --database-url."
                ) from None
            try:
                yield
            finally:
                self._file_lock.release()
        finally:
            self._thread_lock.release()

    def _lock(self, conn: Connection) -> None:
        if self.is_sqlite:
            return
        conn.execute(
            text("SELECT set_config('lock_timeout', :timeout, true)"),
            {"timeout": f"{int(self._timeout * 1000)}ms"},
        )
        conn.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))

    def _next_now(self, conn: Connection) -> datetime:
        now: datetime = self._now()
        later: datetime | None = conn.scalar(_LATER, {"now": now})
        if later is None:
            conn.execute(insert(newest).values(id=1, at=now))
        return later or now

    @property
    def name(self) -> str:
        """What to call it in a sentence: the file, or the address without its password."""
        return str(self.url.database) if self.is_sqlite else str(self.url)

    def _busy(self) -> StoreBusy:
        return StoreBusy(
            f"The database {self.name} is locked by another process. "
            "Try again in a moment, or stop the program that holds it."
        )

    @contextlib.contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._sentence(error) from error
        except NoConnectionFree as error:
            raise self._busy() from error
        except UnicodeEncodeError as error:
            raise _unkept_text() from error

    def _sentence(self, error: DBAPIError) -> Exception:
        known = self._sentence_of(error.orig)
        if known is not None:
            return known
        if re.search(r"NUL \(0x00\)|\\u0000 cannot be converted", str(error.orig)):
            return _unkept_text()
        if isinstance(error, OperationalError):
            first_line = str(error.orig).strip().splitlines()[0]
            return StoreUnusable(f"The database {self.name} doesn't answer: {first_line}")
        return error

    def _sentence_of(self, error: BaseException | None) -> StoreUnusable | None:
        # The first line alone: what follows may quote the row, and with it what people wrote.
        said = str(error).partition("\n")[0].lower()
        for part, make in (
            ("readonly", self._read_only),
            ("read-only", self._read_only),
            ("database is locked", self._busy),
            ("lock timeout", self._busy),
            ("unable to open", self._not_found),
            ("file is not a database", self._not_a_database),
            ("image is malformed", self._damaged),
            ("no such table", self._not_ours),
            (r'relation ".*" does not exist', self._not_ours),
        ):
            if re.search(part, said):
                return make()
        return None

    def _read_only(self) -> StoreUnusable:
        return StoreIsReadOnly(
            f"The database {self.name} can't be written to. "
            "Make the file and its folder writable for this user, "
            "or name another database with --database-url."
        )

    def _not_found(self) -> StoreUnusable:
        if self.is_sqlite and _file(self.url).is_dir():
            return StoreNotFound(f"{self.name} is a folder. Name the database file in it.")
        return StoreNotFound(
            f"There is no database at {self.name}, or this user may not open it. "
            "Check --database-url or EVSE_STATUS_DATABASE_URL."
        )

    def _not_a_database(self) -> StoreUnusable:
        return StoreNotFound(
            f"{self.name} is not an SQLite database. Name another file with --database-url."
        )

    def _damaged(self) -> StoreUnusable:
        return StoreUnusable(
            f"The database {self.name} is damaged. Stop all programs that use it and put a backup in its place."
        )

    def _not_ours(self) -> StoreUnusable:
        return StoreNotFound(
            f"The database {self.name} has none of evse-status's tables. "
            "Create them with: evse-status db upgrade"
        )


def newest_at(conn: Connection) -> datetime | None:
    """The instant of the newest write."""
    at: datetime | None = conn.scalar(_NEWEST_AT)
    return at


def _url(url: str) -> URL:
    try:
        made = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreUnusable(
            f"{url.split('@')[-1][:80]!r} is no database address. Use sqlite:///path/to/file.db "
            "or postgresql://user:password@host/name."
        ) from None
    driver = _DRIVERS.get(made.get_backend_name())
    if driver is None:
        raise StoreUnusable(
            f"{made.get_backend_name()} databases aren't supported. Use SQLite or PostgreSQL."
        )
    made = made.set(drivername=driver)
    in_memory = made.query.get("mode") == "memory" or made.database in _NO_FILES
    if made.get_backend_name() == "sqlite" and in_memory:
        raise StoreUnusable(
            "An SQLite database needs a file: several processes share it. Use sqlite:///path/to/file.db."
        )
    return made


def _file(url: URL) -> Path:
    database = str(url.database)
    if not database.startswith("file:"):
        return Path(database)
    path = unquote(database.removeprefix("file:").split("?")[0])
    return Path(path.removeprefix("//localhost").replace("///", "/", 1))


def _file_lock(url: URL, timeout: float) -> FileLock:
    file = _file(url)
    return FileLock(
        file.with_name(file.name + ".lock"),
        timeout=timeout,
        poll_interval=0.01,
        thread_local=False,
    )


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _unkept_text() -> InvalidInput:
    return InvalidInput(
        "A text has a character that can't be kept (NUL, or half of a character). Leave it out."
    )


def _postgresql_engine(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})

    @event.listens_for(engine, "connect")
    def _configure(dbapi_connection: Any, _record: object) -> None:
        # Starting helpers takes some 10 ms, as long as most questions take altogether. A plan made
        # for any instant takes seconds for the instants that are asked about: the newest of years.
        dbapi_connection.autocommit = True
        dbapi_connection.execute("SET parallel_setup_cost = 10000")
        dbapi_connection.execute("SET plan_cache_mode = force_custom_plan")
        dbapi_connection.autocommit = False

    return engine


def _sqlite_engine(url: URL, timeout: float) -> Engine:
    engine = create_engine(url, connect_args={"timeout": timeout, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _configure(dbapi_connection: Any, _record: object) -> None:
        # Transactions are begun by us: the driver would begin them only before the first write.
        dbapi_connection.isolation_level = None
        # SQLite's own folds ASCII alone: Ørsted would not be found as ørsted.
        dbapi_connection.create_function("lower", 1, _lower, deterministic=True)
        cursor = dbapi_connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute(f"PRAGMA busy_timeout = {int(timeout * 1000)}")
        cursor.execute("PRAGMA cache_size = -65536")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        writes = conn.get_execution_options().get(_WRITES, False)
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
