"""How is the whole fleet drawn over the window? Steps, stacked by temporary status."""

from typing import Any

import plotly.graph_objects as go

from evse_status.ui.charts.paint import pattern
from evse_status.ui.charts.timeline_rows import PILL, STRIP, Rows, margin_title, utc
from evse_status.ui.looks import GRID, MUTED, label, look
from evse_status.ui.texts import plotly_text, when
from evse_status.ui.views.strip import STACKED, Strip
from evse_status.ui.views.window import Window


def strip_layers(strip: Strip, window: Window, *, dark: bool) -> list[go.Scatter]:
    """One layer per temporary status; all share one grid, or stacking would invent steps."""
    at = [utc(instant) for instant in strip.at]
    return [
        go.Scatter(
            x=at,
            y=list(strip.shown[status]),
            yaxis="y2",
            name=f"fleet {label(status)}",
            mode="lines",
            line={"shape": "hv", "width": 0.5, "color": look(status).fill(dark=dark)},
            stackgroup="fleet",
            fillcolor=look(status).fill(dark=dark),
            fillpattern=pattern(status, dark=dark, size=6),
            hovertext=[
                f"{count:,} {label(status)}<br>from {when(instant, window.zone, now=window.now)}"
                for instant, count in zip(strip.at, strip.shown[status], strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
        for status in STACKED
    ]


def strip_axis(strip: Strip, rows: Rows, *, dark: bool) -> dict[str, Any]:
    """How many EVSEs, with three labels."""
    step = _step(strip.highest)
    return {
        "domain": [rows.share(PILL + STRIP), rows.share(PILL)],
        "range": [0, max(2 * step, strip.highest)],
        "tickvals": [0, step, 2 * step] if strip.at else [],
        "tickfont": {"size": 11, "color": MUTED[dark]},
        "tickformat": ",d",
        "gridcolor": GRID[dark],
        "zeroline": False,
        "fixedrange": True,
        "title": None,
    }


def _step(highest: int) -> int:
    """A round number of which two reach (nearly) up to `highest`."""
    tens = 1
    while True:
        for step in (tens, 2 * tens, 5 * tens):
            if 2 * step >= 0.9 * highest:
                return step
        tens *= 10


def strip_title(strip: Strip, rows: Rows, *, dark: bool) -> list[dict[str, Any]]:
    """What the strip is, in the left margin; what is to know about it there too, or in its place."""
    y = rows.share(PILL)
    noted = strip.note if strip.at else ""
    titles = [
        margin_title("<b>Whole fleet</b>", y, at=8, yref="paper", yanchor="top"),
        margin_title(
            "EVSEs under each<br>" + (plotly_text(noted) or "temporary status"),
            y,
            at=8,
            yref="paper",
            yanchor="top",
            yshift=-17,
            align="left",
            font={"size": 11, "color": MUTED[dark]},
        ),
    ]
    if strip.note and not strip.at:
        titles.append(
            {
                "text": plotly_text(strip.note),
                "showarrow": False,
                "xref": "paper",
                "x": 0.5,
                "yref": "paper",
                "y": rows.share(PILL + STRIP / 2),
                "yanchor": "middle",
                "font": {"size": 12, "color": MUTED[dark]},
            }
        )
    return titles
