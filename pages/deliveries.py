"""Deliveries: has every partner acknowledged what drivers should see, and if not, why?"""

import streamlit as st

from evse_status.ui.delivery_cards import (
    draw_cards,
    draw_empty,
    mark,
    reports_now,
    show_said,
    warn,
)
from evse_status.ui.delivery_lists import chosen_partner, draw_evses, draw_receipts
from evse_status.ui.keeper import may_act
from evse_status.ui.partner_form import ask_new, draw_partner_dialog
from evse_status.ui.partner_tokens import draw_tokens_dialog
from evse_status.ui.roaming_panel import draw_roaming_dialog
from evse_status.ui.session import live, page_header
from evse_status.ui.silence import silence_banner

with page_header("Deliveries", live=True):
    if may_act():
        st.button("Add a partner", icon=":material/add:", type="primary", on_click=ask_new)


def body() -> None:
    """Warnings, one card per partner, and of the chosen one its EVSEs and its latest answers."""
    show_said()
    silence_banner()
    reports = reports_now()
    warn(reports)
    if not reports:
        draw_empty()
    chosen = chosen_partner(reports)
    draw_cards(reports, chosen.partner.id if chosen else None)
    if chosen is not None:
        evses, receipts = st.columns([58, 42], gap="medium")
        with evses:
            draw_evses(chosen)
        with receipts:
            draw_receipts(chosen)
        st.caption(
            "Acknowledged means that the partner's server has taken it. Whether its app shows it to "
            "drivers, or those whom a hub passes it on to, only they know. Times wait from the instant a status became true."
        )
    draw_partner_dialog()
    draw_roaming_dialog()
    draw_tokens_dialog()


live(body, mark=mark)
