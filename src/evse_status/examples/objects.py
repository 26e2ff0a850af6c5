"""Is an object as OCPI says? A strict receiver's look at Locations and EVSEs (2.2.1, 8.3)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from evse_status.examples.envelope import INVALID, TOO_LITTLE, Refused

STATUSES = frozenset(
    [
        "AVAILABLE",
        "BLOCKED",
        "CHARGING",
        "INOPERATIVE",
        "OUTOFORDER",
        "PLANNED",
        "REMOVED",
        "RESERVED",
        "UNKNOWN",
    ]
)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z?")  # 2.2.1, 17.4: string(25)
_COORDINATE = {
    "latitude": re.compile(r"-?\d{1,2}\.\d{1,7}"),
    "longitude": re.compile(r"-?\d{1,3}\.\d{1,7}"),
}

Json = Mapping[str, Any]


def require(told: Json, *names: str, of: str) -> None:
    """Refuse what lacks one of `names`, or has it as null or empty."""
    for name in names:
        if told.get(name) in (None, "", []):
            raise Refused(400, TOO_LITTLE, f"{of}: {name} is missing")


def check_instant(text: Any, name: str) -> str:
    """OCPI's DateTime: UTC, `Z` or nothing behind it, never an offset."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise Refused(400, INVALID, f"{name}: {text!r} is no DateTime of OCPI")
    return text


def comparable(at: str) -> str:
    """A DateTime in a form that sorts like the instants."""
    whole, _, fraction = at.removesuffix("Z").partition(".")
    return f"{whole}.{fraction:0<3}"


def check_nulls(told: Any, path: str = "") -> None:
    """Refuse explicit nulls: an absent optional field is left out (2.2.1, 4.1.3)."""
    pairs: Iterable[tuple[Any, Any]]
    if isinstance(told, dict):
        pairs = told.items()
    elif isinstance(told, list):
        pairs = enumerate(told)
    else:
        return
    for name, value in pairs:
        if value is None:
            raise Refused(400, INVALID, f"{path}{name}: null is not allowed")
        check_nulls(value, f"{path}{name}.")


def check_status(told: Any) -> None:
    """One of OCPI's words."""
    if told not in STATUSES:
        raise Refused(400, INVALID, f"status: {told!r} is no status of OCPI")


def check_schedule(told: Any) -> None:
    """A list of periods in order that don't overlap, each with a status."""
    if not isinstance(told, list):
        raise Refused(400, INVALID, "status_schedule: expected a list")
    ended = ""
    for entry in told:
        require(entry, "period_begin", "status", of="status_schedule")
        check_status(entry["status"])
        begin = comparable(check_instant(entry["period_begin"], "period_begin"))
        if begin < ended:
            raise Refused(400, INVALID, "status_schedule: periods overlap")
        ended = "9999"
        if entry.get("period_end") is not None:
            ended = comparable(check_instant(entry["period_end"], "period_end"))
            if ended <= begin:
                raise Refused(400, INVALID, "status_schedule: a period ends before it begins")


def check_evse(told: Json) -> None:
    """A whole EVSE."""
    require(told, "uid", "status", "connectors", "last_updated", of="EVSE")
    if len(told["uid"]) > 36:
        raise Refused(400, INVALID, "uid: longer than 36 characters")
    check_status(told["status"])
    check_instant(told["last_updated"], "last_updated")
    if told.get("status_schedule") is not None:
        check_schedule(told["status_schedule"])
    for connector in told["connectors"]:
        require(connector, "id", "standard", "format", "power_type", of="connector")
        require(connector, "max_voltage", "max_amperage", "last_updated", of="connector")
        check_instant(connector["last_updated"], "last_updated")


def check_location(told: Json) -> None:
    """A whole Location with its EVSEs."""
    require(told, "country_code", "party_id", "id", "address", "city", "country", of="Location")
    require(told, "coordinates", "time_zone", "last_updated", of="Location")
    if not isinstance(told.get("publish"), bool):
        raise Refused(400, TOO_LITTLE, "Location: publish is missing")
    if not re.fullmatch(r"[A-Z]{3}", told["country"]):
        raise Refused(400, INVALID, f"country: {told['country']!r} is no alpha-3 code")
    for name, form in _COORDINATE.items():
        text = told["coordinates"].get(name)
        if not isinstance(text, str) or not form.fullmatch(text):
            raise Refused(400, INVALID, f"coordinates.{name}: {text!r} is no coordinate of OCPI")
    check_instant(told["last_updated"], "last_updated")
    for evse in told.get("evses") or []:
        check_evse(evse)
        if comparable(evse["last_updated"]) > comparable(told["last_updated"]):
            raise Refused(400, INVALID, "last_updated: an EVSE is newer than its Location")
