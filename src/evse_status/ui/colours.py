"""Which colours can be read on which? Contrast as WCAG 2.2 computes it, and shades of any colour."""

from functools import cache

from evse_status.ui.looks import INK, SURFACE, WHITE, Shade

LEGIBLE, VISIBLE = 4.5, 3.0
"""What text, and what a picture's parts, need against their ground (WCAG 2.2, 1.4.3 and 1.4.11)."""
_BLACK = "#000000"
_TINT = {False: 0.12, True: 0.22}
_STEPS = 20


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white); colours like "#3F9169"."""
    light, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dim + 0.05)


def text_on(fill: str) -> str:
    """Ink or white, whichever is more legible; black where neither reaches 4.5, as it then does."""
    best = max((INK, WHITE), key=lambda text: contrast(text, fill))
    return best if contrast(best, fill) >= LEGIBLE else _BLACK


@cache
def shade_of(colour: str, *, dark: bool) -> Shade:
    """A status's colours made of any one colour: its fill, and a chip of its tint."""
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
    return next((shade for shade in shades if contrast(shade, ground) >= LEGIBLE), end)


def _luminance(colour: str) -> float:
    parts = (part / 255 for part in _parts(colour))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
