"""What is other than it was shown is named; what only moves with the clock isn't (promise: what was
previewed is what is applied)."""

from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus
from evse_status.service.plan import preview_plan
from evse_status.service.plan_mark import EVSES, SESSIONS, Difference, Mark
from evse_status.service.schedule import place_overrides
from evse_status.store.database import Database
from evse_status.ui.views.plan_changed import differences, what_changed
from support import BLOCKED, Hands, Site, a_site, at, report, wish


def mark(site: Site, hour: float) -> Mark:
    asked = wish(valid_to=at(hour))
    return preview_plan(site.db, LOCAL, list(site.numbers.values()), asked, now=site.now()).mark


def test_an_override_that_came_meanwhile_is_named(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=2)
    before = mark(site, 4)
    place_overrides(site.db, LOCAL, ["DK*TST*E2"], wish(BLOCKED))
    hands.forward(minutes=1)
    assert differences(before, mark(site, 4)) == ("Overlaps with other overrides: DK*TST*E2.",)


def test_an_end_that_moves_with_the_clock_and_sessions_are_no_change(
    sqlite: Database, hands: Hands
) -> None:
    site = a_site(sqlite, hands, count=2)
    before = mark(site, 4)
    report(site.db, site.numbers["DK*TST*E1"], ActualStatus.CHARGING)
    hands.forward(minutes=1)
    assert differences(before, mark(site, 4.1)) == ()


def test_a_refusal_names_every_kind_of_change() -> None:
    assert what_changed([Difference(EVSES, ("A", "B")), Difference(SESSIONS)]) == (
        "Other EVSEs are meant: A and B.",
        "Sessions that are running.",
    )


def test_of_a_series_any_other_mark_is_a_change() -> None:
    assert differences("abc", "abc") == ()
    assert len(differences("abc", "abd")) == 1
    assert differences(None, "abc") == ()
