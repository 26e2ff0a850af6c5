"""On which days does a rule come true? Recurrence by RFC 5545, counted on clocks of one zone (rule 18)."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise, takewhile
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from dateutil import rrule

from evse_status.core.errors import OccurrencesOverlap, UnusableRule
from evse_status.core.local_time import resolve_leniently
from evse_status.core.rule_parts import (
    Day,
    Frequency,
    RuleParts,
    parts_of,
    read_parts,
)

LAST_YEAR = 2100
_A_DAY = 24 * 60
_MANY_YEARS = 7600
"""A multiple of 400, after which the calendar repeats: dateutil looks for a next day until 9999, so it
is asked there, where a rule that never comes true again is given up soon."""

_WEEKDAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)
_FREQUENCIES: dict[Frequency, Literal[0, 1, 2, 3]] = {
    Frequency.DAILY: rrule.DAILY,
    Frequency.WEEKLY: rrule.WEEKLY,
    Frequency.MONTHLY: rrule.MONTHLY,
    Frequency.YEARLY: rrule.YEARLY,
}


def read_rule(text: str, *, zone: ZoneInfo, first: datetime, field: str = "rule") -> str:
    """The rule in the one form that is kept, as parts of RFC 5545 (3.3.10).

    `first` is the first possible start, naive on clocks in `zone`; what the rule leaves open (which
    day of the week, of the month, which month) is taken from it. UNTIL becomes the last day on which
    an occurrence starts that it includes, whether it was a day, a local time or one in UTC. Raises
    UnusableRule, which names the part, also where no occurrence would ever start.
    """
    parts, until = read_parts(text, field=field)
    if isinstance(until, datetime):
        parts = replace(parts, until=_last_day(until, zone=zone, first=first))
    rule = str(_filled(parts, first.date()))
    if not starts(rule, first, from_local=first, most=1):
        raise UnusableRule(
            f"{field}: it never comes true from {first:%Y-%m-%d %H:%M} on, until the end of {LAST_YEAR}. "
            "Choose other days, or a later end.",
            field=field,
        )
    return rule


def make_rule(
    *,
    freq: str,
    interval: int = 1,
    by_day: Iterable[str] = (),
    by_month_day: Iterable[int] = (),
    until: date | None = None,
    count: int | None = None,
    field: str = "rule",
) -> str:
    """The text of a rule from what a form asks: days like `TU`, `2TU` or `-1FR`, the last day `until`.

    Raises UnusableRule, which names the part.
    """
    chosen = {
        "FREQ": freq,
        "INTERVAL": interval,
        "BYDAY": ",".join(by_day),
        "BYMONTHDAY": ",".join(map(str, by_month_day)),
        "UNTIL": "" if until is None else f"{until:%Y%m%d}",
        "COUNT": "" if count is None else count,
    }
    text = ";".join(f"{name}={value}" for name, value in chosen.items() if value != "")
    return str(read_parts(text, field=field).parts)


def starts(
    rule: str,
    first: datetime,
    *,
    from_local: datetime,
    until_local: datetime | None = None,
    most: int | None = None,
) -> list[datetime]:
    """The starts in `[from_local, until_local)` on the wall, at most `most`, until the year 2100.

    All of them are naive. `first` is the first possible one; it happens if the rule says so. What it
    costs doesn't depend on how long before `from_local` the rule began.
    """
    found = each_start(rule, first, from_local=from_local, until_local=until_local)
    return list(islice(found, most))


def each_start(
    rule: str, first: datetime, *, from_local: datetime, until_local: datetime | None = None
) -> Iterator[datetime]:
    """The same as `starts`, one by one."""
    from_local = max(from_local, first)
    if from_local.year > LAST_YEAR:
        return
    at = first.time()
    from_day = from_local.date() + timedelta(days=1 if from_local.time() > at else 0)
    until = _until(rule, first.date())
    year: int | None = from_day.year
    while year is not None and year <= until.year:
        days, year = _year(rule, first.date(), year)
        for day in days[bisect_left(days, from_day) :]:
            start = datetime.combine(day, at)
            if day > until or (until_local is not None and start >= until_local):
                return
            yield start


def filled_parts(rule: str, first: date) -> RuleParts:
    """The parts of a rule with those that it leaves to its first start."""
    return _filled(parts_of(rule), first)


def rest_of(rule: str, first: datetime, *, from_local: datetime) -> str | None:
    """The rule that goes on from `from_local`, with what is left of its COUNT; `None` if none is left.

    Its first start is the first of `starts` from there on: intervals are counted from it on.
    """
    parts = parts_of(rule)
    if not starts(rule, first, from_local=from_local, most=1):
        return None
    if parts.count is None:
        return rule
    gone = len(starts(rule, first, from_local=first, until_local=from_local))
    return str(replace(parts, count=parts.count - gone))


def longest_minutes(rule: str, first: datetime) -> int:
    """How many minutes of the wall an occurrence can last without reaching into the next one."""
    return _fewest_days(rule, first.date()) * _A_DAY


def require_minutes(minutes: int, rule: str, first: datetime, *, field: str = "minutes") -> None:
    """Refuse a length that isn't at least a minute (UnusableRule) or too long (OccurrencesOverlap)."""
    if minutes < 1:
        raise UnusableRule(f"{field}: an occurrence lasts at least a minute.", field=field)
    longest = longest_minutes(rule, first)
    if minutes > longest:
        raise OccurrencesOverlap(minutes, longest=longest, field=field)


class _Year(NamedTuple):
    """The days of a year, and the next year that has any."""

    days: tuple[date, ...]
    next_year: int | None


@lru_cache(maxsize=4096)
def _until(rule: str, first: date) -> date:
    """The last day that UNTIL or COUNT leaves; the end of 2100 without them."""
    parts = parts_of(rule)
    if parts.count is not None:
        counted = list(islice(_every_day(rule, first), parts.count))
        return counted[-1] if counted else first
    return parts.until or date(LAST_YEAR, 12, 31)


@lru_cache(maxsize=4096)
def _fewest_days(rule: str, first: date) -> int:
    """Days from one start to the next where that is least; until 2101 if there is a single one."""
    until = _until(rule, first)
    days = list(takewhile(lambda day: day <= until, _every_day(rule, first)))
    alone = (date(LAST_YEAR + 1, 1, 1) - first).days
    return min(((later - day).days for day, later in pairwise(days)), default=alone)


def _every_day(rule: str, first: date) -> Iterator[date]:
    """All days until 2100, without regard to UNTIL and COUNT; not by the memory, which they would fill."""
    year: int | None = first.year
    while year is not None and year <= LAST_YEAR:
        days, year = _year_of(rule, first, year)
        yield from days


def _year_of(rule: str, first: date, year: int) -> _Year:
    """One year, without regard to UNTIL and COUNT."""
    parts = filled_parts(rule, first)
    new_year, end = date(year, 1, 1), date(year, 12, 31)
    found = rrule.rrule(
        _FREQUENCIES[parts.freq],
        interval=parts.interval,
        dtstart=_far(_stretch_before(parts, first, new_year)),
        wkst=_WEEKDAYS[parts.week_start],
        bymonth=parts.by_month or None,
        bymonthday=parts.by_month_day or None,
        byweekday=_days_of_week(parts.by_day) or None,
        bysetpos=parts.by_set_pos or None,
    )
    earliest, latest = _far(max(first, new_year)), _far(end)
    days: list[date] = []
    for at in found:
        if at > latest:
            return _Year(tuple(days), at.year - _MANY_YEARS)
        if at >= earliest:
            days.append(at.date().replace(year=year))
    return _Year(tuple(days), None)


_year = lru_cache(maxsize=4096)(_year_of)


def _stretch_before(parts: RuleParts, first: date, new_year: date) -> date:
    """The begin of a stretch (day, week, month, year) that counts, so early that no day of the year is lost."""
    if parts.freq is Frequency.DAILY:
        return first + timedelta(days=_steps((new_year - first).days, parts.interval))
    if parts.freq is Frequency.WEEKLY:
        week = first - timedelta(days=(first.weekday() - parts.week_start) % 7)
        steps = max(0, (new_year - week).days // 7 // parts.interval * parts.interval)
        return week + timedelta(weeks=steps)
    if parts.freq is Frequency.MONTHLY:
        months = (
            first.month
            - 1
            + _steps((new_year.year - first.year) * 12 + 1 - first.month, parts.interval)
        )
        return date(first.year + months // 12, months % 12 + 1, 1)
    return date(first.year + _steps(new_year.year - first.year, parts.interval), 1, 1)


def _steps(distance: int, interval: int) -> int:
    """`distance`, rounded up to a multiple of `interval`, but not below none."""
    return max(0, -(-distance // interval) * interval)


def _days_of_week(days: tuple[Day, ...]) -> list[rrule.weekday]:
    """All with numbers if one has: dateutil wants both kinds fulfilled at once, the RFC one or the other."""
    if not any(day.number for day in days):
        return [_WEEKDAYS[day.weekday] for day in days]
    numbers = {day: [day.number] if day.number else [1, 2, 3, 4, 5] for day in days}
    return [_WEEKDAYS[day.weekday](number) for day in days for number in numbers[day]]


def _far(day: date) -> datetime:
    return datetime(day.year + _MANY_YEARS, day.month, day.day)  # noqa: DTZ001


def _filled(parts: RuleParts, first: date) -> RuleParts:
    """With the parts that are taken from the first start where the rule doesn't say them (RFC 5545)."""
    if parts.freq is Frequency.DAILY or parts.by_day or parts.by_month_day:
        return parts
    if parts.freq is Frequency.WEEKLY:
        return replace(parts, by_day=(Day(first.weekday()),))
    by_month = parts.by_month or ((first.month,) if parts.freq is Frequency.YEARLY else ())
    return replace(parts, by_month=by_month, by_month_day=(first.day,))


def _last_day(until: datetime, *, zone: ZoneInfo, first: datetime) -> date:
    """The last day on which a start at the time of `first` isn't after `until`."""
    local = until if until.tzinfo is None else until.astimezone(zone).replace(tzinfo=None)
    near = [local.date() + timedelta(days=days) for days in (1, 0, -1)]
    latest = (datetime.combine(day, first.time()) for day in near)
    if until.tzinfo is None:
        return next(start.date() for start in latest if start <= until)
    return next(start.date() for start in latest if resolve_leniently(start, zone) <= until)
