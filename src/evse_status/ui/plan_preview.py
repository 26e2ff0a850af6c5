"""Show what placing would do: rows, overlaps, words of the channels, what deserves a second look."""

from zoneinfo import ZoneInfo

import streamlit as st

from evse_status.core.translation import Words, words
from evse_status.service.plan import PlanPreview
from evse_status.ui import session
from evse_status.ui.charts.plan import figure_height, plan_figure
from evse_status.ui.looks import with_icon, word_look
from evse_status.ui.plan_series import draw_series_overlaps, draw_times
from evse_status.ui.plan_service import Shown
from evse_status.ui.preview_draft import draw_preview_link
from evse_status.ui.texts import counted, plain
from evse_status.ui.views.plan import (
    in_order,
    keeps_showing,
    overlap_lines,
    refused_lines,
    shown_first,
    site_periods,
    zones_of,
)
from evse_status.ui.views.plan_notices import Notice, notices

_ROWS_AT_MOST = 6
_OVERLAPS_AT_MOST = 4


def draw(shown: Shown) -> None:
    """Everything that placing would do, the picture first."""
    zones = zones_of(shown.evses)
    zone = ZoneInfo(zones[0]) if len(zones) == 1 else session.viewer_zone()
    repeats = shown.series is not None
    _draw_refused(shown)
    if shown.series is not None:
        draw_times(shown.series)
    if shown.once is not None:
        _draw_rows(shown.once, zone, repeats=repeats)
    if shown.series is not None:
        draw_series_overlaps(shown.series, zone)
    if shown.once is None:
        return
    if not repeats:
        _draw_overlaps(shown.once, zone)
    _draw_channels(shown, shown.once)
    _draw_link(shown)
    wishes = [group.wish for group in shown.plan.groups]
    for notice in notices(shown.once, zone, wishes=wishes, repeats=repeats):
        _draw_notice(notice)
    if not repeats:
        _draw_sites(shown.once, zones)


def _draw_refused(shown: Shown) -> None:
    lines = refused_lines(shown.refused)
    if lines:
        told = "  \n".join(plain(line) for line in lines[:_OVERLAPS_AT_MOST])
        st.warning(f"**{counted(len(lines), 'EVSE')} would be refused**  \n{told}")


def _draw_rows(preview: PlanPreview, zone: ZoneInfo, *, repeats: bool) -> None:
    """The new override, outlined, among the existing ones."""
    if not preview.items:
        return
    items = shown_first(preview.items, at_most=_ROWS_AT_MOST)
    said = ["The first time on each EVSE"] if repeats else []
    if any(item.evse.time_zone != zone.key for item in preview.items):
        said.append(f"on clocks in {zone.key}")
    if said:
        st.caption(plain(", ".join(said)[:1].upper() + ", ".join(said)[1:]))
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


def _draw_overlaps(preview: PlanPreview, zone: ZoneInfo) -> None:
    """Each overlap in words, with the winner."""
    lines = overlap_lines(preview, zone)
    if not lines:
        st.markdown(":gray[No overlap with other overrides.]")
    else:
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
    if preview.overlaps_to is not None and any(item.overlaps for item in preview.items):
        until = preview.overlaps_to.astimezone(zone)
        st.caption(f"Looked at until {until.day} {until:%b %Y}: what is planned has no end.")


def _draw_channels(shown: Shown, preview: PlanPreview) -> None:
    """The word of each channel where the new override shows."""
    st.markdown("**What each channel will show**")
    statuses = dict.fromkeys(group.wish.temporary_status for group in shown.once_groups)
    if len(statuses) > 1:
        for status in statuses:
            said = ", ".join(word or "not shown" for word in in_order(words(status)))
            st.markdown(f"{with_icon(status)}: :gray[{plain(said)}]")
    else:
        _draw_words(preview.words)
    for line in keeps_showing(preview):
        st.caption(plain(line))


def _draw_words(told: Words) -> None:
    places = st.grid(3, min_column_width=138, gap="xsmall")
    for channel, word in zip(("Spirii Go", "Hubject", "OCPI"), in_order(told), strict=True):
        its = word_look(word)
        with places.container(border=True, gap="xxsmall"):
            st.markdown(f":gray[{channel}]")
            shown = plain(word or "not shown")
            st.markdown(f":{its.colour}-badge[:material/{its.icon}: {shown}]")


def _draw_link(shown: Shown) -> None:
    """The way to what drivers would see; for one wish, which is what an address can carry."""
    groups = shown.once_groups
    if len(groups) == 1 and shown.once is not None:
        draw_preview_link(shown.evses, groups[0].wish, now=shown.once.now)


def _draw_notice(notice: Notice) -> None:
    said = f"**{plain(notice.title)}**  \n{plain(notice.text)}"
    if notice.pressing:
        st.warning(said, icon=f":material/{notice.icon}:")
    else:
        with st.container(border=True):
            st.markdown(f":material/{notice.icon}: {said}")


def _draw_sites(preview: PlanPreview, zones: tuple[str, ...]) -> None:
    """The period on the clocks of each site and in UTC, where more than one clock is concerned."""
    viewer = session.viewer_zone().key
    if zones in ((), (viewer,)):
        return
    also = [] if viewer in zones else [viewer]
    lines = site_periods(preview, also=also)
    if lines:
        st.markdown("**On the clocks of the sites**")
        st.caption("  \n".join(plain(line) for line in lines))
