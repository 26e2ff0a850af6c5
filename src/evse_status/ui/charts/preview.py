"""Which overrides does one EVSE have over nine days, and where is the moment looked at?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from evse_status.core.displayed import Stretch
from evse_status.core.segments import Segment
from evse_status.ui.charts.bars import Span, axis, bar, clip, icon
from evse_status.ui.inputs import midnight
from evse_status.ui.looks import BAND, GRID, MUTED, TEXT, label
from evse_status.ui.views.names import with_name
from evse_status.ui.views.plan import NEW, pieces

HEIGHT_PX = 74
_LABEL_SHARE, _ICON_SHARE = 0.16, 0.03
_LABEL_LETTERS = 18
"""As many fit into the smallest labelled bar."""
_THUMB_PX = 5
"""What the slider above keeps free at both ends, so that both share one axis."""


def strip_figure(
    track: Sequence[Stretch], window: Span, zone: ZoneInfo, *, at: datetime, dark: bool
) -> go.Figure:
    """What shows over `window` as one lane of bars, what is shadowed as a thin lane beneath,
    and a line at `at`. Days are named at local noon."""
    bars = [
        _bar(segment, clipped, window, shows=shows, dark=dark)
        for (segment, shows), spans in pieces(track).items()
        for span in spans
        if (clipped := clip(span, window)) is not None
    ]
    return go.Figure(bars, _layout(window, zone, at=at, dark=dark))


def _bar(segment: Segment, span: Span, window: Span, *, shows: bool, dark: bool) -> go.Bar:
    share = (span[1] - span[0]) / (window[1] - window[0])
    said = ""
    is_new = segment.override_id == NEW
    if shows and share >= _ICON_SHARE:
        said = icon(segment.status)
        if share >= _LABEL_SHARE:
            name = label(segment.status)
            full = with_name(name, segment.override_id)
            fits = share >= _LABEL_SHARE * max(1, len(full) / _LABEL_LETTERS)
            said += f" {name} draft" if is_new else f" {full if fits else name}"
    return bar(
        segment,
        span,
        y=0 if shows else 0.8,
        thick=1 if shows else 0.36,
        said=said,
        shows=shows,
        dark=dark,
        new=is_new,
    )


def _layout(window: Span, zone: ZoneInfo, *, at: datetime, dark: bool) -> dict[str, Any]:
    """Axes and lines, given at once: Plotly takes 100 ms longer where each is added by itself."""
    nights = [midnight(window[0], zone, days=n) for n in range(1, 10)]
    noons = [night + timedelta(hours=12) for night in [window[0], *nights] if night < window[1]]
    plain = {"showgrid": False, "zeroline": False, "fixedrange": True}
    return {
        "barmode": "overlay",
        "height": HEIGHT_PX,
        "margin": {"l": _THUMB_PX, "r": _THUMB_PX, "t": 2, "b": 20},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 12, "color": TEXT[dark]},
        "dragmode": False,
        "xaxis": plain
        | {
            "type": "date",
            "range": [axis(window[0]), axis(window[1])],
            "tickvals": [axis(noon) for noon in noons],
            "ticktext": [
                f"{noon.astimezone(zone):%a} {noon.astimezone(zone).day}" for noon in noons
            ],
            "tickangle": 0,
            "tickfont": {"size": 11, "color": MUTED[dark]},
            "ticks": "",
        },
        "yaxis": plain | {"range": [1.15, -0.7], "showticklabels": False},
        "shapes": [
            _band(dark=dark),
            *(
                _line(night, GRID[dark], 1) | {"layer": "below"}
                for night in nights
                if night < window[1]
            ),
            _line(at, TEXT[dark], 2),
        ],
    }


def _band(*, dark: bool) -> dict[str, Any]:
    colour = {"fillcolor": BAND[dark], "line": {"width": 0}}
    place = {"xref": "paper", "x0": 0, "x1": 1, "y0": -0.5, "y1": 0.5}
    return {"type": "rect", "layer": "below"} | colour | place


def _line(at: datetime, colour: str, width: int) -> dict[str, Any]:
    ends = {"x0": axis(at), "x1": axis(at), "yref": "paper", "y0": 0, "y1": 1}
    return {"type": "line", "line": {"color": colour, "width": width}} | ends
