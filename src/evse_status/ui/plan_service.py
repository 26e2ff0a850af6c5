"""What would placing the form do? Calls of the services, their refusals kept for the form."""

from dataclasses import dataclass

from evse_status.core.errors import EvseStatusError, OccurrencesOverlap
from evse_status.core.override import Wish
from evse_status.core.series import Occurrence
from evse_status.service.fleet import EvseCard
from evse_status.service.groups import Group
from evse_status.service.plan import PlanPreview, preview_groups
from evse_status.service.plan_mark import Mark
from evse_status.service.series import SeriesPreview, SeriesWish, preview_repeating
from evse_status.ui import session
from evse_status.ui.plan_form import Asked, Plan
from evse_status.ui.views.repeat import first_time, too_long


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown of a plan: of one that repeats the series and its first time, `once`."""

    plan: Plan
    once: PlanPreview | None
    series: SeriesPreview | None = None
    firsts: tuple[Group, ...] = ()

    @property
    def mark(self) -> Mark | str | None:
        """What placing is held to."""
        if self.series is not None:
            return self.series.mark
        return None if self.once is None else self.once.mark

    @property
    def once_groups(self) -> tuple[Group, ...]:
        """What `once` looked at."""
        return self.firsts or self.plan.groups

    @property
    def evses(self) -> tuple[EvseCard, ...]:
        """The EVSEs on which it would be placed, each once."""
        found = [] if self.once is None else [item.evse for item in self.once.items]
        if self.series is not None:
            found = [evse for group in self.series.groups for evse in group.evses]
        return tuple({evse.id: evse for evse in found}.values())

    @property
    def refused(self) -> tuple[tuple[int | None, EvseStatusError], ...]:
        """Why it would not be placed, with the line of a file; one per EVSE."""
        if self.series is not None:
            return tuple((None, one.error) for one in self.series.refused if one.error is not None)
        if self.once is None:
            return ()
        return tuple((one.line, one.error) for one in self.once.refused_items)

    @property
    def count(self) -> int:
        """On how many EVSEs it would be placed."""
        if self.series is not None:
            return sum(len(group.evses) for group in self.series.groups)
        return 0 if self.once is None else len(self.once.items)


def preview_of(asked: Asked) -> tuple[Shown | None, EvseStatusError | None]:
    """The preview, or what is wrong and not yet said at its field; neither while nothing is picked."""
    plan = asked.plan
    if plan is None or not (plan.groups or plan.targets):
        return None, None
    try:
        return look_ahead(plan), None
    except OccurrencesOverlap as error:
        return None, too_long(error)
    except EvseStatusError as error:
        return None, error


def look_ahead(plan: Plan) -> Shown:
    """What placing this plan would do. Raises what placing would raise."""
    db, who, now = session.app().database, session.principal(), session.now()
    if not plan.targets:
        return Shown(plan, preview_groups(db, who, plan.groups, now=now))
    series = preview_repeating(db, who, plan.targets, now=now)
    firsts = tuple(
        Group(tuple(evse.id for evse in group.evses), _once(group.wish, first))
        for group in series.groups
        if (first := first_time(group)) is not None and group.evses
    )
    once = preview_groups(db, who, firsts, now=now) if firsts else None
    return Shown(plan, once, series, firsts)


def _once(wish: SeriesWish, first: Occurrence) -> Wish:
    """The first time of what repeats, as if it were placed alone."""
    return Wish(
        wish.temporary_status,
        valid_from=first.starts_at,
        valid_to=first.ends_at,
        reason=wish.reason,
        cause=wish.cause,
        ticket=wish.ticket,
    )


def what_to_do(asked: Asked, refused: EvseStatusError | None, *, by_file: bool) -> str:
    """The next step while there is nothing to show; what is refused stands beside its field."""
    if refused is not None or asked.plan is None:
        return "Settle what is marked on the left first: here you see what will happen."
    if by_file:
        return "Choose or paste a file on the left: here you see what will happen."
    return "Pick at least one EVSE on the left: here you see what will happen."
