"""What is asked of a driver app: how it shows statuses, in its own labels and colours?"""

from html import escape
from typing import Any

import streamlit as st

from evse_status.core.contrast import text_on
from evse_status.core.partner import PartnerSettings
from evse_status.core.translation import PROFILES, AppLook
from evse_status.ui.partner_reach import draw_reach
from evse_status.ui.views.app_looks import Looked, LookRow, brand_told, look_rows, readable
from evse_status.ui.views.partner import Told

_CHIP = (
    '<span style="background:{colour};color:{text};border-radius:.4rem;padding:.15rem .5rem;'
    'display:inline-block;max-width:100%;overflow-wrap:anywhere">{label}</span> <small>{said}</small>'
)


def draw_address(settings: PartnerSettings, key: str) -> Told:
    """Which profile it is shown."""
    names = list(PROFILES)
    profile = st.selectbox(
        "Profile",
        names,
        names.index(settings.profile),
        key=f"{key}-profile",
        help="How each status is said: default has Out of Service and Occupied, spirii-2025 tells "
        "Unavailable, Coming Soon, Blocked and Reserved apart.",
    )
    st.caption(
        "It fetches and listens with a token that is made here; it is never called. What its drivers "
        "have seen nobody tells us."
    )
    url = st.text_input(
        "Where people see it",
        settings.url,
        key=f"{key}-url",
        placeholder="https://…, if there is such a page",
    )
    return Told({"profile": profile, "url": url.strip()})


def draw_alone(_settings: PartnerSettings, _key: str) -> bool:
    """An app pulls: nobody's word is overwritten by ours."""
    return True


def draw_more(settings: PartnerSettings, key: str) -> dict[str, Any]:
    """Which chargers, and its own labels and colours."""
    return draw_reach(settings, key) | {"brand": _draw_looks(settings, f"{key}-{settings.profile}")}


def _draw_looks(settings: PartnerSettings, key: str) -> dict[str, Any]:
    st.markdown("**Its own labels and colours**")
    rows = look_rows(PROFILES[settings.profile], settings.shown_in)
    return brand_told(rows, dict(_draw_look(row, f"{key}-{'-'.join(row.key)}") for row in rows))


def _draw_look(row: LookRow, key: str) -> tuple[Looked, AppLook]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = st.text_input(row.title, row.own.label, key=f"{key}-label", max_chars=40)
        colour = st.color_picker(
            f"Colour of {row.title}",
            row.own.colour,
            key=f"{key}-colour",
            label_visibility="collapsed",
        )
    shown = label.strip() or row.usual.label
    st.html(
        _CHIP.format(
            colour=colour, text=text_on(colour), label=escape(shown), said=escape(readable(colour))
        )
    )
    return row.key, AppLook(label, colour)
