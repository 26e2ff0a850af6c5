"""Which page is asked for, and may this visitor see it? The script that Streamlit runs.

Not `app.py`: Streamlit would find the folder `pages` beside it and run a page past the gate.
"""

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.ui import bundle, failures, gate, session

PAGES = [
    st.Page(
        bundle.page("timeline"),
        title="Timeline",
        icon=":material/view_timeline:",
        url_path="timeline",
        default=True,
    ),
    st.Page(bundle.page("plan"), title="Plan", icon=":material/edit_calendar:", url_path="plan"),
    st.Page(
        bundle.page("overrides"),
        title="Overrides",
        icon=":material/fact_check:",
        url_path="overrides",
    ),
    st.Page(
        bundle.page("override"),
        title="Override",
        icon=":material/history:",
        url_path="override",
        visibility="hidden",
    ),
    st.Page(bundle.page("preview"), title="Preview", icon=":material/devices:", url_path="preview"),
    st.Page(bundle.page("help"), title="Help", icon=":material/help:", url_path="help"),
]


def main() -> None:
    """Configure, let in or ask to sign in, and run the page."""
    st.set_page_config(page_icon=str(bundle.ASSETS / "icon.png"), layout="wide")
    st.logo(str(bundle.ASSETS / ("mark-dark.png" if session.is_dark() else "mark-light.png")))
    try:
        let_in = session.visitor() is not None
    except EvseStatusError as error:
        st.navigation(PAGES, position="hidden")
        failures.show(error, again=True)
        return
    page = st.navigation(PAGES, position="top" if let_in else "hidden")
    st.set_page_config(page_title=f"{page.title} · evse-status")
    if not let_in:
        gate.ask_to_sign_in()
        return
    with failures.in_words(again=True):
        page.run()


main()
