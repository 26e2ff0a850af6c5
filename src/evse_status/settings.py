"""What can be set? Environment variables with the prefix EVSE_STATUS_."""

import hashlib
import hmac
from datetime import timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from evse_status.core.errors import InvalidInput
from evse_status.core.people import Admission, Listed, area
from evse_status.core.principal import Role


class SignIn(StrEnum):
    """Who is let in."""

    NONE = "none"  # everybody acts as `local`, on this machine only
    OIDC = "oidc"  # only those whom the identity provider names


class Person(BaseModel):
    """One entry of `EVSE_STATUS_OIDC_PEOPLE`; where a list is absent there is no limit."""

    model_config = ConfigDict(extra="forbid")

    role: Role
    operators: list[str] | None = None
    countries: list[str] | None = None


class Settings(BaseSettings):
    """Every setting with its default; `EVSE_STATUS_DATABASE_URL` sets `database_url`, and so on."""

    model_config = SettingsConfigDict(env_prefix="EVSE_STATUS_", extra="ignore")

    database_url: str = "sqlite:///data/evse-status.db"
    lock_timeout_seconds: float = 20.0
    zone: str = "Europe/Copenhagen"
    feed_limit_bytes: int = 100_000_000
    actual_history_days: int = Field(
        default=400, ge=1
    )  # before that the actual status is "not recorded"
    debug: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What a server writes on stderr; info has a line per request to the API."""
    demo: bool = False  # `evse-status demo` sets it: pages offer a guided first minute

    sign_in: SignIn = SignIn.NONE
    open_to_network: bool = False
    """Let everybody who reaches the server act as `local` where nobody signs in."""
    public_url: str = ""
    """Under which address people reach the dashboard, like https://status.example.com."""
    oidc_metadata_url: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_cookie_secret: SecretStr = SecretStr("")
    oidc_scope: str = "openid email profile"
    oidc_role_claim: str = "roles"
    oidc_roles: dict[str, Role] = {}
    oidc_people: dict[str, Person] = {}
    oidc_default_role: Role | None = None
    oidc_operators_claim: str = ""
    oidc_countries_claim: str = ""
    session_hours: float = Field(default=12, gt=0, le=24 * 30)

    secret_key: SecretStr = SecretStr("")
    """Encrypts the tokens of partners; several separated by commas: the first encrypts, all decrypt."""
    ocpi_country_code: str = Field(default="", pattern="^([A-Za-z]{2})?$")
    ocpi_party_id: str = Field(default="", pattern="^([A-Za-z0-9]{3})?$")
    ocpi_name: str = Field(default="", max_length=100)
    """Who we are to partners, beside the operators of our locations; its own party towards a CSMS."""

    upstream_silent_minutes: float = Field(default=60, gt=0)
    """After how long without a word from the CSMS what it said counts as out of date (rule 20)."""

    receipt_days: int = Field(default=30, ge=1)
    """How long it is kept what was told to which partner, and what it answered."""

    reads_per_minute: int = Field(default=30_000, ge=1)
    writes_per_minute: int = Field(default=30_000, ge=1)

    @field_validator("oidc_people", mode="before")
    @classmethod
    def _roles_alone(cls, people: Any) -> Any:
        """`"mette@cpo.dk": "planner"` is short for `{"role": "planner"}`."""
        if not isinstance(people, dict):
            return people
        return {
            str(name).strip(): {"role": about} if isinstance(about, str) else about
            for name, about in people.items()
        }

    @field_validator("oidc_default_role", mode="before")
    @classmethod
    def _none_is_empty(cls, role: Any) -> Any:
        return None if role in ("", "none") else role

    def admission(self) -> Admission:
        """Who of those that the identity provider names is let in, and as what."""
        listed = {
            name: Listed(
                person.role,
                None if person.operators is None else area(person.operators),
                None if person.countries is None else area(person.countries),
            )
            for name, person in self.oidc_people.items()
        }
        return Admission(
            people={(name.lower() if "@" in name else name): one for name, one in listed.items()},
            role_claim=self.oidc_role_claim,
            roles=self.oidc_roles,
            default_role=self.oidc_default_role,
            operators_claim=self.oidc_operators_claim,
            countries_claim=self.oidc_countries_claim,
            session=timedelta(hours=self.session_hours),
        )

    def require_sign_in_works(self) -> None:
        """Refuse a sign-in that lacks something, naming what to set."""
        if self.sign_in is SignIn.NONE:
            return
        for name in ("oidc_metadata_url", "oidc_client_id", "oidc_client_secret", "public_url"):
            value = getattr(self, name)
            if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
                setting = f"EVSE_STATUS_{name.upper()}"
                raise InvalidInput(
                    f"{setting}: is needed to let people sign in (EVSE_STATUS_SIGN_IN=oidc). "
                    "docs/sign-in.md says where it comes from.",
                    field=setting,
                )
        for name in ("oidc_metadata_url", "public_url"):
            if not getattr(self, name).startswith(("https://", "http://")):
                setting = f"EVSE_STATUS_{name.upper()}"
                raise InvalidInput(
                    f"{setting}: write the whole address, with https:// in front.", field=setting
                )

    def secrets_of_sign_in(self) -> dict[str, Any] | None:
        """What Streamlit wants to know of the identity provider, `None` without sign-in.

        Cookies are signed with a secret of their own, or with one derived from the client's: the
        same on every server and after every start.
        """
        if self.sign_in is SignIn.NONE:
            return None
        client_secret = self.oidc_client_secret.get_secret_value()
        signed_with = self.oidc_cookie_secret.get_secret_value() or (
            hmac.new(client_secret.encode(), b"evse-status cookies", hashlib.sha256).hexdigest()
        )
        return {
            "auth": {
                "redirect_uri": f"{self.public_url.rstrip('/')}/oauth2callback",
                "cookie_secret": signed_with,
                "client_id": self.oidc_client_id,
                "client_secret": client_secret,
                "server_metadata_url": self.oidc_metadata_url,
                "client_kwargs": {"scope": self.oidc_scope},
            }
        }

    def told(self) -> dict[str, str]:
        """Every setting that isn't its default, as text, secrets only as set; for the log of changes."""
        return {
            name: _told(name, value)
            for name, field in type(self).model_fields.items()
            if (value := getattr(self, name)) != field.default
        }


def _told(name: str, value: Any) -> str:
    if isinstance(value, SecretStr):
        return "set" if value.get_secret_value() else ""
    if name == "database_url":
        return str(value).rpartition("@")[2]  # no password
    if isinstance(value, dict):
        shown = {
            key: one.model_dump(mode="json", exclude_none=True)
            if isinstance(one, BaseModel)
            else str(one)
            for key, one in value.items()
        }
        return str(shown) if shown else ""
    return "" if value is None else str(value)
