"""What do chargers report? Their own status, told by a program (rule 19)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evse_status.core.errors import (
    EvseStatusError,
    InvalidInput,
    NothingSelected,
    TwiceInOneRequest,
)
from evse_status.core.period import instant
from evse_status.core.principal import Principal
from evse_status.core.statuses import ActualStatus, actual_status
from evse_status.service.draining import keep_reports
from evse_status.service.fleet import only_live
from evse_status.store import actuals, evses
from evse_status.store.database import Database


@dataclass(frozen=True, slots=True)
class Report:
    """One report: an EVSE id in any writing, a word of OCPI or OCPP, and when (`None`: now)."""

    evse: str
    status: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a report. `status`, `since` and `reported_at` are what is known afterwards;
    `changed` says whether the report changed the status. They are `None` where it was refused."""

    evse_id: str
    status: ActualStatus | None
    since: datetime | None
    reported_at: datetime | None
    changed: bool
    error: EvseStatusError | None = None


def report_actual(db: Database, principal: Principal, reports: Sequence[Report]) -> list[Reported]:
    """Take reports in, each by itself, in their order; overrides that waited for a session to end start.

    One older than the newest known changes nothing. REMOVED is refused: it comes from the feed.
    """
    principal.require_may_report()
    if not reports:
        raise NothingSelected(field="reports", what="report")
    accepted: dict[int, tuple[ActualStatus, datetime]] = {}
    with db.write() as write:
        found = evses.by_texts(write.conn, [one.evse for one in reports], principal)
        outcome: list[tuple[int, str, EvseStatusError | None]] = []
        for one in reports:
            try:
                card = only_live(one.evse, found[one.evse])
                if card.id in accepted:
                    raise TwiceInOneRequest(card.evse_id)
                accepted[card.id] = (_status(one.status), _at(one.at, write.now))
                outcome.append((card.id, card.evse_id, None))
            except EvseStatusError as error:
                outcome.append((0, one.evse, error))
        changed = keep_reports(write, accepted, by=principal.name)
        known = actuals.newest(write.conn, accepted)
    return [
        Reported(evse_id, None, None, None, changed=False, error=error)
        if error is not None
        else Reported(evse_id, *known[number], changed=number in changed)
        for number, evse_id, error in outcome
    ]


def _status(word: str) -> ActualStatus:
    status = actual_status(word)
    if status is ActualStatus.REMOVED:
        raise InvalidInput(
            "status: REMOVED comes from the feed of locations alone. "
            "Report INOPERATIVE, or remove the EVSE where it is kept.",
            field="status",
        )
    return status


def _at(at: datetime | None, now: datetime) -> datetime:
    return now if at is None else instant(at, field="at")
