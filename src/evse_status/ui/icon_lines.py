"""How are sentences under a phone set? Each with its icon before all of its lines; HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from evse_status.core.statuses import ActualStatus
from evse_status.ui import session
from evse_status.ui.charts.phones_marks import icon
from evse_status.ui.looks import ATTENTION, MUTED, look
from evse_status.ui.texts import html_text

_STYLE = (
    "display:grid;grid-template-columns:1.5rem minmax(0,1fr);column-gap:.1rem;row-gap:.3rem;"
    "line-height:1.45;overflow-wrap:anywhere"
)


@dataclass(frozen=True, slots=True)
class IconLine:
    """`**bold** said` behind a Material icon; `colour` is green, yellow or gray."""

    icon: str
    colour: str
    said: str
    bold: str = ""


def draw_lines(lines: Sequence[IconLine]) -> None:
    """Draw them one under the other; nothing where there are none."""
    if lines:
        st.html(lines_html(lines, dark=session.is_dark()))


def lines_html(lines: Sequence[IconLine], *, dark: bool) -> str:
    """The HTML of `draw_lines`, every text escaped."""
    colours = {
        "green": look(ActualStatus.AVAILABLE).shade(dark=dark).chip_text,
        "yellow": ATTENTION[dark][0],
        "gray": MUTED[dark],
    }
    cells = "".join(
        f'<span aria-hidden="true" style="color:{colours[one.colour]};font-size:1.2rem;'
        f'line-height:1">{icon(one.icon, "ev-inline")}</span><span>{_words(one)}</span>'
        for one in lines
    )
    return f'<div style="{_STYLE}">{cells}</div>'


def _words(line: IconLine) -> str:
    bold = f"<b>{html_text(line.bold)}</b> " if line.bold else ""
    return bold + html_text(line.said)
