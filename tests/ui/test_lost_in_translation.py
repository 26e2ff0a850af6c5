"""Each status says on each channel what drivers don't learn."""

import pytest

from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import PROFILES, Channel, Status, words
from evse_status.ui.lost_in_translation import translation

EVERY = [*TemporaryStatus, *ActualStatus]


def told(status: Status, channel: Channel, profile: str = "default") -> tuple[bool, str]:
    found = translation(status, channel, words(status, PROFILES[profile]).on(channel))
    return found.lost, found.said


def test_hubject_has_no_word_for_coming_soon() -> None:
    assert told(TemporaryStatus.COMMISSIONING, Channel.HUBJECT) == (
        True,
        "Hubject has no word for coming soon: drivers see Out of Service.",
    )


def test_ocpi_says_planned_and_loses_nothing() -> None:
    assert told(TemporaryStatus.COMMISSIONING, Channel.OCPI) == (
        False,
        "Nothing is lost: PLANNED means that it will operate soon.",
    )


def test_second_profile_has_words_that_the_first_lacks() -> None:
    assert told(TemporaryStatus.COMMISSIONING, Channel.SPIRII_GO)[0]
    assert not told(TemporaryStatus.COMMISSIONING, Channel.SPIRII_GO, "spirii-2025")[0]
    assert told(TemporaryStatus.MAINTENANCE, Channel.SPIRII_GO, "spirii-2025")[0]


def test_removed_is_nothing_to_see() -> None:
    assert told(ActualStatus.REMOVED, Channel.SPIRII_GO) == (
        False,
        "Nothing is lost: drivers don't see it at all.",
    )


@pytest.mark.parametrize("profile", list(PROFILES))
@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("status", EVERY)
def test_every_status_has_one_sentence(status: Status, channel: Channel, profile: str) -> None:
    _, said = told(status, channel, profile)
    assert said.endswith(".")
    assert "None" not in said


@pytest.mark.parametrize("status", ActualStatus)
def test_ocpi_loses_no_actual_status(status: ActualStatus) -> None:
    assert not told(status, Channel.OCPI)[0]


def test_ocpi_has_no_status_per_connector() -> None:
    word = words(TemporaryStatus.COMMISSIONING)
    two = translation(TemporaryStatus.COMMISSIONING, Channel.OCPI, word.ocpi, plugs=2)
    assert two.lost
    assert two.said == (
        "PLANNED means that it will operate soon. "
        "OCPI has no status per connector: its 2 connectors show the same."
    )
    gone = translation(ActualStatus.REMOVED, Channel.OCPI, "REMOVED", plugs=2)
    assert "per connector" not in gone.said
    hub = translation(TemporaryStatus.BLOCKED, Channel.HUBJECT, "Occupied", plugs=2)
    assert "per connector" not in hub.said
