"""What does the timeline's CSV say? A line per EVSE and override; instants in ISO 8601, UTC."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from evse_status.core.override import Override
from evse_status.core.period import write_instant
from evse_status.service.fleet import FleetPage, FleetRow
from evse_status.ui.texts import csv_cell

COLUMNS = (
    "evse_id",
    "bay",
    "location",
    "city",
    "country",
    "actual_status",
    "override_id",
    "temporary_status",
    "phase",
    "from",
    "to",
    "reason",
    "cause",
    "ticket",
    "created_by",
    "source",
)


def timeline_csv(rows: Iterable[tuple[FleetRow, FleetPage]], *, now: datetime) -> str:
    """The rows as text; an EVSE without overrides has one line, an open end is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row, page in rows:
        ids = dict.fromkeys(segment.override_id for segment in row.segments)
        its = [page.overrides[number] for number in ids if number in page.overrides]
        for cells in [_override(one, now) for one in its] or [[""] * 10]:
            writer.writerow([csv_cell(cell) for cell in [*_evse(row), *cells]])
    return out.getvalue()


def _evse(row: FleetRow) -> list[str]:
    evse = row.evse
    return [
        evse.evse_id,
        evse.physical_reference,
        evse.location_name,
        evse.city,
        evse.country_code,
        row.actual_now.value,
    ]


def _override(one: Override, now: datetime) -> list[str]:
    return [
        str(one.id),
        one.temporary_status.value,
        one.phase(now).value,
        write_instant(one.starts_at),
        write_instant(one.ends_at) if one.ends_at else "",
        one.reason,
        one.cause.value if one.cause else "",
        one.ticket,
        one.created_by,
        one.source.value,
    ]
