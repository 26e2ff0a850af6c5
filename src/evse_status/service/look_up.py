"""What does this EVSE show at an instant, and why? (rule 21)"""

from collections.abc import Mapping
from dataclasses import dataclass
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
from evse_status.core.override import Override
from evse_status.core.period import LATEST, instant
from evse_status.core.principal import Principal
from evse_status.core.segments import Segment
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import DEFAULT_PROFILE, Profile, Words, words
from evse_status.service.fleet import EvseCard, card, only_one
from evse_status.store import actuals, evses, overrides
from evse_status.store.database import Database

_HORIZONS = (timedelta(days=2), timedelta(days=60), timedelta(days=36_525))


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
    """What one EVSE shows at `at`, with everything that explains it. Instants in UTC."""

    evse: EvseCard
    at: datetime
    displayed: Displayed
    words: Words
    override: Override | None  # the winner
    behind: tuple[Behind, ...]
    next: ShowsNext | None
    actual_since: datetime | None  # None: not recorded then


def find_evse(db: Database, principal: Principal, text: str) -> EvseCard:
    """The EVSE that `text` names: by its exact text first, then in any spelling.

    Raises UnknownEvse (also for one outside the principal's area), AmbiguousEvse naming all that fit.
    """
    principal.require_reader()
    with db.read() as conn:
        return only_one(text, evses.by_text(conn, text, principal))


def display(
    db: Database,
    principal: Principal,
    evse: int,
    *,
    at: datetime,
    shown_in: Profile = DEFAULT_PROFILE,
) -> Display:
    """The one answer for any instant, past or future. Raises UnknownEvse."""
    principal.require_reader()
    at = instant(at, field="at")
    with db.read() as conn:
        row = evses.by_numbers(conn, [evse], evses.in_area(principal)).get(evse)
        if row is None:
            raise UnknownEvse(str(evse))
        segments, reported, following = _until_next_change(conn, evse, at, shown_in)
        shown = displayed_at(segments, reported, at)
        known = overrides.known(conn, {segment.override_id for segment in segments})
    winner = shown.winner
    return Display(
        evse=card(row),
        at=at,
        displayed=shown,
        words=words(shown.status, shown_in),
        override=known[winner.override_id] if winner else None,
        behind=tuple(
            Behind(known[one.segment.override_id], one.because) for one in shown.held_back
        ),
        next=_shows_next(following, known, shown_in),
        actual_since=next((one.from_at for one in reported if one.holds_at(at)), None),
    )


def _shows_next(
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


def _until_next_change(
    conn: Connection, evse: int, at: datetime, shown_in: Profile
) -> tuple[list[Segment], list[ActualStretch], Stretch | None]:
    """What holds around `at`, as far as the next stretch in other words: an EVSE with a long history
    or a long series is read only as far as the answer needs."""
    for horizon in _HORIZONS:
        until = min(at + horizon, LATEST)
        segments = overrides.segments_in(conn, at, until, evse_numbers=[evse])
        reported = actuals.in_window(conn, [evse], at, until)[evse]
        first, *later = display_track(segments, reported, from_at=at, to_at=until)
        told = words(first.displayed.status, shown_in)
        for stretch in later:
            if words(stretch.displayed.status, shown_in) != told:
                return segments, reported, stretch
    return segments, reported, None
