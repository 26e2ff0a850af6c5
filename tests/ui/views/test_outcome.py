"""After an action each item is told, and what is refused says why, in the dashboard's words."""

from dataclasses import replace

from evse_status.core.errors import EndsInThePast, HasNoEnd, NotAllowed, StaleEdit
from evse_status.service.schedule import BatchResult, ItemResult
from evse_status.ui.views.outcome import OFFERED_FOR, Outcome, failure, outcome_of, told, undone
from support import BLOCKED, NOON, at, override

ONE = replace(override(number=1, valid_to=at(1)), version=2)
TWO = override(BLOCKED, number=2)
GONE = replace(override(number=3), cleared_at=at(-1), version=2)
SHOWN = {1: 1, 2: 1, 3: 2}


def item(number: int, **fields: object) -> ItemResult:
    return replace(ItemResult(number, f"DK*TST*E{number}", None), **fields)  # type: ignore[arg-type]


def test_done_already_over_and_refused_are_counted_apart() -> None:
    result = BatchResult(
        7,
        (
            item(1, override=ONE),
            item(2, override=TWO, error=StaleEdit(2, since="Jonas changed it")),
            item(3, override=GONE),
        ),
    )
    outcome = outcome_of(result, "cleared", shown=SHOWN, now=NOON)
    assert outcome.text == "1 override cleared, 1 already over, 1 refused."
    assert not outcome.good
    assert outcome.batch_id == 7
    assert outcome.items == (
        "DK*TST*E1, Maintenance #1: cleared",
        "DK*TST*E2, Blocked #2: Override 2 has been changed since you opened it: "
        "Jonas changed it. Look at the new state and decide again.",
        "DK*TST*E3, Maintenance #3: already over",
    )
    assert outcome.refused == outcome.items[1:2]


def test_nothing_changed_offers_no_undo() -> None:
    result = BatchResult(None, (item(3, override=GONE),))
    outcome = outcome_of(result, "cleared", shown=SHOWN, now=NOON)
    assert (outcome.text, outcome.good, outcome.batch_id) == ("1 already over.", True, None)


def test_undo_names_what_was_touched_since() -> None:
    result = BatchResult(8, (item(1, override=ONE), item(2, error=NotAllowed("Jonas did."))))
    outcome = undone(result, now=NOON)
    assert outcome.text == "Undone for 1 override, 1 left as they are."
    assert outcome.refused == ("DK*TST*E2: Jonas did.",)
    assert undone(BatchResult(None, ()), now=NOON).text == "Nothing was left to undo."


def test_errors_name_the_field_as_the_form_does() -> None:
    assert told(EndsInThePast()).startswith("To: the end has already passed.")
    assert told(HasNoEnd(4)).startswith("Override 4 has no end")
    assert failure(NotAllowed("Vera may look."), now=NOON) == Outcome(
        good=False, text="Vera may look.", at=NOON
    )


def test_an_outcome_leaves_by_itself() -> None:
    outcome = failure(NotAllowed("No."), now=NOON)
    assert outcome.is_in_sight(NOON)
    assert not outcome.is_in_sight(NOON + OFFERED_FOR)
