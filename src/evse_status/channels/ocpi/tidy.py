"""What does an untidy JSON value say? Texts, numbers and whole documents made safe to keep."""

import json
import math
import unicodedata
from typing import Any

DEEPEST = 40
"""How deep objects and lists may lie in each other; OCPI's own deepest Location has 9 levels."""


class TooDeep(ValueError):
    """A document nested deeper than `DEEPEST`."""


def document(value: Any, *, depth: int = 0) -> Any:
    """Copy a JSON value, keys in order, into one that every database and encoder takes.

    NUL and lone surrogates become U+FFFD; NaN, infinities and absurdly long numbers `None`.
    Raises TooDeep.
    """
    if depth > DEEPEST:
        raise TooDeep
    if isinstance(value, dict):
        return {_safe(str(key)): document(item, depth=depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [document(item, depth=depth + 1) for item in value]
    if isinstance(value, str):
        return _safe(value)
    return value if _is_finite(value) else None


def text(value: object) -> str:
    """One line of text from a string or a number; everything else, null included, says nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not _is_finite(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    line = _safe(str(value))
    if not line.isprintable():
        line = "".join(" " if unicodedata.category(c) in _BREAKING else c for c in line)
    return " ".join(line.split())


def shown(value: object, limit: int = 60) -> str:
    """A value as it stands in a sentence: a text in quotes, anything else by its kind."""
    if isinstance(value, str):
        return repr(_safe(value[:limit]))
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | float):
        return text(value)[:limit] or "a number"
    return "a list" if isinstance(value, list | tuple) else "an object"


def number(value: object) -> float | None:
    """A finite number from a number or a text; a decimal comma is read as a point."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def mapping(value: object) -> dict[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """The list, or an empty one."""
    return value if isinstance(value, list) else []


# Python writes no whole number of more than 4,300 digits.
_LONGEST_NUMBER_BITS = 1024
_BREAKING = frozenset({"Cc", "Zl", "Zp"})


def _safe(value: str) -> str:
    if "\0" not in value and value.isascii():
        return value
    return "".join("\N{REPLACEMENT CHARACTER}" if c == "\0" or _alone(c) else c for c in value)


def _alone(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


def _is_finite(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or value.bit_length() <= _LONGEST_NUMBER_BITS
