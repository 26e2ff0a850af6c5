"""What is on a drawn phone that is no status: its colours, light and dark, and the map."""

from dataclasses import dataclass
from functools import cache

from evse_status.ui.looks import GRID, PAGE, SURFACE, TEXT, data_uri

WIDTH, HEIGHT = 264, 432
"""A phone in its own units; on a page it is as large as there is room."""
_MAP_HEIGHT = 252


@dataclass(frozen=True, slots=True)
class Ground:
    """An app's colours: `text` and `muted` stand on `sheet` and on `tint`, pins on all of the map."""

    body: str
    land: str
    road: str
    park: str
    water: str
    sheet: str
    tint: str
    text: str
    muted: str
    line: str
    shadow: str


GROUNDS = {
    False: Ground(
        body="#1B2433", land="#EDEFEA", road="#FFFFFF", park="#D5E7CF", water="#CBDFEE",
        sheet=PAGE[False], tint="#E9ECF0", text=TEXT[False], muted="#4A525C", line=GRID[False],
        shadow="rgba(11,18,32,.3)",
    ),
    True: Ground(
        body="#3A4350", land="#20272F", road="#38414D", park="#1D3024", water="#15303D",
        sheet=SURFACE[True], tint="#28303B", text=TEXT[True], muted="#AEB6C1", line=GRID[True],
        shadow="rgba(0,0,0,.65)",
    ),
}  # fmt: skip

_ROADS = (
    ("M-4 96C70 102 150 120 270 112", 10),
    ("M-4 190C60 178 120 194 270 168", 7),
    ("M86 -4C80 60 92 130 86 260", 10),
    ("M202 -4C196 70 206 130 198 260", 10),
    ("M134 114V260", 6),
    ("M-4 146H88", 5),
    ("M200 46C220 42 240 48 270 42", 5),
    ("M244 112C240 150 248 190 242 260", 5),
)
_RIVER = "M-4 260V150C34 128 66 134 100 143S186 160 268 116V260Z"


@cache
def map_picture(*, dark: bool, river: bool) -> str:
    """The map as a data URI, as wide as a phone; `river` brings water along its lower end."""
    ground = GROUNDS[dark]
    roads = "".join(
        f'<path d="{path}" fill="none" stroke="{ground.road}" stroke-width="{width}"/>'
        for path, width in _ROADS
    )
    water = f'<path d="{_RIVER}" fill="{ground.water}"/>' if river else ""
    return data_uri(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {_MAP_HEIGHT}">'
        f'<rect width="{WIDTH}" height="{_MAP_HEIGHT}" fill="{ground.land}"/>'
        f'<rect x="-6" y="196" width="50" height="60" rx="4" fill="{ground.park}"/>'
        f'<rect x="16" y="26" width="54" height="48" rx="4" fill="{ground.park}"/>'
        f'<rect x="150" y="-6" width="120" height="102" rx="6" fill="{ground.park}"/>'
        f"{roads}{water}</svg>"
    )
