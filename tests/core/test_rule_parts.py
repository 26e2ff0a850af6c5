"""The text of a rule of recurrence is read part by part; what isn't offered is refused by its name."""

from datetime import date

import pytest

from evse_status.core.errors import UnusableRule
from evse_status.core.rule_parts import Day, Frequency, RuleParts, parts_of, read_parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("FREQ=DAILY", RuleParts(Frequency.DAILY)),
        ("rrule:freq=daily;", RuleParts(Frequency.DAILY)),
        (
            " INTERVAL=2 ; FREQ=WEEKLY ; BYDAY=th, TU,TU ",
            RuleParts(Frequency.WEEKLY, interval=2, by_day=(Day(1), Day(3))),
        ),
        (
            "FREQ=MONTHLY;BYDAY=+2TU,-1FR,MO;COUNT=3",
            RuleParts(Frequency.MONTHLY, by_day=(Day(0), Day(1, 2), Day(4, -1)), count=3),
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-1,31,1;BYMONTH=12,3;BYSETPOS=1,-1",
            RuleParts(
                Frequency.MONTHLY,
                by_month=(3, 12),
                by_month_day=(1, 31, -1),
                by_set_pos=(1, -1),
            ),
        ),
        (
            "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;WKST=SU;UNTIL=20271231",
            RuleParts(
                Frequency.YEARLY,
                by_month=(3,),
                by_day=(Day(6, -1),),
                week_start=6,
                until=date(2027, 12, 31),
            ),
        ),
    ],
)
def test_a_rule_is_read_and_written_again(text: str, parts: RuleParts) -> None:
    assert read_parts(text, field="rule").parts == parts
    assert parts_of(str(parts)) == parts


def test_the_written_form_is_one() -> None:
    text = "wkst=su;count=5;bysetpos=-1;byday=fr,mo;bymonthday=1;bymonth=2;interval=3;freq=monthly"
    assert str(read_parts(text, field="rule").parts) == (
        "FREQ=MONTHLY;INTERVAL=3;BYMONTH=2;BYMONTHDAY=1;BYDAY=MO,FR;BYSETPOS=-1;WKST=SU;COUNT=5"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "'' is no part of a rule"),
        ("every week", "'EVERY WEEK' is no part"),
        ("FREQ=WEEKLY;BYDAY=", "'BYDAY=' is no part"),
        ("INTERVAL=2", "FREQ is missing"),
        ("FREQ=HOURLY", "FREQ can't be 'HOURLY'"),
        ("FREQ=WEEKLY;BYHOUR=3", "'BYHOUR' isn't offered.*the time of day is that of the first"),
        ("FREQ=YEARLY;BYWEEKNO=3", "'BYWEEKNO' isn't offered"),
        ("FREQ=YEARLY;BYYEARDAY=3", "'BYYEARDAY' isn't offered"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ is said twice"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL can't be '0'. Use a whole number from 1 to 999"),
        ("FREQ=DAILY;INTERVAL=1000", "INTERVAL can't be"),
        ("FREQ=DAILY;INTERVAL=1.5", "INTERVAL can't be"),
        ("FREQ=DAILY;INTERVAL=٣", "INTERVAL can't be"),
        ("FREQ=DAILY;COUNT=-1", "COUNT can't be '-1'"),
        ("FREQ=DAILY;COUNT=100000", "COUNT can't be"),
        ("FREQ=DAILY;COUNT=" + 400 * "9", "COUNT can't be"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20271231", "COUNT and UNTIL can't both be said"),
        ("FREQ=DAILY;UNTIL=99991231", "UNTIL can't be '99991231'"),
        ("FREQ=DAILY;UNTIL=20270230", "UNTIL can't be '20270230'"),
        ("FREQ=DAILY;UNTIL=20270228T250000", "UNTIL can't be"),
        ("FREQ=DAILY;UNTIL=2027-02-28", "UNTIL can't be"),
        ("FREQ=DAILY;UNTIL=20270228T2200", "UNTIL can't be"),
        ("FREQ=MONTHLY;BYMONTH=13", "BYMONTH can't be '13'. Use numbers from 1 to 12."),
        ("FREQ=MONTHLY;BYMONTH=-1", "BYMONTH can't be '-1'"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY can't be '0'.*or -1 to -31 from the end"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY can't be '32'"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,,2", "BYMONTHDAY can't be ''"),
        ("FREQ=MONTHLY;BYDAY=6TU", "BYDAY can't be '6TU'"),
        ("FREQ=MONTHLY;BYDAY=0TU", "BYDAY can't be '0TU'"),
        ("FREQ=WEEKLY;BYDAY=TUESDAY", "BYDAY can't be 'TUESDAY'. Use days like MO, 2TU or -1FR"),
        ("FREQ=WEEKLY;WKST=1", "WKST can't be '1'"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY doesn't go with FREQ=WEEKLY"),
        ("FREQ=WEEKLY;BYDAY=2TU", "BYDAY with numbers goes with FREQ=MONTHLY"),
        ("FREQ=YEARLY;BYDAY=2TU", "BYDAY with numbers goes with FREQ=MONTHLY"),
        ("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1", "BYSETPOS goes with FREQ=MONTHLY"),
        ("FREQ=MONTHLY;BYMONTH=2;BYSETPOS=1", "BYSETPOS needs BYDAY or BYMONTHDAY"),
        ("FREQ=DAILY;" + 500 * "X", "longer than 500 characters"),
        ("FREQ=DAILY;\x00=1", "isn't offered"),
    ],
)
def test_what_is_no_rule_is_refused_naming_the_part(text: str, sentence: str) -> None:
    with pytest.raises(UnusableRule, match=f"^repeat: .*{sentence}") as refused:
        read_parts(text, field="repeat")
    assert refused.value.field == "repeat"
    assert str(refused.value).endswith(".")
