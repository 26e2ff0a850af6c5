"""What is asked of a partner that speaks OCPI?"""

from typing import Any

import streamlit as st

from evse_status.core.partner import OcpiVersion, PartnerRole, PartnerSettings
from evse_status.core.statuses import TemporaryStatus
from evse_status.core.translation import PROFILES
from evse_status.ui import looks
from evse_status.ui.partner_reach import draw_network, draw_pace, draw_reach
from evse_status.ui.views.partner import WAYS, Told, Way, way_of

_MODE_HELP = (
    "Locations only: nobody else tells this partner about these chargers. Not yet available: in "
    "between (Locations is ours, everything else is passed through to the CSMS), and through the CSMS."
)


def draw_address(settings: PartnerSettings, key: str, *, editing: bool) -> Told:
    """How it connects, its address, and the token that it gave us."""
    way = way_of(settings)
    if not editing:
        way = st.selectbox(
            "How it connects", list(WAYS), format_func=lambda one: WAYS[one], key=f"{key}-way"
        )
    told: dict[str, Any] = {"handshake": way is not Way.STATIC, "url": ""}
    if way is Way.IT_REGISTERS:
        if not editing:
            st.caption("It gets token A and our versions address; both are shown next.")
        return Told(told)
    static = way is Way.STATIC
    told["url"] = st.text_input(
        "Address of its module Locations" if static else "Its versions address",
        settings.url,
        key=f"{key}-url",
        placeholder="https://…/ocpi/2.2.1/locations" if static else "https://…/ocpi/versions",
    ).strip()
    if editing and not static:
        return Told(told)
    token = st.text_input(
        "The token that it gave you",
        key=f"{key}-token",
        type="password",
        placeholder="unchanged" if editing else "",
    )
    return Told(told, token=token if token or not editing else None)


def draw_alone(settings: PartnerSettings, key: str) -> bool:
    """Whether nobody else tells it; a CSMS isn't told at all."""
    if settings.role is PartnerRole.UPSTREAM:
        return True
    alone = st.checkbox(
        "Nobody else tells this partner about these chargers",
        key=f"{key}-alone",
        help="If the CSMS also does, it overwrites us at the next plug-out: stop it there first.",
    )
    st.caption(_MODE_HELP)
    return alone


def draw_more(settings: PartnerSettings, key: str, *, static: bool) -> dict[str, Any]:
    """What is seldom set."""
    told: dict[str, Any] = {}
    receives = settings.role is PartnerRole.RECEIVER
    if receives:
        told |= draw_reach(settings, key) | _schedule(settings, key)
    if static:
        told["version"] = st.selectbox(
            "Version",
            [one.value for one in OcpiVersion],
            index=list(OcpiVersion).index(settings.version),
            key=f"{key}-version",
        )
    told["base64Token"] = st.checkbox(
        "Tokens are encoded in base64",
        settings.base64_token,
        key=f"{key}-base64",
        help="As the specification says; some don't.",
    )
    told |= draw_network(settings, key)
    if receives:
        told["concurrency"] = st.number_input(
            "Requests at once", 1, 64, settings.concurrency, key=f"{key}-concurrency"
        )
        told |= draw_pace(settings, key)
    return told


def _schedule(settings: PartnerSettings, key: str) -> dict[str, Any]:
    announced = st.pills(
        "Temporary statuses that are announced",
        list(TemporaryStatus),
        selection_mode="multi",
        default=[one for one in TemporaryStatus if one in settings.announced],
        format_func=looks.label,
        key=f"{key}-announced",
        help="Upcoming ones, for trip planning. Bookings and sensors change too often for that.",
    )
    return {
        "announced": [one.value for one in announced],
        "schedule": st.checkbox(
            "Announce upcoming overrides",
            settings.schedule,
            key=f"{key}-schedule",
            help="In status_schedule; a partner that refuses it still gets every status.",
        ),
        "explicitNulls": st.checkbox(
            "Absent fields as null", settings.explicit_nulls, key=f"{key}-nulls"
        ),
        "readBack": st.checkbox(
            "Ask once a day what it has", settings.read_back, key=f"{key}-read-back"
        ),
        "profile": st.selectbox(
            "Presentation profile",
            list(PROFILES),
            index=list(PROFILES).index(settings.profile),
            key=f"{key}-profile",
        ),
    }
