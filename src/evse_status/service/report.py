"""What do chargers report about themselves, and what becomes of it?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from evse_status.service.fleet import only_live
from evse_status.store import actuals, evses
from evse_status.store.database import Database, Write


@dataclass(frozen=True, slots=True)
class ReportResult:
    """What became of one report: whether the EVSE's status changed by it, or why it was refused."""

    evse: int | None
    evse_id: str
    status: ActualStatus | None
    changed: bool = False
    error: EvseStatusError | None = None


def report_statuses(
    db: Database,
    principal: Principal,
    reports: Sequence[tuple[int | str, str, datetime | None]],
) -> tuple[ReportResult, ...]:
    """Take in actual statuses: (EVSE as surrogate number or as people write it, word, instant).

    The word is OCPI's or a vendor's; REMOVED comes with an import alone. An absent instant is now.
    Each report is accepted or refused by itself. One older than the newest known of its EVSE, or of
    the same status, changes nothing (rule 19).
    """
    principal.require_administrator()
    if not reports:
        raise NothingSelected()
    with db.write() as write:
        results, told = _read(write, principal, reports)
        changed = actuals.record(write.conn, told, now=write.now)
        evses.look_again(write.conn, changed, write.now)
    return tuple(replace(one, changed=one.error is None and one.evse in changed) for one in results)


def _read(
    write: Write,
    principal: Principal,
    reports: Sequence[tuple[int | str, str, datetime | None]],
) -> tuple[list[ReportResult], dict[int, tuple[ActualStatus, datetime]]]:
    area = evses.in_area(principal)
    names = [evse for evse, _, _ in reports]
    by_number = evses.by_numbers(write.conn, [one for one in names if isinstance(one, int)], area)
    by_text = evses.by_texts(write.conn, [one for one in names if isinstance(one, str)], principal)
    results: list[ReportResult] = []
    told: dict[int, tuple[ActualStatus, datetime]] = {}
    for evse, word, reported_at in reports:
        try:
            if isinstance(evse, int):
                found = [by_number[evse]] if evse in by_number else []
            else:
                found = by_text[evse]
            card = only_live(str(evse), found)
            if card.id in told:
                raise TwiceInOneRequest(card.evse_id)
            status = _status(word)
            at = write.now if reported_at is None else instant(reported_at, field="reportedAt")
            told[card.id] = (status, at)
            results.append(ReportResult(card.id, card.evse_id, status))
        except EvseStatusError as error:
            results.append(ReportResult(None, str(evse), None, error=error))
    return results, told


def _status(word: str) -> ActualStatus:
    status = actual_status(word)
    if status is ActualStatus.REMOVED:
        raise InvalidInput(
            "status: an EVSE is removed by an import of its location alone. Report UNKNOWN "
            "for one that doesn't answer.",
            field="status",
        )
    return status
