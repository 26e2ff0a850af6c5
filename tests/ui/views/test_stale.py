"""Who is late is told who did what, before and after, and may go on from there (rule 13)."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from evse_status.core.errors import NotAllowed, StaleEdit
from evse_status.service.audit import HistoryLine
from evse_status.service.schedule import BatchResult, ItemResult
from evse_status.ui.views.change import form_of
from evse_status.ui.views.override import Fact
from evse_status.ui.views.stale import (
    Again,
    Versions,
    again,
    headline,
    news,
    stale_versions,
    typed_fields,
)
from support import BLOCKED, NOON, at, override

COPENHAGEN = ZoneInfo("Europe/Copenhagen")

MOVED = replace(override(number=1, valid_to=at(6)), version=3)
GONE = replace(override(BLOCKED, number=2), cleared_at=at(-1), version=2)
KEPT = override(number=3)
RESULT = BatchResult(
    None,
    (
        ItemResult(1, "DK*TST*E1", MOVED, StaleEdit(1, since="")),
        ItemResult(2, "DK*TST*E2", GONE, StaleEdit(2, since="")),
        ItemResult(3, "DK*TST*E3", KEPT, NotAllowed("No.")),
    ),
)
SHOWN = {1: 2, 2: 1, 3: 1}


def nothing(_: Versions) -> BatchResult:
    return BatchResult(None, ())


def test_only_what_is_not_over_is_offered_again_as_it_is_now() -> None:
    offered = again(RESULT, "cleared", nothing, now=NOON)
    assert offered == Again("Clear it as it is now", "cleared", {1: 3}, nothing)
    assert stale_versions(RESULT, SHOWN) == {1: 2, 2: 1}
    assert again(BatchResult(None, RESULT.items[1:]), "cleared", nothing, now=NOON) is None


def test_each_one_is_told_with_who_what_before_and_after() -> None:
    ends = ("end", "2026-10-22T16:00:00Z", "2026-10-22T18:00:00Z")
    line = HistoryLine(NOON, "Jonas", "changed", "Late", 3, None, (ends,))
    first, second = news(RESULT, {1: [line]}, zone=COPENHAGEN, now=NOON)
    assert first.name == "DK*TST*E1, Maintenance #1"
    assert (first.entries[0].who, first.entries[0].why) == ("Jonas", "Late")
    assert first.entries[0].fields == (("To", "Thu 22 Oct 18:00 → Thu 22 Oct 20:00"),)
    assert (second.name, second.entries) == ("DK*TST*E2, Blocked #2", ())


def test_what_was_typed_is_told_as_far_as_it_differs() -> None:
    latest = form_of(MOVED)
    typed = replace(latest, valid_to=None, ticket="SRV-1", temporary_status=BLOCKED)
    assert typed_fields(latest, typed, zone=COPENHAGEN, now=NOON) == (
        Fact("Status", "Blocked"),
        Fact("To", "until cleared"),
        Fact("Ticket", "SRV-1"),
    )


def test_how_many_were_changed() -> None:
    assert headline(1) == "1 override was changed since you opened it"
    assert headline(2) == "2 overrides were changed since you saw them"
