"""Who came and went, and what changed of tokens and settings? Only ever added to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from evse_status.store.tables import audit_log


def add(
    conn: Connection,
    *,
    at: datetime,
    by: str,
    what: str,
    about: str,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add one line."""
    line = {"at": at, "by": by, "what": what, "about": about, "details": dict(details or {})}
    conn.execute(insert(audit_log).values(line))


def newest_first(conn: Connection, *, limit: int) -> list[Row[Any]]:
    """The newest lines: at, by, what, about, details."""
    return list(conn.execute(select(audit_log).order_by(audit_log.c.id.desc()).limit(limit)))


def last(conn: Connection, *, what: str, about: str | None = None) -> Row[Any] | None:
    """The newest line of a kind, about one thing where it is given."""
    statement = select(audit_log).where(audit_log.c.what == what)
    if about is not None:
        statement = statement.where(audit_log.c.about == about)
    return conn.execute(statement.order_by(audit_log.c.id.desc()).limit(1)).one_or_none()
