"""How does a Credentials object look? OCPI 2.2.1 and 2.3.0, 7.3.1, read tolerantly, written exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evse_status.core.errors import InvalidInput
from evse_status.core.partner import Party

_LONGEST_TOKEN = 1_000  # the specification says 64, peers send more


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token, where it is good for, and who gives it. It shows its token nowhere by itself."""

    token: str
    url: str
    parties: tuple[Party, ...]

    def __repr__(self) -> str:
        return f"<Credentials for {self.url}>"


def credentials_form(given: Credentials) -> dict[str, Any]:
    """The object that is sent."""
    return {
        "token": given.token,
        "url": given.url,
        "roles": [
            {
                "role": party.role,
                "business_details": {"name": party.name},
                "party_id": party.party_id,
                "country_code": party.country_code,
            }
            for party in given.parties
        ],
    }


def read_credentials(told: Mapping[str, Any]) -> Credentials:
    """The object that came. Raises InvalidInput naming the field, never quoting the token."""
    token = told.get("token")
    if not isinstance(token, str) or not _is_token(token.strip()):
        raise InvalidInput(
            f"token: must be a text of 1 to {_LONGEST_TOKEN:,} printable ASCII characters.",
            field="token",
        )
    url = told.get("url")
    if not isinstance(url, str) or not url.strip():
        raise InvalidInput("url: must be the address of your versions.", field="url")
    roles = told.get("roles")
    if not isinstance(roles, list) or not roles:
        raise InvalidInput("roles: must list at least one role.", field="roles")
    parties = tuple(_party(one, f"roles.{place}") for place, one in enumerate(roles))
    return Credentials(token.strip(), url.strip(), parties)


def _is_token(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable() and len(text) <= _LONGEST_TOKEN


def _party(told: object, place: str) -> Party:
    if not isinstance(told, dict):
        raise InvalidInput(f"{place}: must be an object.", field=place)
    role, country, party = (
        _text(told, name, place, longest)
        for name, longest in (("role", 20), ("country_code", 2), ("party_id", 3))
    )
    details = told.get("business_details")
    name = details.get("name") if isinstance(details, dict) else None
    return Party(
        role.upper(), country.upper(), party.upper(), name[:100] if isinstance(name, str) else ""
    )


def _text(told: Mapping[str, Any], name: str, place: str, longest: int) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= longest:
        raise InvalidInput(
            f"{place}.{name}: must be a text of at most {longest} characters.",
            field=f"{place}.{name}",
        )
    return value.strip()
