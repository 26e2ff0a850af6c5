"""What does the timeline's CSV say? A line per EVSE and override; instants in ISO 8601, UTC."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from evse_status.core.override import Override
from evse_status.core.period import write_instant
from evse_status.core.series import is_virtual
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
    "series_id",
    "occurrence_start",
)


def timeline_csv(pages: Iterable[FleetPage], *, now: datetime) -> Iterator[tuple[int, bytes]]:
    """The pages as text, one by one with the count of EVSEs by then; as spreadsheets ask, UTF-8
    with a byte order mark. An EVSE without overrides has one line, an open end is an empty cell."""
    done, head = 0, True
    for page in pages:
        out = io.StringIO()
        writer = csv.writer(out)
        if head:
            writer.writerow(COLUMNS)
        _write_rows(writer, page, now)
        done += len(page.rows)
        yield done, out.getvalue().encode("utf-8-sig" if head else "utf-8")
        head = False


def _write_rows(writer: Any, page: FleetPage, now: datetime) -> None:
    for row in page.rows:
        ids = dict.fromkeys(segment.override_id for segment in row.segments)
        its = [page.overrides[number] for number in ids if number in page.overrides]
        for cells in [_override(one, now) for one in its] or [[""] * 12]:
            writer.writerow([csv_cell(cell) for cell in [*_evse(row), *cells]])


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
        "" if is_virtual(one.id) else str(one.id),
        one.temporary_status.value,
        one.phase(now).value,
        write_instant(one.starts_at),
        write_instant(one.ends_at) if one.ends_at else "",
        one.reason,
        one.cause.value if one.cause else "",
        one.ticket,
        one.created_by,
        one.source.value,
        "" if one.series_id is None else str(one.series_id),
        one.occurrence_start or "",
    ]
