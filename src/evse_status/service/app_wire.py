"""Which event does a driver app get of an EVSE at an instant, and if none, why not?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from evse_status.channels.driver_app.payload import EventName, Form, body, change_form, gone_form
from evse_status.core.app_display import AppView, app_shown, changed_last
from evse_status.core.displayed import ActualStretch
from evse_status.core.partner import PartnerRole
from evse_status.core.segments import Segment
from evse_status.core.translation import PROFILES, Channel, Profile
from evse_status.service.app_list import LOOKED_BACK
from evse_status.service.known_partners import Partner
from evse_status.service.seen_at import Moment
from evse_status.store import actuals, app_feed, overrides

_TICK = timedelta(microseconds=1)
_NOBODY = "No driver app with these words listens yet: this is what one would be told."


@dataclass(frozen=True, slots=True)
class AppProfile:
    """A driver app's words. `key` stands in addresses, `name` on pages; `app` where they are an app's own."""

    key: str
    name: str
    shown_in: Profile
    app: Partner | None = None


@dataclass(frozen=True, slots=True)
class AppMessage:
    """An event of the stream: its name and the text of its data. `to` is the app's name."""

    event: str
    body: str
    why_not: str = ""
    to: str = ""


def app_profiles(partners: Iterable[Partner]) -> tuple[AppProfile, ...]:
    """The profiles that come with the product, then every driver app's own by its number."""
    shipped = (AppProfile(name, name, its) for name, its in PROFILES.items())
    own = (
        AppProfile(f"app-{one.id}", one.name, one.settings.shown_in, one) for one in apps(partners)
    )
    return (*shipped, *own)


def apps(partners: Iterable[Partner]) -> list[Partner]:
    """The driver apps among the counterparties."""
    return [
        one
        for one in partners
        if one.settings.channel is Channel.SPIRII_GO and one.settings.role is PartnerRole.RECEIVER
    ]


def app_message(
    conn: Connection,
    evse: int,
    moment: Moment,
    profile: AppProfile,
    partners: Iterable[Partner] = (),
) -> AppMessage:
    """The event that tells how the EVSE looks at a moment, with its `since`, to the app whose words these
    are, else to the oldest that has the same words."""
    same = [one for one in apps(partners) if one.settings.shown_in == profile.shown_in]
    app = profile.app or next(iter(same), None)
    [row] = app_feed.plain(conn, [evse])
    to, why_not = (app.name, "") if app is not None else ("", _NOBODY)
    if app is not None and not app.settings.reach.includes(
        party_id=row.party_id,
        country_code=row.country_code,
        location_id=row.location_id,
        publish=row.publish,
    ):
        why_not = f"{app.name} isn't told of this location."
        if not row.publish and not app.settings.reach.unpublished:
            why_not = f"The location isn't published (publish: false): {app.name} isn't told of it."
        return AppMessage(EventName.CHANGE.value, "", why_not, to)
    view = AppView(profile.shown_in, app.settings.statuses if app is not None else None)
    segments, reported, since = _history(conn, row, view, moment)
    event, form = _form(view, row, segments, reported, since, moment)
    return AppMessage(event.value, body(form), why_not, to)


def _form(
    view: AppView,
    row: Row[Any],
    segments: Sequence[Segment],
    reported: Sequence[ActualStretch],
    since: datetime,
    moment: Moment,
) -> tuple[EventName, Form]:
    shown = app_shown(view, segments, reported, moment.at)
    gone = not moment.is_past and (row.removed_at is not None or row.replaced_by is not None)
    if shown.look is None or gone:
        return EventName.GONE, gone_form(row.id, row.evse_id)
    return EventName.CHANGE, change_form(
        uid=row.id,
        evse_id=row.evse_id,
        location_uid=row.location_id,
        location_id=row.ocpi_id,
        look=shown.look,
        available=shown.available,
        since=since,
    )


def _history(
    conn: Connection, row: Row[Any], view: AppView, moment: Moment
) -> tuple[Sequence[Segment], Sequence[ActualStretch], datetime]:
    """What holds at the moment, and since when it has looked so; no more is read than that takes."""
    at = moment.at
    for back in LOOKED_BACK:
        after = at - back
        planned: list[Segment] = [] if moment.planned is None else [moment.planned]
        if moment.with_overrides:
            planned += overrides.segments_in(conn, after, at + _TICK, evse_numbers=[row.id])
        known = actuals.in_window(conn, [row.id], after, at + _TICK)[row.id]
        since = changed_last(view, planned, known, after=after, until=at)
        if since is not None:
            return planned, known, since
    begun = [one.from_at for one in planned] + [one.from_at for one in known]
    return planned, known, min(max(min(begun or [row.created_at]), after), at)
