"""How are labels, values and figures set? As HTML, every text escaped, colours from the theme."""

from collections.abc import Sequence

import streamlit as st

from evse_status.ui.texts import html_text

MUTED = "opacity:.72"
"""Labels: the text colour of the theme, whichever it is, at a contrast of at least 6."""


def draw_grid(rows: Sequence[Sequence[str]], columns: str, *, heads: Sequence[str] = ()) -> None:
    """Draw rows of plain texts, the first of each as its label; `columns` are CSS track sizes."""
    st.html(grid(rows, columns, heads=heads))


def grid(rows: Sequence[Sequence[str]], columns: str, *, heads: Sequence[str] = ()) -> str:
    """The HTML of `draw_grid`."""
    cells = [_cell(head, MUTED) for head in heads]
    for label, *values in rows:
        cells += [_cell(label, MUTED), *(_cell(value, "") for value in values)]
    style = "display:grid;column-gap:.75rem;row-gap:.45rem;grid-template-columns:" + columns
    return f'<div style="{style}">{"".join(cells)}</div>'


def figure(icon: str, number: str) -> str:
    """A large number beside its Material icon, without the space around a heading; HTML."""
    font = "font-family:'Material Symbols Rounded';font-weight:400;vertical-align:-.18em"
    return (
        '<div style="font-size:1.5rem;font-weight:600;line-height:1.5;white-space:nowrap">'
        f'<span aria-hidden="true" style="{font}">{html_text(icon)}</span> {html_text(number)}</div>'
    )


def _cell(text: str, style: str) -> str:
    return f'<span style="overflow-wrap:anywhere;{style}">{html_text(text)}</span>'
