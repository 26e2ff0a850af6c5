"""The drawn phones: the channel's word, nothing that could run, nothing outside its line."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from evse_status.core.translation import Channel
from evse_status.ui.charts.phones import phone
from evse_status.ui.icon_paths import PATHS
from evse_status.ui.looks import word_look
from evse_status.ui.views.preview import Screen

SCREEN = Screen(
    channel=Channel.SPIRII_GO,
    word="Out of Service",
    said="Out of Service",
    clock="14:20",
    place="Birkelund Center",
    address="Birkelund 14, Odense",
    bay="A1",
    plug="CCS, up to 150 kW",
    usable=False,
)


def texts(svg: str) -> list[str]:
    return [
        node.text or "" for node in ElementTree.fromstring(svg).iter() if node.tag.endswith("text")
    ]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("channel", list(Channel))
def test_phone_says_place_time_and_word(channel: Channel, dark: bool) -> None:
    shown = texts(phone(replace(SCREEN, channel=channel), dark=dark))
    assert {"Birkelund Center", "14:20", "Out of Service"} <= set(shown)


@pytest.mark.parametrize("channel", list(Channel))
def test_hostile_names_are_text(channel: Channel) -> None:
    hostile = replace(SCREEN, channel=channel, place="<script>x</script>", bay='"/><b>\x00\ud800')
    svg = phone(hostile, dark=False)
    assert "<script" not in svg
    assert "<script>x</script>" in texts(svg)


@pytest.mark.parametrize("channel", list(Channel))
def test_long_names_are_cut(channel: Channel) -> None:
    svg = phone(
        replace(SCREEN, channel=channel, place="Birkelund " * 40, address="x" * 500), dark=False
    )
    assert max(len(text) for text in texts(svg)) < 40


@pytest.mark.parametrize("channel", [Channel.SPIRII_GO, Channel.HUBJECT])
def test_what_is_not_shown_has_no_word(channel: Channel) -> None:
    shown = texts(phone(replace(SCREEN, channel=channel, word=None, said="Not shown"), dark=True))
    assert "Out of Service" not in shown
    assert any(text.startswith("This charger is not") for text in shown)


def test_start_is_offered_only_where_it_can_be_used() -> None:
    green = word_look("Available").light.fill
    assert green not in phone(SCREEN, dark=False)
    assert green in phone(
        replace(SCREEN, word="Available", said="Available", usable=True), dark=False
    )


def test_every_look_has_an_icon_for_pictures() -> None:
    words = [
        "Available",
        "Occupied",
        "OutOfService",
        "RESERVED",
        "BLOCKED",
        "PLANNED",
        "OUTOFORDER",
        "UNKNOWN",
        None,
    ]
    assert {word_look(word).icon for word in words} <= set(PATHS)
