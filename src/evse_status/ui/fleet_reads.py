"""What do the services say about the fleet, for this visitor and at this instant?"""

from collections.abc import Callable, Iterator
from functools import partial

import streamlit as st

from evse_status.service import fleet
from evse_status.service.fleet import (
    FleetCounts,
    FleetFilter,
    FleetPage,
    FleetRow,
    Place,
    StripColumn,
)
from evse_status.service.memory import Memory
from evse_status.ui.session import app, now, principal
from evse_status.ui.views.timeline import MOST_STRIP_COLUMNS
from evse_status.ui.views.timeline_csv import timeline_csv
from evse_status.ui.views.window import Window

_EXPORT_STEP = 1_000


def memory() -> Memory:
    """What all visits of this process share."""
    return _memory_of(app().database.name)


@st.cache_resource(show_spinner=False)
def _memory_of(database: str) -> Memory:
    return Memory()


def counts() -> FleetCounts:
    """The figures on top."""
    return fleet.fleet_counts(app().database, principal(), now=now(), memory=memory())


def places() -> list[Place]:
    """All locations with EVSEs."""
    return fleet.places(app().database, principal(), memory=memory())


def rows(which: FleetFilter, window: Window, *, number: int, size: int) -> FleetPage:
    """Page `number` (from 1) of `size` EVSEs; the last one if there are fewer pages by now."""
    asked = partial(
        fleet.fleet_page,
        app().database,
        principal(),
        which,
        from_at=window.from_at,
        to_at=window.to_at,
        now=now(),
        limit=size,
    )
    page = asked(offset=(number - 1) * size)
    if page.total and not page.rows:
        page = asked(offset=(page.total - 1) // size * size)
    return page


def strip(window: Window) -> list[StripColumn]:
    """The whole fleet over the window."""
    return fleet.fleet_strip(
        app().database,
        principal(),
        from_at=window.from_at,
        to_at=window.to_at,
        most=MOST_STRIP_COLUMNS,
        memory=memory(),
    )


def csv_of(which: FleetFilter, window: Window) -> Callable[[], str]:
    """What makes the CSV of all EVSEs and overrides under the filter, when it is asked for.

    Everything it needs of the visit is read now: a download runs outside of it.
    """
    db, who, at = app().database, principal(), now()

    def all_rows() -> Iterator[tuple[FleetRow, FleetPage]]:
        offset, total = 0, 1
        while offset < total:
            page = fleet.fleet_page(
                db,
                who,
                which,
                from_at=window.from_at,
                to_at=window.to_at,
                now=at,
                limit=_EXPORT_STEP,
                offset=offset,
            )
            yield from ((row, page) for row in page.rows)
            offset, total = offset + _EXPORT_STEP, page.total

    return lambda: timeline_csv(all_rows(), now=at)
