"""What happens when a partner registers with us, changes its token, or leaves?

While we call it back no lock is held; what it brought is kept only if nothing else happened to its
registration meanwhile. So of two registrations with one token A at once, one is made.
"""

from evse_status.channels.ocpi.credentials import Credentials
from evse_status.core.partner import OcpiVersion
from evse_status.service.known_partners import Partner, digest_of, hint_of, new_token
from evse_status.service.ourselves import Ourselves
from evse_status.service.partners import note
from evse_status.service.registered import (
    NOTHING_REGISTERED,
    NotRegistered,
    RegisteredAlready,
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
    with calling(partner, told.token, told.url, us) as call:
        details = call.look_up(told.url, wanted=version)
    registration = registration_of(partner.settings, details, told)
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
            **registered_values(partner, registration, write.now),
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
        store.change(write.conn, partner.id, **NOTHING_REGISTERED)
        note(write, partner.name, "partner ended its registration", partner.name)
