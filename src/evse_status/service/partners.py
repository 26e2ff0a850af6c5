"""Who is told, and who tells us? Counterparties: added, found, edited, paused, resynced, removed.

What a handshake does is service/registration.py; what a partner is, service/known_partners.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from evse_status.core.errors import (
    Conflict,
    EvseStatusError,
    InvalidInput,
    StaleEdit,
)
from evse_status.core.partner import PartnerRole, PartnerSettings
from evse_status.core.principal import Principal
from evse_status.core.translation import Channel
from evse_status.service.client_certificate import usable_certificate
from evse_status.service.hub_checks import require_operator_free
from evse_status.service.known_partners import (
    Partner,
    digest_of,
    hint_of,
    kept_partners,
    new_token,
    no_partner,
    partner_numbered,
)
from evse_status.service.partner_checks import require_keeper, require_usable, usable_name, who_else
from evse_status.service.vault import Vault
from evse_status.store import audit_log
from evse_status.store import partners as store
from evse_status.store.database import Database, Write

_NOT_SHOWN = frozenset(
    {
        "base64Token",
        "readBack",
        "privateNetwork",
        "requestsPerMinute",
        "concurrency",
        "timeoutSeconds",
    }
)
"""Settings that change nothing of what a partner is shown; after an edit of others it is told all again."""


class PartnerEditedSince(StaleEdit):
    """The settings that were edited are no longer the latest."""

    def __init__(self, name: str) -> None:
        EvseStatusError.__init__(
            self,
            f"version: the settings of {name} have been changed since you opened them. "
            "Look at the new ones and decide again.",
            field="version",
        )


@dataclass(frozen=True, slots=True)
class NewPartner:
    """A partner, and the token that it shows us where one was just made: known here and nowhere else."""

    partner: Partner
    token: str | None = None

    def __repr__(self) -> str:
        return f"<NewPartner {self.partner.name}>"


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A partner as it is listed, with counts of EVSEs: told of, not told the latest yet, refused."""

    partner: Partner
    evses: int
    behind: int
    refused: int


def add_partner(
    db: Database,
    principal: Principal,
    name: str,
    settings: PartnerSettings,
    *,
    vault: Vault,
    nobody_else_tells: bool = False,
    token: str | None = None,
    certificate: str | None = None,
    it_shows_a_token: bool = True,
) -> NewPartner:
    """Add a counterparty. `nobody_else_tells` is the answer to whether anybody else tells it of Locations.

    Without handshake `token` is what we show it, kept encrypted; a token of ours for it is made unless
    `it_shows_a_token` is false. With a handshake that it starts (no `settings.url`), the token to start
    with is made. With one that we start, nothing is made here: registration.register does.
    Raises InvalidInput, Conflict (the name is taken), NoSecretKey, NotAllowed.
    """
    require_keeper(principal)
    is_app = settings.channel is Channel.SPIRII_GO
    if not is_app:  # of its token the digest alone is kept
        vault.require_key()
    called = usable_name(name)
    require_usable(settings, token=token, certificate=certificate)
    if settings.role is PartnerRole.RECEIVER and not is_app and not nobody_else_tells:
        raise who_else(called, settings)
    starts = settings.handshake and bool(settings.url)
    of_ocpi = settings.channel is Channel.OCPI and (settings.handshake or it_shows_a_token)
    made = new_token(settings.channel) if is_app or (of_ocpi and not starts) else None
    shown = None if starts else _shown_to_it(token, certificate, db=db)
    secret = None if shown is None else vault.encrypt(shown)
    with db.write() as write:
        _require_name_free(write.conn, called)
        require_operator_free(write.conn, settings)
        number = store.add(
            write.conn,
            {
                "name": called,
                "role": settings.role.value,
                "channel": settings.channel.value,
                "settings": settings.as_json(),
                "version": 1,
                "paused": False,
                "added_at": write.now,
                "added_by": principal.name,
                "secret": secret,
                "digest": None if made is None else digest_of(made),
                "hint": "" if made is None else hint_of(made),
                "failures": 0,
                "failure": "",
            },
        )
        note(write, principal.name, "partner added", called, mode=settings.mode.value)
        return NewPartner(partner_numbered(write.conn, number), made)


def edit_partner(
    db: Database,
    principal: Principal,
    partner_id: int,
    settings: PartnerSettings,
    *,
    version: int,
    vault: Vault,
    name: str | None = None,
    token: str | None = None,
    certificate: str | None = None,
) -> Partner:
    """Set everything that can be set; `version` is that of the settings which were edited.

    `token` is what we show a partner without handshake from now on, `certificate` a hub. Raises StaleEdit, Conflict,
    InvalidInput, NotFound, NotAllowed.
    """
    require_keeper(principal)
    with db.read() as conn:
        before = partner_numbered(conn, partner_id)
    require_usable(settings, token=token, certificate=certificate, has_token=before.has_secret)
    if token is not None and settings.handshake:
        raise InvalidInput(
            "token: a partner with a handshake gets its token by registering. Use --register, --rotate "
            "or --new-token.",
            field="token",
        )
    shown = _shown_to_it(token, certificate, db=db)
    secret = None if shown is None else vault.encrypt(shown)
    called = before.name if name is None else usable_name(name)
    with db.write() as write:
        current = partner_numbered(write.conn, partner_id)
        if current.version != version:
            raise PartnerEditedSince(current.name)
        for name in ("role", "channel"):
            if getattr(settings, name) is not getattr(current.settings, name):
                raise InvalidInput(
                    f"{name}: can't be changed. Remove this partner and add another.", field=name
                )
        if called != current.name:
            _require_name_free(write.conn, called)
        require_operator_free(write.conn, settings, but=partner_id)
        changed = _differences(
            {"name": current.name} | current.settings.as_json(),
            {"name": called} | settings.as_json(),
        )
        if secret is not None:
            changed["token" if certificate is None else "certificate"] = "changed"
        if not changed:
            return current
        more: dict[str, Any] = {} if secret is None else {"secret": secret}
        if changed.keys() - _NOT_SHOWN - {"name", "token", "certificate"}:
            more["resync_at"] = write.now
        store.change(
            write.conn,
            partner_id,
            name=called,
            settings=settings.as_json(),
            version=current.version + 1,
            try_at=None,
            **more,
        )
        note(write, principal.name, "partner edited", called, **changed)
        return partner_numbered(write.conn, partner_id)


def list_partners(db: Database, principal: Principal) -> list[PartnerLine]:
    """All counterparties in the order in which they were added, for administrators without limits."""
    require_keeper(principal)
    with db.read() as conn:
        counts = store.behind(conn)
        return [
            PartnerLine(partner, *counts.get(partner.id, (0, 0, 0)))
            for partner in kept_partners(conn)
        ]


def find_partner(db: Database, principal: Principal, text: str) -> Partner:
    """The partner of this name, in any case, or of this number. Raises NotFound, NotAllowed."""
    require_keeper(principal)
    wanted = " ".join(text.split())
    with db.read() as conn:
        everybody = kept_partners(conn)
    by_name = [one for one in everybody if one.name.lower() == wanted.lower()]
    by_number = [one for one in everybody if str(one.id) == wanted]
    for found in (*by_name, *by_number):
        return found
    raise no_partner(wanted)


def resync_partner(db: Database, principal: Principal, partner_id: int) -> Partner:
    """Have everything told again from now on: what was acknowledged before doesn't count any more.

    A hub where unknown EVSEs are inserted is sent a full load at the end, which sweeps away what else it has.
    """
    require_keeper(principal)
    with db.write() as write:
        partner = partner_numbered(write.conn, partner_id)
        sweeps = partner.settings.channel is Channel.HUBJECT and partner.settings.insert_unknown
        full_load_at = write.now if sweeps else None
        store.change(
            write.conn, partner_id, resync_at=write.now, try_at=None, full_load_at=full_load_at
        )
        note(write, principal.name, "partner resynced", partner.name)
        return partner_numbered(write.conn, partner_id)


def pause_partner(db: Database, principal: Principal, partner_id: int, *, paused: bool) -> Partner:
    """Stop telling a partner, or go on; it may still ask. The second time nothing changes."""
    require_keeper(principal)
    with db.write() as write:
        partner = partner_numbered(write.conn, partner_id)
        if partner.paused == paused:
            return partner
        store.change(write.conn, partner_id, paused=paused, try_at=None)
        note(write, principal.name, "partner paused" if paused else "partner resumed", partner.name)
        return replace(partner, paused=paused, try_at=None)


def remove_partner(db: Database, principal: Principal, partner_id: int) -> Partner:
    """Forget a partner and its tokens at once; what it was told stays among the receipts.

    It isn't told of that here: registration.unregister does.
    """
    require_keeper(principal)
    with db.write() as write:
        partner = partner_numbered(write.conn, partner_id)
        drop(write, partner, by=principal.name)
        return partner


def drop(write: Write, partner: Partner, *, by: str, what: str = "partner removed") -> None:
    """Forget a partner within a write."""
    store.change(
        write.conn,
        partner.id,
        removed_at=write.now,
        secret=None,
        digest=None,
        next_digest=None,
        hint="",
        registered=None,
    )
    store.stop_telling(write.conn, partner.id)
    note(write, by, what, partner.name)


def note(write: Write, by: str, what: str, about: str, **details: str) -> None:
    """One line in the log of changes."""
    audit_log.add(write.conn, at=write.now, by=by, what=what, about=about, details=details)


def _shown_to_it(token: str | None, certificate: str | None, *, db: Database) -> str | None:
    """What we show a partner, as it is kept."""
    if certificate is not None:
        return usable_certificate(certificate, now=db.not_before(db.newest_at()))
    return None if token is None else token.strip()


def _require_name_free(conn: Connection, name: str) -> None:
    if any(one.name.lower() == name.lower() for one in kept_partners(conn)):
        raise Conflict(
            f"name: there is a partner called {name!r}. Remove it first, or choose another name.",
            field="name",
        )


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """What an edit changed, for the log: `old → new` by name."""
    return {
        name: f"{_said(before.get(name))} → {_said(value)}"
        for name, value in after.items()
        if before.get(name) != value
    }


def _said(value: Any) -> str:
    if value is None:
        return "no limit"
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
