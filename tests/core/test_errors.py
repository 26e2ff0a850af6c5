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
