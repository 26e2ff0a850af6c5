"""Who signed in, and who changed tokens or settings? A log that nothing in the product deletes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evse_status.core.principal import Principal
from evse_status.store import audit_log
from evse_status.store.database import Database

SIGNED_IN, SIGNED_OUT, TURNED_AWAY = "signed in", "signed out", "turned away"
SETTINGS = "settings changed"
_SERVER, _DEFAULT = "the server", "default"


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line: when (UTC), who, what, about whom or which thing, and details as plain text."""

    at: datetime
    by: str
    what: str
    about: str
    details: tuple[tuple[str, str], ...]


def note_visit(db: Database, *, name: str, what: str, session: str, details: str = "") -> None:
    """Note a sign-in, a sign-out or that somebody was turned away, once per `session`.

    `session` is what tells one sign-in from the next; opening another tab or page isn't one.
    """
    with db.read() as conn:
        if audit_log.last(conn, what=what, about=session) is not None:
            return
    with db.write() as write:
        if audit_log.last(write.conn, what=what, about=session) is None:
            told = {"details": details} if details else {}
            audit_log.add(write.conn, at=write.now, by=name, what=what, about=session, details=told)


def has_signed_out(db: Database, *, session: str) -> bool:
    """Whether this sign-in was ended by a sign-out, in whichever tab or browser."""
    with db.read() as conn:
        return audit_log.last(conn, what=SIGNED_OUT, about=session) is not None


def note_settings(db: Database, settings: Mapping[str, str]) -> None:
    """Note what differs from the settings of the last start. `settings` are those that aren't
    their defaults, as text without secrets."""
    with db.read() as conn:
        before = _last_settings(audit_log.last(conn, what=SETTINGS))
    if before == settings:
        return
    with db.write() as write:
        before = _last_settings(audit_log.last(write.conn, what=SETTINGS))
        differing = sorted(
            name for name in {*before, *settings} if before.get(name) != settings.get(name)
        )
        if differing:
            audit_log.add(
                write.conn,
                at=write.now,
                by=_SERVER,
                what=SETTINGS,
                about=", ".join(differing),
                details={"settings": dict(settings), "before": before},
            )


def newest_lines(db: Database, principal: Principal, *, limit: int = 200) -> list[LogLine]:
    """The newest lines first, for administrators without limits."""
    principal.require_administrator()
    principal.require_no_limits()
    with db.read() as conn:
        return [
            LogLine(row.at, row.by, row.what, row.about, _told(row.what, row.details))
            for row in audit_log.newest_first(conn, limit=limit)
        ]


def _last_settings(row: Any) -> dict[str, str]:
    return dict(row.details["settings"]) if row is not None else {}


def _told(what: str, details: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    if what != SETTINGS:
        return tuple((name, str(value)) for name, value in details.items())
    before, after = details["before"], details["settings"]
    return tuple(
        (name, f"{before.get(name, _DEFAULT)} → {after.get(name, _DEFAULT)}")
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )
