"""Which driver app asks, and how far was it told? Apps pull and listen; they are never called."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from evse_status.core.errors import NotAllowed, NotSignedIn, StoreUnusable
from evse_status.core.partner import PartnerRole, PartnerSettings, Reach
from evse_status.core.translation import Channel
from evse_status.service.known_partners import Partner, by_token, heard, partner_of
from evse_status.store import partners as store
from evse_status.store.database import Database
from evse_status.store.tables import partner as table

NEW_APP = PartnerSettings(
    role=PartnerRole.RECEIVER,
    channel=Channel.SPIRII_GO,
    handshake=False,
    reach=Reach(unpublished=False),
)
"""A driver app before anything is set of it: `publish: false` stays out of it."""

LISTENS_FOR = timedelta(seconds=45)
"""An app that nothing was streamed to for longer isn't listening any more."""


@dataclass(frozen=True, slots=True)
class AppLine:
    """An app as pages and commands show it: when it last fetched, and up to when it was streamed to."""

    app: Partner
    fetched_at: datetime | None
    streamed_until: datetime | None
    listens: bool


def app_by_token(db: Database, token: str) -> Partner:
    """Which driver app shows this token. Raises NotSignedIn, NotAllowed (another channel's, or paused)."""
    try:
        app = by_token(db, token)
    except NotSignedIn:
        raise NotSignedIn(
            "This token isn't known, or not any more. Ask whoever runs this server for the token of your app."
        ) from None
    if app.settings.channel is not Channel.SPIRII_GO:
        raise NotAllowed(
            f"This is the token of {app.name}, which is no driver app. Ask for a token of channel driver-app."
        )
    if app.paused:
        raise NotAllowed(
            f"{app.name} is paused here and gets nothing. Ask whoever runs this server to resume it."
        )
    return app


def fetched(db: Database, app: Partner, *, now: datetime) -> None:
    """Note that an app fetched something, at most once a minute."""
    heard(db, app, now=now)


def streamed(db: Database, apps: Iterable[int], *, until: datetime) -> None:
    """Note up to when apps that listen were streamed to; a store that can't be written is no reason to fail."""
    try:
        with db.aside() as conn:
            store.streamed(conn, sorted(set(apps)), until=until)
    except StoreUnusable:
        return


def driver_apps(db: Database) -> dict[int, Partner]:
    """All driver apps that weren't removed, paused ones too, by number; for the product itself."""
    return {number: app for number, (app, _) in apps_and_tokens(db).items()}


def apps_and_tokens(db: Database) -> dict[int, tuple[Partner, str]]:
    """Likewise, each with the digest of its token: another one, and who listens with the old one is let go."""
    with db.read() as conn:
        return {
            row.id: (partner_of(row), row.digest or "")
            for row in store.kept(conn, table.c.channel == Channel.SPIRII_GO.value)
        }


def listens(app: Partner, *, now: datetime) -> bool:
    """Whether something listens for an app, and has been sent everything."""
    return not app.paused and has_just(app.reached_at, now)


def has_just(until: datetime | None, now: datetime) -> bool:
    """Whether what was streamed up to then was streamed just now."""
    return until is not None and now - until <= LISTENS_FOR


def app_lines(db: Database, *, now: datetime) -> list[AppLine]:
    """How far each app was told, in the order in which they were added; for pages that already authorise."""
    return [
        AppLine(
            one,
            fetched_at=one.heard_at,
            streamed_until=one.reached_at,
            listens=listens(one, now=now),
        )
        for one in driver_apps(db).values()
    ]
