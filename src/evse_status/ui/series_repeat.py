"""How often shall a series repeat from some time on? The fields of its rule, filled from it."""

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

import streamlit as st

from evse_status.core.errors import EvseStatusError, InvalidInput
from evse_status.core.rule_parts import Day, Frequency, RuleParts, parts_of
from evse_status.core.rule_words import describe_days
from evse_status.ui.inputs import LAST_YEAR

_MOST_EVERY, _MOST_TIMES = 99, 1_000
_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Kind(StrEnum):
    """What "every n" counts."""

    DAYS = "days"
    WEEKS = "weeks, on"
    MONTH_DAYS = "months, same day"
    MONTH_WEEKDAYS = "months, same weekday"
    AS_IT_IS = "as it is"


class Until(StrEnum):
    """When it stops."""

    OPEN = "No end"
    DAY = "A date"
    TIMES = "A number of times"


def kind_of(parts: RuleParts) -> Kind:
    """Which of the form's kinds a rule is; AS_IT_IS where the form has no fields for it."""
    if parts.by_month or parts.by_set_pos:
        return Kind.AS_IT_IS
    has = (bool(parts.by_month_day), bool(parts.by_day))
    if parts.freq is Frequency.DAILY and has == (False, False):
        return Kind.DAYS
    if parts.freq is Frequency.WEEKLY and has == (False, True):
        return Kind.WEEKS
    if parts.freq is Frequency.MONTHLY and has == (True, False):
        return Kind.MONTH_DAYS
    if parts.freq is Frequency.MONTHLY and has == (False, True) and len(parts.by_day) == 1:
        return Kind.MONTH_WEEKDAYS
    return Kind.AS_IT_IS


def ask_rule(rule: str, start: datetime, *, key: str) -> str | EvseStatusError:
    """Draw the fields, filled from `rule`; the same text as long as nobody changes anything.

    `start` is the time from which on it holds: it says which day a month's day is.
    """
    parts = parts_of(rule)
    opened = kind_of(parts)
    kinds = [one for one in Kind if one is not Kind.AS_IT_IS or opened is Kind.AS_IT_IS]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        every = st.number_input(
            "Every", 1, _MOST_EVERY, parts.interval, key=f"{key}-every", width=110
        )
        kind = st.selectbox(
            "Of what",
            kinds,
            index=kinds.index(opened),
            format_func=lambda one: _words(one, parts, start),
            key=f"{key}-kind",
            width=260,
        )
        until, last, times = _ask_until(parts, key=key)
    days = [day.weekday for day in parts.by_day] if opened is Kind.WEEKS else [start.weekday()]
    if kind is Kind.WEEKS:
        days = st.pills(
            "On",
            range(7),
            default=sorted(days),
            selection_mode="multi",
            format_func=lambda day: _NAMES[day],
            key=f"{key}-days",
        )
    if until is Until.DAY and last is None:
        return InvalidInput("rule: choose the last day, or no end.", field="rule")
    if kind is Kind.WEEKS and not days:
        return InvalidInput("rule: choose at least one day of the week.", field="rule")
    stops = replace(
        _parts(kind, opened, parts, start, days),
        interval=int(every),
        until=last if until is Until.DAY else None,
        count=times if until is Until.TIMES else None,
    )
    return str(stops)


def _ask_until(parts: RuleParts, *, key: str) -> tuple[Until, date | None, int]:
    opened = Until.DAY if parts.until else Until.TIMES if parts.count else Until.OPEN
    last, times = parts.until, parts.count or 6
    names = list(Until)
    until = st.selectbox(
        "Repeats until", names, index=names.index(opened), key=f"{key}-until", width=180
    )
    if until is Until.DAY:
        last = st.date_input(
            "The last day",
            parts.until,
            key=f"{key}-last",
            max_value=LAST_YEAR.date(),
            format="DD/MM/YYYY",
            width=150,
        )
    elif until is Until.TIMES:
        times = int(
            st.number_input("Times", 1, _MOST_TIMES, min(times, _MOST_TIMES), key=f"{key}-times")
        )
    return until, last, times


def _parts(
    kind: Kind, opened: Kind, parts: RuleParts, start: datetime, days: list[int]
) -> RuleParts:
    if kind is Kind.DAYS:
        return RuleParts(Frequency.DAILY)
    if kind is Kind.WEEKS:
        chosen = tuple(Day(day) for day in sorted(days))
        return RuleParts(Frequency.WEEKLY, by_day=chosen, week_start=parts.week_start)
    if kind is opened:
        return parts
    if kind is Kind.MONTH_DAYS:
        return RuleParts(Frequency.MONTHLY, by_month_day=(start.day,))
    return RuleParts(Frequency.MONTHLY, by_day=(Day(start.weekday(), _which(start)),))


def _which(start: datetime) -> int:
    number = (start.day + 6) // 7
    return number if number < 5 else -1


def _words(kind: Kind, parts: RuleParts, start: datetime) -> str:
    if kind is Kind.AS_IT_IS:
        return f"as it is: {describe_days(replace(parts, interval=1))}"
    if kind in (Kind.MONTH_DAYS, Kind.MONTH_WEEKDAYS) and kind is kind_of(parts):
        return f"months: {describe_days(replace(parts, interval=1))}"
    return f"months, on day {start.day}" if kind is Kind.MONTH_DAYS else kind.value
