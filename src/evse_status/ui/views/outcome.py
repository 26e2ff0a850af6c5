"""What became of what somebody asked for, item by item?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from evse_status.core.errors import EvseStatusError
from evse_status.core.override import Override
from evse_status.service.schedule import BatchResult, ItemResult
from evse_status.ui.looks import label
from evse_status.ui.texts import counted
from evse_status.ui.views.names import with_name, without_numbers
from evse_status.ui.views.stale import Again, News

OFFERED_FOR = timedelta(minutes=10)
"""How long an outcome with its Undo stays in sight."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A sentence on the whole, one on each item and on each refused one, all plain text.

    `batch_id` takes it back, or the `change` of one override, before and after; both `None` if
    there is nothing to take back. `earlier` are batches of the same deed, taken back with it.
    `news` tells what others made of those that were refused as changed meanwhile, and `again`
    goes on with them.
    """

    good: bool
    text: str
    at: datetime
    items: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    batch_id: int | None = None
    change: tuple[Override, Override] | None = None
    earlier: tuple[int, ...] = ()
    news: tuple[News, ...] = ()
    again: Again | None = None

    @property
    def batches(self) -> tuple[int, ...]:
        """All batches that Undo takes back, the newest first."""
        return (*(() if self.batch_id is None else (self.batch_id,)), *self.earlier)

    def is_in_sight(self, now: datetime) -> bool:
        """Whether it is recent enough to be shown still."""
        return now - self.at < OFFERED_FOR


def outcome_of(
    result: BatchResult, did: str, *, shown: Mapping[int, int], now: datetime
) -> Outcome:
    """What became of a request in words: `did` is what was asked ("cleared", "extended").

    `shown` has the versions that were acted upon: an override that still has its version was
    answered as it is, because it was over already.
    """
    untouched = [override for override in result.done if shown.get(override.id) == override.version]
    changed = len(result.done) - len(untouched)
    parts = [f"{counted(changed, 'override')} {did}"] if changed or not result.items else []
    if untouched:
        parts.append(f"{len(untouched):,} already over")
    if result.refused:
        parts.append(f"{len(result.refused):,} refused")
    return Outcome(
        good=not result.refused,
        text=_capital(", ".join(parts)) + ".",
        at=now,
        items=tuple(_item(item, did, shown) for item in result.items),
        refused=tuple(_item(item, did, shown) for item in result.refused),
        batch_id=result.batch_id if changed else None,
    )


def undone(result: BatchResult, *, now: datetime) -> Outcome:
    """What became of taking a batch back: what somebody touched since is named."""
    parts = [f"Undone for {counted(len(result.done), 'override')}"]
    if result.refused:
        parts.append(f"{len(result.refused):,} left as they are")
    return Outcome(
        good=not result.refused,
        text="Nothing was left to undo." if not result.items else ", ".join(parts) + ".",
        at=now,
        items=tuple(_item(item, "as before", {}) for item in result.items),
        refused=tuple(_item(item, "as before", {}) for item in result.refused),
    )


def failure(error: EvseStatusError, *, now: datetime) -> Outcome:
    """What was refused as a whole."""
    return Outcome(good=False, text=told(error), at=now)


def told(error: EvseStatusError) -> str:
    """The sentence of an error with its field as the dashboard calls it, not as the API does."""
    sentence = without_numbers(error.message)
    if error.field and sentence.startswith(f"{error.field}: "):
        sentence = sentence.removeprefix(f"{error.field}: ")
        named = _FIELDS.get(error.field, "")
        return f"{named}: {sentence}" if named else _capital(sentence)
    return _capital(sentence)


_FIELDS = {
    "validFrom": "From",
    "validTo": "To",
    "from": "From",
    "to": "To",
    "reason": "Reason",
    "ticket": "Ticket",
    "cause": "Cause",
    "temporaryStatus": "Status",
}


def _item(item: ItemResult, did: str, shown: Mapping[int, int]) -> str:
    override = item.override
    named = (
        f"{item.evse_id}, {with_name(label(override.temporary_status), override.id)}"
        if override
        else ""
    )
    if item.error is not None:
        return ": ".join(part for part in (named or item.evse_id, told(item.error)) if part)
    if override is None:
        return item.evse_id
    return f"{named}: {'already over' if shown.get(override.id) == override.version else did}"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
