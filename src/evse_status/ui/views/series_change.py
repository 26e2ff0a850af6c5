"""Which fields did somebody change in the form of a series, and what became of it?"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from evse_status.core.series import Series
from evse_status.core.statuses import Cause, TemporaryStatus
from evse_status.service.schedule import ItemResult
from evse_status.service.series_change import Scope, SeriesChanged
from evse_status.service.series_list import SeriesLine
from evse_status.service.series_split import SeriesEdit
from evse_status.ui.looks import label
from evse_status.ui.texts import counted
from evse_status.ui.views.names import with_name
from evse_status.ui.views.outcome import Outcome, told
from evse_status.ui.views.series import local_day, series_history
from evse_status.ui.views.stale import News

_A_DAY = 24 * 60
_ANY_DAY = date(2000, 1, 1)

SCOPES = {
    Scope.THIS: "Only this time",
    Scope.FOLLOWING: "From here on",
    Scope.ALL: "The whole series",
}


@dataclass(frozen=True, slots=True)
class SeriesForm:
    """What the form of a series holds; `start_time` and `minutes` on clocks of its zone."""

    temporary_status: TemporaryStatus
    reason: str
    cause: Cause | None
    ticket: str
    start_time: time
    minutes: int
    rule: str


def form_of(series: Series) -> SeriesForm:
    """The form as it opens on `series`."""
    return SeriesForm(
        temporary_status=series.temporary_status,
        reason=series.reason,
        cause=series.cause,
        ticket=series.ticket,
        start_time=series.first_local_start.time(),
        minutes=series.minutes,
        rule=series.rule,
    )


def edit_between(opened: SeriesForm, typed: SeriesForm) -> SeriesEdit:
    """The change that names only what differs."""
    return SeriesEdit(
        **{
            field.name: getattr(typed, field.name)
            for field in fields(SeriesForm)
            if getattr(typed, field.name) != getattr(opened, field.name)
        }
    )


def end_of(start: time, minutes: int) -> tuple[time, int]:
    """When clocks show the end of so many minutes, and how many whole days more than a day they last."""
    end = (datetime.combine(_ANY_DAY, start) + timedelta(minutes=minutes)).time()
    return end, (minutes - 1) // _A_DAY


def minutes_between(start: time, end: time, days: int) -> int:
    """How long clocks count from `start` to the next `end`, and `days` whole days more."""
    apart = (end.hour - start.hour) * 60 + end.minute - start.minute
    return (apart - 1) % _A_DAY + 1 + days * _A_DAY


def changed(
    result: SeriesChanged,
    did: str,
    before: Series,
    *,
    scope: Scope,
    start: datetime | None,
    now: datetime,
) -> Outcome:
    """What became of a change: `did` is what was asked ("changed", "cleared"), `start` the time meant."""
    refused = tuple(_item(item, "") for item in result.items if item.error)
    done = [item for item in result.items if not item.error]
    left = tuple(
        f"{one.evse_id}, {with_name(label(one.override.temporary_status), one.override.id)}: "
        f"left as it is, {one.why}"
        for one in result.left
    )
    if result.batch_id is None:
        text = "Nothing was changed: it is so already."
    else:
        text = f"{_meant(before, scope, start, now)} {'is' if scope is Scope.THIS else 'are'} {did}"
        text += f" on {counted(len(before.evses), 'EVSE')}"
        if done and scope is not Scope.THIS:
            text += f", {counted(len(done), 'override')} of the next weeks with it"
        goes_on = result.series.series.id
        text += f". It goes on as series #{goes_on}." if goes_on != before.id else "."
    return Outcome(
        good=not refused and not left,
        text=text,
        at=now,
        items=(*(_item(item, did) for item in done), *refused, *left),
        refused=(*refused, *left),
        batch_id=result.batch_id,
    )


def stale(series: Series, lines: Sequence[SeriesLine], *, zone: ZoneInfo, now: datetime) -> Outcome:
    """Somebody changed it since it was shown: who, what, before and after; nothing was done."""
    entries = series_history(lines, zone=zone, now=now)
    return Outcome(
        good=False,
        text="Nothing was done: somebody changed the series since you opened it. "
        "Look at it as it is now and decide again.",
        at=now,
        news=(News(f"Series #{series.id}", entries),),
    )


def _meant(series: Series, scope: Scope, start: datetime | None, now: datetime) -> str:
    if scope is Scope.ALL or start is None:
        return f"All times ahead of series #{series.id}"
    if scope is Scope.FOLLOWING:
        return f"All times of series #{series.id} from {local_day(start, now=now)} on"
    return f"{local_day(start, now=now)} of series #{series.id}"


def _item(item: ItemResult, did: str) -> str:
    one = item.override
    named = (
        f"{item.evse_id}, {with_name(label(one.temporary_status), one.id)}" if one else item.evse_id
    )
    return f"{named}: {told(item.error) if item.error else did}"
