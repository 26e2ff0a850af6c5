"""Which counterparty is this? Found by number or by the token that it shows, its own token kept secret."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from evse_status.channels.addresses import Allowed, is_loopback
from evse_status.core.errors import InvalidInput, NotFound, NotSignedIn, StoreUnusable
from evse_status.core.partner import OcpiVersion, PartnerRole, PartnerSettings, Registration
from evse_status.core.translation import Channel
from evse_status.service.vault import Vault
from evse_status.store import partners as store
from evse_status.store.database import Database
from evse_status.store.tables import partner as table

PREFIX, APP_PREFIX = "ocpi_", "app_"
"""How every token for partners begins, so that scanners find one that was published by mistake."""

_TOKEN_LIMIT = 1_000
_HEARD_IS_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Partner:
    """A counterparty as it is listed: instants in UTC, no secret.

    `hint` is how the token begins that it shows us, empty where it has none.
    """

    id: int
    name: str
    settings: PartnerSettings
    paused: bool
    registered: Registration | None
    version: int  # moves with every edit
    added_at: datetime
    added_by: str
    hint: str
    has_secret: bool  # whether we have a token to show it
    registered_at: datetime | None
    resync_at: datetime | None
    reached_at: datetime | None
    failing_since: datetime | None
    failures: int
    failure: str
    try_at: datetime | None
    heard_at: datetime | None
    pulled_at: datetime | None
    read_back_at: datetime | None
    full_load_at: datetime | None = None  # a hub's full load was asked for and is yet to be sent

    @property
    def is_connected(self) -> bool:
        """Whether functional modules may be used: after a handshake, or where none is needed."""
        return self.registered is not None or not self.settings.handshake

    @property
    def spoken(self) -> OcpiVersion:
        """The version that is spoken with it."""
        return self.settings.version if self.registered is None else self.registered.version

    @property
    def locations_url(self) -> str | None:
        """Its module Locations: where a receiver is told, or where upstream is asked; no slash at its end."""
        if not self.settings.handshake:
            return self.settings.url.rstrip("/") or None
        if self.registered is None:
            return None
        receives = self.settings.role is PartnerRole.RECEIVER
        return self.registered.endpoint("locations", "RECEIVER" if receives else "SENDER")

    @property
    def addresses(self) -> Allowed:
        """Which addresses may be talked to for it, for channels.addresses."""
        told = (self.settings.url, "" if self.registered is None else self.registered.url)
        return allowed(self.settings, ours=any(is_loopback(one) for one in told if one))


def allowed(settings: PartnerSettings, *, ours: bool) -> Allowed:
    """Which addresses a partner's settings allow; `ours` where this machine itself is meant."""
    return Allowed(private=settings.private_network, loopback=settings.private_network or ours)


def partner_of(row: Row[Any]) -> Partner:
    """A row as a partner."""
    return Partner(
        id=row.id,
        name=row.name,
        settings=PartnerSettings.from_json(row.settings),
        paused=row.paused,
        registered=None if row.registered is None else Registration.from_json(row.registered),
        version=row.version,
        added_at=row.added_at,
        added_by=row.added_by,
        hint=row.hint,
        has_secret=row.secret is not None,
        registered_at=row.registered_at,
        resync_at=row.resync_at,
        reached_at=row.reached_at,
        failing_since=row.failing_since,
        failures=row.failures,
        failure=row.failure,
        try_at=row.try_at,
        heard_at=row.heard_at,
        pulled_at=row.pulled_at,
        read_back_at=row.read_back_at,
        full_load_at=row.full_load_at,
    )


def by_token(db: Database, token: str) -> Partner:
    """Which partner shows this token. Raises NotSignedIn; it doesn't say whether it was ever known."""
    digest = digest_of(token)
    with db.read() as conn:
        row = store.by_digest(conn, digest)
    if row is None or not any(
        hmac.compare_digest(known or "", digest) for known in (row.digest, row.next_digest)
    ):
        raise NotSignedIn("This token isn't known. Register again, or ask for another token.")
    return partner_of(row)


def outgoing_secret(conn: Connection, partner_id: int, vault: Vault) -> str:
    """The token that we show a partner. Raises NotFound, NoSecretKey, WrongSecretKey."""
    for row in store.kept(conn, table.c.id == partner_id):
        if row.secret is not None:
            return vault.decrypt(row.secret)
    raise NotFound(f"id: there is no token to show partner {partner_id}.", field="id")


def heard(db: Database, upstream: Partner, *, now: datetime) -> None:
    """Note that upstream spoke, at most once a minute; a store that can't be written is no reason to fail."""
    if upstream.heard_at is not None and upstream.heard_at > now - _HEARD_IS_NOTED_EVERY:
        return
    try:
        with db.aside() as conn:
            store.heard(conn, upstream.id, at=now, every=_HEARD_IS_NOTED_EVERY)
    except StoreUnusable:
        return


def kept_partners(conn: Connection) -> list[Partner]:
    """All counterparties, for the product itself."""
    return [partner_of(row) for row in store.kept(conn)]


def partner_numbered(conn: Connection, partner_id: int) -> Partner:
    """One counterparty, for the product itself. Raises NotFound."""
    for row in store.kept(conn, table.c.id == partner_id):
        return partner_of(row)
    raise no_partner(str(partner_id))


def require_token(token: str, *, field: str = "token") -> str:
    """A token as it can travel (OCPI 2.2.1, 7.3.1: printable ASCII). Never quoted in the sentence."""
    bare = token.strip()
    if not bare or not bare.isascii() or not bare.isprintable() or len(bare) > _TOKEN_LIMIT:
        raise InvalidInput(
            f"{field}: a token is 1 to {_TOKEN_LIMIT:,} printable ASCII characters. Copy it again.",
            field=field,
        )
    return bare


def new_token(channel: Channel = Channel.OCPI) -> str:
    """A token for a partner to show us: 256 random bits, 48 characters at most (OCPI allows 64)."""
    prefix = APP_PREFIX if channel is Channel.SPIRII_GO else PREFIX
    return prefix + secrets.token_urlsafe(32)


def hint_of(token: str) -> str:
    """How a token begins, to tell one from another."""
    return token[: len(token.partition("_")[0]) + 5]


def digest_of(token: str) -> str:
    """SHA-256 without salt or stretching: our tokens have 256 random bits, there is nothing to guess."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def no_partner(text: str) -> NotFound:
    """That nobody is called so."""
    return NotFound(f"name: there is no partner {text[:60]!r}.", field="name")
