"""What counterparties say is kept short, in one line, and never believed further than it makes sense."""

import pytest

from evse_status.channels.words import clean, pause_of, reason


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (None, None),
        (" 7 ", 7.0),
        ("86400", 3_600.0),
        ("9" * 10, None),
        ("-1", None),
        ("Sun, 22 Nov 2026 12:00:00 GMT", None),
    ],
)
def test_a_pause_is_a_number_of_seconds_and_an_hour_at_most(
    told: str | None, seconds: float | None
) -> None:
    assert pause_of(told) == seconds


def test_words_stand_in_one_line() -> None:
    assert clean(" No\n\x00way\t\u202eout ") == "No way out"


@pytest.mark.parametrize(
    ("error", "said"),
    [(OSError("It\nbroke."), "It broke"), (OSError(), "OSError"), (OSError("x" * 300), "x" * 200)],
)
def test_an_error_is_put_in_words(error: OSError, said: str) -> None:
    assert reason(error) == said
