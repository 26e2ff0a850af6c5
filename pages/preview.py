"""Preview: what do drivers see on every channel at any moment, and why?"""

import streamlit as st

from evse_status.ui import session
from evse_status.ui.acknowledged import acknowledged_by, draw_acknowledged, mark
from evse_status.ui.location_pins import draw_pins
from evse_status.ui.preview_controls import choose, choose_profile
from evse_status.ui.preview_evses import look_at_another
from evse_status.ui.preview_panel import draw_phones, draw_why
from evse_status.ui.preview_service import look_at
from evse_status.ui.preview_wire import draw_wires
from evse_status.ui.translation_table import draw_translation_table
from evse_status.ui.views.preview import on_channels, pins, why

with session.page_header("Preview", "What drivers see, on every channel, at any moment"):
    pass


def draw() -> None:
    """The whole page below its title, again whenever something moves."""
    looked = choose()
    seen = look_at(looked) if looked is not None else None
    if looked is None or seen is None:
        return
    words = seen.profile.shown_in
    around = pins(seen.around, shown_in=words, looked_at=looked.evse, variant=looked.variant)
    channels = on_channels(
        seen.display,
        shown_in=words,
        zone=looked.zone,
        variant=looked.variant,
        around=around,
        schedule=seen.wires.schedule,
        plugs=seen.wires.plugs,
        left_out=seen.wires.left_out,
    )
    explained = why(seen.display, zone=looked.zone, now=looked.now)

    left, reasons = st.columns([3, 1], gap="small")
    with left:
        phones = st.columns(3, gap="small")
        draw_phones(phones, channels)
        draw_acknowledged(phones, acknowledged_by(looked), looked)
        draw_wires(st.columns(3, gap="small"), seen.wires.channels)
    with reasons:
        draw_why(explained, variant=looked.variant)
        choose_profile(seen.profiles)
    draw_pins(around, words, on_choose=look_at_another)
    draw_translation_table(words)


session.live(draw, mark=mark)
