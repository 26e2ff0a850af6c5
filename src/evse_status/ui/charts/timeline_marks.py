"""Which bars does the timeline have: overrides, actual statuses, and what takes the clicks?"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import plotly.graph_objects as go

from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.ui.charts.paint import CLEAR, bar_paint, hover_text, pattern, shadow_paint
from evse_status.ui.charts.timeline_rows import (
    BAR,
    BAR_AT,
    EVSE,
    LANE,
    LANE_AT,
    LINE,
    LINE_AT,
    PLACE,
    Rows,
    all_bars,
    utc,
)
from evse_status.ui.charts.timeline_words import TYPICAL_WIDTH
from evse_status.ui.looks import TEXT, label, look
from evse_status.ui.views.names import in_address
from evse_status.ui.views.timeline import Bar
from evse_status.ui.views.window import Window

_LEAST_WIDTH = 3.0
"""Pixels, as wide as the time axis typically is."""
_MS = timedelta(milliseconds=1)
_STAY = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}
"""Without it a selection would fade every other mark."""


def catchers(rows: Rows, window: Window) -> list[go.Bar]:
    """Invisible rows that take clicks where nothing else is drawn."""
    whole = (window.from_at, window.to_at)
    evses = [(top + EVSE / 2, line.evse) for top, line in rows.evses]
    places = [(top + PLACE / 2, place.location_id) for top, place in rows.places]
    return [
        _bar_trace(
            [whole] * len(marks),
            [middle for middle, _ in marks],
            height,
            name=f"{kind} rows",
            marker={"color": CLEAR},
            customdata=[[kind, number] for _, number in marks],
            hoverinfo="none",
            **_STAY,
        )
        for kind, marks, height in (("evse", evses, EVSE), ("place", places, PLACE))
    ]


def bands(rows: Rows, *, dark: bool) -> list[go.Bar]:
    """The actual status: a thin line that ends at now, as its future isn't known."""
    traces = []
    for status in ActualStatus:
        marks = [
            (top + LINE_AT, line, band)
            for top, line in rows.evses
            for band in line.bands
            if band.status is status
        ]
        if marks:
            shade = look(status).shade(dark=dark)
            hollow = look(status).outline
            traces.append(
                _bar_trace(
                    [(band.from_at, band.to_at) for _, _, band in marks],
                    [middle for middle, _, _ in marks],
                    LINE,
                    name=f"actual {label(status)}",
                    marker={
                        "color": CLEAR if hollow else shade.fill,
                        "line": {"width": 1 if hollow else 0, "color": shade.fill},
                        "pattern": pattern(status, dark=dark, size=4),
                    },
                    customdata=[
                        ["evse", line.evse, hover_text(band.hover)] for _, line, band in marks
                    ],
                    hovertemplate="%{customdata[2]}<extra></extra>",
                    **_STAY,
                )
            )
    return traces


def bars(rows: Rows, window: Window, *, dark: bool) -> list[go.Bar]:
    """Overrides as they show, and in the lane beneath those that hold without showing."""
    traces = []
    for shadowed in (False, True):
        for status in TemporaryStatus:
            marks = [
                (top + (LANE_AT if shadowed else BAR_AT), bar)
                for top, bar in all_bars(rows)
                if bar.status is status and bar.shadowed is shadowed
            ]
            if marks:
                traces.append(
                    _bar_trace(
                        [_visible(bar, window) for _, bar in marks],
                        [middle for middle, _ in marks],
                        LANE if shadowed else BAR,
                        name=f"{'shadowed ' if shadowed else ''}{label(status)}",
                        marker=shadow_paint(status, dark=dark)
                        if shadowed
                        else bar_paint(status, dark=dark),
                        hoverinfo="skip",
                        **_STAY,
                    )
                )
    return traces


def handles(rows: Rows, window: Window, *, dark: bool) -> go.Bar:
    """All overrides once more, invisible: they take hover and click and draw the ring.

    A little narrower than what they lie on, as Plotly gives hover and click to the narrower bar.
    """
    marks = [(top + (LANE_AT if bar.shadowed else BAR_AT), bar) for top, bar in all_bars(rows)]
    return _bar_trace(
        [_visible(bar, window) for _, bar in marks],
        [middle for middle, _ in marks],
        0,
        name="overrides",
        marker={
            "color": CLEAR,
            "opacity": 0,
            "cornerradius": 3,
            "line": {"width": 2, "color": TEXT[dark]},
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 0}},
        customdata=[
            ["override", in_address(bar.override_id), hover_text(bar.hover)] for _, bar in marks
        ],
        hovertemplate="%{customdata[2]}<extra></extra>",
    ).update(width=[(LANE if bar.shadowed else BAR) - 0.5 for _, bar in marks])


def _visible(bar: Bar, window: Window) -> tuple[datetime, datetime]:
    """Its time, but some pixels at least: what is short in a long window is seen and can be hit."""
    least = window.length * _LEAST_WIDTH / TYPICAL_WIDTH
    from_at = max(min(bar.from_at, window.to_at - least), window.from_at)
    return from_at, max(bar.to_at, from_at + least)


def _bar_trace(
    spans: Iterable[tuple[datetime, datetime]], at: Sequence[float], width: float, **more: Any
) -> go.Bar:
    pairs = list(spans)
    return go.Bar(
        base=[utc(from_at) for from_at, _ in pairs],
        x=[(to_at - from_at) / _MS for from_at, to_at in pairs],
        y=list(at),
        width=width,
        orientation="h",
        **more,
    )
