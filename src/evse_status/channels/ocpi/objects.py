"""What is the exact JSON of a Location, an EVSE, a Connector that we publish? OCPI 2.2.1 and 2.3.0, 8.3.

What was imported and isn't ours is published as it came: unknown keys, tariffs, images, words of a
newer version. Ours are the ids, `status`, `status_schedule`, `last_updated`, and on a Location
`publish` and `time_zone`. Of what OCPI defines, `null` and empty texts say nothing and are left
out. What a Location must have is completed from what the import understood: `country` becomes a
3-letter code, an absent `address` the name, coordinates texts with a point, a Connector's id its
number and its `last_updated` its EVSE's; texts that are too long are cut, numbers written as texts
become numbers. What can't be known isn't invented: a Location without coordinates, an EVSE without
connectors are published so, and partners may refuse them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from evse_status.channels.ocpi import instants, tidy
from evse_status.channels.ocpi.countries import country
from evse_status.core.partner import OcpiVersion, PartnerSettings
from evse_status.core.published import Announced
from evse_status.core.translation import words


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a Location beside what a feed said."""

    country_code: str
    party_id: str
    ocpi_id: str
    name: str
    address: str
    city: str
    country: str
    latitude: float | None
    longitude: float | None
    time_zone: str
    publish: bool


@dataclass(frozen=True, slots=True)
class _Form:
    """The fields of a class of OCPI that needn't be there, and the classes of those inside."""

    optional: tuple[str, ...] = ()  # one value or none
    since_2_3_0: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    inside: Mapping[str, "_Form"] = field(default_factory=dict)
    longest: Mapping[str, int] = field(default_factory=dict)


_IMAGE = _Form(("thumbnail", "width", "height"))
_BUSINESS = _Form(("website", "logo"), inside={"logo": _IMAGE}, longest={"name": 100})
_HOURS = _Form(lists=("regular_hours", "exceptional_openings", "exceptional_closings"))
_ENERGY = _Form(
    ("supplier_name", "energy_product_name"),
    lists=("energy_sources", "environ_impact"),
    longest={"supplier_name": 64, "energy_product_name": 64},
)
_CONNECTOR = _Form(
    ("max_electric_power", "terms_and_conditions"), lists=("tariff_ids", "capabilities")
)
_EVSE = _Form(
    ("evse_id", "status_schedule", "floor_level", "coordinates", "physical_reference"),
    lists=(
        "capabilities",
        "directions",
        "parking_restrictions",
        "images",
        "parking",
        "accepted_service_providers",
    ),
    inside={"images": _IMAGE},
    longest={"floor_level": 4, "physical_reference": 16},
)
_LOCATION = _Form(
    (
        "name",
        "postal_code",
        "state",
        "parking_type",
        "operator",
        "suboperator",
        "owner",
        "opening_times",
        "charging_when_closed",
        "energy_mix",
    ),
    since_2_3_0=("help_phone",),
    lists=(
        "publish_allowed_to",
        "related_locations",
        "directions",
        "facilities",
        "images",
        "parking_places",
    ),
    inside={
        "operator": _BUSINESS,
        "suboperator": _BUSINESS,
        "owner": _BUSINESS,
        "opening_times": _HOURS,
        "energy_mix": _ENERGY,
        "images": _IMAGE,
        "related_locations": _Form(("name",)),
    },
    longest={"name": 255, "postal_code": 10, "state": 20, "city": 45, "address": 45},
)
_DEGREES = re.compile(r"-?\d{1,3}\.\d{5,7}")
_AS_WRITTEN = re.compile(r"[\d-]{10}T[\d:]{8}(\.\d{1,3})?Z")
_LONGEST = {"latitude": 10, "longitude": 11}


def location_object(
    content: Mapping[str, Any],
    evses: Sequence[dict[str, Any]],
    *,
    place: Place,
    last_updated: datetime,
    settings: PartnerSettings,
) -> dict[str, Any]:
    """One Location with its EVSEs (`evse_object`), its keys in the order in which they came.

    `settings.version` is the version that is spoken. `last_updated` is the latest of its own and its EVSEs'.
    """
    land = country(place.country or place.country_code)
    ours = {
        "country_code": place.country_code,
        "party_id": place.party_id,
        "id": place.ocpi_id,
        "publish": place.publish,
        "address": (place.address or place.name)[:45],
        "city": place.city[:45],
        "country": (land.alpha3 if land else place.country or place.country_code)[:3],
        "coordinates": _coordinates(content.get("coordinates"), place.latitude, place.longitude),
        "time_zone": place.time_zone,
        "evses": list(evses),
        "last_updated": instants.text(last_updated),
    }
    made = {**content, "evses": [], **ours}
    if made["coordinates"] is None:
        del made["coordinates"]
    return _filled(made, _LOCATION, settings)


def evse_object(
    content: Mapping[str, Any],
    *,
    uid: str,
    evse_id: str,
    status: str,
    schedule: Iterable[Announced],
    last_updated: datetime,
    settings: PartnerSettings,
) -> dict[str, Any]:
    """One EVSE with its connectors; `status` is OCPI's word. Without a schedule it has no such field."""
    plugs = [
        connector_object(one, number, last_updated=last_updated, settings=settings)
        for number, one in enumerate(tidy.sequence(content.get("connectors")), start=1)
        if isinstance(one, dict)
    ]
    ours: dict[str, Any] = {"uid": uid, "evse_id": evse_id, "status": status}
    announced = status_schedule(schedule)
    if announced:
        ours["status_schedule"] = announced
    ours |= {"connectors": plugs, "last_updated": instants.text(last_updated)}
    others = {key: value for key, value in content.items() if key != "status_schedule"}
    first = {
        key: ours[key] for key in ("uid", "evse_id", "status", "status_schedule") if key in ours
    }
    return _filled(first | others | ours, _EVSE, settings)


def connector_object(
    content: Mapping[str, Any],
    number: int,
    *,
    last_updated: datetime,
    settings: PartnerSettings,
) -> dict[str, Any]:
    """One Connector; the `number`-th of its EVSE, whose `last_updated` stands in for one of its own."""
    told = dict(content)
    told["id"] = tidy.text(content.get("id")) or str(number)
    for name in ("max_voltage", "max_amperage", "max_electric_power"):
        amount = tidy.number(content.get(name))
        if amount is not None and amount > 0:
            told[name] = max(round(amount), 1)
        elif name == "max_electric_power":
            told.pop(name, None)
    told["last_updated"] = _instant(content.get("last_updated"), last_updated)
    return _filled(told, _CONNECTOR, settings)


def status_schedule(schedule: Iterable[Announced]) -> list[dict[str, Any]]:
    """What is announced, in OCPI's words; an open end has no `period_end`."""
    return [
        {
            "period_begin": instants.text(one.from_at),
            **({"period_end": instants.text(one.to_at)} if one.to_at is not None else {}),
            "status": words(one.status).ocpi,
        }
        for one in schedule
    ]


def _filled(content: Mapping[str, Any], form: _Form, settings: PartnerSettings) -> dict[str, Any]:
    """The object without fields that say nothing, or with explicit nulls where the partner wants them."""
    known = {*form.optional, *form.since_2_3_0, *form.lists}
    filled: dict[str, Any] = {}
    for key, value in content.items():
        if key in known and (value is None or value == ""):
            continue
        inner = form.inside.get(key)
        if inner is not None and isinstance(value, dict):
            value = _filled(value, inner, settings)
        elif inner is not None and isinstance(value, list):
            value = [_filled(v, inner, settings) if isinstance(v, dict) else v for v in value]
        elif key in form.longest and value is not None:
            value = tidy.text(value)[: form.longest[key]] or value
        filled[key] = value
    if settings.explicit_nulls:
        newer = form.since_2_3_0 if settings.version is OcpiVersion.V2_3_0 else ()
        filled |= {key: None for key in (*form.optional, *newer) if key not in filled}
    return filled


def _coordinates(
    told: object, latitude: float | None, longitude: float | None
) -> dict[str, Any] | None:
    """As they came where they are texts as OCPI writes them (8.4.13), else what was understood."""
    came = tidy.mapping(told)
    if all(_is_degrees(came.get(key), longest) for key, longest in _LONGEST.items()):
        return came
    if latitude is None or longitude is None:
        return None
    return came | {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}


def _is_degrees(value: object, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest and bool(_DEGREES.fullmatch(value))


def _instant(told: object, otherwise: datetime) -> str:
    at = instants.read(told)
    if isinstance(told, str) and at is not None and _AS_WRITTEN.fullmatch(told):
        return told
    return instants.text(at or otherwise)
