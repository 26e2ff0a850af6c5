"""Writes are alone, ordered in time, whole or not at all, and survive; what can't be opened is said in a sentence."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from filelock import FileLock
from sqlalchemy import create_engine, select, text

from evse_status.core.errors import (
    InvalidInput,
    StoreBusy,
    StoreIsReadOnly,
    StoreNotFound,
    StoreUnusable,
)
from evse_status.core.override import Wish
from evse_status.core.principal import LOCAL
from evse_status.service.look_up import find_evse
from evse_status.service.schedule import place_overrides
from evse_status.store.database import Database, newest_at
from evse_status.store.tables import change, import_run, override
from evse_status.store.upgrade import upgrade
from support import BLOCKED, NOON, PROJECT, Hands, a_site, at, evse_json, location_json, take_in

MOMENT = timedelta(microseconds=1)


def a_write(db: Database, origin: str = "x") -> None:
    with db.write() as write:
        write.conn.execute(
            import_run.insert().values(at=write.now, by="me", origin=origin, outcome={})
        )


def origins(db: Database) -> list[str]:
    with db.read() as conn:
        return list(conn.scalars(select(import_run.c.origin).order_by(import_run.c.id)))


def a_writer(db: Database, *, threads: int, count: int) -> subprocess.Popen[bytes]:
    url = db.url.render_as_string(hide_password=False)
    script = Path(__file__).with_name("writer.py")
    return subprocess.Popen(
        [sys.executable, str(script), url, str(threads), str(count)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(PROJECT / "src")},
    )


def test_now_is_strictly_increasing_even_if_the_clock_stands_still(db: Database) -> None:
    seen = []
    for _ in range(3):
        with db.write() as write:
            seen.append(write.now)
    assert seen == [NOON, NOON + MOMENT, NOON + 2 * MOMENT]
    assert db.newest_at() == NOON + 2 * MOMENT


def test_rule_22_now_is_later_than_any_before_when_the_clock_steps_back(
    db: Database, hands: Hands
) -> None:
    a_write(db)
    hands.forward(hours=-1)
    with db.write() as write:
        assert write.now == NOON + MOMENT
    hands.forward(hours=3)
    with db.write() as write:
        assert write.now == at(2)


def test_the_order_of_commits_of_many_threads_is_the_order_of_time(db: Database) -> None:
    def write_ten() -> None:
        for _ in range(10):
            a_write(db)

    threads = [Thread(target=write_ten) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.read() as conn:
        instants = list(conn.scalars(select(import_run.c.at).order_by(import_run.c.id)))
    assert len(instants) == 80
    assert instants == sorted(set(instants))


def test_case_31_a_reader_of_changes_since_misses_none_of_eight_writers(
    db: Database, hands: Hands
) -> None:
    """Two processes with four threads each write while one reader asks for what is new."""
    a_site(db, hands, 1)
    writers = [a_writer(db, threads=4, count=15) for _ in range(2)]
    seen: list[int] = []
    since = NOON
    while True:
        all_done = all(writer.poll() is not None for writer in writers)
        with db.read() as conn:
            statement = select(change.c.override_id, change.c.at).where(change.c.at > since)
            rows = list(conn.execute(statement.order_by(change.c.at)))
        seen += [row.override_id for row in rows]
        since = rows[-1].at if rows else since
        if all_done:
            break
    acknowledged = sorted(
        int(line) for writer in writers for line in writer.communicate()[0].split()
    )
    assert [writer.returncode for writer in writers] == [0, 0]
    assert len(acknowledged) == 2 * 4 * 15
    assert sorted(seen) == acknowledged


def test_case_22_what_was_acknowledged_survives_kill_9(db: Database, hands: Hands) -> None:
    a_site(db, hands, 1)
    writer = a_writer(db, threads=2, count=10_000)
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(20)]
    writer.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in writer.communicate()[0].split()]
    assert writer.returncode == -signal.SIGKILL
    reopened = Database(
        db.url.render_as_string(hide_password=False), now=hands.now, lock_timeout_seconds=20
    )
    a_write(reopened)
    with reopened.read() as conn:
        kept = set(conn.scalars(select(override.c.id)))
        documented = set(conn.scalars(select(change.c.override_id)))
    reopened.close()
    assert set(acknowledged) <= kept
    assert documented == kept


def test_a_write_that_fails_keeps_nothing_and_takes_no_time(db: Database) -> None:
    a_write(db, "first")
    before = db.newest_at()

    def failing() -> None:
        with db.write() as write:
            write.conn.execute(
                import_run.insert().values(at=write.now, by="me", origin="half", outcome={})
            )
            raise LookupError("by the caller")

    with pytest.raises(LookupError):
        failing()
    assert origins(db) == ["first"]
    assert db.newest_at() == before
    a_write(db, "second")
    assert origins(db) == ["first", "second"]


def test_a_read_sees_one_state_while_others_write(db: Database) -> None:
    a_write(db, "before")
    with db.read() as conn:
        first = list(conn.scalars(select(import_run.c.origin)))
        other = Thread(target=a_write, args=(db, "meanwhile"))
        other.start()
        other.join()
        assert list(conn.scalars(select(import_run.c.origin))) == first == ["before"]
    assert origins(db) == ["before", "meanwhile"]


@pytest.fixture
def impatient(sqlite_url: str, hands: Hands) -> Iterator[Database]:
    db = Database(sqlite_url, now=hands.now, lock_timeout_seconds=0.2)
    upgrade(db)
    yield db
    db.close()


def test_a_file_locked_by_another_process_is_said_so_and_can_still_be_read(
    impatient: Database,
) -> None:
    holder = sqlite3.connect(str(impatient.url.database), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreBusy, match=r"store\.db is locked by another process\. Try again"):
        a_write(impatient)
    assert origins(impatient) == []
    holder.execute("ROLLBACK")
    holder.close()
    a_write(impatient, "afterwards")
    assert origins(impatient) == ["afterwards"]


def test_another_holder_of_the_lock_file_is_waited_for_and_then_named(impatient: Database) -> None:
    with (
        FileLock(f"{impatient.url.database}.lock"),
        pytest.raises(StoreBusy, match="locked by another process"),
    ):
        a_write(impatient)
    a_write(impatient, "afterwards")
    assert origins(impatient) == ["afterwards"]


def test_a_write_inside_a_write_is_refused_and_not_waited_for_for_ever(
    impatient: Database,
) -> None:
    with impatient.write(), pytest.raises(StoreBusy):
        a_write(impatient)


@pytest.mark.postgresql
def test_another_holder_of_the_advisory_lock_is_named(postgresql_url: str, hands: Hands) -> None:
    db = Database(postgresql_url, now=hands.now, lock_timeout_seconds=0.2)
    upgrade(db)
    holder = create_engine(db.url)
    with holder.connect() as conn:
        conn.execute(text("SELECT pg_advisory_lock(7311026)"))
        with pytest.raises(StoreBusy):
            a_write(db)
        with pytest.raises(StoreBusy):
            upgrade(db)
    holder.dispose()
    a_write(db, "afterwards")
    assert origins(db) == ["afterwards"]
    db.close()


def test_more_readers_than_connections_are_told_that_the_store_is_busy(
    impatient: Database,
) -> None:
    impatient.engine.pool._timeout = 0.1  # type: ignore[attr-defined]
    held = [impatient.engine.connect() for _ in range(15)]
    with pytest.raises(StoreBusy):
        impatient.newest_at()
    for conn in held:
        conn.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://host/name", "mysql databases aren't supported. Use SQLite or PostgreSQL."),
        ("nonsense", "'nonsense' is no database address. Use sqlite:///path/to/file.db"),
        ("", "'' is no database address"),
        ("postgresql://me:secret@host:port/name", "'host:port/name' is no database address"),
        ("sqlite://", "An SQLite database needs a file"),
        ("sqlite:///:memory:", "An SQLite database needs a file"),
        ("sqlite:///file::memory:?uri=true", "An SQLite database needs a file"),
        ("sqlite:///file:x?mode=memory&uri=true", "An SQLite database needs a file"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_what_can(
    url: str, said: str, hands: Hands
) -> None:
    with pytest.raises(StoreUnusable) as refused:
        Database(url, now=hands.now)
    assert said in refused.value.message
    assert "secret" not in refused.value.message


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgresql://host/name", "postgresql+psycopg"),
        ("postgres://host/name", "postgresql+psycopg"),
        ("postgresql+psycopg2://host/name", "postgresql+psycopg"),
        ("sqlite+aiosqlite:///store.db", "sqlite"),
    ],
)
def test_only_drivers_that_are_installed_are_used(url: str, driver: str, hands: Hands) -> None:
    db = Database(url, now=hands.now)
    assert db.url.drivername == driver
    db.close()


def test_the_password_is_never_part_of_the_name(hands: Hands) -> None:
    db = Database("postgresql://me:secret@host/name", now=hands.now)
    assert db.name == "postgresql+psycopg://me:***@host/name"
    db.close()


def test_a_server_that_does_not_answer_is_said_so(hands: Hands) -> None:
    db = Database("postgresql://me:secret@127.0.0.1:1/name", now=hands.now)
    with pytest.raises(StoreUnusable, match="doesn't answer") as refused:
        db.newest_at()
    assert "\n" not in refused.value.message
    assert "secret" not in refused.value.message
    db.close()


@pytest.mark.postgresql
def test_a_missing_postgresql_database_is_said_so(postgresql_url: str, hands: Hands) -> None:
    db = Database(postgresql_url.replace("/test_", "/nothing_"), now=hands.now)
    with pytest.raises(StoreUnusable, match=r"nothing_.* does not exist"):
        db.newest_at()
    db.close()


def test_a_file_without_tables_is_told_what_to_run(sqlite_url: str, hands: Hands) -> None:
    bare = Database(sqlite_url, now=hands.now)
    with pytest.raises(StoreNotFound, match="evse-status db upgrade"):
        bare.newest_at()
    bare.close()


@pytest.mark.postgresql
def test_a_postgresql_database_without_tables_is_told_what_to_run(
    postgresql_url: str, hands: Hands
) -> None:
    bare = Database(postgresql_url, now=hands.now)
    with pytest.raises(StoreNotFound, match="evse-status db upgrade"):
        bare.newest_at()
    bare.close()


def test_a_file_opened_for_reading_only_can_be_read_and_not_written(
    sqlite: Database, tmp_path: Path, hands: Hands
) -> None:
    a_write(sqlite, "first")
    read_only = Database(f"sqlite:///file:{tmp_path / 'store.db'}?mode=ro&uri=true", now=hands.now)
    read_only.require_file()
    assert origins(read_only) == ["first"]
    with pytest.raises(StoreIsReadOnly, match="can't be written to") as refused:
        a_write(read_only)
    assert "--database-url" in refused.value.message
    read_only.close()
    assert sorted(file.name for file in tmp_path.iterdir() if "lock" in file.name) == [
        "store.db.lock"
    ]


def test_a_folder_that_cannot_be_written_to_is_said_so(tmp_path: Path, hands: Hands) -> None:
    (tmp_path / "a file").write_text("")
    db = Database(f"sqlite:///{tmp_path}/a file/store.db", now=hands.now)
    with pytest.raises(StoreIsReadOnly, match="folder of the database"):
        a_write(db)
    with pytest.raises(StoreIsReadOnly, match="folder of the database"):
        upgrade(db)
    db.close()


def test_a_damaged_file_is_said_so(sqlite_url: str, tmp_path: Path, hands: Hands) -> None:
    db = Database(sqlite_url, now=hands.now)
    upgrade(db)
    db.close()
    file = tmp_path / "store.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    damaged = Database(sqlite_url, now=hands.now)
    with pytest.raises(StoreUnusable, match="damaged"):
        origins(damaged)
    damaged.close()


def test_texts_that_no_database_keeps_are_refused(db: Database, hands: Hands) -> None:
    site = a_site(db, hands, 1)
    with pytest.raises(InvalidInput, match="can't be kept"):
        place_overrides(db, LOCAL, list(site.numbers.values()), Wish(BLOCKED, reason="\ud800"))
    if not db.is_sqlite:
        with pytest.raises(InvalidInput, match="can't be kept"):
            find_evse(db, LOCAL, "DK\x00")


def test_a_programming_error_is_not_dressed_up(db: Database) -> None:
    def wrong() -> None:
        with db.read() as conn:
            conn.execute(text("SELECT wrong FROM evse"))

    with pytest.raises(Exception, match="wrong") as raised:
        wrong()
    assert not isinstance(raised.value, StoreNotFound)


def test_sqlite_waits_for_the_disk_and_checks_references(sqlite: Database) -> None:
    with sqlite.read() as conn:
        pragmas = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_search_folds_the_case_of_every_letter_on_sqlite(sqlite: Database) -> None:
    with sqlite.read() as conn:
        assert conn.execute(text("SELECT lower('ÆBLE'), lower(NULL), lower(7)")).one() == (
            "æble",
            None,
            7,
        )


def test_a_copy_is_whole_while_somebody_writes(sqlite: Database, tmp_path: Path) -> None:
    a_write(sqlite, "first")
    with sqlite.write() as write:
        write.conn.execute(
            import_run.insert().values(at=write.now, by="me", origin="open", outcome={})
        )
        sqlite.copy_to(tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT origin FROM import_run").fetchall() == [("first",)]


def test_a_fresh_store_has_no_newest_instant(db: Database) -> None:
    with db.read() as conn:
        assert newest_at(conn) is None


def test_after_a_large_write_postgresql_knows_how_much_there_is(
    on_postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rows_known(table: str) -> float:
        with on_postgresql.read() as conn:
            of_it = text("SELECT reltuples FROM pg_class WHERE oid = to_regclass(:it)")
            return float(conn.scalar(of_it, {"it": f'"{table}"'}) or 0)

    names = [f"DK*TST*E{n}" for n in range(3)]
    with on_postgresql.aside() as conn:  # as if they had never been looked at
        conn.execute(text("ANALYZE evse, holding"))
    assert (rows_known("evse"), rows_known("holding")) == (0, 0)
    take_in(on_postgresql, location_json("L1", *(evse_json(str(n), names[n]) for n in range(3))))
    assert rows_known("evse") == 0
    monkeypatch.setattr("evse_status.store.database._LARGE", 3)
    take_in(on_postgresql, location_json("L1", evse_json("3", "DK*TST*E3")), complete=False)
    assert rows_known("evse") == 0
    place_overrides(on_postgresql, LOCAL, names, Wish(BLOCKED))
    assert (rows_known("evse"), rows_known("holding")) == (4, 3)
