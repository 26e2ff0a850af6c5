"""What would happen if this were placed? Nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from evse_status.core.displayed import ActualStretch, Stretch, display_track
from evse_status.core.errors import EvseStatusError, NothingSelected, TwiceInOneRequest
from evse_status.core.override import Override, Wish, place
from evse_status.core.period import LATEST, Period
from evse_status.core.principal import Principal
from evse_status.core.segments import Segment, planned_segment
from evse_status.core.statuses import ActualStatus
from evse_status.core.translation import DEFAULT_PROFILE, Profile, Words, words
from evse_status.service.fleet import EvseCard, only_live
from evse_status.store import actuals, overrides
from evse_status.store import evses as evse_store
from evse_status.store.database import Database


@dataclass(frozen=True, slots=True)
class Overlap:
    """An existing override that meets the planned one, in `[from_at, to_at)`, and which of both shows."""

    existing: Override
    new_wins: bool
    from_at: datetime
    to_at: datetime | None
    because: str


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """The planned override on one EVSE. `segments` has the existing ones of the window around it,
    `planned` the new one (override_id 0), `after` what would show over that window."""

    evse: EvseCard
    actual_now: ActualStatus
    actual_since: datetime | None
    planned: Segment
    segments: tuple[Segment, ...]
    overlaps: tuple[Overlap, ...]
    before: tuple[Stretch, ...]
    after: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """What placing `wish` on these EVSEs would do, as of `now`; `words` is what channels show where it wins,
    `refused` has one error per EVSE on which it would not be placed."""

    now: datetime
    items: tuple[PlannedItem, ...]
    words: Words
    window_from: datetime
    window_to: datetime
    refused: tuple[EvseStatusError, ...] = ()


def preview_plan(
    db: Database,
    principal: Principal,
    evses: Sequence[int],
    wish: Wish,
    *,
    now: datetime,
    shown_in: Profile = DEFAULT_PROFILE,
) -> PlanPreview:
    """Check `wish` as placing it would and show its consequences. Raises what placing would raise."""
    principal.require_reader()
    if not evses:
        raise NothingSelected()
    override = place(wish, evse=0, created_by=principal.name, now=now)
    window = _window(override, now)
    with db.read() as conn:
        cards, refused = _targets(
            evses, evse_store.by_numbers(conn, evses, evse_store.in_area(principal))
        )
        numbers = list(cards)
        reported = actuals.in_window(conn, numbers, min(window.from_at, now), window.end)
        newest = actuals.newest(conn, numbers)
        existing: dict[int, list[Segment]] = {number: [] for number in numbers}
        for segment in overrides.segments_in(
            conn, window.from_at, window.end, evse_numbers=numbers
        ):
            existing[segment.evse].append(segment)
        known = overrides.by_ids(
            conn, {segment.override_id for some in existing.values() for segment in some}
        )
    items = []
    for number in numbers:
        # By the time it is placed it is later than anything there is now.
        later = now + timedelta(microseconds=1)
        planned = planned_segment(replace(override, evse=number, made_at=later))
        assert planned is not None  # place() refuses empty periods
        segments, actual = existing[number], newest.get(number)
        items.append(
            PlannedItem(
                evse=cards[number],
                actual_now=actual[0] if actual else ActualStatus.UNKNOWN,
                actual_since=actual[1] if actual else None,
                planned=planned,
                segments=tuple(segments),
                overlaps=overlaps_of(planned, segments, known),
                before=tuple(_track(segments, reported[number], window)),
                after=tuple(_track([*segments, planned], reported[number], window)),
            )
        )
    return PlanPreview(
        now=now,
        items=tuple(items),
        words=words(wish.temporary_status, shown_in),
        window_from=window.from_at,
        window_to=window.end,
        refused=tuple(refused),
    )


def _targets(
    evses: Sequence[int], rows: Mapping[int, Row[Any]]
) -> tuple[dict[int, EvseCard], list[EvseStatusError]]:
    cards: dict[int, EvseCard] = {}
    refused: list[EvseStatusError] = []
    for number in evses:
        try:
            one = only_live(str(number), [rows[number]] if number in rows else [])
            if number in cards:
                raise TwiceInOneRequest(one.evse_id)
            cards[number] = one
        except EvseStatusError as error:
            refused.append(error)
    return cards, refused


@dataclass(frozen=True, slots=True)
class _Window:
    from_at: datetime
    end: datetime


def _window(override: Override, now: datetime) -> _Window:
    """The planned period with a quarter more on both sides, at least two hours; a week for an open end."""
    ends_at = override.ends_at or max(override.starts_at, now) + timedelta(days=7)
    margin = max((ends_at - override.starts_at) / 4, timedelta(hours=2))
    return _Window(override.starts_at - margin, min(ends_at + margin, LATEST))


def _track(
    segments: Sequence[Segment], reported: Sequence[ActualStretch], window: _Window
) -> list[Stretch]:
    return display_track(segments, reported, from_at=window.from_at, to_at=window.end)


def overlaps_of(
    planned: Segment,
    segments: Sequence[Segment],
    known: Mapping[int, Override],
) -> tuple[Overlap, ...]:
    """Which of the existing segments the planned one meets, and who of both shows there."""
    found = []
    new_period = Period(planned.from_at, planned.to_at)
    for segment in sorted(segments, key=lambda one: (one.from_at, one.override_id)):
        both = new_period.intersection(Period(segment.from_at, segment.to_at))
        if both is None:
            continue
        new_wins = planned.strength > segment.strength
        existing = known[segment.override_id]
        if planned.status is segment.status:
            because = "the one made last wins"
        else:
            high, low = sorted((planned.status, segment.status), key=lambda s: -s.rank)
            because = f"{high} outranks {low}"
        found.append(Overlap(existing, new_wins, both.from_at, both.to_at, because))
    return tuple(found)
