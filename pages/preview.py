"""Preview: what do drivers see on every channel at any moment, and why?"""

import streamlit as st

from evse_status.ui import session
from evse_status.ui.acknowledged import draw_acknowledged, mark
from evse_status.ui.preview_controls import choose, choose_profile
from evse_status.ui.preview_panel import draw_phones, draw_why, look_at
from evse_status.ui.views.preview import on_channels, why

with session.page_header("Preview", "What drivers see, on every channel, at any moment"):
    pass


def draw() -> None:
    """The whole page below its title, again whenever something moves."""
    looked = choose()
    display = look_at(looked) if looked is not None else None
    if looked is None or display is None:
        return
    channels = on_channels(
        display,
        shown_in=looked.shown_in,
        zone=looked.zone,
        with_overrides=looked.with_overrides,
    )
    explained = why(display, zone=looked.zone, now=session.now())

    *phones, reasons = st.columns(4, gap="small")
    draw_phones(phones, channels)
    with phones[-1]:
        draw_acknowledged(looked)
    with reasons:
        draw_why(explained, with_overrides=looked.with_overrides)
        choose_profile()


session.live(draw, mark=mark)
