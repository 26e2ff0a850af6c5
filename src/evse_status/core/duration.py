"""How long is `PT1H30M`? ISO 8601 durations of weeks, days, hours, minutes and seconds."""

import re
from datetime import timedelta

from evse_status.core.errors import InvalidInput

_N = "[0-9]{1,6}"
_DATE = f"({_N}W({_N}D)?|{_N}D)"
_TIME = f"T({_N}H({_N}M)?({_N}S)?|{_N}M({_N}S)?|{_N}S)"
DURATION = f"^-?P({_DATE}({_TIME})?|{_TIME})$"
"""The form that is read; a month or a year has no length."""

_FORM = re.compile(DURATION)
_PARTS = {"W": "weeks", "D": "days", "H": "hours", "M": "minutes", "S": "seconds"}


def read_duration(text: str, *, field: str) -> timedelta:
    """Read an ISO 8601 duration, negative with a leading `-`; zero is refused."""
    found = _FORM.fullmatch(text)
    parts = re.findall(r"([0-9]+)([WDHMS])", text) if found else []
    duration = timedelta(**{_PARTS[unit]: int(count) for count, unit in parts})
    if not duration:
        raise InvalidInput(
            f"{field}: {text[:60]!r} is not a duration. Write it like PT1H, PT90M or P1DT12H.",
            field=field,
        )
    return -duration if text.startswith("-") else duration


def write_duration(length: timedelta) -> str:
    """Whole minutes, one at least, as ISO 8601: `PT7H`, `PT90M` as `PT1H30M`, `P1DT2H`."""
    hours, minutes = divmod(length // timedelta(minutes=1), 60)
    days, hours = divmod(hours, 24)
    time = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    return f"P{f'{days}D' * bool(days)}{f'T{time}' * bool(time)}"
