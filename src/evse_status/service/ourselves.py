"""Who are we to partners? Our address, and our roles: the operators of the locations that we share."""

from dataclasses import dataclass

from sqlalchemy import Connection

from evse_status.core.errors import NotSetUp
from evse_status.core.partner import PartnerRole, PartnerSettings, Party
from evse_status.store import partners as store

_ADDRESS = "EVSE_STATUS_PUBLIC_URL"
_COUNTRY, _PARTY = "EVSE_STATUS_OCPI_COUNTRY_CODE", "EVSE_STATUS_OCPI_PARTY_ID"


@dataclass(frozen=True, slots=True)
class Ourselves:
    """What the settings say of us: where we are reached (without a slash at its end), and our own party."""

    base_url: str = ""
    country_code: str = ""
    party_id: str = ""
    name: str = ""

    def reached_at(self, base_url: str) -> "Ourselves":
        """The same, reached at `base_url` where the settings don't say."""
        found = self.base_url or base_url.rstrip("/")
        return Ourselves(found, self.country_code, self.party_id, self.name)

    @property
    def versions_url(self) -> str:
        """Our versions address. Raises NotSetUp where nobody has said where we are reached."""
        if not self.base_url:
            raise NotSetUp(
                f"{_ADDRESS}: is needed, or the partner wouldn't know where we are. "
                "Set the address under which it reaches us, like https://status.example.com.",
                field=_ADDRESS,
            )
        return f"{self.base_url}/ocpi/versions"

    def parties(self, conn: Connection, settings: PartnerSettings) -> tuple[Party, ...]:
        """Our roles towards a partner, our own party first (OCPI 2.2.1, 7.3.1: every role we provide).

        A receiver is told of every operator whose locations it is shown, as CPO. Upstream is the CPO
        itself, so towards it we are somebody who receives its locations: an EMSP, under our own party.
        Raises NotSetUp if there is none.
        """
        own = {(self.country_code, self.party_id)} if self.country_code and self.party_id else set()
        if settings.role is PartnerRole.UPSTREAM:
            found, role = own, "EMSP"
        else:
            found, role = own | _operators(conn, settings), "CPO"
        if not found:
            raise NotSetUp(
                f"{_PARTY}: is needed to say who we are, and so is {_COUNTRY}: like DK and ABC.",
                field=_PARTY,
            )
        return tuple(
            Party(role, country, party, self._name_of(country, party))
            for country, party in sorted(found, key=lambda one: (one not in own, one))
        )

    def _name_of(self, country: str, party: str) -> str:
        is_own = (country, party) == (self.country_code, self.party_id)
        return self.name if is_own and self.name else f"{country}-{party}"


def _operators(conn: Connection, settings: PartnerSettings) -> set[tuple[str, str]]:
    return {
        (country.upper(), party.upper())
        for number, party, country, publish in store.parties(conn)
        if settings.reach.includes(
            party_id=party, country_code=country, location_id=number, publish=publish
        )
    }
