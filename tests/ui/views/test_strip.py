"""What the strip of the whole fleet shows, and says."""

from concurrent.futures import Future
from zoneinfo import ZoneInfo

import pytest

from evse_status.core.errors import StoreBusy
from evse_status.service.fleet import StripColumn
from evse_status.ui.beside import Told
from evse_status.ui.views.strip import MOST_STRIP_COLUMNS, strip, strip_told
from evse_status.ui.views.window import around
from support import BLOCKED, MAINTENANCE, NOON, RESERVED, at

WINDOW = around(NOON, days=7, zone=ZoneInfo("Europe/Copenhagen"))
COLUMN = StripColumn(WINDOW.from_at, {BLOCKED: 3})


def test_the_strip_keeps_every_step_and_ends_with_the_window() -> None:
    columns = [
        StripColumn(WINDOW.from_at, {MAINTENANCE: 2}),
        StripColumn(at(1), {MAINTENANCE: 3, BLOCKED: 1}),
    ]
    shown = strip(columns, WINDOW)
    assert shown.at == (WINDOW.from_at, at(1), WINDOW.to_at)
    assert shown.shown[MAINTENANCE] == (2, 3, 3)
    assert shown.shown[BLOCKED] == (0, 1, 1)
    assert shown.shown[RESERVED] == (0, 0, 0)
    assert shown.highest == 4


def test_a_strip_with_more_steps_than_pixels_keeps_its_peaks() -> None:
    step = WINDOW.length / 20_000
    columns = [StripColumn(WINDOW.from_at + n * step, {BLOCKED: n % 7}) for n in range(20_000)]
    columns[777] = StripColumn(columns[777].from_at, {BLOCKED: 99})
    shown = strip(columns, WINDOW)
    assert len(shown.at) <= MOST_STRIP_COLUMNS + 1
    assert list(shown.at) == sorted(shown.at)
    assert shown.highest == 99
    assert min(shown.shown[BLOCKED]) == 0


def test_an_empty_strip_is_no_error() -> None:
    assert strip([], WINDOW).highest == 0


@pytest.mark.parametrize(
    ("told", "note"),
    [
        (Told([COLUMN], NOON), ""),
        (Told([COLUMN], NOON, coming=Future()), "Counting, as of 14:00:00"),
        (Told(coming=Future()), "Counting …"),
        (Told(error=StoreBusy("It is locked.")), "Not counted: It is locked."),
        (
            Told(error=ZeroDivisionError("secret")),
            "Not counted: something went wrong; the server's log has the details.",
        ),
    ],
    ids=["newest", "older", "none yet", "refused", "broken"],
)
def test_a_strip_says_unless_it_is_the_newest(told: Told[list[StripColumn]], note: str) -> None:
    shown = strip_told(told, WINDOW)
    assert shown.note == note
    assert bool(shown.at) is (told.answer is not None)
