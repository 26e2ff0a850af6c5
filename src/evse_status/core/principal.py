"""Who is asking, and how far may they reach? (rule 15)"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from evse_status.core.errors import NotAllowed
from evse_status.core.statuses import TemporaryStatus


class Role(StrEnum):
    """What a person or a token may do."""

    VIEWER = "viewer"  # look at everything in the area
    PLANNER = "planner"  # place, change and clear overrides in the area
    ADMINISTRATOR = "administrator"  # all that, and imports, partners, tokens


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who asks: a name for the history, a role, and what it is limited to.

    `operators` (OCPI party ids), `countries` (OCPI country codes, ISO 3166 alpha-2) and `locations`
    (numbers of locations) limit where, `temporary_statuses` what may be set; `None` is no limit.
    What lies outside the area isn't there for them: it is answered like something unknown. The
    other fields are limits of tokens; `token_id` is the token's number, `None` for people.
    """

    name: str
    role: Role
    operators: frozenset[str] | None = None
    countries: frozenset[str] | None = None
    locations: frozenset[int] | None = None
    temporary_statuses: frozenset[TemporaryStatus] | None = None
    may_read: bool = True
    may_clear_others: bool = True
    may_report_actual: bool = True
    token_id: int | None = None

    @property
    def is_limited(self) -> bool:
        """Whether anything is out of reach beside what the role says."""
        limits = (self.operators, self.countries, self.locations, self.temporary_statuses)
        return any(limit is not None for limit in limits) or not (
            self.may_read and self.may_clear_others and self.may_report_actual
        )

    @property
    def area(self) -> tuple[frozenset[str] | None, frozenset[str] | None, frozenset[int] | None]:
        """Where it may look: operators, countries, locations; equal areas see the same."""
        return (self.operators, self.countries, self.locations)

    @property
    def is_everywhere(self) -> bool:
        """Whether nothing limits where it may look."""
        return self.area == (None, None, None)

    def reaches(self, *, party_id: str, country_code: str, location_id: int | None = None) -> bool:
        """Whether an EVSE of this operator and country, at this location, lies in the area.

        Without `location_id`, of a place that has no number yet: only if locations aren't limited.
        """
        return (
            (self.operators is None or party_id.upper() in self.operators)
            and (self.countries is None or country_code.upper() in self.countries)
            and (self.locations is None or location_id in self.locations)
        )

    def require_reader(self) -> None:
        """Refuse those who may not look."""
        if not self.may_read:
            raise NotAllowed(f"{self.name} may not read. Use a token that may.")

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

    def require_nothing_but_an_area(self) -> None:
        """Refuse tokens whose limits an administrator's work would lift."""
        inner = (self.locations, self.temporary_statuses)
        if any(limit is not None for limit in inner) or not (
            self.may_read and self.may_clear_others and self.may_report_actual
        ):
            raise NotAllowed(f"{self.name} has limits of its own. Ask an administrator to do this.")

    def require_no_limits(self) -> None:
        """Refuse those who don't reach everything."""
        if self.is_limited:
            raise NotAllowed(
                f"This reaches beyond the area of {self.name}. Ask an administrator without limits."
            )

    def require_may_set(self, status: TemporaryStatus) -> None:
        """Refuse a temporary status that isn't among those that may be set."""
        allowed = self.temporary_statuses
        if allowed is None or status in allowed:
            return
        words = ", ".join(word for word in TemporaryStatus if word in allowed) or "nothing"
        raise NotAllowed(
            f"temporaryStatus: {self.name} may set {words}, not {status}.", field="temporaryStatus"
        )

    def require_may_alter(
        self, override_id: int, *, created_by: str, statuses: Iterable[TemporaryStatus]
    ) -> None:
        """Refuse to change, clear or undo an override: of statuses it may not set, or of others."""
        self.require_planner()
        for status in statuses:
            self.require_may_set(status)
        if not self.may_clear_others and created_by != self.name:
            raise NotAllowed(
                f"id: override {override_id} was made by {created_by}, and {self.name} may change "
                "and clear its own only.",
                field="id",
            )

    def require_may_report(self) -> None:
        """Refuse those who may not say what chargers report."""
        self.require_planner()
        if not self.may_report_actual:
            raise NotAllowed(f"{self.name} may not report actual statuses. Use a token that may.")


LOCAL = Principal("local", Role.ADMINISTRATOR)
"""Who acts where nobody signs in."""
