"""The preview's words: three channels and the reasons, for any instant."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus
from evse_status.core.translation import DEFAULT_PROFILE, PROFILES, Profile
from evse_status.service.look_up import display
from evse_status.service.schedule import place_overrides
from evse_status.store.database import Database
from evse_status.ui.views.preview import OnChannel, Variant, Why, on_channels, why
from support import (
    BLOCKED,
    COMMISSIONING,
    MAINTENANCE,
    RESERVED,
    Hands,
    Site,
    a_site,
    at,
    report,
    wish,
)

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def channels(
    site: Site,
    instant: datetime,
    *,
    shown_in: Profile = DEFAULT_PROFILE,
    variant: Variant = Variant.AS_PLANNED,
) -> tuple[OnChannel, ...]:
    shown = display(site.db, LOCAL, 1, at=instant, shown_in=shown_in)
    return on_channels(shown, shown_in=shown_in, zone=COPENHAGEN, variant=variant)


def reasons(site: Site, instant: datetime) -> Why:
    return why(display(site.db, LOCAL, 1, at=instant), zone=COPENHAGEN, now=site.now())


def test_three_channels_have_their_own_words(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    place_overrides(site.db, LOCAL, [1], wish(COMMISSIONING, valid_to=at(5)))
    hands.forward(minutes=1)
    shown = channels(site, at(4))
    assert [(one.name, one.word) for one in shown] == [
        ("Spirii Go", "Out of Service"),
        ("Hubject", "OutOfService"),
        ("OCPI", "PLANNED"),
    ]
    assert [one.screen.said for one in shown] == [
        "Out of Service",
        "Out of service",
        "Opening soon",
    ]
    assert shown[0].screen.clock == "18:00"
    assert channels(site, at(4), shown_in=PROFILES["spirii-2025"])[0].word == "Coming Soon"


def test_without_overrides_the_actual_status_speaks(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    place_overrides(site.db, LOCAL, [1], wish(MAINTENANCE))
    hands.forward(minutes=1)
    shown = channels(site, site.now(), variant=Variant.WITHOUT)
    assert [one.word for one in shown] == ["Available", "Available", "AVAILABLE"]
    assert all(one.screen.usable for one in shown)


def test_removed_is_not_shown_and_its_record_deleted(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    report(sqlite, 1, ActualStatus.REMOVED)
    hands.forward(minutes=1)
    shown = channels(site, site.now())
    assert [one.word for one in shown] == ["not shown", "record deleted", "REMOVED"]
    assert shown[0].screen.word is None


def test_why_has_winner_shadowed_actual_and_next(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    place_overrides(site.db, LOCAL, [1], wish(BLOCKED, valid_to=at(9)))
    place_overrides(site.db, LOCAL, [1], wish(MAINTENANCE, valid_to=at(6), reason="Cable."))
    hands.forward(minutes=1)
    told = reasons(site, at(2))
    assert told.winner is not None
    assert (told.winner.override_id, told.winner.status) == (2, MAINTENANCE)
    assert told.winner.why_and_who == "Cable. local, operator"
    [behind] = told.behind
    assert (behind.override_id, behind.heading) == (1, "Shadowed")
    assert behind.because == "MAINTENANCE outranks BLOCKED"
    assert told.actual is ActualStatus.AVAILABLE
    assert told.following is not None
    assert told.following.at == "Thu 22 Oct 20:00"
    assert told.following.waits == "4 h later"
    assert told.following.words == (
        ("Spirii Go", "Occupied"),
        ("Hubject", "Occupied"),
        ("OCPI", "BLOCKED"),
    )


def test_before_recording_it_says_so(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    told = reasons(site, datetime(2020, 1, 1, tzinfo=UTC))
    assert told.actual is ActualStatus.UNKNOWN
    assert told.actual_since == "not recorded"
    assert told.winner is None


def test_at_the_end_it_no_longer_shows(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    place_overrides(site.db, LOCAL, [1], wish(RESERVED, valid_to=at(2)))
    hands.forward(minutes=1)
    assert channels(site, at(2))[2].word == "AVAILABLE"
    assert reasons(site, at(2)).following is None
