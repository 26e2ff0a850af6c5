"""What lies behind and around the timeline's bars: axes, days, past, now, names of the rows?"""

from typing import Any

from evse_status.ui.charts.paint import icon
from evse_status.ui.charts.timeline_rows import (
    BAR_AT,
    DAYS,
    EVSE,
    LEFT,
    PILL,
    PLACE,
    STRIP,
    Rows,
    margin_title,
    utc,
)
from evse_status.ui.looks import BAND, GRID, MUTED, PAGE, PAST, TEXT, look
from evse_status.ui.texts import plotly_text
from evse_status.ui.views.window import Window


def time_axis(window: Window, *, dark: bool) -> dict[str, Any]:
    """Time, in UTC, with the window's labels; its reach can't be left by zooming or panning."""
    least, most = window.reach or (window.from_at, window.to_at)
    return {
        "type": "date",
        "range": [utc(window.from_at), utc(window.to_at)],
        "minallowed": utc(least),
        "maxallowed": utc(most),
        "anchor": "y",
        "side": "top",
        "tickmode": "array",
        "tickvals": [utc(tick.at) for tick in window.ticks],
        "ticktext": [f"<b>{t.text}</b>" if t.strong else t.text for t in window.ticks],
        "tickangle": 0,
        "ticks": "",
        "ticklabelstandoff": 4,
        "tickfont": {"size": 11, "color": TEXT[dark]},
        "showgrid": False,
        "zeroline": False,
        "title": None,
    }


def row_axis(rows: Rows) -> dict[str, Any]:
    """Pixels below the days, counted downwards."""
    return {
        "domain": [0, rows.share(PILL + STRIP + DAYS)],
        "range": [rows.height, 0],
        "visible": False,
        "fixedrange": True,
    }


def grounds(rows: Rows, window: Window, *, dark: bool) -> list[dict[str, Any]]:
    """The past's shade and the locations' bands."""
    bands = [
        {
            "type": "rect",
            "layer": "below",
            "xref": "paper",
            "xsizemode": "pixel",
            "xanchor": 0,
            "x0": -LEFT,
            "x1": 4_000,
            "yref": "y",
            "y0": top,
            "y1": top + PLACE - 4,
            "fillcolor": BAND[dark],
            "line": {"width": 0},
        }
        for top, _ in rows.places
    ]
    if window.now <= window.from_at:
        return bands
    past = {
        "type": "rect",
        "layer": "below",
        "xref": "x",
        "x0": utc(window.from_at),
        "x1": utc(min(window.now, window.to_at)),
        "yref": "paper",
        "y0": 0,
        "y1": rows.share(PILL + STRIP),
        "fillcolor": PAST[dark],
        "line": {"width": 0},
    }
    return [past, *bands]


def lines(rows: Rows, window: Window, *, dark: bool) -> list[dict[str, Any]]:
    """Between days, and under each EVSE."""
    thin = {"type": "line", "layer": "below", "line": {"width": 1, "color": GRID[dark]}}
    bottom = rows.share(PILL + STRIP + DAYS)
    between_days = [
        thin | {"xref": "x", "x0": utc(at), "x1": utc(at), "yref": "paper", "y0": 0, "y1": bottom}
        for at in window.lines
    ]
    under_evses = [
        thin | {"xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": top + EVSE, "y1": top + EVSE}
        for top, _ in rows.evses
    ]
    return [*between_days, *under_evses]


def now_line(rows: Rows, window: Window, *, dark: bool) -> list[dict[str, Any]]:
    """A line at now, broken behind the days."""
    if not window.from_at <= window.now < window.to_at:
        return []
    stretches = (
        (0.0, rows.share(PILL + STRIP + DAYS)),
        (rows.share(PILL + STRIP), rows.share(PILL)),
    )
    return [
        {
            "type": "line",
            "xref": "x",
            "x0": utc(window.now),
            "x1": utc(window.now),
            "yref": "paper",
            "y0": low,
            "y1": high,
            "line": {"width": 2, "color": TEXT[dark]},
        }
        for low, high in stretches
    ]


def now_pill(window: Window, *, dark: bool) -> list[dict[str, Any]]:
    """What the line means. Without a time: it moves in steps of a pixel, so the time would be wrong."""
    if not window.from_at <= window.now < window.to_at:
        return []
    return [
        {
            "text": "<b>Now</b>",
            "font": {"size": 11, "color": PAGE[dark]},
            "bgcolor": TEXT[dark],
            "borderpad": 3,
            "showarrow": False,
            "xref": "x",
            "x": utc(window.now),
            "yref": "paper",
            "y": 1,
            "yanchor": "top",
            "yshift": -1,
        }
    ]


def row_titles(rows: Rows, *, dark: bool) -> list[dict[str, Any]]:
    """Names of locations; icon of the actual status, id and bay of EVSEs."""
    titles = []
    for top, place in rows.places:
        note = f'<span style="color:{MUTED[dark]}">{plotly_text(place.note)}</span>'
        name = plotly_text(_cut(place.name, 60))
        titles.append(margin_title(f"<b>{name}</b>  {note}", top + (PLACE - 4) / 2, at=7))
    for top, line in rows.evses:
        y, colour = top + BAR_AT + 3, look(line.actual).shade(dark=dark).chip_text
        evse_id, bay = _fitting(line.evse_id, line.bay)
        titles += [
            margin_title(icon(look(line.actual).icon, colour=colour), y, at=7),
            margin_title(plotly_text(evse_id), y, at=28),
            margin_title(
                plotly_text(bay),
                y,
                at=LEFT - 11,
                xanchor="right",
                font={"size": 11, "color": MUTED[dark]},
            ),
        ]
    return titles


def _fitting(evse_id: str, bay: str) -> tuple[str, str]:
    """Both, cut to the margin: an id loses its middle, as its end tells it from its neighbours."""
    letters = 22
    bay = _cut(bay, max(letters - len(evse_id) - 1, 5))
    room = letters - len(bay) - (1 if bay else 0)
    if len(evse_id) > room:
        evse_id = f"{evse_id[: room - 9]}…{evse_id[-8:]}"
    return evse_id, bay


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
