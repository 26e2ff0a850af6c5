"""Who is asking, and how far may they reach? (rule 15)"""

from dataclasses import dataclass
from enum import StrEnum

from evse_status.core.errors import NotAllowed


class Role(StrEnum):
    """What a person or a token may do."""

    VIEWER = "viewer"  # look at everything in the area
    PLANNER = "planner"  # place, change and clear overrides in the area
    ADMINISTRATOR = "administrator"  # all that, and imports, partners, tokens


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who asks: a name for the history, a role, and the area it is limited to.

    `operators` (OCPI party ids) and `countries` (OCPI country codes, ISO 3166 alpha-2) limit
    where; `None` is everywhere.
    """

    name: str
    role: Role
    operators: frozenset[str] | None = None
    countries: frozenset[str] | None = None

    def reaches(self, *, party_id: str, country_code: str) -> bool:
        """Whether an EVSE of this operator and country lies in the area."""
        return (self.operators is None or party_id.upper() in self.operators) and (
            self.countries is None or country_code.upper() in self.countries
        )

    def require_planner(self) -> None:
        """Refuse those who may only look."""
        if self.role is Role.VIEWER:
            raise NotAllowed(
                f"{self.name} may look but not change anything. Ask an administrator for the role planner."
            )

    def require_administrator(self) -> None:
        """Refuse those who don't administrate."""
        if self.role is not Role.ADMINISTRATOR:
            raise NotAllowed(f"{self.name} is no administrator. Ask one to do this.")

    def require_reach(self, evse_id: str, *, party_id: str, country_code: str) -> None:
        """Refuse an EVSE outside the area, naming it."""
        if not self.reaches(party_id=party_id, country_code=country_code):
            raise NotAllowed(
                f"evseId: {evse_id} lies outside the area of {self.name}.", field="evseId"
            )


LOCAL = Principal("local", Role.ADMINISTRATOR)
"""Who acts where nobody signs in."""
