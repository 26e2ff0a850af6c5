"""What becomes of one wish on many EVSEs? Shown first, done, and looked at again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from evse_status.core.errors import EvseStatusError, UnknownBatch
from evse_status.core.override import Override, Wish, place
from evse_status.core.principal import Principal
from evse_status.core.wall_time import WishOnClocks
from evse_status.service.at_sites import groups_at_sites
from evse_status.service.groups import MOST_AT_ONCE, Group, Look, look, require_may_place
from evse_status.service.idempotency import Once
from evse_status.service.overlaps import Overlap
from evse_status.service.placing import place_groups_within
from evse_status.service.plan_mark import OtherThanPreviewed, mark_of
from evse_status.service.plan_warnings import Warned, warnings_of
from evse_status.service.selecting import Described, MatchesEverything, Selector, chosen
from evse_status.service.standing import Standing, standings
from evse_status.store import evses, overrides, series
from evse_status.store.database import Database

__all__ = [
    "MOST_AT_ONCE",
    "BatchDetail",
    "BatchOutcome",
    "MatchesEverything",
    "OtherThanPreviewed",
    "Placed",
    "Selector",
    "batch_detail",
    "place_batch",
    "preview_batch",
]

Asked = tuple[Described, Wish | WishOnClocks]
"""Some EVSEs, and what is asked for on them."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One EVSE of a batch; `standing` is `None` where it was refused, and in a preview.

    `planned` is the override as it would be, or was, placed.
    """

    evse_id: str
    planned: Override | None
    standing: Standing | None
    error: EvseStatusError | None
    overlaps: tuple[Overlap, ...]


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """A batch that was made (`batch_id`) or shown (`None`); `previewed` is the mark of what was shown.

    A preview has `warnings`, for those who may read. Overlaps of what has no end were looked for up
    to `overlaps_to`.
    """

    batch_id: int | None
    items: tuple[Placed, ...]
    previewed: str
    warnings: tuple[Warned, ...] = ()
    overlaps_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """A batch as it is now, with the series (numbers) and the overrides that it made or changed."""

    id: int
    name: str
    made_at: datetime
    made_by: str
    undone_at: datetime | None
    undone_by: str | None
    undoes: int | None
    series: tuple[int, ...]
    items: tuple[Standing, ...]


def preview_batch(
    db: Database, principal: Principal, asked: Sequence[Asked], *, now: datetime
) -> BatchOutcome:
    """What placing would do as of `now`; nothing is written. Raises what placing would raise."""
    _require_may_place(principal, asked)
    with db.read() as conn:
        groups, places = _groups(conn, principal, asked, now)
        seen = look(conn, principal, groups, now)
        warnings = warnings_of(conn, seen) if principal.may_read else ()
    return _outcome(None, seen, places, (), warnings)


def place_batch(
    db: Database,
    principal: Principal,
    asked: Sequence[Asked],
    *,
    all_or_nothing: bool = False,
    previewed: str | None = None,
    once: Once[BatchOutcome] | None = None,
) -> BatchOutcome:
    """Place one override per EVSE, each accepted or refused by itself, in one transaction.

    With `all_or_nothing` the first refusal is raised. With `previewed` (the mark of a preview)
    it is refused where anything else would be done than was shown (OtherThanPreviewed). Where
    several things are asked for, a wish that can't be is refused under `items.` and its number.
    """
    _require_may_place(principal, asked)
    with db.write() as write:
        if once is not None:
            once.begin(write)
        groups, places = _groups(write.conn, principal, asked, write.now)
        result, seen = place_groups_within(
            write, principal, groups, previewed=previewed, all_or_nothing=all_or_nothing
        )
        made = standings(write.conn, result.done, write.now)
        outcome = _outcome(result.batch_id, seen, places, made)
        if once is not None:
            once.finish(write, outcome)
    db.wrote(len(result.done))
    return outcome


def batch_detail(
    db: Database, principal: Principal, batch_id: int, *, now: datetime
) -> BatchDetail:
    """One batch, with those of its overrides that lie in the area. Raises UnknownBatch."""
    principal.require_reader()
    with db.read() as conn:
        row = overrides.batch_row(conn, batch_id)
        if row is None:
            raise UnknownBatch(batch_id)
        ids = {line.override_id for line in overrides.changes_of_batch(conn, batch_id)}
        found = overrides.by_ids(conn, ids)
        numbers = {one.evse for one in found.values()}
        reached = evses.by_numbers(conn, numbers, evses.in_area(principal))
        seen = [found[number] for number in sorted(found) if found[number].evse in reached]
        repeating = _series_of(conn, principal, batch_id)
        if not (seen or repeating):
            raise UnknownBatch(batch_id)
        items = tuple(standings(conn, seen, now))
    return BatchDetail(
        id=row.id,
        name=row.name,
        made_at=row.made_at,
        made_by=row.made_by,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        undoes=row.undoes,
        series=repeating,
        items=items,
    )


def _series_of(conn: Connection, principal: Principal, batch_id: int) -> tuple[int, ...]:
    """The series within reach that a batch made or changed."""
    on = series.evses_of(conn, {line.series_id for line in series.lines_of_batch(conn, batch_id)})
    numbers = {number for some in on.values() for number in some}
    reached = evses.by_numbers(conn, numbers, evses.in_area(principal))
    return tuple(number for number in sorted(on) if any(one in reached for one in on[number]))


def _require_may_place(principal: Principal, asked: Sequence[Asked]) -> None:
    plain = [wish.wish if isinstance(wish, WishOnClocks) else wish for _, wish in asked]
    require_may_place(principal, [Group((), wish) for wish in plain])


def _groups(
    conn: Connection, principal: Principal, asked: Sequence[Asked], now: datetime
) -> tuple[list[Group], list[int]]:
    """One group per wish and zone, and which place in the request each of its EVSEs has."""
    groups: list[Group] = []
    places: list[int] = []
    for number, (which, wish) in enumerate(asked):
        found = chosen(conn, principal, which)
        try:
            some, within = groups_at_sites(conn, principal, found, wish)
            for group in some:
                place(group.wish, evse=0, created_by=principal.name, now=now)
        except EvseStatusError as error:
            if len(asked) > 1:
                raise error.within(f"items.{number}") from None
            raise
        places += [len(places) + one for one in within]
        groups += some
    return groups, places


def _outcome(
    batch_id: int | None,
    seen: Look,
    places: Sequence[int],
    made: Sequence[Standing],
    warnings: tuple[Warned, ...] = (),
) -> BatchOutcome:
    return BatchOutcome(
        batch_id,
        _placed(seen, places, made),
        str(mark_of(seen)),
        warnings=warnings,
        overlaps_to=seen.overlaps_to,
    )


def _placed(seen: Look, places: Sequence[int], made: Sequence[Standing]) -> tuple[Placed, ...]:
    """What became of each EVSE, in the order of the request."""
    stands = iter(made)
    found = [
        (
            place,
            Placed(
                one.evse_id,
                one.override,
                next(stands, None) if one.error is None else None,
                one.error,
                seen.overlaps.get(number, ()),
            ),
        )
        for number, (place, one) in enumerate(zip(places, seen.targets, strict=True))
    ]
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0]))
