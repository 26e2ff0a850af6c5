"""Which page is asked for, and may this visitor see it? The script that Streamlit runs.

Not `app.py`: Streamlit would find the folder `pages` beside it and run a page past the gate.
"""

import streamlit as st
from streamlit.navigation.page import Page

from evse_status.core.errors import EvseStatusError
from evse_status.core.principal import Principal, Role
from evse_status.ui import bundle, failures, gate, leaving, session, url

TIMELINE = st.Page(
    bundle.page("timeline"),
    title="Timeline",
    icon=":material/view_timeline:",
    url_path="timeline",
    default=True,
)
PAGES = [
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
    st.Page(
        bundle.page("series"),
        title="Series",
        icon=":material/event_repeat:",
        url_path="series",
        visibility="hidden",
    ),
    st.Page(bundle.page("preview"), title="Preview", icon=":material/devices:", url_path="preview"),
    st.Page(
        bundle.page("deliveries"),
        title="Deliveries",
        icon=":material/outbox:",
        url_path="deliveries",
    ),
    st.Page(bundle.page("help"), title="Help", icon=":material/help:", url_path="help"),
]


def _pages(principal: Principal | None) -> list[Page]:
    """The same addresses for everybody, in the menu what they may use; services decide again."""
    role = Role.VIEWER if principal is None else principal.role
    plan = st.Page(
        bundle.page("plan"),
        title="Plan",
        icon=":material/edit_calendar:",
        url_path="plan",
        visibility="hidden" if role is Role.VIEWER else "visible",
    )
    tokens = st.Page(
        bundle.page("tokens"),
        title="Tokens",
        icon=":material/key:",
        url_path="tokens",
        visibility="visible" if role is Role.ADMINISTRATOR else "hidden",
    )
    return [TIMELINE, plan, *PAGES[:-1], tokens, PAGES[-1]]


def main() -> None:
    """Configure, let in or ask to sign in, and run the page."""
    leaving.arrive()
    st.set_page_config(page_icon=str(bundle.ASSETS / "icon.png"), layout="wide")
    st.logo(str(bundle.ASSETS / ("mark-dark.png" if session.is_dark() else "mark-light.png")))
    try:
        visit = session.visit()
        gate.note(session.app(), session.claims(), visit)
    except EvseStatusError as error:
        st.navigation(_pages(None), position="hidden")
        failures.show(error, again=True)
        return
    page = st.navigation(_pages(visit.principal), position="top" if visit.principal else "hidden")
    url.enter(page.url_path)
    st.set_page_config(page_title=f"{page.title} · evse-status")
    if visit.principal is None:
        gate.turn_away(session.app(), session.claims(), visit)
        return
    with failures.in_words(again=True):
        page.run()


main()
