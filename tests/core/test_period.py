"""Rules 1, 3 and 5: half-open periods, instants with an offset, years 2000–2100."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_status.core.errors import (
    EndsBeforeItStarts,
    InstantOutOfRange,
    NaiveInstant,
    UnreadableInstant,
)
from evse_status.core.period import (
    EARLIEST,
    LATEST,
    Period,
    earlier_end,
    from_microseconds,
    instant,
    read_instant,
    to_microseconds,
    write_instant,
)
from support import NOON, at

instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC))


def test_rule_1_at_from_it_holds_and_at_to_it_does_not() -> None:
    during = Period(at(0), at(1))
    assert not during.holds_at(at(0) - timedelta(microseconds=1))
    assert during.holds_at(at(0))
    assert during.holds_at(at(1) - timedelta(microseconds=1))
    assert not during.holds_at(at(1))


def test_rule_2_an_open_end_holds_for_ever() -> None:
    assert Period(at(0)).holds_at(datetime(2100, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("length", [timedelta(0), timedelta(seconds=-1)])
def test_rule_3_empty_and_reversed_periods_are_refused(length: timedelta) -> None:
    with pytest.raises(EndsBeforeItStarts):
        Period(at(0), at(0) + length)


def test_case_2_touching_periods_do_not_overlap_and_leave_no_gap() -> None:
    ten, eleven = Period(at(-2), at(-1)), Period(at(-1), at(0))
    assert not ten.overlaps(eleven)
    assert [ten.holds_at(at(-1)), eleven.holds_at(at(-1))] == [False, True]


def test_intersection_is_what_lies_in_both() -> None:
    assert Period(at(0), at(4)).intersection(Period(at(2))) == Period(at(2), at(4))
    assert Period(at(0)).intersection(Period(at(2))) == Period(at(2))
    assert Period(at(0), at(1)).intersection(Period(at(2), at(3))) is None


@given(instants, instants, instants, instants, instants)
def test_an_instant_lies_in_the_intersection_exactly_if_it_lies_in_both(
    a: datetime, b: datetime, c: datetime, d: datetime, t: datetime
) -> None:
    if a == b or c == d:
        return
    one, other = Period(min(a, b), max(a, b)), Period(min(c, d), max(c, d))
    both = one.intersection(other)
    assert (both is not None and both.holds_at(t)) == (one.holds_at(t) and other.holds_at(t))
    assert one.overlaps(other) == other.overlaps(one)


def test_rule_5_naive_instants_are_refused_by_name() -> None:
    with pytest.raises(NaiveInstant) as refused:
        instant(datetime(2026, 1, 1), field="validFrom")
    assert refused.value.field == "validFrom"
    assert "validFrom" in str(refused.value)


def test_rule_5_any_offset_becomes_utc() -> None:
    in_delhi = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert instant(in_delhi, field="at") == datetime(2026, 1, 1, 6, 30, tzinfo=UTC)
    assert instant(in_delhi, field="at").tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        EARLIEST - timedelta(microseconds=1),
        LATEST,
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-5))),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))),
    ],
)
def test_case_13_absurd_years_are_refused(value: datetime) -> None:
    with pytest.raises(InstantOutOfRange):
        instant(value, field="validTo")


def test_the_first_and_the_last_accepted_instant() -> None:
    last = LATEST - timedelta(microseconds=1)
    assert instant(EARLIEST, field="at") == EARLIEST
    assert instant(last, field="at") == last


@pytest.mark.parametrize(
    "text",
    [
        "20221013100826",
        "-1",
        "1e18",
        "2026-11-22",
        "tomorrow",
        "",
        "2026-13-01T00:00:00Z",
        "2026-11-22T25:00:00Z",
        "2026-11-22X12:00:00Z",
    ],
)
def test_case_13_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(UnreadableInstant):
        read_instant(text, field="at")


def test_case_11_a_text_without_offset_is_refused() -> None:
    with pytest.raises(NaiveInstant):
        read_instant("2026-11-22T12:00:00", field="at")


@pytest.mark.parametrize(
    "text",
    ["2026-10-22T12:00:00Z", "2026-10-22T14:00:00+02:00", " 2026-10-22 12:00+00:00 "],
)
def test_instants_are_read_in_any_offset(text: str) -> None:
    assert read_instant(text, field="at") == NOON


def test_instants_are_written_with_z_and_fractions_only_where_there_are_any() -> None:
    assert write_instant(NOON) == "2026-10-22T12:00:00Z"
    assert write_instant(NOON + timedelta(microseconds=5)) == "2026-10-22T12:00:00.000005Z"


def test_microseconds_count_from_1970() -> None:
    assert (to_microseconds(NOON), from_microseconds(to_microseconds(NOON))) == (
        1_792_670_400_000_000,
        NOON,
    )


@given(instants)
def test_microseconds_and_texts_come_back_unchanged(value: datetime) -> None:
    assert from_microseconds(to_microseconds(value)) == value
    assert read_instant(write_instant(value), field="at") == value


def test_the_earlier_of_open_and_closed_ends() -> None:
    assert earlier_end(None, at(2), at(1)) == at(1)
    assert earlier_end(None, None) is None
