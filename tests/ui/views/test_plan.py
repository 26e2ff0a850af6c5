"""What the plan page says before placing: overlaps with their winner, words that stay, results."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from evse_status.core.errors import EvseIsRemoved
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.groups import Group
from evse_status.service.plan import PlanPreview, preview_groups, preview_plan
from evse_status.service.schedule import BatchResult, ItemResult, place_overrides
from evse_status.store.database import Database
from evse_status.ui.views.evse_choice import has_already
from evse_status.ui.views.plan import (
    day_and_time,
    headline,
    keeps_showing,
    named,
    overlap_lines,
    period_in_short,
    refused_lines,
    result_headline,
    result_lines,
    short_id,
    shown_first,
    site_periods,
)
from support import (
    BLOCKED,
    COMMISSIONING,
    MAINTENANCE,
    RESERVED,
    Hands,
    Site,
    a_site,
    at,
    evse_json,
    location_json,
    override,
    take_in,
    wish,
)

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def preview(site: Site, status: TemporaryStatus = MAINTENANCE, **fields: object) -> PlanPreview:
    return preview_plan(
        site.db, LOCAL, list(site.numbers.values()), wish(status, **fields), now=site.now()
    )


def said(shown: PlanPreview) -> list[tuple[str, str, str]]:
    return [(line.evse_id, line.existing, line.said) for line in overlap_lines(shown, COPENHAGEN)]


def test_new_one_that_wins_says_what_shows_again_afterwards(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    place_overrides(site.db, LOCAL, ["DK*TST*E1"], wish(BLOCKED))
    hands.forward(minutes=1)
    shown = preview(site, valid_from=at(8), valid_to=at(15))
    assert said(shown) == [
        (
            "DK*TST*E1",
            "Blocked #1",
            "Maintenance wins from Thu 22 Oct 22:00 to Fri 23 Oct 05:00, then Blocked shows again.",
        )
    ]
    assert keeps_showing(shown) == ()


def test_new_one_that_never_shows_is_told_to_stay_shadowed(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    place_overrides(site.db, LOCAL, ["DK*TST*E1"], wish(COMMISSIONING, valid_to=at(100)))
    hands.forward(minutes=1)
    shown = preview(site, valid_from=at(8), valid_to=at(15))
    assert said(shown)[0][2] == (
        "Commissioning wins from Thu 22 Oct 22:00 to Fri 23 Oct 05:00. "
        "The new override stays shadowed and ends unseen."
    )
    assert keeps_showing(shown) == (
        "DK*TST*E1 keeps showing Out of Service, OutOfService, PLANNED.",
    )


def test_existing_winner_that_ends_earlier_hands_over(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    place_overrides(site.db, LOCAL, ["DK*TST*E1"], wish(MAINTENANCE, valid_to=at(10)))
    hands.forward(minutes=1)
    shown = preview(site, RESERVED, valid_from=at(8), valid_to=at(15))
    assert said(shown)[0][2] == (
        "Maintenance wins from Thu 22 Oct 22:00 to Fri 23 Oct 00:00, then Reserved shows."
    )


def test_same_status_tells_the_new_one_from_the_old(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    place_overrides(site.db, LOCAL, ["DK*TST*E1"], wish(MAINTENANCE))
    hands.forward(minutes=1)
    shown = preview(site, valid_from=at(1), valid_to=at(3))
    assert said(shown)[0][1:] == (
        "Maintenance #1",
        "The new one wins from Thu 22 Oct 15:00 to 17:00, then #1 shows again.",
    )


def test_touching_periods_are_no_overlap(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    place_overrides(site.db, LOCAL, ["DK*TST*E1"], wish(BLOCKED, valid_to=at(8)))
    hands.forward(minutes=1)
    assert said(preview(site, valid_from=at(8), valid_to=at(15))) == []


def test_rows_with_overlaps_come_first_where_not_all_fit(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=3)
    place_overrides(site.db, LOCAL, ["DK*TST*E3"], wish(BLOCKED))
    hands.forward(minutes=1)
    shown = preview(site)
    assert [item.evse.evse_id for item in shown_first(shown.items, at_most=2)] == [
        "DK*TST*E3",
        "DK*TST*E1",
    ]
    assert shown_first(shown.items, at_most=3) == shown.items
    assert headline([item.evse for item in shown.items]) == "3 EVSEs at 1 location"


def test_what_an_evse_has_already_is_the_strongest_in_force_else_the_next(
    sqlite: Database, hands: Hands
) -> None:
    site = a_site(sqlite, hands, count=1)
    place_overrides(site.db, LOCAL, ["DK*TST*E1"], wish(RESERVED, valid_from=at(2), valid_to=at(9)))
    hands.forward(minutes=1)
    [item] = preview(site, valid_to=at(15)).items
    assert has_already(item.segments, zone=COPENHAGEN, now=at(1)) == "Reserved today 16:00"
    assert has_already(item.segments, zone=COPENHAGEN, now=at(2)) == "Reserved to today 23:00"
    assert has_already(item.segments, zone=COPENHAGEN, now=at(9)) == ""
    place_overrides(site.db, LOCAL, ["DK*TST*E1"], wish(BLOCKED))
    hands.forward(minutes=1)
    [item] = preview(site, valid_to=at(15)).items
    assert has_already(item.segments, zone=COPENHAGEN, now=at(3)) == "Blocked, until cleared (+1)"


def test_period_is_named_by_its_length_across_a_clock_change() -> None:
    start = datetime(2026, 10, 24, 20, tzinfo=UTC)
    assert period_in_short(start, start + timedelta(hours=8), now=at(0)) == "For 8 h"
    assert period_in_short(None, at(4), now=at(0)) == "Now, for 4 h"
    assert period_in_short(None, None, now=at(0)) == "Now, until cleared"
    assert period_in_short(start, None, now=at(0)) == "Until cleared"
    assert period_in_short(start, start, now=at(0)) == ""


def test_each_period_is_told_on_the_clocks_of_its_sites_and_in_utc(
    sqlite: Database, hands: Hands
) -> None:
    site = a_site(sqlite, hands, count=1)
    take_in(
        sqlite,
        location_json("L2", evse_json("9"), time_zone="Europe/London"),
        location_json("L3", evse_json("8"), time_zone="Europe/Berlin"),
        complete=False,
    )
    hands.forward(minutes=1)
    first, second = (
        Group((1, 3), wish(valid_from=at(8), valid_to=at(15))),
        Group((2,), wish(valid_from=at(9), valid_to=at(16))),
    )
    shown = preview_groups(site.db, LOCAL, [first, second], now=site.now())
    assert site_periods(shown, also=["UTC"]) == (
        "UTC (you): Thu 22 Oct 20:00 to Fri 23 Oct 03:00",
        "Europe/Copenhagen and Europe/Berlin: Thu 22 Oct 22:00 to Fri 23 Oct 05:00",
        "In UTC: Thu 22 Oct 20:00 to Fri 23 Oct 03:00",
        "UTC (you): Thu 22 Oct 21:00 to Fri 23 Oct 04:00",
        "Europe/London: Thu 22 Oct 22:00 to Fri 23 Oct 05:00",
        "In UTC: Thu 22 Oct 21:00 to Fri 23 Oct 04:00",
    )


def test_what_is_refused_says_its_line_of_a_file() -> None:
    error = EvseIsRemoved("DK*TST*E2")
    said = "DK*TST*E2 has been removed, drivers don't see it any more."
    assert refused_lines([(None, error), (7, error)]) == (said, f"Line 7: {said}")


def test_results_name_what_was_refused_first() -> None:
    refused = EvseIsRemoved("DK*TST*E2")
    result = BatchResult(
        7,
        (
            ItemResult(1, "DK*TST*E1", override(number=4)),
            ItemResult(2, "DK*TST*E2", None, refused),
        ),
    )
    assert result_headline(result) == "1 override placed, 1 refused"
    lines = result_lines(result)
    assert [(line.evse_id, line.override_id, line.done) for line in lines] == [
        ("DK*TST*E2", None, False),
        ("DK*TST*E1", 4, True),
    ]
    assert lines[0].said == "DK*TST*E2 has been removed, drivers don't see it any more."


def test_short_forms() -> None:
    assert named(["A"]) == "A"
    assert named(["A", "B"]) == "A and B"
    assert named(["A", "B", "C", "D", "E"]) == "A, B, C and 2 more"
    assert short_id("DK*DMO*E1041*1") == "E1041*1"
    assert short_id("garage-7") == "garage-7"
    assert day_and_time(at(2), COPENHAGEN, now=at(0)) == "today 16:00"
    assert day_and_time(at(24 * 100), COPENHAGEN, now=at(0)) == "30 Jan 2027 13:00"
