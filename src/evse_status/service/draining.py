"""What do chargers report, and what has waited for that? The one way in which actual statuses are kept."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from evse_status.core.override import begin
from evse_status.core.statuses import ActualStatus
from evse_status.store import actuals, evses, overrides
from evse_status.store.database import Write

_SAY_NOTHING = (ActualStatus.CHARGING, ActualStatus.UNKNOWN)
"""While it charges, and while nobody knows, no session has ended."""


def keep_reports(
    write: Write,
    reports: Mapping[int, tuple[ActualStatus, datetime]],
    *,
    by: str | Mapping[int, str],
) -> set[int]:
    """Keep what chargers report: (status, the report's own instant) by EVSE; the EVSEs that changed.

    Where a session has ended, overrides that waited for it start in the same transaction; who told
    of it, `by` (for all, or by EVSE), stands in their history. A report older than the newest known
    one changes nothing (rule 19).
    """
    changed = actuals.record(write.conn, reports, now=write.now)
    evses.look_again(write.conn, changed, write.now)
    _begin_waiting(write, reports, by=by)
    return changed


def sessions_ended(conn: Connection, since: Mapping[int, datetime]) -> set[int]:
    """The EVSEs that have reported since their instant that they don't charge (any more)."""
    found = set()
    for evse, stretches in actuals.since(conn, since).items():
        # What held at that instant already says nothing about what came after it.
        later = (one.status for one in stretches if one.from_at > since[evse])
        if any(status not in _SAY_NOTHING for status in later):
            found.add(evse)
    return found


def _begin_waiting(
    write: Write, told: Mapping[int, object], *, by: str | Mapping[int, str]
) -> None:
    waiting = overrides.waiting_on(write.conn, told, write.now)
    newest = actuals.newest(write.conn, {one.evse for one in waiting})
    begun: dict[str, list[overrides.Altered]] = {}
    for one in waiting:
        status = newest[one.evse][0] if one.evse in newest else ActualStatus.UNKNOWN
        if status not in _SAY_NOTHING:
            why = f"The session ended: the charger reports {status}."
            teller = by if isinstance(by, str) else by[one.evse]
            begun.setdefault(teller, []).append(
                overrides.Altered(one, begin(one, now=write.now), "started", why)
            )
    for teller, some in begun.items():
        overrides.save(write, some, by=teller, batch_id=None)
