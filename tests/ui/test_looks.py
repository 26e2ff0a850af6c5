"""Every status looks like itself, legibly, in both modes."""

import itertools
from base64 import b64decode
from xml.etree import ElementTree

import pytest

from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import PROFILES, words
from evse_status.ui.looks import (
    ATTENTION,
    MUTED,
    PAGE,
    SURFACE,
    TEXT,
    Status,
    badge,
    band,
    label,
    look,
    swatch,
    with_icon,
    word_look,
)

EVERY: list[Status] = [*TemporaryStatus, *ActualStatus]
FILLED = [status for status in EVERY if not look(status).outline]
MODES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dim + 0.05)


@MODES
@pytest.mark.parametrize("status", FILLED)
def test_a_fill_stands_out_and_carries_text(status: Status, dark: bool) -> None:
    shade = look(status).shade(dark=dark)
    assert contrast(shade.fill, PAGE[dark]) >= 3
    assert contrast(shade.fill, SURFACE[dark]) >= 3
    assert contrast(shade.fill, shade.on_fill) >= 4.5
    assert contrast(shade.chip_text, shade.chip) >= 4.5


@MODES
def test_other_texts_are_legible(dark: bool) -> None:
    assert contrast(MUTED[dark], PAGE[dark]) >= 4.5
    assert contrast(TEXT[dark], PAGE[dark]) >= 4.5
    assert contrast(*ATTENTION[dark]) >= 4.5


def test_no_status_is_told_by_colour_alone() -> None:
    for one, other in itertools.combinations(TemporaryStatus, 2):
        assert look(one).icon != look(other).icon
        assert look(one).pattern != look(other).pattern
    icons = {look(status).icon for status in ActualStatus}
    assert len(icons) == len(ActualStatus)


def test_blocked_and_reserved_look_the_same_wherever_they_come_from() -> None:
    assert look(TemporaryStatus.BLOCKED) == look(ActualStatus.BLOCKED)
    assert look(TemporaryStatus.RESERVED) == look(ActualStatus.RESERVED)


def test_labels_and_badges_say_the_word() -> None:
    assert label(ActualStatus.OUTOFORDER) == "Out of order"
    assert badge(TemporaryStatus.MAINTENANCE) == ":orange-badge[:material/build: Maintenance]"
    assert with_icon(ActualStatus.AVAILABLE) == ":green[:material/check_circle:] Available"


@pytest.mark.parametrize("status", EVERY)
def test_every_word_of_every_channel_has_a_look(status: Status) -> None:
    for profile in PROFILES.values():
        said = words(status, profile)
        for word in (said.spirii_go, said.hubject, said.ocpi):
            known = word in (None, "REMOVED", "Unknown", "UNKNOWN")
            assert known or word_look(word) is not look(ActualStatus.UNKNOWN)


def test_a_channels_word_takes_the_look_of_the_nearest_status() -> None:
    for word in ("Out of Service", "OutOfService", "INOPERATIVE", "Unavailable"):
        assert word_look(word) == look(ActualStatus.INOPERATIVE)
    assert word_look("Occupied") == look(ActualStatus.CHARGING)
    assert word_look("Coming Soon") == look(ActualStatus.PLANNED)
    assert word_look("never heard of") == look(ActualStatus.UNKNOWN)
    assert word_look(None) == look(ActualStatus.REMOVED)


@MODES
@pytest.mark.parametrize("status", EVERY)
def test_swatches_are_pictures_in_the_status_colour(status: Status, dark: bool) -> None:
    pictures = [swatch(status, dark=dark), swatch(status, dark=dark, shadowed=True)]
    if isinstance(status, ActualStatus):
        pictures.append(band(status, dark=dark))
    for picture in pictures:
        head, data = picture.split(",", 1)
        svg = b64decode(data).decode()
        assert head == "data:image/svg+xml;base64"
        assert ElementTree.fromstring(svg).tag.endswith("svg")
        assert look(status).fill(dark=dark) in svg
