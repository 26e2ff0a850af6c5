"""How do we register with a partner, exchange tokens for new ones, and leave?

While the partner is called no lock is held; what it brought is kept only if nothing else happened to its
registration meanwhile.
"""

from dataclasses import replace

from evse_status.channels.ocpi.handshake import Details, HandshakeFailed
from evse_status.core.errors import Conflict, InvalidInput
from evse_status.core.partner import PartnerSettings
from evse_status.core.principal import Principal
from evse_status.core.translation import Channel
from evse_status.service.known_partners import (
    Partner,
    digest_of,
    hint_of,
    new_token,
    outgoing_secret,
    partner_numbered,
    require_token,
)
from evse_status.service.ourselves import Ourselves
from evse_status.service.partner_checks import require_keeper
from evse_status.service.partners import NewPartner, add_partner, drop, note
from evse_status.service.registered import (
    NOTHING_REGISTERED,
    calling,
    our_credentials,
    registered_values,
    registration_of,
    require_registered,
    require_unregistered,
)
from evse_status.service.vault import Vault
from evse_status.store import partners as store
from evse_status.store.database import Database
from evse_status.store.tables import partner as table

_UNCERTAIN = " It may have registered us nevertheless: before you try again, ask its operator for a new token."


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
    _require_no_hub(partner)
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
    with calling(partner, secret, registered.url) as call:
        call.leave(Details(registered.version, registered.endpoints))
    with db.write() as write:
        store.change(write.conn, partner_id, **NOTHING_REGISTERED)
        note(write, principal.name, "partner unregistered", partner.name)


def invite(db: Database, principal: Principal, partner_id: int) -> NewPartner:
    """A new token for a partner to show us: token A where there is a handshake, and what was registered
    ends; without handshake the one that it uses from now on. The old one is dead at once."""
    require_keeper(principal)
    with db.write() as write:
        partner = partner_numbered(write.conn, partner_id)
        _require_no_hub(partner)
        token = new_token(partner.settings.channel)
        gone = NOTHING_REGISTERED if partner.settings.handshake else {}
        store.change(
            write.conn,
            partner_id,
            **(gone | {"digest": digest_of(token), "next_digest": None, "hint": hint_of(token)}),
        )
        note(write, principal.name, "partner got a new token", partner.name)
        return NewPartner(partner_numbered(write.conn, partner_id), token)


def _require_no_hub(partner: Partner) -> None:
    if partner.settings.channel is Channel.HUBJECT:
        raise InvalidInput(
            f"channel: {partner.name} is a hub. It is shown a certificate, there are no tokens.",
            field="channel",
        )


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
        with calling(partner, shown, url) as call:
            details = call.look_up(url)
            registration_of(partner.settings, details, None)  # refused before anything is exchanged
            theirs = call.give(details, ours, renews=renews)
            # An address that we may not call is not taken over: what it names would be trusted later.
            theirs = replace(theirs, url=theirs.url if call.may_call(theirs.url) else url)
        registration = registration_of(partner.settings, details, theirs)
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
            **registered_values(partner, registration, write.now),
        )
        note(
            write,
            principal.name,
            "partner tokens rotated" if renews else "partner registered",
            partner.name,
            version=details.version.value,
        )
        return partner_numbered(write.conn, partner.id)
