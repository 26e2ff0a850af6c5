"""What would a driver see on a phone? Drawn apps of the three channels, as SVG text."""

from collections.abc import Callable
from dataclasses import dataclass

from evse_status.core.translation import Channel
from evse_status.ui.icon_paths import PATHS, SIDE
from evse_status.ui.looks import GRID, MUTED, PAGE, SURFACE, TEXT, Shade, word_look
from evse_status.ui.texts import html_text
from evse_status.ui.views.preview import Screen

WIDTH, HEIGHT = 264, 432
_FONT = "'Source Sans 3','Source Sans Pro',system-ui,'Segoe UI',Roboto,'Noto Sans',sans-serif"
_LEFT, _RIGHT = 22, WIDTH - 22
_AVERAGE_LETTER, _WIDE_LETTER = 0.53, 0.58


@dataclass(frozen=True, slots=True)
class _Ground:
    """The colours of an app that are no status."""

    body: str
    land: str
    road: str
    park: str
    water: str
    sheet: str
    tint: str
    pale: str
    text: str
    muted: str
    line: str


_GROUNDS = {
    False: _Ground(
        body="#1B2433", land="#EDEFEA", road="#FFFFFF", park="#D5E7CF", water="#CBDFEE",
        sheet=PAGE[False], tint="#E9ECF0", pale="#A9B2BD", text=TEXT[False], muted=MUTED[False],
        line=GRID[False],
    ),
    True: _Ground(
        body="#3A4350", land="#1A212B", road="#353D49", park="#1D3024", water="#15303D",
        sheet=SURFACE[True], tint="#28303B", pale="#566170", text=TEXT[True], muted=MUTED[True],
        line=GRID[True],
    ),
}  # fmt: skip


def phone(screen: Screen, *, dark: bool) -> str:
    """The whole phone as an SVG text of WIDTH by HEIGHT; every text in it is escaped."""
    ground = _GROUNDS[dark]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="{_FONT}">'
        f'<defs><clipPath id="glass"><rect x="6" y="6" width="{WIDTH - 12}" '
        f'height="{HEIGHT - 12}" rx="24"/></clipPath></defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="30" fill="{ground.body}"/>'
        f'<g clip-path="url(#glass)">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{ground.sheet}"/>'
        f"{_APPS[screen.channel](screen, ground, dark)}"
        f"{_status_bar(screen.clock, ground)}</g></svg>"
    )


def _spirii_go(screen: Screen, ground: _Ground, dark: bool) -> str:
    shade = word_look(screen.word).shade(dark=dark)
    top = 214
    sheet = (
        f'<rect x="6" y="{top}" width="{WIDTH - 12}" height="240" rx="18" fill="{ground.sheet}"/>'
        f'<rect x="114" y="{top + 9}" width="36" height="4" rx="2" fill="{ground.line}"/>'
        + _text(screen.place, _LEFT, top + 38, 15, ground.text, bold=True)
        + _text(screen.address, _LEFT, top + 57, 12.5, ground.muted)
    )
    if screen.word is None:
        sheet += _absent("This charger is not on the map", top + 92, ground)
    else:
        sheet += (
            _chip(screen, top + 68, dark)
            + _line(top + 106, ground)
            + _bay(screen, top + 132, ground)
            + _button("Start charging", _LEFT, 220, screen.usable, ground, dark)
        )
    search = (
        f'<rect x="18" y="36" width="{WIDTH - 36}" height="34" rx="17" fill="{ground.sheet}" '
        f'stroke="{ground.line}"/>'
        + _icon("search", 30, 44, 18, ground.muted)
        + _text("Find a charger", 56, 58, 13, ground.muted)
    )
    return _map(236, ground) + search + _pins(screen, 128, 178, shade, ground) + sheet


def _hubject_app(screen: Screen, ground: _Ground, dark: bool) -> str:
    its = word_look(screen.word)
    shade = its.shade(dark=dark)
    rows = _text("Near you", _LEFT, 184, 15, ground.text, bold=True)
    if screen.word is None:
        rows += _absent("This charger is not in the list", 212, ground)
    else:
        rows += (
            f'<rect x="14" y="200" width="{WIDTH - 28}" height="56" rx="10" fill="{ground.tint}"/>'
            f'<circle cx="38" cy="228" r="15" fill="{shade.fill}"/>'
            + _icon(its.icon, 29, 219, 18, shade.on_fill)
            + _text(screen.place, 64, 223, 13, ground.text, bold=True, room=174)
            + _text(screen.said, 64, 241, 12, ground.muted, room=174)
        )
    for y in (286, 338):
        rows += _skeleton_row(y, ground)
    bar = f'<line x1="6" x2="{WIDTH - 6}" y1="384" y2="384" stroke="{ground.line}"/>'
    for x, name in ((39, "map"), (98, "bookmark"), (157, "receipt_long"), (216, "person")):
        bar += _icon(name, x - 9, 395, 18, ground.text if name == "map" else ground.muted)
    return _map(152, ground) + _pins(screen, 92, 122, shade, ground) + rows + bar


def _ocpi_app(screen: Screen, ground: _Ground, dark: bool) -> str:
    shade = word_look(screen.word).shade(dark=dark)
    gone = screen.word in (None, "REMOVED")
    card = _text(screen.place, _LEFT, 138, 15, ground.text, bold=True) + _text(
        screen.address, _LEFT, 157, 12.5, ground.muted
    )
    card += _chip(screen, 170, dark)
    if gone:
        card += _absent("Apps take it off the map", 236, ground)
    else:
        card += _line(214, ground) + _bay(screen, 242, ground) + _line(276, ground)
        card += _skeleton_row(304, ground)
    for x, name in ((_LEFT, "Remind me"), (WIDTH / 2 + 4, "Directions")):
        card += _button(name, x, 106, False, ground, dark, plain=True)
    return _map(112, ground) + _pins(screen, 62, 92, shade, ground, gone=gone) + card


_APPS: dict[Channel, Callable[[Screen, _Ground, bool], str]] = {
    Channel.SPIRII_GO: _spirii_go,
    Channel.HUBJECT: _hubject_app,
    Channel.OCPI: _ocpi_app,
}


def _status_bar(clock: str, ground: _Ground) -> str:
    bars = "".join(
        f'<rect x="{198 + 4 * n}" y="{24 - 2 * n}" width="3" height="{3 + 2 * n}" rx="0.5" '
        f'fill="{ground.text}"/>'
        for n in range(4)
    )
    battery = (
        f'<rect x="222" y="18" width="18" height="9" rx="2.5" fill="none" '
        f'stroke="{ground.text}"/><rect x="224" y="20" width="12" height="5" rx="1" '
        f'fill="{ground.text}"/><rect x="241" y="20.5" width="1.6" height="4" fill="{ground.text}"/>'
    )
    return _text(clock, 24, 27, 12, ground.text, bold=True) + bars + battery


def _map(height: int, ground: _Ground) -> str:
    roads = (
        ("M0 92C70 84 150 104 270 96", 11),
        ("M0 176C60 168 120 182 270 156", 7),
        ("M70 0C76 70 64 140 78 240", 9),
        ("M186 0C180 60 196 120 188 240", 9),
        ("M128 96V240", 5),
        ("M232 96C230 140 240 180 236 240", 5),
    )
    drawn = "".join(
        f'<path d="{path}" fill="none" stroke="{ground.road}" stroke-width="{width}"/>'
        for path, width in roads
    )
    return (
        f'<svg x="0" y="0" width="{WIDTH}" height="{height}">'
        f'<rect width="{WIDTH}" height="{height}" fill="{ground.land}"/>'
        f'<rect x="14" y="34" width="46" height="46" rx="4" fill="{ground.park}"/>'
        f'<rect x="198" y="110" width="60" height="42" rx="4" fill="{ground.park}"/>'
        f'<path d="M0 {height}V{height - 14}C60 {height - 34} 130 {height + 2} 264 '
        f'{height - 26}V{height}Z" fill="{ground.water}"/>'
        f"{drawn}</svg>"
    )


def _pins(
    screen: Screen, y: int, tip: int, shade: Shade, ground: _Ground, *, gone: bool = False
) -> str:
    """The pin of the charger over two nameless neighbours; none where it isn't shown."""
    neighbours = "".join(
        f'<circle cx="{x}" cy="{y + dy}" r="9" fill="{ground.pale}" '
        f'stroke="{ground.sheet}" stroke-width="2"/>'
        for x, dy in ((58, 8), (204, -12))
    )
    if screen.word is None or gone:
        return neighbours
    x, middle = 131, (y + tip) / 2
    return neighbours + (
        f'<path d="M{x - 8} {middle + 16}L{x} {middle + 25}L{x + 8} {middle + 16}Z" '
        f'fill="{shade.fill}"/>'
        f'<circle cx="{x}" cy="{middle}" r="19" fill="{shade.fill}" stroke="{ground.sheet}" '
        f'stroke-width="3"/>'
        + _icon(word_look(screen.word).icon, x - 11, middle - 11, 22, shade.on_fill)
    )


def _chip(screen: Screen, y: int, dark: bool) -> str:
    its = word_look(screen.word)
    shade = its.shade(dark=dark)
    said = _fit(screen.said, 180, 12.5)
    width = 42 + len(said) * 12.5 * _WIDE_LETTER
    return (
        f'<rect x="{_LEFT}" y="{y}" width="{width:.0f}" height="25" rx="8" fill="{shade.chip}"/>'
        + _icon(its.icon, _LEFT + 8, y + 5, 15, shade.chip_text)
        + _text(said, _LEFT + 28, y + 17, 12.5, shade.chip_text, bold=True, room=180)
    )


def _bay(screen: Screen, y: int, ground: _Ground) -> str:
    return (
        _icon("ev_station", _LEFT, y - 10, 20, ground.muted)
        + _text(screen.bay, _LEFT + 32, y, 13, ground.text, bold=True, room=180)
        + _text(screen.plug, _LEFT + 32, y + 17, 12, ground.muted, room=180)
    )


def _button(
    said: str,
    x: float,
    width: float,
    usable: bool,
    ground: _Ground,
    dark: bool,
    *,
    plain: bool = False,
) -> str:
    shade = word_look("Available").shade(dark=dark)
    fill = shade.fill if usable else ground.tint
    colour = shade.on_fill if usable else ground.text if plain else ground.muted
    return (
        f'<rect x="{x}" y="376" width="{width}" height="34" rx="9" fill="{fill}"/>'
        f'<text x="{x + width / 2}" y="397.5" font-size="13" font-weight="600" fill="{colour}" '
        f'text-anchor="middle">{html_text(said)}</text>'
    )


def _absent(said: str, y: int, ground: _Ground) -> str:
    return _icon("visibility_off", _LEFT, y - 15, 20, ground.muted) + _text(
        said, _LEFT + 30, y, 13, ground.muted
    )


def _skeleton_row(y: int, ground: _Ground) -> str:
    """A neighbour without a name: only this charger is told about."""
    return (
        f'<circle cx="38" cy="{y}" r="13" fill="{ground.tint}"/>'
        f'<rect x="64" y="{y - 11}" width="104" height="8" rx="4" fill="{ground.tint}"/>'
        f'<rect x="64" y="{y + 4}" width="66" height="7" rx="3.5" fill="{ground.tint}"/>'
    )


def _line(y: int, ground: _Ground) -> str:
    return f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{y}" y2="{y}" stroke="{ground.line}"/>'


def _icon(name: str, x: float, y: float, side: float, colour: str) -> str:
    return (
        f'<path transform="translate({x} {y}) scale({side / SIDE:.5f})" fill="{colour}" '
        f'd="{PATHS[name]}"/>'
    )


def _text(
    said: str,
    x: float,
    y: float,
    size: float,
    colour: str,
    *,
    bold: bool = False,
    room: float = _RIGHT - _LEFT,
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}"{weight}>'
        f"{html_text(_fit(said, room, size))}</text>"
    )


def _fit(said: str, room: float, size: float) -> str:
    """`said` on one line, cut where it would leave its room; pictures can't measure letters."""
    most = int(room / (size * _AVERAGE_LETTER))
    text = "".join(letter for letter in " ".join(said.split()) if letter.isprintable())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
