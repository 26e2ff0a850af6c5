"""How does a command show series? Tables for people."""

from collections.abc import Sequence

from evse_status.cli_answers import undo_hint
from evse_status.cli_output import complain, local, say, sheet, table
from evse_status.core.local_time import zone
from evse_status.core.series import Occurrence
from evse_status.service.series import GroupPreview, SeriesPreview
from evse_status.service.series_change import SeriesChanged
from evse_status.service.series_list import SeriesDetail, SeriesRow

_MOST_OVERLAPS = 20


def series_table(rows: Sequence[SeriesRow]) -> None:
    """List series; times are those of the series' zone, with their offset."""
    table(
        ("ID", "Repeats", "Zone", "Status", "EVSEs", "Next", "By", "Reason"),
        [
            (
                str(row.series.id),
                row.description,
                row.series.zone,
                row.series.temporary_status.value,
                f"{row.evses:,}",
                _next(row),
                row.series.created_by,
                " ".join(row.series.reason.split()),
            )
            for row in rows
        ],
    )


def series_sheet(detail: SeriesDetail) -> None:
    """Everything about one series: what it does, when it holds next, its history."""
    row, series = detail.row, detail.row.series
    sheet(
        f"{series.temporary_status} repeating, series {series.id}",
        [
            ("Repeats", row.description),
            ("Rule", series.rule),
            ("Zone", series.zone),
            ("First", f"{series.first_local_start:%Y-%m-%d %H:%M}"),
            ("Ends before", f"{series.cut_from:%Y-%m-%d %H:%M}" if series.cut_from else ""),
            ("EVSEs", f"{row.evses:,} at {', '.join(row.places)}" if row.places else "0"),
            ("Left out", ", ".join(f"{one:%Y-%m-%d}" for one in detail.skipped)),
            ("Reason", series.reason),
            ("Cause", series.cause.value if series.cause else ""),
            ("Ticket", series.ticket),
            ("By", series.created_by),
            ("Continues", f"series {series.continues}" if series.continues else ""),
            ("Goes on as", f"series {row.continued_by}" if row.continued_by else ""),
        ],
    )
    if detail.next:
        occurrence_table(detail.next, series.zone)
    else:
        say("No occurrence is ahead.")
    its_zone = zone(series.zone)
    table(
        ("When", "Who", "What", "Why", "Changed"),
        [
            (
                local(line.at, its_zone),
                line.by,
                line.what,
                line.why,
                ""
                if line.what == "created"
                else ", ".join(f"{name}: {old} → {new}" for name, old, new in line.fields),
            )
            for line in detail.history
        ],
    )


def occurrence_table(found: Sequence[Occurrence], zone_name: str) -> None:
    """When a series holds, and what a change of the clocks does to it."""
    its_zone = zone(zone_name)
    table(
        ("Occurrence", "From", "To", "Clocks"),
        [
            (
                f"{one.local_start:%Y-%m-%d %H:%M}",
                local(one.starts_at, its_zone),
                local(one.ends_at, its_zone),
                one.touched,
            )
            for one in found
        ],
    )


def preview_sheet(preview: SeriesPreview) -> None:
    """What placing would do; nothing was written."""
    for group in preview.groups:
        count = len(group.evses)
        say(
            f"{group.wish.temporary_status} on {count:,} EVSE{'s' * (count != 1)}: "
            f"{group.description} ({group.wish.zone})"
        )
        occurrence_table(group.next, group.wish.zone)
        _touched_later(group)
        _overlaps(group)
    if any(group.overlaps for group in preview.groups):
        say(f"Overlaps were looked for until {preview.looked_to:%Y-%m-%d}.")
    say("Nothing was placed.")


def changed_sheet(changed: SeriesChanged, *, what: str) -> None:
    """What a change or a clear did, and what it left alone."""
    if changed.batch_id is None:
        complain("Nothing was left to do.")
    else:
        done = sum(one.error is None for one in changed.items)
        say(
            f"{what} {done:,} stored override{'s' * (done != 1)} of series {changed.series.series.id}."
        )
        undo_hint(changed.batch_id)
    series_table([changed.series])
    for one in changed.left:
        complain(f"Left override {one.override.id} as it is: {one.why}")


def _next(row: SeriesRow) -> str:
    its_zone = zone(row.series.zone)
    if row.running is not None:
        return f"now, until {local(row.running.ends_at, its_zone)}"
    return "over" if row.next is None else local(row.next.starts_at, its_zone)


def _touched_later(group: GroupPreview) -> None:
    later = [one for one in group.touched if one not in group.next]
    for one in later:
        say(f"  {one.local_start:%Y-%m-%d %H:%M}: {one.touched}")


def _overlaps(group: GroupPreview) -> None:
    for one in group.overlaps[:_MOST_OVERLAPS]:
        existing = one.existing
        name = f"series {existing.series_id}" if existing.series_id else f"override {existing.id}"
        shows = "the new one" if one.new_wins else name
        times = f", {one.count} times" if one.count > 1 else ""
        say(
            f"  Meets {existing.temporary_status} on {one.evse.evse_id} ({name}) first at "
            f"{local(one.from_at, zone(group.wish.zone))}{times}: {shows} shows, {one.because}."
        )
    if len(group.overlaps) > _MOST_OVERLAPS:
        say(f"  … and {len(group.overlaps) - _MOST_OVERLAPS:,} more; --json lists them all.")
