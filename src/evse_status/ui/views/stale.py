"""What did somebody else make of an override since it was shown: who, what, before and after?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from evse_status.core.errors import StaleEdit
from evse_status.core.override import Override
from evse_status.service.audit import HistoryLine
from evse_status.service.schedule import BatchResult
from evse_status.ui.looks import label
from evse_status.ui.texts import counted, when
from evse_status.ui.views.change import ChangeForm
from evse_status.ui.views.names import with_name
from evse_status.ui.views.override import Fact, HistoryEntry, end, history_entries

Versions = Mapping[int, int]
"""The overrides to act upon and the version of each that was shown, by id."""


@dataclass(frozen=True, slots=True)
class News:
    """What became of one override, the newest first; plain text."""

    name: str
    entries: tuple[HistoryEntry, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """The same once more, on what was changed meanwhile, as it is now."""

    label: str
    did: str
    versions: Versions
    act: Callable[[Versions], BatchResult]


def stale_versions(result: BatchResult, shown: Versions) -> dict[int, int]:
    """The version that was shown of each that was refused as changed meanwhile.

    An occurrence that wasn't stored was shown under another number, as the first version.
    """
    return {one.id: shown.get(one.id, 1) for one in _stale(result)}


def again(
    result: BatchResult, did: str, act: Callable[[Versions], BatchResult], *, now: datetime
) -> Again | None:
    """The offer to go on with what was changed meanwhile; `did` is what is asked ("cleared")."""
    versions = {one.id: one.version for one in _stale(result) if not one.is_over(now)}
    if not versions:
        return None
    what = "it as it is" if len(versions) == 1 else f"these {len(versions):,} as they are"
    return Again(f"{_VERBS[did]} {what} now", did, versions, act)


def news(
    result: BatchResult,
    since: Mapping[int, Sequence[HistoryLine]],
    *,
    zone: ZoneInfo,
    now: datetime,
) -> tuple[News, ...]:
    """What became of each override that was refused as changed meanwhile; times in `zone`."""
    return tuple(
        News(
            f"{item.evse_id}, {with_name(label(item.override.temporary_status), item.override.id)}",
            history_entries(since.get(item.override.id, ()), zone=zone, now=now),
        )
        for item in result.items
        if isinstance(item.error, StaleEdit) and item.override
    )


def headline(number: int) -> str:
    """What the news are about: "2 overrides were changed since you opened them"."""
    since = "was changed since you opened it" if number == 1 else "were changed since you saw them"
    return f"{counted(number, 'override')} {since}"


def typed_fields(
    latest: ChangeForm, typed: ChangeForm, *, zone: ZoneInfo, now: datetime
) -> tuple[Fact, ...]:
    """What was typed, as far as it differs from the latest state."""
    before, after = (_by_field(form, zone, now) for form in (latest, typed))
    return tuple(
        Fact(name, after[name] or "empty") for name in before if before[name] != after[name]
    )


def _stale(result: BatchResult) -> list[Override]:
    return [
        item.override
        for item in result.items
        if isinstance(item.error, StaleEdit) and item.override
    ]


def _by_field(form: ChangeForm, zone: ZoneInfo, now: datetime) -> dict[str, str]:
    return {
        "Status": label(form.temporary_status),
        "From": when(form.valid_from, zone, now=now),
        "To": end(form.valid_to, zone=zone, now=now),
        "Reason": form.reason,
        "Cause": str(form.cause or ""),
        "Ticket": form.ticket,
    }


_VERBS = {"cleared": "Clear", "extended": "Extend"}
