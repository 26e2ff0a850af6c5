"""Who is told, and who tells us? What a counterparty is, and how it wants to be talked to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from evse_status.core.statuses import TemporaryStatus
from evse_status.core.translation import Channel


class PartnerRole(StrEnum):
    """Which way statuses go."""

    RECEIVER = "receiver"  # we tell it (an eMSP, a hub)
    UPSTREAM = "upstream"  # it tells us (the CPO's own CSMS)


class PartnerMode(StrEnum):
    """Who else speaks to this partner (design.md section 4)."""

    LOCATIONS_ONLY = "locations-only"  # nobody else tells it of Locations
    IN_BETWEEN = "in-between"  # not yet available
    THROUGH_CSMS = "through-csms"  # not yet available


class OcpiVersion(StrEnum):
    """The versions that are spoken."""

    V2_2_1 = "2.2.1"
    V2_3_0 = "2.3.0"


ANNOUNCED = frozenset({TemporaryStatus.MAINTENANCE, TemporaryStatus.COMMISSIONING})
"""What a `status_schedule` announces unless a partner's setting says otherwise."""
ANNOUNCED_AHEAD = timedelta(days=30)
MOST_ANNOUNCED = 20


@dataclass(frozen=True, slots=True)
class Reach:
    """Which locations are shared; `None` is no limit, and all limits must hold.

    `operators` are OCPI party ids, `countries` OCPI country codes, both upper-case;
    `locations` numbers of locations.
    """

    operators: frozenset[str] | None = None
    countries: frozenset[str] | None = None
    locations: frozenset[int] | None = None
    unpublished: bool = True  # also those with `publish: false`, flagged so

    def includes(
        self, *, party_id: str, country_code: str, location_id: int, publish: bool
    ) -> bool:
        """Whether a location is shared."""
        return (
            (self.operators is None or party_id.upper() in self.operators)
            and (self.countries is None or country_code.upper() in self.countries)
            and (self.locations is None or location_id in self.locations)
            and (publish or self.unpublished)
        )


@dataclass(frozen=True, slots=True)
class PartnerSettings:
    """Everything that can be set about a counterparty, secrets apart.

    `url` is its versions address, or with `handshake=False` the base address of its module
    Locations (static token, no credentials module); empty for one that registers with us first.
    `statuses` are the temporary statuses that it receives, `None` is all: what it is shown is the
    winner among these. `version` is spoken where there is no handshake to agree on one.
    """

    role: PartnerRole = PartnerRole.RECEIVER
    channel: Channel = Channel.OCPI
    mode: PartnerMode = PartnerMode.LOCATIONS_ONLY
    url: str = ""
    handshake: bool = True
    version: OcpiVersion = OcpiVersion.V2_2_1
    reach: Reach = field(default_factory=Reach)
    statuses: frozenset[TemporaryStatus] | None = None
    announced: frozenset[TemporaryStatus] = ANNOUNCED
    schedule: bool = True  # announce upcoming overrides in `status_schedule`
    base64_token: bool = True  # as the specification says; some peers don't encode
    explicit_nulls: bool = False  # absent optional fields as null
    read_back: bool = True  # ask once a day what it has, where it offers GET
    private_network: bool = False  # its address may be one of a private network
    profile: str = "default"
    requests_per_minute: int | None = None
    concurrency: int = 8
    timeout_seconds: float = 10.0

    def as_json(self) -> dict[str, Any]:
        """The form that is stored and that programs get; sets as sorted lists."""
        raise NotImplementedError

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "PartnerSettings":
        """Read `as_json` again; names that aren't known are refused (InvalidInput)."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Party:
    """One role of a counterparty: CPO, EMSP, HUB …, with its country code and party id."""

    role: str
    country_code: str
    party_id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """What a handshake brought.

    `endpoints` are addresses by (module, interface role), like ("locations", "RECEIVER").
    """

    version: OcpiVersion
    endpoints: Mapping[tuple[str, str], str]
    parties: tuple[Party, ...]
