"""A table of overrides: every line ends up in a group or is named with what to do, however the file was made."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.service.csv_lines import UnreadableCsv
from evse_status.service.groups import Group
from evse_status.service.plan_csv import MOST_BYTES, MOST_LINES, CsvPlan, read_csv
from evse_status.store.database import Database
from support import (
    BLOCKED,
    MAINTENANCE,
    RESERVED,
    Hands,
    Site,
    evse_json,
    location_json,
    take_in,
    wish,
)

HEADER = "evse_id,status,from,to,reason\n"


@pytest.fixture
def site(sqlite: Database, hands: Hands) -> Site:
    """`L1` in Copenhagen's zone with E1 and E2, `L2` in London's with E3, `L3` in New York's with E4."""
    take_in(
        sqlite,
        location_json("L1", evse_json("1"), evse_json("2")),
        location_json("L2", evse_json("3"), time_zone="Europe/London"),
        location_json("L3", evse_json("4"), time_zone="America/New_York"),
    )
    hands.forward(minutes=1)
    return Site(sqlite, hands, {f"DK*TST*E{number}": number for number in range(1, 5)})


def read(site: Site, data: bytes | str, who: Principal = LOCAL) -> CsvPlan:
    return read_csv(site.db, who, data, now=site.now())


def said(plan: CsvPlan) -> list[str]:
    return [str(one) for one in plan.problems]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def test_what_is_asked_for_alike_is_one_group(site: Site) -> None:
    plan = read(
        site,
        HEADER
        + "DK*TST*E1,MAINTENANCE,2026-11-22T22:00+01:00,2026-11-23 05:00,Cable\n"
        + "dktste2,maintenance,2026-11-22 22:00:00,2026-11-23T05:00,Cable\n"
        + "DK*TST*E3,BLOCKED,,,\n"
        + "DK*TST*E4,MAINTENANCE,2026-11-22 16:00,2026-11-22T23:00-05:00,Cable\n",
    )
    assert said(plan) == []
    night = wish(
        MAINTENANCE,
        valid_from=utc(2026, 11, 22, 21),
        valid_to=utc(2026, 11, 23, 4),
        reason="Cable",
    )
    assert plan.groups == (
        Group((1, 2, 4), night, (2, 3, 5)),
        Group((3,), wish(BLOCKED), (4,)),
    )


@pytest.mark.parametrize(
    "data",
    [
        HEADER + "DK*TST*E1,RESERVED,,,Ø køl\n",
        "\ufeff" + HEADER.replace(",", ";") + "DK*TST*E1;RESERVED;;;Ø køl",
        HEADER.replace(",", "\t") + "DK*TST*E1\tRESERVED\t\t\tØ køl\r\n",
        "Reason, Status ,EVSE ID\r\n\r\n Ø køl , reserved , DK*TST*E1 \r\n,,\r\n",
        'status,"evse_id",reason\rRESERVED,"DK*TST*E1", "Ø køl"\r',
        HEADER.strip() + ",,\nDK*TST*E1,RESERVED,,,Ø køl,,\n",
        "\n" + HEADER + "\nDK*TST*E1,RESERVED,,,Ø køl\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16", None])
def test_it_is_read_however_a_spreadsheet_writes_it(
    site: Site, data: str, encoding: str | None
) -> None:
    if encoding == "latin-1":
        data = data.removeprefix("\ufeff")
    plan = read(site, data if encoding is None else data.encode(encoding))
    assert said(plan) == []
    [group] = plan.groups
    assert (group.evses, group.wish) == ((1,), wish(RESERVED, reason="Ø køl"))


def test_every_bad_line_is_named_with_number_field_and_what_to_do(site: Site) -> None:
    plan = read(
        site,
        HEADER
        + "DK*TST*E1,MAINTENANCE,,,\n"
        + "NO*SUCH*E1,OUT,2026-11-22,tomorrow at noon,\n"
        + "\n"
        + ",,,,Why\n"
        + "DK*TST*E2,BLOCKED,2026-11-24 10:00,2026-11-24 09:00,\n"
        + "DK*TST*E2,BLOCKED,,2026-01-01 09:00,\n"
        + "DK*TST*E2,BLOCKED,2026-11-24 10:00Z,9999-01-01 00:00,\n"
        + "DK*TST*E2,BLOCKED,,,a,b\n"
        + 'DK*TST*E2,BLOCKED,,,"over\ntwo lines"\n'
        + "DK*TST*E2,BLOCKED,,,"
        + "x" * 3_000
        + "\n"
        + "DK*TST*E2,BLOCKED,,,a \x00\n"
        + 'DK*TST*E2,BLOCKED,,,"a"b\n'
        + "DK*TST*E2\n"
        + "DK*TST*E1,BLOCKED,2027-01-01 10:00,,\n"
        + "DK*TST*E3,RESERVED,,,good\n"
        + 'DK*TST*E3,RESERVED,,,"open\n'
        + "DK*TST*E4,RESERVED,,,lost\n",
    )
    assert said(plan) == [
        "line 3, evse_id: no EVSE is called 'NO*SUCH*E1'. Check the id, or import its location first.",
        "line 3, status: 'OUT' is not known. Use one of MAINTENANCE, COMMISSIONING, BLOCKED, RESERVED.",
        "line 3, from: '2026-11-22' is not a date and time. Write it like 2026-11-22 22:00 "
        "(on the site's clock) or 2026-11-22T22:00+01:00.",
        "line 3, to: 'tomorrow at noon' is not a date and time. Write it like 2026-11-22 22:00 "
        "(on the site's clock) or 2026-11-22T22:00+01:00.",
        "line 5, evse_id: say which EVSE is meant.",
        "line 5, status: say which one: MAINTENANCE, COMMISSIONING, BLOCKED, RESERVED.",
        "line 6, to: the end must be later than the start. Choose a later end or an earlier start.",
        "line 7, to: the end has already passed. Choose an end in the future, or none to keep it "
        "until it is cleared.",
        "line 8, to: the year must be from 2000 to 2100.",
        "line 9: it has 6 values where the header names 5 columns. Put a text that contains the "
        "separator between double quotes.",
        "line 10, reason: it goes on to line 11. Keep each on one line, and check that double quotes "
        "are closed where they should be.",
        "line 12, reason: 3,000 characters are too many, at most 2,000 are kept. Shorten it.",
        "line 13, reason: it contains a character that can't be stored. Type it again.",
        "line 14: its double quotes don't match. Close each that is opened, and write one inside a "
        'text twice ("").',
        "line 15, status: say which one: MAINTENANCE, COMMISSIONING, BLOCKED, RESERVED.",
        "line 16, evse_id: DK*TST*E1 stands on line 2, too, for a period that overlaps this one. "
        "Keep one of them, or part the periods.",
        "line 18: its double quotes don't match; lines 18 to 19 are not read. Close each that is "
        'opened, and write one inside a text twice ("").',
    ]
    assert [(group.evses, group.lines) for group in plan.groups] == [((1,), (2,)), ((3,), (17,))]


def test_case_7_a_time_that_clocks_skip_is_refused_with_both_neighbours(site: Site) -> None:
    plan = read(site, HEADER + "DK*TST*E1,BLOCKED,2027-03-28 02:30,,\n")
    [problem] = plan.problems
    assert (problem.line, problem.field) == (2, "from")
    assert problem.choices == (utc(2027, 3, 28, 0, 59), utc(2027, 3, 28, 1))
    assert str(problem).endswith(" Write 2027-03-28T01:59+01:00 or 2027-03-28T03:00+02:00.")
    assert plan.groups == ()


def test_case_8_a_time_that_happens_twice_is_asked_back_with_both(site: Site) -> None:
    lines = "DK*TST*E1,BLOCKED,2026-10-25 02:30,,\nDK*TST*E3,BLOCKED,2026-10-25 02:30,,\n"
    plan = read(site, HEADER + lines)
    [problem] = plan.problems
    assert problem.choices == (utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30))
    assert str(problem).endswith(" Write 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00.")
    [london] = plan.groups
    assert london.wish.valid_from == utc(2026, 10, 25, 2, 30)


def test_one_evse_may_have_several_lines_whose_periods_only_touch(site: Site) -> None:
    lines = (
        "DK*TST*E1,BLOCKED,2026-11-24T10:00Z,2026-11-24T11:00Z,\n"
        "DK*TST*E1,BLOCKED,2026-11-24T11:00Z,2026-11-24T12:00Z,\n"
    )
    plan = read(site, HEADER + lines)
    assert (said(plan), len(plan.groups)) == ([], 2)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "it is empty."),
        (b"\xef\xbb\xbf\r\n", "it is empty."),
        (b"DK*TST*E1,BLOCKED,,,\n", "The first line must name the columns: evse_id,status"),
        (HEADER.encode(), "no line below the header"),
        (b"evse_id,form\n1,2\n", "there is no column 'form'"),
        (b"evse_id,reason\n1,2\n", "the column status is missing"),
        (b"evse_id,status,Status\n1,2,3\n", "the column status is there twice"),
        (b"PK\x03\x04 a spreadsheet", "it is a spreadsheet"),
        (b"x" * (MOST_BYTES + 1), "at most 2,000,000 are read"),
        (HEADER.encode() + b"a,b\n" * (MOST_LINES + 1), "at most 10,000 are read at once"),
        (bytes(range(256)), "The first line must name the columns"),
    ],
)
def test_what_concerns_the_whole_file_refuses_it(site: Site, data: bytes, told: str) -> None:
    with pytest.raises(UnreadableCsv) as refused:
        read(site, data)
    assert refused.value.field == "file"
    assert told in refused.value.message


def test_rule_15_what_lies_outside_or_may_not_be_set_is_said_per_line(site: Site) -> None:
    limited = Principal(
        "Lea", Role.PLANNER, locations=frozenset({1}), temporary_statuses=frozenset({BLOCKED})
    )
    lines = "DK*TST*E1,BLOCKED,,,\nDK*TST*E1,RESERVED,,,\nDK*TST*E3,BLOCKED,,,\n"
    plan = read(site, HEADER + lines, limited)
    assert [(one.line, one.field) for one in plan.problems] == [(3, "status"), (4, "evse_id")]
    assert len(plan.groups) == 1


_cell = st.one_of(
    st.sampled_from(
        ["DK*TST*E1", "dktste2", "BLOCKED", "", "2026-11-24 10:00", "2027-03-28 02:30", '"', '""']
    ),
    st.text(max_size=8),
)


@given(st.lists(st.lists(_cell, max_size=7), max_size=6), st.sampled_from([",", ";", "\t"]))
@settings(max_examples=200)
def test_no_line_is_ever_dropped_silently(
    site: Site, rows: list[list[Any]], delimiter: str
) -> None:
    text = "\n".join(delimiter.join(cells) for cells in [["evse_id", "status", "from"], *rows])
    try:
        plan = read(site, text)
    except UnreadableCsv:
        assert not any(cell.strip(' \t\n\r"' + delimiter) for cells in rows for cell in cells)
        return
    lines = [line for group in plan.groups for line in group.lines]
    assert len(lines) + len({one.line for one in plan.problems}) == plan.lines
    assert len(lines) == len(set(lines))
    assert all(one.line >= 2 and one.said for one in plan.problems)
