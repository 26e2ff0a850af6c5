"""A label can be read on its colour, whichever that is."""

import pytest

from evse_status.core.contrast import AA, DARK, WHITE, contrast, text_on
from evse_status.core.translation import PROFILES


def test_known_ratios() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#FFFFFF") == pytest.approx(1)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#0A0A0A", "#0A0A0A") == pytest.approx(1)


def test_text_is_white_where_it_can_be_read() -> None:
    assert text_on("#0B4F5C") == WHITE
    assert text_on("#D27204") == DARK
    assert text_on("#787878") == "#000000"  # too dark for a dark grey, too light for white


def test_every_colour_has_a_text_that_can_be_read_on_it() -> None:
    greys = [f"#{level:02X}{level:02X}{level:02X}" for level in range(256)]
    ours = [
        look.colour
        for shown_in in PROFILES.values()
        for look in (*shown_in.temporary.values(), *shown_in.actual.values())
    ]
    for colour in greys + ours:
        assert contrast(text_on(colour), colour) >= AA
