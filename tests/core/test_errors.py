"""Every error has a stable code, names its field, and says in a sentence what to do."""

import inspect

import pytest

from evse_status.core import errors
from evse_status.core.errors import EvseStatusError

RAISED = [
    errors.UnknownEvse("DK*X"),
    errors.UnknownOverride(7),
    errors.UnknownBatch(7),
    errors.AmbiguousEvse("E123", ("E12*3", "E1*23")),
    errors.NothingSelected(),
    errors.TwiceInOneRequest("DK*X"),
    errors.TouchedSince(7, "Anna"),
    errors.EvseIsRemoved("DK*X"),
    errors.StaleEdit(7, since="Anna cleared it"),
    errors.UnknownSeries(7),
    errors.StaleSeries(7, since="Anna cleared it"),
    errors.NoOccurrenceAhead(7),
    errors.NoOccurrenceAhead(7, said="on 2026-11-24"),
]


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_an_error_names_its_field_and_is_a_sentence(error: EvseStatusError) -> None:
    assert error.field is not None
    assert str(error).startswith(f"{error.field}: ")
    assert str(error).endswith(".")


def test_case_33_an_ambiguous_id_is_refused_naming_both() -> None:
    assert "E12*3 and E1*23" in str(RAISED[3])


def test_codes_are_unique_and_every_error_is_explained() -> None:
    leaves = [
        one
        for one in vars(errors).values()
        if inspect.isclass(one) and issubclass(one, EvseStatusError)
    ]
    assert len({one.code for one in leaves}) == len(leaves)
    assert all(one.__doc__ for one in leaves)
    drawn = errors.__doc__ or ""
    assert [one.__name__ for one in leaves if one.__name__ not in drawn] == []


def test_too_many_calls_say_when_to_come_back() -> None:
    assert errors.TooManyCalls("Too many calls.", retry_after=7).retry_after == 7


def test_an_error_is_told_under_the_name_that_the_asker_knows() -> None:
    known = errors.EndsInThePast(field="validTo").called("to")
    assert (known.field, str(known)[:29]) == ("to", "to: the end has already passe")
    nameless = errors.NotAllowed("Only planners may.").called("role")
    assert (nameless.field, nameless.message) == ("role", "role: Only planners may.")


def test_an_error_of_a_part_names_the_part() -> None:
    third = errors.EndsInThePast(field="validTo").within("items.3")
    assert third.field == "items.3.validTo"
    assert str(third).startswith("items.3.validTo: the end has already passed.")
    nameless = errors.NotAllowed("Only planners may.").within("items.3")
    assert (nameless.field, str(nameless)) == ("items.3", "items.3: Only planners may.")
