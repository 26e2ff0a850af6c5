"""How does the app of each channel lay a charger out on its screen?"""

from collections.abc import Callable

from evse_status.core.statuses import ActualStatus
from evse_status.core.translation import Channel
from evse_status.ui.charts.phones_marks import (
    absent,
    button,
    chip,
    disc,
    dot,
    ghost,
    icon,
    line,
    pin,
    shown,
    vars_of,
)
from evse_status.ui.looks import look
from evse_status.ui.texts import html_text
from evse_status.ui.views.screen import Bay, Screen

_FREE, _BUSY = look(ActualStatus.AVAILABLE), look(ActualStatus.CHARGING)
_NEAR_ROWS, _BAYS = 3, 3


def _spirii_go(screen: Screen, dark: bool) -> str:
    scenery = (
        dot(_FREE, x=57, y=112, dark=dark)
        + dot(_BUSY, x=197, y=100, dark=dark)
        + dot(_FREE, x=187, y=179, dark=dark)
    )
    card = line(screen.place, "ev-place") + line(screen.address, "ev-address")
    if screen.absent:
        card += absent(screen.absent)
    else:
        card += chip(screen.look, screen.said) + _rule() + _bay(screen.bay, screen.plug)
    card += _space()
    if not screen.absent:
        start = button("Start charging", "ev-on" if screen.usable else "ev-off")
        card += f'<div class="ev-buttons">{start}</div>'
    return (
        f"{_map(230, scenery, screen, at=(127, 162))}"
        f'<div class="ev-row ev-search">{icon("search")}{line("Find a charger")}</div>'
        f'<div class="ev-sheet ev-over" style="{_top(210)}"><div class="ev-handle"></div>{card}</div>'
    )


def _hubject_app(screen: Screen, dark: bool) -> str:
    scenery = dot(_FREE, x=54, y=84, dark=dark) + dot(_BUSY, x=200, y=68, dark=dark)
    if screen.absent:
        rows = [absent(screen.absent)]
    else:
        first = _near(screen.place, screen.said, screen.plug, disc(screen.look, dark=dark))
        rows = [first.replace("ev-near", "ev-near ev-first")]
    for one in screen.others[: _NEAR_ROWS - 1]:
        name = f"{screen.place}, {one.name}"
        rows.append(_near(name, one.said, one.plug, disc(one.look, dark=dark)))
    rows += [ghost()] * (_NEAR_ROWS - len(rows))
    tabs = "".join(
        icon(name, "ev-here" if name == "map" else "")
        for name in ("map", "bookmark", "receipt_long", "person")
    )
    return (
        f"{_map(148, scenery, screen, at=(127, 88))}"
        f'<div class="ev-sheet" style="{_top(148)}"><div class="ev-heading">Near you</div>'
        f'{"".join(rows)}</div><div class="ev-tabs">{tabs}</div>'
    )


def _ocpi_app(screen: Screen, dark: bool) -> str:
    card = line(screen.place, "ev-place") + line(screen.address, "ev-address")
    card += chip(screen.look, screen.said)
    room = _BAYS
    if screen.notice is not None:
        colours = vars_of(screen.notice.look.shade(dark=dark))
        card += (
            f'<div class="ev-notice" style="{colours}">{line(screen.notice.said, "ev-strong")}'
            f"{line(screen.notice.source)}</div>"
        )
        room -= 1
    if screen.absent:
        card += absent(screen.absent)
    else:
        card += _rule() + _bay(screen.bay, screen.plug, screen, dark=dark)
        for one in screen.others[: room - 1]:
            card += _rule() + _bay(one.name, one.plug, one, dark=dark)
    card += _space()
    if not screen.absent:
        card += f'<div class="ev-buttons">{button("Remind me")}{button("Directions")}</div>'
    return (
        f"{_map(104, '', screen, at=(127, 66))}"
        f'<div class="ev-sheet" style="{_top(104)};padding-top:calc(11 * var(--u))">{card}</div>'
    )


APPS: dict[Channel, Callable[[Screen, bool], str]] = {
    Channel.SPIRII_GO: _spirii_go,
    Channel.HUBJECT: _hubject_app,
    Channel.OCPI: _ocpi_app,
}
"""A screen, and whether it is dark, to the HTML between status bar and lower edge."""


def _map(height: int, scenery: str, screen: Screen, *, at: tuple[int, int]) -> str:
    own = "" if screen.absent else pin(screen.look, x=at[0], y=at[1])
    size = f"height:calc({height} * var(--u))"
    return f'<div class="ev-map" style="{size}">{scenery}{own}</div>'


def _bay(name: str, plug: str, state: Screen | Bay | None = None, *, dark: bool = False) -> str:
    told = ""
    if state is not None:
        colours = vars_of(state.look.shade(dark=dark))
        told = f'<div class="ev-told" style="{colours}">{icon(state.look.icon)}</div>'
    return (
        f'<div class="ev-row ev-bay">{icon("ev_station")}<div class="ev-grow">'
        f"{line(name, 'ev-strong')}{line(plug, 'ev-muted')}</div>{told}</div>"
    )


def _near(name: str, said: str, plug: str, sign: str) -> str:
    power = plug.rpartition(", ")[2]
    more = f", {power}" if power.endswith(" kW") else ""
    return (
        f'<div class="ev-row ev-near">{sign}<div class="ev-grow">{line(name, "ev-strong")}'
        f'<div class="ev-line ev-muted"><span class="ev-said">{html_text(shown(said))}'
        f"</span>{html_text(shown(more))}</div></div></div>"
    )


def _rule() -> str:
    return '<div class="ev-rule"></div>'


def _space() -> str:
    return '<div class="ev-space"></div>'


def _top(units: int) -> str:
    return f"top:calc({units} * var(--u))"
