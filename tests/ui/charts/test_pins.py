"""A location's pins: every EVSE in every row, told in words, the one looked at marked."""

from dataclasses import replace

import pytest

from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import DEFAULT_PROFILE, Channel, words
from evse_status.ui.charts.pins import rows_of_pins, told
from evse_status.ui.looks import look
from evse_status.ui.views.screen import Pin

BROKEN, FREE, GONE = ActualStatus.OUTOFORDER, ActualStatus.AVAILABLE, ActualStatus.REMOVED


def pin_of(number: int, status: TemporaryStatus | ActualStatus, looked_at: bool = False) -> Pin:
    shown = words(status)
    own = DEFAULT_PROFILE.look(status)
    return Pin(f"DK*TST*E{number}", f"Bay {number}", "CCS", looked_at, status, shown, own)


@pytest.mark.parametrize("count", [1, 60])
@pytest.mark.parametrize("dark", [False, True])
def test_every_evse_stands_in_every_row(count: int, dark: bool) -> None:
    pins = [pin_of(n, FREE, looked_at=n == 0) for n in range(count)]
    html = rows_of_pins(pins, DEFAULT_PROFILE, dark=dark)
    assert html.count('class="ev-one') == 3 * count
    assert html.count("ev-looked") == 3
    assert html.count('role="img"') == 3
    assert html.count(f"Bay {count - 1} Available") >= 3


def test_a_row_is_told_in_words() -> None:
    pins = [pin_of(1, TemporaryStatus.COMMISSIONING, looked_at=True), pin_of(2, BROKEN)]
    assert told(pins, Channel.SPIRII_GO) == (
        "Spirii Go: Bay 1 Out of Service (looked at), Bay 2 Out of Service"
    )
    assert told(pins, Channel.OCPI) == "OCPI: Bay 1 Opening soon (looked at), Bay 2 Out of order"


def test_a_pin_has_the_channels_colour_and_icon() -> None:
    html = rows_of_pins([pin_of(1, TemporaryStatus.COMMISSIONING)], DEFAULT_PROFILE, dark=False)
    for status in (ActualStatus.INOPERATIVE, TemporaryStatus.COMMISSIONING):
        assert f"--fill:{look(status).light.fill}" in html
        assert f">{look(status).icon}<" in html


def test_what_is_not_shown_is_hollow_and_foreign_names_are_text() -> None:
    hostile = replace(pin_of(1, GONE), bay='<b onclick="x">\u202e', evse_id="<i>")
    html = rows_of_pins([hostile], DEFAULT_PROFILE, dark=False)
    assert html.count("ev-hollow") == 3
    assert "<b " not in html
    assert "Not shown" in told([hostile], Channel.HUBJECT)
