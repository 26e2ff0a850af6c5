"""RFC 5545 as far as series have it: on which days a rule comes true, from any day on."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_status.core.errors import OccurrencesOverlap, UnusableRule
from evse_status.core.local_time import zone
from evse_status.core.recurrence import (
    filled_parts,
    longest_minutes,
    make_rule,
    read_rule,
    require_minutes,
    rest_of,
    starts,
)
from evse_status.core.rule_parts import Frequency, RuleParts
from recurring import FIRSTS, rules

COPENHAGEN = zone("Europe/Copenhagen")
TUESDAY = datetime(2026, 11, 24, 22)
END = datetime(2101, 1, 1)


def days(rule: str, first: datetime = TUESDAY, count: int = 4) -> str:
    kept = read_rule(rule, zone=COPENHAGEN, first=first)
    found = starts(kept, first, from_local=first, most=count)
    assert {start.time() for start in found} <= {first.time()}
    return " ".join(f"{start:%y-%m-%d}" for start in found)


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("FREQ=DAILY", "FREQ=DAILY"),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("FREQ=WEEKLY;BYMONTH=2", "FREQ=WEEKLY;BYMONTH=2;BYDAY=TU"),
        ("FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=24"),
        ("FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=2TU"),
        ("FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=24"),
        ("FREQ=YEARLY;BYMONTH=2", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=24"),
        ("FREQ=YEARLY;BYMONTHDAY=1", "FREQ=YEARLY;BYMONTHDAY=1"),
    ],
)
def test_what_a_rule_leaves_open_is_taken_from_the_first_start(rule: str, kept: str) -> None:
    assert read_rule(rule, zone=COPENHAGEN, first=TUESDAY) == kept
    assert read_rule(kept, zone=COPENHAGEN, first=TUESDAY) == kept
    assert days(kept) == days(rule)


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("FREQ=DAILY", "26-11-24 26-11-25 26-11-26 26-11-27"),
        ("FREQ=DAILY;INTERVAL=20", "26-11-24 26-12-14 27-01-03 27-01-23"),
        ("FREQ=DAILY;BYMONTH=1;BYDAY=MO", "27-01-04 27-01-11 27-01-18 27-01-25"),
        ("FREQ=WEEKLY;INTERVAL=2", "26-11-24 26-12-08 26-12-22 27-01-05"),
        ("FREQ=WEEKLY;BYDAY=MO", "26-11-30 26-12-07 26-12-14 26-12-21"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU", "26-11-24 26-11-29 26-12-08 26-12-13"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "26-11-24 26-12-06 26-12-08 26-12-20"),
        ("FREQ=WEEKLY;INTERVAL=53", "26-11-24 27-11-30 28-12-05 29-12-11"),
        ("FREQ=MONTHLY;BYDAY=2TU", "26-12-08 27-01-12 27-02-09 27-03-09"),
        ("FREQ=MONTHLY;BYDAY=TU,-1SU", "26-11-24 26-11-29 26-12-01 26-12-08"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "26-12-31 27-01-31 27-03-31 27-05-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;INTERVAL=3", "26-11-30 27-02-28 27-05-31 27-08-31"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "26-11-30 26-12-31 27-01-29 27-02-26"),
        ("FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR", "27-08-13 28-10-13 29-04-13 29-07-13"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "28-02-29 32-02-29 36-02-29 40-02-29"),
        ("FREQ=YEARLY;BYMONTH=10,3;BYDAY=-1SU", "27-03-28 27-10-31 28-03-26 28-10-29"),
        ("FREQ=YEARLY;INTERVAL=30;BYMONTH=2;BYMONTHDAY=29", "56-02-29"),
        ("FREQ=WEEKLY;COUNT=2", "26-11-24 26-12-01"),
        ("FREQ=DAILY;INTERVAL=300;COUNT=3", "26-11-24 27-09-20 28-07-16"),
        ("FREQ=WEEKLY;UNTIL=20261201", "26-11-24 26-12-01"),
    ],
)
def test_the_days_of_a_rule(rule: str, found: str) -> None:
    assert days(rule) == found


@pytest.mark.parametrize(
    ("until", "kept"),
    [
        ("20261201", "20261201"),
        ("20261201T220000", "20261201"),
        ("20261201T215959", "20261130"),
        ("20261201T210000Z", "20261201"),
        ("20261201T205959Z", "20261130"),
        ("20261201T230000Z", "20261201"),
    ],
)
def test_an_end_of_any_form_includes_what_it_says(until: str, kept: str) -> None:
    rule = read_rule(f"FREQ=DAILY;UNTIL={until}", zone=COPENHAGEN, first=TUESDAY)
    assert rule == f"FREQ=DAILY;UNTIL={kept}"


def test_an_end_in_utc_counts_a_start_in_a_gap_when_it_happens() -> None:
    at_half_past_two = datetime(2027, 3, 1, 2, 30)
    on_time = read_rule(
        "FREQ=DAILY;UNTIL=20270328T013000Z", zone=COPENHAGEN, first=at_half_past_two
    )
    early = read_rule("FREQ=DAILY;UNTIL=20270328T012959Z", zone=COPENHAGEN, first=at_half_past_two)
    assert (on_time, early) == ("FREQ=DAILY;UNTIL=20270328", "FREQ=DAILY;UNTIL=20270327")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31",
        "FREQ=WEEKLY;UNTIL=20261123",
        "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2",
    ],
)
def test_a_rule_that_never_comes_true_is_refused(rule: str) -> None:
    with pytest.raises(UnusableRule, match=r"it never comes true from 2026-11-24 22:00 on") as no:
        read_rule(rule, zone=COPENHAGEN, first=TUESDAY, field="repeat")
    assert no.value.field == "repeat"


@pytest.mark.parametrize("year", [2101, 9999])
def test_case_13_a_first_start_beyond_2100_is_refused(year: int) -> None:
    with pytest.raises(UnusableRule, match="never comes true"):
        read_rule("FREQ=DAILY;COUNT=3", zone=COPENHAGEN, first=datetime(year, 12, 31, 22))


def test_a_rule_is_made_from_what_a_form_asks() -> None:
    assert make_rule(freq="DAILY") == "FREQ=DAILY"
    assert make_rule(freq="WEEKLY", interval=2, by_day=["TH", "TU"], count=12) == (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=12"
    )
    assert make_rule(freq="MONTHLY", by_month_day=[-1, 1], until=date(2027, 12, 31)) == (
        "FREQ=MONTHLY;BYMONTHDAY=1,-1;UNTIL=20271231"
    )
    with pytest.raises(UnusableRule, match=r"^repeat: COUNT and UNTIL"):
        make_rule(freq="DAILY", until=date(2027, 1, 1), count=1, field="repeat")
    with pytest.raises(UnusableRule, match="COUNT can't be '0'"):
        make_rule(freq="DAILY", count=0)


def test_case_10_the_first_and_the_last_happen_and_an_open_end_goes_on_to_2100() -> None:
    rule = read_rule("FREQ=WEEKLY;UNTIL=20271228", zone=COPENHAGEN, first=TUESDAY)
    found = starts(rule, TUESDAY, from_local=TUESDAY)
    assert (found[0], found[-1]) == (TUESDAY, datetime(2027, 12, 28, 22))
    assert starts(rule, TUESDAY, from_local=found[-1]) == [found[-1]]
    assert starts(rule, TUESDAY, from_local=found[-1] + timedelta(minutes=1)) == []
    endless = starts("FREQ=DAILY", TUESDAY, from_local=TUESDAY)
    assert endless[-1] == datetime(2100, 12, 31, 22)
    assert len(endless) == (endless[-1] - TUESDAY).days + 1
    assert starts("FREQ=DAILY", TUESDAY, from_local=END) == []


def test_a_window_is_half_open() -> None:
    found = starts(
        "FREQ=DAILY",
        TUESDAY,
        from_local=datetime(2026, 11, 25, 22),
        until_local=datetime(2026, 11, 27, 22),
    )
    assert found == [datetime(2026, 11, 25, 22), datetime(2026, 11, 26, 22)]


@pytest.mark.parametrize(
    ("rule", "from_local", "rest"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", datetime(2026, 12, 1, 22), "FREQ=WEEKLY;BYDAY=TU"),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3", TUESDAY, "FREQ=WEEKLY;BYDAY=TU;COUNT=3"),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3", datetime(2026, 12, 8), "FREQ=WEEKLY;BYDAY=TU;COUNT=1"),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3", datetime(2026, 12, 8, 23), None),
        ("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261201", datetime(2026, 12, 2), None),
    ],
)
def test_the_rest_of_a_rule_counts_what_is_left(
    rule: str, from_local: datetime, rest: str | None
) -> None:
    assert rest_of(rule, TUESDAY, from_local=from_local) == rest


@pytest.mark.parametrize(
    ("rule", "longest"),
    [
        ("FREQ=DAILY", 1440),
        ("FREQ=WEEKLY;INTERVAL=2", 14 * 1440),
        ("FREQ=WEEKLY;BYDAY=MO,TH", 3 * 1440),
        ("FREQ=MONTHLY", 28 * 1440),
        ("FREQ=MONTHLY;BYMONTHDAY=1,-1", 1440),
        ("FREQ=WEEKLY;BYDAY=TU,WE;COUNT=1", 27_066 * 1440),
        ("FREQ=WEEKLY;BYDAY=TU,WE;UNTIL=20261124", 27_066 * 1440),
        ("FREQ=WEEKLY;BYDAY=WE,TU;COUNT=2", 1440),
    ],
)
def test_the_longest_that_fits_between_two_starts(rule: str, longest: int) -> None:
    assert longest_minutes(rule, TUESDAY) == longest
    require_minutes(longest, rule, TUESDAY)
    with pytest.raises(OccurrencesOverlap, match=f"^hours: .* At most {longest:,} fit") as refused:
        require_minutes(longest + 1, rule, TUESDAY, field="hours")
    assert refused.value.longest == longest


def test_an_occurrence_has_a_length() -> None:
    with pytest.raises(UnusableRule, match=r"^minutes: an occurrence lasts at least a minute"):
        require_minutes(0, "FREQ=DAILY", TUESDAY)


def day_by_day(rule: str, first: datetime, end: date) -> list[datetime]:
    """The rule by the words of the RFC, a day at a time, without dateutil: what is right."""
    parts = filled_parts(rule, first.date())
    found: list[date] = []
    stretches: dict[int, list[date]] = {}
    day = date(first.year, 1, 1) - timedelta(days=7)
    while day < end + timedelta(days=400):
        if _fits(day, parts):
            stretches.setdefault(_stretch(day, first.date(), parts), []).append(day)
        day += timedelta(days=1)
    for stretch in sorted(stretches):
        chosen = stretches[stretch]
        if parts.by_set_pos:
            size = len(chosen)
            places = {pos - 1 if pos > 0 else size + pos for pos in parts.by_set_pos}
            chosen = [chosen[place] for place in sorted(places) if 0 <= place < size]
        found += [day for day in chosen if stretch % parts.interval == 0]
    found = [day for day in found if day >= first.date()][: parts.count]
    last = parts.until or END.date()
    return [datetime.combine(day, first.time()) for day in found if day <= last and day < end]


def _fits(day: date, parts: RuleParts) -> bool:
    from_the_end = -((day.replace(day=28) + timedelta(days=4)).replace(day=1) - day).days
    of_the_month = {(day.day - 1) // 7 + 1, -((-from_the_end - 1) // 7) - 1, 0}
    return (
        (not parts.by_month or day.month in parts.by_month)
        and (not parts.by_month_day or bool({day.day, from_the_end} & set(parts.by_month_day)))
        and (
            not parts.by_day
            or any(
                day.weekday() == one.weekday and one.number in of_the_month for one in parts.by_day
            )
        )
    )


def _stretch(day: date, first: date, parts: RuleParts) -> int:
    """How many days, weeks, months or years after the first one."""
    if parts.freq is Frequency.DAILY:
        return (day - first).days
    if parts.freq is Frequency.WEEKLY:
        before = timedelta(days=(first.weekday() - parts.week_start) % 7)
        return (day - (first - before)).days // 7
    if parts.freq is Frequency.MONTHLY:
        return (day.year - first.year) * 12 + day.month - first.month
    return day.year - first.year


@given(rules(), FIRSTS, st.integers(0, 1500), st.integers(0, 700), st.integers(0, 1440))
def test_one_by_one_in_a_window_and_sought_are_the_same_and_what_the_rfc_says(
    text: str, first: datetime, skip: int, length: int, minute: int
) -> None:
    try:
        rule = read_rule(text, zone=COPENHAGEN, first=first)
    except UnusableRule:
        rule = ""
    end = date(2034, 1, 1)
    right = day_by_day(rule or text, first, end)
    if not rule:
        assert right == []
        return
    ending = datetime.combine(end, first.time()) - timedelta(days=1)
    window = starts(rule, first, from_local=first, until_local=ending + timedelta(minutes=1))
    assert window == right
    one_by_one = []
    at = first
    while found := starts(rule, first, from_local=at, until_local=ending, most=1):
        one_by_one += found
        at = found[0] + timedelta(minutes=1)
    assert one_by_one == [start for start in right if start < ending]
    sought = first + timedelta(days=skip, minutes=minute)
    to = sought + timedelta(days=length)
    assert starts(rule, first, from_local=sought, until_local=min(to, ending)) == [
        start for start in right if sought <= start < min(to, ending)
    ]
    rest = rest_of(rule, first, from_local=sought)
    if rest is not None:
        (again,) = starts(rule, first, from_local=sought, most=1)
        assert starts(rest, again, from_local=again, until_local=ending) == [
            start for start in right if again <= start < ending
        ]


@given(rules(), FIRSTS)
def test_no_two_starts_are_nearer_than_the_longest_occurrence(text: str, first: datetime) -> None:
    try:
        rule = read_rule(text, zone=COPENHAGEN, first=first)
    except UnusableRule:
        return
    every = starts(rule, first, from_local=first)
    longest = timedelta(minutes=longest_minutes(rule, first))
    gaps = [later - start for start, later in pairwise(every)]
    assert min(gaps, default=END - first.replace(hour=0, minute=0)) == longest
