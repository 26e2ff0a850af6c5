"""How is the timeline drawn? One figure: the strip of the whole fleet, the days, a row per EVSE."""

import plotly.graph_objects as go

from evse_status.ui.charts.paint import CLEAR
from evse_status.ui.charts.timeline_grounds import (
    grounds,
    lines,
    now_line,
    now_pill,
    row_axis,
    row_titles,
    time_axis,
)
from evse_status.ui.charts.timeline_marks import bands, bars, catchers, handles
from evse_status.ui.charts.timeline_rows import BOTTOM, LEFT, RIGHT, rows_of
from evse_status.ui.charts.timeline_strip import strip_axis, strip_layers, strip_title
from evse_status.ui.charts.timeline_words import words
from evse_status.ui.looks import MUTED, PAGE, TEXT
from evse_status.ui.texts import counted
from evse_status.ui.views.timeline import TimelineView


def timeline_figure(view: TimelineView, *, dark: bool) -> go.Figure:
    """The whole picture.

    What can be clicked carries `customdata`: ["override", id, …], ["evse", id] or ["place", id];
    only overrides show a selection.
    """
    rows, window = rows_of(view.places), view.window
    figure = go.Figure(
        [
            *catchers(rows, window),
            *strip_layers(view.strip, window, dark=dark),
            *bands(rows, dark=dark),
            *bars(rows, window, dark=dark),
            *words(rows, window, dark=dark),
            handles(rows, window, dark=dark),
        ]
    )
    figure.update_layout(
        height=round(rows.paper + BOTTOM),
        margin={"l": LEFT, "r": RIGHT, "t": 0, "b": BOTTOM, "pad": 0},
        barmode="overlay",
        showlegend=False,
        dragmode="zoom",
        hovermode="closest",
        hoverlabel={
            "align": "left",
            "bgcolor": PAGE[dark],
            "bordercolor": MUTED[dark],
            "font": {"size": 12, "color": TEXT[dark]},
        },
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        font={"size": 12, "color": TEXT[dark]},
        xaxis=time_axis(window, dark=dark),
        yaxis=row_axis(rows),
        yaxis2=strip_axis(view.strip, rows, dark=dark),
        shapes=[
            *grounds(rows, window, dark=dark),
            *lines(rows, window, dark=dark),
            *now_line(rows, window, dark=dark),
        ],
        annotations=[
            *strip_title(view.strip, rows, dark=dark),
            *now_pill(window, dark=dark),
            *row_titles(rows, dark=dark),
        ],
    )
    return figure


def describe(view: TimelineView) -> str:
    """The picture in one sentence, for those who can't see it."""
    lines = [line for place in view.places for line in place.evses]
    overridden = sum(1 for line in lines if line.bars)
    return (
        f"Timeline of {counted(len(lines), 'EVSE')} at {counted(len(view.places), 'location')}, "
        f"{overridden} of them with an override in the window."
    )
