"""What would happen if this were placed? Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from evse_status.core.displayed import ActualStretch, Stretch, display_track
from evse_status.core.errors import EvseStatusError, NothingSelected
from evse_status.core.override import Wish, place
from evse_status.core.period import LATEST
from evse_status.core.principal import Principal
from evse_status.core.segments import Segment
from evse_status.core.statuses import ActualStatus
from evse_status.core.translation import DEFAULT_PROFILE, Profile, Words, words
from evse_status.service.fleet import EvseCard
from evse_status.service.groups import Group, look
from evse_status.service.overlaps import Overlap
from evse_status.service.plan_mark import Mark, mark_of
from evse_status.service.plan_warnings import Warned, warnings_of
from evse_status.store import actuals
from evse_status.store.database import Database

__all__ = ["Overlap", "PlanPreview", "PlannedItem", "Refused", "preview_groups", "preview_plan"]


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """The planned override on one EVSE. `segments` has the existing ones of the window around it,
    `planned` the new one (override_id 0), `after` what would show over that window.

    `group` is the place of its wish, `line` where it stands in a file. `waits`: the EVSE is charging,
    and it starts when that session ends, at the latest when `planned` begins.
    """

    evse: EvseCard
    actual_now: ActualStatus
    actual_since: datetime | None
    planned: Segment
    segments: tuple[Segment, ...]
    overlaps: tuple[Overlap, ...]
    before: tuple[Stretch, ...]
    after: tuple[Stretch, ...]
    group: int = 0
    line: int | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """One EVSE on which nothing would be placed, and why."""

    group: int
    line: int | None
    evse_id: str
    error: EvseStatusError


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """What placing groups of EVSEs would do, as of `now`.

    `words` is what channels show where the first group's override wins, `refused` has one error per
    EVSE on which it would not be placed. Overlaps of what has no end are those before `overlaps_to`;
    it is `None` where all have one. `mark` makes sure that placing does what was shown.
    """

    now: datetime
    items: tuple[PlannedItem, ...]
    words: Words
    window_from: datetime
    window_to: datetime
    mark: Mark
    refused_items: tuple[Refused, ...] = ()
    warnings: tuple[Warned, ...] = ()
    overlaps_to: datetime | None = None

    @property
    def refused(self) -> tuple[EvseStatusError, ...]:
        """Why, of each EVSE on which it would not be placed."""
        return tuple(one.error for one in self.refused_items)


def preview_plan(
    db: Database,
    principal: Principal,
    evses: Sequence[int | str],
    wish: Wish,
    *,
    now: datetime,
    shown_in: Profile = DEFAULT_PROFILE,
) -> PlanPreview:
    """Check `wish` as placing it would and show its consequences. Raises what placing would raise."""
    return preview_groups(db, principal, [Group(tuple(evses), wish)], now=now, shown_in=shown_in)


def preview_groups(
    db: Database,
    principal: Principal,
    groups: Sequence[Group],
    *,
    now: datetime,
    shown_in: Profile = DEFAULT_PROFILE,
) -> PlanPreview:
    """Check several wishes as placing them in one change would, and show what becomes of them.

    Raises what placing would raise: NothingSelected, the errors of a wish itself.
    """
    principal.require_reader()
    if not any(group.evses for group in groups):
        raise NothingSelected()
    window = _window(groups, now)
    with db.read() as conn:
        seen = look(conn, principal, groups, now, window=(window.from_at, window.end))
        numbers = list(seen.segments)
        reported = actuals.in_window(conn, numbers, min(window.from_at, now), window.end)
        warnings = warnings_of(conn, seen)
    existing = {
        evse: [one for one in some if window.overlaps(one)] for evse, some in seen.segments.items()
    }
    of_evse: dict[int, list[Segment]] = {}
    for segment in seen.planned.values():
        of_evse.setdefault(segment.evse, []).append(segment)
    items = []
    for which, segment in seen.planned.items():
        target, evse = seen.targets[which], segment.evse
        assert target.card is not None  # it is planned
        assert target.override is not None
        there = existing[evse]
        known = seen.newest.get(evse)
        items.append(
            PlannedItem(
                evse=target.card,
                actual_now=seen.actual(evse),
                actual_since=None if known is None else known[1],
                planned=segment,
                segments=tuple(there),
                overlaps=seen.overlaps.get(which, ()),
                before=tuple(_track(there, reported[evse], window)),
                after=tuple(_track([*there, *of_evse[evse]], reported[evse], window)),
                group=target.group,
                line=target.line,
                waits=target.override.waits(now),
            )
        )
    return PlanPreview(
        now=now,
        items=tuple(items),
        words=words(groups[0].wish.temporary_status, shown_in),
        window_from=window.from_at,
        window_to=window.end,
        mark=mark_of(seen),
        refused_items=tuple(
            Refused(one.group, one.line, one.evse_id, one.error)
            for one in seen.targets
            if one.error is not None
        ),
        warnings=warnings,
        overlaps_to=seen.overlaps_to,
    )


@dataclass(frozen=True, slots=True)
class _Window:
    from_at: datetime
    end: datetime

    def overlaps(self, segment: Segment) -> bool:
        return segment.from_at < self.end and (
            segment.to_at is None or segment.to_at > self.from_at
        )


def _window(groups: Sequence[Group], now: datetime) -> _Window:
    """The planned periods with a quarter more on both sides, at least two hours; a week for an open end."""
    found = []
    for group in groups:
        override = place(group.wish, evse=0, created_by="", now=now)
        starts_at = override.starts_at
        ends_at = override.ends_at or max(starts_at, now) + timedelta(days=7)
        margin = max((ends_at - starts_at) / 4, timedelta(hours=2))
        found.append(_Window(starts_at - margin, min(ends_at + margin, LATEST)))
    return _Window(min(one.from_at for one in found), max(one.end for one in found))


def _track(
    segments: Sequence[Segment], reported: Sequence[ActualStretch], window: _Window
) -> list[Stretch]:
    return display_track(segments, reported, from_at=window.from_at, to_at=window.end)
