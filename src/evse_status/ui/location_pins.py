"""What do the other EVSEs of this location show? Drawn as pins, and chosen from."""

from collections.abc import Callable, Sequence

import streamlit as st

from evse_status.core.translation import Profile
from evse_status.ui import session
from evse_status.ui.charts.pins import rows_of_pins, style
from evse_status.ui.texts import counted
from evse_status.ui.views.screen import Pin

_CHOSEN = "preview-pin"


def draw_pins(pins: Sequence[Pin], shown_in: Profile, *, on_choose: Callable[[str], None]) -> None:
    """Draw every EVSE of the location on every channel; `on_choose` gets the id of another one."""
    if not pins:
        return
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(
                f"**The whole location** :gray[{counted(len(pins), 'EVSE')} at this moment]",
                width="content",
            )
            st.space("stretch")
            _draw_choice(pins, on_choose)
        st.html(style() + rows_of_pins(pins, shown_in, dark=session.is_dark()))


def _draw_choice(pins: Sequence[Pin], on_choose: Callable[[str], None]) -> None:
    if len(pins) < 2:
        return
    names = {pin.evse_id: _name(pin) for pin in pins}
    st.session_state[_CHOSEN] = next((pin.evse_id for pin in pins if pin.looked_at), None)
    st.selectbox(
        "Look at another EVSE of this location",
        list(names),
        format_func=lambda evse_id: names.get(evse_id, evse_id),
        key=_CHOSEN,
        label_visibility="collapsed",
        width=300,
        on_change=lambda: on_choose(st.session_state[_CHOSEN]),
    )


def _name(pin: Pin) -> str:
    return pin.evse_id if pin.bay == pin.evse_id else f"{pin.bay} · {pin.evse_id}"
