"""Which role has a person, going by what the identity provider says of them?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from evse_status.core.principal import LOCAL, Principal, Role

EVERYWHERE = "*"
"""In a list of operators or countries: no limit."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list of people says of one: a role, and where it holds (`None` is everywhere)."""

    role: Role
    operators: frozenset[str] | None = None
    countries: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """Who is let in as what.

    `people` goes by e-mail address in lower case, else by subject, and comes before all claims.
    `role_claim` names a claim with words (`realm_access.roles` looks inside), `roles` what they
    stand for beside the names of the roles themselves; the highest counts. Where
    `operators_claim` or `countries_claim` is set, somebody without that claim reaches nothing.
    A sign-in older than `session` has ended.
    """

    people: Mapping[str, Listed] = field(default_factory=dict)
    role_claim: str = "roles"
    roles: Mapping[str, Role] = field(default_factory=dict)
    default_role: Role | None = None
    operators_claim: str = ""
    countries_claim: str = ""
    session: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Visit:
    """What became of a visitor: let in as `principal`, or not, and then `because` (a sentence).

    `name` is empty for somebody who isn't signed in.
    """

    name: str
    principal: Principal | None
    because: str = ""


def visit(claims: Mapping[str, Any], admission: Admission, *, now: datetime) -> Visit:
    """Whether somebody with these claims of an ID token is let in, and as whom."""
    if not claims.get("is_logged_in"):
        return Visit("", None)
    name = name_of(claims)
    if not name:
        return Visit("", None, "The identity provider didn't say who you are.")
    if name == LOCAL.name:
        return Visit(name, None, f"{name} is the name of those who don't sign in.")
    signed_in_at = claims.get("iat")
    if isinstance(signed_in_at, int | float) and not isinstance(signed_in_at, bool):
        age = now.timestamp() - signed_in_at
        if age > admission.session.total_seconds():
            return Visit("", None, "Your session has ended. Sign in again.")
    found = _listed(claims, admission) or _by_claims(claims, admission)
    if found is None:
        return Visit(
            name,
            None,
            f"You are signed in as {name}, but have no role here. Ask an administrator for one.",
        )
    return Visit(name, Principal(name, found.role, found.operators, found.countries))


def name_of(claims: Mapping[str, Any]) -> str:
    """What the history calls a person: the e-mail address unless it is unverified, else the subject."""
    email = claims.get("email")
    if isinstance(email, str) and email.strip() and claims.get("email_verified") is not False:
        return email.strip().lower()
    return str(claims.get("sub") or "").strip()


def _listed(claims: Mapping[str, Any], admission: Admission) -> Listed | None:
    return admission.people.get(name_of(claims)) or admission.people.get(
        str(claims.get("sub") or "")
    )


def _by_claims(claims: Mapping[str, Any], admission: Admission) -> Listed | None:
    known = {role.value: role for role in Role} | dict(admission.roles)
    held = {known[word] for word in _words(claims, admission.role_claim) or () if word in known}
    role = next((role for role in reversed(Role) if role in held), admission.default_role)
    if role is None:
        return None
    return Listed(
        role,
        _area(claims, admission.operators_claim),
        _area(claims, admission.countries_claim),
    )


def _area(claims: Mapping[str, Any], claim: str) -> frozenset[str] | None:
    return None if not claim else area(_words(claims, claim) or ())


def area(words: Sequence[str]) -> frozenset[str] | None:
    """A limit as it is written: codes in any case, `*` is none."""
    return None if EVERYWHERE in words else frozenset(word.strip().upper() for word in words)


def _words(claims: Mapping[str, Any], path: str) -> list[str] | None:
    """The words of a claim; a text is split at spaces and commas. A claim named with its dots comes first."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return found.replace(",", " ").split()
    if isinstance(found, Sequence):
        return [str(one) for one in found]
    return None
