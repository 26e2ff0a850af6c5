"""How does a driver app show an EVSE at an instant, and since when?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from evse_status.core.displayed import ActualStretch, boundaries, displayed_at
from evse_status.core.segments import Segment
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import AppLook, Profile

_MICROSECOND = timedelta(microseconds=1)
"""All instants are whole microseconds, so what showed just before one showed a microsecond earlier."""


@dataclass(frozen=True, slots=True)
class AppView:
    """With which eyes an app sees: its profile, and the temporary statuses that it is shown (`None`: all)."""

    shown_in: Profile
    statuses: frozenset[TemporaryStatus] | None = None


@dataclass(frozen=True, slots=True)
class AppShown:
    """What an app shows of an EVSE: `look` is `None` where it shows nothing; `available`: one can charge now."""

    look: AppLook | None
    available: bool


def app_shown(
    view: AppView, segments: Iterable[Segment], actuals: Sequence[ActualStretch], at: datetime
) -> AppShown:
    """What the app shows at `at`: the winner among the statuses that it is shown, else the actual status."""
    shown = displayed_at(_told(view, segments), actuals, at)
    look = view.shown_in.look(shown.status)
    return AppShown(look, shown.winner is None and shown.actual is ActualStatus.AVAILABLE)


def changed_last(
    view: AppView,
    segments: Iterable[Segment],
    actuals: Sequence[ActualStretch],
    *,
    after: datetime,
    until: datetime,
) -> datetime | None:
    """When what the app shows changed last in `(after, until]`; `None` if it didn't.

    `segments` and `actuals` are at least those that hold at `after` or later.
    """
    told = _told(view, segments)
    showing = app_shown(view, told, actuals, until)
    for at in reversed(boundaries(told, actuals, after=after)):
        if at <= until and app_shown(view, told, actuals, at - _MICROSECOND) != showing:
            return at
    return None


def _told(view: AppView, segments: Iterable[Segment]) -> list[Segment]:
    return [one for one in segments if view.statuses is None or one.status in view.statuses]
