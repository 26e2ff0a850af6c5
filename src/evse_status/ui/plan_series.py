"""Show what would repeat: its next times to tick out, what clock changes do, whom it meets."""

from zoneinfo import ZoneInfo

import streamlit as st

from evse_status.service.series import SeriesPreview
from evse_status.ui.plan_repeat import skip
from evse_status.ui.texts import plain
from evse_status.ui.views.repeat import (
    NextTime,
    later_touched,
    next_times,
    series_line,
    series_overlap_lines,
)

_OVERLAPS_AT_MOST, _TOUCHED_AT_MOST = 4, 4


def draw_times(series: SeriesPreview) -> None:
    """The next times, each to be ticked out, with those that clock changes touch named."""
    said = series.groups[0].description
    zones = [group.wish.zone for group in series.groups]
    st.markdown(f":material/repeat: **{plain(series_line(said, zones))}**")
    with st.container(gap="xxsmall"):
        st.caption("The next times, in grey in UTC. Untick those that shall not happen.")
        for one in next_times(series.groups, now=series.now):
            _draw_time(one)
    later = later_touched(series.groups, now=series.now)
    if later:
        lines = [plain(one) for one in later[:_TOUCHED_AT_MOST]]
        if len(later) > _TOUCHED_AT_MOST:
            lines.append(f"And {len(later) - _TOUCHED_AT_MOST} more.")
        st.markdown(":material/schedule: **Clock changes later on**  \n" + "  \n".join(lines))


def draw_series_overlaps(series: SeriesPreview, zone: ZoneInfo) -> None:
    """Each override that it meets, with the winner, in words."""
    lines = series_overlap_lines(series, zone)
    if not lines:
        st.markdown(":gray[No overlap with other overrides.]")
        return
    said = [f":material/layers: {plain(line)}" for line in lines]
    title = f"**{len(lines):,} {'overlap' if len(lines) == 1 else 'overlaps'}**"
    st.markdown("  \n".join([title, *said[:_OVERLAPS_AT_MOST]]))
    if len(said) > _OVERLAPS_AT_MOST:
        with st.expander(f"{len(said) - _OVERLAPS_AT_MOST:,} more"):
            st.markdown("  \n".join(said[_OVERLAPS_AT_MOST:][:200]))


def _draw_time(one: NextTime) -> None:
    key = f"plan-time-{one.local_start:%Y%m%dT%H%M}-{one.happens}"
    told = f" :gray[{plain(' · '.join(one.in_utc))}]" if one.happens else " :gray[left out]"
    st.checkbox(
        f"{plain(one.title)}{told}",
        value=one.happens,
        key=key,
        on_change=skip,
        args=(one.local_start,),
    )
    for said in one.touched:
        st.caption(f":material/schedule: {plain(said)}")
