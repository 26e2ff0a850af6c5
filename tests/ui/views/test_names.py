"""Nobody meets the number of an occurrence that isn't stored, and its address leads to it all the same."""

from datetime import datetime

import pytest

from evse_status.core.series import virtual_id
from evse_status.ui.views.names import (
    from_address,
    in_address,
    override_name,
    with_name,
    without_numbers,
)

VIRTUAL = virtual_id(1_500, 99_999, datetime(2027, 1, 5, 22))


def test_people_read_a_number_or_the_series() -> None:
    assert override_name(42) == "#42"
    assert override_name(VIRTUAL) == "occurrence of series #1500"
    assert with_name("Blocked", 42) == "Blocked #42"
    assert with_name("Blocked", VIRTUAL) == "Blocked, occurrence of series #1500"


@pytest.mark.parametrize("number", [1, 42, 10**17, VIRTUAL])
def test_an_address_leads_back(number: int) -> None:
    assert from_address(in_address(number)) == number


def test_an_address_has_no_number_that_a_browser_would_round() -> None:
    assert in_address(VIRTUAL) == "s1500.2027-01-05.99999"


@pytest.mark.parametrize(
    "asked",
    ["", "-1", "abc", "9" * 19, "s5", "s5.2027-02-30.17", "s5.2027-01-05.x", "s.2027-01-05.1", "²"],
)
def test_other_words_lead_nowhere(asked: str) -> None:
    assert from_address(asked) is None


def test_sentences_name_the_series() -> None:
    said = without_numbers(f"id: there is no override {VIRTUAL}. It was 2027-01-05T22:00:00-05:00.")
    assert said == "id: there is no occurrence of series #1500. It was 2027-01-05T22:00:00-05:00."
