"""How does an override or a display look in JSON? The same for the API and the command line."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from evse_status.api.errors import error_form
from evse_status.api.warning_forms import warning_form
from evse_status.core.override import Override
from evse_status.core.period import write_instant
from evse_status.core.series import is_virtual
from evse_status.core.translation import Channel, Words
from evse_status.service.audit import HistoryLine
from evse_status.service.batches import BatchDetail, BatchOutcome, Placed
from evse_status.service.changes import Event
from evse_status.service.evse_list import FleetEntry
from evse_status.service.look_up import Display
from evse_status.service.report import Reported
from evse_status.service.schedule import BatchResult
from evse_status.service.series_list import SeriesLine
from evse_status.service.standing import Standing

Form = dict[str, Any]

# What people read in a history, by the name that the field has here.
_FIELDS = {
    "status": "temporaryStatus",
    "requested start": "validFrom",
    "start": "effectiveFrom",
    "end": "validTo",
    "lease": "leaseUntil",
    "cleared": "clearedAt",
    "EVSE": "uid",
    "first start": "localStart",
    "skipped": "exceptions",
    "ends before": "endsBefore",
    "EVSEs": "evses",
}


class Named(Protocol):
    """Anything that has the EVSE id that people see."""

    @property
    def evse_id(self) -> str:
        """The id as it is written."""
        ...


def standing_form(standing: Standing) -> Form:
    """An override with whether it is what drivers see now (`holds`), and what keeps it back."""
    form = override_form(standing.override, standing.evse, now=standing.at)
    by = standing.held_back_by
    return form | {
        "holds": standing.holds,
        "heldBackBy": None
        if by is None
        else {
            "id": stored_id(by.id),
            "temporaryStatus": by.temporary_status.value if by.temporary_status else None,
            "because": by.because,
        },
    }


def override_form(override: Override, evse: Named, *, now: datetime) -> Form:
    """An override at `now`: Spirii's five keys first, then ours.

    `validFrom` is what was asked for (without a request: when it started), `effectiveFrom` when it
    really starts; `validTo` is null until cleared. An occurrence that isn't stored has no id.
    """
    return {
        "id": stored_id(override.id),
        "temporaryStatus": override.temporary_status.value,
        "evseId": evse.evse_id,
        "validFrom": write_instant(override.requested_from or override.starts_at),
        "validTo": _instant(override.valid_to),
        "reason": override.reason,
        "cause": override.cause.value if override.cause else None,
        "ticket": override.ticket,
        "source": override.source.value,
        "createdBy": override.created_by,
        "effectiveFrom": write_instant(override.starts_at),
        "phase": override.phase(now).value,
        "clearedAt": _instant(override.cleared_at),
        "externalRef": override.external_ref,
        "batchId": override.batch_id,
        "seriesId": override.series_id,
        "occurrenceStart": override.occurrence_start,
        "drainUntil": _instant(override.requested_from) if override.drains else None,
        "waits": override.waits(now),
        "version": override.version,
    }


def history_form(lines: Iterable[HistoryLine | SeriesLine]) -> list[Form]:
    """The changes of one override or series, oldest first; values are plain text, an absent one is empty."""
    return [
        {
            "at": write_instant(line.at),
            "by": line.by,
            "what": line.what,
            "why": line.why,
            "version": line.version,
            "batchId": line.batch_id,
            "changes": [
                {"field": _FIELDS.get(name, name), "before": before, "after": after}
                for name, before, after in line.fields
            ],
        }
        for line in lines
    ]


def display_form(display: Display) -> Form:
    """What one EVSE shows at an instant, and why; a channel that doesn't show it at all says null."""
    return {
        "evseId": display.evse.evse_id,
        "at": write_instant(display.at),
        "actualStatus": display.displayed.actual.value,
        "channels": channels_form(display.words),
        "override": None
        if display.override is None
        else override_form(display.override, display.evse, now=display.at),
        "heldBack": [
            {
                "id": stored_id(behind.override.id),
                "seriesId": behind.override.series_id,
                "temporaryStatus": behind.override.temporary_status.value,
                "because": behind.because,
            }
            for behind in display.behind
        ],
        "next": None
        if display.next is None
        else {
            "at": write_instant(display.next.at),
            "channels": channels_form(display.next.words),
        },
    }


def placed_form(placed: Placed, *, dry_run: bool) -> Form:
    """What became, or would become, of one EVSE of a batch."""
    outcome = "would be created" if dry_run else "created"
    return {
        "evseId": placed.evse_id,
        "outcome": "refused" if placed.error else outcome,
        "from": None if placed.planned is None else write_instant(placed.planned.starts_at),
        "to": None if placed.planned is None else _instant(placed.planned.valid_to),
        "override": None if placed.standing is None else standing_form(placed.standing),
        "error": None if placed.error is None else error_form(placed.error),
        "overlaps": [
            {
                "id": stored_id(one.existing.id),
                "seriesId": one.existing.series_id,
                "temporaryStatus": one.existing.temporary_status.value,
                "from": write_instant(one.from_at),
                "to": _instant(one.to_at),
                "newOneShows": one.new_wins,
                "because": one.because,
            }
            for one in placed.overlaps
        ],
    }


def outcome_form(outcome: BatchOutcome, *, dry_run: bool) -> Form:
    """A batch that was made, or would be."""
    refused = sum(one.error is not None for one in outcome.items)
    return {
        "batchId": outcome.batch_id,
        "dryRun": dry_run,
        "created": 0 if dry_run else len(outcome.items) - refused,
        "refused": refused,
        "previewed": outcome.previewed,
        "overlapsTo": _instant(outcome.overlaps_to),
        "warnings": [warning_form(one) for one in outcome.warnings],
        "items": [placed_form(one, dry_run=dry_run) for one in outcome.items],
    }


def batch_form(batch: BatchDetail) -> Form:
    """A batch as it is now."""
    return {
        "batchId": batch.id,
        "name": batch.name,
        "madeAt": write_instant(batch.made_at),
        "madeBy": batch.made_by,
        "undoneAt": _instant(batch.undone_at),
        "undoneBy": batch.undone_by,
        "undoes": batch.undoes,
        "seriesIds": list(batch.series),
        "items": [standing_form(one) for one in batch.items],
    }


def undo_form(batch_id: int, result: BatchResult, standings: Sequence[Standing]) -> Form:
    """What became of the overrides of a batch that was taken back."""
    as_it_is = {one.override.id: one for one in standings}
    items = [
        {
            "id": item.override.id if item.override else None,
            "evseId": item.evse_id or None,
            "outcome": "skipped" if item.error else "undone",
            "override": standing_form(as_it_is[item.override.id]) if item.override else None,
            "error": None if item.error is None else error_form(item.error),
        }
        for item in result.items
    ]
    return {
        "batchId": result.batch_id,
        "undoes": batch_id,
        "undone": len(result.done),
        "skipped": len(result.refused),
        "items": items,
    }


def evse_form(entry: FleetEntry) -> Form:
    """An EVSE: Spirii's five keys first, then ours. `status` is what OCPI partners are told."""
    evse, winner = entry.evse, entry.displayed.winner
    return {
        "uid": evse.id,
        "evseId": evse.evse_id,
        "chargeboxId": evse.charger,
        "status": entry.words.ocpi,
        "connectors": [
            {
                "id": plug.id,
                "standard": plug.standard,
                "format": plug.format,
                "powerType": plug.power_type,
                "maxElectricPower": plug.max_electric_power,
                "maxAmperage": plug.max_amperage,
                "maxVoltage": plug.max_voltage,
            }
            for plug in entry.connectors
        ],
        "ocpiUid": evse.uid,
        "actualStatus": entry.displayed.actual.value,
        "actualSince": _instant(entry.actual_since),
        "channels": channels_form(entry.words),
        "overrideId": None if winner is None else stored_id(winner.override_id),
        "missingSince": _instant(evse.missing_since),
        "removedAt": _instant(evse.removed_at),
        "location": {
            "id": entry.location_ocpi_id,
            "name": evse.location_name,
            "address": evse.address,
            "city": evse.city,
            "postalCode": entry.postal_code,
            "countryCode": evse.country_code,
            "partyId": evse.party_id,
            "timeZone": evse.time_zone,
        },
    }


def report_form(reported: Reported) -> Form:
    """What is known of an EVSE after a report."""
    return {
        "evseId": reported.evse_id,
        "actualStatus": reported.status.value if reported.status else None,
        "since": _instant(reported.since),
        "reportedAt": _instant(reported.reported_at),
        "changed": reported.changed,
    }


def event_form(event: Event) -> Form:
    """One thing that happened."""
    told: Form = {
        "id": event.id,
        "type": event.type,
        "at": write_instant(event.at),
        "evseId": event.evse_id,
    }
    if event.override is not None:
        told["override"] = override_form(event.override, event, now=event.at)
    if event.by:
        told |= {"by": event.by, "why": event.why}
    if event.actual_status is not None:
        told["actualStatus"] = event.actual_status
    return told


def channels_form(words: Words) -> dict[str, str | None]:
    """The word of every channel under its key."""
    return {channel.value: words.on(channel) for channel in Channel}


def stored_id(override_id: int | None) -> int | None:
    """The id of an override; an occurrence that isn't stored yet has none."""
    return None if override_id is None or is_virtual(override_id) else override_id


def _instant(value: datetime | None) -> str | None:
    return None if value is None else write_instant(value)
