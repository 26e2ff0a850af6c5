"""What did somebody type on the command line? Instants, durations, parties and phases, or which is wrong."""

import re
from datetime import datetime, timedelta

from evse_status.core.errors import InvalidInput, UnknownWord
from evse_status.core.period import LATEST, read_instant
from evse_status.core.statuses import Phase

_TIME = r"(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,6})S)?"
_DAYS = r"(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,6})D)?"
_DURATIONS = (
    re.compile(rf"(?P<sign>[+-]?){_DAYS}{_TIME}"),
    re.compile(rf"(?P<sign>[+-]?)P{_DAYS}(?:T(?=\d){_TIME})?"),  # ISO 8601; a month has no length
)
_PARTY = re.compile(r"([A-Z]{2})[/*-]?([A-Z0-9]{3})")


def read_duration(text: str, *, field: str) -> timedelta:
    """Read `1h`, `90m`, `1d12h`, `-30m` or ISO 8601 (`PT1H30M`, `P1D`); not zero."""
    typed = text.strip().upper()
    found = next((match for form in _DURATIONS if (match := form.fullmatch(typed))), None)
    parts = (
        {}
        if found is None
        else {name: int(n) for name, n in found.groupdict("0").items() if n.isdecimal()}
    )
    duration = timedelta(**parts)
    if found is None or not duration:
        raise InvalidInput(
            f"{field}: {text[:60]!r} is not a duration. Write it like 1h, 90m, 1d12h or PT1H30M.",
            field=field,
        )
    return -duration if found["sign"] == "-" else duration


def read_moment(text: str, *, field: str, now: datetime) -> datetime:
    """Read an instant with an offset, `now`, or `+4h` counted from `now`."""
    word = text.strip()
    if word.lower() == "now":
        return now
    return _later(now, word, field) if word.startswith("+") else read_instant(text, field=field)


def read_party(text: str | None, *, field: str) -> tuple[str, str] | None:
    """Read a country code and party id like `DK/ABC`."""
    if text is None:
        return None
    found = _PARTY.fullmatch(text.strip().upper())
    if found is None:
        raise InvalidInput(
            f"{field}: {text[:40]!r} is no country code with a party id. Write them like DK/ABC.",
            field=field,
        )
    return found[1], found[2]


def read_phase(text: str | None, *, field: str) -> Phase | None:
    """Read a phase in any case."""
    if text is None:
        return None
    try:
        return Phase(text.strip().lower())
    except ValueError:
        raise UnknownWord(text, field=field, allowed=", ".join(Phase)) from None


def _later(start: datetime, text: str, field: str) -> datetime:
    by = read_duration(text, field=field)
    return start + by if by < LATEST - start else LATEST
