"""What was clicked on the timeline? The picked override is in the URL, the rest in the session."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from zlib import crc32

import streamlit as st

from evse_status.ui import url
from evse_status.ui.charts.timeline import describe, timeline_figure
from evse_status.ui.leaving import leave_for
from evse_status.ui.session import is_dark
from evse_status.ui.views.names import from_address, in_address
from evse_status.ui.views.timeline import TimelineView, goals

_CLICKED_IN = "timeline-clicked-in"
_CHART, _GO_TO, _PLACE, _PLAN, _RINGED = (
    "timeline-chart",
    "timeline-go-to",
    "timeline-place",
    "timeline-plan",
    "timeline-ring",
)


def timeline_chart(view: TimelineView) -> None:
    """Draw the picture; clicks are kept for `picked_override`, `picked_place`, `go_where_clicked`."""
    drawn = crc32(repr(view).encode())
    # A key per picture: a click may come from the one that was just drawn over.
    st.plotly_chart(
        timeline_figure(view, dark=is_dark()),
        key=f"{_CHART}-{drawn}",
        on_select=partial(_clicked, drawn),
        selection_mode="points",
        alt=describe(view),
        config={
            "displaylogo": False,
            "displayModeBar": False,
            "scrollZoom": False,
            "doubleClick": "reset",
            "showTips": False,
        },
    )


def go_to(view: TimelineView) -> None:
    """Draw the list of all that can be clicked in the picture: for keys, screen readers and thin bars."""
    its = {(goal.kind, goal.name): goal.text for goal in goals(view)}
    st.selectbox(
        "Go to an override, an EVSE or a location on this page",
        list(its),
        index=None,
        format_func=lambda one: its.get(one, ""),
        key=_GO_TO,
        on_change=_gone_to,
        placeholder="Go to …",
        label_visibility="collapsed",
        filter_mode="contains",
        width=380,
    )


def picked_override() -> int | None:
    """The override whose panel is open: `?override=`."""
    return from_address(st.query_params.get("override", ""))


def picked_place() -> int | None:
    """The location whose panel is open."""
    number: int | None = st.session_state.get(_PLACE)
    return number


def go_where_clicked() -> None:
    """If an empty row was clicked, go and plan for its EVSE."""
    evse = st.session_state.pop(_PLAN, None)
    if evse is not None:
        plan_for([evse])


def plan_for(evses: list[int]) -> None:
    """Go to Plan with these EVSEs (surrogate numbers) picked."""
    leave_for("plan", {"evse": [str(number) for number in evses]})


def close_panel() -> None:
    """Nothing is picked any more; the ring stays in the browser."""
    st.session_state[_RINGED] = picked_override()
    _pick()


def _pick(override: int | None = None, place: int | None = None) -> None:
    st.session_state[_PLACE] = place
    if override is None:
        url.drop("override")
    else:
        url.put("override", in_address(override))


def _clicked(drawn: int) -> None:
    points: list[Mapping[str, Any]] = st.session_state[f"{_CHART}-{drawn}"].selection.points
    ringed = st.session_state.pop(_RINGED, None)
    if not points and st.session_state.get(_CLICKED_IN) != drawn:
        return  # the picture was drawn anew and lost its ring: nobody clicked
    st.session_state[_CLICKED_IN] = drawn
    if not points:
        # Plotly takes a click on the ringed bar for a second one, even after its panel was closed.
        _pick(override=ringed)
        return
    kind, name = (*(points[0].get("customdata") or ()), None, None)[:2]
    if name is not None:
        _open(str(kind), str(name))


def _gone_to() -> None:
    chosen: tuple[str, str] | None = st.session_state[_GO_TO]
    st.session_state[_GO_TO] = None  # so that the same can be chosen again
    if chosen is not None:
        _open(*chosen)


def _open(kind: str, name: str) -> None:
    if kind == "override":
        _pick(override=from_address(name))
    elif kind == "place":
        _pick(place=int(name))
    elif kind == "evse":
        st.session_state[_PLAN] = int(name)
