"""Both translation tables of design.md section 2, word for word."""

import pytest

from evse_status.core.errors import UnknownWord
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import Channel, Status, Words, profile, words

TOLD: dict[Status, tuple[str | None, str | None, str]] = {
    TemporaryStatus.MAINTENANCE: ("Out of Service", "OutOfService", "INOPERATIVE"),
    TemporaryStatus.COMMISSIONING: ("Out of Service", "OutOfService", "PLANNED"),
    TemporaryStatus.BLOCKED: ("Occupied", "Occupied", "BLOCKED"),
    TemporaryStatus.RESERVED: ("Occupied", "Reserved", "RESERVED"),
    ActualStatus.AVAILABLE: ("Available", "Available", "AVAILABLE"),
    ActualStatus.CHARGING: ("Occupied", "Occupied", "CHARGING"),
    ActualStatus.BLOCKED: ("Occupied", "Occupied", "BLOCKED"),
    ActualStatus.RESERVED: ("Occupied", "Reserved", "RESERVED"),
    ActualStatus.INOPERATIVE: ("Out of Service", "OutOfService", "INOPERATIVE"),
    ActualStatus.OUTOFORDER: ("Out of Service", "OutOfService", "OUTOFORDER"),
    ActualStatus.PLANNED: ("Out of Service", "OutOfService", "PLANNED"),
    ActualStatus.REMOVED: (None, None, "REMOVED"),
    ActualStatus.UNKNOWN: ("Unknown", "Unknown", "UNKNOWN"),
}
APP_2025 = {
    TemporaryStatus.MAINTENANCE: "Unavailable",
    TemporaryStatus.COMMISSIONING: "Coming Soon",
    TemporaryStatus.BLOCKED: "Blocked",
    TemporaryStatus.RESERVED: "Reserved",
}


@pytest.mark.parametrize("status", [*TemporaryStatus, *ActualStatus], ids=repr)
def test_every_status_has_its_word_on_every_channel(status: Status) -> None:
    assert words(status) == Words(*TOLD[status])


@pytest.mark.parametrize("status", [*TemporaryStatus, *ActualStatus], ids=repr)
def test_a_profile_changes_the_app_column_of_temporary_statuses_alone(status: Status) -> None:
    app, hubject, ocpi = TOLD[status]
    if isinstance(status, TemporaryStatus):
        app = APP_2025[status]
    assert words(status, profile("spirii-2025")) == Words(app, hubject, ocpi)


def test_each_channel_has_its_column() -> None:
    told = words(TemporaryStatus.RESERVED)
    assert [told.on(channel) for channel in Channel] == ["Occupied", "Reserved", "RESERVED"]


def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(UnknownWord, match="profile: 'mine'"):
        profile("mine")
