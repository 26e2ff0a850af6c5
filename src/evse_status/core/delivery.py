"""What is to be told to a partner next, and what does it know after it answered? Pure decisions over one row each.

What a partner should know of an EVSE stands beside what it last acknowledged; whatever differs is
sent. A row with `due_at` may be on its way at any moment, so nothing is taken as known that was
changed back while it was due: it is told once more instead (design.md section 4).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

REMOVED = "REMOVED"
UNSURE = "?"
"""An acknowledged schedule that may no longer be what the partner has."""
REFUSED_FOR = timedelta(days=1)
"""What is refused for good is tried again this much later, or when something else is wanted."""
_TICK = timedelta(milliseconds=1)  # OCPI's `last_updated` is told in milliseconds


class Kind(StrEnum):
    """What one request tells."""

    STATUS = "status"  # PATCH of the status
    SCHEDULE = "schedule"  # PATCH of the schedule
    EVSE = "evse"  # PUT of the EVSE
    LOCATION = "location"  # PUT of the Location with its EVSEs
    READ_BACK = "read-back"  # GET of the Location: has it drifted?


class Outcome(StrEnum):
    """What became of a request."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"  # this one for good; others may succeed
    UNKNOWN = "unknown"  # the partner doesn't know the object it is about
    FAILED = "failed"  # the partner as a whole isn't well
    UNREACHED = "unreached"  # nothing arrived there


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a partner should know of one EVSE now: the channel's word, since when, schedule and content."""

    word: str
    at: datetime
    schedule: str
    content: int


@dataclass(frozen=True, slots=True)
class Known:
    """One row of `partner_evse`: what is wanted, and what was acknowledged."""

    wanted: str
    wanted_at: datetime
    schedule: str
    content: int
    acked: str = ""
    acked_at: datetime | None = None
    schedule_acked: str = ""
    content_acked: int = 0  # 0: the partner doesn't know the EVSE
    due_at: datetime | None = None
    attempt: int = 0
    refused: str = ""
    schedule_refused: str = ""
    rest_try_at: datetime | None = None
    told_as: str = ""  # Hubject: the EvseID under which it was acknowledged
    tell_as: str = ""  # Hubject: the EvseID under which it is to be told


@dataclass(frozen=True, slots=True)
class KnownLocation:
    """One row of `partner_location`."""

    content: int
    content_acked: int = 0
    due_at: datetime | None = None
    attempt: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What one request told of one EVSE, and what became of it.

    `schedule` is what was in it; `schedule_refused` says why it was left out of a whole object.
    """

    kind: Kind
    word: str
    at: datetime
    schedule: str
    content: int
    outcome: Outcome
    words: str = ""
    schedule_refused: str = ""


def desired(
    known: Known | None, wanted: Wanted, *, now: datetime, location_known: bool
) -> Known | None:
    """The row after `wanted` became what the partner should know; the same row if nothing changes.

    `None` where there is nothing to tell: a removed EVSE of which the partner was never told. An EVSE
    at a Location that the partner doesn't know waits for that Location, which carries it.
    """
    if known is None:
        if wanted.word == REMOVED:
            return None
        fresh = Known(wanted.word, wanted.at, wanted.schedule, wanted.content)
        return woken(fresh, now=now, location_known=location_known)
    same_word, same_schedule = wanted.word == known.wanted, wanted.schedule == known.schedule
    same_content = wanted.content == known.content
    if same_word and same_schedule and same_content:
        return known
    may_be_out = known.due_at is not None
    acked, schedule_acked = known.acked, known.schedule_acked
    if may_be_out and not same_word and wanted.word == acked:
        acked = ""
    if may_be_out and not same_schedule and wanted.schedule == schedule_acked:
        schedule_acked = UNSURE
    changed = replace(
        known,
        wanted=wanted.word,
        wanted_at=_later(wanted.at, known.wanted_at),
        schedule=wanted.schedule,
        content=wanted.content,
        acked=acked,
        schedule_acked=schedule_acked,
        attempt=0,
        refused="" if not (same_word and same_content) else known.refused,
        schedule_refused=known.schedule_refused if same_schedule else "",
        rest_try_at=known.rest_try_at
        if same_schedule and same_content and not _is_unknown(known)
        else None,
    )
    return woken(changed, now=now, location_known=location_known)


def next_step(known: Known, now: datetime) -> Kind | None:
    """What to send next about an EVSE at a Location that the partner knows; `None`: nothing (yet).

    The status goes first wherever the partner knows the EVSE: nothing else may hold it back.
    """
    pending = _pending(known)
    if pending is None or pending is Kind.STATUS or known.rest_try_at is None:
        return pending
    return pending if known.rest_try_at <= now else None


def woken(known: Known, *, now: datetime, location_known: bool) -> Known:
    """The row with the instant at which to go on: never, where its Location has to be told first."""
    pending = _pending(known)
    if pending is None or (pending is Kind.EVSE and _is_unknown(known) and not location_known):
        return replace(known, due_at=None)
    if pending is Kind.STATUS or known.rest_try_at is None:
        return replace(known, due_at=now)
    return replace(known, due_at=max(now, known.rest_try_at))


def settled(known: Known, told: Told, *, now: datetime, location_known: bool = True) -> Known:
    """The row after a request was answered, or wasn't; `due_at` says when to go on."""
    after = _settled(known, told, now)
    if after.due_at is None or after.due_at <= now:
        return woken(after, now=now, location_known=location_known)
    return after


def unsure(known: Known, *, now: datetime) -> Known:
    """The row after something may have been told that nobody can vouch for: it is told again."""
    return replace(known, acked="", schedule_acked=UNSURE, due_at=now)


def drift(known: Known, held: str | None, *, same_schedule: bool = True) -> str:
    """How what a partner holds of an EVSE (its status, `None`: nothing) differs from what it
    acknowledged; empty if it doesn't, or if something is on its way. A schedule that it refused
    isn't missed."""
    if known.due_at is not None or known.wanted == REMOVED or _is_unknown(known):
        return ""
    if held is None:
        return "It had lost this EVSE."
    if held.strip().upper() != known.acked:
        return f"It had {held.strip()[:40]} where {known.acked} was acknowledged."
    if not same_schedule and not known.schedule_refused:
        return "It had another schedule than the one that was acknowledged."
    return ""


def told_again(known: Known, held: str | None, *, now: datetime) -> Known:
    """The row after a drift was found: it is told again, whole where the partner has nothing."""
    if held is None:
        return replace(known, acked="", schedule_acked="", content_acked=0, due_at=now)
    if held.strip().upper() == known.acked:  # then it was the schedule
        return replace(known, schedule_acked=UNSURE, due_at=now)
    return unsure(known, now=now)


def settled_location(
    known: KnownLocation, content: int, outcome: Outcome, words: str, *, now: datetime
) -> KnownLocation:
    """The row of a Location after its PUT."""
    if outcome is Outcome.ACKNOWLEDGED:
        due_at = None if known.content == content else now
        return replace(known, content_acked=content, due_at=due_at, attempt=0, refused="")
    if outcome in (Outcome.REFUSED, Outcome.UNKNOWN):
        attempt = known.attempt + 1
        return replace(known, attempt=attempt, refused=words, due_at=now + REFUSED_FOR)
    if outcome is Outcome.UNREACHED:
        return known
    return replace(known, attempt=known.attempt + 1, due_at=now + backoff(known.attempt))


def backoff(
    attempt: int, *, first: timedelta = timedelta(seconds=1), most: timedelta = timedelta(minutes=5)
) -> timedelta:
    """How long to wait after so many failures in a row before this one: doubling, up to `most`."""
    return min(first * float(2 ** min(attempt, 20)), most)


def _pending(known: Known) -> Kind | None:
    if known.wanted == REMOVED:
        return None if known.acked == REMOVED else Kind.STATUS
    if _is_unknown(known):
        return Kind.EVSE
    if known.wanted != known.acked:
        return Kind.STATUS
    if known.content != known.content_acked:
        return Kind.EVSE
    if known.schedule != known.schedule_acked:
        return Kind.SCHEDULE if known.schedule else Kind.EVSE  # a PATCH can't take anything away
    return None


def _is_unknown(known: Known) -> bool:
    return known.content_acked == 0


def _settled(known: Known, told: Told, now: datetime) -> Known:
    if told.outcome is Outcome.ACKNOWLEDGED:
        return _acknowledged(known, told, now)
    if told.outcome is Outcome.UNKNOWN and told.word == REMOVED:
        return _acknowledged(known, told, now)  # it needn't hear of what it doesn't know
    if told.outcome is Outcome.UNKNOWN:
        return replace(known, acked="", schedule_acked="", content_acked=0, due_at=now)
    if told.outcome is Outcome.REFUSED:
        return _refused(known, told, now)
    if told.outcome is Outcome.UNREACHED:
        return known
    wait = backoff(known.attempt)
    return replace(known, attempt=known.attempt + 1, due_at=now + wait)


def _acknowledged(known: Known, told: Told, now: datetime) -> Known:
    known = replace(known, due_at=now, attempt=0)
    if told.kind is Kind.SCHEDULE:
        return replace(known, schedule_acked=told.schedule, schedule_refused="", rest_try_at=None)
    acked_at = told.at if known.acked_at is None else max(known.acked_at, told.at)
    if told.kind is Kind.STATUS:
        refused = known.refused if known.content != known.content_acked else ""
        return replace(known, acked=told.word, acked_at=acked_at, refused=refused)
    return replace(
        known,
        acked=told.word,
        acked_at=acked_at,
        schedule_acked=told.schedule,
        content_acked=told.content,
        refused="",
        schedule_refused=told.schedule_refused,
        rest_try_at=now + REFUSED_FOR if told.schedule_refused else None,
    )


def _refused(known: Known, told: Told, now: datetime) -> Known:
    later = now + REFUSED_FOR
    known = replace(known, due_at=now, attempt=known.attempt + 1)
    if told.kind is Kind.SCHEDULE:
        return replace(known, schedule_refused=told.words, rest_try_at=later)
    if told.kind is Kind.EVSE:
        return replace(known, refused=told.words, rest_try_at=later)
    if told.word != known.wanted:  # what is wanted meanwhile may be taken
        return known
    return replace(known, refused=told.words, due_at=later)


def _later(at: datetime, than: datetime) -> datetime:
    """`at`, or a tick after `than`: what is told later is never older, also in milliseconds."""
    return max(at, than + _TICK)
