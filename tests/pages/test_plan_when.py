"""Plan: whose clocks are meant, presets, what repeats, what waits for a session."""

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from evse_status.bootstrap import App
from evse_status.core.override import Override
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus
from evse_status.service import audit
from evse_status.service.audit import OverrideFilter
from evse_status.service.series_list import series_detail
from evse_status.ui.plan_repeat import Repeat, Unit, Until
from evse_status.ui.plan_when import Begin, Whose
from support import evse_json, location_json, report, take_in
from visits import press, texts, visit


def stored(product: App) -> list[Override]:
    page = audit.list_overrides(
        product.database, LOCAL, OverrideFilter(), now=product.now(), limit=50
    )
    return sorted((row.override for row in page.rows), key=lambda one: one.id)


def fill(page: AppTest, key: str, local: str) -> AppTest:
    return page.datetime_input(key=key).set_value(datetime.fromisoformat(local)).run()


def shown(page: AppTest, key: str) -> datetime:
    value = page.datetime_input(key=key).value
    assert value is not None
    return value


def written(page: AppTest) -> str:
    return texts(page).replace("\\", "")


@pytest.fixture
def two_zones(product: App, evses: dict[str, int]) -> list[str]:
    london = location_json("L2", evse_json("9"), time_zone="Europe/London")
    take_in(product.database, london, complete=False)
    return ["DK*TST*E1", "DK*TST*E9"]


def in_copenhagen(evses: list[str]) -> AppTest:
    return visit("plan", evse=evses, zone="Europe/Copenhagen")


def test_the_same_time_at_each_site_is_shown_in_utc_and_stored_so(
    product: App, two_zones: list[str]
) -> None:
    page = in_copenhagen(two_zones)
    fill(page, "plan-start", "2099-10-24T22:00")
    fill(page, "plan-end", "2099-10-25T05:00")
    said = written(page)
    assert "Europe/Copenhagen: Sat 24 Oct 2099 22:00 to Sun 25 Oct 2099 05:00" in said
    assert "Europe/London: Sat 24 Oct 2099 22:00 to Sun 25 Oct 2099 05:00" in said
    assert "In UTC: Sat 24 Oct 2099 20:00 to Sun 25 Oct 2099 04:00" in said
    assert "In UTC: Sat 24 Oct 2099 21:00 to Sun 25 Oct 2099 05:00" in said
    assert "22:00 to 05:00 lasts 8 h, not 7 h" in said
    press(page, "Place 2 overrides")
    made = stored(product)
    assert [one.starts_at.isoformat() for one in made] == [
        "2099-10-24T20:00:00+00:00",
        "2099-10-24T21:00:00+00:00",
    ]
    assert len({one.batch_id for one in made}) == 1


def test_a_time_that_one_of_the_sites_repeats_is_asked_there_alone(
    product: App, two_zones: list[str]
) -> None:
    page = in_copenhagen(two_zones)
    fill(page, "plan-start", "2099-10-25T01:30")
    [which] = page.radio
    assert "Europe/London" in which.label
    assert page.button(key="plan-place").disabled
    which.set_value(which.options[1]).run()
    press(page, "Place 2 overrides")
    assert [one.starts_at.isoformat() for one in stored(product)] == [
        "2099-10-24T23:30:00+00:00",
        "2099-10-25T01:30:00+00:00",
    ]


def test_a_length_over_several_zones_is_one_instant_and_says_whose_clock_it_shows(
    product: App, two_zones: list[str]
) -> None:
    page = in_copenhagen(two_zones)
    page.button_group(key="plan-length").set_value("+4 h").run()
    assert page.datetime_input(key="plan-end").label == "End, Europe/Copenhagen time"
    press(page, "Place 2 overrides")
    assert len({one.valid_to for one in stored(product)}) == 1


def test_in_an_hour_is_one_instant_for_all(product: App, two_zones: list[str]) -> None:
    page = in_copenhagen(two_zones)
    before = product.now()
    page.button_group(key="plan-begin").set_value(Begin.ONE_HOUR).run()
    assert page.button_group(key="plan-whose").value == Whose.VIEWER
    press(page, "Place 2 overrides")
    [starts_at] = {one.starts_at for one in stored(product)}
    assert timedelta(hours=1) <= starts_at - before <= timedelta(hours=1, minutes=2)


def test_presets_bring_their_ends_on_the_clocks_of_the_site(
    product: App, evses: dict[str, int]
) -> None:
    page = visit("plan", evse="DK*TST*E1")
    page.button_group(key="plan-begin").set_value(Begin.TONIGHT).run()
    start, end = shown(page, "plan-start"), shown(page, "plan-end")
    assert (start.hour, end.hour) == (22, 5)
    assert end - start == timedelta(hours=7)
    page.button_group(key="plan-begin").set_value(Begin.WEEKEND).run()
    start, end = shown(page, "plan-start"), shown(page, "plan-end")
    assert (start.weekday(), end.weekday()) == (5, 0)
    assert end - start == timedelta(days=2)
    page.button_group(key="plan-begin").set_value(Begin.NOW).run()
    assert page.datetime_input(key="plan-start").value is None


def test_a_start_that_reaches_its_end_takes_it_along(product: App, evses: dict[str, int]) -> None:
    page = visit("plan", evse="DK*TST*E1")
    fill(fill(page, "plan-start", "2099-06-01T22:00"), "plan-end", "2099-06-02T05:00")
    fill(page, "plan-start", "2099-06-02T01:00")
    assert page.datetime_input(key="plan-end").value == datetime(2099, 6, 2, 5)
    fill(page, "plan-start", "2099-07-01T22:00")
    assert page.datetime_input(key="plan-end").value == datetime(2099, 7, 2, 2)


def repeating(page: AppTest, repeat: Repeat) -> AppTest:
    fill(page, "plan-start", "2099-10-24T22:00")
    fill(page, "plan-end", "2099-10-25T05:00")
    return page.selectbox(key="plan-repeat").set_value(repeat).run()


def rule_of(product: App, number: int = 1) -> str:
    return series_detail(product.database, LOCAL, number, now=product.now()).row.series.rule


def test_a_night_every_two_weeks_in_two_zones_is_two_series_in_one_change(
    product: App, two_zones: list[str]
) -> None:
    page = repeating(in_copenhagen(two_zones), Repeat.FORTNIGHTS)
    assert not page.exception
    said = written(page)
    assert "Every second Saturday, 22:00–05:00" in said
    assert "Copenhagen and London: " in said  # the night of the clock change
    assert "Sat 7 Nov 2099, 22:00–05:00" in "".join(one.label for one in page.checkbox).replace(
        "\\", ""
    )
    page = press(page, "Place on 2 EVSEs")
    assert page.success[0].value == "**Repeats on 2 EVSEs**"
    details = [
        series_detail(product.database, LOCAL, number, now=product.now()) for number in (1, 2)
    ]
    assert [one.row.series.zone for one in details] == ["Europe/Copenhagen", "Europe/London"]
    assert [one.next[1].starts_at.isoformat() for one in details] == [
        "2099-11-07T21:00:00+00:00",
        "2099-11-07T22:00:00+00:00",
    ]
    page = press(page, "Undo")
    assert "Undone: it doesn't repeat any more" in written(page)
    for number in (1, 2):
        assert series_detail(product.database, LOCAL, number, now=product.now()).next == ()


def test_a_time_that_is_ticked_out_does_not_happen(product: App, evses: dict[str, int]) -> None:
    page = repeating(visit("plan", evse="DK*TST*E1"), Repeat.WEEKS)
    page.checkbox(key="plan-time-20991031T2200-True").uncheck().run()
    assert not page.checkbox(key="plan-time-20991031T2200-False").value
    press(page, "Place on 1 EVSE")
    detail = series_detail(product.database, LOCAL, 1, now=product.now())
    assert [one.local_start.day for one in detail.next[:3]] == [24, 7, 14]
    assert detail.skipped == (datetime(2099, 10, 31, 22),)


@pytest.mark.parametrize(
    ("repeat", "rule"),
    [
        (Repeat.DAYS, "FREQ=DAILY"),
        (Repeat.WEEKS, "FREQ=WEEKLY;BYDAY=SA"),
        (Repeat.MONTH_DAYS, "FREQ=MONTHLY;BYMONTHDAY=24"),
        (Repeat.MONTH_WEEKDAYS, "FREQ=MONTHLY;BYDAY=4SA"),
    ],
)
def test_words_of_calendars_become_rules(
    product: App, evses: dict[str, int], repeat: Repeat, rule: str
) -> None:
    press(repeating(visit("plan", evse="DK*TST*E1"), repeat), "Place on 1 EVSE")
    assert rule_of(product) == rule


def test_every_n_weeks_on_days_and_n_times(product: App, evses: dict[str, int]) -> None:
    page = repeating(visit("plan", evse="DK*TST*E1"), Repeat.OTHER)
    page.number_input(key="plan-every").set_value(5).run()
    page.button_group(key="plan-days").set_value(["SA", "TU"]).run()
    page.selectbox(key="plan-until").set_value(Until.TIMES).run()
    page.number_input(key="plan-times").set_value(4).run()
    press(page, "Place on 1 EVSE")
    assert rule_of(product) == "FREQ=WEEKLY;INTERVAL=5;BYDAY=TU,SA;COUNT=4"


def test_months_until_a_date(product: App, evses: dict[str, int]) -> None:
    page = repeating(visit("plan", evse="DK*TST*E1"), Repeat.OTHER)
    page.selectbox(key="plan-unit").set_value(Unit.MONTH_DAYS).run()
    page.number_input(key="plan-every").set_value(2).run()
    page.selectbox(key="plan-until").set_value(Until.DAY).run()
    assert "Choose the last day" in written(page)
    page.date_input(key="plan-until-day").set_value(datetime(2100, 3, 1).date()).run()
    press(page, "Place on 1 EVSE")
    assert rule_of(product) == "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=24;UNTIL=21000301"


def test_what_repeats_needs_a_start_an_end_and_room_between_its_times(
    product: App, evses: dict[str, int]
) -> None:
    page = visit("plan", evse="DK*TST*E1")
    page.selectbox(key="plan-repeat").set_value(Repeat.DAYS).run()
    assert "What repeats needs a start" in written(page)
    fill(page, "plan-start", "2099-06-01T22:00")
    assert "What repeats needs an end" in written(page)
    fill(page, "plan-end", "2099-06-03T05:00")
    assert not page.exception
    assert page.button(key="plan-place").disabled
    assert "The next time begins before this one ends. It can last 1 day at most" in written(page)
    fill(page, "plan-end", "2099-06-02T05:00")
    assert not page.button(key="plan-place").disabled


def test_a_drain_waits_for_the_session_and_says_what_it_can_not(
    product: App, evses: dict[str, int]
) -> None:
    report(product.database, evses["DK*TST*E1"], ActualStatus.CHARGING)
    page = visit("plan", evse=["DK*TST*E1", "DK*TST*E2"])
    page.checkbox(key="plan-drain").check().run()
    assert "Choose the latest start" in written(page)
    fill(page, "plan-start", "2099-06-01T22:00")
    said = written(page)
    assert "Drivers at the charger can still start a session" in said
    assert "only the CSMS can prevent it" in said
    assert "The override waits for the end of the session" in said
    before = product.now()
    press(page, "Place 2 overrides")
    charging, free = stored(product)
    assert charging.waits(product.now())
    assert charging.starts_at == datetime(2099, 6, 1, 20, tzinfo=UTC)
    assert before <= free.starts_at <= product.now()
    report(product.database, evses["DK*TST*E1"], ActualStatus.AVAILABLE)
    assert stored(product)[0].starts_at <= product.now()
