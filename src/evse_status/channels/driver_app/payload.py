"""What exactly does a driver app get? JSON of its lists and the events of its stream, as they are sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from evse_status.channels.ocpi import connectors, tidy
from evse_status.core.app_display import AppShown
from evse_status.core.contrast import text_on
from evse_status.core.period import write_instant
from evse_status.core.translation import AppLook

Form = dict[str, Any]


class EventName(StrEnum):
    """What an event of the stream is about."""

    READY = "ready"  # the first one: it listens from this place on
    EVSE = "evse"  # a whole record: new to the app, or what it says beside its status changed
    CHANGE = "change"  # an EVSE looks different
    GONE = "gone"  # an EVSE isn't shown any more
    RESET = "reset"  # too much was missed: fetch everything again


@dataclass(frozen=True, slots=True)
class AppLocation:
    """A site as an app draws it: `uid` is our number of it, coordinates in degrees, `None` not told."""

    uid: int
    id: str
    operator: str
    country_code: str
    name: str
    address: str
    city: str
    postal_code: str
    country: str
    latitude: float | None
    longitude: float | None
    time_zone: str


@dataclass(frozen=True, slots=True)
class AppEvse:
    """An EVSE as an app shows it since `since`; `uid` is our number of it, `content` what a feed said of it."""

    uid: int
    evse_id: str
    physical_reference: str
    shown: AppShown
    since: datetime
    content: Mapping[str, Any]
    location: AppLocation

    @property
    def look(self) -> AppLook:
        """Its label and colour; what isn't shown is none of these."""
        assert self.shown.look is not None
        return self.shown.look


def evse_form(evse: AppEvse) -> Form:
    """An EVSE of a list, and of the event `evse`."""
    where = evse.location
    known = where.latitude is not None and where.longitude is not None
    return {
        "uid": evse.uid,
        "evseId": evse.evse_id,
        **_look_form(evse.look, evse.shown),
        "since": write_instant(evse.since),
        "physicalReference": evse.physical_reference,
        "connectors": _connector_forms(evse.content),
        "location": {
            "uid": where.uid,
            "id": where.id,
            "operator": where.operator,
            "countryCode": where.country_code,
            "name": where.name,
            "address": where.address,
            "city": where.city,
            "postalCode": where.postal_code,
            "country": where.country,
            "coordinates": {"latitude": where.latitude, "longitude": where.longitude}
            if known
            else None,
            "timeZone": where.time_zone,
        },
    }


def change_form(
    *,
    uid: int,
    evse_id: str,
    location_uid: int,
    location_id: str,
    look: AppLook,
    available: bool,
    since: datetime,
) -> Form:
    """The event `change`: an EVSE looks so since `since`."""
    return {
        "uid": uid,
        "evseId": evse_id,
        "locationUid": location_uid,
        "locationId": location_id,
        **_look_form(look, AppShown(look, available)),
        "since": write_instant(since),
    }


def gone_form(uid: int, evse_id: str | None) -> Form:
    """The event `gone`; the id is left out where the app may not know it any more."""
    return {"uid": uid} if evse_id is None else {"uid": uid, "evseId": evse_id}


def body(form: Mapping[str, Any]) -> str:
    """One object as it is sent."""
    return json.dumps(form, ensure_ascii=False, separators=(",", ":"))


def event(name: EventName, form: Mapping[str, Any], *, place: str = "") -> str:
    """One event of the stream as it is sent; `place` is where to go on after it."""
    where = f"id: {place}\n" if place else ""
    return f"{where}event: {name.value}\ndata: {body(form)}\n\n"


def sign_of_life(place: str) -> str:
    """What is sent while nothing happens: a comment, and up to where that is so."""
    return f": still here\nid: {place}\n\n"


def _look_form(look: AppLook, shown: AppShown) -> Form:
    return {
        "label": look.label,
        "colour": look.colour,
        "textColour": text_on(look.colour),
        "available": shown.available,
    }


def _connector_forms(content: Mapping[str, Any]) -> list[Form]:
    plugs = map(tidy.mapping, tidy.sequence(content.get("connectors")))
    return [
        {
            "id": tidy.text(plug.get("id")) or str(number),
            "standard": tidy.text(plug.get("standard")) or None,
            "format": tidy.text(plug.get("format")) or None,
            "powerType": tidy.text(plug.get("power_type")) or None,
            "powerW": connectors.strongest_w([plug]),
        }
        for number, plug in enumerate(plugs, start=1)
    ]
