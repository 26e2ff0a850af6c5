"""May this hub be pushed to? Two partners in the name of one operator would push at the same time."""

from urllib.parse import urlsplit

from sqlalchemy import Connection

from evse_status.core.errors import Conflict
from evse_status.core.partner import PartnerSettings
from evse_status.core.roaming_id import same_operator
from evse_status.core.translation import Channel
from evse_status.service.known_partners import kept_partners

_PORTS = {"https": 443, "http": 80}


def require_operator_free(
    conn: Connection, settings: PartnerSettings, *, but: int | None = None
) -> None:
    """Refuse a hub to which another partner than number `but` pushes in the same name (Conflict).

    To Hubject one push of an operator is in flight at a time, and a full load replaces all it has.
    """
    if settings.channel is not Channel.HUBJECT:
        return
    for one in kept_partners(conn):
        theirs = one.settings
        if (
            one.id != but
            and theirs.channel is Channel.HUBJECT
            and _place(theirs.url) == _place(settings.url)
            and same_operator(theirs.operator_id, settings.operator_id)
        ):
            raise Conflict(
                f"operatorId: {one.name} pushes to this hub in the name of {theirs.operator_id} already. "
                "Edit that partner, or remove it first.",
                field="operatorId",
            )


def _place(url: str) -> tuple[str, int | None]:
    """Which machine is meant, whatever its path looks like."""
    parts = urlsplit(url.strip())
    return (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme)
