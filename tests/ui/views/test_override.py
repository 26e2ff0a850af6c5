"""One override is told in the viewer's zone, with what differs between plan and fact (rules 4, 6, 11)."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from audited import card, detail
from evse_status.core.statuses import Cause
from evse_status.core.translation import words
from evse_status.service.audit import Attention, HistoryLine
from evse_status.ui.views.override import (
    ChannelRow,
    Deeds,
    Fact,
    HistoryEntry,
    Note,
    deeds,
    history_entries,
    override_view,
    period_facts,
    with_local_times,
)
from support import BLOCKED, MAINTENANCE, NOON, at, hours, override

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
DANISH, BRITISH = card(), card(time_zone="Europe/London")


def test_period_of_an_active_override_is_in_the_viewers_zone() -> None:
    facts = period_facts(override(valid_to=at(25)), DANISH, zone=COPENHAGEN, now=NOON)
    assert facts == (
        Fact("From", "Thu 22 Oct 14:00"),
        Fact("To", "Fri 23 Oct 15:00"),
        Fact("Ends in", "1 day 1 h"),
    )


def test_site_on_other_clocks_is_told_too() -> None:
    facts = period_facts(override(valid_to=at(25)), BRITISH, zone=COPENHAGEN, now=NOON)
    assert facts[-1] == Fact("At the site", "Thu 22 Oct 13:00 to Fri 23 Oct 14:00 (Europe/London)")


def test_requested_start_is_shown_where_it_is_not_the_effective_one() -> None:
    facts = period_facts(override(valid_from=at(-2)), DANISH, zone=COPENHAGEN, now=NOON)
    assert Fact("From", "Thu 22 Oct 14:00") in facts
    assert Fact("Asked for", "Thu 22 Oct 12:00") in facts
    assert Fact("To", "until cleared") in facts
    assert Fact("Ends in", "no end") in facts


def test_planned_and_actual_end_are_both_shown_once_it_is_cleared() -> None:
    cleared = replace(override(valid_to=at(4)), cleared_at=at(1))
    facts = period_facts(cleared, DANISH, zone=COPENHAGEN, now=at(2))
    assert Fact("To", "Thu 22 Oct 18:00") in facts
    assert Fact("Cleared", "Thu 22 Oct 15:00") in facts
    assert not [fact for fact in facts if fact.label == "Ends in"]


def test_a_lease_that_ends_first_is_named() -> None:
    leased = override(valid_to=at(4), lease_until=at(1))
    assert Fact("Lease ends", "Thu 22 Oct 15:00") in period_facts(
        leased, DANISH, zone=COPENHAGEN, now=NOON
    )
    assert Fact("Lease ended", "Thu 22 Oct 15:00") in period_facts(
        leased, DANISH, zone=COPENHAGEN, now=at(2)
    )


def test_an_upcoming_one_says_when_it_starts() -> None:
    facts = period_facts(override(valid_from=at(3)), DANISH, zone=COPENHAGEN, now=NOON)
    assert Fact("Starts in", "3 h") in facts


@pytest.mark.parametrize(
    ("after_hours", "expected"),
    [
        (-1, Deeds("Clear, never start", extend_by=True, until=True, plan=True, start=True)),
        (0, Deeds("Clear now", extend_by=True, until=True, plan=True, start=False)),
        (4, Deeds("", extend_by=False, until=False, plan=False, start=False)),
    ],
)
def test_deeds_follow_the_phase_at_its_boundaries(after_hours: float, expected: Deeds) -> None:
    planned = override(made_at=at(-2), valid_from=NOON, valid_to=at(4))
    assert deeds(planned, now=at(after_hours)) == expected


def test_without_an_end_nothing_is_extended_by_a_length() -> None:
    can = deeds(override(), now=NOON)
    assert (can.extend_by, can.until) == (False, True)


def test_view_shows_now_beside_while_it_shows_where_they_differ() -> None:
    mine, winner = override(BLOCKED, number=3), override(MAINTENANCE, number=4)
    view = override_view(
        detail(
            mine,
            words=words(MAINTENANCE),
            beaten_by=winner,
            because="MAINTENANCE outranks BLOCKED",
            attention=(Attention.SHADOWED, Attention.OLD),
        ),
        zone=COPENHAGEN,
        now=NOON,
    )
    assert view.differs
    assert view.channels[1] == ChannelRow("Hubject", "OutOfService", "Occupied")
    assert view.notes == (
        Note("layers", "Doesn't show now: Maintenance outranks Blocked.", 4),
        Note("all_inclusive", "Open-ended and active for more than 14 days."),
    )


def test_view_names_what_it_beats_and_by_which_rule() -> None:
    view = override_view(
        detail(
            override(MAINTENANCE, number=4),
            beats=(override(BLOCKED, number=3), override(MAINTENANCE, number=2)),
        ),
        zone=COPENHAGEN,
        now=NOON,
    )
    assert view.notes == (
        Note("layers", "Beats Blocked #3 (Maintenance outranks Blocked).", 3),
        Note("layers", "Beats Maintenance #2 (made later).", 2),
    )
    assert not view.differs


def test_view_says_who_why_and_where() -> None:
    told = override(reason="Cable swap", cause=Cause.FAULT, ticket="SRV-1")
    view = override_view(detail(told), zone=COPENHAGEN, now=NOON)
    assert (view.number, view.evse_id, view.bay) == ("#1 · active", "DK*TST*E1", "Bay 2")
    assert view.place == "Kanalpladsen, Aarhus"
    assert view.about == (
        Fact("Reason", "Cable swap"),
        Fact("Cause", "fault"),
        Fact("Ticket", "SRV-1"),
        Fact("By", "Mette · operator"),
    )
    assert view.history == "History, 1 change"


def test_history_is_newest_first_with_each_field_before_and_after() -> None:
    lines = [
        HistoryLine(
            NOON,
            "Mette",
            "created",
            "",
            1,
            5,
            (("status", "", "MAINTENANCE"), ("start", "", "2026-10-22T12:00:00Z")),
        ),
        HistoryLine(
            at(1),
            "Jonas",
            "changed",
            "Part is late",
            2,
            None,
            (
                ("status", "MAINTENANCE", "BLOCKED"),
                ("end", "2026-10-22T14:00:00Z", ""),
                ("ticket", "", "SRV-1"),
                ("reason", "on 2026-10-22T14:00:00Z <b>", "MAINTENANCE"),
            ),
        ),
    ]
    assert history_entries(lines, zone=COPENHAGEN, now=at(1)) == (
        HistoryEntry(
            "Thu 22 Oct 15:00:00",
            "Jonas",
            "changed",
            "Part is late",
            (
                ("Status", "Maintenance → Blocked"),
                ("To", "Thu 22 Oct 16:00 → until cleared"),
                ("Ticket", "none → SRV-1"),
                ("Reason", "on 2026-10-22T14:00:00Z <b> → MAINTENANCE"),
            ),
        ),
        HistoryEntry(
            "Thu 22 Oct 14:00:00",
            "Mette",
            "created",
            "",
            (("Status", "Maintenance"), ("From", "Thu 22 Oct 14:00")),
        ),
    )


def test_instants_in_a_sentence_become_local() -> None:
    said = with_local_times(
        "Jonas changed it at 2026-10-22T12:00:00.5Z.", zone=COPENHAGEN, now=NOON + hours(1)
    )
    assert said == "Jonas changed it at Thu 22 Oct 14:00."
