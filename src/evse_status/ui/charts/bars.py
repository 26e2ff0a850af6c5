"""How is one override drawn as a bar on a time axis?"""

from datetime import UTC, datetime, timedelta

import plotly.graph_objects as go

from evse_status.core.segments import Segment
from evse_status.ui.looks import PAGE, PATTERN_OPACITY, TEXT, Status, look
from evse_status.ui.views.names import override_name

Span = tuple[datetime, datetime]
_MILLISECOND = timedelta(milliseconds=1)
_ICON_FONT = "Material Symbols Rounded"


def bar(
    segment: Segment,
    span: Span,
    *,
    y: float,
    thick: float,
    said: str,
    shows: bool,
    dark: bool,
    new: bool = False,
) -> go.Bar:
    """A bar over `span` at height `y`; one that doesn't show is hollow, a new one is outlined.

    `said` is its label, already safe for Plotly.
    """
    its = look(segment.status)
    shade = its.shade(dark=dark)
    return go.Bar(
        orientation="h",
        base=[axis(span[0])],
        x=[(span[1] - span[0]) / _MILLISECOND],
        y=[y],
        width=thick,
        marker={
            "color": shade.fill if shows else PAGE[dark],
            "line": {
                "color": TEXT[dark] if new else shade.fill,
                "width": (2 if shows else 1.5) if new else 1,
            },
            "cornerradius": 3,
            "pattern": {
                "shape": its.pattern,
                "fillmode": "overlay",
                "fgcolor": shade.pattern if shows else shade.fill,
                "fgopacity": PATTERN_OPACITY if shows else 1,
                "size": 6,
            },
        },
        text=[said],
        textposition="inside",
        insidetextanchor="start",
        constraintext="none",
        textangle=0,
        textfont={"color": shade.on_fill, "size": 12},
        name="planned" if new else override_name(segment.override_id),
        hoverinfo="skip",
        showlegend=False,
    )


def icon(status: Status) -> str:
    """The icon of a status as Plotly text (finding 6: the page's icon font)."""
    return (
        f'<span style="font-family:{_ICON_FONT};font-size:15px;baseline-shift:-2.5px">'
        f"{look(status).icon}</span>"
    )


def clip(span: tuple[datetime, datetime | None], window: Span) -> Span | None:
    """The part of a stretch that lies in the window, if any."""
    from_at, to_at = max(span[0], window[0]), min(span[1] or window[1], window[1])
    return (from_at, to_at) if from_at < to_at else None


def axis(at: datetime) -> str:
    """An instant on an axis: Plotly's know no zone, so it is written without one, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
