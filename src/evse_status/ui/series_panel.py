"""What is one series: its rule, its next times, its history, and what can be done about it?"""

from datetime import datetime

import streamlit as st

from evse_status.core.errors import UnknownSeries
from evse_status.core.series import Series, occurrence_on
from evse_status.service import series_list
from evse_status.service.series_change import Scope
from evse_status.service.series_list import SeriesDetail
from evse_status.ui import bundle
from evse_status.ui.dialog import draw_dialog
from evse_status.ui.grids import draw_grid
from evse_status.ui.looks import badge
from evse_status.ui.override_history import draw_entry
from evse_status.ui.override_outcome import show_outcome
from evse_status.ui.series_actions import ask_change, ask_clear, skip
from evse_status.ui.session import app, principal, viewer_zone
from evse_status.ui.texts import counted, plain
from evse_status.ui.views.series import SeriesView, Time, series_history, series_view, time_of

_TIMES, _MORE, _MOST = 6, 12, 120
_MANY_EVSES = 40
_SHOWN = "series-times"


def series_in_address() -> SeriesDetail | None:
    """The series that `?id=` names, `None` if there is no such one."""
    asked = st.query_params.get("id", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        return None
    count = min(st.session_state.get(_SHOWN, _TIMES), _MOST)
    try:
        return series_list.series_detail(
            app().database, principal(), int(asked), now=app().now(), count=count
        )
    except UnknownSeries:
        return None


def draw_unknown_series() -> None:
    """Say that there is no such series, and where the others are."""
    asked = st.query_params.get("id", "")
    with st.container(border=True, gap="xsmall"):
        named = f"There is no series {plain(asked[:30])}." if asked else "This names no series."
        st.markdown(f"**{named}**")
        st.page_link(
            bundle.page("overrides"),
            label="All series",
            icon=":material/event_repeat:",
            query_params={"phase": "series"},
        )


def draw_series_panel(detail: SeriesDetail) -> None:
    """Draw what it is and what can be done about all of it."""
    view, one = series_view(detail, zone=viewer_zone(), now=app().now()), detail.row.series
    place = _place(detail)
    with st.container(border=True, key="series-panel", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(badge(view.status), width="content")
            st.caption(plain(view.number) + (" · over" if view.is_over else ""), width="content")
        st.markdown(f"**{plain(view.rule)}**  \n:gray[{plain(view.clocks)}]")
        draw_grid([(fact.label, fact.value) for fact in view.about], "5.2rem 1fr")
        st.caption(f"Times in {plain(viewer_zone().key)}")
        _draw_evses(detail)
        _draw_others(view)
        if not view.is_over:
            _draw_deeds(one, place)
        show_outcome(place)
    draw_dialog(place)


def draw_times(detail: SeriesDetail) -> None:
    """Draw the next times, each with what can be done about it, and those that were skipped."""
    view = series_view(detail, zone=viewer_zone(), now=app().now())
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        st.subheader("Next times", anchor=False, width="content")
        st.caption(plain(view.clocks), width="content")
    if not view.times:
        st.caption("None: it is over.")
    asked = _asked_time(detail)
    if asked is not None:
        st.caption("The one you came from")
        _draw_time(asked, detail.row.series, _place(detail))
        st.caption("Those ahead")
    for time in view.times:
        _draw_time(time, detail.row.series, _place(detail))
    if len(view.times) >= st.session_state.get(_SHOWN, _TIMES) and len(view.times) < _MOST:
        st.button("Show more", icon=":material/expand_more:", type="tertiary", on_click=_show_more)
    if view.skipped:
        st.caption(f"Skipped: {plain(', '.join(view.skipped))}")


def draw_series_history(detail: SeriesDetail) -> None:
    """Draw what was done to it, the newest first."""
    zone, now = viewer_zone(), app().now()
    st.subheader("History", anchor=False)
    for entry in series_history(detail.history, zone=zone, now=now):
        draw_entry(entry)
    st.caption(f"Times in {plain(zone.key)}, starts on clocks in {plain(detail.row.series.zone)}.")


def _asked_time(detail: SeriesDetail) -> Time | None:
    """The time that `?at=` names by its start on the wall, unless it is among the next ones."""
    try:
        start = datetime.fromisoformat(st.query_params.get("at", ""))
    except ValueError:
        return None
    if start.tzinfo is not None or any(one.local_start == start for one in detail.next):
        return None
    series, now = detail.row.series, app().now()
    found = occurrence_on(series, start)
    if found is None or found.ends_at <= now:
        return None
    return time_of(series, found, zone=viewer_zone(), now=now)


def _draw_time(time: Time, series: Series, place: str) -> None:
    start = time.local_start
    key = f"{place}-{start:%Y%m%d%H%M}"
    with st.container(border=True, gap="xxsmall", key=f"time-{key}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(f"**{plain(time.during)}** :gray[{plain(time.stands)}]", width="content")
            st.space("stretch")
            st.button(
                "Skip" if not time.holds else "End now",
                icon=":material/skip_next:" if not time.holds else ":material/stop_circle:",
                type="tertiary",
                key=f"skip-{key}",
                help="On all its EVSEs; the other times stay",
                on_click=skip,
                args=(series, start, place),
            )
            st.button(
                "Change …",
                icon=":material/edit:",
                type="tertiary",
                key=f"change-{key}",
                help="Only this time, from here on, or the whole series",
                on_click=ask_change,
                args=(series, start, Scope.THIS, place),
            )
            st.button(
                "End here …",
                icon=":material/event_busy:",
                type="tertiary",
                key=f"clear-{key}",
                help="Clear this time, from here on, or the whole series",
                on_click=ask_clear,
                args=(series, start, Scope.FOLLOWING, place),
            )
        for line in (time.for_viewer, time.touched):
            if line:
                st.caption(plain(line))


def _draw_evses(detail: SeriesDetail) -> None:
    if not detail.evses:
        return
    with st.popover(counted(len(detail.evses), "EVSE"), icon=":material/ev_station:"):
        for one in detail.evses[:_MANY_EVSES]:
            st.text(f"{one.evse_id} · {one.location_name}")
        if len(detail.evses) > _MANY_EVSES:
            st.caption(f"and {len(detail.evses) - _MANY_EVSES:,} more")


def _draw_others(view: SeriesView) -> None:
    for number, what in view.others:
        st.page_link(
            bundle.page("series"),
            label=plain(f"{what}: series #{number}"),
            icon=":material/event_repeat:",
            query_params={"id": str(number)},
        )


def _draw_deeds(series: Series, place: str) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        st.button(
            "Clear all ahead …",
            icon=":material/event_busy:",
            type="primary",
            key=f"clear-all-{place}",
            on_click=ask_clear,
            args=(series, None, Scope.ALL, place),
        )
        st.button(
            "Change all ahead …",
            icon=":material/edit:",
            key=f"change-all-{place}",
            on_click=ask_change,
            args=(series, None, Scope.ALL, place),
        )


def _show_more() -> None:
    st.session_state[_SHOWN] = st.session_state.get(_SHOWN, _TIMES) + _MORE


def _place(detail: SeriesDetail) -> str:
    # The same through splits, so that what became of one is still said on the page of the next.
    return f"series-{detail.parts[0] if detail.parts else detail.row.series.id}"
