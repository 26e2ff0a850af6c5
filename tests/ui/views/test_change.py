"""A change names only what somebody typed, also after others changed the same override (rules 11, 13)."""

from dataclasses import replace

from evse_status.core.override import Edit
from evse_status.core.statuses import Cause
from evse_status.ui.views.change import (
    carried_over,
    edit_between,
    form_of,
    is_empty,
    proposed_until,
)
from evse_status.ui.views.override import deeds
from support import BLOCKED, NOON, at, override

ACTIVE = override(valid_to=at(4), reason="Cable", ticket="SRV-1")
UPCOMING = override(valid_from=at(1), valid_to=at(4))


def test_an_untouched_form_changes_nothing() -> None:
    opened = form_of(ACTIVE)
    assert is_empty(edit_between(opened, opened, deeds(ACTIVE, now=NOON)))


def test_only_what_differs_is_named() -> None:
    opened = form_of(ACTIVE)
    typed = replace(opened, valid_to=None, cause=Cause.FAULT)
    edit = edit_between(opened, typed, deeds(ACTIVE, now=NOON))
    assert edit == Edit(valid_to=None, cause=Cause.FAULT)
    assert not is_empty(edit)


def test_the_start_moves_only_before_it() -> None:
    opened = form_of(UPCOMING)
    typed = replace(opened, valid_from=at(2))
    assert edit_between(opened, typed, deeds(UPCOMING, now=NOON)) == Edit(valid_from=at(2))
    assert is_empty(edit_between(opened, typed, deeds(UPCOMING, now=at(1))))


def test_once_it_is_over_only_reason_and_cause_are_named() -> None:
    opened = form_of(ACTIVE)
    typed = replace(opened, temporary_status=BLOCKED, ticket="SRV-2", reason="Cable and plug")
    assert edit_between(opened, typed, deeds(ACTIVE, now=at(4))) == Edit(reason="Cable and plug")


def test_what_others_changed_is_kept_where_nobody_typed() -> None:
    opened = form_of(ACTIVE)
    typed = replace(opened, ticket="SRV-2", reason="Mine")
    latest = form_of(replace(ACTIVE, valid_to=at(9), reason="Theirs", version=2))
    carried = carried_over(opened, typed, latest)
    assert carried == replace(latest, ticket="SRV-2", reason="Mine")
    assert edit_between(latest, carried, deeds(ACTIVE, now=NOON)) == Edit(
        reason="Mine", ticket="SRV-2"
    )


def test_a_proposed_end_is_a_quarter_an_hour_after_the_latest_one() -> None:
    assert proposed_until([at(4), None, at(2)], now=NOON) == at(5)
    assert proposed_until([], now=at(0.1)) == at(1.25)
    assert proposed_until([at(-3)], now=NOON) == at(1)
