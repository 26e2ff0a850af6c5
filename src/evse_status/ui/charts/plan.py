"""What would the rows look like with the planned override among the existing ones?"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from evse_status.core.local_time import clock_changes
from evse_status.core.segments import Segment
from evse_status.service.plan import PlannedItem, PlanPreview
from evse_status.ui.charts.bars import Span, axis, bar, clip, icon
from evse_status.ui.inputs import midnight
from evse_status.ui.looks import GRID, MUTED, TEXT, label
from evse_status.ui.texts import plotly_text
from evse_status.ui.views.plan import NEW, pieces, short_id

ROW_PX = 30
AXIS_PX = 26
_BAR, _LANE = 0.54, 0.2
_LABEL_SHARE, _ICON_SHARE = 0.2, 0.055
_TICK_GAP = 0.135
_PERIODS_NAMED = 4


def plan_figure(
    items: Sequence[PlannedItem], preview: PlanPreview, zone: ZoneInfo, *, dark: bool
) -> go.Figure:
    """One row per item: existing overrides filled, the new one outlined, shadowed ones thin beneath.

    The axis is in UTC with ticks named on clocks in `zone`.
    """
    figure = go.Figure()
    window = (preview.window_from, preview.window_to)
    for row, item in enumerate(items):
        for (segment, shows), spans in pieces(item.after).items():
            for span in spans:
                clipped = clip(span, window)
                if clipped is not None:
                    figure.add_trace(_bar(segment, clipped, row, window, shows=shows, dark=dark))
    _draw_axes(figure, items, window, preview, zone, dark=dark)
    return figure


def figure_height(rows: int) -> int:
    """Pixels that so many rows need."""
    return AXIS_PX + ROW_PX * rows + 8


def _bar(
    segment: Segment, span: Span, row: int, window: Span, *, shows: bool, dark: bool
) -> go.Bar:
    return bar(
        segment,
        span,
        y=row if shows else row + (_BAR + _LANE) / 2,
        thick=_BAR if shows else _LANE,
        said=_bar_label(segment, span, window) if shows else "",
        shows=shows,
        new=segment.override_id == NEW,
        dark=dark,
    )


def _bar_label(segment: Segment, span: Span, window: Span) -> str:
    share = (span[1] - span[0]) / (window[1] - window[0])
    if share < _ICON_SHARE:
        return ""
    drawn = icon(segment.status)
    if share < _LABEL_SHARE:
        return drawn
    open_end = segment.to_at is None and span[1] == window[1] and share > 2 * _LABEL_SHARE
    return f"{drawn} {label(segment.status)}{', until cleared' if open_end else ''}"


def _draw_axes(
    figure: go.Figure,
    items: Sequence[PlannedItem],
    window: Span,
    preview: PlanPreview,
    zone: ZoneInfo,
    *,
    dark: bool,
) -> None:
    ticks = ticks_of(preview, zone)
    figure.update_layout(
        barmode="overlay",
        height=figure_height(len(items)),
        margin={"l": 104, "r": 2, "t": AXIS_PX, "b": 2},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 12, "color": TEXT[dark]},
        dragmode=False,
    )
    figure.update_xaxes(
        type="date",
        range=[axis(window[0]), axis(window[1])],
        side="top",
        tickvals=[axis(at) for at, _ in ticks],
        ticktext=[text for _, text in ticks],
        tickangle=0,
        tickfont={"size": 11, "color": MUTED[dark]},
        showgrid=False,
        zeroline=False,
        ticks="",
        fixedrange=True,
    )
    figure.update_yaxes(
        range=[len(items) - 0.5, -0.5], showticklabels=False, showgrid=False, zeroline=False
    )
    figure.update_yaxes(fixedrange=True)
    for row, item in enumerate(items):
        figure.add_annotation(
            xref="paper",
            x=0,
            xshift=-102,
            y=row,
            xanchor="left",
            showarrow=False,
            text=_row_name(item, dark=dark),
            font={"size": 12, "color": TEXT[dark]},
        )
    # All at once: Plotly checks every line anew with each one that is added.
    figure.update_layout(shapes=list(_lines(window, preview, zone, dark=dark)))


def _lines(
    window: Span, preview: PlanPreview, zone: ZoneInfo, *, dark: bool
) -> Iterator[dict[str, Any]]:
    if window[0] <= preview.now <= window[1]:
        yield _line(preview.now, {"color": TEXT[dark], "width": 1})
    for at in _midnights(window, zone):
        yield _line(at, {"color": GRID[dark], "width": 1}) | {"layer": "below"}
    for change in clock_changes(zone, *window):
        yield _line(change.at, {"color": MUTED[dark], "width": 1, "dash": "dash"})


def _line(at: datetime, drawn: dict[str, Any]) -> dict[str, Any]:
    x = axis(at)
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "y domain", "line": drawn}


def _row_name(item: PlannedItem, *, dark: bool) -> str:
    name = short_id(item.evse.evse_id)
    bay = item.evse.physical_reference
    room = 16 - len(name)
    shown = _cut(name, 16)
    if bay and room > 3:
        bay_text = plotly_text(_cut(bay, room - 1))
        return f'{plotly_text(shown)} <span style="color:{MUTED[dark]}">{bay_text}</span>'
    return plotly_text(shown)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def ticks_of(preview: PlanPreview, zone: ZoneInfo) -> list[tuple[datetime, str]]:
    """Where the axis is named, in order: start and end first, then a repeated hour, then a grid.

    What would touch a more important name is left out.
    """
    window = (preview.window_from, preview.window_to)
    wanted: list[tuple[datetime, str]] = []
    for from_at, to_at in _periods(preview):
        wanted.append((from_at, _tick_text(from_at, zone, day=True)))
        if to_at is not None:
            other_day = _date(to_at, zone) != _date(from_at, zone)
            wanted.append((to_at, _tick_text(to_at, zone, day=other_day)))
    for change in clock_changes(zone, *window):
        local = change.at.astimezone(zone)
        wanted.append((change.at, f"{local:%H:%M}" + (" again" if local.fold == 1 else "")))
    wanted += _grid(window, zone)
    kept: list[tuple[datetime, str]] = []
    least = (window[1] - window[0]) * _TICK_GAP
    for at, text in wanted:
        inside = window[0] + least / 3 <= at <= window[1] - least / 3
        if inside and all(abs(at - other) >= least for other, _ in kept):
            kept.append((at, text))
    return sorted(kept)


def _periods(preview: PlanPreview) -> list[tuple[datetime, datetime | None]]:
    """The first periods of what is planned: of several zones or lines of a file there are several."""
    found = dict.fromkeys((one.planned.from_at, one.planned.to_at) for one in preview.items)
    return list(found)[:_PERIODS_NAMED]


def _grid(window: Span, zone: ZoneInfo) -> list[tuple[datetime, str]]:
    length = window[1] - window[0]
    if length > timedelta(days=3):
        pattern = "%a {}" if length <= timedelta(days=10) else "{} %b"
        days = [(at, at.astimezone(zone)) for at in _midnights(window, zone)]
        return [(at, local.strftime(pattern).format(local.day)) for at, local in days]
    first = midnight(window[0], zone)
    count = int((window[1] - first) / timedelta(hours=3)) + 1
    every = [first + timedelta(hours=3) * n for n in range(count)]
    return [
        (at, _tick_text(at, zone, day=at.astimezone(zone).hour == 0))
        for at in every
        if window[0] <= at <= window[1]
    ]


def _midnights(window: Span, zone: ZoneInfo) -> list[datetime]:
    """Local midnights inside, thinned out to some ten."""
    days = (window[1] - window[0]).days + 2
    step = max(1, days // 10)
    found = (midnight(window[0], zone, days=n) for n in range(step, days + 1, step))
    return [at for at in found if window[0] < at < window[1]]


def _tick_text(at: datetime, zone: ZoneInfo, *, day: bool) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local:%H:%M}" if day else f"{local:%H:%M}"


def _date(at: datetime, zone: ZoneInfo) -> object:
    return at.astimezone(zone).date()
