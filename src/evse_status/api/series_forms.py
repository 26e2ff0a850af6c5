"""How does a series look in JSON? The same for the API and the command line."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from evse_status.api.errors import error_form
from evse_status.api.forms import Form, standing_form, stored_id
from evse_status.core.duration import write_duration
from evse_status.core.period import write_instant
from evse_status.core.series import Occurrence, next_ones
from evse_status.service.schedule import ItemResult
from evse_status.service.series import GroupPreview, SeriesOutcome, SeriesPreview
from evse_status.service.series_change import SeriesChanged
from evse_status.service.series_list import SeriesDetail, SeriesRow
from evse_status.service.series_overlaps import SeriesOverlap
from evse_status.service.standing import Standing

UPCOMING = 6
"""Occurrences that are named of a series that was made, or would be."""


def local_form(local: datetime) -> str:
    """A time as clocks show it."""
    return f"{local:%Y-%m-%dT%H:%M}"


def occurrence_form(one: Occurrence) -> Form:
    """One time that a series holds."""
    return {
        "occurrenceStart": local_form(one.local_start),
        "startsAt": write_instant(one.starts_at),
        "endsAt": write_instant(one.ends_at),
        "clockChange": one.touched or None,
    }


def series_form(row: SeriesRow) -> Form:
    """A series as it is in a list."""
    series = row.series
    return {
        "id": series.id,
        "temporaryStatus": series.temporary_status.value,
        "rule": series.rule,
        "description": row.description,
        "timeZone": series.zone,
        "localStart": local_form(series.first_local_start),
        "duration": _length(series.minutes),
        "evses": row.evses,
        "reason": series.reason,
        "cause": series.cause.value if series.cause else None,
        "ticket": series.ticket,
        "createdBy": series.created_by,
        "madeAt": write_instant(series.made_at),
        "endsBefore": None if series.cut_from is None else local_form(series.cut_from),
        "continues": series.continues,
        "continuedBy": row.continued_by,
        "isOver": row.is_over,
        "running": None if row.running is None else occurrence_form(row.running),
        "next": None if row.next is None else occurrence_form(row.next),
        "version": series.version,
        "batchId": series.batch_id,
    }


def detail_form(detail: SeriesDetail) -> Form:
    """A series by itself."""
    return series_form(detail.row) | {
        "evseIds": [one.evse_id for one in detail.evses],
        "exceptions": [local_form(one) for one in detail.skipped],
        "upcoming": [occurrence_form(one) for one in detail.next],
        "parts": list(detail.parts),
    }


def previewed_form(preview: SeriesPreview, *, by: str) -> Form:
    """What placing would do."""
    groups = [_planned_form(one, by=by, now=preview.now) for one in preview.groups]
    items = [_item_form(one.evse_id, "would be created") for g in preview.groups for one in g.evses]
    refused = [_refused_form(one) for one in preview.refused]
    return {
        "batchId": None,
        "dryRun": True,
        "created": 0,
        "refused": len(refused),
        "previewed": preview.mark,
        "overlapsTo": write_instant(preview.looked_to),
        "series": groups,
        "items": items + refused,
    }


def made_form(outcome: SeriesOutcome) -> Form:
    """What was placed, with the occurrences that lay ahead then."""
    refused = [one for one in outcome.items if one.error is not None]
    names = {one.evse: one.evse_id for one in outcome.items if one.evse is not None}
    return {
        "batchId": outcome.batch_id,
        "dryRun": False,
        "created": len(outcome.items) - len(refused),
        "refused": len(refused),
        "previewed": None,
        "overlapsTo": None,
        "series": [_placed_form(row, names) for row in outcome.series],
        "items": [
            _item_form(one.evse_id, "created") if one.error is None else _refused_form(one)
            for one in outcome.items
        ],
    }


def changed_form(changed: SeriesChanged, left: Sequence[Standing]) -> Form:
    """What a change or a clear did; `left` is how the overrides stand that were left alone."""
    refused = [one for one in changed.items if one.error is not None]
    return {
        "batchId": changed.batch_id,
        "series": series_form(changed.series),
        "changed": len(changed.items) - len(refused),
        "refused": [_refused_form(one) for one in refused],
        "left": [
            {"override": standing_form(stands), "because": one.why}
            for one, stands in zip(changed.left, left, strict=True)
        ],
    }


def _placed_form(row: SeriesRow, names: Mapping[int, str]) -> Form:
    series = row.series
    ahead = next_ones(series, series.added_at or series.made_at, UPCOMING)
    return series_form(row) | {
        "evseIds": [names[number] for number in series.evses if number in names],
        "upcoming": [occurrence_form(one) for one in ahead],
        "touched": [],
        "overlaps": [],
    }


def _planned_form(group: GroupPreview, *, by: str, now: datetime) -> Form:
    wish = group.wish
    return {
        "id": None,
        "temporaryStatus": wish.temporary_status.value,
        "rule": wish.rule,
        "description": group.description,
        "timeZone": wish.zone,
        "localStart": local_form(wish.first_local_start),
        "duration": _length(wish.minutes),
        "evses": len(group.evses),
        "reason": wish.reason,
        "cause": wish.cause.value if wish.cause else None,
        "ticket": wish.ticket,
        "createdBy": by,
        "madeAt": write_instant(now),
        "endsBefore": None,
        "continues": None,
        "continuedBy": None,
        "isOver": False,
        "running": None,
        "next": occurrence_form(group.next[0]) if group.next else None,
        "version": 1,
        "batchId": None,
        "evseIds": [one.evse_id for one in group.evses],
        "upcoming": [occurrence_form(one) for one in group.next],
        "touched": [occurrence_form(one) for one in group.touched],
        "overlaps": [_overlap_form(one) for one in group.overlaps],
    }


def _overlap_form(one: SeriesOverlap) -> Form:
    return {
        "evseId": one.evse.evse_id,
        "id": stored_id(one.existing.id),
        "seriesId": one.existing.series_id,
        "temporaryStatus": one.existing.temporary_status.value,
        "from": write_instant(one.from_at),
        "to": None if one.to_at is None else write_instant(one.to_at),
        "count": one.count,
        "newOneShows": one.new_wins,
        "because": one.because,
    }


def _item_form(evse_id: str, outcome: str) -> Form:
    return {"evseId": evse_id, "outcome": outcome, "error": None}


def _refused_form(one: ItemResult) -> Form:
    assert one.error is not None
    return {"evseId": one.evse_id, "outcome": "refused", "error": error_form(one.error)}


def _length(minutes: int) -> str:
    return write_duration(timedelta(minutes=minutes))
