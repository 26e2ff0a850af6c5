"""How many EVSEs a second does an import take in, and how many rows a second does the archive move?"""

import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.network import NOW, Size, kept_network, postgresql_address
from evse_status.channels.ocpi.locations_in import Reading, read_locations
from evse_status.core.principal import LOCAL
from evse_status.service.import_locations import import_locations
from evse_status.service.retention import archive_before
from evse_status.store.database import Database
from evse_status.store.upgrade import upgrade

FEED_EVSES = 20_000
_PER_LOCATION = 8


@dataclass(frozen=True)
class Rate:
    database: str
    work: str
    rows: int
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "per_second": round(self.rows / self.seconds)}

    def as_row(self) -> list[str]:
        per_second = f"{self.rows / self.seconds:,.0f}"
        return [self.database, self.work, f"{self.rows:,}", f"{self.seconds:,.1f}", per_second]


def measure(kind: str, folder: Path, history: Size) -> list[Rate]:
    """On stores of their own in `folder`."""
    feed = feed_of("AVAILABLE")
    started = time.perf_counter()
    reading = read_locations([feed])
    rates = [Rate(kind, "read an OCPI feed", FEED_EVSES, time.perf_counter() - started)]
    db = _fresh(kind, folder)
    other = read_locations([feed_of("CHARGING")])
    rates += [
        _imported(kind, db, "import into an empty store", reading),
        _imported(kind, db, "import again, unchanged", reading),
        _imported(kind, db, "import again, every status changed", other),
    ]
    db.close()
    with_history = kept_network(kind, history, folder, fresh=True)
    started = time.perf_counter()
    moved = archive_before(
        with_history,
        LOCAL,
        before=NOW - timedelta(days=30),
        folder=folder / f"archive-{kind}",
        now=NOW,
    )
    taken = time.perf_counter() - started
    # An override has three rows: itself, its history, its holding.
    rates.append(Rate(kind, "archive", 3 * moved.overrides + moved.statuses, taken))
    with_history.close()
    return rates


def _imported(kind: str, db: Database, work: str, reading: Reading) -> Rate:
    started = time.perf_counter()
    import_locations(db, LOCAL, reading, origin="bench", complete=True)
    return Rate(kind, work, FEED_EVSES, time.perf_counter() - started)


def _fresh(kind: str, folder: Path) -> Database:
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'import.db'}"
    else:
        url, _ = postgresql_address(folder, "bench_import", fresh=True)
    db = Database(url, now=lambda: NOW)
    upgrade(db)
    return db


def feed_of(status: str) -> list[dict[str, Any]]:
    return [_location(number, status) for number in range(FEED_EVSES // _PER_LOCATION)]


def _location(number: int, status: str) -> dict[str, Any]:
    stamp = "2026-01-01T00:00:00Z"
    first = number * _PER_LOCATION
    return {
        "country_code": "DK",
        "party_id": "BEN",
        "id": f"L{number}",
        "publish": True,
        "name": f"Station {number}",
        "address": f"Havnegade {number}",
        "city": "Vejle",
        "country": "DNK",
        "coordinates": {"latitude": "55.71", "longitude": "9.53"},
        "time_zone": "Europe/Copenhagen",
        "last_updated": stamp,
        "evses": [
            {
                "uid": str(one),
                "evse_id": f"DK*BEN*E{one}",
                "status": status,
                "last_updated": stamp if status == "AVAILABLE" else "2026-02-01T00:00:00Z",
                "connectors": [
                    {
                        "id": "1",
                        "standard": "IEC_62196_T2",
                        "format": "SOCKET",
                        "power_type": "AC_3_PHASE",
                        "max_voltage": 230,
                        "max_amperage": 32,
                        "last_updated": stamp,
                    }
                ],
            }
            for one in range(first, first + _PER_LOCATION)
        ],
    }
