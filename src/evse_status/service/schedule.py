"""Place, change, extend, clear, undo: every way in which people and programs alter overrides."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from evse_status.core.errors import (
    AlreadyOver,
    EndsBeforeItStarts,
    EndsInThePast,
    EvseIsRemoved,
    EvseStatusError,
    InvalidInput,
    NotAllowed,
    NothingSelected,
    StaleEdit,
    UnknownBatch,
    UnknownOverride,
)
from evse_status.core.override import Edit, Override, Wish, change, clear, extend, revert
from evse_status.core.period import write_instant
from evse_status.core.principal import Principal
from evse_status.service import series_undo
from evse_status.service.draining import sessions_ended
from evse_status.service.groups import Group, Target, require_may_place, targets
from evse_status.service.series_fill import stored_numbers
from evse_status.service.touched import touched_since
from evse_status.store import evses as evse_store
from evse_status.store import overrides as store
from evse_status.store.database import Database, Write

_MOST_TOLD = 3
"""Changes that a refusal names: the newest."""


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one item of a request: the override as it is now, or why it was refused."""

    evse: int | None
    evse_id: str
    override: Override | None
    error: EvseStatusError | None = None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a request over several items; `batch_id` undoes it, `None` if nothing was changed."""

    batch_id: int | None
    items: tuple[ItemResult, ...]

    @property
    def done(self) -> tuple[Override, ...]:
        """The overrides that were made or changed."""
        return tuple(item.override for item in self.items if item.override and not item.error)

    @property
    def refused(self) -> tuple[ItemResult, ...]:
        """The items that were refused."""
        return tuple(item for item in self.items if item.error)


def place_overrides(
    db: Database,
    principal: Principal,
    evses: Sequence[int | str],
    wish: Wish,
    *,
    all_or_nothing: bool = False,
) -> BatchResult:
    """Place one override per EVSE (surrogate numbers, or ids as people write them).

    Each item is accepted or refused by itself; with `all_or_nothing` the first refusal is raised
    and nothing is kept. Raises NothingSelected, and the errors of the wish itself (they concern
    every item alike).
    """
    with db.write() as write:
        result = place_within(write, principal, evses, wish, all_or_nothing=all_or_nothing)
    db.wrote(len(result.done))
    return result


def place_within(
    write: Write,
    principal: Principal,
    evses: Sequence[int | str],
    wish: Wish,
    *,
    all_or_nothing: bool = False,
) -> BatchResult:
    """`place_overrides` as a part of a larger write."""
    groups = [Group(tuple(evses), wish)]
    require_may_place(principal, groups)
    found, _ = targets(write.conn, principal, groups, write.now)
    return place_targets(write, principal, found, all_or_nothing=all_or_nothing)


def place_targets(
    write: Write,
    principal: Principal,
    found: Sequence[Target],
    *,
    name: str = "",
    all_or_nothing: bool = False,
) -> BatchResult:
    """Place what `service.groups` found as of this write for somebody who may, as one named change."""
    if all_or_nothing:
        for one in found:
            if one.error is not None:
                raise one.error
    drafts = [one.override for one in found if one.override is not None]
    made: list[Override] = []
    batch_id = None
    if drafts:
        called = name.strip() or _name(drafts)
        batch_id = store.open_batch(write, name=called, by=principal.name)
        fresh = [store.Altered(None, draft, "created") for draft in drafts]
        made = store.save(write, fresh, by=principal.name, batch_id=batch_id)
    saved = iter(made)
    items = (
        ItemResult(
            None if one.override is None else one.override.evse,
            one.evse_id,
            None if one.override is None else next(saved),
            one.error,
        )
        for one in found
    )
    return BatchResult(batch_id, tuple(items))


def change_override(
    db: Database,
    principal: Principal,
    override_id: int,
    edit: Edit,
    *,
    version: int | None = None,
    extend_by: timedelta | None = None,
    why: str = "",
) -> Override:
    """Change one override from now on. With `version` an edit of an older one is refused (StaleEdit).

    `extend_by` moves the planned end, counted from that end, in the same version.
    """
    principal.require_planner()
    archived = _archived(db, principal, [override_id])
    if override_id in archived:
        over = archived[override_id]
        raise AlreadyOver(override_id, over.phase(over.ends_at or over.made_at))
    with db.write() as write:
        [override_id] = _stored(write, [override_id])
        before = _known(write, principal, [override_id])[override_id]
        _require_may_alter(principal, before, before)
        _require_version(write, before, version)
        if extend_by is not None:
            edit = replace(edit, valid_to=_extended_end(before, extend_by, now=write.now))
        after = change(before, edit, now=write.now)
        _require_may_alter(principal, before, after)
        [saved] = store.save(
            write,
            [store.Altered(before, after, "changed", why)],
            by=principal.name,
            batch_id=None,
        )
    return saved


def clear_overrides(
    db: Database,
    principal: Principal,
    override_ids: Sequence[int],
    *,
    versions: Mapping[int, int] | None = None,
    why: str = "",
) -> BatchResult:
    """End overrides now. One that is over already is answered as it is, without a line of history (rule 12)."""
    return _alter_each(
        db, principal, override_ids, clear, what="cleared", versions=versions, why=why
    )


def extend_overrides(
    db: Database,
    principal: Principal,
    override_ids: Sequence[int],
    *,
    by: timedelta | None = None,
    until: datetime | None = None,
    versions: Mapping[int, int] | None = None,
    why: str = "",
) -> BatchResult:
    """Move the planned ends by `by`, counted from each end, or all to `until`."""
    if (by is None) == (until is None):
        raise InvalidInput("extendBy: say either by how long or until when.", field="extendBy")

    def extended(override: Override, *, now: datetime) -> Override:
        if by is not None:
            return extend(override, by, now=now)
        return change(override, Edit(valid_to=until), now=now)

    return _alter_each(
        db, principal, override_ids, extended, what="changed", versions=versions, why=why
    )


def undo(db: Database, principal: Principal, batch_id: int) -> BatchResult:
    """Take a batch back from now on (rule 16): items touched since are skipped and named.

    The answer is a batch of its own. Raises UnknownBatch, NotAllowed where the batch reaches beyond
    the principal's area; undoing twice answers with nothing done.
    """
    principal.require_planner()
    with db.write() as write:
        row = store.batch_row(write.conn, batch_id)
        if row is None:
            raise UnknownBatch(batch_id)
        lines = store.changes_of_batch(write.conn, batch_id)
        of_series = series_undo.of_batch(write, principal, batch_id)
        if row.undone_at is not None or not (lines or of_series):
            return BatchResult(None, ())
        on = {number for one in of_series.values() for number in one.evses}
        current = _of_batch(write, principal, batch_id, [line.override_id for line in lines], on)
        for one in current.values():
            _require_may_alter(principal, one, one)
        there = evse_store.by_numbers(write.conn, {one.evse for one in current.values()})
        befores = {line.id: store.before_and_after(line)[0] for line in lines}
        waited = {
            before.evse: line.at
            for line in lines
            if (before := befores[line.id]) is not None and before.waits(line.at)
        }
        ended = sessions_ended(write.conn, waited)
        items, alterations = [], []
        for line in lines:
            before, now_is = befores[line.id], current[line.override_id]
            session_ended = now_is.evse in ended
            reverted = revert(now_is, before, now=write.now, session_ended=session_ended)
            _require_may_alter(principal, now_is, reverted)
            error: EvseStatusError | None = touched_since(write.conn, now_is, line.version)
            stands_on = there[now_is.evse]
            if error is None and not (evse_store.is_live(stands_on) or reverted.is_over(write.now)):
                error = EvseIsRemoved(stands_on.evse_id)
            items.append(Item(now_is.evse, "", error, now_is))
            if error is None:
                alterations.append(store.Altered(now_is, reverted, "undone"))
        undoing = store.open_batch(
            write, name=f"Undo: {row.name}", by=principal.name, undoes=batch_id
        )
        saved = store.save(write, alterations, by=principal.name, batch_id=undoing)
        if of_series:
            touched = [item.override for item in items if item.override and item.error]
            more, left = series_undo.undo_series(
                write, batch_id, by=principal.name, undoing=undoing, touched=touched
            )
            saved += more
            items += [Item(one.evse, "") for one in more]
            items += [Item(one.evse if one else 0, "", error, one) for one, error in left]
        store.mark_undone(write, batch_id, by=principal.name)
        items = _with_names(write, items)
    db.wrote(len(saved))
    return _result(undoing, items, saved)


def _extended_end(before: Override, by: timedelta, *, now: datetime) -> datetime | None:
    try:
        return extend(before, by, now=now).valid_to
    except (EndsBeforeItStarts, EndsInThePast) as error:
        raise type(error)(field="extendBy") from None


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a request on its way to its result."""

    number: int
    evse_id: str
    error: EvseStatusError | None = None
    override: Override | None = None


class _Alter(Protocol):
    def __call__(self, override: Override, *, now: datetime) -> Override: ...


def _alter_each(
    db: Database,
    principal: Principal,
    override_ids: Sequence[int],
    alter: _Alter,
    *,
    what: str,
    versions: Mapping[int, int] | None,
    why: str,
) -> BatchResult:
    principal.require_planner()
    if not override_ids:
        raise NothingSelected(field="id", what="override")
    archived = _archived(db, principal, override_ids)
    with db.write() as write:
        stored = dict(zip(override_ids, _stored(write, override_ids), strict=True))
        seen = {stored.get(number, number): version for number, version in (versions or {}).items()}
        in_store = [number for number in stored.values() if number not in archived]
        known = archived | _known(write, principal, in_store)
        current = {number: known[number] for number in dict.fromkeys(stored.values())}
        items, alterations = [], []
        for override in current.values():
            try:
                _require_may_alter(principal, override, override)
                _require_version(write, override, seen.get(override.id))
                alterations.append(
                    store.Altered(override, alter(override, now=write.now), what, why)
                )
                items.append(Item(override.evse, ""))
            except EvseStatusError as error:
                items.append(Item(override.evse, "", error, override))
        batch_id, count = None, sum(one.before != one.after for one in alterations)
        if count:
            name = f"{what.capitalize()} {count} override{'s' * (count > 1)}"
            batch_id = store.open_batch(write, name=name, by=principal.name)
        saved = store.save(write, alterations, by=principal.name, batch_id=batch_id)
        items = _with_names(write, items)
    db.wrote(len(saved))
    return _result(batch_id, items, saved)


def _known(write: Write, principal: Principal, ids: Sequence[int]) -> dict[int, Override]:
    known = store.by_ids(write.conn, ids)
    reached = evse_store.by_numbers(
        write.conn, {one.evse for one in known.values()}, evse_store.in_area(principal)
    )
    for number in ids:
        if number not in known or known[number].evse not in reached:
            raise UnknownOverride(number)
    return {number: known[number] for number in dict.fromkeys(ids)}


def _stored(write: Write, ids: Sequence[int]) -> list[int]:
    """The same numbers; those of occurrences that weren't stored are numbers of stored ones now."""
    stored = stored_numbers(write, ids)
    return [stored.get(number, number) for number in ids]


def _archived(db: Database, principal: Principal, ids: Sequence[int]) -> dict[int, Override]:
    """Those that are archived: they are over. Read before the write, whose lock no file may wait under."""
    with db.read() as conn:
        absent = set(ids) - store.by_ids(conn, ids).keys()
        found = store.known(conn, absent) if absent else {}
        numbers = {one.evse for one in found.values()}
        reached = evse_store.by_numbers(conn, numbers, evse_store.in_area(principal))
    return {number: one for number, one in found.items() if one.evse in reached}


def _of_batch(
    write: Write, principal: Principal, batch_id: int, ids: Sequence[int], on: Collection[int]
) -> dict[int, Override]:
    """The overrides of a batch, which is all within reach; its series are `on` these EVSEs."""
    known = store.by_ids(write.conn, ids)
    numbers = {one.evse for one in known.values()} | {*on}
    reached = evse_store.by_numbers(write.conn, numbers, evse_store.in_area(principal))
    if not reached:
        raise UnknownBatch(batch_id)
    if len(reached) < len(numbers):
        raise NotAllowed(
            f"batchId: batch {batch_id} reaches beyond the area of {principal.name}. "
            "Clear or change its overrides one by one, or ask an administrator to undo it.",
            field="batchId",
        )
    return known


def _require_may_alter(principal: Principal, before: Override, after: Override) -> None:
    principal.require_may_alter(
        before.id,
        created_by=before.created_by,
        statuses=(before.temporary_status, after.temporary_status),
    )


def _require_version(write: Write, override: Override, version: int | None) -> None:
    if version is None or version == override.version:
        return
    later = [
        f"{line.by} {line.what} it at {write_instant(line.at)}"
        for line in store.history(write.conn, override.id)
        if line.version > version
    ]
    if len(later) > _MOST_TOLD:
        later = ["…", *later[-_MOST_TOLD:]]
    raise StaleEdit(override.id, since="; ".join(later) or "its version is another one")


def _with_names(write: Write, items: Sequence[Item]) -> list[Item]:
    cards = evse_store.by_numbers(write.conn, {item.number for item in items})
    return [
        replace(item, evse_id=cards[item.number].evse_id) if item.number else item for item in items
    ]


def _name(drafts: Sequence[Override]) -> str:
    counts = Counter(one.temporary_status for one in drafts)
    return ", ".join(
        f"{status.capitalize()} on {count:,} EVSE{'s' * (count > 1)}"
        for status, count in counts.most_common()
    )


def _result(batch_id: int | None, items: Sequence[Item], saved: Sequence[Override]) -> BatchResult:
    fresh = iter(saved)
    return BatchResult(
        batch_id,
        tuple(
            ItemResult(
                item.number or None,
                item.evse_id,
                next(fresh) if item.error is None else item.override,
                item.error,
            )
            for item in items
        ),
    )
