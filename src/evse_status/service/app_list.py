"""Which EVSEs does a driver app show, where are they, and how does each look?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from evse_status.channels.driver_app.payload import AppEvse, AppLocation
from evse_status.channels.ocpi import countries
from evse_status.core.app_display import AppShown, AppView, app_shown, changed_last
from evse_status.core.area import Area
from evse_status.core.errors import UnknownEvse
from evse_status.core.period import from_microseconds
from evse_status.core.principal import LOCAL
from evse_status.service.app_audience import Audience
from evse_status.service.fleet import only_one
from evse_status.store import actuals, app_feed, evses, overrides, shared
from evse_status.store.app_feed import Place
from evse_status.store.database import Database, newest_at

MOST_ON_A_PAGE = 200
ON_A_PAGE = 100
_TICK = timedelta(microseconds=1)
LOOKED_BACK = tuple(timedelta(days=days) for days in (2, 60, 400))
"""How far is looked for when an EVSE came to look as it does; the last is as far as it is said at all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which EVSEs: every given condition must hold; an EVSE without coordinates is in no area.

    `country` is either ISO 3166 code, `location_id` an OCPI Location id, `operator` a party id.
    `after` is behind which EVSE the page begins.
    """

    area: Area | None = None
    country: str | None = None
    city: str | None = None
    location_id: str | None = None
    operator: str | None = None
    after: Place | None = None
    limit: int = ON_A_PAGE


@dataclass(frozen=True, slots=True)
class AppPage:
    """Some EVSEs, those of a location together; `after` is where the next page begins, `None` on the last.

    `place` is the instant up to which every change is in it.
    """

    evses: tuple[AppEvse, ...]
    after: Place | None
    place: datetime


def app_page(db: Database, who: Audience, asked: Asked, *, now: datetime) -> AppPage:
    """One page of what an app shows at `now`. Stable while things change: nothing is left out or comes twice."""
    limit = max(1, min(asked.limit, MOST_ON_A_PAGE))
    with db.read() as conn:
        place = newest_at(conn) or from_microseconds(0)
        conditions = shared.in_reach(who.reach) + app_feed.at_place(
            countries=None if asked.country is None else _codes(asked.country),
            city=asked.city,
            location_id=asked.location_id,
            operator=asked.operator,
        )
        if asked.area is not None:
            conditions.append(app_feed.inside(conn, asked.area, conditions))
        rows = app_feed.page(conn, conditions, asked.after, limit=limit + 1)
        more, rows = len(rows) > limit, rows[:limit]
        shown = as_shown(conn, who.view, rows, max(now, place))
    last = rows[-1] if more else None
    return AppPage(tuple(shown), last and (last.location_id, last.id), place)


def app_evse(db: Database, who: Audience, text: str, *, now: datetime) -> AppEvse:
    """The EVSE that `text` names, in any writing. Raises UnknownEvse, AmbiguousEvse.

    What the app doesn't show is unknown to it.
    """
    with db.read() as conn:
        at = max(now, newest_at(conn) or now)
        found = {row.id: row for row in evses.by_text(conn, text, LOCAL)}
        if not found and text.isascii() and text.isdigit() and len(text) < 19:
            found = dict(evses.by_numbers(conn, [int(text)]))
        rows = [
            row
            for row in app_feed.full(conn, found)
            if who.sees(row) and row.removed_at is None and row.replaced_by is None
        ]
        card = only_one(text, [found[row.id] for row in rows])
        for evse in as_shown(conn, who.view, [row for row in rows if row.id == card.id], at):
            return evse
    raise UnknownEvse(text)


def as_shown(
    conn: Connection, view: AppView, rows: Sequence[Row[Any]], at: datetime
) -> list[AppEvse]:
    """Rows of `app_feed` as an app shows them at `at`, in their order; what it doesn't show is left out."""
    known = looks(conn, view, {row.id: row.created_at for row in rows}, at)
    return [
        AppEvse(
            uid=row.id,
            evse_id=row.evse_id,
            physical_reference=row.physical_reference,
            shown=shown,
            since=since,
            content=row.content,
            location=_location(row),
        )
        for row in rows
        for shown, since in (known[row.id],)
        if shown.look is not None
    ]


def looks(
    conn: Connection, view: AppView, evses_since: Mapping[int, datetime], at: datetime
) -> Mapping[int, tuple[AppShown, datetime]]:
    """What an app shows of EVSEs at `at`, and since when; each with the instant since which it is known.

    No more history is read than it takes.
    """
    found: dict[int, tuple[AppShown, datetime]] = {}
    left = dict(evses_since)
    for back in LOOKED_BACK:
        from_at = at - back
        segments = overrides.segments_since(conn, dict.fromkeys(left, from_at), until=at + _TICK)
        stretches = actuals.since(conn, dict.fromkeys(left, from_at))
        for number, created_at in list(left.items()):
            planned, known = segments.get(number, []), stretches.get(number, [])
            since = changed_last(view, planned, known, after=from_at, until=at)
            if since is None and back == LOOKED_BACK[-1]:
                begun = min(
                    [one.from_at for one in planned] + [one.from_at for one in known]
                    or [created_at]
                )
                since = min(max(begun, from_at), at)
            if since is not None:
                found[number] = (app_shown(view, planned, known, at), since)
                del left[number]
    return found


def _codes(country: str) -> set[str]:
    """How a feed may write this country; one that isn't in our table only as it was asked for."""
    code = country.strip().upper()
    known = countries.country(code)
    return {code} if known is None else {known.alpha2, known.alpha3}


def _location(row: Row[Any]) -> AppLocation:
    return AppLocation(
        uid=row.location_id,
        id=row.ocpi_id,
        operator=row.party_id,
        country_code=row.country_code,
        name=row.name,
        address=row.address,
        city=row.city,
        postal_code=row.postal_code,
        country=row.country,
        latitude=row.latitude,
        longitude=row.longitude,
        time_zone=row.time_zone,
    )
