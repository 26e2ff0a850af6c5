"""What is typed on a command line is understood, or refused naming the option."""

from datetime import timedelta

import pytest

from evse_status.cli_input import (
    read_duration,
    read_moment,
    read_party,
    read_phase,
)
from evse_status.core.errors import InvalidInput, NaiveInstant, UnknownWord, UnreadableInstant
from evse_status.core.statuses import Phase
from support import NOON, at

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1h", 60),
        ("90m", 90),
        ("PT1H", 60),
        ("pt1h30m", 90),
        ("P1D", 1440),
        ("P1DT1H", 1500),
        ("P1W", 10_080),
        ("1d12h", 2160),
        ("+4h", 240),
        ("-30m", -30),
        ("-PT30M", -30),
        ("120s", 2),
    ],
)
def test_duration(text: str, minutes: int) -> None:
    assert read_duration(text, field="--by") == minutes * MINUTE


@pytest.mark.parametrize(
    "text",
    ["", "1", "h", "0h", "P", "PT", "P1M", "1y", "1h1d", "1.5h", "--1h", "9" * 30 + "h", "P1DT"],
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^--by: .*is not a duration"):
        read_duration(text, field="--by")


def test_moment() -> None:
    assert read_moment("now", field="--at", now=NOON) == NOON
    assert read_moment("+90m", field="--at", now=NOON) == at(1.5)
    assert read_moment("2026-10-22T15:00:00+02:00", field="--at", now=NOON) == at(1)


@pytest.mark.parametrize(
    ("text", "error"),
    [("2026-10-22T15:00", NaiveInstant), ("tomorrow", UnreadableInstant), ("", UnreadableInstant)],
)
def test_what_is_no_moment_is_refused_by_the_name_of_its_option(
    text: str, error: type[InvalidInput]
) -> None:
    with pytest.raises(error, match=r"^--at: "):
        read_moment(text, field="--at", now=NOON)


@pytest.mark.parametrize("text", ["DK/ABC", "dk*abc", "DK-ABC", "DKABC"])
def test_party(text: str) -> None:
    assert read_party(text, field="--default-party") == ("DK", "ABC")


def test_what_is_no_party() -> None:
    assert read_party(None, field="--default-party") is None
    with pytest.raises(InvalidInput, match="--default-party: 'Denmark' is no country code"):
        read_party("Denmark", field="--default-party")


def test_phase() -> None:
    assert read_phase("Active", field="--phase") is Phase.ACTIVE
    assert read_phase(None, field="--phase") is None
    with pytest.raises(UnknownWord, match=r"--phase: 'past' is not known. Use one of upcoming"):
        read_phase("past", field="--phase")
