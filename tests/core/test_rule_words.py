"""A rule in words, as it stands in lists and in front of the button that saves it."""

from datetime import datetime

import pytest

from evse_status.core.rule_words import describe

TUESDAY = datetime(2026, 11, 24, 22)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "Every day"),
        ("FREQ=DAILY;INTERVAL=3", "Every third day"),
        ("FREQ=DAILY;INTERVAL=21", "Every 21st day"),
        ("FREQ=DAILY;INTERVAL=12", "Every 12th day"),
        ("FREQ=DAILY;BYDAY=MO,TU;BYMONTH=7", "Every day that is a Monday or Tuesday in July"),
        ("FREQ=DAILY;BYMONTHDAY=1,-1", "Every day on the 1st and the last day of the month"),
        ("FREQ=WEEKLY", "Every Tuesday"),
        ("FREQ=WEEKLY;INTERVAL=2", "Every second Tuesday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE", "Every second week on Monday, Tuesday and Wednesday"),
        ("FREQ=WEEKLY;BYDAY=SA,SU;BYMONTH=6,7,8", "Every Saturday and Sunday in June, July and August"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every day from Monday to Friday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "Every day"),
        ("FREQ=MONTHLY", "On the 24th of every month"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=31", "On the 31st of every third month (if there is one)"),
        ("FREQ=MONTHLY;BYMONTH=1,3;BYMONTHDAY=31", "On the 31st of every month in January and March"),
        ("FREQ=MONTHLY;BYMONTHDAY=-2", "On the last day but one of every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=-3,2", "On the 2nd and the 3rd day from the end of every month"),
        ("FREQ=MONTHLY;BYDAY=2TU", "On the second Tuesday of every month"),
        ("FREQ=MONTHLY;BYDAY=5MO", "On the fifth Monday of every month (if there is one)"),
        ("FREQ=MONTHLY;BYDAY=-1FR,-2FR", "On the 2nd last Friday and the last Friday of every month"),
        ("FREQ=MONTHLY;BYDAY=MO", "On every Monday of every month"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "On the 13th, if it is a Friday, of every month"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "On the last day from Monday to Friday of every month",
        ),
        ("FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1", "On the first Saturday or Sunday of every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=9,10;BYSETPOS=6,2", "On the second and the 6th of the 9th and the 10th of every month"),
        ("FREQ=YEARLY", "On the 24th of November, every year"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTHDAY=1", "On the 1st of every month, every second year"),
        ("FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU", "On the last Sunday of March and October, every year"),
        ("FREQ=YEARLY;BYDAY=MO", "On every Monday of every year"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "On the 29th of February, every year (if there is one)"),
    ],
)  # fmt: skip
def test_which_days(rule: str, words: str) -> None:
    assert describe(rule, TUESDAY, 60) == f"{words}, 22:00–23:00"


@pytest.mark.parametrize(
    ("rule", "minutes", "words"),
    [
        ("FREQ=WEEKLY;INTERVAL=2;UNTIL=20271231", 420, "22:00–05:00, until 31 Dec 2027"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=1", 1439, "22:00–21:59, once"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=12", 1440, "22:00 for 24 h, 12 times"),
        ("FREQ=WEEKLY;INTERVAL=2;UNTIL=20270101", 3000, "22:00 for 2 days 2 h, until 1 Jan 2027"),
    ],
)
def test_hours_and_end(rule: str, minutes: int, words: str) -> None:
    assert describe(rule, TUESDAY, minutes) == f"Every second Tuesday, {words}"
