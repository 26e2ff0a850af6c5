"""Is a value of JSON what a setting wants? Each function reads one kind and names what is wrong."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from evse_status.core.errors import InvalidInput, UnknownWord
from evse_status.core.statuses import TemporaryStatus, temporary_status

_Word = TypeVar("_Word", bound=StrEnum)


def text(name: str, value: object) -> str:
    """A text, without the spaces around it."""
    if not isinstance(value, str):
        raise _not(name, value, "a text")
    return value.strip()


def yes_or_no(name: str, value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise _not(name, value, "true or false")
    return value


def whole(name: str, value: object) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise _not(name, value, "a whole number")
    return value


def whole_or_none(name: str, value: object) -> int | None:
    """A whole number, or null."""
    return None if value is None else whole(name, value)


def number(name: str, value: object) -> float:
    """Any number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _not(name, value, "a number")
    return float(value)


def word(kind: type[_Word]) -> Callable[[str, object], _Word]:
    """One word of a vocabulary, in any case."""

    def read(name: str, value: object) -> _Word:
        for one in kind:
            if isinstance(value, str) and one.lower() == value.strip().lower():
                return one
        raise UnknownWord(value, field=name, allowed=", ".join(kind))

    return read


def codes(name: str, value: object) -> frozenset[str] | None:
    """Country codes or party ids in upper case; null is no limit, none at all is a mistake."""
    if value is None:
        return None
    found = frozenset(text(name, one).upper() for one in _several(name, value))
    if "" in found:
        raise _NothingNamed(name)
    return found


def numbers(name: str, value: object) -> frozenset[int] | None:
    """Numbers of things; null is no limit, none at all is a mistake."""
    return None if value is None else frozenset(whole(name, one) for one in _several(name, value))


def statuses(name: str, value: object) -> frozenset[TemporaryStatus]:
    """Temporary statuses, possibly none."""
    return frozenset(temporary_status(one, field=name) for one in _list(name, value))


def statuses_or_all(name: str, value: object) -> frozenset[TemporaryStatus] | None:
    """Temporary statuses, possibly none; null is all."""
    return None if value is None else statuses(name, value)


def require_within(name: str, value: float | None, least: float, most: float) -> None:
    """Refuse a number out of bounds; both ends are within."""
    if value is not None and not least <= value <= most:
        raise InvalidInput(f"{name}: choose a number from {least:,g} to {most:,g}.", field=name)


class _NothingNamed(InvalidInput):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name}: name at least one, or leave it out for all.", field=name)


def _not(name: str, value: object, wanted: str) -> InvalidInput:
    return InvalidInput(f"{name}: {str(value)[:60]!r} is not {wanted}.", field=name)


def _list(name: str, value: object) -> list[Any]:
    if not isinstance(value, list):
        raise _not(name, value, "a list")
    return value


def _several(name: str, value: object) -> list[Any]:
    found = _list(name, value)
    if not found:
        raise _NothingNamed(name)
    return found
