"""Who is to be told? Receivers that are connected, and the tokens that we show them."""

from sqlalchemy import Connection

from evse_status.core.partner import PartnerRole
from evse_status.core.translation import Channel
from evse_status.service.known_partners import Partner, kept_partners
from evse_status.store import deliveries as store
from evse_status.store.database import Database


def told_partners(conn: Connection) -> list[Partner]:
    """Receivers that can be told: registered, or in no need of it. Paused ones too; driver apps never:
    they listen."""
    return [
        one
        for one in kept_partners(conn)
        if one.settings.role is PartnerRole.RECEIVER
        and one.settings.channel is not Channel.SPIRII_GO
        and one.is_connected
        and one.locations_url
    ]


def partners_with_tokens(db: Database) -> list[tuple[Partner, str | None]]:
    """Receivers that can be told, each with the token that we show it as it is kept, encrypted."""
    with db.read() as conn:
        partners = told_partners(conn)
        rows = store.partner_rows(conn, [one.id for one in partners])
        return [(one, rows[one.id].secret) for one in partners if one.id in rows]
