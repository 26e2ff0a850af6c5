"""Which overrides are there, who made them and why, and which need attention? Which repeat?"""

import streamlit as st

from evse_status.ui.export_button import draw_export
from evse_status.ui.leaving import leave_for
from evse_status.ui.override_filters import (
    attention_row,
    chosen_tab,
    filter_row,
    tab_row,
)
from evse_status.ui.override_list import (
    PLACE,
    cards_now,
    draw_bulk_bar,
    draw_empty,
    draw_export_button,
    draw_paging,
    draw_table,
    labels_now,
    page_of,
)
from evse_status.ui.override_outcome import show_outcome
from evse_status.ui.series_list import draw_series
from evse_status.ui.session import live, page_header
from evse_status.ui.texts import counted
from evse_status.ui.views.overrides import SERIES, tab_labels

with page_header("Overrides", live=True):
    export = st.container(width="content")
    if st.button("Plan an override", icon=":material/add:", type="primary"):
        leave_for("plan")


def body() -> None:
    """What needs attention, then the overrides of the chosen tab, or what repeats."""
    st.subheader("Needs attention", anchor=False)
    attention_row(cards_now())
    if chosen_tab() == SERIES:
        tab_row(labels_now())
        draw_series()
    else:
        listed()
    with st.bottom:
        show_outcome(PLACE)
    draw_bulk_bar()
    draw_export()


def listed() -> None:
    """Tabs, filters, table, and the bar for what is chosen."""
    tabs = st.container()
    which = filter_row()
    page = page_of(which)
    with tabs, st.container(horizontal=True, vertical_alignment="center"):
        tab_row(tab_labels(page))
        st.space("stretch")
        st.caption(
            f"{counted(page.total, 'override')} on {counted(page.evses, 'EVSE')}", width="content"
        )
    with export:
        draw_export_button(which, page.total)
    if page.rows:
        draw_table(page, chosen_tab())
        draw_paging(page, which)
    else:
        draw_empty(which)


live(body)
