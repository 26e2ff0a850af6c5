"""ISO 8601 durations are read; what is none, or nothing, is refused."""

from datetime import timedelta

import pytest

from evse_status.core.duration import read_duration, write_duration
from evse_status.core.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT1H", timedelta(hours=1)),
        ("PT90M", timedelta(minutes=90)),
        ("P1DT12H", timedelta(hours=36)),
        ("P2W", timedelta(weeks=2)),
        ("P1W1DT1H1M1S", timedelta(weeks=1, days=1, hours=1, minutes=1, seconds=1)),
        ("PT1H30S", timedelta(hours=1, seconds=30)),
        ("-PT30M", timedelta(minutes=-30)),
    ],
)
def test_duration(text: str, duration: timedelta) -> None:
    assert read_duration(text, field="extendBy") == duration


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "1h", "PT0S", "P1M", "P1Y", "PT1.5H", "+PT1H", "PT1H ", "PT٣H"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"extendBy: .* is not a duration"):
        read_duration(text, field="extendBy")


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(420, "PT7H"), (90, "PT1H30M"), (1, "PT1M"), (1440, "P1D"), (3000, "P2DT2H")],
)
def test_duration_is_written_as_it_is_read(minutes: int, text: str) -> None:
    assert write_duration(timedelta(minutes=minutes)) == text
    assert read_duration(text, field="duration") == timedelta(minutes=minutes)
