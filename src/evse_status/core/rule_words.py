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
_ORDINALS = ("", "", "second", "third", "fourth", "fifth", "sixth")
_NUMBERS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
_MONDAY_TO_FRIDAY = tuple(Day(day) for day in range(5))
_EVERY_DAY = tuple(Day(day) for day in range(7))
_SHORTEST_MONTH = 28


def describe(rule: str, first: datetime, minutes: int) -> str:
    """One line for people; `first` and `minutes` are on clocks of the series' zone, which it doesn't name."""
    parts = filled_parts(rule, first.date())
    return f"{describe_days(parts)}, {_hours(first, minutes)}{_end(parts)}"


def describe_days(parts: RuleParts) -> str:
    """Which days, without hours and end: "Every second Tuesday"."""
    if parts.freq is Frequency.DAILY:
        return f"Every {_nth(parts.interval, 'day')}{_only(parts)}"
    if parts.freq is Frequency.WEEKLY:
        return _weekly(parts)
    stretch = "month" if parts.freq is Frequency.MONTHLY else "year"
    if stretch == "year" and parts.by_month:
        return f"On {_chosen(parts)} of {_months(parts)}, every {_nth(parts.interval, stretch)}"
    within = f" in {_months(parts)}" if parts.by_month else ""
    return f"On {_chosen(parts)} of every {_nth(parts.interval, stretch)}{within}"


def _weekly(parts: RuleParts) -> str:
    within = f" in {_months(parts)}" if parts.by_month else ""
    if len(parts.by_day) == 1:
        return f"Every {_nth(parts.interval, _DAYS[parts.by_day[0].weekday])}{within}"
    days = _weekdays(parts)
    if parts.interval == 1:
        return f"Every {days}{within}"
    return f"Every {_nth(parts.interval, 'week')} on {days}{within}"


def _only(parts: RuleParts) -> str:
    only = f" that is a {_weekdays(parts, ' or ')}" if parts.by_day else ""
    only += f" on {_month_days(parts)} of the month" if parts.by_month_day else ""
    return only + (f" in {_months(parts)}" if parts.by_month else "")


def _chosen(parts: RuleParts) -> str:
    """Which days of a month or a year."""
    if parts.by_month_day and parts.by_day:
        days = f"{_month_days(parts)} if it is a {_weekdays(parts, ' or ')}"
    elif parts.by_month_day:
        days = _month_days(parts)
    else:
        days = _weekdays(parts) if _numbered(parts) else f"every {_weekdays(parts)}"
    if not parts.by_set_pos:
        return days
    days = _weekdays(parts, " or ") if not parts.by_month_day else days
    return f"{_joined([_position(number) for number in parts.by_set_pos])} {days}"


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


def _weekdays(parts: RuleParts, last: str = " and ") -> str:
    if parts.by_day == _MONDAY_TO_FRIDAY:
        return "day from Monday to Friday"
    if parts.by_day == _EVERY_DAY:
        return "day"
    return _joined([_weekday(day) for day in parts.by_day], last)


def _weekday(day: Day) -> str:
    return f"{_position(day.number)} {_DAYS[day.weekday]}" if day.number else _DAYS[day.weekday]


def _numbered(parts: RuleParts) -> bool:
    return any(day.number for day in parts.by_day)


def _position(number: int) -> str:
    if number == -1:
        return "the last"
    if number < 0:
        return f"the {_ordinal(-number)} last"
    return f"the {_NUMBERS.get(number, _ordinal(number))}"


def _months(parts: RuleParts) -> str:
    return _joined([_MONTHS[month - 1] for month in parts.by_month])


def _nth(interval: int, what: str) -> str:
    """ "second Tuesday"; "Tuesday" for each."""
    if interval == 1:
        return what
    word = _ORDINALS[interval] if interval < len(_ORDINALS) else _ordinal(interval)
    return f"{word} {what}"


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
