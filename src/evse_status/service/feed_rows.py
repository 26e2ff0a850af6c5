"""What is kept of a Location and an EVSE that a feed tells of?"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from evse_status.channels.ocpi import instants
from evse_status.channels.ocpi.locations_in import EvseRecord, LocationRecord
from evse_status.core.evse_id import evse_id

TOLD_OF_AN_EVSE = ("uid", "evse_id", "physical_reference", "content")
"""Columns of an EVSE that say what the feed says; the others follow from its location too."""
_KEPT = 100  # characters of each part of a sort key: PostgreSQL indexes at most 2,700 bytes


def key(record: LocationRecord) -> tuple[str, str, str]:
    """By what a location is known: country code, party id, upper-case id."""
    return (record.country_code, record.party_id, record.ocpi_id.upper())


def location_values(record: LocationRecord) -> dict[str, Any]:
    """The columns of a location."""
    return {
        "country_code": record.country_code,
        "party_id": record.party_id,
        "ocpi_id": record.ocpi_id,
        "ocpi_key": record.ocpi_id.upper(),
        "name": record.name,
        "address": record.address,
        "city": record.city,
        "postal_code": record.postal_code,
        "country": record.country,
        "latitude": record.latitude,
        "longitude": record.longitude,
        "time_zone": record.time_zone,
        "publish": record.publish,
        "content": record.content,
    }


def evse_values(location: LocationRecord, record: EvseRecord, location_id: int) -> dict[str, Any]:
    """The columns of an EVSE."""
    known_as = evse_id(record.evse_id)
    searched = (
        record.evse_id,
        known_as.key,
        record.physical_reference,
        record.charger,
        location.name,
        location.address,
        location.city,
        location.ocpi_id,
    )
    return {
        "location_id": location_id,
        "uid": record.uid,
        "uid_key": record.uid.upper(),
        "evse_id": record.evse_id,
        "evse_key": known_as.key,
        "charger": record.charger,
        "physical_reference": record.physical_reference,
        "search": " ".join(searched).casefold(),
        "sort_key": _sort_key(
            location.city,
            location.name,
            location.ocpi_id,
            record.charger,
            record.evse_id,
        ),
        "power_w": record.power_w,
        "connectors": record.connectors,
        "content": record.content,
    }


def _sort_key(*parts: str) -> str:
    """Parts one after the other, case folded, numbers by their value ("Bay 2" before "Bay 10")."""
    return "\x1f".join(
        re.sub(r"\d+", lambda digits: digits[0].lstrip("0").zfill(12)[:40], part.casefold())[:_KEPT]
        for part in parts
    )


def differs(row: Row[Any], values: Mapping[str, Any]) -> bool:
    """Whether anything but `last_updated` changed."""
    for name, value in values.items():
        known = getattr(row, name)
        if name == "content":
            # last_updated moves with every report of a status; that is no change of content
            known, value = _without_stamp(known), _without_stamp(value)
        if known != value:
            return True
    return False


def _without_stamp(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != "last_updated"}


def stamp(content: Mapping[str, Any]) -> datetime | None:
    """When it was last updated as it says itself."""
    return instants.read(content.get("last_updated"))
