"""What is an override called, for people and in an address, also where it isn't stored yet?

The number of an occurrence that isn't stored is negative and wider than a browser can count: neither
people nor addresses nor pictures get it.
"""

import re
from datetime import date, datetime, time

from evse_status.core.series import from_virtual_id, is_virtual, virtual_id

_STORED = re.compile(r"\d{1,18}")
_OCCURRENCE = re.compile(r"s(\d{1,6})\.(2[01]\d\d-\d\d-\d\d)\.(\d{1,8})")
_VIRTUAL = re.compile(r"(?:override )?(-\d{10,19})\b")


def override_name(override_id: int) -> str:
    """What people call it: "#42", "occurrence of series #5"."""
    if not is_virtual(override_id):
        return f"#{override_id}"
    return f"occurrence of series #{from_virtual_id(override_id).series}"


def with_name(what: str, override_id: int) -> str:
    """A status with what its override is called: "Blocked #42", "Blocked, occurrence of series #5"."""
    joint = ", " if is_virtual(override_id) else " "
    return f"{what}{joint}{override_name(override_id)}"


def in_address(override_id: int) -> str:
    """What stands for it in addresses and pictures: "42", "s5.2027-01-05.17" (series, day, EVSE)."""
    if not is_virtual(override_id):
        return str(override_id)
    its = from_virtual_id(override_id)
    return f"s{its.series}.{its.local_day}.{its.evse}"


def from_address(text: str) -> int | None:
    """The override that `in_address` wrote so; `None` if nobody did."""
    if _STORED.fullmatch(text) and text.isascii():
        return int(text)
    found = _OCCURRENCE.fullmatch(text)
    if found is None or not text.isascii():
        return None
    series, day, evse = found.groups()
    try:
        start = datetime.combine(date.fromisoformat(day), time())
    except ValueError:
        return None
    return virtual_id(int(series), int(evse), start)


def without_numbers(sentence: str) -> str:
    """A sentence of the services with what people call an occurrence instead of its number."""
    return _VIRTUAL.sub(lambda found: override_name(int(found.group(1))), sentence)
