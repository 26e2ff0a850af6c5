"""What would a repeating override do, and how is one placed? (rule 18)"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from evse_status.core.errors import NothingSelected, TwiceInOneRequest
from evse_status.core.local_time import zone
from evse_status.core.override import Override, Wish, place
from evse_status.core.principal import Principal
from evse_status.core.recurrence import read_rule
from evse_status.core.rule_words import describe
from evse_status.core.segments import Segment, planned_segment
from evse_status.core.series import (
    Occurrence,
    Series,
    next_ones,
    occurrences,
    override_of,
    require_local_start,
    require_possible,
)
from evse_status.core.statuses import Cause, TemporaryStatus
from evse_status.core.translation import Words, words
from evse_status.service.fleet import EvseCard, card
from evse_status.service.groups import meant
from evse_status.service.idempotency import Once
from evse_status.service.plan_mark import OtherThanPreviewed
from evse_status.service.schedule import Item, ItemResult
from evse_status.service.series_fill import MOST_AT_ONCE, fill_one
from evse_status.service.series_list import SeriesRow, rows
from evse_status.service.series_overlaps import SeriesOverlap, looked_to, overlaps
from evse_status.store import evses as evse_store
from evse_status.store import overrides
from evse_status.store import series as store
from evse_status.store.database import Database, Write

TOUCHED_AHEAD = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class SeriesWish:
    """What somebody asks for, before it is a series: a rule (RFC 5545 RRULE), an IANA zone, the first
    possible start as clocks there show it (naive), how many minutes those clocks count, and local starts (or days)
    that are left out."""

    rule: str
    zone: str
    first_local_start: datetime
    minutes: int
    temporary_status: TemporaryStatus
    reason: str = ""
    cause: Cause | None = None
    ticket: str = ""
    exceptions: tuple[datetime, ...] = ()


Target = tuple[Sequence[int | str], SeriesWish]
"""EVSEs (surrogate numbers, or ids as people write them) and what is to be repeated on them."""


@dataclass(frozen=True, slots=True)
class GroupPreview:
    """What one wish would do on its EVSEs.

    `wish` is as it would be kept, `next` has the next occurrences, `touched` all those of the next 400
    days that a change of the clocks touches, `planned` the stretches of `next` (of EVSE 0, to draw).
    """

    wish: SeriesWish
    description: str
    words: Words
    evses: tuple[EvseCard, ...]
    next: tuple[Occurrence, ...]
    touched: tuple[Occurrence, ...]
    planned: tuple[Segment, ...]
    overlaps: tuple[SeriesOverlap, ...]


@dataclass(frozen=True, slots=True)
class SeriesPreview:
    """What placing would do as of `now`. Overlaps were looked for until `looked_to`; `mark` stands for
    what was shown, so that nothing else is done."""

    now: datetime
    groups: tuple[GroupPreview, ...]
    refused: tuple[ItemResult, ...]
    looked_to: datetime
    mark: str


@dataclass(frozen=True, slots=True)
class SeriesOutcome:
    """What was placed: a series per wish, undone together by `batch_id` (`None`: nothing was placed).

    An item has the next occurrence on its EVSE, where that is stored.
    """

    batch_id: int | None
    series: tuple[SeriesRow, ...]
    items: tuple[ItemResult, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    wish: SeriesWish
    series: Series
    items: list[Item]

    @property
    def accepted(self) -> tuple[int, ...]:
        return tuple(sorted(item.number for item in self.items if item.error is None))


def preview_repeating(
    db: Database,
    principal: Principal,
    wanted: Sequence[Target],
    *,
    now: datetime,
    count: int = 6,
) -> SeriesPreview:
    """What placing would do; nothing is written. Raises what placing would raise."""
    with db.read() as conn:
        groups = _groups(conn, principal, wanted, now)
        met = _met(conn, principal, groups, now)
        numbers = {number for group in groups for number in group.accepted}
        cards = {number: card(row) for number, row in evse_store.by_numbers(conn, numbers).items()}
    previews = []
    for group, found in zip(groups, met, strict=True):
        coming = next_ones(group.series, now, count)
        planned = (planned_segment(override_of(group.series, 0, each)) for each in coming)
        previews.append(
            GroupPreview(
                wish=group.wish,
                description=describe(
                    group.wish.rule, group.wish.first_local_start, group.wish.minutes
                ),
                words=words(group.wish.temporary_status),
                evses=tuple(cards[number] for number in _in_order(group)),
                next=tuple(coming),
                touched=tuple(
                    each
                    for each in occurrences(group.series, now, now + TOUCHED_AHEAD)
                    if each.touched
                ),
                planned=tuple(one for one in planned if one is not None),
                overlaps=found,
            )
        )
    return SeriesPreview(
        now=now,
        groups=tuple(previews),
        refused=tuple(
            ItemResult(item.number or None, item.evse_id, None, item.error)
            for group in groups
            for item in group.items
            if item.error is not None
        ),
        looked_to=looked_to(now, len(numbers)),
        mark=_mark(groups, met),
    )


def place_repeating(
    db: Database,
    principal: Principal,
    wanted: Sequence[Target],
    *,
    previewed: str | None = None,
    name: str = "",
    all_or_nothing: bool = False,
    once: Once[SeriesOutcome] | None = None,
) -> SeriesOutcome:
    """Place a series per wish, all in one transaction and one batch; each EVSE is accepted or refused by itself.

    With `all_or_nothing` the first refusal is raised. With `previewed` (the mark of a preview) it is
    refused where anything else would be done than was shown (OtherThanPreviewed). Raises
    NothingSelected, and the errors of a wish itself.
    """
    with db.write() as write:
        if once is not None:
            once.begin(write)
        groups = _groups(write.conn, principal, wanted, write.now)
        if previewed is not None:
            met = _met(write.conn, principal, groups, write.now)
            if previewed != _mark(groups, met):
                raise OtherThanPreviewed
        for group in groups:
            for item in group.items:
                if all_or_nothing and item.error is not None:
                    raise item.error
        outcome, count = _place(write, principal, groups, name)
        if once is not None:
            once.finish(write, outcome)
    db.wrote(count)
    return outcome


def _place(
    write: Write, principal: Principal, groups: Sequence[_Group], name: str
) -> tuple[SeriesOutcome, int]:
    total = sum(len(group.accepted) for group in groups)
    if not total:
        return SeriesOutcome(None, (), tuple(_results(groups, {}))), 0
    batch_id = overrides.open_batch(
        write, name=name.strip() or _name(groups, total), by=principal.name
    )
    placed, first, count = [], dict[int, Override](), 0
    for group in groups:
        if not group.accepted:
            continue
        fresh = replace(group.series, evses=group.accepted, batch_id=batch_id)
        added = store.add(write, fresh, by=principal.name)
        share = MOST_AT_ONCE * len(group.accepted) // total
        kept, made = fill_one(write, added, most=share, batch_id=batch_id)
        placed.append(kept)
        count += len(made)
        for one in made:
            first.setdefault(one.evse, one)
    told = rows(write.conn, principal, placed, now=write.now)
    return SeriesOutcome(batch_id, tuple(told), tuple(_results(groups, first))), count


def _results(groups: Sequence[_Group], first: dict[int, Override]) -> Iterable[ItemResult]:
    for group in groups:
        for item in group.items:
            made = first.get(item.number) if item.error is None else None
            yield ItemResult(item.number or None, item.evse_id, made, item.error)


def _groups(
    conn: Connection, principal: Principal, wanted: Sequence[Target], now: datetime
) -> list[_Group]:
    principal.require_planner()
    if not any(evses for evses, _ in wanted):
        raise NothingSelected()
    groups = []
    taken: set[int] = set()
    for evses, wish in wanted:
        checked = series_of(wish, principal, now=now)
        items = []
        known = meant(conn, principal, evses)
        for each in evses:
            one = known[each]
            number, error = one.card.id if one.card else 0, one.error
            if number and number in taken:
                number, error = 0, TwiceInOneRequest(one.evse_id)
            taken.add(number)
            items.append(Item(number, one.evse_id, error))
        same = ("rule", "reason", "ticket", "exceptions")
        as_kept = replace(wish, **{name: getattr(checked, name) for name in same})
        groups.append(_Group(as_kept, checked, items))
    return groups


def series_of(
    wish: SeriesWish,
    principal: Principal,
    *,
    now: datetime,
    kept: Mapping[str, Any] = MappingProxyType({}),
) -> Series:
    """The series that `wish` asks for, accepted at `now`; without a number, and on no EVSE yet.

    `kept` are fields of a series that it goes on from. Raises what is wrong with it, naming the field.
    """
    principal.require_may_set(wish.temporary_status)
    texts = Wish(wish.temporary_status, reason=wish.reason, ticket=wish.ticket)
    checked = place(texts, evse=0, created_by=principal.name, now=now)
    in_zone = zone(wish.zone)
    require_local_start(wish.first_local_start)
    made = Series(
        id=0,
        rule=read_rule(wish.rule, zone=in_zone, first=wish.first_local_start),
        zone=in_zone.key,
        first_local_start=wish.first_local_start,
        minutes=wish.minutes,
        temporary_status=wish.temporary_status,
        evses=(),
        made_at=now,
        created_by=principal.name,
        reason=checked.reason,
        cause=wish.cause,
        ticket=checked.ticket,
        exceptions=_exceptions(wish),
        added_at=now,
        stored_to=now,
    )
    made = replace(made, **kept)
    require_possible(made, now=now)
    return made


def _exceptions(wish: SeriesWish) -> tuple[datetime, ...]:
    """The local starts that are left out: there is one a day at most, so the day says which."""
    at = wish.first_local_start.time()
    return tuple(sorted({datetime.combine(one.date(), at) for one in wish.exceptions}))


def _met(
    conn: Connection, principal: Principal, groups: Sequence[_Group], now: datetime
) -> list[tuple[SeriesOverlap, ...]]:
    if not principal.may_read:
        return [() for _ in groups]
    until = looked_to(now, sum(len(group.accepted) for group in groups))
    return [
        overlaps(conn, replace(group.series, evses=group.accepted), now=now, until=until)
        for group in groups
    ]


def _in_order(group: _Group) -> list[int]:
    return [item.number for item in group.items if item.error is None]


def _mark(groups: Sequence[_Group], met: Sequence[tuple[SeriesOverlap, ...]]) -> str:
    told = [
        (
            group.wish,
            [
                (item.number, item.evse_id, item.error.code if item.error else "")
                for item in group.items
            ],
            [one.told for one in found],
        )
        for group, found in zip(groups, met, strict=True)
    ]
    return sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _name(groups: Sequence[_Group], total: int) -> str:
    several = {group.wish.temporary_status for group in groups if group.accepted}
    status = several.pop().capitalize() if len(several) == 1 else "Overrides"
    return f"Repeating: {status} on {total} EVSE{'s' * (total > 1)}"
