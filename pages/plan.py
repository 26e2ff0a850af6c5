"""Plan: which EVSEs shall show something else, what, when and why?"""

import streamlit as st

from evse_status.ui import plan_csv, plan_outcome, plan_placing, plan_preview, session
from evse_status.ui.evse_picker import by_file, pick_evses
from evse_status.ui.plan_form import ask
from evse_status.ui.plan_service import preview_of, what_to_do
from evse_status.ui.refusals import show_beside
from evse_status.ui.views.plan import headline

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
            asked = plan_csv.ask() if by_file() else None
        if asked is None:
            with st.container(border=True):
                asked = ask(evses)

    shown, refused = preview_of(asked)

    with consequences, st.container(border=True):
        done = plan_outcome.placed()
        if done is not None:
            plan_outcome.draw_result(done)
            if plan_outcome.is_of_this_form(done):
                return
        plan_placing.watch(shown)
        concerned = evses if shown is None else shown.evses
        with st.container(horizontal=True, vertical_alignment="center"):
            said = headline(concerned) if concerned else "No EVSE picked yet"
            st.subheader(said, anchor=False)
            st.space("stretch")
            plan_placing.place_button(shown)
        elsewhere = st.container()
        plan_placing.draw_changed()
        if shown is None:
            st.markdown(what_to_do(asked, refused, by_file=by_file()))
        else:
            plan_preview.draw(shown)
            st.caption("Nothing is sent before you place it. Afterwards you can undo it.")

    refused = refused or asked.refused or plan_placing.refusal()
    if refused is not None:
        show_beside(refused, {**asked.places, "evseId": problems}, elsewhere)


session.live(draw)
