"""What is one override, what happened to it, and what can still be done?"""

import streamlit as st

from evse_status.ui import bundle
from evse_status.ui.override_history import detail_in_address, draw_history, draw_unknown, title_of
from evse_status.ui.override_panel import draw_override
from evse_status.ui.session import live, page_header

detail = detail_in_address()
title = title_of(detail)

with page_header(title, live=detail is not None):
    st.page_link(bundle.page("overrides"), label="All overrides", icon=":material/arrow_back:")


def body() -> None:
    """The override with its actions on the left, its whole history on the right."""
    if detail is None:
        draw_unknown()
        return
    about, past = st.columns([2, 3], gap="medium")
    with about:
        draw_override(detail, key="override")
    with past:
        draw_history(detail)


live(body)
