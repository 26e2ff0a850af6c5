"""Which EVSEs are there, what are they made of, and what do they show? For programs, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from evse_status.channels.ocpi import tidy
from evse_status.core.displayed import Displayed
from evse_status.core.principal import Principal
from evse_status.core.statuses import ActualStatus
from evse_status.core.translation import Words, words
from evse_status.service.audit import shown_on
from evse_status.service.fleet import EvseCard, card, only_one
from evse_status.store import actuals, evse_pages, evses, selections
from evse_status.store.database import Database
from evse_status.store.evse_pages import Place


@dataclass(frozen=True, slots=True)
class Connector:
    """One plug as the feed tells it: OCPI's words, watts, amperes and volts; `None` isn't told."""

    id: str
    standard: str | None
    format: str | None
    power_type: str | None
    max_electric_power: float | None
    max_amperage: float | None
    max_voltage: float | None


@dataclass(frozen=True, slots=True)
class FleetEntry:
    """One EVSE with its plugs and what it shows. `actual_since` is `None` where nothing is recorded."""

    evse: EvseCard
    location_ocpi_id: str
    postal_code: str
    latitude: float | None
    longitude: float | None
    connectors: tuple[Connector, ...]
    displayed: Displayed
    words: Words
    actual_since: datetime | None
    place: Place


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some EVSEs in the order of the fleet, and whether there are others before and behind."""

    entries: tuple[FleetEntry, ...]
    more_before: bool
    more_behind: bool


def evse_entries(
    db: Database,
    principal: Principal,
    *,
    now: datetime,
    limit: int,
    after: Place | None = None,
    before: Place | None = None,
    search: str = "",
    location: str | None = None,
) -> EntryPage:
    """The live EVSEs behind `after`, or just before `before`; `location` is an OCPI Location id."""
    principal.require_reader()
    narrowing = evses.matching(evses.Narrowing(search=search))
    conditions = [evses.in_area(principal), evses.live(), narrowing]
    if location is not None:
        conditions.append(selections.at_locations([location]))
    with db.read() as conn:
        if before is not None:
            rows = evse_pages.before(conn, before, *conditions, limit=limit + 1)
            more_before, more_behind = len(rows) > limit, True
            rows = rows[-limit:]
        else:
            rows = evse_pages.after(conn, after, *conditions, limit=limit + 1)
            more_before, more_behind = after is not None, len(rows) > limit
            rows = rows[:limit]
        return EntryPage(tuple(_entries(conn, rows, now)), more_before, more_behind)


def evse_entry(db: Database, principal: Principal, text: str, *, now: datetime) -> FleetEntry:
    """The EVSE that `text` names, removed ones too. Raises UnknownEvse, AmbiguousEvse."""
    principal.require_reader()
    with db.read() as conn:
        number = only_one(text, evses.by_text(conn, text, principal)).id
        [entry] = _entries(conn, evse_pages.by_numbers(conn, [number]), now)
    return entry


def _entries(conn: Connection, rows: Sequence[Row[Any]], now: datetime) -> list[FleetEntry]:
    numbers = [row.id for row in rows]
    shown = shown_on(conn, numbers, now)
    since = {number: one[1] for number, one in actuals.newest(conn, numbers).items()}
    return [
        FleetEntry(
            evse=card(row),
            location_ocpi_id=row.location_ocpi_id,
            postal_code=row.postal_code,
            latitude=row.latitude,
            longitude=row.longitude,
            connectors=_connectors(row.content),
            displayed=shown.get(row.id, Displayed(ActualStatus.UNKNOWN)),
            words=words(shown.get(row.id, Displayed(ActualStatus.UNKNOWN)).status),
            actual_since=since.get(row.id),
            place=(row.sort_key, row.id),
        )
        for row in rows
    ]


def _connectors(content: dict[str, Any]) -> tuple[Connector, ...]:
    plugs = map(tidy.mapping, tidy.sequence(content.get("connectors")))
    return tuple(
        Connector(
            id=tidy.text(plug.get("id")) or str(number),
            standard=tidy.text(plug.get("standard")) or None,
            format=tidy.text(plug.get("format")) or None,
            power_type=tidy.text(plug.get("power_type")) or None,
            max_electric_power=tidy.number(plug.get("max_electric_power")),
            max_amperage=tidy.number(plug.get("max_amperage")),
            max_voltage=tidy.number(plug.get("max_voltage")),
        )
        for number, plug in enumerate(plugs, start=1)
    )
