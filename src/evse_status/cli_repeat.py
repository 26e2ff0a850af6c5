"""How often does somebody mean who repeats a plan on the command line? Rules from words, ends and exceptions."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from evse_status.cli_input import read_duration
from evse_status.cli_times import read_clock
from evse_status.core.errors import InvalidInput
from evse_status.core.recurrence import make_rule
from evse_status.core.wall_time import is_local, next_time, read_local

_WORDS = re.compile(r"(?:every )?(?:(\d{1,3}|second|other) )?(day|week|month|year)s?", re.ASCII)
_ALONE = {"daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY", "yearly": "YEARLY"}
_FREQUENCIES = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_MINUTE = timedelta(minutes=1)


def read_repeat(
    text: str, *, on: str | None = None, until: str | None = None, times: int | None = None
) -> str:
    """Read `weekly`, `2 weeks`, `every second week`, or an RRULE as it is. Raises InvalidInput.

    `on` are days like `TU,TH`, `2TU`, `-1FR`, or days of the month like `1,15`; `until` is the last day.
    """
    typed = " ".join(text.lower().split())
    if "=" in typed:
        if (on, until, times) != (None, None, None):
            raise InvalidInput(
                "--repeat: a rule says itself on which days and how long. Leave out --on, --until and --times.",
                field="--repeat",
            )
        return text.strip()
    found = _WORDS.fullmatch(typed)
    if typed not in _ALONE and found is None:
        raise InvalidInput(
            f"--repeat: {text[:60]!r} is no way to repeat. Use daily, weekly, monthly, yearly, '2 weeks', "
            "or a rule like 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU'.",
            field="--repeat",
        )
    every = found[1] if found else None
    days = [one.strip().upper() for one in (on or "").split(",") if one.strip()]
    numbers = [one for one in days if re.fullmatch(r"-?\d{1,2}", one)]
    return make_rule(
        freq=_FREQUENCIES[found[2]] if found else _ALONE[typed],
        interval=2 if every in ("second", "other") else int(every or 1),
        by_day=[one for one in days if one not in numbers],
        by_month_day=[int(one) for one in numbers],
        until=None if until is None else read_date(until, field="--until"),
        count=times,
        field="--repeat",
    )


def read_first(text: str, *, field: str = "--from") -> datetime:
    """The first start of a series: what clocks show, without an offset."""
    if not is_local(text):
        raise InvalidInput(
            f"{field}: what repeats starts at a time on clocks. Write it like '2026-10-20 22:00', "
            "without an offset, and say with --zone on which.",
            field=field,
        )
    return read_local(text, field=field)


def read_minutes(text: str, *, start: datetime, field: str = "--to") -> int:
    """How long an occurrence lasts on clocks: `+7h`, `05:00`, or a date and time."""
    if (clock := read_clock(text)) is not None:
        return (next_time(start, clock) - start) // _MINUTE
    if is_local(text):
        end = read_local(text, field=field)
        if end <= start:
            raise InvalidInput(f"{field}: must be later than the start.", field=field)
        return (end - start) // _MINUTE
    return read_length(text, field=field)


def read_length(text: str, *, field: str) -> int:
    """Whole minutes of a duration like `7h`."""
    length = read_duration(text, field=field)
    if length < _MINUTE or length % _MINUTE:
        raise InvalidInput(
            f"{field}: an occurrence lasts whole minutes, one at least.", field=field
        )
    return length // _MINUTE


def read_occurrence(text: str, *, at: time, field: str) -> datetime:
    """The local start of an occurrence: a date (there is one a day at most, it starts `at`), or both."""
    if is_local(text):
        return read_local(text, field=field)
    return datetime.combine(read_date(text, field=field), at)


def read_exceptions(texts: Sequence[str], *, at: time) -> tuple[datetime, ...]:
    """The local starts that don't happen."""
    return tuple(read_occurrence(text, at=at, field="--except") for text in texts)


def read_date(text: str, *, field: str) -> date:
    """Read `2027-12-31`."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip(), re.ASCII):
        return read_local(f"{text.strip()}T00:00", field=field).date()
    raise InvalidInput(
        f"{field}: {text[:60]!r} is not a day. Write it like 2027-12-31.", field=field
    )
