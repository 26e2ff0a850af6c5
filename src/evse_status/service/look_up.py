"""What does this EVSE show at an instant, and why? (rule 21)"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from evse_status.core.displayed import (
    ActualStretch,
    Displayed,
    Stretch,
    display_track,
    displayed_at,
)
from evse_status.core.errors import UnknownEvse
from evse_status.core.override import Override, Wish, place
from evse_status.core.period import LATEST, instant
from evse_status.core.principal import Principal
from evse_status.core.segments import Segment, planned_segment
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import DEFAULT_PROFILE, Profile, Words, words
from evse_status.service.fleet import EvseCard, card, only_one
from evse_status.store import actuals, evses, overrides
from evse_status.store.database import Database

_HORIZONS = (timedelta(days=2), timedelta(days=60), timedelta(days=36_525))
_MOST_AT_A_LOCATION = 200
_TICK = timedelta(microseconds=1)
_CHANGES_TOLD = 2


@dataclass(frozen=True, slots=True)
class Planned:
    """An override that isn't placed: as if `wish` were accepted at `now` on `evses`. Its id is 0."""

    wish: Wish
    now: datetime
    evses: frozenset[int]

    def on(self, evse: int, by: Principal) -> Override | None:
        """What would be placed on this EVSE, if it is among those meant. Raises what placing raises."""
        if evse not in self.evses:
            return None
        made = place(self.wish, evse=evse, created_by=by.name, now=self.now)
        # By the time it is placed it is later than anything there is now.
        return replace(made, made_at=self.now + _TICK)


@dataclass(frozen=True, slots=True)
class Behind:
    """An override in force that doesn't show, and why."""

    override: Override
    because: str


@dataclass(frozen=True, slots=True)
class ShowsNext:
    """What shows from `at` on: the next instant at which the word of any channel changes."""

    at: datetime
    status: TemporaryStatus | ActualStatus
    words: Words
    override: Override | None


@dataclass(frozen=True, slots=True)
class Display:
    """What one EVSE shows at `at`, with everything that explains it. Instants in UTC.

    `planned` is the override that isn't placed, where one is looked at: it takes part in all but
    `as_planned`, which is what shows without it.
    """

    evse: EvseCard
    at: datetime
    displayed: Displayed
    words: Words
    override: Override | None  # the winner
    behind: tuple[Behind, ...]
    next: ShowsNext | None
    then: ShowsNext | None  # what shows after that
    actual_since: datetime | None  # None: not recorded then
    as_planned: Displayed
    planned: Segment | None = None


@dataclass(frozen=True, slots=True)
class Glance:
    """What one of many EVSEs shows at an instant, with the override that isn't placed and without it."""

    evse: EvseCard
    displayed: Displayed
    as_planned: Displayed


def find_evse(db: Database, principal: Principal, text: str) -> EvseCard:
    """The EVSE that `text` names: by its exact text first, then in any spelling.

    Raises UnknownEvse (also for one outside the principal's area), AmbiguousEvse naming all that fit.
    """
    principal.require_reader()
    with db.read() as conn:
        return only_one(text, evses.by_text(conn, text, principal))


def find_evses(db: Database, principal: Principal, texts: Sequence[str]) -> tuple[EvseCard, ...]:
    """The EVSEs that these texts name, each once and in their order; what names none or several is left out."""
    principal.require_reader()
    with db.read() as conn:
        found = evses.by_texts(conn, texts, principal)
    cards = (card(found[text][0]) for text in texts if len(found[text]) == 1)
    return tuple({one.id: one for one in cards}.values())


def display(
    db: Database,
    principal: Principal,
    evse: int,
    *,
    at: datetime,
    shown_in: Profile = DEFAULT_PROFILE,
    planned: Planned | None = None,
) -> Display:
    """The one answer for any instant, past or future. Raises UnknownEvse, and what placing `planned` raises."""
    principal.require_reader()
    at = instant(at, field="at")
    made = planned.on(evse, principal) if planned is not None else None
    new = planned_segment(made) if made is not None else None
    with db.read() as conn:
        row = evses.by_numbers(conn, [evse], evses.in_area(principal)).get(evse)
        if row is None:
            raise UnknownEvse(str(evse))
        segments, reported, following = _changes(conn, evse, at, shown_in, new)
        shown = displayed_at(_with(segments, new), reported, at)
        known = overrides.known(conn, {segment.override_id for segment in segments})
    if made is not None:
        known = known | {made.id: made}
    winner = shown.winner
    first, second, *_ = (*following, None, None)
    return Display(
        evse=card(row),
        at=at,
        displayed=shown,
        words=words(shown.status, shown_in),
        override=known[winner.override_id] if winner else None,
        behind=tuple(
            Behind(known[one.segment.override_id], one.because) for one in shown.held_back
        ),
        next=_shows(first, known, shown_in),
        then=_shows(second, known, shown_in),
        actual_since=next((one.from_at for one in reported if one.holds_at(at)), None),
        as_planned=shown if new is None else displayed_at(segments, reported, at),
        planned=new,
    )


def glances(
    db: Database,
    principal: Principal,
    location_id: int,
    *,
    at: datetime,
    planned: Planned | None = None,
) -> tuple[Glance, ...]:
    """What the EVSEs of a location show at `at`, in stable order, at most 200 of them. Few statements,
    however many. Raises what placing `planned` raises."""
    principal.require_reader()
    at = instant(at, field="at")
    here = evses.matching(evses.Narrowing(location_ids=(location_id,)))
    with db.read() as conn:
        found = evses.page(
            conn, evses.in_area(principal), evses.live(), here, limit=_MOST_AT_A_LOCATION, offset=0
        )
        numbers = [row.id for row in found]
        if not numbers:
            return ()
        until = at + _TICK
        reported = actuals.in_window(conn, numbers, at, until)
        held: dict[int, list[Segment]] = {number: [] for number in numbers}
        for segment in overrides.segments_in(conn, at, until, evse_numbers=numbers):
            held[segment.evse].append(segment)
    seen = []
    for row in found:
        made = planned.on(row.id, principal) if planned is not None else None
        new = planned_segment(made) if made is not None else None
        shown = displayed_at(held[row.id], reported[row.id], at)
        after = displayed_at(_with(held[row.id], new), reported[row.id], at)
        seen.append(Glance(card(row), after, shown))
    return tuple(seen)


def track(
    db: Database,
    principal: Principal,
    evse: int,
    *,
    from_at: datetime,
    to_at: datetime,
    planned: Planned | None = None,
) -> list[Stretch]:
    """What one EVSE shows over `[from_at, to_at)`, in stretches without gaps. Raises UnknownEvse, and what
    placing `planned` raises."""
    principal.require_reader()
    made = planned.on(evse, principal) if planned is not None else None
    new = planned_segment(made) if made is not None else None
    with db.read() as conn:
        if not evses.by_numbers(conn, [evse], evses.in_area(principal)):
            raise UnknownEvse(str(evse))
        segments = overrides.segments_in(conn, from_at, to_at, evse_numbers=[evse])
        reported = actuals.in_window(conn, [evse], from_at, to_at)[evse]
    return display_track([*_with(segments, new)], reported, from_at=from_at, to_at=to_at)


def _with(segments: Sequence[Segment], new: Segment | None) -> Iterable[Segment]:
    return segments if new is None else [*segments, new]


def _shows(
    following: Stretch | None, known: Mapping[int, Override], shown_in: Profile
) -> ShowsNext | None:
    if following is None:
        return None
    status, winner = following.displayed.status, following.displayed.winner
    return ShowsNext(
        at=following.from_at,
        status=status,
        words=words(status, shown_in),
        override=known[winner.override_id] if winner else None,
    )


def _changes(
    conn: Connection, evse: int, at: datetime, shown_in: Profile, new: Segment | None
) -> tuple[list[Segment], list[ActualStretch], list[Stretch]]:
    """What holds around `at`, and the next stretches in other words, at most two: an EVSE with a long
    history or a long series is read only as far as the answer needs."""
    found: list[Stretch] = []
    for horizon in _HORIZONS:
        until = min(at + horizon, LATEST)
        segments = overrides.segments_in(conn, at, until, evse_numbers=[evse])
        reported = actuals.in_window(conn, [evse], at, until)[evse]
        first, *later = display_track([*_with(segments, new)], reported, from_at=at, to_at=until)
        found, told = [], words(first.displayed.status, shown_in)
        for stretch in later:
            said = words(stretch.displayed.status, shown_in)
            if said != told:
                found.append(stretch)
                told = said
            if len(found) == _CHANGES_TOLD:
                return segments, reported, found
    return segments, reported, found
