"""What do all EVSEs of a location show on each channel? A row of pins per channel, as HTML."""

from collections import Counter
from collections.abc import Sequence

from evse_status.core.translation import Channel, Profile
from evse_status.ui.app_looks import look_on, said_by_app
from evse_status.ui.charts.phones_marks import icon, line, shown, spoken, vars_of
from evse_status.ui.looks import GRID, MUTED, TEXT
from evse_status.ui.texts import html_text
from evse_status.ui.views.screen import NAMES, Pin

_STYLE = """
.ev-pins { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: .6rem .75rem;
  align-items: center; font-size: 14px; line-height: 1.35; }
.ev-pins-name { overflow-wrap: anywhere; }
.ev-pins-row:not(:last-child) { padding-bottom: .5rem; border-bottom: 1px solid var(--line); }
.ev-pins-name div { font-size: 12px; color: var(--muted); }
.ev-pins-row { display: flex; flex-wrap: wrap; gap: .35rem .2rem; }
.ev-one { width: 3.4rem; text-align: center; padding: .25rem .1rem .15rem; border-radius: .5rem;
  border: 2px solid transparent; font-size: 12px; color: var(--muted); }
.ev-one.ev-looked { border-color: var(--text); color: var(--text); font-weight: 600; }
.ev-one .ev-round { display: flex; align-items: center; justify-content: center; width: 28px;
  height: 28px; margin: 0 auto 2px; border-radius: 50%; background: var(--fill);
  color: var(--on); font-size: 18px; }
.ev-one .ev-hollow { background: transparent; border: 2px dashed var(--muted);
  color: var(--muted); }
.ev-pins .ev-icon { font-size: 18px; }
@media (max-width: 640px) {
  .ev-pins { grid-template-columns: minmax(0, 1fr); gap: .25rem; }
}
"""


def style() -> str:
    """The style sheet of rows of pins; icons are set by that of the phones."""
    return f"<style>{_STYLE}</style>"


def rows_of_pins(pins: Sequence[Pin], shown_in: Profile, *, dark: bool) -> str:
    """Three rows, each a picture that is told in words; the EVSE that is looked at is outlined."""
    colours = f"--text:{TEXT[dark]};--muted:{MUTED[dark]};--line:{GRID[dark]}"
    rows = "".join(_row(pins, channel, shown_in, dark=dark) for channel in Channel)
    return f'<div class="ev-pins" style="{colours}">{rows}</div>'


def told(pins: Sequence[Pin], channel: Channel) -> str:
    """A row in words: "Hubject: Bay 1 Out of service (looked at), Bay 2 Available"."""
    said = ", ".join(
        f"{pin.bay} {said_by_app(channel, pin.words.on(channel))}"
        + (" (looked at)" if pin.looked_at else "")
        for pin in pins
    )
    return f"{NAMES[channel][0]}: {said}"


def _row(pins: Sequence[Pin], channel: Channel, shown_in: Profile, *, dark: bool) -> str:
    name, kind = NAMES[channel]
    tally = Counter(said_by_app(channel, pin.words.on(channel)) for pin in pins)
    counts = ", ".join(f"{count} {said}" for said, count in tally.most_common())
    drawn = "".join(_pin(pin, channel, shown_in, dark=dark) for pin in pins)
    return (
        f'<div class="ev-pins-name"><b>{name}</b> {kind}<div>{html_text(shown(counts))}'
        f'</div></div><div class="ev-pins-row" role="img" '
        f'aria-label="{spoken(told(pins, channel))}">{drawn}</div>'
    )


def _pin(pin: Pin, channel: Channel, shown_in: Profile, *, dark: bool) -> str:
    word = pin.words.on(channel)
    its = look_on(channel, word, pin.status, shown_in)
    kind = "ev-round ev-hollow" if its.outline else "ev-round"
    looked = "ev-one ev-looked" if pin.looked_at else "ev-one"
    title = spoken(f"{pin.bay}: {said_by_app(channel, word)}")
    return (
        f'<div class="{looked}" title="{title}"><div class="{kind}" '
        f'style="{vars_of(its.shade(dark=dark))}">{icon(its.icon)}</div>{line(pin.bay)}</div>'
    )
