"""How many EVSEs are there, and what do they show now? Nine tiles."""

import streamlit as st

from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.service.fleet import FleetCounts
from evse_status.ui.looks import with_icon
from evse_status.ui.narrow import TILES


def fleet_tiles(counts: FleetCounts) -> None:
    """Draw the tiles: EVSEs by what they show now, overrides by what is about to happen to them."""
    tiles = [
        ("EVSEs", counts.evses),
        (with_icon(ActualStatus.AVAILABLE), counts.available),
        *((with_icon(status), counts.overridden.get(status, 0)) for status in TemporaryStatus),
        (":material/start: Start in 24 h", counts.starting_within_24_h),
        (":material/keyboard_tab: End in 24 h", counts.ending_within_24_h),
        (":yellow[:material/warning:] Open > 14 days", counts.open_ended_older_than_14_days),
    ]
    with st.grid(9, min_column_width=118, gap="xsmall", key=TILES):
        for name, value in tiles:
            st.metric(name, f"{value:,}", border=True)
