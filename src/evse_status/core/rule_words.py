"""How does one say a rule of recurrence? "Every second Tuesday, 22:00–05:00, until 31 Dec 2027"."""

from datetime import datetime, timedelta

from evse_status.core.recurrence import filled_parts
from evse_status.core.rule_parts import Day, Frequency, RuleParts
from evse_status.core.wall_period import length_in_words

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SHORTEST = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WORDS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
_MONDAY_TO_FRIDAY = tuple(Day(day) for day in range(5))
_EVERY_DAY = tuple(Day(day) for day in range(7))


def describe(rule: str, first: datetime, minutes: int) -> str:
    """One line for people; `first` and `minutes` are on clocks of the series' zone, which it doesn't name."""
    parts = filled_parts(rule, first.date())
    return f"{describe_days(parts)}, {_hours(first, minutes)}{_end(parts)}"


def describe_days(parts: RuleParts) -> str:
    """Which days, without hours and end: "Every second Tuesday"."""
    if parts.freq is Frequency.DAILY:
        return f"Every {_nth(parts.interval, 'day')}{_on_such_days(parts)}{_within(parts)}"
    if parts.freq is Frequency.WEEKLY:
        return _weekly(parts) + _within(parts)
    days = f"On {_chosen(parts)} of"
    if parts.freq is Frequency.MONTHLY:
        text = f"{days} every {_nth(parts.interval, 'month')}{_within(parts)}"
    elif parts.by_month or parts.by_month_day:
        months = _months(parts) if parts.by_month else "every month"
        text = f"{days} {months}, every {_nth(parts.interval, 'year')}"
    else:
        text = f"{days} every {_nth(parts.interval, 'year')}"
    return text + " (if there is one)" * _may_lack(parts)


def _weekly(parts: RuleParts) -> str:
    if parts.interval == 1 or len(parts.by_day) == 1:
        return f"Every {_nth(parts.interval, _weekdays(parts, ' and '))}"
    days = _joined([_weekday(day) for day in parts.by_day])
    return f"Every {_nth(parts.interval, 'week')} on {days}"


def _on_such_days(parts: RuleParts) -> str:
    weekdays = f" that is a {_weekdays(parts, ' or ')}" if parts.by_day else ""
    return weekdays + (f" on {_month_days(parts)} of the month" if parts.by_month_day else "")


def _within(parts: RuleParts) -> str:
    return f" in {_months(parts)}" if parts.by_month else ""


def _chosen(parts: RuleParts) -> str:
    """Which days of a month or a year."""
    numbered = any(day.number for day in parts.by_day)
    positions = (
        _joined([_position(number) for number in parts.by_set_pos]) if parts.by_set_pos else ""
    )
    if not parts.by_month_day:
        if positions:
            return f"{positions} {_weekdays(parts, ' or ')}"
        return _weekdays(parts, " and ") if numbered else f"every {_weekdays(parts, ' and ')}"
    days = f"{positions} of {_month_days(parts)}" if positions else _month_days(parts)
    return f"{days}, if it is a {_weekdays(parts, ' or ')}," if parts.by_day else days


def _may_lack(parts: RuleParts) -> bool:
    """Whether some month in question is too short for a day, or has no fifth of a weekday."""
    months = [_SHORTEST[month - 1] for month in parts.by_month] or list(_SHORTEST)
    late = [abs(number) for number in parts.by_month_day]
    late += [29 for day in parts.by_day if abs(day.number) == max(_WORDS)]
    return any(day > length for day in late for length in months)


def _month_days(parts: RuleParts) -> str:
    last = {-1: "the last day", -2: "the last day but one"}
    return _joined(
        [
            f"the {_ordinal(number)}"
            if number > 0
            else last.get(number, f"the {_ordinal(-number)} day from the end")
            for number in parts.by_month_day
        ]
    )


def _weekdays(parts: RuleParts, last: str) -> str:
    if parts.by_day == _MONDAY_TO_FRIDAY:
        return "day from Monday to Friday"
    if parts.by_day == _EVERY_DAY:
        return "day"
    return _joined([_weekday(day) for day in parts.by_day], last)


def _weekday(day: Day) -> str:
    return f"{_position(day.number)} {_DAYS[day.weekday]}" if day.number else _DAYS[day.weekday]


def _position(number: int) -> str:
    if number == -1:
        return "the last"
    if number < 0:
        return f"the {_ordinal(-number)} last"
    return f"the {_WORDS.get(number, _ordinal(number))}"


def _months(parts: RuleParts) -> str:
    return _joined([_MONTHS[month - 1] for month in parts.by_month])


def _nth(interval: int, what: str) -> str:
    """ "second Tuesday"; "Tuesday" for each."""
    if interval == 1:
        return what
    return f"{_WORDS.get(interval, _ordinal(interval))} {what}"


def _ordinal(number: int) -> str:
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _joined(words: list[str], last: str = " and ") -> str:
    return last.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _hours(first: datetime, minutes: int) -> str:
    length = timedelta(minutes=minutes)
    if length < timedelta(days=1):
        return f"{first:%H:%M}–{first + length:%H:%M}"
    return f"{first:%H:%M} for {length_in_words(length)}"


def _end(parts: RuleParts) -> str:
    if parts.until:
        return f", until {parts.until.day} {parts.until:%b %Y}"
    if parts.count:
        return ", once" if parts.count == 1 else f", {parts.count} times"
    return ""
