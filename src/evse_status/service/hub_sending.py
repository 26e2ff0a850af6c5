"""What is to be pushed to a hub now? Records of what is due, all of one action, and never more than one push at a time.

What was pushed stays due until its receipt is kept (service/hub_settle.py).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from evse_status.channels.oicp.client import Answer
from evse_status.channels.oicp.payload import UNKNOWN, body, status_push
from evse_status.core.delivery import REMOVED, Kind, Known
from evse_status.core.hub import Action, hub_step, is_held
from evse_status.core.partner import PartnerSettings
from evse_status.core.roaming_id import roaming_id
from evse_status.service.known_partners import Partner
from evse_status.store import hub as store
from evse_status.store.database import Database

MOST_RECORDS = 500
"""Of one push; OICP names no limit."""
OPERATOR_NAME = ""
"""OperatorName is optional, and Hubject knows whom an OperatorID belongs to."""


@dataclass(frozen=True, slots=True)
class HubItem:
    """One record on its way: what it does, of which EVSE, under which id. `action` is `None` for an old
    record that is left to another EVSE: nothing is sent of it."""

    evse: int
    location_id: int
    row: Known
    action: Action | None
    evse_id: str

    @property
    def word(self) -> str:
        """The hub's word that is told, or REMOVED."""
        return REMOVED if self.action is Action.DELETE else self.row.wanted

    @property
    def is_suspect(self) -> bool:
        """Whether it failed before, and may have others fail with it."""
        return bool(self.row.refused) or self.row.attempt > 0


@dataclass(frozen=True, slots=True)
class HubJob:
    """One push to one hub; `asked_at` is when a full load was asked for, `last_try` whether to give it up."""

    partner_id: int
    action: Action | None
    items: tuple[HubItem, ...]
    asked_at: datetime | None = None
    last_try: bool = False

    kind = Kind.STATUS


@dataclass(frozen=True, slots=True)
class HubResult:
    """What became of a push, and when the answer came (UTC)."""

    job: HubJob
    answer: Answer
    at: datetime
    undecided: bool = (
        False  # which of its records it concerns is yet to be found out, or what to do
    )

    @property
    def was_sent(self) -> bool:
        """Whether it says anything of how the hub fares."""
        return self.answer.is_ill or self.answer.http_status is not None

    @property
    def is_over(self) -> bool:
        """Whether a full load was answered, or isn't tried again."""
        return not self.answer.is_ill or self.job.last_try


def body_of(job: HubJob, settings: PartnerSettings) -> bytes:
    """A job exactly as it is sent."""
    assert job.action is not None
    records = [(item.evse_id, UNKNOWN if item.word == REMOVED else item.word) for item in job.items]
    return body(status_push(settings.operator_id, OPERATOR_NAME, job.action, records))


def due_to_hub(
    db: Database, partner: Partner, *, limit: int, busy: Collection[int] = ()
) -> list[HubItem]:
    """What to tell a hub now, the earliest first; nothing about EVSEs that are `busy`.

    What it tells was true at one instant: don't keep it for long.
    """
    with db.read() as conn:
        found = store.due_to_hub(conn, partner.id, db.at(conn), limit=limit + len(busy))
        items = []
        for number, where, row in found:
            step = hub_step(row)
            if number not in busy and step is not None:
                items.append(HubItem(number, where, row, *step))
        return _without_those_taken_over(conn, partner, items[:limit])


def everything_held(db: Database, partner: Partner) -> list[HubItem] | None:
    """What a full load consists of: all that the hub has acknowledged. `None` while anything is due."""
    with db.read() as conn:
        now = db.at(conn)
        rows = store.all_of_hub(conn, partner.id)
    if any(row.due_at is not None and row.due_at <= now for _, _, row in rows):
        return None
    return [
        HubItem(number, where, row, Action.FULL_LOAD, row.told_as)
        for number, where, row in rows
        if is_held(row)
    ]


def _without_those_taken_over(
    conn: Connection, partner: Partner, items: Sequence[HubItem]
) -> list[HubItem]:
    """A record isn't deleted while another EVSE carries its id, like the one that replaced a charger."""
    deleted = {item.evse_id for item in items if item.action is Action.DELETE}
    if not deleted:
        return list(items)
    settings = partner.settings
    carried: dict[str, set[int]] = {}
    for row in store.live_called(conn, deleted):
        if settings.reach.includes(
            party_id=row.party_id,
            country_code=row.country_code,
            location_id=row.location_id,
            publish=row.publish,
        ):
            text = roaming_id(row.evse_id, row.roaming_id, settings.operator_id).text
            carried.setdefault(text, set()).add(row.id)
    return [
        HubItem(item.evse, item.location_id, item.row, None, item.evse_id)
        if item.action is Action.DELETE and carried.get(item.evse_id, set()) - {item.evse}
        else item
        for item in items
    ]
