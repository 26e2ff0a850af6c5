"""What does a feed of Locations come down to? Plain records, and where something was wrong."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from evse_status.core.statuses import ActualStatus


@dataclass(frozen=True, slots=True)
class EvseRecord:
    """One EVSE of a feed.

    `status_at` is the EVSE's `last_updated` in UTC, `None` if it has none that can be used; it may
    lie in the future. `power_w` is that of its strongest connector in watts. `content` is the EVSE
    as it came, keys in order, without `status`.
    """

    uid: str
    evse_id: str
    status: ActualStatus
    status_at: datetime | None
    charger: str
    physical_reference: str
    power_w: int | None
    connectors: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LocationRecord:
    """One Location of a feed.

    `country_code` and `party_id` are upper-case and of 2 and 3 characters, `time_zone` is an IANA
    zone, `name` is never empty. `content` is the Location as it came, keys in order, without
    `evses`; what came in words of 2.1.1 stands there in those of 2.2.1.
    """

    country_code: str
    party_id: str
    ocpi_id: str
    name: str
    address: str
    city: str
    postal_code: str
    country: str
    latitude: float | None
    longitude: float | None
    time_zone: str
    publish: bool
    content: dict[str, Any]
    evses: tuple[EvseRecord, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a feed: its place like `[17].evses[2].status`, the reason as a sentence,
    and the ids of the Location and the EVSE it is about, as far as known."""

    place: str
    reason: str
    location_id: str = ""
    evse_id: str = ""

    def __str__(self) -> str:
        """One line for people."""
        about = [f"location {self.location_id}"] if self.location_id else []
        about += [f"EVSE {self.evse_id}"] if self.evse_id else []
        known = f" ({', '.join(about)})" if about else ""
        return f"{self.place}{known}: {self.reason}"

    def as_json(self) -> dict[str, str | None]:
        """The form that programs get; what isn't known is null."""
        return {
            "place": self.place,
            "locationId": self.location_id or None,
            "evseId": self.evse_id or None,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """A feed as it was understood.

    `problems` tells which records were refused, `warnings` what was kept although it is untidy.
    `whole` is false for a Location by itself, for an empty feed, and where the last page names
    another one: then nothing can be said to be missing from it.
    """

    locations: tuple[LocationRecord, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    whole: bool

    @property
    def evse_count(self) -> int:
        """How many EVSEs all locations have together."""
        return sum(len(location.evses) for location in self.locations)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a feed one is looking, and what that is about as far as known."""

    path: str
    location_id: str = ""
    evse_id: str = ""

    def at(self, key: str) -> "Place":
        """The field `key` of this place."""
        return replace(self, path=f"{self.path}.{key}" if self.path else key)

    def index(self, number: int) -> "Place":
        """One item of this list."""
        return replace(self, path=f"{self.path}[{number}]")


@dataclass(slots=True)
class Findings:
    """What was found wrong so far, in the order of the feed."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def refuse(self, place: Place, reason: str) -> None:
        """Note a record that isn't taken."""
        self.problems.append(_problem(place, reason))

    def warn(self, place: Place, reason: str) -> None:
        """Note something untidy in a record that is taken."""
        self.warnings.append(_problem(place, reason))


def _problem(place: Place, reason: str) -> Problem:
    return Problem(place.path or "the Location", reason, place.location_id, place.evse_id)
