"""What is a partner shown of an EVSE at any instant, also with an override that isn't placed, or with none?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from evse_status.core.displayed import ActualStretch, Stretch, display_track
from evse_status.core.partner import PartnerSettings
from evse_status.core.published import Published
from evse_status.core.segments import Segment
from evse_status.core.statuses import TemporaryStatus
from evse_status.core.translation import words
from evse_status.service.publish import Facts, SharedEvse, facts, seen_by
from evse_status.store import actuals, overrides

_HORIZONS = (timedelta(days=2), timedelta(days=60), timedelta(days=800))
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks: a partner's settings, and when all it is shown last changed for a reason of its own."""

    settings: PartnerSettings
    floor: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, as it is seen at `now`: with overrides or without, and with one that isn't placed."""

    at: datetime
    now: datetime
    planned: Segment | None = None
    with_overrides: bool = True

    @property
    def is_past(self) -> bool:
        """Whether it is over: what was told then can't be changed any more."""
        return self.at < self.now

    @property
    def is_real(self) -> bool:
        """Whether it is the state of now, as it is."""
        return self.at == self.now and self.planned is None and self.with_overrides


def seen_at(
    conn: Connection, evse: int, eyes: Sequence[Eyes], moment: Moment
) -> list[SharedEvse | None]:
    """What each of `eyes` is shown; `None` where the EVSE is out of its reach. Few statements.

    What lies ahead is as it would be told then if nothing changed any more. Of the past `published`
    has the status and since when it had been told; what was announced then isn't kept.
    """
    known = facts(
        conn,
        [evse],
        now=max(moment.at, moment.now),
        shown_to=[one.settings for one in eyes],
    )
    if not moment.is_past:
        return [_ahead(evse, one, known, moment) for one in eyes]
    there = [seen_by(one.settings, known).get(evse) for one in eyes]
    told = _Told(conn, evse, moment)
    return [
        None if seen is None else replace(seen, gone=False, published=told.to(one.settings))
        for seen, one in zip(there, eyes, strict=True)
    ]


def _ahead(evse: int, eyes: Eyes, known: Facts, moment: Moment) -> SharedEvse | None:
    floor = eyes.floor
    segments = [*known.segments.get(evse, ())] if moment.with_overrides else []
    if moment.planned is not None:
        segments.append(moment.planned)
        floor = moment.now if floor is None else max(floor, moment.now)
    return seen_by(eyes.settings, replace(known, segments={evse: segments}), floor=floor).get(evse)


class _Told:
    """What partners were told of an EVSE at an instant that is past, read no further than is needed."""

    def __init__(self, conn: Connection, evse: int, moment: Moment) -> None:
        self._conn, self._evse, self._moment = conn, evse, moment
        self._read: dict[timedelta, tuple[Sequence[Segment], Sequence[ActualStretch]]] = {}

    def to(self, settings: PartnerSettings) -> Published:
        """The status that this partner was told, and since when."""
        found = None
        for horizon in _HORIZONS:
            track = self._track(horizon, settings.statuses)
            found = _run_at_end(track)
            if len(found) < len(track):
                break
        assert found is not None
        return Published(found[-1].displayed.status, found[0].from_at, (), None)

    def _track(
        self, horizon: timedelta, statuses: frozenset[TemporaryStatus] | None
    ) -> list[Stretch]:
        at = self._moment.at
        if horizon not in self._read:
            reported = actuals.in_window(self._conn, [self._evse], at - horizon, at + _TICK)
            held: Iterable[Segment] = ()
            if self._moment.with_overrides:
                held = overrides.segments_in(
                    self._conn, at - horizon, at + _TICK, evse_numbers=[self._evse]
                )
            self._read[horizon] = ([*held], reported[self._evse])
        segments, reported_there = self._read[horizon]
        mine = [one for one in segments if statuses is None or one.status in statuses]
        return display_track(mine, reported_there, from_at=at - horizon, to_at=at + _TICK)


def _run_at_end(track: Sequence[Stretch]) -> list[Stretch]:
    """The last stretches that say the same word, in order."""
    word = words(track[-1].displayed.status).ocpi
    run: list[Stretch] = []
    for stretch in reversed(track):
        if words(stretch.displayed.status).ocpi != word:
            break
        run.insert(0, stretch)
    return run
