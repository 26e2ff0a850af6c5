"""What can be set? Environment variables with the prefix EVSE_STATUS_."""

from enum import StrEnum

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class SignIn(StrEnum):
    """Who is let in."""

    NONE = "none"  # everybody acts as `local`
    OIDC = "oidc"  # only those whom the identity provider names


class Settings(BaseSettings):
    """Every setting with its default; `EVSE_STATUS_DATABASE_URL` sets `database_url`, and so on."""

    model_config = SettingsConfigDict(env_prefix="EVSE_STATUS_", extra="ignore")

    database_url: str = "sqlite:///data/evse-status.db"
    lock_timeout_seconds: float = 20.0
    zone: str = "Europe/Copenhagen"
    sign_in: SignIn = SignIn.NONE
    upstream_token: SecretStr | None = None
    feed_limit_bytes: int = 100_000_000
    actual_history_days: int = Field(
        default=400, ge=1
    )  # before that the actual status is "not recorded"
    debug: bool = False
    demo: bool = False  # `evse-status demo` sets it: pages offer a guided first minute
