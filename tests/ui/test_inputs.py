"""What is typed on the wall is what is stored, and nothing is moved silently (rule 6)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from evse_status.core.errors import AmbiguousLocalTime, NonexistentLocalTime
from evse_status.core.local_time import Fold
from evse_status.ui.inputs import Chosen, midnight, next_minute, on_the_wall, read_wall, tonight

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
FIRST_0230 = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
SECOND_0230 = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def read(text: str | None, *, fold: Fold | None = None, unless: datetime | None = None) -> Chosen:
    local = None if text is None else wall(text)
    return read_wall(local, COPENHAGEN, fold=fold, field="validFrom", unless=unless)


def test_wall_time_becomes_the_instant_of_its_zone() -> None:
    assert read("2026-10-24T22:00") == Chosen(utc("2026-10-24T20:00"))
    assert read("2026-10-25T05:00") == Chosen(utc("2026-10-25T04:00"))


def test_empty_picker_is_no_instant_and_no_refusal() -> None:
    assert read(None) == Chosen()


def test_time_in_the_spring_gap_is_refused_with_its_neighbours() -> None:
    refused = read("2026-03-29T02:30").refused
    assert isinstance(refused, NonexistentLocalTime)
    assert refused.field == "validFrom"
    assert (refused.earlier, refused.later) == (utc("2026-03-29T00:59"), utc("2026-03-29T01:00"))


def test_time_in_the_autumn_fold_is_refused_until_somebody_says_which() -> None:
    assert isinstance(read("2026-10-25T02:30").refused, AmbiguousLocalTime)
    assert read("2026-10-25T02:30", fold=Fold.FIRST).at == FIRST_0230
    assert read("2026-10-25T02:30", fold=Fold.SECOND).at == SECOND_0230


@pytest.mark.parametrize("at", [FIRST_0230, SECOND_0230, utc("2026-10-25T12:00:00.123456")])
def test_instant_that_nobody_touched_comes_back_to_the_microsecond(at: datetime) -> None:
    shown = on_the_wall(at, COPENHAGEN)
    assert read_wall(
        shown.local, COPENHAGEN, fold=shown.fold, field="validFrom", unless=at
    ) == Chosen(at)


def test_touched_instant_is_a_whole_minute() -> None:
    filled = utc("2026-10-25T12:00:30")
    assert read("2026-10-25T13:01", unless=filled) == Chosen(utc("2026-10-25T12:01"))


def test_tonight_lasts_what_the_clock_on_the_wall_does_not_say() -> None:
    begins, ends = tonight(utc("2026-10-24T12:00"), COPENHAGEN)
    assert (begins, ends) == (utc("2026-10-24T20:00"), utc("2026-10-25T04:00"))


def test_midnight_is_that_of_the_site() -> None:
    now = utc("2026-10-24T22:30")  # Sunday 00:30 in Copenhagen
    assert midnight(now, COPENHAGEN) == utc("2026-10-24T22:00")
    assert midnight(now, COPENHAGEN, days=1) == utc("2026-10-25T23:00")


def test_next_minute_rounds_up_and_keeps_whole_ones() -> None:
    assert next_minute(utc("2026-10-24T22:30")) == utc("2026-10-24T22:30")
    assert next_minute(utc("2026-10-24T22:30:00.000001")) == utc("2026-10-24T22:31")


def picker(filled: str) -> AppTest:
    def script(filled: str) -> None:
        from datetime import datetime
        from zoneinfo import ZoneInfo

        import streamlit as st

        from evse_status.ui.inputs import instant_input

        chosen = instant_input(
            "Start, site time",
            key="start",
            in_zone=ZoneInfo("Europe/Copenhagen"),
            field="validFrom",
            value=datetime.fromisoformat(filled) if filled else None,
        )
        st.text(f"{chosen.at} {type(chosen.refused).__name__}")

    app = AppTest.from_function(script, args=(filled,)).run()
    assert not app.exception
    return app


def type_into(app: AppTest, local: str) -> None:
    app.datetime_input[0].set_value(wall(local)).run()
    assert not app.exception


def test_picker_offers_the_neighbours_of_a_gap_as_buttons() -> None:
    app = picker("")
    type_into(app, "2026-03-29T02:30")
    assert app.text[0].value == "None NonexistentLocalTime"
    assert "does not exist in Europe/Copenhagen" in app.error[0].value.replace("\\", "")
    assert [button.label for button in app.button] == ["01:59", "03:00"]
    app.button[1].click().run()
    assert app.text[0].value == "2026-03-29 01:00:00+00:00 NoneType"
    assert not app.error


def test_picker_asks_which_of_two_and_never_assumes() -> None:
    app = picker("2026-10-24T10:00:00+00:00")
    type_into(app, "2026-10-25T02:30")
    assert app.text[0].value == "None AmbiguousLocalTime"
    assert app.radio[0].options == ["First, UTC+2", "Second, UTC+1"]
    app.radio[0].set_value(app.radio[0].options[1]).run()
    assert app.text[0].value == f"{SECOND_0230} NoneType"


@pytest.mark.parametrize("at", [FIRST_0230, SECOND_0230])
def test_both_folds_survive_opening_for_edit(at: datetime) -> None:
    app = picker(at.isoformat())
    assert app.text[0].value == f"{at} NoneType"
    assert app.run().text[0].value == f"{at} NoneType"
