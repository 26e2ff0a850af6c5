"""Whose clocks? What is wished for on the clocks of each site, by the zones of the sites (rule 6)."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from evse_status.core.errors import UnknownOverride
from evse_status.core.local_time import zone
from evse_status.core.override import Wish
from evse_status.core.principal import Principal
from evse_status.core.wall_time import WishOnClocks
from evse_status.service.groups import Group, meant
from evse_status.service.selecting import Described, chosen
from evse_status.service.series import SeriesWish
from evse_status.service.series import Target as SeriesTarget
from evse_status.store import evses, overrides
from evse_status.store.database import Database

_NOWHERE = "UTC"
"""For EVSEs that can't be found: whatever they are asked for, they are refused."""


def groups_at_sites(
    conn: Connection, principal: Principal, found: Sequence[int | str], wish: Wish | WishOnClocks
) -> tuple[list[Group], list[int]]:
    """One group per zone, and which place in `found` each of their EVSEs has, one group after the other.

    Raises the errors of local times that don't exist, or exist twice, in any of the zones.
    """
    if isinstance(wish, Wish):
        return [Group(tuple(found), wish)], list(range(len(found)))
    by_zone = _by_zone(conn, principal, found)
    groups = [
        Group(tuple(found[place] for place in places), wish.at_site(zone(name)))
        for name, places in by_zone.items()
    ]
    return groups, [place for places in by_zone.values() for place in places]


def series_targets(
    db: Database, principal: Principal, which: Described, wish: SeriesWish
) -> list[SeriesTarget]:
    """What is to be repeated where: on the clocks of `wish.zone`, without one a wish per zone of the sites."""
    principal.require_planner()
    with db.read() as conn:
        found = chosen(conn, principal, which)
        if wish.zone:
            return [(found, wish)]
        by_zone = _by_zone(conn, principal, found)
    return [
        ([found[place] for place in places], replace(wish, zone=name))
        for name, places in by_zone.items()
    ]


def site_zone(db: Database, principal: Principal, override_id: int) -> ZoneInfo:
    """The zone of the site on whose EVSE an override is. Raises UnknownOverride, also for one out of reach."""
    with db.read() as conn:
        one = overrides.known(conn, [override_id]).get(override_id)
        numbers = [] if one is None else [one.evse]
        rows = [*evses.by_numbers(conn, numbers, evses.in_area(principal)).values()]
    if not rows:
        raise UnknownOverride(override_id)
    return zone(rows[0].time_zone)


def _by_zone(
    conn: Connection, principal: Principal, found: Sequence[int | str]
) -> dict[str, list[int]]:
    """The places of EVSEs by zone; those that can't be found stand with the first that can."""
    known = meant(conn, principal, found)
    zones = [None if (card := known[one].card) is None else card.time_zone for one in found]
    first = next((name for name in zones if name is not None), _NOWHERE)
    by_zone: dict[str, list[int]] = {}
    for place, name in enumerate(zones):
        by_zone.setdefault(name or first, []).append(place)
    return by_zone
