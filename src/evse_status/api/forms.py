"""How does an override or a display look in JSON? The same for the API and the command line."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from evse_status.core.override import Override
from evse_status.core.period import write_instant
from evse_status.core.translation import Channel, Words
from evse_status.service.audit import HistoryLine
from evse_status.service.look_up import Display

Form = dict[str, Any]


class Named(Protocol):
    """Anything that has the EVSE id that people see."""

    @property
    def evse_id(self) -> str:
        """The id as it is written."""
        ...


def override_form(override: Override, evse: Named, *, now: datetime) -> Form:
    """An override at `now`: Spirii's five keys first, then ours.

    `validFrom` is what was asked for (without a request: when it started), `effectiveFrom` when it
    really starts; `validTo` is null until cleared.
    """
    return {
        "id": override.id,
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
        "version": override.version,
    }


def history_form(lines: Iterable[HistoryLine]) -> list[Form]:
    """The changes of one override, oldest first; values are plain text, an absent one is empty."""
    return [
        {
            "at": write_instant(line.at),
            "by": line.by,
            "what": line.what,
            "why": line.why,
            "version": line.version,
            "batchId": line.batch_id,
            "changes": [
                {"field": name, "before": before, "after": after}
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
                "id": behind.override.id,
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


def channels_form(words: Words) -> dict[str, str | None]:
    """The word of every channel under its key."""
    return {channel.value: words.on(channel) for channel in Channel}


def _instant(value: datetime | None) -> str | None:
    return None if value is None else write_instant(value)
