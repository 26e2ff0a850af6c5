"""Show what placing would do: rows, overlaps, words of the channels, what deserves a second look."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from evse_status.core.override import Wish
from evse_status.service.plan import PlanPreview
from evse_status.ui import session
from evse_status.ui.charts.plan import figure_height, plan_figure
from evse_status.ui.looks import word_look
from evse_status.ui.texts import counted, plain
from evse_status.ui.views.plan import (
    at_the_sites,
    keeps_showing,
    overlap_lines,
    shown_first,
)
from evse_status.ui.views.plan_notices import Notice, notices

_ROWS_AT_MOST = 6
_OVERLAPS_AT_MOST = 4


def draw_rows(preview: PlanPreview, zone: ZoneInfo) -> None:
    """The new override, outlined, among the existing ones; above it, where it would be refused."""
    if preview.refused:
        told = "  \n".join(plain(error.message) for error in preview.refused[:_OVERLAPS_AT_MOST])
        st.warning(f"**{counted(len(preview.refused), 'EVSE')} would be refused**  \n{told}")
    if not preview.items:
        return
    items = shown_first(preview.items, at_most=_ROWS_AT_MOST)
    st.plotly_chart(
        plan_figure(items, preview, zone, dark=session.is_dark()),
        key="plan-rows",
        height=figure_height(len(items)),
        config={"displayModeBar": False},
        alt=f"The planned override on {counted(len(items), 'EVSE')} among the existing ones; "
        "the overlaps are told in words below",
    )
    if len(items) < len(preview.items):
        st.caption(f"And {len(preview.items) - len(items):,} more. Those with overlaps come first.")


def draw_overlaps(preview: PlanPreview, zone: ZoneInfo) -> None:
    """Each overlap in words, with the winner."""
    lines = overlap_lines(preview, zone)
    if not lines:
        st.markdown(":gray[No overlap with other overrides.]")
        return
    said = [
        f":material/layers: {plain(line.evse_id)} with {plain(line.existing)}: "
        f":gray[{plain(line.said)}]"
        for line in lines
    ]
    title = f"**{counted(len(lines), 'overlap')}**"
    st.markdown("  \n".join([title, *said[:_OVERLAPS_AT_MOST]]))
    if len(said) > _OVERLAPS_AT_MOST:
        with st.expander(f"{len(said) - _OVERLAPS_AT_MOST:,} more"):
            st.markdown("  \n".join(said[_OVERLAPS_AT_MOST:][:200]))


def draw_channels(preview: PlanPreview) -> None:
    """The word of each channel where the new override shows."""
    st.markdown("**What each channel will show**")
    told = preview.words
    places = st.grid(3, min_column_width=138, gap="xsmall")
    for channel, word in (
        ("Spirii Go", told.spirii_go),
        ("Hubject", told.hubject),
        ("OCPI", told.ocpi),
    ):
        its = word_look(word)
        with places.container(border=True, gap="xxsmall"):
            st.markdown(f":gray[{channel}]")
            shown = plain(word or "not shown")
            st.markdown(f":{its.colour}-badge[:material/{its.icon}: {shown}]")
    for line in keeps_showing(preview):
        st.caption(plain(line))


def draw_notices(preview: PlanPreview, wish: Wish, *, zones: Sequence[str], zone: ZoneInfo) -> None:
    """What deserves a second look, and the sites' own clocks where they aren't these."""
    for notice in notices(preview, requested_from=wish.valid_from, zones=zones, zone=zone):
        _draw_notice(notice)
    others = [name for name in zones if name != zone.key]
    if others and preview.items:
        planned = preview.items[0].planned
        st.markdown("**On the clocks of the sites**")
        for line in at_the_sites(planned.from_at, planned.to_at, others, now=preview.now):
            st.caption(plain(line))


def _draw_notice(notice: Notice) -> None:
    said = f"**{plain(notice.title)}**  \n{plain(notice.text)}"
    if notice.pressing:
        st.warning(said, icon=f":material/{notice.icon}:")
    else:
        with st.container(border=True):
            st.markdown(f":material/{notice.icon}: {said}")
