"""What do the services say about the fleet, for this visitor and at this instant?"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache, partial

import streamlit as st

from evse_status.bootstrap import App
from evse_status.core.local_time import zone
from evse_status.core.principal import LOCAL, Principal
from evse_status.service import fleet
from evse_status.service.fleet import (
    FleetCounts,
    FleetFilter,
    FleetPage,
    Place,
    StripColumn,
)
from evse_status.service.memory import Memory
from evse_status.service.series_filler import filling
from evse_status.ui.beside import Beside, Told
from evse_status.ui.export_button import Export
from evse_status.ui.session import app, now, principal, wait_for
from evse_status.ui.views.strip import MOST_STRIP_COLUMNS
from evse_status.ui.views.timeline_csv import timeline_csv
from evse_status.ui.views.window import USUAL_DAYS, Window, around

_EXPORT_STEP = 1_000
_PATIENCE_SECONDS = 0.3
"""How long a page waits for the strip before it is drawn without."""


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


def strip(window: Window) -> Told[list[StripColumn]]:
    """The whole fleet over the window, as far as it is counted; the live page is drawn again then.

    Counting takes long over millions of overrides: it is done beside the page, which waits a moment.
    """
    at = now()
    told = _strip_of(app(), principal(), window, now=at, patience=_PATIENCE_SECONDS)
    if told.coming is not None:
        wait_for(told.coming)
    return told


@asynccontextmanager
async def counted_ahead(_server: object) -> AsyncIterator[None]:
    """Count at the server's start what the first visitor will ask for, and keep series stored ahead
    while it runs: its `lifespan`."""
    counting().do(_count_ahead)
    with filling(app().database):
        yield


@cache
def counting() -> Beside:
    """What counts beside the pages of this process."""
    return Beside()


def _strip_of(
    of: App, who: Principal, window: Window, *, now: datetime, patience: float
) -> Told[list[StripColumn]]:
    return counting().ask(
        (of.database.name, who.area, who.may_read, window.from_at, window.to_at),
        fleet.pulse(of.database, now=now).written_at,
        partial(
            fleet.fleet_strip,
            of.database,
            who,
            from_at=window.from_at,
            to_at=window.to_at,
            most=MOST_STRIP_COLUMNS,
            memory=_memory_of(of.database.name),
        ),
        now=now,
        patience=patience,
    )


def _count_ahead() -> None:
    its = app()
    at = its.now()
    usual = around(at, days=USUAL_DAYS, zone=zone(its.settings.zone))
    kept = _memory_of(its.database.name)
    fleet.fleet_counts(its.database, LOCAL, now=at, memory=kept)
    fleet.places(its.database, LOCAL, memory=kept)
    _strip_of(its, LOCAL, usual, now=at, patience=0)


def csv_of(which: FleetFilter, window: Window, total: int) -> Export:
    """The CSV of all EVSEs and overrides under the filter."""
    db, who, at = app().database, principal(), now()

    def pages() -> Iterator[FleetPage]:
        offset, count = 0, 1
        while offset < count:
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
            yield page
            offset, count = offset + _EXPORT_STEP, page.total

    return Export("timeline.csv", total, "EVSE", lambda: timeline_csv(pages(), now=at))
