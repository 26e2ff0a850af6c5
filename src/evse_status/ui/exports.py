"""What does an exported list look like? CSV that spreadsheets open and no formula hides in."""

import csv
import io
from collections.abc import Iterable

from evse_status.core.period import write_instant
from evse_status.core.statuses import Phase
from evse_status.service.audit import OverrideRow
from evse_status.service.roaming_ids import RoamingLine
from evse_status.ui.texts import csv_cell

OVERRIDE_COLUMNS = (
    "id",
    "status",
    "phase",
    "evse_id",
    "location",
    "address",
    "city",
    "country",
    "time_zone",
    "from",
    "requested_from",
    "to",
    "ended_at",
    "cleared_at",
    "reason",
    "cause",
    "ticket",
    "by",
    "source",
    "made_at",
    "attention",
    "series_id",
    "occurrence_start",
)


def overrides_csv(rows: Iterable[OverrideRow], *, head: bool = True) -> bytes:
    """One line per override under OVERRIDE_COLUMNS; UTF-8 with a byte order mark, as spreadsheets ask.

    Instants are ISO 8601 in UTC with Z; an empty `to` means until cleared, an empty `ended_at`
    that it isn't over. A part that follows another has no `head`.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    if head:
        writer.writerow(OVERRIDE_COLUMNS)
    writer.writerows([csv_cell(cell) for cell in _cells(row)] for row in rows)
    return text.getvalue().encode("utf-8-sig" if head else "utf-8")


def roaming_csv(lines: Iterable[RoamingLine]) -> bytes:
    """One line per EVSE that hubs can't be told of under its own id, or that has a roaming id."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("evse_id", "location", "city", "roaming_id", "why_not_told", "hubs"))
    for one in lines:
        where = (one.evse.evse_id, one.evse.location_name, one.evse.city)
        told = (one.roaming_id or "", one.why_not, ", ".join(one.hubs))
        writer.writerow([csv_cell(cell) for cell in (*where, *told)])
    return text.getvalue().encode("utf-8-sig")


_OVER = (Phase.ENDED, Phase.CLEARED)


def _cells(row: OverrideRow) -> tuple[str, ...]:
    override, evse = row.override, row.evse
    instants = [
        "" if at is None else write_instant(at)
        for at in (
            override.starts_at,
            override.requested_from,
            override.valid_to,
            override.ends_at if row.phase in _OVER else None,
            override.cleared_at,
        )
    ]
    return (
        str(override.id),
        override.temporary_status.value,
        row.phase.value,
        evse.evse_id,
        evse.location_name,
        evse.address,
        evse.city,
        evse.country_code,
        evse.time_zone,
        *instants,
        override.reason,
        override.cause.value if override.cause else "",
        override.ticket,
        override.created_by,
        override.source.value,
        write_instant(override.made_at),
        ", ".join(row.attention),
        "" if override.series_id is None else str(override.series_id),
        override.occurrence_start or "",
    )
