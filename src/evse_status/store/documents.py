"""How does an override look in its history? A JSON object with one key per field."""

from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any

from evse_status.core.override import Override
from evse_status.core.statuses import Cause, Source, TemporaryStatus

_NAMES = tuple(field.name for field in fields(Override))
_ENUMS = {"temporary_status": TemporaryStatus, "cause": Cause, "source": Source}
_INSTANTS = {"requested_from", "starts_at", "valid_to", "made_at", "lease_until", "cleared_at"}


def to_document(override: Override) -> dict[str, Any]:
    """Every field by name; instants in ISO 8601 with offset."""
    return {name: _plain(getattr(override, name)) for name in _NAMES}


def from_document(document: dict[str, Any]) -> Override:
    """The inverse of `to_document`."""
    return Override(**{name: _value(name, value) for name, value in document.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _INSTANTS:
        return datetime.fromisoformat(value)
    return _ENUMS[name](value) if name in _ENUMS else value
