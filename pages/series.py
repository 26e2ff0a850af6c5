"""What repeats here, when does it hold next, and what can be done about it?"""

import streamlit as st

from evse_status.ui import bundle
from evse_status.ui.series_panel import (
    draw_series_history,
    draw_series_panel,
    draw_times,
    draw_unknown_series,
    series_in_address,
)
from evse_status.ui.session import live, page_header

detail = series_in_address()
title = f"Series {detail.row.series.id}" if detail else "Series"

with page_header(title, live=detail is not None):
    st.page_link(
        bundle.page("overrides"),
        label="All series",
        icon=":material/arrow_back:",
        query_params={"phase": "series"},
    )


def body() -> None:
    """The series with its actions on the left, its next times and its history on the right."""
    if detail is None:
        draw_unknown_series()
        return
    about, ahead = st.columns([2, 3], gap="medium")
    with about:
        draw_series_panel(detail)
    with ahead:
        draw_times(detail)
        draw_series_history(detail)


live(body)
