"""Who is told, and who tells us? What a counterparty is, and how it wants to be talked to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from evse_status.core.brand import NO_BRAND, Brand, brand
from evse_status.core.errors import InvalidInput
from evse_status.core.json_values import (
    codes,
    number,
    numbers,
    require_within,
    statuses,
    statuses_or_all,
    text,
    whole,
    whole_or_none,
    word,
    yes_or_no,
)
from evse_status.core.statuses import TemporaryStatus
from evse_status.core.translation import Channel, Profile
from evse_status.core.translation import profile as require_profile


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

    @property
    def parts(self) -> tuple[int, ...]:
        """What versions are ordered by."""
        return tuple(int(part) for part in self.split("."))


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
    profile: str = "default"  # driver apps: which presentation profile it is shown
    brand: Brand = NO_BRAND  # driver apps: its own labels and colours over that profile
    operator_id: str = ""  # Hubject: the OperatorID in whose name is pushed, like "DK*DMO"
    insert_unknown: bool = False  # Hubject: insert EVSEs that the hub says it doesn't know
    requests_per_minute: int | None = None
    concurrency: int = 8
    timeout_seconds: float = 10.0

    def __post_init__(self) -> None:
        require_profile(self.profile)
        require_within("requestsPerMinute", self.requests_per_minute, 1, 100_000)
        require_within("concurrency", self.concurrency, 1, 64)
        require_within("timeoutSeconds", self.timeout_seconds, 1, 120)

    @property
    def shown_in(self) -> Profile:
        """The presentation profile of a driver app, with its own labels and colours."""
        return self.brand.over(require_profile(self.profile))

    def as_json(self) -> dict[str, Any]:
        """The form that is stored and that programs get; sets as sorted lists, `null` is no limit."""
        return {
            "role": self.role.value,
            "channel": self.channel.value,
            "mode": self.mode.value,
            "url": self.url,
            "handshake": self.handshake,
            "version": self.version.value,
            "operators": _listed(self.reach.operators),
            "countries": _listed(self.reach.countries),
            "locations": _listed(self.reach.locations),
            "unpublished": self.reach.unpublished,
            "statuses": _listed(self.statuses),
            "announced": _listed(self.announced),
            "schedule": self.schedule,
            "base64Token": self.base64_token,
            "explicitNulls": self.explicit_nulls,
            "readBack": self.read_back,
            "privateNetwork": self.private_network,
            "profile": self.profile,
            "brand": self.brand.as_json(),
            "operatorId": self.operator_id,
            "insertUnknown": self.insert_unknown,
            "requestsPerMinute": self.requests_per_minute,
            "concurrency": self.concurrency,
            "timeoutSeconds": self.timeout_seconds,
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "PartnerSettings":
        """Read `as_json` again; a name that is absent takes its default.

        Names that aren't known and values that don't fit are refused by name (InvalidInput).
        Unless it is said, a driver app isn't shown what is unpublished.
        """
        unknown = [name for name in told if name not in _READERS]
        if unknown:
            raise InvalidInput(
                f"{str(unknown[0])[:60]}: is no setting of a partner. "
                f"There are {', '.join(_READERS)}.",
                field=str(unknown[0])[:60],
            )
        read = {name: _READERS[name](name, value) for name, value in told.items()}
        if read.get("channel") is Channel.SPIRII_GO:
            read.setdefault("unpublished", False)
        reach = Reach(**{name: read.pop(name) for name in _OF_REACH if name in read})
        return cls(reach=reach, **{_FIELDS.get(name, name): value for name, value in read.items()})


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
    url: str = ""  # its versions address, as it told it or as it was given to us

    def endpoint(self, module: str, interface: str) -> str | None:
        """The address of one interface of a module, without a slash at its end; `None` if it has none."""
        address = self.endpoints.get((module, interface))
        return None if address is None else address.rstrip("/")

    def as_json(self) -> dict[str, Any]:
        """The form that is stored."""
        return {
            "version": self.version.value,
            "url": self.url,
            "endpoints": [
                {"module": module, "interface": interface, "url": url}
                for (module, interface), url in self.endpoints.items()
            ],
            "parties": [
                {
                    "role": party.role,
                    "countryCode": party.country_code,
                    "partyId": party.party_id,
                    "name": party.name,
                }
                for party in self.parties
            ],
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Registration":
        """Read `as_json` again."""
        return cls(
            version=OcpiVersion(told["version"]),
            endpoints=MappingProxyType(
                {(one["module"], one["interface"]): one["url"] for one in told["endpoints"]}
            ),
            parties=tuple(
                Party(one["role"], one["countryCode"], one["partyId"], one["name"])
                for one in told["parties"]
            ),
            url=told["url"],
        )


def highest_common(offered: Iterable[str]) -> OcpiVersion | None:
    """The highest version that both sides speak, `None` if there is none."""
    common = [one for one in OcpiVersion if one in {text.strip() for text in offered}]
    return max(common, key=lambda one: one.parts, default=None)


def _listed(values: Iterable[Any] | None) -> list[Any] | None:
    return (
        None
        if values is None
        else sorted(one.value if isinstance(one, StrEnum) else one for one in values)
    )


_READERS: Mapping[str, Callable[[str, object], Any]] = {
    "role": word(PartnerRole),
    "channel": word(Channel),
    "mode": word(PartnerMode),
    "url": text,
    "handshake": yes_or_no,
    "version": word(OcpiVersion),
    "operators": codes,
    "countries": codes,
    "locations": numbers,
    "unpublished": yes_or_no,
    "statuses": statuses_or_all,
    "announced": statuses,
    "schedule": yes_or_no,
    "base64Token": yes_or_no,
    "explicitNulls": yes_or_no,
    "readBack": yes_or_no,
    "privateNetwork": yes_or_no,
    "profile": text,
    "brand": brand,
    "operatorId": text,
    "insertUnknown": yes_or_no,
    "requestsPerMinute": whole_or_none,
    "concurrency": whole,
    "timeoutSeconds": number,
}
"""How each setting is read, in the order in which they are shown."""

_OF_REACH = ("operators", "countries", "locations", "unpublished")
_FIELDS = {
    "base64Token": "base64_token",
    "explicitNulls": "explicit_nulls",
    "readBack": "read_back",
    "privateNetwork": "private_network",
    "operatorId": "operator_id",
    "insertUnknown": "insert_unknown",
    "requestsPerMinute": "requests_per_minute",
    "timeoutSeconds": "timeout_seconds",
}
