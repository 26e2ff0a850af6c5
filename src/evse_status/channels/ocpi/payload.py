"""What exactly is sent to a receiver of OCPI's module Locations when a status changes? (2.2.1, 8.2.2.3)"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from evse_status.channels.ocpi import instants


def status_patch(status: str, last_updated: datetime) -> dict[str, Any]:
    """The PATCH of an EVSE's status, an OCPI word."""
    return {"status": status, "last_updated": instants.text(last_updated)}


def schedule_patch(schedule: Sequence[Mapping[str, Any]], last_updated: datetime) -> dict[str, Any]:
    """The PATCH of an EVSE's `status_schedule` alone: never together with the status, as two
    receivers refuse a correct list."""
    return {"status_schedule": list(schedule), "last_updated": instants.text(last_updated)}


def body(told: Mapping[str, Any]) -> bytes:
    """An object as it goes over the wire."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
