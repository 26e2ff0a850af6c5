"""What does the text of a recurrence rule say? The parts of RFC 5545 3.3.10 that a series may have."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from evse_status.core.errors import UnusableRule

LONGEST_RULE = 500
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Frequency(StrEnum):
    """How long the stretch is in which a rule chooses its days; each day has one occurrence at most."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class Day(NamedTuple):
    """A day of the week, 0 is Monday; with `number` only that one of the month, -1 is the last."""

    weekday: int
    number: int = 0

    def __str__(self) -> str:
        return f"{self.number or ''}{WEEKDAYS[self.weekday]}"


@dataclass(frozen=True, slots=True)
class RuleParts:
    """A rule in parts. `until` is the last day on clocks in the zone on which one may start."""

    freq: Frequency
    interval: int = 1
    by_month: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[Day, ...] = ()
    by_set_pos: tuple[int, ...] = ()
    week_start: int = 0
    until: date | None = None
    count: int | None = None

    def __str__(self) -> str:
        lists = {
            "BYMONTH": self.by_month,
            "BYMONTHDAY": self.by_month_day,
            "BYDAY": self.by_day,
            "BYSETPOS": self.by_set_pos,
        }
        parts = [f"FREQ={self.freq}"]
        parts += [f"INTERVAL={self.interval}"] * (self.interval != 1)
        parts += [f"{name}={','.join(map(str, some))}" for name, some in lists.items() if some]
        parts += [f"WKST={WEEKDAYS[self.week_start]}"] * bool(self.week_start)
        parts += [f"UNTIL={self.until:%Y%m%d}"] if self.until else []
        parts += [f"COUNT={self.count}"] if self.count else []
        return ";".join(parts)


class Read(NamedTuple):
    """Parts, and what UNTIL said: a day, a naive local time or an instant in UTC."""

    parts: RuleParts
    until: date | datetime | None


@lru_cache(maxsize=4096)
def parts_of(rule: str) -> RuleParts:
    """The parts of a rule as it is kept (a text that `read_rule` or `make_rule` returned)."""
    return read_parts(rule, field="rule").parts


def read_parts(text: str, *, field: str) -> Read:
    """Read the text of a rule, with or without `RRULE:`, in any case and order (UnusableRule)."""
    if len(text) > LONGEST_RULE:
        raise UnusableRule(
            f"{field}: the rule is longer than {LONGEST_RULE} characters. Shorten it.", field=field
        )
    said = _named(text.strip().upper().removeprefix("RRULE:").rstrip(";"), field)
    if "FREQ" not in said:
        raise UnusableRule(
            f"{field}: FREQ is missing. Write a rule like FREQ=WEEKLY;INTERVAL=2;BYDAY=TU.",
            field=field,
        )
    if said["FREQ"] not in list(Frequency):
        raise _refused("FREQ", said["FREQ"], f"Use one of {', '.join(Frequency)}", field)
    until = _until(said.pop("UNTIL"), field) if "UNTIL" in said else None
    values = {_FIELDS[name]: _READERS[name](value, name, field) for name, value in said.items()}
    parts = RuleParts(**values, until=until.date() if isinstance(until, datetime) else until)
    require_consistent(parts, field=field)
    return Read(parts, until)


def require_consistent(parts: RuleParts, *, field: str) -> None:
    """Refuse parts that don't go together, each by its name (UnusableRule)."""
    freq, by_position = parts.freq, bool(parts.by_set_pos)
    numbered = any(day.number for day in parts.by_day)
    of_months = freq is Frequency.MONTHLY or (freq is Frequency.YEARLY and bool(parts.by_month))
    for wrong, sentence in (
        (parts.until and parts.count, "COUNT and UNTIL can't both be said. Leave one out"),
        (
            freq is Frequency.WEEKLY and parts.by_month_day,
            "BYMONTHDAY doesn't go with FREQ=WEEKLY. Use FREQ=MONTHLY",
        ),
        (
            numbered and not of_months,
            "BYDAY with numbers goes with FREQ=MONTHLY, or with FREQ=YEARLY and BYMONTH. "
            "Leave the numbers out or change FREQ",
        ),
        (
            by_position and freq not in (Frequency.MONTHLY, Frequency.YEARLY),
            "BYSETPOS goes with FREQ=MONTHLY or FREQ=YEARLY. Leave it out or change FREQ",
        ),
        (
            by_position and not (parts.by_day or parts.by_month_day),
            "BYSETPOS needs BYDAY or BYMONTHDAY to choose from. Add one of them",
        ),
    ):
        if wrong:
            raise UnusableRule(f"{field}: {sentence}.", field=field)


def read_day(text: str) -> Day | None:
    """`TU`, `2TU` or `-1FR`; `None` if it is no such day."""
    found = re.fullmatch(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", text)
    return found and Day(WEEKDAYS.index(found[2]), int(found[1] or 0))


def _named(text: str, field: str) -> dict[str, str]:
    said: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = (one.strip() for one in part.partition("="))
        if not equals or not value:
            raise UnusableRule(
                f"{field}: {part[:60]!r} is no part of a rule. "
                "Write a rule like FREQ=WEEKLY;INTERVAL=2;BYDAY=TU.",
                field=field,
            )
        if name not in _FIELDS and name != "UNTIL":
            raise UnusableRule(
                f"{field}: {name[:20]!r} isn't offered. Use {', '.join(_FIELDS)} or UNTIL; "
                "the time of day is that of the first start.",
                field=field,
            )
        if name in said:
            raise UnusableRule(f"{field}: {name} is said twice. Say it once.", field=field)
        said[name] = value
    return said


def _number(low: int, high: int) -> Callable[[str, str, str], int]:
    def read(text: str, name: str, field: str) -> int:
        if not re.fullmatch(r"[0-9]{1,5}", text) or not low <= int(text) <= high:
            raise _refused(name, text, f"Use a whole number from {low} to {high:,}", field)
        return int(text)

    return read


def _numbers(high: int, *, from_the_end: bool) -> Callable[[str, str, str], tuple[int, ...]]:
    def read(text: str, name: str, field: str) -> tuple[int, ...]:
        found = []
        for one in text.split(","):
            good = re.fullmatch(r"[+-]?[0-9]{1,3}" if from_the_end else r"[0-9]{1,3}", one.strip())
            if not good or not 1 <= abs(int(one)) <= high:
                more = f", or -1 to -{high} from the end" if from_the_end else ""
                raise _refused(name, one, f"Use numbers from 1 to {high}{more}", field)
            found.append(int(one))
        return tuple(sorted(set(found), key=lambda number: (number < 0, number)))

    return read


def _days(text: str, name: str, field: str) -> tuple[Day, ...]:
    found = [(one, read_day(one.strip())) for one in text.split(",")]
    for one, day in found:
        if day is None:
            raise _refused(name, one, "Use days like MO, 2TU or -1FR", field)
    return tuple(sorted({day for _, day in found if day}))


def _week_start(text: str, name: str, field: str) -> int:
    if text not in WEEKDAYS:
        raise _refused(name, text, f"Use one of {', '.join(WEEKDAYS)}", field)
    return WEEKDAYS.index(text)


def _until(text: str, field: str) -> date | datetime:
    good = re.fullmatch(r"(20[0-9]{6}|2100[0-9]{4})(T[0-9]{6}Z?)?", text)
    try:
        if good and good[2]:
            at = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
            return at.replace(tzinfo=UTC) if text.endswith("Z") else at
        if good:
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:
        pass
    raise _refused("UNTIL", text, "Write a day like 20271231, from 2000 to 2100", field)


def _refused(name: str, value: str, what_to_do: str, field: str) -> UnusableRule:
    return UnusableRule(f"{field}: {name} can't be {value[:60]!r}. {what_to_do}.", field=field)


_FIELDS = {
    "FREQ": "freq",
    "INTERVAL": "interval",
    "BYMONTH": "by_month",
    "BYMONTHDAY": "by_month_day",
    "BYDAY": "by_day",
    "BYSETPOS": "by_set_pos",
    "WKST": "week_start",
    "COUNT": "count",
}
_READERS: dict[str, Callable[[str, str, str], Any]] = {
    "FREQ": lambda text, _name, _field: Frequency(text),
    "INTERVAL": _number(1, 999),
    "BYMONTH": _numbers(12, from_the_end=False),
    "BYMONTHDAY": _numbers(31, from_the_end=True),
    "BYDAY": _days,
    "BYSETPOS": _numbers(366, from_the_end=True),
    "WKST": _week_start,
    "COUNT": _number(1, 99_999),
}
