"""What does the demo network look like on its first day? A past, a present and a future relative to now."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from evse_status.channels.ocpi.locations_in import Reading
from evse_status.core.override import Edit, Override, Wish, change, clear, place
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, Cause, Source, TemporaryStatus
from evse_status.service.import_locations import import_locations
from evse_status.store import actuals, evses, overrides
from evse_status.store.database import Database, Write

_T = TemporaryStatus
_SEED = 20261022
_PAST_DAYS = 40


@dataclass(frozen=True, slots=True)
class _Scene:
    """One override of the demo; hours count from now, negative ones lie in the past."""

    evse_id: str
    status: TemporaryStatus
    from_hours: float
    to_hours: float | None
    reason: str
    by: str
    source: Source = Source.OPERATOR
    cause: Cause | None = None
    ticket: str = ""
    extended_by_hours: float = 0
    cleared_hours: float | None = None


_METTE, _JONAS, _ANNA, _OKAFOR = "Mette Holm", "Jonas Friis", "Anna Berg", "T. Okafor"
_PLANNED, _FAULT, _HOST, _EVENT = Cause.PLANNED_WORK, Cause.FAULT, Cause.SITE_HOST, Cause.EVENT

_SCENES = (
    _Scene("DK*DMO*E3501*1", _T.RESERVED, 3, 9, "Booking 88-2046", "Booking desk", Source.BOOKING),
    _Scene(
        "DK*DMO*E3501*2",
        _T.MAINTENANCE,
        -2.5,
        5.5,
        "Payment terminal replaced",
        _METTE,
        cause=_FAULT,
        ticket="SRV-20421",
    ),
    _Scene("DK*DMO*E3502*1", _T.BLOCKED, -44, -31, "Removal van in the bay", _ANNA, cause=_HOST),
    _Scene("DK*DMO*E1301*1", _T.MAINTENANCE, 66, 74, "Yearly inspection", _METTE, cause=_PLANNED),
    _Scene("DK*DMO*E1301*2", _T.MAINTENANCE, 66, 74, "Yearly inspection", _METTE, cause=_PLANNED),
    _Scene("DK*DMO*E1302*1", _T.BLOCKED, -9, None, "Market stalls until further notice", _ANNA),
    _Scene("DK*DMO*E1302*1", _T.MAINTENANCE, 26, 34, "Cable inspection", _METTE, cause=_PLANNED),
    _Scene("DK*DMO*E1302*2", _T.RESERVED, 40, 64, "Fleet customer", _JONAS),
    _Scene("DK*DMO*E1303*2", _T.RESERVED, -19, -11, "Car-sharing slot", _JONAS),
    _Scene("DK*DMO*E1303*2", _T.RESERVED, 100, 124, "Car-sharing slot", _JONAS),
    _Scene("DK*DMO*E1041*1", _T.RESERVED, 2, 6, "Booking 88-2051", "Booking desk", Source.BOOKING),
    _Scene("DK*DMO*E1041*1", _T.MAINTENANCE, 90, 97, "Yearly inspection", _METTE, cause=_PLANNED),
    _Scene("DK*DMO*E1041*2", _T.BLOCKED, -20, None, "Car without a plug in the bay", _ANNA),
    _Scene(
        "DK*DMO*E1041*2",
        _T.MAINTENANCE,
        -3.4,
        25.6,
        "Cable swap after report",
        _METTE,
        cause=_FAULT,
        ticket="SRV-20417",
        extended_by_hours=4,
    ),
    _Scene("DK*DMO*E1042*1", _T.RESERVED, 42, 52, "Rally start, eight cars", _JONAS, cause=_EVENT),
    _Scene(
        "DK*DMO*E1042*2",
        _T.MAINTENANCE,
        -6.3,
        24.6,
        "RCD trips, technician booked",
        _METTE,
        cause=_FAULT,
        ticket="SRV-20409",
    ),
    _Scene("DK*DMO*E2203*1", _T.COMMISSIONING, -246, 114, "Opening in five days", _JONAS),
    _Scene("DK*DMO*E2203*1", _T.RESERVED, -8, 126, "Opening event", _JONAS, cause=_EVENT),
    _Scene("DK*DMO*E2203*2", _T.COMMISSIONING, -246, 114, "Opening in five days", _JONAS),
    _Scene(
        "DK*DMO*E2203*3",
        _T.COMMISSIONING,
        -798,
        None,
        "Waiting for the grid meter",
        _JONAS,
        cause=Cause.GRID,
    ),
    _Scene(
        "DK*DMO*E1201*1",
        _T.COMMISSIONING,
        -400,
        None,
        "Transformer not energised yet",
        _JONAS,
        cause=Cause.GRID,
    ),
    _Scene(
        "DK*DMO*E1201*2",
        _T.COMMISSIONING,
        -400,
        None,
        "Transformer not energised yet",
        _JONAS,
        cause=Cause.GRID,
    ),
    _Scene("DK*DMO*E3310*1", _T.MAINTENANCE, 54, 62, "Firmware, all lanes", _METTE, cause=_PLANNED),
    _Scene("DK*DMO*E3310*2", _T.MAINTENANCE, 54, 62, "Firmware, all lanes", _METTE, cause=_PLANNED),
    _Scene("DK*DMO*E3310*2", _T.RESERVED, 5, 15, "Night haulier", "Booking desk", Source.BOOKING),
    _Scene(
        "DK*DMO*E3310*2", _T.RESERVED, 101, 111, "Night haulier", "Booking desk", Source.BOOKING
    ),
    _Scene(
        "DK*DMO*E3318*1",
        _T.BLOCKED,
        -487,
        None,
        "Scaffolding in front of the post",
        _ANNA,
        cause=_HOST,
    ),
    _Scene(
        "DK*DMO*E5120*1", _T.RESERVED, -1.6, 0.45, "Booking 88-2041", "Booking desk", Source.BOOKING
    ),
    _Scene(
        "DK*DMO*E5207*2",
        _T.MAINTENANCE,
        -1.3,
        2.7,
        "Screen replacement",
        "Field app",
        Source.API,
        Cause.VANDALISM,
    ),
    _Scene(
        "GB*DMO*E9007*1",
        _T.BLOCKED,
        -1.8,
        3.7,
        "Coach parked across two bays",
        _OKAFOR,
        cause=_HOST,
    ),
    _Scene("GB*DMO*E9007*1", _T.RESERVED, -38, -14, "Ferry crew", _OKAFOR),
    _Scene("GB*DMO*E9007*2", _T.RESERVED, 14, 32, "Ferry crew", _OKAFOR),
    _Scene(
        "DK.DMO.Z204*1",
        _T.MAINTENANCE,
        -30,
        20,
        "Contactor welded, part ordered",
        _METTE,
        cause=_FAULT,
        ticket="SRV-20398",
    ),
    _Scene(
        "+49*810*8002*1",
        _T.MAINTENANCE,
        -12,
        12,
        "Emergency stop defective",
        "Field app",
        Source.API,
        _FAULT,
    ),
    _Scene("DK*DMO*E5001*1", _T.RESERVED, 0.6, 4.6, "City council visit", _JONAS, cause=_EVENT),
    _Scene(
        "DK*DMO*E1042*1",
        _T.BLOCKED,
        -60,
        -40,
        "Snow not cleared",
        _ANNA,
        cause=_HOST,
        cleared_hours=-52,
    ),
    _Scene(
        "DK*DMO*E3310*1",
        _T.MAINTENANCE,
        -100,
        -90,
        "Cooling fan",
        _METTE,
        cause=_FAULT,
        ticket="SRV-20377",
    ),
)


def prepare(db: Database, reading: Reading) -> bool:
    """Fill an empty store with the demo network; one that has EVSEs stays as it is (returns False).

    What a kill left half-made, the network without any override ever, is finished.
    """
    with db.read() as conn:
        has_evses = evses.count(conn, evses.live()) > 0
        if has_evses and not _lacks_its_overrides(conn):
            return False
    if not has_evses:
        import_locations(db, LOCAL, reading, origin="demo network", complete=True)
    with db.write() as write:
        stage = _Stage(write)
        stage.past_of_the_chargers()
        for scene in _SCENES:
            stage.play(scene)
        for scene in _random_scenes(stage.everywhere(), random.Random(_SEED)):
            stage.play(scene)
    return True


def _lacks_its_overrides(conn: Connection) -> bool:
    staged = {scene.evse_id for scene in _SCENES}
    kept = {row.evse_id for row in conn.execute(evses.cards(evses.live()))}
    return overrides.last_change(conn) == 0 and staged <= kept


class _Stage:
    def __init__(self, write: Write) -> None:
        self.write = write
        rows = write.conn.execute(evses.cards(evses.live()))
        self.numbers = {row.evse_id: row.id for row in rows}
        self.newest = actuals.newest(write.conn, self.numbers.values())

    def everywhere(self) -> list[str]:
        """EVSEs that are open, in a stable order."""
        closed = (ActualStatus.PLANNED, ActualStatus.INOPERATIVE)
        staged = {scene.evse_id for scene in _SCENES}
        return [
            one
            for one, number in self.numbers.items()
            if one not in staged and self.newest[number][0] not in closed
        ]

    def past_of_the_chargers(self) -> None:
        """Sessions of the last weeks, so that bands and past instants have something to say."""
        chance, rows, begun = random.Random(_SEED), [], {}
        for number, (status, _, _) in self.newest.items():
            hours = chance.uniform(0.2, 1.4) if status is ActualStatus.CHARGING else 5.0
            begun[number] = self.write.now - timedelta(hours=hours * chance.uniform(0.6, 1.4))
            rows += list(_past(number, status, begun[number], chance))
        actuals.record_past(self.write.conn, rows)
        actuals.begin_earlier(self.write.conn, begun)

    def play(self, scene: _Scene) -> None:
        """Keep one override as if it had been placed, changed and cleared when the scene says."""
        now = self.write.now
        starts_at = _rounded(now + timedelta(hours=scene.from_hours))
        made_at = min(now, starts_at) - timedelta(hours=5 if scene.from_hours < 0 else 26)
        made_at += timedelta(minutes=7)
        to_at = None if scene.to_hours is None else _rounded(now + timedelta(hours=scene.to_hours))
        wish = Wish(
            scene.status,
            valid_from=starts_at,
            valid_to=to_at,
            reason=scene.reason,
            cause=scene.cause,
            ticket=scene.ticket,
            source=scene.source,
            stands_back=False if scene.source is Source.BOOKING else None,
        )
        made = place(wish, evse=self.numbers[scene.evse_id], created_by=scene.by, now=made_at)
        kept = self._save(None, made, "created", scene.by, made_at)
        if scene.extended_by_hours and kept.valid_to is not None:
            at = max(made_at, now - timedelta(hours=1))
            later = Edit(valid_to=kept.valid_to + timedelta(hours=scene.extended_by_hours))
            kept = self._save(kept, change(kept, later, now=at), "changed", scene.by, at)
        if scene.cleared_hours is not None:
            at = now + timedelta(hours=scene.cleared_hours)
            self._save(kept, clear(kept, now=at), "cleared", scene.by, at)

    def _save(
        self, before: Override | None, after: Override, what: str, by: str, at: datetime
    ) -> Override:
        then = replace(self.write, now=at)
        altered = overrides.Altered(before, after, what)
        return overrides.save(then, [altered], by=by, batch_id=None)[0]


def _past(
    number: int, status: ActualStatus, end: datetime, chance: random.Random
) -> Iterator[dict[str, Any]]:
    """Alternating idle and busy stretches from weeks ago to `end`, where the import's status begins."""
    steady = {ActualStatus.PLANNED, ActualStatus.INOPERATIVE}
    idle = status if status in steady else ActualStatus.AVAILABLE
    at, busy = end - timedelta(days=_PAST_DAYS), False
    while at < end:
        hours = chance.uniform(0.4, 1.6) if busy else chance.uniform(2.0, 14.0)
        until = end if idle in steady else min(at + timedelta(hours=hours), end)
        told = ActualStatus.CHARGING if busy else idle
        yield {"evse_id": number, "status": told.value, "from_at": at, "to_at": until}
        at, busy = until, not busy


def _random_scenes(evse_ids: list[str], chance: random.Random) -> Iterator[_Scene]:
    reasons = {
        _T.MAINTENANCE: (
            "Firmware update",
            "Cable inspection",
            "Screen replacement",
            "Yearly inspection",
        ),
        _T.BLOCKED: ("Car without a plug in the bay", "Container in the bay", "Snow not cleared"),
        _T.RESERVED: ("Car-sharing slot", "Booking by phone", "Fleet customer"),
    }
    chosen = chance.sample(evse_ids, 70)
    for position, evse_id in enumerate(chosen):
        status = chance.choice((_T.MAINTENANCE, _T.BLOCKED, _T.RESERVED, _T.RESERVED))
        start = chance.uniform(-340, -30) if position < 40 else chance.uniform(-30, 200)
        length = chance.choice((2, 3, 4, 6, 8, 12, 20))
        by = chance.choice((_METTE, _JONAS, _ANNA, _OKAFOR))
        cleared = start + length / 2 if position % 9 == 0 and start + length < 0 else None
        yield _Scene(
            evse_id,
            status,
            start,
            start + length,
            chance.choice(reasons[status]),
            by,
            cleared_hours=cleared,
        )


def _rounded(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
