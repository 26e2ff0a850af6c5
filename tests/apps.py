"""Driver apps in tests: added as partners, asking and listening with their token."""

import json
from dataclasses import dataclass, replace
from typing import Any

from evse_status.core.brand import brand
from evse_status.core.partner import PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.service.driver_apps import NEW_APP
from evse_status.service.partners import NewPartner, add_partner
from evse_status.service.vault import Vault
from evse_status.store.database import Database


def app_settings(profile: str = "default", **more: Any) -> PartnerSettings:
    """Settings of a driver app; `brand` as JSON, and what `Reach` has."""
    own = brand("brand", more.pop("brand", {}))
    statuses = more.pop("statuses", None)
    reach = replace(NEW_APP.reach, **more)
    return replace(NEW_APP, profile=profile, brand=own, statuses=statuses, reach=reach)


def add_app(
    db: Database, name: str = "Spirii Go", profile: str = "default", **more: Any
) -> NewPartner:
    """A driver app and its token."""
    return add_partner(db, LOCAL, name, app_settings(profile, **more), vault=Vault(""))


@dataclass(frozen=True)
class Event:
    """One event as it came."""

    name: str
    data: Any
    id: str = ""


def events_in(text: str) -> list[Event]:
    """The events of a stream, comments with an id included (their name is empty)."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if fields.get("event") or fields.get("id"):
            data = json.loads(fields["data"]) if "data" in fields else None
            found.append(Event(fields.get("event", ""), data, fields.get("id", "")))
    return found
