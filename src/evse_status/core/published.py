"""What does an OCPI partner see of an EVSE at an instant, and since when? Status, schedule, last_updated.

The meaning of `status_schedule` and `last_updated`: OCPI 2.2.1, 8.3.2 and 8.4.23.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from evse_status.core.displayed import ActualStretch, actual_at, displayed
from evse_status.core.partner import ANNOUNCED, ANNOUNCED_AHEAD, MOST_ANNOUNCED
from evse_status.core.segments import Segment
from evse_status.core.statuses import STANDS_BACK_WHILE, ActualStatus, TemporaryStatus
from evse_status.core.translation import Status, words

_MICROSECOND = timedelta(microseconds=1)
"""All instants are whole microseconds, so what held just before one held a microsecond earlier."""


@dataclass(frozen=True, slots=True)
class Announced:
    """One entry of a schedule, `[from_at, to_at)` in UTC; `to_at=None`: until further notice.

    `status` is a temporary status, or AVAILABLE after a COMMISSIONING: the day of opening.
    """

    from_at: datetime
    to_at: datetime | None
    status: Status


@dataclass(frozen=True, slots=True)
class Published:
    """What an EVSE's OCPI object says of its status.

    `since` is its `last_updated`, `next_at` the next instant at which status or schedule change by
    themselves (`None`: never). In UTC with microseconds.
    """

    status: Status
    since: datetime
    schedule: tuple[Announced, ...]
    next_at: datetime | None

    @property
    def word(self) -> str:
        """The status in OCPI's word."""
        return words(self.status).ocpi


def published(
    segments: Sequence[Segment],
    actuals: Sequence[ActualStretch],
    *,
    now: datetime,
    floor: datetime,
    statuses: frozenset[TemporaryStatus] | None = None,
    announcing: frozenset[TemporaryStatus] = ANNOUNCED,
    gone: bool = False,
) -> Published:
    """What is published at `now` of an EVSE that was last written to at `floor`.

    `segments` are all of the EVSE that hold at `floor` or later, of whatever status: of those not
    among `statuses` (`None`: all) the partner isn't told. `actuals` are its stretches at least
    from `reads_from` on. `since` is `floor`, or the last later boundary at which the word or the
    schedule changed; an actual status that changes under an override that hides it doesn't count.
    It never goes back while `now` and `floor` go forward, also when old actual statuses are
    forgotten: where nothing is recorded a boundary counts as a change. `gone`: it is REMOVED.
    """
    if gone:
        return Published(ActualStatus.REMOVED, floor, (), None)
    plan = _Plan(segments, statuses, announcing)
    instants = {*plan.instants, *(one.from_at for one in actuals), *_ends(actuals)}
    past = sorted((at for at in instants if floor < at <= now), reverse=True)
    since = next((at for at in past if plan.changes_at(at, actuals)), floor)
    actual = actual_at(actuals, now)
    return Published(
        plan.status_at(now, actual), since, plan.schedule_at(now), plan.next_change(now, actual)
    )


def announced(
    segments: Sequence[Segment],
    *,
    now: datetime,
    statuses: frozenset[TemporaryStatus] | None = None,
    announcing: frozenset[TemporaryStatus] = ANNOUNCED,
) -> tuple[Announced, ...]:
    """The schedule at `now`: winners of the next 30 days and the running one, none that stands back.

    In order, without overlaps, at most 20. Of the statuses `announcing` alone; a winner that isn't
    among them leaves a gap. What stands back is passed over: whether it will show nobody knows.
    """
    return _Plan(segments, statuses, announcing).schedule_at(now)


def reads_from(
    segments: Sequence[Segment],
    *,
    newest_from: datetime | None,
    now: datetime,
    floor: datetime,
    statuses: frozenset[TemporaryStatus] | None = None,
    announcing: frozenset[TemporaryStatus] = ANNOUNCED,
) -> datetime | None:
    """From which instant on `published` needs actual statuses, `None`: the newest stretch is enough.

    `newest_from` is when that began (`None`: nothing is recorded). So an EVSE with a long history
    isn't read whole to learn when it last changed.
    """
    if newest_from is None or newest_from <= floor:
        return None
    plan = _Plan(segments, statuses, announcing)
    past = sorted((at for at in plan.instants if floor < at <= now), reverse=True)
    if not plan.in_force(now) and newest_from > max(past, default=floor):
        return None
    for at in past:
        if plan.schedule_at(at) != plan.schedule_at(at - _MICROSECOND):
            return at if at < newest_from else None
        before, after = plan.sure_word(at - _MICROSECOND), plan.sure_word(at)
        if before is not None and after is not None and before != after:
            return at if at < newest_from else None
        if not plan.in_force(at - _MICROSECOND):
            return at - _MICROSECOND if at <= newest_from else None
    return floor


class _Plan:
    """What overrides make of one EVSE, whatever its charger reports."""

    def __init__(
        self,
        segments: Sequence[Segment],
        statuses: frozenset[TemporaryStatus] | None,
        announcing: frozenset[TemporaryStatus],
    ) -> None:
        self._segments = [s for s in segments if statuses is None or s.status in statuses]
        self._entries = _entries(self._segments, announcing) if announcing else []
        self.instants: set[datetime] = set()
        for one in self._segments:
            self.instants |= {one.from_at} if one.to_at is None else {one.from_at, one.to_at}
        self.instants |= {entry.from_at - ANNOUNCED_AHEAD for entry, _ in self._entries}

    def in_force(self, at: datetime) -> list[Segment]:
        return [segment for segment in self._segments if segment.holds_at(at)]

    def status_at(self, at: datetime, actual: ActualStatus) -> Status:
        return displayed(self.in_force(at), actual).status

    def sure_word(self, at: datetime) -> str | None:
        """The word at `at` whatever the charger reports, `None` if it depends on that."""
        in_force = self.in_force(at)
        if all(segment.stands_back for segment in in_force):
            return None
        shown = {
            words(displayed(in_force, actual).status).ocpi
            for actual in (ActualStatus.AVAILABLE, next(iter(STANDS_BACK_WHILE)))
        }
        return shown.pop() if len(shown) == 1 else None

    def schedule_at(self, at: datetime) -> tuple[Announced, ...]:
        horizon = at + ANNOUNCED_AHEAD
        told: list[Announced] = []
        for entry, opening in self._entries:
            if entry.from_at > horizon or len(told) >= MOST_ANNOUNCED:
                break
            if entry.to_at is None or entry.to_at > at:
                told += (entry, opening) if opening else (entry,)
        return tuple(told[:MOST_ANNOUNCED])

    def changes_at(self, at: datetime, actuals: Sequence[ActualStretch]) -> bool:
        """Whether word or schedule at `at` differ from just before."""
        before = at - _MICROSECOND
        if self._word_recorded(before, actuals) != self._word_recorded(at, actuals):
            return True
        return self.schedule_at(before) != self.schedule_at(at)

    def next_change(self, now: datetime, actual: ActualStatus) -> datetime | None:
        """The first instant after `now` that changes word or schedule while the charger reports `actual`."""
        shown = (words(self.status_at(now, actual)).ocpi, self.schedule_at(now))
        for at in sorted(at for at in self.instants if at > now):
            if (words(self.status_at(at, actual)).ocpi, self.schedule_at(at)) != shown:
                return at
        return None

    def _word_recorded(
        self, at: datetime, actuals: Sequence[ActualStretch]
    ) -> str | tuple[int, ...]:
        """The word; where nothing is recorded that it depends on, what is in force in its place."""
        actual = next((one.status for one in actuals if one.holds_at(at)), None)
        if actual is not None:
            return words(self.status_at(at, actual)).ocpi
        return self.sure_word(at) or tuple(one.override_id for one in self.in_force(at))


_Entries = list[tuple[Announced, Announced | None]]


def _entries(segments: Sequence[Segment], announcing: frozenset[TemporaryStatus]) -> _Entries:
    """Everything ever to be announced, each with the opening that follows it."""
    runs = list(_runs([segment for segment in segments if not segment.stands_back]))
    found: _Entries = []
    for index, run in enumerate(runs):
        if run.status not in announcing:
            continue
        opening, until = None, runs[index + 1].from_at if index + 1 < len(runs) else None
        opens = run.status is TemporaryStatus.COMMISSIONING and run.to_at is not None
        if opens and run.to_at is not None and run.to_at != until:
            opening = Announced(run.to_at, until, ActualStatus.AVAILABLE)
        found.append((run, opening))
    return found


def _runs(segments: Sequence[Segment]) -> Iterator[Announced]:
    """The winners one after the other; touching ones of the same status are one (rule 10)."""
    waiting = sorted(segments, key=lambda segment: segment.from_at, reverse=True)
    instants = sorted({*(one.from_at for one in segments), *_ends(segments)})
    in_force: list[Segment] = []
    run: Announced | None = None
    for at in instants:
        in_force = [segment for segment in in_force if segment.holds_at(at)]
        while waiting and waiting[-1].from_at == at:
            in_force.append(waiting.pop())
        winner = max(in_force, key=lambda segment: segment.strength, default=None)
        if run is not None and (winner is None or winner.status is not run.status):
            yield Announced(run.from_at, at, run.status)
            run = None
        if run is None and winner is not None:
            run = Announced(at, None, winner.status)
    if run is not None:
        yield run


def _ends(stretches: Iterable[Segment | ActualStretch]) -> Iterator[datetime]:
    return (one.to_at for one in stretches if one.to_at is not None)
