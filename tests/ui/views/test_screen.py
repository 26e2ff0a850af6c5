"""What stands on a screen: the channel's word, the location's other bays, what OCPI announces."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from evse_status.core.principal import LOCAL
from evse_status.core.published import Announced
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import (
    DEFAULT_PROFILE,
    PROFILES,
    AppLook,
    Channel,
    Status,
    branded,
    words,
)
from evse_status.service.fleet import EvseCard
from evse_status.service.look_up import display
from evse_status.store.database import Database
from evse_status.ui.views.screen import Screen, pin, screen
from support import Hands, a_site, at, evse_json, location_json, take_in

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
EVERY: list[Status] = [*TemporaryStatus, *ActualStatus]


@pytest.fixture
def card(sqlite: Database, hands: Hands) -> EvseCard:
    a_site(sqlite, hands, count=1)
    return display(sqlite, LOCAL, 1, at=hands.now()).evse


@pytest.fixture
def drawn(sqlite: Database, hands: Hands, card: EvseCard):  # type: ignore[no-untyped-def]
    shown = display(sqlite, LOCAL, card.id, at=at(1))

    def made(channel: Channel, status: Status = ActualStatus.AVAILABLE, **more) -> Screen:  # type: ignore[no-untyped-def]
        more.setdefault("shown_in", DEFAULT_PROFILE)
        return screen(shown, channel, status, zone=COPENHAGEN, **more)

    return made


def test_every_status_is_said_in_each_channels_word(drawn) -> None:  # type: ignore[no-untyped-def]
    for profile in PROFILES.values():
        for status in EVERY:
            for channel in Channel:
                made = drawn(channel, status, shown_in=profile)
                assert made.word == words(status, profile).on(channel)
                assert made.said in made.spoken
                assert made.usable is (status is ActualStatus.AVAILABLE)
                assert bool(made.absent) is (status is ActualStatus.REMOVED)


def test_own_brand_says_available_in_its_own_word_and_is_usable(drawn) -> None:  # type: ignore[no-untyped-def]
    own = branded("own", DEFAULT_PROFILE, {}, {ActualStatus.AVAILABLE: AppLook("Klar", "#FF00AA")})
    made = drawn(Channel.SPIRII_GO, shown_in=own)
    assert (made.said, made.usable) == ("Klar", True)
    assert made.look.fill(dark=False) == "#FF00AA"


def test_other_bays_are_those_that_the_channel_shows(drawn, card: EvseCard) -> None:  # type: ignore[no-untyped-def]
    pins = [
        pin(card, ActualStatus.AVAILABLE, DEFAULT_PROFILE, looked_at=True),
        pin(_named(card, 2), TemporaryStatus.BLOCKED, DEFAULT_PROFILE),
        pin(_named(card, 3), ActualStatus.REMOVED, DEFAULT_PROFILE),
    ]
    hub = drawn(Channel.HUBJECT, neighbours=pins)
    assert [(bay.name, bay.said) for bay in hub.others] == [("DK*TST*E2", "Occupied")]
    ocpi = drawn(Channel.OCPI, neighbours=pins)
    assert [bay.said for bay in ocpi.others] == ["Blocked", "No longer here"]


@pytest.mark.parametrize(
    ("status", "from_at", "to_at", "line"),
    [
        (TemporaryStatus.COMMISSIONING, at(0), at(4.5), "Planned until Thu 22 Oct 18:30"),
        (TemporaryStatus.MAINTENANCE, at(2), at(4), "Out of service from Thu 22 Oct 16:00"),
        (TemporaryStatus.MAINTENANCE, at(0), None, "Out of service until further notice"),
    ],
)
def test_what_is_announced_is_a_line_of_the_ocpi_app(  # type: ignore[no-untyped-def]
    drawn, status: TemporaryStatus, from_at: datetime, to_at: datetime | None, line: str
) -> None:
    schedule = [Announced(at(-3), at(-2), status), Announced(from_at, to_at, status)]
    made = drawn(Channel.OCPI, schedule=schedule)
    assert made.notice is not None
    assert (made.notice.said, made.notice.source) == (line, "From the charge point operator")
    assert line in made.spoken
    assert drawn(Channel.HUBJECT, schedule=schedule).notice is None
    assert drawn(Channel.OCPI).notice is None


def test_a_bare_site_is_still_named(sqlite: Database, hands: Hands) -> None:
    take_in(sqlite, location_json("L2", evse_json("9"), name="", address="", city=""))
    shown = display(sqlite, LOCAL, 1, at=hands.now())
    made = screen(
        shown, Channel.OCPI, ActualStatus.AVAILABLE, shown_in=DEFAULT_PROFILE, zone=COPENHAGEN
    )
    assert (made.place, made.bay, made.address) == ("L2", "DK*TST*E9", "")


def _named(card: EvseCard, number: int) -> EvseCard:
    return replace(card, id=number, evse_id=f"DK*TST*E{number}")
