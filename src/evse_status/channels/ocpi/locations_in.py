"""What do the pages of a Locations feed say? Any JSON in; records, and what was wrong, out.

    read_locations(pages, *, default_party=None, origin="the feed") -> Reading

Versions 2.1.1, 2.2.1 and 2.3.0 are told apart field by field, not feed by feed: real ones mix them.
A page is a bare list, `{"data": …}` or `{"items": …, "next": …}` with a list or one object, or one
Location. What can't be used is reported with its place and reason, and the rest goes on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from evse_status.channels.ocpi import from_2_1_1, tidy
from evse_status.channels.ocpi.countries import country
from evse_status.channels.ocpi.evses_in import LONGEST_ID, read_evses
from evse_status.channels.ocpi.records import (
    EvseRecord,
    Findings,
    LocationRecord,
    Place,
    Problem,
    Reading,
)
from evse_status.core.errors import UnknownZone, UnreadableFeed
from evse_status.core.evse_id import EvseIdKind, evse_id
from evse_status.core.local_time import zone
from evse_status.core.statuses import ActualStatus

__all__ = ["EvseRecord", "LocationRecord", "Problem", "Reading", "read_locations"]

Party = tuple[str, str]

_ENVELOPES = ("data", "items", "locations")
_MARKS_OF_A_LOCATION = ("evses", "coordinates", "address", "city")
_ID_IN_OCPI = 36
_FALSE_WORDS = frozenset({"false", "no", "0"})
_TRUE_WORDS = frozenset({"true", "yes", "1"})


def read_locations(
    pages: Iterable[object], *, default_party: Party | None = None, origin: str = "the feed"
) -> Reading:
    """Understand the JSON values of all pages of one feed.

    `default_party` is the country code and party id of Locations that don't tell theirs (2.1.1).
    Of two Locations with one id, or two EVSEs with one uid, the first is taken. Raises
    UnreadableFeed, naming `origin`, where there is something in it but not one Location.
    """
    findings = Findings()
    records: dict[tuple[str, str, str], LocationRecord] = {}
    found_strangers, found_locations, single, more = False, False, False, False
    for number, body in enumerate(pages):
        items, single_page, more = _unwrapped(body, origin)
        single = single or single_page
        for place, raw in items:
            here = replace(place, path=f"page {number + 1} {place.path}") if number else place
            if not _is_location(raw):
                found_strangers = True
                findings.refuse(here, "this is not an OCPI Location.")
                continue
            found_locations = True
            record = _read_location(raw, here, findings, default_party)
            if record is not None:
                _keep(record, here, records, findings)
    if found_strangers and not found_locations:
        raise UnreadableFeed(
            f"{origin} holds JSON but no OCPI Locations. "
            "Give the address or file of the module Locations."
        )
    _warn_of_shared_ids(records.values(), findings)
    return Reading(
        locations=tuple(records.values()),
        problems=tuple(findings.problems),
        warnings=tuple(findings.warnings),
        whole=found_locations and not single and not more,
    )


def next_page(body: object) -> str | None:
    """What a page says in its own `next` about the page after it: an address or a vendor's mark."""
    if not isinstance(body, dict) or _is_location(body):
        return None
    return tidy.text(body.get("next")) or None


def _unwrapped(body: object, origin: str) -> tuple[Iterator[tuple[Place, Any]], bool, bool]:
    if isinstance(body, list):
        return _items(body, Place("")), False, False
    if not isinstance(body, dict):
        raise UnreadableFeed(f"{origin} holds no OCPI Locations, only {_kind(body)}.")
    _refuse_ocpi_error(body, origin)
    if _is_location(body):
        return iter([(Place(""), body)]), True, False
    key = next((key for key in _ENVELOPES if key in body), None)
    if key is None:
        raise UnreadableFeed(
            f"{origin} holds no OCPI Locations but an object with {_keys(body)}. "
            "Give the address or file of the module Locations."
        )
    inside, more = body[key], next_page(body) is not None
    if inside is None:
        return iter(()), False, more
    if isinstance(inside, list):
        return _items(inside, Place(key)), False, more
    if isinstance(inside, dict):
        return iter([(Place(key), inside)]), True, more
    raise UnreadableFeed(f"{origin} holds no OCPI Locations: its {key!r} is {_kind(inside)}.")


def _items(items: list[Any], place: Place) -> Iterator[tuple[Place, Any]]:
    return ((place.index(number), item) for number, item in enumerate(items))


def _refuse_ocpi_error(body: dict[str, Any], origin: str) -> None:
    code = tidy.number(body.get("status_code"))
    if code is None or 1000 <= code < 2000:
        return
    said = tidy.text(body.get("status_message"))[:200]
    raise UnreadableFeed(
        f"{origin} is OCPI's error {code:.0f}{f' ({said})' if said else ''} instead of Locations. "
        "Ask the sender about it, or check the token."
    )


def _is_location(value: object) -> bool:
    return isinstance(value, dict) and any(key in value for key in _MARKS_OF_A_LOCATION)


def _read_location(
    raw: dict[str, Any], place: Place, findings: Findings, default_party: Party | None
) -> LocationRecord | None:
    ocpi_id = tidy.text(raw.get("id"))
    place = replace(place, location_id=ocpi_id[:LONGEST_ID])
    if not _id_fits(ocpi_id, place, findings):
        return None
    try:
        content = tidy.document({key: value for key, value in raw.items() if key != "evses"})
    except tidy.TooDeep:
        findings.refuse(place, f"the Location is nested more than {tidy.DEEPEST} levels deep.")
        return None
    content = from_2_1_1.location(content)
    party = _party(content, raw.get("evses"), default_party)
    if party is None:
        findings.refuse(
            place,
            "the Location has no usable country_code (2 letters) and party_id (3 letters or "
            "digits), and its EVSE ids don't tell them; give them with --default-party, "
            "for example DK/ABC.",
        )
        return None
    evses = read_evses(raw.get("evses"), place.at("evses"), findings)
    latitude, longitude = _coordinates(content.get("coordinates"), place, findings)
    address, city = _told(content, "address", place, findings), tidy.text(content.get("city"))
    land = tidy.text(content.get("country")).upper()
    known = country(land) or country(party[0])
    return LocationRecord(
        country_code=party[0],
        party_id=party[1],
        ocpi_id=ocpi_id,
        name=tidy.text(content.get("name")) or address or ocpi_id,
        address=address,
        city=city,
        postal_code=tidy.text(content.get("postal_code")),
        country=land or (known.alpha3 if known else ""),
        latitude=latitude,
        longitude=longitude,
        time_zone=_time_zone(content.get("time_zone"), land or party[0], place, findings),
        publish=_publish(content.get("publish"), place, findings),
        content=content,
        evses=evses,
    )


def _id_fits(ocpi_id: str, place: Place, findings: Findings) -> bool:
    if not ocpi_id:
        findings.refuse(place.at("id"), "the Location has no id.")
        return False
    if len(ocpi_id) > LONGEST_ID:
        findings.refuse(
            place.at("id"),
            f"the id has {len(ocpi_id):,} characters, at most {LONGEST_ID} are kept.",
        )
        return False
    if len(ocpi_id) > _ID_IN_OCPI:
        findings.warn(
            place.at("id"),
            f"the id has {len(ocpi_id)} characters, OCPI allows {_ID_IN_OCPI}; "
            "partners may refuse it.",
        )
    return True


def _party(content: dict[str, Any], evses: object, default_party: Party | None) -> Party | None:
    code, party = (tidy.text(content.get(key)).upper() for key in ("country_code", "party_id"))
    if (known := country(code)) is not None:
        code = known.alpha2
    for other in (default_party, *_prefixes(evses)):
        if _is_party(code, party):
            break
        if other is not None:
            code = code if _is_country_code(code) else other[0].upper()
            party = party if _is_party_id(party) else other[1].upper()
    return (code, party) if _is_party(code, party) else None


def _prefixes(evses: object) -> Iterator[Party]:
    for raw in tidy.sequence(evses):
        found = evse_id(tidy.text(tidy.mapping(raw).get("evse_id")))
        if found.kind is EvseIdKind.ISO:
            yield found.key[:2], found.key[2:5]


def _is_party(code: str, party: str) -> bool:
    return _is_country_code(code) and _is_party_id(party)


def _is_country_code(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isalpha()


def _is_party_id(text: str) -> bool:
    return len(text) == 3 and text.isascii() and text.isalnum()


def _told(content: dict[str, Any], key: str, place: Place, findings: Findings) -> str:
    found = tidy.text(content.get(key))
    if not found:
        findings.warn(place.at(key), f"the Location has no {key}.")
    return found


def _coordinates(
    value: object, place: Place, findings: Findings
) -> tuple[float, float] | tuple[None, None]:
    latitude, longitude = (
        tidy.number(tidy.mapping(value).get(key)) for key in ("latitude", "longitude")
    )
    if latitude is None or longitude is None:
        findings.warn(place.at("coordinates"), "the Location has no usable coordinates.")
        return None, None
    if abs(latitude) > 90 or abs(longitude) > 180 or latitude == longitude == 0:
        findings.warn(
            place.at("coordinates"),
            f"{latitude:g}, {longitude:g} can't be where a charger stands; "
            "the Location is kept without coordinates.",
        )
        return None, None
    return latitude, longitude


def _time_zone(value: object, land: str, place: Place, findings: Findings) -> str:
    told = tidy.text(value)
    try:
        return zone(told).key
    except UnknownZone:
        said = f"{told[:40]!r} is no IANA time zone" if told else "the Location has no time_zone"
    known = country(land)
    if known is not None and known.zone is not None:
        findings.warn(place.at("time_zone"), f"{said}; {known.zone} is taken from its country.")
        return known.zone
    findings.warn(
        place.at("time_zone"),
        f"{said}, and its country has more than one or isn't known; UTC is used.",
    )
    return "UTC"


def _publish(value: object, place: Place, findings: Findings) -> bool:
    if isinstance(value, bool):
        return value
    if value is None or value == "":
        return True
    word = tidy.text(value).lower()
    shown = word in _TRUE_WORDS
    if word not in _TRUE_WORDS | _FALSE_WORDS:
        findings.warn(
            place.at("publish"),
            f"{tidy.shown(value)} is neither true nor false; the Location is not shown to drivers.",
        )
    return shown


def _keep(
    record: LocationRecord,
    place: Place,
    records: dict[tuple[str, str, str], LocationRecord],
    findings: Findings,
) -> None:
    key = (record.country_code, record.party_id, record.ocpi_id.upper())
    if key in records:
        findings.refuse(
            replace(place.at("id"), location_id=record.ocpi_id),
            f"the id {record.ocpi_id} is in the feed twice; the first one is kept.",
        )
        return
    records[key] = record


def _warn_of_shared_ids(records: Iterable[LocationRecord], findings: Findings) -> None:
    first: dict[str, tuple[str, str]] = {}
    for location in records:
        for evse in location.evses:
            if evse.status is ActualStatus.REMOVED:
                continue
            where, text = first.setdefault(evse_id(evse.evse_id).key, (evse.uid, evse.evse_id))
            if where != evse.uid:
                findings.warn(
                    Place("evse_id", location.ocpi_id, evse.evse_id),
                    f"EVSE {evse.uid} and EVSE {where} ({text}) answer to the same id; "
                    "give each its own at the source.",
                )


def _kind(value: object) -> str:
    if value is None:
        return "null"
    return {bool: "true or false", str: "a text"}.get(type(value), "a number")


def _keys(body: dict[str, Any]) -> str:
    names = [repr(tidy.text(key)[:30]) for key in list(body)[:4]]
    return f"the keys {', '.join(names)}" if names else "no keys"
