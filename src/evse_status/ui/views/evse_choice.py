"""Which EVSEs are there to pick from, what do they report and what do they have already?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from evse_status.core.segments import Segment
from evse_status.core.statuses import ActualStatus
from evse_status.service.fleet import FleetRow
from evse_status.ui.looks import label
from evse_status.ui.views.plan import day_and_time

AHEAD = timedelta(days=60)
"""How far ahead an upcoming override counts as one that an EVSE has already."""


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One EVSE to pick from."""

    id: int
    evse_id: str
    bay: str
    charger: str
    location: str
    actual: ActualStatus
    already: str  # the override it has, in words; "" for none


def choice_rows(
    rows: Sequence[FleetRow], *, zone: ZoneInfo, now: datetime
) -> tuple[ChoiceRow, ...]:
    """The table to pick from; what each EVSE has already is told in `zone`."""
    return tuple(
        ChoiceRow(
            id=row.evse.id,
            evse_id=row.evse.evse_id,
            bay=row.evse.physical_reference,
            charger=row.evse.charger,
            location=row.evse.location_name,
            actual=row.actual_now,
            already=has_already(row.segments, zone=zone, now=now),
        )
        for row in rows
    )


def has_already(segments: Iterable[Segment], *, zone: ZoneInfo, now: datetime) -> str:
    """The strongest override in force, else the next one, in words: "Blocked, until cleared"."""
    not_over = [s for s in segments if s.to_at is None or s.to_at > now]
    if not not_over:
        return ""
    in_force = [s for s in not_over if s.holds_at(now)]
    first = (
        max(in_force, key=lambda s: s.strength)
        if in_force
        else min(not_over, key=lambda s: s.from_at)
    )
    others = len({s.override_id for s in not_over}) - 1
    more = f" (+{others})" if others else ""
    if first.from_at > now:
        return f"{label(first.status)} {day_and_time(first.from_at, zone, now=now)}{more}"
    if first.to_at is None:
        return f"{label(first.status)}, until cleared{more}"
    return f"{label(first.status)} to {day_and_time(first.to_at, zone, now=now)}{more}"
