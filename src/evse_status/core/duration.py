"""How long is `PT1H30M`? ISO 8601 durations of weeks, days, hours, minutes and seconds."""

import re
from datetime import timedelta

from evse_status.core.errors import InvalidInput

DURATION = r"^-?P(?=\d|T\d)(\d{1,6}W)?(\d{1,6}D)?(T(?=\d)(\d{1,6}H)?(\d{1,6}M)?(\d{1,6}S)?)?$"
"""The form that is read; a month or a year has no length."""

_FORM = re.compile(DURATION, re.ASCII)
_PARTS = {"W": "weeks", "D": "days", "H": "hours", "M": "minutes", "S": "seconds"}


def read_duration(text: str, *, field: str) -> timedelta:
    """Read an ISO 8601 duration, negative with a leading `-`; zero is refused."""
    found = _FORM.fullmatch(text)
    parts = re.findall(r"(\d+)([WDHMS])", text) if found else []
    duration = timedelta(**{_PARTS[unit]: int(count) for count, unit in parts})
    if not duration:
        raise InvalidInput(
            f"{field}: {text[:60]!r} is not a duration. Write it like PT1H, PT90M or P1DT12H.",
            field=field,
        )
    return -duration if text.startswith("-") else duration
