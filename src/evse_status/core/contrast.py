"""Can a text be read on a colour? WCAG 2.2, success criterion 1.4.3: at least 4.5 to 1 (level AA)."""

AA = 4.5
DARK, WHITE = "#16191D", "#FFFFFF"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours like `#3F9169`, from 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(colour: str) -> str:
    """The colour of a text that can be read on `colour`: white where that passes AA, else dark or black."""
    if contrast(WHITE, colour) >= AA:
        return WHITE
    return DARK if contrast(DARK, colour) >= AA else "#000000"


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
