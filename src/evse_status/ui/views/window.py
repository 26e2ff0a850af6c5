"""Which stretch of time does a picture show, and where are its days?"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from evse_status.ui.texts import clock

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
SHORTEST = timedelta(minutes=10)
"""The least that can be looked at."""
USUAL_DAYS = 7
"""What is shown of a timeline as long as nobody chooses otherwise."""
LONGEST_DAYS = 400
"""The most days that a window shows: that far back the actual status is kept."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A label at an instant; `strong` for today."""

    at: datetime
    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """`[from_at, to_at)` in UTC, seen at `now` from `zone`; `lines` are instants to draw a line at."""

    from_at: datetime
    to_at: datetime
    now: datetime
    zone: ZoneInfo
    ticks: tuple[Tick, ...]
    lines: tuple[datetime, ...]
    reach: tuple[datetime, datetime] | None = None
    """How far the picture can be dragged; `None` for not beyond itself."""

    @property
    def length(self) -> timedelta:
        """How long it is; a day on which clocks change has 23 or 25 hours."""
        return self.to_at - self.from_at


def window_of(first: date, last: date, *, zone: ZoneInfo, now: datetime) -> Window:
    """The local days `first` to `last` (both shown, in either order, at most LONGEST_DAYS).

    `now` is rounded down to about a pixel, so that a picture of it stays the same meanwhile.
    """
    first, last = sorted((first, last))
    last = min(last, first + (LONGEST_DAYS - 1) * _DAY)
    days = [first + n * _DAY for n in range((last - first).days + 1)]
    midnights = [_midnight(day, zone) for day in [*days, last + _DAY]]
    return Window(
        from_at=midnights[0],
        to_at=midnights[-1],
        now=rounded(now, timedelta(minutes=2 if len(days) == 1 else 10)),
        zone=zone,
        ticks=_ticks(days, midnights, zone, now.astimezone(zone).date()),
        lines=_lines(days, midnights, zone),
    )


def around(now: datetime, *, days: int, zone: ZoneInfo) -> Window:
    """So many local days around `now`: mostly to come, one in six of them past."""
    first = now.astimezone(zone).date() - (days // 6) * _DAY
    return window_of(first, first + (days - 1) * _DAY, zone=zone, now=now)


def part_of(whole: Window, from_at: datetime, to_at: datetime, *, now: datetime) -> Window:
    """`[from_at, to_at)` (UTC, rounded to minutes), looked at closely; it may lie beyond the window.

    At least SHORTEST and at most as long as the window; ValueError if it ends before it starts.
    """
    from_at, to_at = rounded(from_at, _MINUTE), rounded(to_at, _MINUTE)
    if from_at >= to_at:
        raise ValueError("A part ends after it starts.")
    to_at = min(max(to_at, from_at + SHORTEST), from_at + whole.length)
    zone, length = whole.zone, to_at - from_at
    first, last = (at.astimezone(zone).date() for at in (from_at, to_at - _MINUTE))
    days = [first + n * _DAY for n in range((last - first).days + 1)]
    midnights = [_midnight(day, zone) for day in [*days, last + _DAY]]
    pixel = timedelta(minutes=2 if length <= _DAY else 10)
    at = rounded(now, pixel)
    if length > 3 * _DAY:
        ticks = _ticks(days, midnights, zone, at.astimezone(zone).date())
        lines = _lines(days, midnights, zone)
    else:
        ticks = _clock_ticks(from_at, to_at, zone, at.astimezone(zone).date())
        lines = tuple(tick.at for tick in ticks)
    return Window(
        from_at=from_at,
        to_at=to_at,
        now=at,
        zone=zone,
        ticks=tuple(tick for tick in ticks if from_at <= tick.at < to_at),
        lines=tuple(line for line in lines if from_at < line < to_at),
        reach=(min(from_at, whole.from_at), max(to_at, whole.to_at)),
    )


def _clock_ticks(
    from_at: datetime, to_at: datetime, zone: ZoneInfo, today: date
) -> tuple[Tick, ...]:
    """Round local times, at most nine; the first and each midnight say their day."""
    step = next((one for one in _STEPS if (to_at - from_at) / one <= 9), _STEPS[-1])
    unit = min(step, timedelta(minutes=15))  # there are zones with quarters of an hour
    times, at = [], rounded(from_at, unit)
    while at < to_at:
        local = at.astimezone(zone)
        since_midnight = timedelta(hours=local.hour, minutes=local.minute)
        if at >= from_at and not since_midnight % step:
            times.append(at)
        at += unit
    ticks = []
    for number, at in enumerate(times):
        local = at.astimezone(zone)
        day, time = f"{local:%a} {local.day} {local:%b}", clock(at, zone)
        is_midnight = time == "00:00"
        text = day if is_midnight else time
        if number == 0 and not is_midnight:
            text = f"{day} {time}"
        ticks.append(Tick(at, text, strong=is_midnight and local.date() == today))
    return tuple(ticks)


_STEPS = tuple(timedelta(minutes=n) for n in (5, 10, 15, 30, 60, 120, 180, 360, 720))


def rounded(at: datetime, to: timedelta) -> datetime:
    """`at`, down to a multiple of `to`."""
    return at - (at - datetime(2000, 1, 1, tzinfo=UTC)) % to


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, also where clocks skip midnight."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _ticks(
    days: list[date], midnights: list[datetime], zone: ZoneInfo, today: date
) -> tuple[Tick, ...]:
    if len(days) == 1:
        hours = [at for at in _hours(midnights, zone) if at.astimezone(zone).hour % 3 == 0]
        first = Tick(midnights[0], f"{days[0]:%a} {days[0].day} {days[0]:%b}", days[0] == today)
        return (first, *(Tick(at, clock(at, zone)) for at in hours if at != midnights[0]))
    ticks = []
    for day, start, end in zip(days, midnights[:-1], midnights[1:], strict=True):
        middle = start + (end - start) / 2
        hours_long = round((end - start) / _HOUR)
        if len(days) <= 8:
            odd = "" if hours_long == 24 else f" · {hours_long} h"
            ticks.append(Tick(middle, f"{day:%a} {day.day} {day:%b}{odd}", day == today))
        elif len(days) <= 16:
            ticks.append(Tick(middle, f"{day:%a} {day.day}", day == today))
        elif _is_labelled(day, len(days)):
            shown = f"{day.day} {day:%b}" if len(days) <= 200 else f"{day:%b %Y}"
            ticks.append(Tick(middle, shown, day == today))
    return tuple(ticks)


def _lines(days: list[date], midnights: list[datetime], zone: ZoneInfo) -> tuple[datetime, ...]:
    if len(days) == 1:
        return tuple(at for at in _hours(midnights, zone) if at.astimezone(zone).hour % 3 == 0)[1:]
    if len(days) <= 45:
        return tuple(midnights[1:-1])
    return tuple(
        start
        for day, start in zip(days[1:], midnights[1:-1], strict=True)
        if _is_labelled(day, len(days))
    )


def _is_labelled(day: date, count: int) -> bool:
    if count <= 100:
        return day.weekday() == 0 if count <= 45 else day.day in (1, 15)
    return day.day == 1


def _hours(midnights: list[datetime], zone: ZoneInfo) -> list[datetime]:
    count = round((midnights[-1] - midnights[0]) / _HOUR)
    return [midnights[0] + n * _HOUR for n in range(count)]
