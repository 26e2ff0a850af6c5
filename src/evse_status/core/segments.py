"""When did, does and will an override hold? Segments: written once, only their future is ever rewritten."""

from dataclasses import dataclass, replace
from datetime import datetime

from evse_status.core.override import Override
from evse_status.core.statuses import TemporaryStatus


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch `[from_at, to_at)` in which an override is in force on an EVSE; `to_at=None`: open."""

    override_id: int
    evse: int
    status: TemporaryStatus
    made_at: datetime
    from_at: datetime
    to_at: datetime | None
    stands_back: bool = False

    def holds_at(self, at: datetime) -> bool:
        """Whether it is in force at `at` (rule 1)."""
        return self.from_at <= at and (self.to_at is None or at < self.to_at)

    @property
    def strength(self) -> tuple[int, datetime, int]:
        """The order of precedence: rank, then the one made last, then the higher id (rule 7)."""
        return (self.status.rank, self.made_at, self.override_id)


def planned_segment(override: Override) -> Segment | None:
    """The stretch that `override` asks for, as if it had always been so; `None` if it never holds."""
    ends_at = override.ends_at
    if ends_at is not None and ends_at <= override.starts_at:
        return None
    return Segment(
        override_id=override.id,
        evse=override.evse,
        status=override.temporary_status,
        made_at=override.made_at,
        from_at=override.starts_at,
        to_at=ends_at,
        stands_back=override.stands_back,
    )


def rewrite(segments: list[Segment], override: Override, *, now: datetime) -> list[Segment]:
    """The segments of one override after it became `override` at `now`.

    What lies before `now` stays as it was, what lies after follows the new plan; a stretch that
    merely goes on is not cut in two (rules 4, 9, 10, 11).
    """
    past = [_ending_at(segment, now) for segment in segments if segment.from_at < now]
    planned = planned_segment(override)
    if planned is None or (planned.to_at is not None and planned.to_at <= now):
        return past
    future = replace(planned, from_at=max(planned.from_at, now))
    if past and _goes_on(past[-1], future):
        return [*past[:-1], replace(past[-1], to_at=future.to_at)]
    return [*past, future]


def _ending_at(segment: Segment, now: datetime) -> Segment:
    if segment.to_at is not None and segment.to_at <= now:
        return segment
    return replace(segment, to_at=now)


def _goes_on(last: Segment, future: Segment) -> bool:
    return replace(last, to_at=None) == replace(future, from_at=last.from_at, to_at=None) and (
        last.to_at == future.from_at
    )
