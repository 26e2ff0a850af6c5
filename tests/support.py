"""Builders with plain names, and the stores that tests run on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from evse_status.channels.ocpi.locations_in import read_locations
from evse_status.core.override import Override, Wish, place
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.service.import_locations import ImportOutcome, import_locations
from evse_status.store.database import Database

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"

NOON = datetime(2026, 10, 22, 12, 0, tzinfo=UTC)
"""The instant at which tests live: a Thursday, three days before clocks go back in Europe."""

MAINTENANCE = TemporaryStatus.MAINTENANCE
COMMISSIONING = TemporaryStatus.COMMISSIONING
BLOCKED = TemporaryStatus.BLOCKED
RESERVED = TemporaryStatus.RESERVED


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def at(hour: float) -> datetime:
    """The instant `hour` hours after NOON."""
    return NOON + hours(hour)


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self, shows: datetime = NOON) -> None:
        self.shows = shows

    def now(self) -> datetime:
        return self.shows

    def forward(self, **by: float) -> datetime:
        self.shows += timedelta(**by)
        return self.shows


def wish(status: TemporaryStatus = MAINTENANCE, **fields: Any) -> Wish:
    return Wish(status, **fields)


def override(
    status: TemporaryStatus = MAINTENANCE,
    *,
    number: int = 1,
    evse: int = 1,
    made_at: datetime = NOON,
    **fields: Any,
) -> Override:
    """One override as if stored under `number`."""
    made = place(Wish(status, **fields), evse=evse, created_by="Mette", now=made_at)
    return replace(made, id=number)


def evse_json(uid: str = "1", evse_id: str | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "uid": uid,
        "evse_id": evse_id or f"DK*TST*E{uid}",
        "status": "AVAILABLE",
        "connectors": [
            {
                "id": "1",
                "standard": "IEC_62196_T2",
                "format": "SOCKET",
                "power_type": "AC_3_PHASE",
                "max_voltage": 230,
                "max_amperage": 32,
                "last_updated": "2026-01-01T00:00:00Z",
            }
        ],
        "last_updated": "2026-01-01T00:00:00Z",
        **fields,
    }


def location_json(location_id: str = "L1", *evses: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "country_code": "DK",
        "party_id": "TST",
        "id": location_id,
        "publish": True,
        "name": f"Site {location_id}",
        "address": "Havnegade 1",
        "city": "Aarhus",
        "country": "DNK",
        "coordinates": {"latitude": "56.15", "longitude": "10.21"},
        "time_zone": "Europe/Copenhagen",
        "last_updated": "2026-01-01T00:00:00Z",
        "evses": list(evses) or [evse_json()],
        **fields,
    }


def take_in(db: Database, *locations: dict[str, Any], complete: bool = True) -> ImportOutcome:
    """Import locations as a feed's whole list."""
    reading = read_locations([list(locations)])
    return import_locations(db, LOCAL, reading, origin="a test", complete=complete)


@dataclass(frozen=True)
class Site:
    """A store with some EVSEs, and the hands of its clock."""

    db: Database
    hands: Hands
    numbers: dict[str, int]

    def now(self) -> datetime:
        """As the product does: never before what was just written."""
        return max(self.hands.now(), self.db.newest_at() or NOON)


def a_site(db: Database, hands: Hands, count: int = 3, status: str = "AVAILABLE") -> Site:
    """One location `L1` with EVSEs `DK*TST*E1` … of the same actual status; a minute passes."""
    from evse_status.service.fleet import FleetFilter, select_evses

    evses = [evse_json(str(n + 1), status=status) for n in range(count)]
    take_in(db, location_json("L1", *evses))
    hands.forward(minutes=1)
    cards = select_evses(db, LOCAL, FleetFilter(), now=hands.now())
    return Site(db, hands, {card.evse_id: card.id for card in cards})


def report(
    db: Database, number: int, status: ActualStatus, reported_at: datetime | None = None
) -> None:
    """Have a charger report `status`."""
    from evse_status.service.draining import keep_reports

    with db.write() as write:
        keep_reports(write, {number: (status, reported_at or write.now)}, by="CSMS")


def every(step: timedelta, from_at: datetime, to_at: datetime) -> Iterator[datetime]:
    """Instants from `from_at` to `to_at`, both included."""
    while from_at <= to_at:
        yield from_at
        from_at += step


def placed(
    site: Site, evse: str = "DK*TST*E1", status: TemporaryStatus = MAINTENANCE, **fields: Any
) -> Override:
    """Place one override on an EVSE of the site."""
    from evse_status.service.schedule import place_overrides

    [made] = place_overrides(
        site.db, LOCAL, [site.numbers[evse]], Wish(status, **fields), all_or_nothing=True
    ).done
    return made


def shown(
    site: Site, evse: str = "DK*TST*E1", when: datetime | None = None
) -> TemporaryStatus | ActualStatus:
    """What an EVSE of the site shows now, or at `when`."""
    from evse_status.service.look_up import display

    return display(site.db, LOCAL, site.numbers[evse], at=when or site.now()).displayed.status


def token(db: Database, name: str = "A program", **fields: Any) -> str:
    """Make a token and return its secret; fields are those of TokenWish."""
    from evse_status.service.tokens import TokenWish, create_token

    return create_token(db, LOCAL, TokenWish(name, **fields)).secret
