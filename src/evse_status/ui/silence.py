"""Is what chargers report still up to date? Says so above a page where the CSMS has fallen silent."""

from datetime import timedelta

import streamlit as st

from evse_status.service.upstream import Silence, upstream_silence
from evse_status.ui.session import app, principal, viewer_zone
from evse_status.ui.texts import counted, how_long, plain, when


def silence_banner() -> None:
    """Draw one warning per CSMS that has been silent for too long; nothing as long as all speak."""
    now = app().now()
    after = timedelta(minutes=app().settings.upstream_silent_minutes)
    for one in upstream_silence(app().database, principal(), now=now, after=after):
        st.warning(_said(one), icon=":material/sensors_off:")


def _said(one: Silence) -> str:
    now = app().now()
    since = (
        "has never spoken since it was connected"
        if one.heard_at is None
        else f"has been silent for {how_long(now - one.heard_at)}, "
        f"since {when(one.heard_at, viewer_zone(), now=now)}"
    )
    return (
        f"**{plain(one.name)}** {plain(since)}. What the chargers of "
        f"{counted(one.locations, 'location')} report may be out of date; where an override ends, "
        "Unknown shows until it speaks again."
    )
