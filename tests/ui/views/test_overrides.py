"""The list tells what needs attention, and offers in bulk only what the rules allow for all."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from audited import card, row
from evse_status.core.statuses import Phase
from evse_status.service.audit import Attention, AttentionCard, OverridePage
from evse_status.ui.views.overrides import (
    ALL,
    AT_THE_SITE,
    TABS,
    all_badges,
    badges,
    bulk,
    card_of,
    short_length,
    tab_labels,
    table,
    zone_line,
)
from support import BLOCKED, MAINTENANCE, NOON, RESERVED, at, override

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
TIMED = row(override(MAINTENANCE, number=1, valid_to=at(25), reason="=cmd", made_at=NOON))
OPEN = row(override(BLOCKED, number=2))
OVER = row(replace(override(RESERVED, number=3, made_at=at(-2)), cleared_at=at(-1)))
VERSIONS = {1: 1, 2: 4, 3: 2}


def test_tabs_count_each_phase_and_all_of_them() -> None:
    page = OverridePage(34, 31, (), {Phase.ACTIVE: 34, Phase.ENDED: 1_412})
    assert list(tab_labels(page)) == list(TABS)
    assert list(tab_labels(page).values()) == [
        "Active 34",
        "Upcoming 0",
        "Ended 1,412",
        "Cleared 0",
        "All 1,446",
        "Series",
    ]


def test_table_has_a_row_per_override_in_the_viewers_zone() -> None:
    frame = table([TIMED, OPEN], "active", zone=COPENHAGEN, now=NOON, dark=False)
    first, second = frame.to_dict("records")
    assert str(first.pop("")).startswith("data:image/svg+xml;base64,")
    assert first == {
        "Status": "Maintenance",
        "No.": "/override?id=1",
        "EVSE": "DK*TST*E1",
        "Location": "Kanalpladsen",
        "From": "22 Oct 14:00",
        "To": "23 Oct 15:00",
        "Ends in": "1 d 1 h",
        "Attention": [],
        "Reason": "=cmd",
        "By": "Mette",
        "Source": "operator",
    }
    assert (second["To"], second["Ends in"]) == ("until cleared", "no end")


@pytest.mark.parametrize(
    ("tab", "title", "said"),
    [
        ("upcoming", "Starts in", ["2 h"]),
        ("cleared", "Cleared at", ["22 Oct 13:00"]),
        (ALL, "Stands", ["1 d 1 h left", "no end", "cleared", "in 2 h"]),
    ],
)
def test_one_column_says_where_it_stands(tab: str, title: str, said: list[str]) -> None:
    soon = row(override(number=4, valid_from=at(2)))
    rows = {"upcoming": [soon], "cleared": [OVER], ALL: [TIMED, OPEN, OVER, soon]}[tab]
    frame = table(rows, tab, zone=COPENHAGEN, now=NOON, dark=True)
    assert list(frame[title]) == said


def test_an_empty_table_keeps_its_columns() -> None:
    assert "Ends in" in table([], "active", zone=COPENHAGEN, now=NOON, dark=False).columns


def test_badges_call_for_attention_first() -> None:
    one = replace(TIMED, attention=(Attention.HIDES_FAULT,), beats=(BLOCKED, BLOCKED))
    two = replace(OPEN, attention=(Attention.SHADOWED, Attention.OLD))
    assert badges(one) == ["Hides a fault", "Beats Blocked"]
    assert all_badges([one, two]) == ["Hides a fault", "Old", "Shadowed", "Beats Blocked"]


def test_bulk_offers_a_length_only_if_every_one_has_an_end() -> None:
    assert bulk([TIMED], VERSIONS, now=NOON).extend_by
    mixed = bulk([TIMED, OPEN], VERSIONS, now=NOON)
    assert (mixed.extend_by, mixed.until) == (False, True)
    assert mixed.note == "1 without an end: only a new end can be set."
    assert mixed.clear == "Clear 2 now"
    assert mixed.versions == {1: 1, 2: 4}
    assert mixed.ends == (at(25), None)


def test_bulk_has_nothing_to_clear_where_all_are_over() -> None:
    none = bulk([OVER], VERSIONS, now=NOON)
    assert (none.clear, none.until, none.extend_by) == ("", False, False)
    assert none.note == "All of them are over: there is nothing to clear or extend."


def test_bulk_clears_only_those_that_are_not_over() -> None:
    some = bulk([TIMED, OVER], VERSIONS, now=NOON)
    assert (some.clear, some.clearable, some.until) == ("Clear 1 now", {1: 1}, False)
    assert some.note == "1 of them over: nothing to clear or extend there."
    assert (some.title, some.where) == ("2 selected", "on 1 EVSE at 1 location")


@pytest.mark.parametrize(
    ("attention", "line"),
    [
        (Attention.OLD, "Oldest 0 days: DK*TST*E1"),
        (Attention.ENDS_SOON, "Next 15:00: DK*TST*E1"),
        (Attention.SHADOWED, "Maintenance shows on DK*TST*E1"),
        (Attention.HIDES_FAULT, "DK*TST*E1 is out of order"),
        (Attention.CHARGING, "DK*TST*E1"),
    ],
)
def test_cards_name_the_most_pressing_one(attention: Attention, line: str) -> None:
    first = row(override(BLOCKED, valid_to=at(25)), beaten_by=MAINTENANCE)
    made = card_of(AttentionCard(attention, 1_200, first), zone=COPENHAGEN, now=NOON)
    assert (made.count, made.line) == ("1,200", line)


def test_a_card_without_any_says_so() -> None:
    assert card_of(AttentionCard(Attention.OLD, 0, None), zone=COPENHAGEN, now=NOON).line == (
        "None now"
    )


def test_zone_line_names_sites_on_other_clocks() -> None:
    british = row(override(), evse=card(location_name="Harwich", time_zone="Europe/London"))
    assert zone_line([TIMED], zone=COPENHAGEN, now=NOON) == "Periods in Europe/Copenhagen."
    assert zone_line([TIMED, british], zone=COPENHAGEN, now=NOON) == (
        "Periods in Europe/Copenhagen. Clocks at Harwich: −1 h."
    )
    finnish = row(override(), evse=card(location_name="Turku", time_zone="Europe/Helsinki"))
    assert zone_line([british, finnish], zone=COPENHAGEN, now=NOON) == (
        "Periods in Europe/Copenhagen. 2 of these sites have other clocks."
    )


def test_lengths_are_short_in_a_narrow_column() -> None:
    assert short_length(timedelta(days=3, hours=2, minutes=5)) == "3 d 2 h"
    assert short_length(timedelta(minutes=25)) == "25 min"


def test_a_site_with_other_clocks_has_its_own_column() -> None:
    made = override(valid_from=at(1), valid_to=at(3))
    here, there = row(made), row(made, evse=card(time_zone="America/New_York"))
    told = table([here, there], "upcoming", zone=COPENHAGEN, now=NOON, dark=False)
    assert list(told[AT_THE_SITE]) == ["", "22 Oct 09:00 – 22 Oct 11:00, New York"]
    assert list(told["From"]) == ["22 Oct 15:00"] * 2
    alone = table([here], "upcoming", zone=COPENHAGEN, now=NOON, dark=False)
    assert AT_THE_SITE not in alone.columns
