"""Which EVSEs stand at this location? The panel from which it is planned whole, or a charger of it."""

from collections.abc import Callable
from itertools import groupby

import streamlit as st

from evse_status.service import fleet
from evse_status.service.fleet import EvseCard, FleetFilter
from evse_status.ui.session import app, now, principal
from evse_status.ui.texts import counted, plain
from evse_status.ui.timeline_chart import plan_for

MOST_CHARGERS = 12


def place_panel(location_id: int, *, on_close: Callable[[], None]) -> None:
    """Draw the location with a way to plan for all of it or for one charger."""
    which = FleetFilter(location_ids=(location_id,))
    cards = fleet.select_evses(app().database, principal(), which, now=now())
    with st.container(border=True, gap="small"):
        _head(cards, on_close)
        if not cards:
            return
        if st.button(
            f"Plan for all {counted(len(cards), 'EVSE')}" if len(cards) > 1 else "Plan an override",
            icon=":material/edit_calendar:",
            key="place-all",
        ):
            plan_for([card.id for card in cards])
        _chargers(cards)


def _head(cards: list[EvseCard], on_close: Callable[[], None]) -> None:
    name = cards[0].location_name if cards else "No EVSEs"
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"**{plain(name)}**", width="stretch")
        st.button(
            "",
            icon=":material/close:",
            type="tertiary",
            key="place-close",
            help="Close",
            on_click=on_close,
        )
    if cards:
        card = cards[0]
        where = " ".join(part for part in (card.address, card.city) if part)
        st.caption(f"{plain(where)}  \n{plain(card.time_zone)}")
    else:
        st.caption("Nothing is left at this location.")


def _chargers(cards: list[EvseCard]) -> None:
    chargers = [
        (charger, list(its)) for charger, its in groupby(cards, key=lambda card: card.charger)
    ]
    if len(chargers) == 1:
        return
    st.markdown("**Or one charger**")
    with st.container(gap=None):
        for charger, its in chargers[:MOST_CHARGERS]:
            bays = ", ".join(card.physical_reference or card.evse_id for card in its)
            if st.button(
                f"{plain(charger)} · {plain(bays)}",
                key=f"place-{its[0].id}",
                type="tertiary",
                icon=":material/ev_station:",
            ):
                plan_for([card.id for card in its])
    if len(chargers) > MOST_CHARGERS:
        st.caption(f"and {len(chargers) - MOST_CHARGERS} more: choose them on the page Plan.")
