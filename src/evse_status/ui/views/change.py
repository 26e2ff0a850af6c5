"""Which fields did somebody change in the form of an override, and over which version?"""

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from evse_status.core.override import UNSET, Edit, Override
from evse_status.core.statuses import Cause, TemporaryStatus
from evse_status.ui.views.override import Deeds

_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """What the form of an override holds; instants in UTC, `valid_to=None` means until cleared."""

    temporary_status: TemporaryStatus
    valid_from: datetime
    valid_to: datetime | None
    reason: str
    cause: Cause | None
    ticket: str


def form_of(override: Override) -> ChangeForm:
    """The form as it opens on `override`."""
    return ChangeForm(
        temporary_status=override.temporary_status,
        valid_from=override.starts_at,
        valid_to=override.valid_to,
        reason=override.reason,
        cause=override.cause,
        ticket=override.ticket,
    )


def edit_between(opened: ChangeForm, typed: ChangeForm, allowed: Deeds) -> Edit:
    """The change that names only what differs, and only what `allowed` leaves open to change."""
    named = _differing(opened, typed)
    if not allowed.plan:
        named = {name: value for name, value in named.items() if name in ("reason", "cause")}
    if not allowed.start:
        named.pop("valid_from", None)
    return Edit(**named)


def is_empty(edit: Edit) -> bool:
    """Whether a change names no field at all."""
    return all(getattr(edit, field.name) is UNSET for field in fields(edit))


def carried_over(opened: ChangeForm, typed: ChangeForm, latest: ChangeForm) -> ChangeForm:
    """What was typed, on top of `latest`: fields nobody typed in show what others made of them."""
    return replace(latest, **_differing(opened, typed))


def proposed_until(ends: list[datetime | None], *, now: datetime) -> datetime:
    """A sensible new end: an hour after the latest planned one or now, on a quarter (UTC)."""
    latest = max((end for end in ends if end is not None), default=now)
    proposed = max(latest, now) + timedelta(hours=1)
    past_quarter = timedelta(
        minutes=proposed.minute % 15, seconds=proposed.second, microseconds=proposed.microsecond
    )
    return proposed if not past_quarter else proposed - past_quarter + _QUARTER


def _differing(opened: ChangeForm, typed: ChangeForm) -> dict[str, Any]:
    pairs = ((field.name, getattr(typed, field.name)) for field in fields(ChangeForm))
    return {name: value for name, value in pairs if value != getattr(opened, name)}
