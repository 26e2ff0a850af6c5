"""The drawn phones: every status legible, everything said in words, nothing that could run."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product

import pytest

from evse_status.core.contrast import AA, contrast
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import PROFILES, AppLook, Channel, Status, branded, words
from evse_status.ui.app_looks import look_on, said_by_app
from evse_status.ui.charts.phones import phone
from evse_status.ui.charts.phones_ground import GROUNDS
from evse_status.ui.charts.phones_marks import ring
from evse_status.ui.charts.phones_style import style
from evse_status.ui.colours import VISIBLE
from evse_status.ui.looks import look
from evse_status.ui.views.screen import Bay, Notice, Screen

EVERY: list[Status] = [*TemporaryStatus, *ActualStatus]
MODES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
CHANNELS = pytest.mark.parametrize("channel", list(Channel))
GLARING = ["#FFFF00", "#FFFFFF", "#000000", "#808080", "#767676", "#FF0000", "#00FF00", "#123456"]
LOUD = branded(
    "loud",
    PROFILES["default"],
    {status: AppLook("Nope", GLARING[n]) for n, status in enumerate(TemporaryStatus)},
    {
        status: AppLook("Hm", GLARING[n % len(GLARING)])
        for n, status in enumerate(ActualStatus)
        if status is not ActualStatus.REMOVED
    },
)
GREY = branded(
    "grey",
    PROFILES["default"],
    {status: AppLook("No", f"#{n * 4 + 112:02X}{n * 4 + 112:02X}{n * 4 + 112:02X}") for n, status in enumerate(TemporaryStatus)},
)  # fmt: skip
MAINTENANCE = look(TemporaryStatus.MAINTENANCE)
SCREEN = Screen(
    channel=Channel.SPIRII_GO,
    word="Out of Service",
    said="Out of Service",
    look=look(ActualStatus.INOPERATIVE),
    clock="14:20",
    place="Birkelund Center",
    address="Birkelund 14, Odense",
    bay="A1",
    plug="CCS, 150 kW",
    usable=False,
    others=(Bay("A2", "CCS, 150 kW", "Out of service", look(ActualStatus.INOPERATIVE)),),
)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&lt;b&gt;",
    "' style='position:fixed",
    "مركز الشحن في المدينة",
    "\u202ereversed\u202c \x00\x07 \ud800",
    "Birkelund " * 25,
)


class Read(HTMLParser):
    """The elements of an HTML text, its attributes, and its lines of text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.open = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.open += 1

    def handle_endtag(self, tag: str) -> None:
        self.open -= 1

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def label(self) -> str:
        return str(dict(self.attributes)["aria-label"])


@MODES
@CHANNELS
def test_a_phone_says_place_time_word_and_bay(channel: Channel, dark: bool) -> None:
    read = Read(phone(replace(SCREEN, channel=channel), dark=dark))
    shown = " ".join(read.texts)
    for said in ("Birkelund Center", "14:20", "Out of Service"):
        assert said in shown
        assert said in read.label
    assert "A1" in read.label
    assert read.open == 0
    assert ("role", "img") in read.attributes


@CHANNELS
@pytest.mark.parametrize("hostile", HOSTILE)
def test_foreign_texts_are_text_everywhere(channel: Channel, hostile: str) -> None:
    notice = Notice(hostile, hostile, MAINTENANCE)
    bay = Bay(hostile, hostile, hostile, MAINTENANCE)
    screen = Screen(
        channel, hostile, hostile, MAINTENANCE, "14:20", hostile, hostile, hostile, hostile,
        usable=True, others=(bay, bay), notice=notice,
    )  # fmt: skip
    harmless, told = phone(replace(SCREEN, channel=channel), dark=False), phone(screen, dark=False)
    read = Read(told)
    assert set(read.tags) <= {"div", "span"}
    assert {name for name, _ in read.attributes} == {"class", "style", "role", "aria-label", "dir"}
    assert read.open == 0
    assert "\x00" not in told
    assert "\u202e" not in told
    told.encode()
    styles = {value for name, value in read.attributes if name == "style"}
    assert all(re.fullmatch(r"[\w\s:;#.,()*%+-]*", str(value)) for value in styles)
    assert "<" not in read.label  # the browser's sanitizer would drop all of it
    assert harmless.count("<script") == told.count("<script") == 0


@CHANNELS
def test_a_line_has_its_own_reading_direction_and_is_cut_at_its_end(channel: Channel) -> None:
    read = Read(phone(replace(SCREEN, channel=channel, place="x" * 5_000), dark=False))
    assert ("dir", "auto") in read.attributes
    assert max(len(text) for text in read.texts) <= 300
    assert "text-overflow: ellipsis" in style()


@pytest.mark.parametrize("channel", [Channel.SPIRII_GO, Channel.HUBJECT])
def test_what_is_not_shown_has_no_pin_and_no_button(channel: Channel) -> None:
    gone = replace(
        SCREEN, channel=channel, word=None, said="Not shown", absent="This charger is not here"
    )
    html = phone(gone, dark=True)
    assert "ev-pin" not in html
    assert "Start charging" not in html
    assert "This charger is not here" in " ".join(Read(html).texts)
    assert "This charger is not here" in Read(html).label


def test_start_is_offered_only_where_it_can_be_used() -> None:
    usable = replace(SCREEN, word="Available", said="Available", usable=True)
    assert "ev-button ev-off" in phone(SCREEN, dark=False)
    assert "Charging can't be started" in Read(phone(SCREEN, dark=False)).label
    assert "ev-button ev-on" in phone(usable, dark=False)
    assert "Charging can be started" in Read(phone(usable, dark=False)).label


def test_what_is_announced_stands_in_the_ocpi_app_alone() -> None:
    notice = Notice("Planned until Tue 27 Oct 08:00", "From the charge point operator", MAINTENANCE)
    drawn = Read(phone(replace(SCREEN, channel=Channel.OCPI, notice=notice), dark=False))
    assert "Planned until Tue 27 Oct 08:00" in drawn.texts
    assert "Planned until Tue 27 Oct 08:00, from the charge point operator" in drawn.label


@CHANNELS
def test_other_bays_are_drawn_and_told(channel: Channel) -> None:
    read = Read(phone(replace(SCREEN, channel=channel), dark=False))
    listed = channel is not Channel.SPIRII_GO
    assert any("A2" in text for text in read.texts) is listed
    assert ("A2 Out of service" in read.label) is listed


@MODES
@pytest.mark.parametrize("profile", [*PROFILES.values(), LOUD, GREY], ids=lambda one: one.name)
def test_every_status_is_legible_in_every_profile(profile, dark: bool) -> None:  # type: ignore[no-untyped-def]
    """WCAG 2.2 AA: text on fills and chips 4.5, the pin's edge against the map 3."""
    ground = GROUNDS[dark]
    for status, channel in product(EVERY, Channel):
        word = words(status, profile).on(channel)
        if word in (None, "REMOVED"):
            continue
        shade = look_on(channel, word, status, profile).shade(dark=dark)
        assert contrast(shade.on_fill, shade.fill) >= AA, (status, channel)
        assert contrast(shade.chip_text, shade.chip) >= AA, (status, channel)
        assert contrast(shade.chip_text, ground.sheet) >= VISIBLE, (status, channel)
        edge = ring(shade, ground)
        set_off = max(contrast(edge, ground.land), contrast(shade.fill, ground.land))
        assert set_off >= VISIBLE, (status, channel)


@MODES
def test_an_apps_own_texts_are_legible(dark: bool) -> None:
    ground = GROUNDS[dark]
    for under in (ground.sheet, ground.tint):
        assert contrast(ground.text, under) >= AA
        assert contrast(ground.muted, under) >= AA
    for under in (ground.land, ground.park, ground.road, ground.water):
        assert contrast(ground.text, under) >= AA  # the clock


def test_an_app_shows_its_own_label_and_colour() -> None:
    second = PROFILES["spirii-2025"]
    its = look_on(Channel.SPIRII_GO, "Unavailable", TemporaryStatus.MAINTENANCE, second)
    assert its == MAINTENANCE
    own = look_on(Channel.SPIRII_GO, "Nope", TemporaryStatus.MAINTENANCE, LOUD)
    assert own.fill(dark=False) == own.fill(dark=True) == "#FFFF00"
    assert own.icon == MAINTENANCE.icon
    hub = look_on(Channel.HUBJECT, "OutOfService", TemporaryStatus.MAINTENANCE, LOUD)
    assert hub == look(ActualStatus.INOPERATIVE)


def test_apps_put_words_their_way() -> None:
    assert said_by_app(Channel.OCPI, "PLANNED") == "Opening soon"
    assert said_by_app(Channel.HUBJECT, "OutOfService") == "Out of service"
    assert said_by_app(Channel.SPIRII_GO, "Coming Soon") == "Coming Soon"
    assert said_by_app(Channel.HUBJECT, None) == "Not shown"
