"""One time on the wall at sites in several zones: gaps, folds, each where its clocks have them (rule 6)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from streamlit.testing.v1 import AppTest

from evse_status.ui.site_clocks import neighbours

COPENHAGEN, LONDON = ZoneInfo("Europe/Copenhagen"), ZoneInfo("Europe/London")
LORD_HOWE, TOKYO = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Tokyo")


def picker(local: str, *zones: str) -> AppTest:
    def page() -> None:
        import zoneinfo

        import streamlit as st

        from evse_status.ui import site_clocks

        its = [zoneinfo.ZoneInfo(name) for name in st.session_state["zones"]]
        site_clocks.wall_input(
            "Start", key="start", zones=its, field="validFrom", hint="", on_change=lambda: None
        )
        found = site_clocks.chosen_at("start", its, field="validFrom")
        for name, chosen in found.items():
            st.text(f"{name} {chosen.at.isoformat() if chosen.at else chosen.refused}")

    test = AppTest.from_function(page)
    test.session_state["zones"] = list(zones)
    test.session_state["start"] = datetime.fromisoformat(local)
    return test.run()


def read(page: AppTest) -> list[str]:
    return [one.value for one in page.text]


def test_the_same_time_at_each_site_is_another_instant() -> None:
    assert read(picker("2026-10-24T22:00", "Europe/Copenhagen", "Europe/London")) == [
        "Europe/Copenhagen 2026-10-24T20:00:00+00:00",
        "Europe/London 2026-10-24T21:00:00+00:00",
    ]


def test_a_time_that_happens_twice_at_some_sites_is_asked_for_those_alone() -> None:
    page = picker("2026-10-25T02:30", "Europe/Copenhagen", "Europe/Berlin", "Europe/London")
    [which] = page.radio
    assert (
        which.label.replace("\\", "")
        == "02:30 happens twice in Europe/Copenhagen and Europe/Berlin: which one?"
    )
    assert which.options == ["First, UTC+2", "Second, UTC+1"]
    assert read(which.set_value(which.options[1]).run()) == [
        "Europe/Copenhagen 2026-10-25T01:30:00+00:00",
        "Europe/Berlin 2026-10-25T01:30:00+00:00",
        "Europe/London 2026-10-25T02:30:00+00:00",
    ]


def test_an_answer_for_one_zone_answers_for_no_other() -> None:
    page = picker("2026-10-25T01:30", "Europe/London", "Asia/Tokyo")
    [which] = page.radio
    page = which.set_value(which.options[1]).run()
    page.session_state["zones"] = ["Europe/Copenhagen"]
    page.session_state["start"] = datetime(2026, 10, 25, 2, 30)
    assert "happens twice in Europe/Copenhagen" in read(page.run())[0]


def test_a_time_that_one_site_skips_is_refused_with_neighbours_that_all_have() -> None:
    page = picker("2026-03-29T02:30", "Europe/Copenhagen", "Europe/London", "Asia/Tokyo")
    assert "does not exist in Europe/Copenhagen" in page.error[0].value.replace("\\", "")
    # London skips the hour before
    assert [one.label for one in page.button] == ["00:59", "03:00"]
    page = page.button(key="start-later").click().run()
    assert not page.error
    assert read(page)[0] == "Europe/Copenhagen 2026-03-29T01:00:00+00:00"


def test_half_an_hour_is_skipped_on_lord_howe_and_none_in_tokyo() -> None:
    skipped = datetime(2026, 10, 4, 2, 15)
    assert neighbours(skipped, [LORD_HOWE, TOKYO]) == (
        datetime(2026, 10, 4, 1, 59),
        datetime(2026, 10, 4, 2, 30),
    )
    assert neighbours(skipped, [TOKYO, COPENHAGEN, LONDON]) == (skipped, skipped)
