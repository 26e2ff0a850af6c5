"""What is an override, and what do creating, changing, clearing and undoing make of it?"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

from evse_status.core.errors import (
    AlreadyOver,
    AlreadyStarted,
    EndsBeforeItStarts,
    EndsInThePast,
    HasNoEnd,
    InvalidInput,
    TooLong,
)
from evse_status.core.period import earlier_end, instant
from evse_status.core.statuses import (
    STANDS_BACK_BY_DEFAULT,
    Cause,
    Phase,
    Source,
    TemporaryStatus,
)

LONGEST_REASON = 2_000
LONGEST_TICKET = 100


class Unset(Enum):
    """The mark of a field that a change doesn't name (rule 11)."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, slots=True)
class Override:
    """One temporary status on one EVSE for a period, by someone, for a reason.

    All instants are UTC. `requested_from` is what was asked for (`None`: at acceptance),
    `starts_at` what holds; the planned end is `valid_to` (`None`: until cleared), the real one
    `ends_at`. `evse` is the surrogate number of the EVSE. `made_at` settles ties (rule 7).
    Where it `drains`, `requested_from` is the latest start that was asked for, and `starts_at` may
    be earlier: when it was placed or when the session ended.
    """

    id: int
    evse: int
    temporary_status: TemporaryStatus
    requested_from: datetime | None
    starts_at: datetime
    valid_to: datetime | None
    made_at: datetime
    created_by: str
    source: Source
    reason: str = ""
    cause: Cause | None = None
    ticket: str = ""
    stands_back: bool = False
    lease_until: datetime | None = None
    cleared_at: datetime | None = None
    version: int = 1
    batch_id: int | None = None
    external_ref: str = ""
    series_id: int | None = None
    occurrence_start: str | None = None  # original local start, ISO 8601 without offset (rule 18)
    drains: bool = False  # asked to start when a running session ends; see `waits`

    @property
    def ends_at(self) -> datetime | None:
        """The earliest of plan, lease and clear; `None` while nothing ends it (rules 11, 17)."""
        return earlier_end(self.valid_to, self.lease_until, self.cleared_at)

    def phase(self, at: datetime) -> Phase:
        """Where it stands at `at`; at `starts_at` it is active, at `ends_at` it is over (rule 1)."""
        ends_at = self.ends_at
        if ends_at is not None and ends_at <= at:
            return Phase.CLEARED if ends_at == self.cleared_at else Phase.ENDED
        return Phase.ACTIVE if self.starts_at <= at else Phase.UPCOMING

    def is_over(self, at: datetime) -> bool:
        """Whether it has ended or was cleared."""
        return self.phase(at) in (Phase.ENDED, Phase.CLEARED)

    def waits(self, at: datetime) -> bool:
        """Whether it starts as soon as the session that is running ends, at the latest at `starts_at`."""
        return self.drains and self.phase(at) is Phase.UPCOMING


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for, before it is an override; every field as given, instants with any offset.

    With `drain_until` it starts when the session that is running ends, at the latest then; without
    a session at once. It takes the place of `valid_from`.
    """

    temporary_status: TemporaryStatus
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    reason: str = ""
    cause: Cause | None = None
    ticket: str = ""
    source: Source = Source.OPERATOR
    stands_back: bool | None = None  # None: by source (rule 8)
    lease_until: datetime | None = None
    external_ref: str = ""
    drain_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of an override: fields left UNSET stay; `valid_to=None` means until cleared (rule 11)."""

    temporary_status: TemporaryStatus | Unset = UNSET
    valid_from: datetime | Unset = UNSET
    valid_to: datetime | Unset | None = UNSET
    reason: str | Unset = UNSET
    cause: Cause | Unset | None = UNSET
    ticket: str | Unset = UNSET


def place(
    wish: Wish, *, evse: int, created_by: str, now: datetime, charging: bool = False
) -> Override:
    """Make the override that `wish` asks for, accepted at `now`; its id is 0 until it is stored.

    `charging`: the EVSE has a session, for which it waits where it drains. Raises the errors of
    rules 3 and 5, each naming its field. A start in the past takes effect at acceptance and is
    kept as requested (rule 4).
    """
    drains = wish.drain_until is not None
    if drains and wish.valid_from is not None:
        raise InvalidInput(
            "drainUntil: it says when to start at the latest, so leave validFrom out.",
            field="drainUntil",
        )
    if drains:
        requested_from = _instant_or_none(wish.drain_until, "drainUntil")
    else:
        requested_from = _instant_or_none(wish.valid_from, "validFrom")
    at_once = requested_from is None or (drains and not charging)
    starts_at = now if at_once or requested_from is None else max(requested_from, now)
    valid_to = _instant_or_none(wish.valid_to, "validTo")
    _require_end(valid_to, requested_from=requested_from, now=now)
    lease_until = _instant_or_none(wish.lease_until, "leaseUntil")
    if lease_until is not None and lease_until <= now:
        raise EndsInThePast(field="leaseUntil")
    _require_text(wish.reason, "reason", LONGEST_REASON)
    _require_text(wish.ticket, "ticket", LONGEST_TICKET)
    by_source = wish.source in STANDS_BACK_BY_DEFAULT
    return Override(
        id=0,
        evse=evse,
        temporary_status=wish.temporary_status,
        requested_from=requested_from,
        starts_at=starts_at,
        valid_to=valid_to,
        made_at=now,
        created_by=created_by,
        source=wish.source,
        reason=wish.reason.strip(),
        cause=wish.cause,
        ticket=wish.ticket.strip(),
        stands_back=by_source if wish.stands_back is None else wish.stands_back,
        lease_until=lease_until,
        external_ref=wish.external_ref,
        drains=drains,
    )


def begin(override: Override, *, now: datetime) -> Override:
    """The session it waited for has ended: it starts at `now`. Not a new version, as nobody changed it."""
    return replace(override, starts_at=now) if override.waits(now) else override


def change(override: Override, edit: Edit, *, now: datetime) -> Override:
    """Apply `edit` at `now`; the same object comes back if nothing differs, else the next version.

    Of one that is over only reason and cause may change, of a started one the start may not
    (rule 11: AlreadyOver, AlreadyStarted). Ends are checked as in `place`. One that waits for a
    session to end waits no longer once its start is changed.
    """
    named = {name: value for name in _EDITABLE if (value := getattr(edit, name)) is not UNSET}
    _require_text(named.get("reason", ""), "reason", LONGEST_REASON)
    _require_text(named.get("ticket", ""), "ticket", LONGEST_TICKET)
    for name in ("reason", "ticket"):
        if name in named:
            named[name] = named[name].strip()
    if "valid_from" in named:
        requested_from = instant(named.pop("valid_from"), field="validFrom")
        if requested_from not in (override.requested_from, override.starts_at):
            named["requested_from"] = requested_from
    if "valid_to" in named:
        named["valid_to"] = _instant_or_none(named["valid_to"], "validTo")
    changed = {name: value for name, value in named.items() if value != getattr(override, name)}
    if not changed:
        return override
    _require_changeable(override, changed, now=now)
    if "requested_from" in changed:
        changed["starts_at"] = max(changed["requested_from"], now)
        changed["drains"] = False
    edited = replace(override, **changed, version=override.version + 1)
    if changed.keys() & {"requested_from", "valid_to"}:
        asked = edited.requested_from
        # One that drained may have started earlier than was asked for at the latest.
        earliest = None if asked is None else min(asked, edited.starts_at)
        _require_end(edited.valid_to, requested_from=earliest, now=now)
    return edited


def extend(override: Override, by: timedelta, *, now: datetime) -> Override:
    """Move the planned end by `by`, counted from that end, not from now (HasNoEnd without one)."""
    if override.is_over(now):
        raise AlreadyOver(override.id, override.phase(now), field="extendBy")
    if override.valid_to is None:
        raise HasNoEnd(override.id)
    try:
        valid_to = override.valid_to + by
    except OverflowError:
        valid_to = datetime.max.replace(tzinfo=override.valid_to.tzinfo)
    return change(override, Edit(valid_to=valid_to), now=now)


def clear(override: Override, *, now: datetime) -> Override:
    """End it at `now`; one that is over comes back as it is (rule 12)."""
    if override.is_over(now):
        return override
    return replace(override, cleared_at=now, version=override.version + 1)


def renew(override: Override, lease_until: datetime, *, now: datetime) -> Override:
    """Prolong its lease; renewals make no new version and no history (rule 17)."""
    if override.is_over(now):
        raise AlreadyOver(override.id, override.phase(now), field="leaseUntil")
    renewed_until = instant(lease_until, field="leaseUntil")
    if renewed_until <= now:
        raise EndsInThePast(field="leaseUntil")
    return replace(override, lease_until=renewed_until)


def revert(
    override: Override, before: Override | None, *, now: datetime, session_ended: bool = False
) -> Override:
    """Undo one change at `now`: from then on it holds as `before` would have (rule 16).

    `before` is `None` where the change created it. What was shown earlier stays; an end of
    `before` that has passed meanwhile becomes an end at `now`. `session_ended`: what `before`
    waited for has come since the change.
    """
    if before is None:
        return clear(override, now=now)
    begun = before.starts_at <= now or (before.drains and session_ended)
    reverted = replace(
        before,
        starts_at=min(override.starts_at, now) if begun else before.starts_at,
        lease_until=override.lease_until,
        version=override.version + 1,
    )
    if not before.is_over(now):
        return reverted
    if override.is_over(now):
        return replace(reverted, valid_to=override.valid_to, cleared_at=override.cleared_at)
    return replace(reverted, valid_to=override.valid_to, cleared_at=now)


_EDITABLE = ("temporary_status", "valid_from", "valid_to", "reason", "cause", "ticket")


def _require_changeable(override: Override, changed: dict[str, Any], *, now: datetime) -> None:
    if override.is_over(now) and changed.keys() - {"reason", "cause"}:
        raise AlreadyOver(override.id, override.phase(now))
    if override.starts_at <= now and "requested_from" in changed:
        raise AlreadyStarted(override.id)


def _require_end(
    valid_to: datetime | None, *, requested_from: datetime | None, now: datetime
) -> None:
    if valid_to is None:
        return
    if requested_from is not None and valid_to <= requested_from:
        raise EndsBeforeItStarts(field="validTo")
    if valid_to <= now:
        raise EndsInThePast(field="validTo")


def _instant_or_none(value: datetime | None, field: str) -> datetime | None:
    return None if value is None else instant(value, field=field)


def _require_text(text: str, field: str, limit: int) -> None:
    if len(text) > limit:
        raise TooLong(field=field, limit=limit, length=len(text))
    if "\x00" in text:
        raise InvalidInput(
            f"{field}: it contains a character that can't be stored. Type it again.", field=field
        )
