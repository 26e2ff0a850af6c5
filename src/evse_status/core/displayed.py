"""What does an EVSE show at an instant, and why?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from evse_status.core.segments import Segment
from evse_status.core.statuses import STANDS_BACK_WHILE, ActualStatus, TemporaryStatus


@dataclass(frozen=True, slots=True)
class ActualStretch:
    """One stretch `[from_at, to_at)` of the actual status; `to_at=None`: it is the newest known."""

    status: ActualStatus
    from_at: datetime
    to_at: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        """Whether it was the actual status at `at` (rule 1)."""
        return self.from_at <= at and (self.to_at is None or at < self.to_at)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An override in force that doesn't show, and the rule that keeps it from showing."""

    segment: Segment
    because: str


@dataclass(frozen=True, slots=True)
class Displayed:
    """What shows at one instant: the winner (or none), what it keeps from showing, and what lies under it."""

    actual: ActualStatus
    winner: Segment | None = None
    held_back: tuple[HeldBack, ...] = ()

    @property
    def status(self) -> TemporaryStatus | ActualStatus:
        """The word that every channel translates."""
        return self.actual if self.winner is None else self.winner.status


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch `[from_at, to_at)` of a display track in which the same thing shows for the same reason."""

    from_at: datetime
    to_at: datetime | None
    displayed: Displayed


def shows(segment: Segment, actual: ActualStatus) -> bool:
    """Whether an override in force takes part at all: a standing-back one may not (rule 8)."""
    return not (segment.stands_back and actual in STANDS_BACK_WHILE)


def displayed(in_force: Iterable[Segment], actual: ActualStatus) -> Displayed:
    """Who wins among the overrides in force at one instant over `actual` (rules 7, 8)."""
    ranked = sorted(in_force, key=lambda segment: segment.strength, reverse=True)
    winner = next((segment for segment in ranked if shows(segment, actual)), None)
    held_back = tuple(
        HeldBack(segment, _because(segment, winner, actual))
        for segment in ranked
        if segment is not winner
    )
    return Displayed(actual, winner, held_back)


def displayed_at(
    segments: Iterable[Segment], actuals: Sequence[ActualStretch], at: datetime
) -> Displayed:
    """What shows at `at`, computed afresh from everything that is known (rules 9, 21)."""
    return displayed((s for s in segments if s.holds_at(at)), actual_at(actuals, at))


def actual_at(actuals: Sequence[ActualStretch], at: datetime) -> ActualStatus:
    """The actual status at `at`; UNKNOWN where nothing was recorded (rule 19)."""
    for stretch in actuals:
        if stretch.holds_at(at):
            return stretch.status
    return ActualStatus.UNKNOWN


def boundaries(
    segments: Iterable[Segment], actuals: Iterable[ActualStretch], *, after: datetime
) -> list[datetime]:
    """Every instant later than `after` at which what shows may change, ascending."""
    instants: set[datetime] = set()
    for from_at, to_at in (
        *((one.from_at, one.to_at) for one in segments),
        *((one.from_at, one.to_at) for one in actuals),
    ):
        instants.add(from_at)
        if to_at is not None:
            instants.add(to_at)
    return sorted(at for at in instants if at > after)


def display_track(
    segments: Sequence[Segment],
    actuals: Sequence[ActualStretch],
    *,
    from_at: datetime,
    to_at: datetime | None,
) -> list[Stretch]:
    """What shows over `[from_at, to_at)`, in stretches without gaps; equal neighbours are one (rule 10)."""
    starts = [from_at]
    starts += [
        at for at in boundaries(segments, actuals, after=from_at) if to_at is None or at < to_at
    ]
    track: list[Stretch] = []
    for index, start in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else to_at
        now_shown = displayed_at(segments, actuals, start)
        if track and track[-1].displayed == now_shown:
            track[-1] = Stretch(track[-1].from_at, end, now_shown)
        else:
            track.append(Stretch(start, end, now_shown))
    return track


def _because(segment: Segment, winner: Segment | None, actual: ActualStatus) -> str:
    if not shows(segment, actual):
        return f"{segment.status} stands back while the charger reports {actual}"
    assert winner is not None  # whatever shows is either the winner or beaten by it
    if winner.status is segment.status:
        return f"{winner.status} #{winner.override_id} was made later"
    return f"{winner.status} outranks {segment.status}"
