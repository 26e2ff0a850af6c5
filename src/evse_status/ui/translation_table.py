"""Show the whole translation of one profile, and export it."""

from collections.abc import Iterable

import streamlit as st

from evse_status.core.translation import Profile
from evse_status.ui import session
from evse_status.ui.charts.phones_marks import icon, line, spoken, vars_of
from evse_status.ui.export_button import Export, export_button
from evse_status.ui.looks import ATTENTION, GRID, Look
from evse_status.ui.texts import html_text, plain
from evse_status.ui.views.screen import NAMES
from evse_status.ui.views.translation_table import (
    Cell,
    Line,
    translation_csv,
    translation_lines,
)

_STYLE = """
<style>
.ev-words { width: 100%; border-collapse: collapse; font-size: 14px; line-height: 1.35; }
.ev-words th, .ev-words td { text-align: start; padding: .4rem .6rem; font-weight: 400;
  border: 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
.ev-words thead th, .ev-words .ev-kind { font-weight: 600; }
.ev-label { display: inline-flex; align-items: center; gap: .35rem; max-width: 100%;
  padding: .1rem .6rem .1rem .4rem; border-radius: .5rem; background: var(--chip);
  color: var(--ctext); }
.ev-label > span { display: flex; }
.ev-words .ev-icon { font-size: 16px; }
.ev-lost { display: inline-flex; vertical-align: middle; margin-inline-start: .4rem;
  color: var(--lost); }
@media (max-width: 640px) {
  .ev-words, .ev-words .ev-label { font-size: 12px; }
  .ev-words th, .ev-words td { padding: .3rem .15rem; }
  .ev-label { padding: .1rem .3rem; }
  .ev-label .ev-icon { display: none; }
  .ev-label .ev-line { white-space: normal; overflow-wrap: anywhere; }
}
</style>
"""
_KINDS = {"temporary": "Temporary status", "actual": "Actual status"}


def draw_translation_table(shown_in: Profile) -> None:
    """Draw it in an expander: every temporary and actual status, on every channel, in its colours."""
    with st.expander(
        f"The whole translation, profile {plain(shown_in.name)}", icon=":material/translate:"
    ):
        lines = translation_lines(shown_in)
        st.html(_STYLE + table(lines, dark=session.is_dark()))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(
                ":material/translate: the channel has no word for it: drivers learn less than you know.",
                width="stretch",
            )
            export_button(
                "Export CSV",
                Export(
                    f"translation-{shown_in.name}.csv",
                    len(lines),
                    "status",
                    lambda: iter([(len(lines), translation_csv(shown_in))]),
                ),
                key="preview-translation-csv",
                quiet=True,
            )


def table(lines: Iterable[Line], *, dark: bool) -> str:
    """The lines as an HTML table, a body per kind of status."""
    heads = ["Status", *(f"{name} {kind}" for name, kind in NAMES.values())]
    head = "".join(f'<th scope="col">{html_text(one)}</th>' for one in heads)
    rows, kind = "", ""
    for one in lines:
        if one.kind != kind:
            kind = one.kind
            rows += f'<tr><th class="ev-kind" colspan="4" scope="rowgroup">{_KINDS[kind]}</th></tr>'
        cells = "".join(f"<td>{_said(cell, dark)}</td>" for cell in one.cells)
        rows += f'<tr><th scope="row">{_label(one.look, one.label, dark)}</th>{cells}</tr>'
    colours = f"--line:{GRID[dark]};--lost:{ATTENTION[dark][0]}"
    return (
        f'<table class="ev-words" style="{colours}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _said(cell: Cell, dark: bool) -> str:
    sign = ""
    if cell.lost:
        said = spoken(cell.said)
        sign = f'<span class="ev-lost" role="img" aria-label="{said}" title="{said}">'
        sign += icon("translate") + "</span>"
    return _label(cell.look, cell.word, dark, absent=cell.look.outline) + sign


def _label(look: Look, said: str, dark: bool, *, absent: bool = False) -> str:
    if absent:
        return f"<i>{html_text(said)}</i>"
    return (
        f'<span class="ev-label" style="{vars_of(look.shade(dark=dark))}">'
        f'<span aria-hidden="true">{icon(look.icon)}</span>{line(said)}</span>'
    )
