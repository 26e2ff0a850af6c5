"""Which programs may do what? Tokens: made, shown once, recognised, listed, revoked."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from evse_status.core.errors import (
    Conflict,
    EndsInThePast,
    InvalidInput,
    NotFound,
    NotSignedIn,
    StoreUnusable,
    TooLong,
)
from evse_status.core.period import instant
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.location_names import location_numbers, named
from evse_status.store import audit_log, evses
from evse_status.store import tokens as store
from evse_status.store.database import Database
from evse_status.store.tables import token

PREFIX = "evse_"
"""How every token begins, so that scanners find one that was published by mistake."""

_NAME_LIMIT = 80
_USE_IS_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TokenWish:
    """What a token shall be able to do; without further fields, everything.

    `temporary_statuses` is what it may set (`None` is all, an empty set makes it a reader),
    `locations` are OCPI ids or numbers of locations (`None` is everywhere). `may_administrate` is unset by
    default: true only for a token that nothing else limits.
    """

    name: str
    temporary_statuses: frozenset[TemporaryStatus] | None = None
    locations: Sequence[int | str] | None = None
    expires_at: datetime | None = None
    may_read: bool = True
    may_clear_others: bool = True
    may_report_actual: bool = True
    may_administrate: bool | None = None

    @property
    def is_limited(self) -> bool:
        """Whether it is to do less than everything."""
        return (
            self.temporary_statuses is not None
            or self.locations is not None
            or not (self.may_read and self.may_clear_others and self.may_report_actual)
        )


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is listed: everything but the secret. Instants in UTC; `locations` are OCPI ids.

    `hint` is how it begins. A limit that is `None` is none.
    """

    id: int
    name: str
    hint: str
    temporary_statuses: frozenset[TemporaryStatus] | None
    locations: tuple[str, ...] | None
    operators: frozenset[str] | None
    countries: frozenset[str] | None
    may_read: bool
    may_clear_others: bool
    may_report_actual: bool
    may_administrate: bool
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None
    last_used_at: datetime | None

    def state(self, now: datetime) -> str:
        """`valid`, `expired` or `revoked` at `now`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "valid"


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made, with its secret, which is known here and nowhere else."""

    token: Token
    secret: str


def create_token(db: Database, principal: Principal, wish: TokenWish) -> NewToken:
    """Make a token within the maker's own operators and countries.

    Raises InvalidInput naming the field, Conflict if a valid token has that name (it is the author
    of overrides, so it has to say who), NotAllowed.
    """
    _require_keeper(principal)
    name = _name(wish.name)
    locations = None if wish.locations is None else named(wish.locations)
    administrates = not wish.is_limited if wish.may_administrate is None else wish.may_administrate
    if administrates and wish.is_limited:
        raise InvalidInput(
            "administrate: a token with limits can't administrate: it could make itself one without. "
            "Leave out the limits, or this.",
            field="administrate",
        )
    expires_at = None if wish.expires_at is None else instant(wish.expires_at, field="expires")
    secret = PREFIX + secrets.token_urlsafe(32)
    with db.write() as write:
        if expires_at is not None and expires_at <= write.now:
            raise EndsInThePast(field="expires")
        if any(row.name == name for row in store.matching(write.conn, store.valid(write.now))):
            raise Conflict(
                f"name: there is a valid token called {name!r}. Revoke it first, or choose another name.",
                field="name",
            )
        number = store.add(
            write.conn,
            {
                "name": name,
                "digest": _digest(secret),
                "hint": secret[: len(PREFIX) + 4],
                "temporary_statuses": _sorted(wish.temporary_statuses),
                "locations": None
                if locations is None
                else location_numbers(write.conn, principal, locations),
                "operators": _sorted(principal.operators),
                "countries": _sorted(principal.countries),
                "may_read": wish.may_read,
                "may_clear_others": wish.may_clear_others,
                "may_report_actual": wish.may_report_actual,
                "may_administrate": administrates,
                "created_at": write.now,
                "created_by": principal.name,
                "expires_at": expires_at,
            },
        )
        audit_log.add(write.conn, at=write.now, by=principal.name, what="token created", about=name)
        [row] = store.matching(write.conn, token.c.id == number)
        made = _token(row, _names(write.conn, [row]))
    return NewToken(made, secret)


def list_tokens(db: Database, principal: Principal) -> list[Token]:
    """All tokens within the area of an administrator, revoked and expired ones too, oldest first."""
    _require_keeper(principal)
    with db.read() as conn:
        rows = [row for row in store.matching(conn) if _is_within(row, principal)]
        names = _names(conn, rows)
        return [_token(row, names) for row in rows]


def revoke_token(db: Database, principal: Principal, token_id: int) -> Token:
    """End a token at once. Revoking it again changes nothing. Raises NotFound."""
    _require_keeper(principal)
    with db.write() as write:
        known = token.c.id == (token_id if token_id in evses.NUMBERS else 0)
        row = next(iter(store.matching(write.conn, known)), None)
        if row is None or not _is_within(row, principal):
            raise NotFound(f"id: there is no token {str(token_id)[:30]}.", field="id")
        if row.revoked_at is None:
            store.change(write.conn, row.id, revoked_at=write.now, revoked_by=principal.name)
            audit_log.add(
                write.conn, at=write.now, by=principal.name, what="token revoked", about=row.name
            )
            [row] = store.matching(write.conn, known)
        return _token(row, _names(write.conn, [row]))


def recognise(db: Database, secret: str, *, now: datetime) -> Principal:
    """Who a token stands for. Raises NotSignedIn; it doesn't say whether a token was ever known.

    The digest is looked up, not the secret: how long that takes tells something about a hash that
    nobody can aim at, and the digests are then compared in constant time all the same.
    """
    digest = _digest(secret)
    with db.read() as conn:
        row = store.by_digest(conn, digest)
    if row is None or not hmac.compare_digest(row.digest, digest):
        raise NotSignedIn("This token isn't known. Check it, or ask an administrator for another.")
    if row.revoked_at is not None:
        raise NotSignedIn("This token has been revoked. Ask an administrator for another.")
    if row.expires_at is not None and row.expires_at <= now:
        raise NotSignedIn("This token has expired. Ask an administrator for another.")
    if row.last_used_at is None or now - row.last_used_at >= _USE_IS_NOTED_EVERY:
        _note_use(db, row.id, now)
    return _principal(row)


def _note_use(db: Database, number: int, now: datetime) -> None:
    """To the minute, beside the product's own writes; a store that can't be written is no reason to refuse."""
    try:
        with db.aside() as conn:
            store.change(conn, number, last_used_at=now)
    except StoreUnusable:
        return


def _principal(row: Row[Any]) -> Principal:
    statuses = _statuses(row)
    reads_only = statuses == frozenset() and not row.may_report_actual
    role = Role.VIEWER if reads_only else Role.PLANNER
    return Principal(
        row.name,
        Role.ADMINISTRATOR if row.may_administrate else role,
        _frozen(row.operators),
        _frozen(row.countries),
        locations=None if row.locations is None else frozenset(row.locations),
        temporary_statuses=statuses,
        may_read=row.may_read,
        may_clear_others=row.may_clear_others,
        may_report_actual=row.may_report_actual,
        token_id=row.id,
    )


def _require_keeper(principal: Principal) -> None:
    principal.require_administrator()
    principal.require_nothing_but_an_area()


def _is_within(row: Row[Any], principal: Principal) -> bool:
    """Whether a token reaches no further than an administrator does."""
    pairs = ((row.operators, principal.operators), (row.countries, principal.countries))
    return all(mine is None or (its is not None and set(its) <= mine) for its, mine in pairs)


def _digest(secret: str) -> str:
    """SHA-256 without salt or stretching: the secret has 256 random bits, there is nothing to guess."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or not name.isprintable():
        raise InvalidInput(
            "name: give the token a name in plain letters; it is the author of what it sets.",
            field="name",
        )
    if len(name) > _NAME_LIMIT:
        raise TooLong(field="name", limit=_NAME_LIMIT, length=len(name))
    if name.lower() == LOCAL.name or ("@" in name and " " not in name):
        raise InvalidInput(
            f"name: {name!r} would look like a person in the history. "
            "Name the program, for example Lot 7 sensors.",
            field="name",
        )
    return name


def _names(conn: Connection, rows: Sequence[Row[Any]]) -> dict[int, str]:
    return store.location_ids(conn, {number for row in rows for number in row.locations or ()})


def _token(row: Row[Any], names: dict[int, str]) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        hint=row.hint,
        temporary_statuses=_statuses(row),
        locations=None
        if row.locations is None
        else tuple(names.get(number, str(number)) for number in row.locations),
        operators=_frozen(row.operators),
        countries=_frozen(row.countries),
        may_read=row.may_read,
        may_clear_others=row.may_clear_others,
        may_report_actual=row.may_report_actual,
        may_administrate=row.may_administrate,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        last_used_at=row.last_used_at,
    )


def _statuses(row: Row[Any]) -> frozenset[TemporaryStatus] | None:
    if row.temporary_statuses is None:
        return None
    return frozenset(TemporaryStatus(word) for word in row.temporary_statuses)


def _frozen(words: Sequence[str] | None) -> frozenset[str] | None:
    return None if words is None else frozenset(words)


def _sorted(words: frozenset[Any] | None) -> list[str] | None:
    return None if words is None else sorted(str(word) for word in words)
