"""What is a hub to be told of an EVSE next, and what does it know after it answered? Pure decisions over one row each.

A row of `partner_evse`, as core.delivery has it, where `wanted` and `acked` are the hub's word or
REMOVED, `tell_as` the EvseID to tell it under (empty: the hub can take none, `refused` says why),
`told_as` the EvseID under which the hub has it by our doing, `content` the newest resync. A hub has
one id after the other, never two: the old one is deleted before the new one is told.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from evse_status.core.delivery import REFUSED_FOR, REMOVED, Known, Outcome, backoff
from evse_status.core.roaming_id import RoamingId
from evse_status.core.translation import Status, words

_TICK = timedelta(microseconds=1)


class Action(StrEnum):
    """What a push does with its records (OICP 2.3, ActionType)."""

    UPDATE = "update"
    INSERT = "insert"
    DELETE = "delete"
    FULL_LOAD = "fullLoad"  # replaces everything that the hub has of the operator


@dataclass(frozen=True, slots=True)
class HubWanted:
    """What a hub should know of one EVSE now: its word, since when, under which id; since which resync."""

    word: str
    at: datetime
    tell_as: RoamingId
    resync: int


@dataclass(frozen=True, slots=True)
class HubTold:
    """What one push told of one EVSE, and what became of it."""

    action: Action
    tell_as: str
    word: str
    at: datetime
    resync: int
    outcome: Outcome
    words: str = ""
    its_own: bool = False  # it failed alone, in a way that it may have caused itself


def hub_word(status: Status) -> str:
    """A displayed status in the hub's word; REMOVED where it is to have no record of it."""
    return words(status).hubject or REMOVED


def hub_desired(known: Known | None, wanted: HubWanted, *, now: datetime) -> Known | None:
    """The row after `wanted` became what the hub should know; the same row if nothing changes.

    `None` where there is nothing to tell. A status that the hub has no other word for changes nothing.
    """
    resync = max(1, wanted.resync)
    if known is None:
        if wanted.word == REMOVED:
            return None
        fresh = Known(wanted.word, wanted.at, "", resync, tell_as=wanted.tell_as.text)
        return hub_woken(replace(fresh, refused=wanted.tell_as.why_not), now=now)
    same_word = wanted.word == known.wanted
    if wanted.word == REMOVED:
        if same_word:
            return known
        # What is on its way may bring back what was deleted.
        acked = "" if known.due_at is not None and known.acked == REMOVED else known.acked
        gone = replace(known, wanted=REMOVED, wanted_at=_later(wanted.at, known), acked=acked)
        return hub_woken(replace(gone, attempt=0, refused=""), now=now)
    same_id = wanted.tell_as.text == known.tell_as
    same_why = same_id and (bool(known.tell_as) or wanted.tell_as.why_not == known.refused)
    if same_word and same_why and resync == known.content:
        return known
    acked, told_as = known.acked, known.told_as
    if not same_id:
        # The hub may have it under the old id also where that was never acknowledged.
        told_as = known.told_as or known.tell_as
        acked = acked if acked == REMOVED else ""
    if (
        known.wanted == REMOVED
    ):  # it may have been deleted already, whether or not that was answered
        acked = REMOVED
    elif known.due_at is not None and not same_word and wanted.word == acked:
        acked = ""  # what is on its way is not trusted
    changed = replace(
        known,
        wanted=wanted.word,
        wanted_at=known.wanted_at if same_word else _later(wanted.at, known),
        tell_as=wanted.tell_as.text,
        told_as=told_as,
        content=resync,
        acked=acked,
        attempt=0,
        # A refusal concerns the id: until it is taken it may have others refused with it.
        refused=known.refused if same_id and known.tell_as else wanted.tell_as.why_not,
    )
    return hub_woken(changed, now=now)


def hub_step(known: Known) -> tuple[Action, str] | None:
    """What to tell next, and under which id; `None`: nothing (yet)."""
    if known.wanted == REMOVED:
        evse_id = known.told_as or known.tell_as
        return None if known.acked == REMOVED or not evse_id else (Action.DELETE, evse_id)
    if known.told_as and known.told_as != known.tell_as:
        return Action.DELETE, known.told_as
    if not known.tell_as or (known.wanted == known.acked and known.content == known.content_acked):
        return None
    return Action.UPDATE, known.tell_as


def may_insert(known: Known, *, insert_unknown: bool) -> bool:
    """Whether an EVSE that the hub says it doesn't know is to be inserted.

    Where the partner's setting says so; and what was deleted there by us and has come back, or got
    another id: the hub had it.
    """
    return insert_unknown or (known.acked == REMOVED and known.content_acked != 0)


def is_held(known: Known) -> bool:
    """Whether the hub has acknowledged exactly what it should know: what a full load may repeat."""
    return bool(known.told_as) and hub_step(known) is None and known.wanted != REMOVED


def hub_woken(known: Known, *, now: datetime) -> Known:
    """The row with the instant at which to go on."""
    return replace(known, due_at=None if hub_step(known) is None else now)


def hub_settled(known: Known, told: HubTold, *, now: datetime) -> Known:
    """The row after a push was answered, or wasn't; `due_at` says when to go on."""
    match told.outcome:
        case Outcome.ACKNOWLEDGED:
            return hub_woken(_acknowledged(known, told), now=now)
        case Outcome.UNKNOWN if told.action is Action.DELETE:
            return hub_woken(_was_not_there(known), now=now)
        case Outcome.REFUSED | Outcome.UNKNOWN:
            return _refused(known, told, now)
        case Outcome.FAILED:
            if hub_step(known) is None:
                return hub_woken(known, now=now)
            # Where all of the hub isn't well, its pause is enough.
            due_at = now + backoff(known.attempt) if told.its_own else known.due_at
            return replace(known, attempt=known.attempt + 1, due_at=due_at)
        case _:
            return known


def hub_left(known: Known, *, now: datetime) -> Known:
    """The row after its old record was left to another EVSE that carries the id now, like a swapped charger's."""
    acked = REMOVED if known.wanted == REMOVED else ""
    left = replace(known, acked=acked, told_as="", content_acked=0, attempt=0)
    return hub_woken(left, now=now)


def hub_unsure(known: Known, *, now: datetime) -> Known:
    """The row after something may have been told that nobody can vouch for: it is told again."""
    deleted = known.acked == REMOVED and known.wanted != REMOVED
    return hub_woken(replace(known, acked=REMOVED if deleted else ""), now=now)


def _acknowledged(known: Known, told: HubTold) -> Known:
    acked_at = told.at if known.acked_at is None else max(known.acked_at, told.at)
    if told.action is Action.DELETE:
        return replace(
            known,
            acked=REMOVED,
            acked_at=acked_at,
            told_as="",
            content_acked=max(1, known.content_acked),
            attempt=0,
            refused="" if known.tell_as else known.refused,
        )
    is_its_id = told.tell_as == known.tell_as
    return replace(
        known,
        acked=told.word if is_its_id else "",
        acked_at=acked_at,
        told_as=told.tell_as,
        content_acked=told.resync,
        attempt=0,
        refused="" if is_its_id else known.refused,
    )


def _was_not_there(known: Known) -> Known:
    """It needn't delete what it doesn't have. What it acknowledged once was deleted by us, or else is gone."""
    acked = REMOVED if known.wanted == REMOVED or known.content_acked else ""
    return replace(known, acked=acked, told_as="", attempt=0)


def _refused(known: Known, told: HubTold, now: datetime) -> Known:
    known = replace(known, attempt=known.attempt + 1)
    if told.action is Action.DELETE and known.wanted != REMOVED:
        # An old id must not hold back the truth under the new one; a full load clears it away.
        return hub_woken(replace(known, told_as="", acked="", content_acked=0), now=now)
    stale = told.action is not Action.DELETE and told.tell_as != known.tell_as
    if stale or told.word != known.wanted:
        return hub_woken(known, now=now)  # what is wanted meanwhile may be taken
    return replace(known, refused=told.words, due_at=now + REFUSED_FOR)


def _later(at: datetime, known: Known) -> datetime:
    """`at`, or a tick after what was wanted before: what is told later became true later."""
    return max(at, known.wanted_at + _TICK)
