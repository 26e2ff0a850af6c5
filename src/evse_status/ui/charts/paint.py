"""How are statuses painted in figures: patterns, icons, what is said on hover?"""

from collections.abc import Sequence
from typing import Any

from evse_status.core.statuses import TemporaryStatus
from evse_status.ui.looks import PAGE, PATTERN_OPACITY, Status, look
from evse_status.ui.texts import plotly_text

CLEAR = "rgba(0,0,0,0)"


def bar_paint(status: TemporaryStatus, *, dark: bool) -> dict[str, Any]:
    """The marker of an override that shows."""
    return {
        "color": look(status).fill(dark=dark),
        "cornerradius": 3,
        "line": {"width": 0},
        "pattern": pattern(status, dark=dark, size=6),
    }


def shadow_paint(status: TemporaryStatus, *, dark: bool) -> dict[str, Any]:
    """The marker of one that holds without showing: hollow, in the status's colour."""
    fill = look(status).fill(dark=dark)
    return {
        "color": PAGE[dark],
        "cornerradius": 2,
        "line": {"width": 1, "color": fill},
        "pattern": pattern(status, dark=dark, size=4)
        | {"fgcolor": fill, "fgopacity": 1, "solidity": 0.35},
    }


def pattern(status: Status, *, dark: bool, size: int) -> dict[str, Any]:
    """The default fill mode would replace the fill."""
    its = look(status)
    return {
        "shape": its.pattern,
        "fillmode": "overlay",
        "fgcolor": its.shade(dark=dark).pattern,
        "fgopacity": PATTERN_OPACITY,
        "size": size,
        "solidity": 0.3,
    }


def icon(name: str, *, size: int = 15, drop: int = 4, colour: str = "") -> str:
    """A Material icon inside a Plotly text; it doesn't survive an export as PNG."""
    tint = f"color:{colour};" if colour else ""
    return (
        f'<span style="font-family:Material Symbols Rounded;font-size:{size}px;{tint}'
        f'baseline-shift:-{drop}px">{name}</span>'
    )


def hover_text(lines: Sequence[str]) -> str:
    """Plain lines, the first one bold, all shown letter by letter."""
    heading, *rest = (plotly_text(line) for line in lines)
    return "<br>".join([f"<b>{heading}</b>", *rest])
