"""Which EVSEs are there, and what do they show when? The start page."""

import streamlit as st

from evse_status.ui import emptiness, fleet_reads
from evse_status.ui.export_button import draw_export, export_button
from evse_status.ui.first_minute import first_minute
from evse_status.ui.fleet_filter import fleet_filter, only_bar
from evse_status.ui.fleet_tiles import fleet_tiles
from evse_status.ui.leaving import leave_for
from evse_status.ui.legend import legend
from evse_status.ui.narrow import PANEL, fit_narrow_screens
from evse_status.ui.override_panel import override_panel
from evse_status.ui.pager import page_number, pager
from evse_status.ui.place_panel import place_panel
from evse_status.ui.session import is_dark, live, page_header
from evse_status.ui.silence import silence_banner
from evse_status.ui.timeline_chart import (
    close_panel,
    go_to,
    go_where_clicked,
    picked_override,
    picked_place,
    timeline_chart,
)
from evse_status.ui.views.strip import strip_told
from evse_status.ui.views.timeline import timeline_view
from evse_status.ui.way_back import note_view, take_up_view
from evse_status.ui.window_control import window_control
from evse_status.ui.zoom import PICTURE, follow_zoom, zoom_bar, zoomed

EVSES_A_PAGE, PANEL_WIDTH = 12, 310

go_where_clicked()
take_up_view()
fit_narrow_screens()

with page_header("Timeline", live=True):
    whole = window_control()
    window = zoomed(whole)
    if st.button("Plan an override", type="primary", icon=":material/add:"):
        leave_for("plan")


def timeline() -> None:
    """Tiles, filters, the picture, and the panel of what was clicked."""
    silence_banner()
    counts = fleet_reads.counts()
    fleet_tiles(counts)
    if not counts.evses:
        emptiness.no_evses()
        return
    first_minute()
    which = fleet_filter(fleet_reads.places())
    note_view()
    override, place = picked_override(), picked_place()
    with st.container(horizontal=True, gap="small"):
        # The picture keeps its place beside a panel: neither scroll nor keyboard focus is lost.
        picture = st.container(key=PICTURE)
        panel = st.container(width=PANEL_WIDTH, key=PANEL) if override or place else None
    with picture, st.spinner("Loading the timeline …"):
        only_bar(which)
        zoom_bar(window, whole)
        page = fleet_reads.rows(which, window, number=page_number(), size=EVSES_A_PAGE)
        if page.total:
            strip = strip_told(fleet_reads.strip(window), window)
            view = timeline_view(page, strip, window)
            timeline_chart(view)
            legend(dark=is_dark())
            with st.container(horizontal=True, vertical_alignment="center"):
                pager(page.total, size=EVSES_A_PAGE, what="EVSEs")
                st.space("stretch")
                go_to(view)
                csv = fleet_reads.csv_of(which, window, page.total)
                export_button("CSV", csv, key="timeline-csv", quiet=True)
        else:
            emptiness.no_match()
    follow_zoom(whole)
    if panel is not None:
        with panel:
            if override:
                override_panel(override, key="timeline", on_close=close_panel)
            elif place:
                place_panel(place, on_close=close_panel)
    draw_export()


live(timeline)
