"""How does OCPI 2.1.1 say what 2.2.1 says? Locations and connectors in the words of 2.2.1."""

from typing import Any

from evse_status.channels.ocpi import tidy

_PARKING_TYPES = {
    "ON_STREET": "ON_STREET",
    "PARKING_GARAGE": "PARKING_GARAGE",
    "UNDERGROUND_GARAGE": "UNDERGROUND_GARAGE",
    "PARKING_LOT": "PARKING_LOT",
    "OTHER": None,
    "UNKNOWN": None,
}
"""LocationType of OCPI 2.1.1 to ParkingType of 2.2.1, which has no words for two of them."""

_POWER_TYPES = frozenset({"AC_1_PHASE", "AC_3_PHASE", "DC"})
_LINE_TO_LINE_FROM_VOLTS = 300
_CONNECTOR_FIELDS = {"voltage": "max_voltage", "amperage": "max_amperage"}


def location(content: dict[str, Any]) -> dict[str, Any]:
    """Replace `type` by `parking_type`, in its place; anything else stays."""
    kind = content.get("type")
    if "parking_type" in content or not isinstance(kind, str) or kind.upper() not in _PARKING_TYPES:
        return content
    told = _PARKING_TYPES[kind.upper()]
    renamed = {"parking_type" if key == "type" else key: value for key, value in content.items()}
    if told is None:
        del renamed["parking_type"]
    else:
        renamed["parking_type"] = told
    return renamed


def evse(content: dict[str, Any]) -> dict[str, Any]:
    """Convert its connectors; anything else stays."""
    connectors = content.get("connectors")
    if not isinstance(connectors, list):
        return content
    return content | {
        "connectors": [_connector(item) if isinstance(item, dict) else item for item in connectors]
    }


def _connector(content: dict[str, Any]) -> dict[str, Any]:
    converted: dict[str, Any] = {}
    for key, value in content.items():
        newer = _CONNECTOR_FIELDS.get(key)
        if newer is not None and newer not in content:
            converted[newer] = value
        elif key == "tariff_id" and "tariff_ids" not in content:
            if value not in (None, ""):
                converted["tariff_ids"] = [value]
        elif key == "type" and "power_type" not in content:
            power_type = _power_type(value, tidy.number(content.get("voltage")))
            converted["power_type" if power_type else key] = power_type or value
        else:
            converted[key] = value
    return converted


def _power_type(value: object, volts: float | None) -> str | None:
    word = tidy.text(value).upper()
    if word == "AC" and volts is not None:
        return "AC_3_PHASE" if volts >= _LINE_TO_LINE_FROM_VOLTS else "AC_1_PHASE"
    return word if word in _POWER_TYPES else None
