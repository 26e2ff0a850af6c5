"""What is written in the timeline's bars?"""

from dataclasses import dataclass
from datetime import datetime

import plotly.graph_objects as go

from evse_status.ui.charts.paint import icon
from evse_status.ui.charts.timeline_rows import BAR_AT, Rows, all_bars, utc
from evse_status.ui.looks import label, look
from evse_status.ui.views.timeline import Bar
from evse_status.ui.views.window import Window

TYPICAL_WIDTH = 700
"""Pixels of the time axis beside the panel at 1366 x 768; labels are chosen for it. The figure
must not depend on the real width: one changed byte would lose zoom and selection."""
_ICON_NEEDS, _UNTIL_NEEDS, _LETTER = 20.0, 96.0, 6.5


@dataclass(frozen=True, slots=True)
class _Word:
    """A text in a bar: before or after the instant `at`."""

    at: datetime
    y: float
    text: str
    ends_there: bool


def words(rows: Rows, window: Window, *, dark: bool) -> list[go.Scatter]:
    """Icon and word where they fit, one trace per colour (selection can set only one per trace)."""
    by_colour: dict[str, list[_Word]] = {}
    for top, bar in all_bars(rows):
        if not bar.shadowed:
            colour = look(bar.status).shade(dark=dark).on_fill
            by_colour.setdefault(colour, []).extend(_words_of(bar, top + BAR_AT, window))
    return [
        go.Scatter(
            x=[utc(word.at) for word in words],
            y=[word.y for word in words],
            text=[f"\u00a0{word.text}\u00a0\u2009" for word in words],
            textposition=[f"middle {'left' if word.ends_there else 'right'}" for word in words],
            textfont={"size": 12, "color": colour},
            mode="text",
            name=f"words {colour}",
            hoverinfo="skip",
            selected={"textfont": {"color": colour}},
            unselected={"textfont": {"color": colour}},
        )
        for colour, words in by_colour.items()
        if words
    ]


def _words_of(bar: Bar, y: float, window: Window) -> list[_Word]:
    pixels = (bar.to_at - bar.from_at) / window.length * TYPICAL_WIDTH
    before_now = (window.now - bar.from_at) / window.length * TYPICAL_WIDTH
    after_now = (bar.to_at - window.now) / window.length * TYPICAL_WIDTH
    symbol, name = icon(look(bar.status).icon), label(bar.status)
    words, room = [], pixels
    if bar.open_ended and pixels >= _ICON_NEEDS + _UNTIL_NEEDS and after_now >= _UNTIL_NEEDS:
        text = f"until cleared {icon('chevron_right')}"
        words.append(_Word(bar.to_at, y, text, ends_there=True))
        room -= _UNTIL_NEEDS
    word_needs = _ICON_NEEDS + _LETTER * len(name) + 6
    for text, needs in ((f"{symbol} {name}", word_needs), (symbol, _ICON_NEEDS)):
        if room < needs:
            continue
        if not 0 <= before_now <= needs:
            return [*words, _Word(bar.from_at, y, text, ends_there=False)]
        if after_now >= needs + (_UNTIL_NEEDS if words else 0):
            ending = f"{text}, {words[0].text}" if words else text
            return [_Word(bar.to_at, y, ending, ends_there=True)]
    return words
