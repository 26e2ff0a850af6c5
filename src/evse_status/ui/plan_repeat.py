"""Shall it repeat, how often and until when? The repeat fields of the plan page (rule 18)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import streamlit as st

from evse_status.core.errors import EvseStatusError, InvalidInput
from evse_status.core.recurrence import make_rule, starts
from evse_status.ui.inputs import FIRST_YEAR, LAST_YEAR
from evse_status.ui.texts import plain
from evse_status.ui.views.repeat import nth_weekday, ordinal


class Repeat(StrEnum):
    """How often, in the words of calendars."""

    NEVER = "Does not repeat"
    DAYS = "Every day"
    WEEKS = "Every week"
    FORTNIGHTS = "Every 2 weeks"
    MONTH_DAYS = "Every month, same day"
    MONTH_WEEKDAYS = "Every month, same weekday"
    OTHER = "Something else …"


class Until(StrEnum):
    """When it stops."""

    OPEN = "No end"
    DAY = "A date"
    TIMES = "A number of times"


class Unit(StrEnum):
    """What "every n" counts."""

    DAYS = "days"
    WEEKS = "weeks, on"
    MONTH_DAYS = "months, on the same day"
    MONTH_WEEKDAYS = "months, on the same weekday"


@dataclass(frozen=True, slots=True)
class Repetition:
    """What the form asks for: a rule, its first start on the wall and how long clocks count."""

    rule: str
    first: datetime
    minutes: int
    exceptions: tuple[datetime, ...] = ()


WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_REPEAT, _EVERY, _UNIT, _DAYS = "plan-repeat", "plan-every", "plan-unit", "plan-days"
_UNTIL, _UNTIL_DAY, _TIMES = "plan-until", "plan-until-day", "plan-times"
_SKIPPED = "plan-skipped"
_MOST_EVERY, _MOST_TIMES = 99, 1_000
_UNITS = {
    Repeat.DAYS: (Unit.DAYS, 1),
    Repeat.WEEKS: (Unit.WEEKS, 1),
    Repeat.FORTNIGHTS: (Unit.WEEKS, 2),
    Repeat.MONTH_DAYS: (Unit.MONTH_DAYS, 1),
    Repeat.MONTH_WEEKDAYS: (Unit.MONTH_WEEKDAYS, 1),
}


def repeats() -> bool:
    """Whether the form asks for something that repeats; for callbacks too."""
    return bool(st.session_state.get(_REPEAT, Repeat.NEVER) != Repeat.NEVER)


def ask_repeat(first: datetime | None) -> None:
    """Draw how often; words follow the first start."""
    st.session_state.setdefault(_REPEAT, Repeat.NEVER)
    st.selectbox(
        "Repeat",
        list(Repeat),
        key=_REPEAT,
        format_func=lambda one: _words(one, first),
        on_change=_forget_skipped,
        persist_state="session",
    )


def ask_details(first: datetime | None) -> None:
    """Draw what only a repeated override needs; nothing for any other."""
    if not repeats():
        return
    if st.session_state[_REPEAT] == Repeat.OTHER:
        _ask_other(first)
    _ask_until(first)


def repetition(
    first: datetime | None, length: timedelta | None
) -> tuple[Repetition | None, EvseStatusError | None]:
    """What the fields ask for, from the first start on the wall and its length; for callbacks too."""
    try:
        return _repetition(first, length), None
    except EvseStatusError as error:
        return None, error


def skipped() -> tuple[datetime, ...]:
    """The starts on the wall that were ticked out."""
    return tuple(sorted(st.session_state.get(_SKIPPED, ())))


def skip(start: datetime) -> None:
    """Tick one start out, or in again; a callback."""
    st.session_state[_SKIPPED] = set(skipped()) ^ {start}


def fingerprint() -> tuple[object, ...]:
    """What is chosen, to see whether it was altered since."""
    if not repeats():
        return ()
    keys = (_REPEAT, _EVERY, _UNIT, _DAYS, _UNTIL, _UNTIL_DAY, _TIMES)
    return (*(repr(st.session_state.get(key)) for key in keys), skipped())


def forget_repeat() -> None:
    """Plan something that doesn't repeat; a callback."""
    st.session_state[_REPEAT] = Repeat.NEVER
    _forget_skipped()


def _repetition(first: datetime | None, length: timedelta | None) -> Repetition:
    if first is None:
        raise InvalidInput(
            "validFrom: what repeats needs a start. Choose when it begins the first time.",
            field="validFrom",
        )
    if length is None:
        raise InvalidInput(
            "validTo: what repeats needs an end. Choose when it ends the first time.",
            field="validTo",
        )
    if length <= timedelta():
        raise InvalidInput(
            "validTo: the end must be later than the start. Choose a later end or an earlier start.",
            field="validTo",
        )
    rule = _rule(first)
    due = tuple(one for one in skipped() if starts(rule, first, from_local=one, most=1) == [one])
    return Repetition(rule, first, length // timedelta(minutes=1), due)


def _rule(first: datetime) -> str:
    unit, every = _unit_and_every()
    until = st.session_state.get(_UNTIL, Until.OPEN)
    last: date | None = st.session_state.get(_UNTIL_DAY) if until == Until.DAY else None
    if until == Until.DAY and last is None:
        raise InvalidInput("rule: choose the last day, or no end.", field="rule")
    count = int(st.session_state.get(_TIMES) or 1) if until == Until.TIMES else None
    by_day: tuple[str, ...] = ()
    by_month_day: tuple[int, ...] = ()
    if unit is Unit.WEEKS:
        by_day = _chosen_days(first)
    elif unit is Unit.MONTH_DAYS:
        by_month_day = (first.day,)
    elif unit is Unit.MONTH_WEEKDAYS:
        by_day = (f"{nth_weekday(first)}{WEEKDAYS[first.weekday()]}",)
    return make_rule(
        freq={Unit.DAYS: "DAILY", Unit.WEEKS: "WEEKLY"}.get(unit, "MONTHLY"),
        interval=every,
        by_day=by_day,
        by_month_day=by_month_day,
        until=last,
        count=count,
    )


def _unit_and_every() -> tuple[Unit, int]:
    repeat = Repeat(st.session_state[_REPEAT])
    if repeat in _UNITS:
        return _UNITS[repeat]
    return Unit(st.session_state.get(_UNIT) or Unit.WEEKS), int(st.session_state.get(_EVERY) or 1)


def _chosen_days(first: datetime) -> tuple[str, ...]:
    """The days of the week; that of the first start unless others are said."""
    own = WEEKDAYS[first.weekday()]
    if st.session_state[_REPEAT] != Repeat.OTHER:
        return (own,)
    chosen = st.session_state.get(_DAYS) or [own]
    return tuple(day for day in WEEKDAYS if day in chosen)


def _ask_other(first: datetime | None) -> None:
    st.session_state.setdefault(_EVERY, 3)
    st.session_state.setdefault(_UNIT, Unit.WEEKS)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(
            "Every",
            min_value=1,
            max_value=_MOST_EVERY,
            key=_EVERY,
            width=110,
            persist_state="session",
        )
        st.selectbox(
            "Of what",
            list(Unit),
            key=_UNIT,
            label_visibility="collapsed",
            width=210,
            persist_state="session",
        )
        if st.session_state[_UNIT] == Unit.WEEKS:
            if first is not None and not st.session_state.get(_DAYS):
                st.session_state[_DAYS] = [WEEKDAYS[first.weekday()]]
            st.pills(
                "Days",
                WEEKDAYS,
                selection_mode="multi",
                key=_DAYS,
                format_func=lambda day: _WEEKDAY_NAMES[WEEKDAYS.index(day)],
                label_visibility="collapsed",
                persist_state="session",
            )


def _ask_until(first: datetime | None) -> None:
    st.session_state.setdefault(_UNTIL, Until.OPEN)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        until = st.selectbox(
            "Repeat until",
            list(Until),
            key=_UNTIL,
            width=200,
            persist_state="session",
        )
        if until == Until.DAY:
            st.date_input(
                "The last day",
                value=None,
                key=_UNTIL_DAY,
                min_value=(first or FIRST_YEAR).date(),
                max_value=LAST_YEAR.date(),
                format="DD/MM/YYYY",
                width=170,
                persist_state="session",
            )
        elif until == Until.TIMES:
            st.session_state.setdefault(_TIMES, 6)
            st.number_input(
                "Times",
                min_value=1,
                max_value=_MOST_TIMES,
                key=_TIMES,
                width=130,
                persist_state="session",
            )


def _words(one: Repeat, first: datetime | None) -> str:
    if first is None:
        return one.value
    if one is Repeat.MONTH_DAYS:
        return f"Every month on the {ordinal(first.day)}"
    if one is Repeat.MONTH_WEEKDAYS:
        number = nth_weekday(first)
        which = "last" if number < 0 else ordinal(number)
        return f"Every month on the {which} {first:%A}"
    if one in (Repeat.WEEKS, Repeat.FORTNIGHTS):
        return f"{one.value} on {first:%A}"
    return plain(one.value) if one is Repeat.OTHER else one.value


def _forget_skipped() -> None:
    st.session_state.pop(_SKIPPED, None)
