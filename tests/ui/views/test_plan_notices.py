"""What deserves a second look: hidden faults, clock changes, sessions, missing EVSEs."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.service.plan import preview_plan
from evse_status.store.database import Database
from evse_status.ui.views.plan_notices import Notice, notices
from support import (
    BLOCKED,
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


def found(site: Site, status: TemporaryStatus = MAINTENANCE, **fields: datetime) -> list[Notice]:
    """What is told, apart from how much of the site is taken out."""
    asked = wish(status, **fields)
    shown = preview_plan(site.db, LOCAL, list(site.numbers.values()), asked, now=site.now())
    told = notices(shown, COPENHAGEN, wishes=[asked])
    return [one for one in told if not one.title.startswith("Takes out")]


def test_clocks_going_back_say_the_real_length_and_utc(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    [notice] = found(site, valid_from=SATURDAY_22, valid_to=SUNDAY_05)
    assert notice.title == "Clocks go back on Sunday 25 Oct at 03:00, Europe/Copenhagen"
    assert notice.text == (
        "22:00 to 05:00 lasts 8 h, not 7 h. In UTC: Sat 24 Oct 20:00 to Sun 25 Oct 04:00."
    )


def test_each_zone_with_a_change_speaks(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    london = location_json("L2", evse_json("9"), time_zone="Europe/London")
    tokyo = location_json("L3", evse_json("8"), time_zone="Asia/Tokyo")
    take_in(sqlite, london, tokyo, complete=False)
    hands.forward(minutes=1)
    everywhere = replace(site, numbers={"1": 1, "9": 2, "8": 3})
    assert [one.title for one in found(everywhere, valid_from=SATURDAY_22, valid_to=SUNDAY_05)] == [
        "Clocks go back on Sunday 25 Oct at 03:00, Europe/Copenhagen",
        "Clocks go back on Sunday 25 Oct at 02:00, Europe/London",
    ]


def test_many_clock_changes_are_counted(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    titles = [one.title for one in found(site, valid_to=at(24 * 365 * 3))]
    assert titles[-1] == "And 3 clock changes more"
    assert len(titles) == 4


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


def test_blocked_over_a_fault_says_that_uptime_counts_it_otherwise(
    sqlite: Database, hands: Hands
) -> None:
    site = a_site(sqlite, hands, count=1, status="INOPERATIVE")
    assert found(site, MAINTENANCE, valid_to=at(4)) == []
    [notice] = found(site, BLOCKED, valid_to=at(4))
    assert notice.text == (
        "DK*TST*E1 reports a fault since today 14:00. Partners will see BLOCKED. Uptime reports "
        "count an occupied charger as one that works: Maintenance would be the honest word."
    )


def test_a_site_that_is_taken_out_is_named_with_the_last_of_a_kind(
    sqlite: Database, hands: Hands
) -> None:
    site = a_site(sqlite, hands, count=3)
    shown = preview_plan(site.db, LOCAL, [1, 2], wish(valid_to=at(4)), now=site.now())
    told = {one.title: one.text for one in notices(shown, COPENHAGEN)}
    assert told["Takes out more than half of a site"] == "Site L1: 2 of 3."
    shown = preview_plan(site.db, LOCAL, [1, 2, 3], wish(valid_to=at(4)), now=site.now())
    told = {one.title: one.text for one in notices(shown, COPENHAGEN)}
    assert told["Takes out more than half of a site"] == "Site L1: all 3."


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
    assert found(a_site(sqlite, hands, count=1)) == []
