"""Every database gets the newest form or is refused with one sentence, and nothing in it is touched."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from evse_status.core.errors import (
    StoreIsNewer,
    StoreIsOlder,
    StoreIsReadOnly,
    StoreNotFound,
    StoreUnusable,
)
from evse_status.core.period import to_microseconds
from evse_status.store.database import Database
from evse_status.store.tables import audit_log, import_run, metadata
from evse_status.store.upgrade import _config, backup, empty, require_current, upgrade
from support import Hands, a_site, placed

Open = Callable[[str], Database]

_AT = to_microseconds(datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture
def opened(hands: Hands) -> Iterator[Open]:
    made: list[Database] = []

    def open_database(url: str) -> Database:
        made.append(Database(url, now=hands.now, lock_timeout_seconds=5))
        return made[-1]

    yield open_database
    for db in made:
        db.close()


@pytest.fixture(params=["sqlite_url", pytest.param("postgresql_url", marks=pytest.mark.postgresql)])
def bare(request: pytest.FixtureRequest, opened: Open) -> Database:
    """A database with nothing in it."""
    return opened(request.getfixturevalue(request.param))


def run(db: Database, statement: str) -> None:
    with db.upgrading() as conn:
        conn.execute(text(statement))


def test_an_empty_database_gets_all_tables(bare: Database) -> None:
    with pytest.raises(StoreNotFound, match="evse-status db upgrade"):
        require_current(bare)
    upgrade(bare)
    require_current(bare)
    with bare.read() as conn:
        assert set(inspect(conn).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_upgrading_twice_changes_nothing(bare: Database, hands: Hands) -> None:
    upgrade(bare)
    site = a_site(bare, hands, 2)
    made = placed(site)
    before = bare.newest_at()
    upgrade(bare)
    require_current(bare)
    assert bare.newest_at() == before
    with bare.read() as conn:
        assert conn.execute(text("SELECT id FROM override")).all() == [(made.id,)]


def test_many_that_upgrade_at_once_do_it_once(bare: Database, opened: Open) -> None:
    url = bare.url.render_as_string(hide_password=False)
    failed: list[Exception] = []

    def start() -> None:
        try:
            upgrade(opened(url))
        except Exception as error:
            failed.append(error)

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    require_current(bare)


def test_migrations_and_tables_are_equal(bare: Database) -> None:
    upgrade(bare)
    with bare.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        for table in metadata.tables.values():
            checks = {str(one.name) for one in table.constraints if str(one.name).startswith("ck_")}
            found = inspect(conn).get_check_constraints(table.name)
            assert {one["name"] for one in found} == checks


_A_STORE_OF_THE_FIRST_VERSION = (
    f"INSERT INTO newest VALUES (1, {_AT})",
    "INSERT INTO location (id, country_code, party_id, ocpi_id, ocpi_key, name, address, city,"
    " postal_code, country, time_zone, publish, content, content_changed_at) VALUES (1, 'DK',"
    f" 'TST', 'L1', 'L1', 'Harbour', '', '', '', 'DNK', 'Europe/Copenhagen', true, '{{}}', {_AT})",
    "INSERT INTO evse (id, location_id, uid, uid_key, evse_id, evse_key, charger,"
    " physical_reference, search, sort_key, connectors, content, content_changed_at, created_at)"
    f" VALUES (1, 1, 'U1', 'U1', 'DK*TST*E1', 'DKTSTE1', '', '', '', '', '', '{{}}', {_AT}, {_AT})",
    "INSERT INTO override (id, evse_id, temporary_status, starts_at, made_at, created_by, source,"
    " reason, ticket, stands_back, version, external_ref) VALUES (42, 1, 'BLOCKED',"
    f" {_AT}, {_AT}, 'mette', 'operator', '', '', false, 1, '')",
)


def test_a_store_of_an_older_version_names_backup_and_upgrade_and_keeps_its_rows(
    bare: Database,
) -> None:
    config = _config()
    with bare.upgrading() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
    for statement in _A_STORE_OF_THE_FIRST_VERSION:
        run(bare, statement)
    with pytest.raises(StoreIsOlder, match="older version") as refused:
        require_current(bare)
    assert "evse-status db backup FILE" in refused.value.message
    assert "evse-status db upgrade" in refused.value.message
    upgrade(bare)
    require_current(bare)
    with bare.read() as conn:
        assert conn.execute(text("SELECT id FROM override")).all() == [(42,)]
        assert conn.scalar(text("SELECT overrides_changed_at FROM evse")) == _AT
        assert conn.scalar(text("SELECT count(*) FROM token")) == 0


def test_a_store_of_a_newer_version_is_refused_and_left_alone(bare: Database) -> None:
    upgrade(bare)
    run(bare, "UPDATE alembic_version SET version_num = '9999'")
    for refuse in (upgrade, require_current):
        with pytest.raises(
            StoreIsNewer, match=r"newer version.*its form is 9999.*Update the program"
        ):
            refuse(bare)
    with bare.read() as conn:
        assert conn.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_somebody_elses_database_is_refused_and_left_alone(bare: Database) -> None:
    run(bare, "CREATE TABLE customers (id INTEGER)")
    for refuse in (upgrade, require_current):
        with pytest.raises(StoreNotFound):
            refuse(bare)
    with pytest.raises(StoreNotFound, match=r"holds something else \(customers\)"):
        upgrade(bare)
    with bare.read() as conn:
        assert inspect(conn).get_table_names() == ["customers"]


def test_somebody_elses_file_is_not_altered_by_a_byte(tmp_path: Path, opened: Open) -> None:
    file = tmp_path / "others.db"
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("CREATE TABLE customers (id INTEGER)")
        conn.commit()
    before = file.read_bytes()
    with pytest.raises(StoreNotFound):
        upgrade(opened(f"sqlite:///{file}"))
    assert file.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, opened: Open) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Mette, " * 400)
    for refuse in (upgrade, require_current):
        with pytest.raises(StoreNotFound, match=r"letter\.txt is not an SQLite database"):
            refuse(opened(f"sqlite:///{file}"))
    assert file.read_text() == "Dear Mette, " * 400


def test_a_folder_is_no_database(tmp_path: Path, opened: Open) -> None:
    with pytest.raises(StoreNotFound, match=r"is a folder\. Name the database file in it"):
        upgrade(opened(f"sqlite:///{tmp_path}"))


def test_a_missing_file_is_refused_and_not_made(tmp_path: Path, opened: Open) -> None:
    db = opened(f"sqlite:///{tmp_path / 'absent.db'}")
    with pytest.raises(StoreNotFound, match=r"There is no database at .*absent\.db"):
        db.require_file()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_made(tmp_path: Path, opened: Open) -> None:
    db = opened(f"sqlite:///{tmp_path}/new/folder/store.db")
    upgrade(db)
    require_current(db)


def test_a_file_that_can_only_be_read_is_used_for_reading_and_not_upgraded(
    tmp_path: Path, opened: Open
) -> None:
    upgrade(opened(f"sqlite:///{tmp_path / 'store.db'}"))
    read_only = opened(f"sqlite:///file:{tmp_path / 'store.db'}?mode=ro&uri=true")
    require_current(read_only)
    upgrade(read_only)
    (tmp_path / "fresh.db").touch()
    with pytest.raises(StoreIsReadOnly):
        upgrade(opened(f"sqlite:///file:{tmp_path / 'fresh.db'}?mode=ro&uri=true"))
    absent = opened(f"sqlite:///file:{tmp_path / 'absent.db'}?mode=ro&uri=true")
    with pytest.raises(StoreNotFound):
        absent.require_file()
    with pytest.raises(StoreNotFound):
        require_current(absent)


def test_a_backup_is_a_store_of_its_own(sqlite: Database, tmp_path: Path, opened: Open) -> None:
    with sqlite.write() as write:
        write.conn.execute(
            import_run.insert().values(at=write.now, by="me", origin="a test", outcome={})
        )
    backup(sqlite, tmp_path / "copy.db")
    copy = opened(f"sqlite:///{tmp_path / 'copy.db'}")
    require_current(copy)
    assert copy.newest_at() == sqlite.newest_at()
    with copy.read() as conn:
        assert conn.scalars(text("SELECT origin FROM import_run")).all() == ["a test"]


def test_a_backup_never_overwrites(sqlite: Database, tmp_path: Path) -> None:
    (tmp_path / "there.db").write_text("precious")
    with pytest.raises(StoreUnusable, match="is there already"):
        backup(sqlite, tmp_path / "there.db")
    assert (tmp_path / "there.db").read_text() == "precious"
    with pytest.raises(StoreUnusable, match=r"copy\.db can't be written"):
        backup(sqlite, tmp_path / "no such folder" / "copy.db")


@pytest.mark.postgresql
def test_a_postgresql_database_is_left_to_its_own_backup(postgresql_url: str, opened: Open) -> None:
    with pytest.raises(StoreUnusable, match="pg_dump"):
        backup(opened(postgresql_url), Path("copy.db"))


def test_emptying_keeps_nothing_but_the_time_and_the_log(db: Database, hands: Hands) -> None:
    placed(a_site(db, hands, 2))
    with db.write() as write:
        write.conn.execute(
            audit_log.insert().values(
                at=write.now, by="me", what="signed in", about="me", details={}
            )
        )
    before = db.newest_at()
    empty(db)
    assert before is not None
    with db.read() as conn:
        left = {
            name: conn.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in metadata.tables
        }
    assert {name for name, count in left.items() if count} == {"newest", "audit_log"}
    newest = db.newest_at()
    assert newest is not None
    assert newest > before
