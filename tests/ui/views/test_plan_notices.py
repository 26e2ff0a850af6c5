"""What deserves a second look: hidden faults, clock changes, sessions, missing EVSEs."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus
from evse_status.service.plan import preview_plan
from evse_status.store.database import Database
from evse_status.ui.views.plan_notices import Notice, clock_changes, notices
from support import (
    MAINTENANCE,
    Hands,
    Site,
    a_site,
    at,
    evse_json,
    location_json,
    report,
    take_in,
    wish,
)

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
SATURDAY_22 = datetime(2026, 10, 24, 20, tzinfo=UTC)
SUNDAY_05 = datetime(2026, 10, 25, 4, tzinfo=UTC)


def found(
    site: Site, *, zones: tuple[str, ...] = ("Europe/Copenhagen",), **fields: datetime
) -> tuple[Notice, ...]:
    asked = wish(MAINTENANCE, **fields)
    shown = preview_plan(site.db, LOCAL, list(site.numbers.values()), asked, now=site.now())
    return notices(shown, requested_from=asked.valid_from, zones=zones, zone=COPENHAGEN)


def test_clocks_going_back_say_the_real_length_and_utc(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    [notice] = found(site, valid_from=SATURDAY_22, valid_to=SUNDAY_05)
    assert notice.title == "Clocks go back on Sunday 25 Oct at 03:00"
    assert notice.text == (
        "22:00 to 05:00 lasts 8 h, not 7 h. In UTC: Sat 24 Oct 20:00 to Sun 25 Oct 04:00."
    )


def test_clocks_going_forward_are_told_too() -> None:
    day = datetime(2027, 3, 28, tzinfo=UTC)
    assert clock_changes(day, day + timedelta(days=1), COPENHAGEN) == (day + timedelta(hours=1),)
    assert clock_changes(day, day + timedelta(days=1), ZoneInfo("UTC")) == ()


def test_every_change_in_the_period_is_found_that_at_the_end_too() -> None:
    start = datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert clock_changes(start - timedelta(days=300), start, COPENHAGEN) == (
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        start,
    )


def test_each_zone_with_a_change_speaks(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    zones = ("Europe/Copenhagen", "Europe/London", "UTC")
    titles = [
        one.title for one in found(site, zones=zones, valid_from=SATURDAY_22, valid_to=SUNDAY_05)
    ]
    assert titles == [
        "Clocks go back on Sunday 25 Oct at 03:00",
        "Clocks go back on Sunday 25 Oct at 02:00",
    ]


def test_hidden_fault_comes_first_and_says_what_partners_see(
    sqlite: Database, hands: Hands
) -> None:
    site = a_site(sqlite, hands, count=1, status="OUTOFORDER")
    first = found(site, valid_from=SATURDAY_22, valid_to=SUNDAY_05)[0]
    assert first.title == "Hides a fault"
    assert first.text == (
        "DK*TST*E1 reports Out of order since today 14:00. Partners will see INOPERATIVE."
    )
    assert first.pressing


def test_sessions_running_now_are_no_alarm(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=2)
    report(sqlite, site.numbers["DK*TST*E2"], ActualStatus.CHARGING)
    hands.forward(minutes=1)
    [notice] = found(site, valid_to=at(4))
    assert notice.title == "1 session running now"
    assert notice.text.endswith("An override never stops a session.")
    assert not notice.pressing


def test_missing_upstream_is_told(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=2)
    take_in(sqlite, location_json("L1", evse_json("1")))
    hands.forward(minutes=1)
    [notice] = found(site, valid_to=at(4))
    assert notice.title == "Missing upstream"
    assert notice.text.startswith("DK*TST*E2 is missing from the import since today")


def test_start_in_the_past_is_kept_and_told(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    [notice] = found(site, valid_from=at(-1), valid_to=at(4))
    assert notice.title == "The start has passed"
    assert not notice.pressing


def test_open_end_needs_no_notice(sqlite: Database, hands: Hands) -> None:
    assert found(a_site(sqlite, hands, count=1)) == ()
