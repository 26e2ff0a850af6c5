"""What becomes of one Location, EVSE or Connector that upstream pushes, whole or in part? (rule 19)

OCPI 2.2.1, 8.2.2: PUT replaces an object or adds it, PATCH changes some of its fields. Both go the
way of an import; a status alone takes a shorter one. What is older than what is known changes
nothing and is no error.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary, ref

from sqlalchemy import Connection, Row

from evse_status.channels.ocpi import instants, tidy
from evse_status.channels.ocpi.locations_in import EvseRecord, Reading, read_locations
from evse_status.channels.ocpi.pushed import (
    Named,
    part_of,
    uid_of,
    with_connector,
    with_its_ids,
)
from evse_status.core.errors import InvalidInput, NotAllowed, NotFound
from evse_status.core.statuses import ActualStatus, actual_status
from evse_status.service import feed_rows
from evse_status.service.draining import keep_reports
from evse_status.service.import_locations import remember
from evse_status.service.known_partners import Partner
from evse_status.service.taking_in import TakingIn
from evse_status.service.together import Together
from evse_status.store import actuals, feed
from evse_status.store.database import Database, Write

_STATUS_ALONE = frozenset({"status", "last_updated"})


_Report = tuple[ActualStatus, datetime, datetime]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is kept of the object's Location (`None`: nothing), its EVSEs by uid, and their statuses."""

    location: Row[Any] | None
    evses: Mapping[str, Row[Any]]
    newest: Mapping[int, _Report]

    def location_content(self) -> dict[str, Any]:
        """The Location without its EVSEs. Raises NotFound."""
        if self.location is None:
            raise NotFound("There is no such Location here. PUT it whole.")
        return dict(self.location.content)

    def evse_content(self, uid: str) -> dict[str, Any]:
        """The EVSE with its actual status. Raises NotFound."""
        row = self.evses.get(uid.upper())
        if row is None:
            raise NotFound("There is no such EVSE here. PUT it whole.")
        return self._told(row)

    def others(self, told: Sequence[Any]) -> list[dict[str, Any]]:
        """The EVSEs that are there and not among those `told`, nor swapped for one of them."""
        uids = {uid_of(one) for one in told}
        evse_ids = {tidy.text(tidy.mapping(one).get("evse_id")) for one in told}
        return [
            self._told(row)
            for uid, row in self.evses.items()
            if uid not in uids
            and row.evse_id not in evse_ids
            and (row.missing_since, row.removed_at, row.replaced_by) == (None, None, None)
        ]

    def keeping(self, record: EvseRecord) -> EvseRecord:
        """The record with the status that is known: of it nothing was said."""
        row = self.evses.get(record.uid.upper())
        if row is None or row.id not in self.newest:
            return record
        status, _since, reported_at = self.newest[row.id]
        return replace(record, status=status, status_at=reported_at)

    def _told(self, row: Row[Any]) -> dict[str, Any]:
        status = self.newest[row.id][0] if row.id in self.newest else ActualStatus.UNKNOWN
        return {**row.content, "status": status.value}


def put(db: Database, upstream: Partner, named: Named, body: Mapping[str, Any]) -> None:
    """Replace or add the object. Its Location, and for a Connector its EVSE, must be known already.

    Raises NotFound, InvalidInput naming the field, NotAllowed for another operator's object.
    """
    _require_own(upstream, named)
    told = with_its_ids(named, body)
    if named.evse_uid and not named.connector_id and tidy.text(told.get("status")) == "":
        raise InvalidInput("status: an EVSE must tell its status.", field="status")
    with db.write() as write:
        known = _known(write.conn, named)
        if named.connector_id:
            evse = with_connector(
                known.evse_content(named.evse_uid), named.connector_id, told, adds=True
            )
            _take_in(write, upstream, named, known, known.location_content(), [], [evse])
        elif named.evse_uid:
            _take_in(write, upstream, named, known, known.location_content(), [told])
        else:
            _take_in_location(write, upstream, named, known, told)


def patch(db: Database, upstream: Partner, named: Named, body: Mapping[str, Any]) -> None:
    """Change some fields of an object that is known, `last_updated` among them. Raises as `put`."""
    _require_own(upstream, named)
    told = with_its_ids(named, body)
    at = instants.read(body.get("last_updated"))
    if at is None:
        raise InvalidInput(
            "last_updated: a PATCH must tell it, like 2026-11-22T05:00:00Z.", field="last_updated"
        )
    of_an_evse = bool(named.evse_uid) and not named.connector_id
    alone = of_an_evse and body.keys() <= _STATUS_ALONE
    if alone and _report(db, named, body["status"], at, by=upstream.name):
        return
    with db.write() as write:
        known = _known(write.conn, named)
        location = known.location_content()
        if named.connector_id:
            evse = with_connector(
                known.evse_content(named.evse_uid), named.connector_id, told, adds=False
            )
            _take_in(write, upstream, named, known, location, [], [evse])
        elif named.evse_uid:
            evse = known.evse_content(named.evse_uid) | told
            speaks = "status" in body
            _take_in(
                write, upstream, named, known, location, [evse] * speaks, [evse] * (not speaks)
            )
        else:
            _take_in_location(write, upstream, named, known, location | told)


def look(db: Database, upstream: Partner, named: Named) -> dict[str, Any]:
    """The object as upstream told of it, with the actual status. Raises NotFound."""
    _require_own(upstream, named)
    with db.read() as conn:
        known = _known(conn, named)
    evses = [_as_told(row, known.newest.get(row.id)) for row in known.evses.values()]
    told = known.location_content() | {"evses": evses}
    if named.evse_uid:
        told = part_of(told["evses"], "uid", named.evse_uid)
    if named.connector_id:
        told = part_of(tidy.sequence(told.get("connectors")), "id", named.connector_id)
    return told


def tells_of(upstream: Partner, country_code: str, party_id: str) -> bool:
    """Whether this operator's objects are its to tell: by the roles it registered and by its reach."""
    parties = () if upstream.registered is None else upstream.registered.parties
    operators = {
        (one.country_code.upper(), one.party_id.upper()) for one in parties if one.role == "CPO"
    }
    is_hub = any(one.role == "HUB" for one in parties)
    reach = upstream.settings.reach
    return (
        (not operators or is_hub or (country_code, party_id) in operators)
        and (reach.operators is None or party_id in reach.operators)
        and (reach.countries is None or country_code in reach.countries)
    )


@dataclass(frozen=True, slots=True)
class _StatusAlone:
    named: Named
    status: ActualStatus
    at: datetime
    by: str


_REPORTS: WeakKeyDictionary[Database, Together[_StatusAlone, bool]] = WeakKeyDictionary()


def _report(db: Database, named: Named, word: object, at: datetime, *, by: str) -> bool:
    """Keep a status alone; False where more than that may follow from it, or the EVSE isn't known."""
    status = actual_status(word)
    if status is ActualStatus.REMOVED:
        return False
    if db not in _REPORTS:
        _REPORTS.setdefault(
            db, Together(partial(_report_all, ref(db)), about=lambda one: one.named.evse_key)
        )
    return _REPORTS[db].do(_StatusAlone(named, status, at, by))


def _report_all(of: Callable[[], Database | None], told: Sequence[_StatusAlone]) -> list[bool]:
    db = of()
    assert db is not None  # who asks has it
    with db.write() as write:
        known = feed.evses_named(write.conn, (one.named.evse_key for one in told))
        numbers = {
            key: row.id
            for key, row in known.items()
            if (row.missing_since, row.removed_at, row.replaced_by) == (None, None, None)
        }
        meant = {numbers[one.named.evse_key]: one for one in told if one.named.evse_key in numbers}
        keep_reports(
            write,
            {number: (one.status, one.at) for number, one in meant.items()},
            by={number: one.by for number, one in meant.items()},
        )
    return [one.named.evse_key in numbers for one in told]


def _take_in_location(
    write: Write, upstream: Partner, named: Named, known: _Known, location: dict[str, Any]
) -> None:
    """What is kept of the other EVSEs follows from their Location too."""
    told = tidy.sequence(location.get("evses"))
    if known.location is not None:
        known_at, told_at = feed_rows.stamp(known.location.content), feed_rows.stamp(location)
        if known_at is not None and told_at is not None and told_at < known_at:
            location = known.location_content()
    _take_in(write, upstream, named, known, location, told, known.others(told))


def _take_in(
    write: Write,
    upstream: Partner,
    named: Named,
    known: _Known,
    location: dict[str, Any],
    evses: Sequence[Any],
    silent: Sequence[dict[str, Any]] = (),
) -> None:
    """As an import of this Location; of the status of those that are `silent` nothing was said."""
    raw = location | {"evses": [*evses, *silent]}
    reading = read_locations([raw], default_party=named.party, origin=upstream.name)
    for problem in reading.problems:
        raise InvalidInput(f"{problem.place}: {problem.reason}", field=problem.place)
    reading = _keeping_statuses(reading, known, {uid_of(one) for one in silent})
    taking = TakingIn(write, reading, by=upstream.name, told_by=upstream.id)
    outcome = taking.run(complete=False)
    if any(
        (
            outcome.locations_created,
            outcome.locations_updated,
            outcome.evses_created,
            outcome.evses_updated,
            outcome.removed,
        )
    ):
        remember(write, outcome, by=upstream.name, origin=upstream.name)


def _keeping_statuses(reading: Reading, known: _Known, uids: set[str]) -> Reading:
    [location] = reading.locations
    evses = tuple(
        known.keeping(record) if record.uid.upper() in uids else record for record in location.evses
    )
    return replace(reading, locations=(replace(location, evses=evses),))


def _known(conn: Connection, named: Named) -> _Known:
    location = feed.locations_named(conn, [named.location_key]).get(named.location_key)
    if location is None:
        return _Known(None, {}, {})
    rows = {uid: row for (_, uid), row in feed.evses_of(conn, [location.id]).items()}
    return _Known(location, rows, actuals.newest(conn, [row.id for row in rows.values()]))


def _require_own(upstream: Partner, named: Named) -> None:
    country_code, party_id = named.party
    if not tells_of(upstream, country_code, party_id):
        raise NotAllowed(
            f"{country_code[:2]}/{party_id[:3]} is no operator that {upstream.name} tells of. "
            "Register it in the roles of your credentials."
        )


def _as_told(
    row: Row[Any], newest: tuple[ActualStatus, datetime, datetime] | None
) -> dict[str, Any]:
    told = dict(row.content)
    told["status"] = (newest[0] if newest else ActualStatus.UNKNOWN).value
    stamps = [at for at in (instants.read(told.get("last_updated")), newest and newest[2]) if at]
    if stamps:
        told["last_updated"] = instants.text(max(stamps))
    return told
