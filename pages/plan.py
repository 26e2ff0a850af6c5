"""Plan: which EVSEs shall show something else, what, when and why?"""

import streamlit as st

from evse_status.ui import plan_outcome, plan_preview, session
from evse_status.ui.evse_picker import pick_evses
from evse_status.ui.plan_form import ask, form_zone
from evse_status.ui.plan_service import preview_of, what_to_do
from evse_status.ui.preview_draft import draw_preview_link
from evse_status.ui.refusals import show_beside
from evse_status.ui.views.plan import headline, zones_of

with session.page_header(
    "Plan an override",
    "Tell drivers something else for a while. The charger itself is not touched.",
):
    pass


def draw() -> None:
    """The whole page below its title, again whenever something moves."""
    which_and_what, consequences = st.columns([57, 43], gap="medium")
    with which_and_what:
        with st.container(border=True):
            evses, problems = pick_evses()
        zones = zones_of(evses)
        zone = form_zone(zones)
        with st.container(border=True):
            asked = ask(zones)

    preview, refused = preview_of(evses, asked)

    with consequences, st.container(border=True):
        done = plan_outcome.placed()
        if done is not None:
            plan_outcome.draw_result(done)
            if plan_outcome.is_of_this_form(done):
                return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(headline(evses) if evses else "No EVSE picked yet", anchor=False)
            st.space("stretch")
            plan_outcome.place_button(len(evses), zone, ready=preview is not None)
        elsewhere = st.container()
        if preview is None or asked.wish is None:
            st.markdown(what_to_do(evses, asked, refused))
        else:
            plan_preview.draw_rows(preview, zone)
            plan_preview.draw_overlaps(preview, zone)
            plan_preview.draw_channels(preview)
            draw_preview_link(evses, asked.wish, now=preview.now)
            plan_preview.draw_notices(preview, asked.wish, zones=zones, zone=zone)
            st.caption("Nothing is sent before you place it. Afterwards you can undo it.")

    if refused is not None:
        show_beside(refused, {**asked.places, "evseId": problems}, elsewhere)


session.live(draw)
