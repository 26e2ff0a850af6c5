"""What does a PUT or PATCH of one object say, beside what is known of it? OCPI 2.2.1, 8.2.2."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evse_status.channels.ocpi import instants, tidy
from evse_status.core.errors import InvalidInput, NotFound


@dataclass(frozen=True, slots=True)
class Named:
    """The object of a request: a Location, one of its EVSEs, or one of that EVSE's Connectors."""

    country_code: str
    party_id: str
    location_id: str
    evse_uid: str = ""
    connector_id: str = ""

    @property
    def party(self) -> tuple[str, str]:
        """Country code and party id as they are kept."""
        return self.country_code.upper(), self.party_id.upper()

    @property
    def location_key(self) -> tuple[str, str, str]:
        """By what its Location is kept."""
        return (*self.party, self.location_id.upper())

    @property
    def evse_key(self) -> tuple[str, str, str, str]:
        """By what its EVSE is kept."""
        return (*self.location_key, self.evse_uid.upper())


def with_its_ids(named: Named, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with the ids of its address. Raises InvalidInput where they differ (2.2.1, 8.2.2.2)."""
    if named.connector_id:
        ids = {"id": named.connector_id}
    elif named.evse_uid:
        ids = {"uid": named.evse_uid}
    else:
        ids = {
            "country_code": named.country_code,
            "party_id": named.party_id,
            "id": named.location_id,
        }
    for key, expected in ids.items():
        told = tidy.text(body.get(key))
        if told and told.upper() != expected.upper():
            raise InvalidInput(
                f"{key}: {told[:40]!r} isn't {expected[:40]!r}, as the address says.", field=key
            )
    absent = {key: value for key, value in ids.items() if not tidy.text(body.get(key))}
    return {**absent, **body}


def with_connector(
    evse: dict[str, Any], connector_id: str, told: Mapping[str, Any], *, adds: bool
) -> dict[str, Any]:
    """The EVSE with one Connector replaced or added, or changed (raises NotFound)."""
    plugs = list(tidy.sequence(evse.get("connectors")))
    key = connector_id.upper()
    place = next(
        (n for n, one in enumerate(plugs) if tidy.text(tidy.mapping(one).get("id")).upper() == key),
        None,
    )
    if place is not None:
        known_at = instants.read(tidy.mapping(plugs[place]).get("last_updated"))
        told_at = instants.read(told.get("last_updated"))
        if known_at is None or told_at is None or known_at <= told_at:
            plugs[place] = dict(told) if adds else {**plugs[place], **told}
    elif adds:
        plugs.append(dict(told))
    else:
        raise NotFound("There is no such Connector here. PUT it whole.")
    stamps = [
        at for at in map(instants.read, (evse.get("last_updated"), told.get("last_updated"))) if at
    ]
    latest = {"last_updated": instants.text(max(stamps))} if stamps else {}
    return {**evse, "connectors": plugs, **latest}


def part_of(parts: Sequence[Any], key: str, wanted: str) -> dict[str, Any]:
    """One of the EVSEs or Connectors; ids compare whatever their case. Raises NotFound."""
    for one in parts:
        if isinstance(one, dict) and tidy.text(one.get(key)).upper() == wanted.upper():
            return one
    raise NotFound(f"There is nothing called {wanted[:40]!r} in it.")


def uid_of(evse: object) -> str:
    """By what an EVSE is known: its uid in upper case, or where it has none its evse_id."""
    told = tidy.mapping(evse)
    return (tidy.text(told.get("uid")) or tidy.text(told.get("evse_id"))).upper()
