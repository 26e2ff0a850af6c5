"""Which shades does a status get of any one colour, so that its texts can be read?"""

from functools import cache

from evse_status.core.contrast import AA, contrast, text_on
from evse_status.ui.looks import INK, SURFACE, WHITE, Shade

VISIBLE = 3.0
"""What the parts of a picture need against their ground (WCAG 2.2, 1.4.11)."""
_TINT = {False: 0.12, True: 0.22}
_STEPS = 20


@cache
def shade_of(colour: str, *, dark: bool) -> Shade:
    """The colour as a fill, and a chip of its tint; `colour` like "#3F9169"."""
    tint = mixed(colour, SURFACE[True] if dark else WHITE, _TINT[dark])
    return Shade(colour, text_on(colour), _legible(colour, tint, dark=dark), tint)


def mixed(colour: str, ground: str, share: float) -> str:
    """`share` of a colour over a ground, from 0 to 1."""
    pairs = zip(_parts(colour), _parts(ground), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in pairs)


def _legible(colour: str, ground: str, *, dark: bool) -> str:
    """The colour itself, or as little darker (lighter in the dark) as it takes to be read."""
    end = WHITE if dark else INK
    shades = (mixed(end, colour, step / _STEPS) for step in range(_STEPS))
    return next((shade for shade in shades if contrast(shade, ground) >= AA), end)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
