"""The vocabularies, and vendor words folded into them (design.md section 2)."""

import pytest

from evse_status.core.errors import UnknownWord
from evse_status.core.statuses import (
    ActualStatus,
    Cause,
    Rank,
    TemporaryStatus,
    actual_status,
    cause,
    temporary_status,
)

FOLDED = {
    "Preparing": "CHARGING",
    "Charging": "CHARGING",
    "Finishing": "CHARGING",
    "SuspendedEV": "CHARGING",
    "SuspendedEVSE": "CHARGING",
    "Occupied": "CHARGING",
    "Unavailable": "INOPERATIVE",
    "Faulted": "OUTOFORDER",
    "Offline": "UNKNOWN",
} | {status.value: status.value for status in ActualStatus}


@pytest.mark.parametrize(("word", "status"), FOLDED.items())
def test_vendor_words_are_folded_in_any_case(word: str, status: str) -> None:
    for written in (word, word.lower(), word.upper(), f" {word} "):
        assert actual_status(written) is ActualStatus(status)


@pytest.mark.parametrize("word", ["BROKEN", "", None, 7, "AVAILABLE;"])
def test_an_unknown_word_is_named_and_never_guessed(word: object) -> None:
    with pytest.raises(UnknownWord, match=repr(str(word)) if word != "" else "''"):
        actual_status(word)


def test_temporary_statuses_are_read_in_any_case() -> None:
    assert temporary_status(" maintenance ") is TemporaryStatus.MAINTENANCE
    with pytest.raises(UnknownWord, match="temporaryStatus: 'AVAILABLE'"):
        temporary_status("AVAILABLE")


def test_causes_are_read_in_any_writing() -> None:
    assert cause("Planned_Work") is Cause.PLANNED_WORK
    assert cause("site-host") is Cause.SITE_HOST
    with pytest.raises(UnknownWord, match="cause: 'rain'"):
        cause("rain")


def test_rule_7_the_order_of_precedence() -> None:
    assert sorted(TemporaryStatus, key=lambda status: status.rank) == [
        TemporaryStatus.RESERVED,
        TemporaryStatus.BLOCKED,
        TemporaryStatus.MAINTENANCE,
        TemporaryStatus.COMMISSIONING,
    ]
    assert [rank.status for rank in Rank] == sorted(TemporaryStatus, key=lambda s: s.rank)
