"""How somebody says that a plan repeats: words, days, ends, exceptions."""

from datetime import datetime, time
from typing import Any

import pytest

from evse_status.cli_repeat import (
    read_exceptions,
    read_first,
    read_length,
    read_minutes,
    read_occurrence,
    read_repeat,
)
from evse_status.core.errors import InvalidInput

TEN = datetime(2026, 10, 24, 22)


@pytest.mark.parametrize(
    ("text", "more", "rule"),
    [
        ("daily", {}, "FREQ=DAILY"),
        ("Weekly", {"on": "tu, th"}, "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("2 weeks", {"on": "TU"}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every second  week", {"times": 3}, "FREQ=WEEKLY;INTERVAL=2;COUNT=3"),
        ("every day", {"until": "2027-12-31"}, "FREQ=DAILY;UNTIL=20271231"),
        ("monthly", {"on": "2TU,-1FR"}, "FREQ=MONTHLY;BYDAY=2TU,-1FR"),
        ("3 months", {"on": "1,-1"}, "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1,-1"),
        ("freq=weekly;BYDAY=MO", {}, "freq=weekly;BYDAY=MO"),
    ],
)
def test_repeat(text: str, more: dict[str, Any], rule: str) -> None:
    assert sorted(read_repeat(text, **more).split(";")) == sorted(rule.split(";"))


@pytest.mark.parametrize(
    ("text", "more", "named"),
    [
        ("sometimes", {}, "^--repeat: 'sometimes' is no way to repeat"),
        ("0 weeks", {}, "^--repeat: INTERVAL"),
        ("weekly", {"on": "Tuesday"}, "^--repeat: BYDAY"),
        ("weekly", {"until": "soon"}, "^--until: 'soon' is not a day"),
        ("weekly", {"until": "2027-02-30"}, "^--until: "),
        ("weekly", {"until": "2027-12-31", "times": 3}, "^--repeat: COUNT and UNTIL"),
        ("FREQ=WEEKLY", {"on": "TU"}, "^--repeat: a rule says itself"),
    ],
)
def test_repeat_that_is_none(text: str, more: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        read_repeat(text, **more)


@pytest.mark.parametrize(
    ("text", "minutes"), [("05:00", 420), ("+7h", 420), ("7h30m", 450), ("2026-10-25 05:00", 420)]
)
def test_how_long_one_lasts_on_clocks(text: str, minutes: int) -> None:
    assert read_minutes(text, start=TEN) == minutes


@pytest.mark.parametrize("text", ["2026-10-24 21:00", "30s", "-1h", "25:00", "2026-10-25T05:00Z"])
def test_what_is_no_length(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^--to: "):
        read_minutes(text, start=TEN)


def test_first_start_is_on_clocks() -> None:
    assert read_first("2026-10-24 22:00") == TEN
    with pytest.raises(InvalidInput, match=r"^--from: what repeats starts at a time on clocks"):
        read_first("2026-10-24T22:00:00+02:00")


def test_an_occurrence_is_named_by_its_day() -> None:
    assert read_occurrence("2026-10-24", at=time(22), field="--occurrence") == TEN
    assert read_occurrence("2026-10-24T22:00", at=time(5), field="--occurrence") == TEN
    assert read_exceptions(["2026-10-24"], at=time(22)) == (TEN,)
    with pytest.raises(InvalidInput, match=r"^--for: an occurrence lasts whole minutes"):
        read_length("90s", field="--for")
