"""Which EVSEs are there, and what do they show when? The start page."""

import streamlit as st

from evse_status.ui import bundle, emptiness, fleet_reads
from evse_status.ui.first_minute import first_minute
from evse_status.ui.fleet_filter import fleet_filter
from evse_status.ui.fleet_tiles import fleet_tiles
from evse_status.ui.legend import legend
from evse_status.ui.override_panel import override_panel
from evse_status.ui.pager import page_number, pager
from evse_status.ui.place_panel import place_panel
from evse_status.ui.session import is_dark, live, page_header
from evse_status.ui.silence import silence_banner
from evse_status.ui.timeline_chart import (
    close_panel,
    go_where_clicked,
    picked_override,
    picked_place,
    timeline_chart,
)
from evse_status.ui.views.timeline import timeline_view
from evse_status.ui.window_control import window_control

EVSES_A_PAGE = 12

go_where_clicked()

with page_header("Timeline", live=True):
    window = window_control()
    if st.button("Plan an override", type="primary", icon=":material/add:"):
        st.switch_page(bundle.page("plan"), query_params={})


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
    override, place = picked_override(), picked_place()
    picture, panel = st.columns([3, 1]) if override or place else (st.container(), None)
    with picture, st.spinner("Loading the timeline …"):
        page = fleet_reads.rows(which, window, number=page_number(), size=EVSES_A_PAGE)
        if page.total:
            timeline_chart(timeline_view(page, fleet_reads.strip(window), window))
            legend(dark=is_dark())
            with st.container(horizontal=True, vertical_alignment="center"):
                pager(page.total, size=EVSES_A_PAGE, what="EVSEs")
                st.space("stretch")
                st.download_button(
                    "CSV",
                    fleet_reads.csv_of(which, window),
                    "timeline.csv",
                    "text/csv",
                    icon=":material/download:",
                    type="tertiary",
                    on_click="ignore",
                )
        else:
            emptiness.no_match()
    if panel is not None:
        with panel:
            if override:
                override_panel(override, key="timeline", on_close=close_panel)
            elif place:
                place_panel(place, on_close=close_panel)


live(timeline)
