"""How do partners and we exchange tokens? Register, renew and unregister, whoever begins.

While a partner is called no lock is held; what it brought is kept only if nothing else happened to its
registration meanwhile. So of two registrations with one token A at once, one is made.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from evse_status.channels.ocpi.addresses import is_loopback, require_address
from evse_status.channels.ocpi.credentials import Credentials
from evse_status.channels.ocpi.handshake import NO_ENDPOINTS, Details, Handshake, HandshakeFailed
from evse_status.core.errors import Conflict, InvalidInput
from evse_status.core.partner import OcpiVersion, PartnerRole, PartnerSettings, Registration
from evse_status.core.principal import Principal
from evse_status.service.known_partners import (
    Partner,
    allowed,
    digest_of,
    hint_of,
    new_token,
    outgoing_secret,
    partner_numbered,
    require_token,
)
from evse_status.service.ourselves import Ourselves
from evse_status.service.partners import NewPartner, add_partner, drop, note, require_keeper
from evse_status.service.vault import Vault
from evse_status.store import partners as store
from evse_status.store.database import Database
from evse_status.store.tables import partner as table

_UNCERTAIN = " It may have registered us nevertheless: before you try again, ask its operator for a new token."


class RegisteredAlready(Conflict):
    """A registration while there is one (OCPI 2.2.1, 7.2.2: HTTP 405)."""

    code = "registered_already"
    allows: ClassVar[str] = "DELETE, GET, PUT"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"name: {name} is registered already. Change its token with PUT, or end it with DELETE.",
            field="name",
        )


class NotRegistered(Conflict):
    """A change or an end of a registration that there isn't (OCPI 2.2.1, 7.2.3 and 7.2.4: HTTP 405)."""

    code = "not_registered"
    allows: ClassVar[str] = "GET, POST"

    def __init__(self, name: str) -> None:
        super().__init__(f"name: {name} isn't registered. Register it first.", field="name")


# ---- the partner begins --------------------------------------------------------------------------


def require_unregistered(partner: Partner) -> None:
    """Refuse where there is a registration, or none is needed (RegisteredAlready)."""
    if partner.is_connected:
        raise RegisteredAlready(partner.name)


def require_registered(partner: Partner) -> None:
    """Refuse where there is no registration (NotRegistered)."""
    if partner.registered is None:
        raise NotRegistered(partner.name)


def our_credentials(db: Database, partner: Partner, token: str, *, us: Ourselves) -> Credentials:
    """What a partner uses towards us, with the token that it showed."""
    with db.read() as conn:
        parties = us.parties(conn, partner.settings)
    return Credentials(token, us.versions_url, parties)


def exchange(
    db: Database,
    partner: Partner,
    shown: str,
    told: Credentials,
    *,
    version: OcpiVersion,
    renews: bool,
    vault: Vault,
    us: Ourselves,
) -> Credentials:
    """A partner has given us its credentials (POST, or PUT with `renews`): look it up, answer with ours.

    `shown` is the token that it came with, dead once this has succeeded; after a failure everything is
    as it was. Raises HandshakeFailed (3001, 3002, 3003), RegisteredAlready, NotRegistered.
    """
    (require_registered if renews else require_unregistered)(partner)
    ours = our_credentials(db, partner, new_token(), us=us)
    secret = vault.encrypt(told.token)
    with _calling(partner, told.token, told.url, us) as call:
        details = call.look_up(told.url, wanted=version)
    registration = _registration(partner.settings, details, told)
    with db.write() as write:
        rows = store.kept(write.conn, table.c.id == partner.id)
        # A token of ours that it may have taken over when its answer was lost is as good (see _begin).
        known = (rows[0].digest, rows[0].next_digest if renews else None) if rows else ()
        if digest_of(shown) not in known:
            raise NotRegistered(partner.name) if renews else RegisteredAlready(partner.name)
        store.change(
            write.conn,
            partner.id,
            digest=digest_of(ours.token),
            next_digest=None,
            hint=hint_of(ours.token),
            secret=secret,
            **_registered(partner, registration, write.now),
        )
        what = "partner renewed its registration" if renews else "partner registered"
        note(write, partner.name, what, partner.name, version=version.value)
    return ours


def ended_by_partner(db: Database, partner: Partner, shown: str) -> None:
    """A partner has ended its registration: its tokens and ours are dead. Raises NotRegistered."""
    require_registered(partner)
    with db.write() as write:
        rows = store.kept(write.conn, table.c.id == partner.id)
        if not rows or digest_of(shown) not in (rows[0].digest, rows[0].next_digest):
            raise NotRegistered(partner.name)
        store.change(write.conn, partner.id, **_NOTHING_REGISTERED)
        note(write, partner.name, "partner ended its registration", partner.name)


# ---- we begin ------------------------------------------------------------------------------------


def add_and_register(
    db: Database,
    principal: Principal,
    name: str,
    settings: PartnerSettings,
    *,
    token: str,
    nobody_else_tells: bool,
    vault: Vault,
    us: Ourselves,
) -> Partner:
    """Add a partner and register with it at once; if that fails, it isn't added.

    `token` is token A, which the partner's operator gave. Raises HandshakeFailed, and what add_partner raises.
    """
    require_token(token)
    us.versions_url  # noqa: B018 - refused before anything is kept
    added = add_partner(
        db, principal, name, settings, vault=vault, nobody_else_tells=nobody_else_tells
    ).partner
    try:
        return register(db, principal, added.id, token=token, vault=vault, us=us)
    except BaseException:
        with db.write() as write:
            drop(write, added, by=principal.name, what="partner not added: it didn't register us")
        raise


def register(
    db: Database, principal: Principal, partner_id: int, *, token: str, vault: Vault, us: Ourselves
) -> Partner:
    """Register with a partner by its token A. Raises HandshakeFailed, RegisteredAlready, InvalidInput."""
    require_keeper(principal)
    bare = require_token(token)
    with db.read() as conn:
        partner = partner_numbered(conn, partner_id)
    require_unregistered(partner)
    if not partner.settings.url:
        raise InvalidInput(
            f"url: is needed to register with {partner.name}: its versions address.", field="url"
        )
    return _begin(db, principal, partner, bare, vault=vault, us=us)


def rotate(
    db: Database, principal: Principal, partner_id: int, *, vault: Vault, us: Ourselves
) -> Partner:
    """Exchange both tokens with a registered partner for new ones. Raises HandshakeFailed, NotRegistered."""
    require_keeper(principal)
    with db.read() as conn:
        partner = partner_numbered(conn, partner_id)
        require_registered(partner)
        secret = outgoing_secret(conn, partner_id, vault)
    return _begin(db, principal, partner, secret, vault=vault, us=us)


def unregister(db: Database, principal: Principal, partner_id: int, *, vault: Vault) -> None:
    """Tell a registered partner that it is over, and forget its tokens. Raises HandshakeFailed.

    Where nothing was registered nothing is told. A partner that says it doesn't know us has been told.
    """
    require_keeper(principal)
    with db.read() as conn:
        partner = partner_numbered(conn, partner_id)
        if partner.registered is None:
            return
        secret = outgoing_secret(conn, partner_id, vault)
    registered = partner.registered
    with _calling(partner, secret, registered.url) as call:
        call.leave(Details(registered.version, registered.endpoints))
    with db.write() as write:
        store.change(write.conn, partner_id, **_NOTHING_REGISTERED)
        note(write, principal.name, "partner unregistered", partner.name)


def invite(db: Database, principal: Principal, partner_id: int) -> NewPartner:
    """A new token for a partner to show us: token A where there is a handshake, and what was registered
    ends; without handshake the one that it uses from now on. The old one is dead at once."""
    require_keeper(principal)
    token = new_token()
    with db.write() as write:
        partner = partner_numbered(write.conn, partner_id)
        gone = _NOTHING_REGISTERED if partner.settings.handshake else {}
        store.change(
            write.conn,
            partner_id,
            **(gone | {"digest": digest_of(token), "next_digest": None, "hint": hint_of(token)}),
        )
        note(write, principal.name, "partner got a new token", partner.name)
        return NewPartner(partner_numbered(write.conn, partner_id), token)


# ---- both ----------------------------------------------------------------------------------------


def _begin(
    db: Database,
    principal: Principal,
    partner: Partner,
    shown: str,
    *,
    vault: Vault,
    us: Ourselves,
) -> Partner:
    """Give the partner a new token of ours, by PUT if it is registered; it may use it while we wait."""
    renews = partner.registered is not None
    ours = our_credentials(db, partner, new_token(), us=us)
    vault.require_key()
    with db.write() as write:
        store.change(write.conn, partner.id, next_digest=digest_of(ours.token))
    url = partner.registered.url if partner.registered else partner.settings.url
    try:
        with _calling(partner, shown, url) as call:
            details = call.look_up(url)
            _registration(partner.settings, details, None)  # refused before anything is exchanged
            theirs = call.give(details, ours, renews=renews)
            # An address that we may not call is not taken over: what it names would be trusted later.
            theirs = replace(theirs, url=theirs.url if call.may_call(theirs.url) else url)
        registration = _registration(partner.settings, details, theirs)
    except HandshakeFailed as failed:
        if failed.certain:
            with db.write() as write:
                store.forget_next_digest(write.conn, partner.id, digest_of(ours.token))
            raise
        raise HandshakeFailed(failed.message + _UNCERTAIN, certain=False) from None
    secret = vault.encrypt(theirs.token)
    with db.write() as write:
        rows = store.kept(write.conn, table.c.id == partner.id)
        if not rows or rows[0].next_digest != digest_of(ours.token):
            raise Conflict(
                f"name: {partner.name} was registered or removed by somebody else meanwhile.",
                field="name",
            )
        store.change(
            write.conn,
            partner.id,
            digest=digest_of(ours.token),
            next_digest=None,
            hint=hint_of(ours.token),
            secret=secret,
            **_registered(partner, registration, write.now),
        )
        note(
            write,
            principal.name,
            "partner tokens rotated" if renews else "partner registered",
            partner.name,
            version=details.version.value,
        )
        return partner_numbered(write.conn, partner.id)


@contextmanager
def _calling(
    partner: Partner, token: str, url: str, us: Ourselves | None = None
) -> Iterator[Handshake]:
    """A call to a partner. This machine itself is meant where its own address says so, or ours does."""
    settings = partner.settings
    named = [settings.url, partner.registered.url if partner.registered else ""]
    if us is not None:
        named.append(us.base_url)
    may = allowed(settings, ours=any(is_loopback(one) for one in named if one))
    try:
        require_address(url, may)
    except InvalidInput as error:
        raise HandshakeFailed(error.message) from None
    with Handshake(
        token=token,
        allowed=may,
        encode_token=settings.base64_token,
        timeout_seconds=settings.timeout_seconds,
    ) as call:
        yield call


def _registration(
    settings: PartnerSettings, details: Details, told: Credentials | None
) -> Registration:
    if settings.role is PartnerRole.UPSTREAM and ("locations", "SENDER") not in details.endpoints:
        raise HandshakeFailed(
            "It offers no module locations as sender, so there is nothing to take from it.",
            status_code=NO_ENDPOINTS,
        )
    parties = () if told is None else told.parties
    return Registration(
        details.version, details.endpoints, parties, "" if told is None else told.url
    )


def _registered(partner: Partner, registration: Registration, now: datetime) -> dict[str, Any]:
    before = partner.registered
    one, other = ("locations", "RECEIVER"), ("locations", "SENDER")
    same = before is not None and all(
        before.endpoint(*which) == registration.endpoint(*which) for which in (one, other)
    )
    return {
        "registered": registration.as_json(),
        "registered_at": now,
        "try_at": None,
        "failures": 0,
        "failure": "",
        "failing_since": None,
    } | ({} if same else {"resync_at": now})


_NOTHING_REGISTERED: dict[str, Any] = {
    "registered": None,
    "registered_at": None,
    "secret": None,
    "digest": None,
    "next_digest": None,
    "hint": "",
}
