"""Which marks are the drawn phones made of? Lines of text, icons, pins, chips, rows."""

import unicodedata

from evse_status.core.contrast import contrast
from evse_status.ui.charts.phones_ground import Ground
from evse_status.ui.colours import VISIBLE
from evse_status.ui.looks import INK, WHITE, Look, Shade
from evse_status.ui.texts import html_text

_MOST_LETTERS = 300
_ANGLES = str.maketrans("<>", "‹›")
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
"""Letters that nobody sees and that turn the reading direction of others."""


def shown(said: str) -> str:
    """`said` on one line, without what no screen shows or what turns other words around."""
    return "".join(
        one
        for one in " ".join(said.split())
        if unicodedata.category(one) not in ("Cc", "Cs") and one not in _TURNS
    )


def spoken(said: str) -> str:
    """A text alternative, for an attribute. Angles are told by others: the browser's sanitizer drops an
    attribute that might close an element or a comment, and nobody would hear anything."""
    return html_text(shown(said).translate(_ANGLES))


def line(said: str, kind: str = "") -> str:
    """A line of text, cut with an ellipsis where its room ends, in its own reading direction."""
    text = html_text(shown(said)[:_MOST_LETTERS])
    return f'<div class="ev-line {kind}" dir="auto">{text}</div>'


def icon(name: str, kind: str = "") -> str:
    """A Material icon."""
    return f'<span class="ev-icon {kind}">{html_text(name)}</span>'


def vars_of(shade: Shade) -> str:
    """The colours of a status for what stands inside."""
    return html_text(
        f"--fill:{shade.fill};--on:{shade.on_fill};--chip:{shade.chip};--ctext:{shade.chip_text}"
    )


def ring(shade: Shade, ground: Ground) -> str:
    """What a pin is ringed with: the sheet's colour, or one that sets it off from the map."""
    if contrast(shade.fill, ground.land) >= VISIBLE:
        return ground.sheet
    return max((INK, WHITE), key=lambda one: contrast(one, ground.land))


def pin(look: Look, *, x: int, y: int) -> str:
    """The large pin of the charger; its colours are the phone's."""
    return f'<div class="ev-pin" style="{_place(x, y)}">{icon(look.icon)}</div>'


def dot(look: Look, *, x: int, y: int, dark: bool) -> str:
    """The small pin of a charger without a name: scenery."""
    colours = vars_of(look.shade(dark=dark))
    return f'<div class="ev-dot" style="{_place(x, y)};{colours}">{icon(look.icon)}</div>'


def disc(look: Look, *, dark: bool) -> str:
    """The round sign at the head of a row."""
    return f'<div class="ev-disc" style="{vars_of(look.shade(dark=dark))}">{icon(look.icon)}</div>'


def chip(look: Look, said: str) -> str:
    """The label of the status; its colours are the phone's."""
    return f'<div class="ev-chip">{icon(look.icon)}{line(said, "ev-said")}</div>'


def button(said: str, kind: str = "") -> str:
    """A button that only looks like one."""
    return f'<div class="ev-button {kind}">{line(said)}</div>'


def absent(said: str) -> str:
    """What an app that doesn't show the charger leaves to see."""
    return f'<div class="ev-absent">{icon("visibility_off")}{line(said, "ev-said")}</div>'


def ghost() -> str:
    """A row of something else: only this location is told about."""
    return (
        '<div class="ev-row ev-near"><div class="ev-disc ev-blank"></div><div class="ev-grow">'
        '<div class="ev-ghost" style="width:62%"></div><div class="ev-ghost" style="width:38%">'
        "</div></div></div>"
    )


def _place(x: int, y: int) -> str:
    return f"left:calc({x} * var(--u));top:calc({y} * var(--u))"
