"""The parts fit together, and what keeps them from starting is said in one sentence."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from evse_status.bootstrap import App, open_app, read_settings, require_zone_data
from evse_status.clock import Clock
from evse_status.core.errors import (
    InvalidInput,
    StoreBusy,
    StoreIsNewer,
    StoreNotFound,
    StoreUnusable,
    UnknownZone,
)
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, Phase
from evse_status.service.schedule import clear_overrides
from evse_status.settings import SignIn
from evse_status.store.database import Database
from evse_status.store.upgrade import upgrade
from support import MAINTENANCE, NOON, Hands, a_site, at, hours, placed, shown

Open = Callable[..., App]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Open]:
    """`open_app` in an empty folder, without settings of this machine."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "ZONE", "LOCK_TIMEOUT_SECONDS", "SIGN_IN"):
        monkeypatch.delenv(f"EVSE_STATUS_{name}", raising=False)
    made: list[App] = []

    def open_it(*args: Any, **options: Any) -> App:
        made.append(open_app(*args, **options))
        return made[-1]

    yield open_it
    for app in made:
        app.database.close()


def an_app(db: Database, hands: Hands) -> App:
    return App(db, read_settings(), Clock(hands.now, lambda: 0.0))


def test_an_absent_database_is_made_only_if_asked_for(opened: Open, tmp_path: Path) -> None:
    with pytest.raises(StoreNotFound, match=r"There is no database at data/evse-status\.db"):
        opened()
    assert list(tmp_path.iterdir()) == []
    app = opened(create=True)
    assert (tmp_path / "data" / "evse-status.db").is_file()
    assert app.database.newest_at() is None
    assert opened().settings == app.settings


def test_the_database_is_the_one_that_is_named_or_set(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVSE_STATUS_DATABASE_URL", f"sqlite:///{tmp_path / 'set.db'}")
    assert opened(create=True).database.name == str(tmp_path / "set.db")
    named = f"sqlite:///{tmp_path / 'named.db'}"
    assert opened(named, create=True).database.name == str(tmp_path / "named.db")


def test_an_empty_file_is_refused_unless_it_may_be_filled(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreNotFound, match="evse-status db upgrade"):
        opened("sqlite:///empty.db")
    opened("sqlite:///empty.db", create=True)
    opened("sqlite:///empty.db")


def test_a_store_of_a_newer_version_is_refused(opened: Open) -> None:
    app = opened("sqlite:///store.db", create=True)
    with app.database.upgrading() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for create in (False, True):
        with pytest.raises(StoreIsNewer):
            opened("sqlite:///store.db", create=create)


def test_the_patience_is_a_setting(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVSE_STATUS_LOCK_TIMEOUT_SECONDS", "0.1")
    app = opened("sqlite:///store.db", create=True)
    with app.database.write(), pytest.raises(StoreBusy), app.database.write():
        pass


@pytest.mark.parametrize(
    ("name", "value"), [("SIGN_IN", "password"), ("LOCK_TIMEOUT_SECONDS", "soon")]
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"EVSE_STATUS_{name}", value)
    with pytest.raises(InvalidInput) as refused:
        read_settings()
    assert refused.value.field == f"EVSE_STATUS_{name}"
    assert refused.value.message.startswith(f"EVSE_STATUS_{name}: ")
    assert "\n" not in refused.value.message


def test_settings_have_defaults_that_need_nothing(opened: Open) -> None:
    settings = opened(create=True).settings
    assert (settings.sign_in, settings.zone, settings.lock_timeout_seconds) == (
        SignIn.NONE,
        "Europe/Copenhagen",
        20.0,
    )


def test_case_29_a_missing_zone_database_is_a_loud_error_at_start(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(name: str, **_: object) -> None:
        raise UnknownZone(name)

    require_zone_data()
    monkeypatch.setattr("evse_status.bootstrap.zone", nothing)
    with pytest.raises(StoreUnusable, match="Install the package tzdata"):
        opened(create=True)


def test_rule_22_at_start_the_clock_is_not_behind_the_newest_instant(
    db: Database, hands: Hands
) -> None:
    site = a_site(db, hands, 1)
    hands.forward(hours=5)
    placed(site)
    hands.forward(hours=-5)
    app = an_app(db, hands)
    assert app.now() == at(5) + timedelta(minutes=1)
    assert app.clock.drift() == hours(5)


def test_case_27_a_clock_stepping_back_an_hour_un_ends_nothing(sqlite_url: str) -> None:
    server = Hands()
    counted = 0.0
    clock = Clock(server.now, lambda: counted)
    db = Database(sqlite_url, now=clock.now)
    upgrade(db)
    app = App(db, read_settings(), clock)
    site = a_site(db, server, 2)
    ended = placed(site, "DK*TST*E1", valid_to=at(1))
    cleared = placed(site, "DK*TST*E2")
    server.forward(hours=1)
    clear_overrides(db, LOCAL, [cleared.id])
    assert ended.phase(app.now()) is Phase.ENDED
    server.forward(hours=-1)
    for _ in range(3):
        assert ended.phase(app.now()) is Phase.ENDED
        assert shown(site, "DK*TST*E1", app.now()) is ActualStatus.AVAILABLE
        assert shown(site, "DK*TST*E2", app.now()) is ActualStatus.AVAILABLE
        counted += 60
    again = placed(site, "DK*TST*E1")
    assert again.starts_at > at(1)
    assert shown(site, "DK*TST*E1", app.now()) is MAINTENANCE
    assert app.clock.drift() >= hours(1)
    db.close()


def test_the_apps_time_is_never_before_what_was_just_written(db: Database, hands: Hands) -> None:
    app = an_app(db, hands)
    for _ in range(2):
        with db.write() as write:
            written_at = write.now
        assert app.now() >= written_at
    assert written_at > NOON
