"""Which labels and colours are a driver app's own? Data, over one of the presentation profiles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from evse_status.core.errors import InvalidInput, TooLong, UnknownWord
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import AppLook, Profile, branded

_LONGEST_LABEL = 40
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Brand:
    """What an app shows differently from its profile, by status."""

    temporary: Mapping[TemporaryStatus, AppLook] = field(
        default_factory=lambda: MappingProxyType({})
    )
    actual: Mapping[ActualStatus, AppLook] = field(default_factory=lambda: MappingProxyType({}))

    def over(self, base: Profile) -> Profile:
        """The profile that the app is shown; `base` itself where nothing is its own."""
        if not self.temporary and not self.actual:
            return base
        return branded(base.name, base, self.temporary, self.actual)

    def as_json(self) -> dict[str, Any]:
        """The form that is stored: {"temporary": {"BLOCKED": {"label": …, "colour": …}}, "actual": {…}}."""
        return {
            kind: {
                status.value: {"label": look.label, "colour": look.colour}
                for status, look in looks.items()
            }
            for kind, looks in (("temporary", self.temporary), ("actual", self.actual))
        }


NO_BRAND = Brand()


def brand(name: str, value: object) -> Brand:
    """Read `Brand.as_json`; what doesn't fit is refused by name (InvalidInput)."""
    told = _map(name, value)
    for key in told:
        if key not in ("temporary", "actual"):
            raise UnknownWord(key, field=name, allowed="temporary, actual")
    return Brand(
        _looks(f"{name}.temporary", told.get("temporary", {}), TemporaryStatus),
        _looks(f"{name}.actual", told.get("actual", {}), ActualStatus),
    )


def _looks(name: str, value: object, kind: type[_Word]) -> Mapping[_Word, AppLook]:
    shown = [one for one in kind if one.value != ActualStatus.REMOVED.value]
    found: dict[_Word, AppLook] = {}
    for key, look in _map(name, value).items():
        status = next((one for one in shown if one.value == key.strip().upper()), None)
        if status is None:
            raise UnknownWord(key, field=name, allowed=", ".join(shown))
        found[status] = _look(f"{name}.{status}", look)
    return MappingProxyType(found)


def _look(name: str, value: object) -> AppLook:
    told = _map(name, value)
    label, colour = told.get("label"), told.get("colour")
    if not isinstance(label, str) or not label.strip() or not label.strip().isprintable():
        raise InvalidInput(f"{name}.label: say in words what the app shows.", field=f"{name}.label")
    if len(label.strip()) > _LONGEST_LABEL:
        raise TooLong(field=f"{name}.label", limit=_LONGEST_LABEL, length=len(label.strip()))
    if not isinstance(colour, str) or not _COLOUR.fullmatch(colour.strip()):
        raise InvalidInput(
            f"{name}.colour: write a colour as # and six hexadecimal digits, like #3F9169.",
            field=f"{name}.colour",
        )
    return AppLook(label.strip(), colour.strip().upper())


def _map(name: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{name}: {str(value)[:60]!r} is no object of JSON.", field=name)
    return value
