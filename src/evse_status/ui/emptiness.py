"""What does the timeline say when there is nothing to show?"""

import streamlit as st

from evse_status.ui.fleet_filter import clear_filters


def no_evses() -> None:
    """Nothing was imported yet."""
    with st.container(border=True):
        st.markdown("**No EVSEs yet.** Import your locations, or look at the demo network:")
        st.code(
            "evse-status import ocpi https://your-csms.example/ocpi/2.2.1/locations\n"
            "evse-status demo",
            language=None,
        )


def no_match() -> None:
    """The filter leaves nothing over."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown("**No EVSE fits these filters.** Widen them, or start over:", width="content")
        st.button("Clear the filters", icon=":material/filter_alt_off:", on_click=clear_filters)
