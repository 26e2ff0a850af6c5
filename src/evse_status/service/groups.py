"""Which overrides would be placed on which EVSEs? The same answer for whoever shows and for whoever places."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from evse_status.core.errors import EvseStatusError, InvalidInput, NothingSelected
from evse_status.core.errors import TwiceInOneRequest as Twice
from evse_status.core.override import Override, Wish, place
from evse_status.core.period import Period
from evse_status.core.principal import Principal
from evse_status.core.segments import Segment, planned_segment
from evse_status.core.statuses import ActualStatus
from evse_status.service.fleet import EvseCard, only_live
from evse_status.service.overlaps import (
    Overlap,
    looked_for_to,
    meeting,
    overlaps_of,
    segments_by_evse,
)
from evse_status.store import actuals, overrides
from evse_status.store import evses as evse_store

MOST_AT_ONCE = 10_000
"""EVSEs of one change."""

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Group:
    """A wish for some EVSEs: surrogate numbers, or ids as people write them.

    `lines` says where each of them stands in a file; it is empty if they come from none.
    """

    evses: tuple[int | str, ...]
    wish: Wish
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Meant:
    """One EVSE that somebody named: its card, or why nothing can be placed on it."""

    evse_id: str
    card: EvseCard | None
    error: EvseStatusError | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One EVSE of the group number `group`: the override as it would be placed, or why it is refused."""

    group: int
    line: int | None
    evse_id: str
    card: EvseCard | None
    override: Override | None
    error: EvseStatusError | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What placing groups as of `now` would do, in the order in which they name EVSEs.

    `planned` and `overlaps` are by the target's place in `targets`. `segments` and `overlaps` are
    empty for those who may not read; `overlaps_to` is up to where overlaps of what has no end were
    looked for.
    """

    now: datetime
    groups: tuple[Group, ...]
    targets: tuple[Target, ...]
    newest: Mapping[int, tuple[ActualStatus, datetime, datetime]]
    planned: Mapping[int, Segment]
    segments: Mapping[int, Sequence[Segment]]
    overlaps: Mapping[int, tuple[Overlap, ...]]
    overlaps_to: datetime | None

    def actual(self, evse: int) -> ActualStatus:
        """What its charger reports."""
        known = self.newest.get(evse)
        return ActualStatus.UNKNOWN if known is None else known[0]


def require_may_place(principal: Principal, groups: Sequence[Group]) -> None:
    """Refuse those who may only look, and statuses that they may not set."""
    principal.require_planner()
    for status in dict.fromkeys(group.wish.temporary_status for group in groups):
        principal.require_may_set(status)


def meant(
    conn: Connection, principal: Principal, evses: Iterable[int | str]
) -> dict[int | str, Meant]:
    """The EVSEs that are meant; one that is unknown, ambiguous or removed carries its error."""
    named = set(evses)
    by_number = evse_store.by_numbers(
        conn, [one for one in named if isinstance(one, int)], evse_store.in_area(principal)
    )
    texts = [one for one in named if isinstance(one, str)]
    by_text = evse_store.by_texts(conn, texts, principal) if texts else {}
    found: dict[int | str, Meant] = {}
    for one in named:
        if isinstance(one, int):
            rows = [by_number[one]] if one in by_number else []
        else:
            rows = by_text[one]
        try:
            card = only_live(str(one), rows)
            found[one] = Meant(card.evse_id, card)
        except EvseStatusError as error:
            found[one] = Meant(str(one), None, error)
    return found


def targets(
    conn: Connection, principal: Principal, groups: Sequence[Group], now: datetime
) -> tuple[list[Target], dict[int, tuple[ActualStatus, datetime, datetime]]]:
    """What would be placed, and what the chargers that are concerned report.

    Raises NothingSelected, and the errors of a wish itself (they concern its whole group alike).
    """
    named = [one for group in groups for one in group.evses]
    if not named:
        raise NothingSelected()
    for group in groups:
        place(group.wish, evse=0, created_by=principal.name, now=now)
    known = meant(conn, principal, named)
    newest = actuals.newest(conn, [one.card.id for one in known.values() if one.card is not None])
    charging = {evse for evse, (status, _, _) in newest.items() if status is ActualStatus.CHARGING}
    found: list[Target] = []
    taken: dict[int, list[tuple[int, Override]]] = {}
    for number, group in enumerate(groups):
        drafts = {
            waits: place(group.wish, evse=0, created_by=principal.name, now=now, charging=waits)
            for waits in (False, True)
        }
        lines: Sequence[int | None] = group.lines or [None] * len(group.evses)
        for one, line in zip(group.evses, lines, strict=True):
            which = known[one]
            error, override = which.error, None
            if which.card is not None:
                evse = which.card.id
                override = replace(drafts[evse in charging], evse=evse)
                others = taken.setdefault(evse, [])
                if any(other == number or both_hold(override, it) for other, it in others):
                    error, override = Twice(which.evse_id), None
                else:
                    others.append((number, override))
            found.append(Target(number, line, which.evse_id, which.card, override, error))
    return found, newest


def look(
    conn: Connection,
    principal: Principal,
    groups: Sequence[Group],
    now: datetime,
    *,
    window: tuple[datetime, datetime] | None = None,
) -> Look:
    """Find out what placing would do; `segments` reach over `window`, too.

    Raises as `targets`, and InvalidInput for too many at once.
    """
    if sum(len(group.evses) for group in groups) > MOST_AT_ONCE:
        raise InvalidInput(
            f"evseIds: at most {MOST_AT_ONCE:,} EVSEs fit into one batch. Make several.",
            field="evseIds",
        )
    found, newest = targets(conn, principal, groups, now)
    planned = _planned(found, now)
    segments: dict[int, list[Segment]] = {}
    overlaps: dict[int, tuple[Overlap, ...]] = {}
    ahead: datetime | None = None
    if planned and principal.may_read:
        numbers = list(dict.fromkeys(one.evse for one in planned.values()))
        until = {
            which: looked_for_to(one.from_at, one.to_at, len(numbers))
            for which, one in planned.items()
        }
        ahead = max((until[p] for p, one in planned.items() if one.to_at is None), default=None)
        first, last = min(one.from_at for one in planned.values()), max(until.values())
        if window is not None:
            first, last = min(first, window[0]), max(last, window[1])
        segments = segments_by_evse(conn, numbers, first, last)
        met = {
            which: meeting(segments[one.evse], one, until[which])
            for which, one in planned.items()
            if segments[one.evse]
        }
        known = overrides.by_ids(
            conn, {segment.override_id for some in met.values() for segment in some}
        )
        overlaps = {
            which: overlaps_of(planned[which], some, known) for which, some in met.items() if some
        }
    return Look(now, tuple(groups), tuple(found), newest, planned, segments, overlaps, ahead)


def _planned(found: Sequence[Target], now: datetime) -> dict[int, Segment]:
    planned = {}
    for which, one in enumerate(found):
        segment = None if one.override is None else planned_segment(one.override)
        if segment is not None:
            # By the time it is placed it is later than anything there is now.
            planned[which] = Segment(
                segment.override_id,
                segment.evse,
                segment.status,
                now + _MOMENT,
                segment.from_at,
                segment.to_at,
                segment.stands_back,
            )
    return planned


def both_hold(one: Override, other: Override) -> bool:
    """Whether some instant lies in the periods of both."""
    first, second = planned_segment(one), planned_segment(other)
    if first is None or second is None:
        return False
    return Period(first.from_at, first.to_at).overlaps(Period(second.from_at, second.to_at))
