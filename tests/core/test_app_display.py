"""What an app shows, and since when, by its own profile and the statuses it is shown."""

from datetime import timedelta

from evse_status.core.app_display import AppShown, AppView, app_shown, changed_last
from evse_status.core.displayed import ActualStretch
from evse_status.core.segments import Segment
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import DEFAULT_PROFILE, PROFILES
from support import BLOCKED, MAINTENANCE, NOON, RESERVED, at

DEFAULT, OWN = AppView(DEFAULT_PROFILE), AppView(PROFILES["spirii-2025"])


def segment(
    status: TemporaryStatus, from_hour: float, to_hour: float | None, *, stands_back: bool = False
) -> Segment:
    to_at = None if to_hour is None else at(to_hour)
    return Segment(1, 1, status, NOON, at(from_hour), to_at, stands_back)


def reported(*hours: tuple[ActualStatus, float, float | None]) -> list[ActualStretch]:
    return [ActualStretch(s, at(a), None if b is None else at(b)) for s, a, b in hours]


def label(shown: AppShown) -> str | None:
    return None if shown.look is None else shown.look.label


def test_what_is_shown_and_whether_one_can_charge() -> None:
    free = reported((ActualStatus.AVAILABLE, -1, None))
    blocked = [segment(BLOCKED, 1, 2)]
    assert app_shown(DEFAULT, blocked, free, at(0)).available
    for view, word in ((DEFAULT, "Occupied"), (OWN, "Blocked")):
        shown = app_shown(view, blocked, free, at(1))
        assert (label(shown), shown.available) == (word, False)
    assert label(app_shown(DEFAULT, [], [], NOON)) == "Unknown"
    removed = reported((ActualStatus.REMOVED, -1, None))
    assert app_shown(DEFAULT, [], removed, NOON).look is None


def test_a_status_that_it_is_not_shown_changes_nothing() -> None:
    free = reported((ActualStatus.AVAILABLE, -1, None))
    view = AppView(DEFAULT_PROFILE, frozenset({MAINTENANCE}))
    blocked = [segment(BLOCKED, 1, 2)]
    assert app_shown(view, blocked, free, at(1)).available
    assert changed_last(view, blocked, free, after=NOON, until=at(3)) is None


def test_changed_last_is_the_last_boundary_at_which_it_looks_different() -> None:
    free = reported((ActualStatus.AVAILABLE, -1, None))
    blocked = [segment(BLOCKED, 1, 2)]
    for until, expected in ((0.5, None), (1, 1.0), (1.9, 1.0), (2, 2.0), (9, 2.0)):
        found = changed_last(DEFAULT, blocked, free, after=NOON, until=at(until))
        assert found == (None if expected is None else at(expected))
    assert changed_last(DEFAULT, blocked, free, after=at(2), until=at(9)) is None
    assert changed_last(DEFAULT, blocked, free, after=at(1), until=at(1.5)) is None


def test_two_profiles_differ_where_one_word_covers_two() -> None:
    charging = reported((ActualStatus.CHARGING, -1, None))
    blocked = [segment(BLOCKED, 1, None)]
    assert changed_last(DEFAULT, blocked, charging, after=NOON, until=at(2)) is None
    assert changed_last(OWN, blocked, charging, after=NOON, until=at(2)) == at(1)


def test_touching_periods_and_what_stands_back_change_nothing() -> None:
    free = reported((ActualStatus.AVAILABLE, -1, None))
    touching = [segment(MAINTENANCE, 1, 2), segment(MAINTENANCE, 2, 3)]
    assert changed_last(OWN, touching, free, after=NOON, until=at(2.5)) == at(1)
    plugged = reported((ActualStatus.AVAILABLE, -1, 2), (ActualStatus.CHARGING, 2, None))
    booked = [segment(RESERVED, 1, 3, stands_back=True)]
    assert changed_last(OWN, booked, plugged, after=NOON, until=at(1.5)) == at(1)
    assert changed_last(OWN, booked, plugged, after=at(2), until=at(4)) is None
    just_before = at(2) - timedelta(microseconds=1)
    assert changed_last(OWN, booked, plugged, after=just_before, until=at(4)) == at(2)
