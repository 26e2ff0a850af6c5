"""Whatever colour a brand has, texts on it and on its tint can be read."""

import pytest

from evse_status.core.contrast import AA, contrast
from evse_status.ui.colours import mixed, shade_of

STEPS = range(0, 256, 51)
CUBE = [f"#{red:02X}{green:02X}{blue:02X}" for red in STEPS for green in STEPS for blue in STEPS]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_any_colour_carries_legible_text(dark: bool) -> None:
    for colour in CUBE:
        shade = shade_of(colour, dark=dark)
        assert shade.fill == colour
        assert contrast(shade.on_fill, shade.fill) >= AA, colour
        assert contrast(shade.chip_text, shade.chip) >= AA, colour


def test_a_legible_colour_is_its_own_text() -> None:
    assert shade_of("#5B21B6", dark=False).chip_text == "#5B21B6"


def test_colours_mix() -> None:
    assert mixed("#FF0000", "#0000FF", 0) == "#0000FF"
    assert mixed("#FF0000", "#0000FF", 1) == "#FF0000"
    assert mixed("#FFFFFF", "#000000", 0.5) == "#808080"
