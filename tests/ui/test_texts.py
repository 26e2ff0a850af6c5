"""How instants, durations and foreign texts are written."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from evse_status.ui.texts import (
    clock_difference,
    counted,
    csv_cell,
    how_long,
    html_text,
    period,
    plain,
    plotly_text,
    when,
    zone_label,
)

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 10, 22, 12, 20, tzinfo=UTC)


def test_an_instant_is_written_in_the_zone_that_is_asked_for() -> None:
    assert when(NOW, COPENHAGEN, now=NOW) == "Thu 22 Oct 14:20"
    assert when(NOW, ZoneInfo("Asia/Tokyo"), now=NOW, seconds=True) == "Thu 22 Oct 21:20:00"


def test_another_year_is_named() -> None:
    next_year = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
    assert when(next_year, COPENHAGEN, now=NOW) == "Fri 1 Jan 2027 13:00"


def test_both_readings_of_a_repeated_hour_are_told_apart() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = first + timedelta(hours=1)
    assert when(first, COPENHAGEN, now=NOW) == "Sun 25 Oct 02:30 (UTC+2)"
    assert when(second, COPENHAGEN, now=NOW) == "Sun 25 Oct 02:30 (UTC+1)"


@pytest.mark.parametrize(
    ("to_at", "shown"),
    [
        (NOW + timedelta(hours=3), "Thu 22 Oct 14:20 – 17:20"),
        (NOW + timedelta(days=1), "Thu 22 Oct 14:20 – Fri 23 Oct 14:20"),
        (None, "Thu 22 Oct 14:20, until cleared"),
    ],
)
def test_a_period_names_its_day_once(to_at: datetime | None, shown: str) -> None:
    assert period(NOW, to_at, COPENHAGEN, NOW) == shown


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(days=1, hours=1, minutes=40), "1 day 1 h 40 min"),
        (timedelta(days=40, hours=2, minutes=3), "40 days 2 h"),
        (timedelta(hours=4), "4 h"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(seconds=-3), "0 s"),
    ],
)
def test_a_length_is_written_in_its_largest_units(length: timedelta, shown: str) -> None:
    assert how_long(length) == shown


def test_a_zone_is_named_with_its_offset() -> None:
    assert zone_label(COPENHAGEN, NOW) == "Europe/Copenhagen, UTC+2"
    assert zone_label(ZoneInfo("Asia/Kolkata"), NOW) == "Asia/Kolkata, UTC+5:30"
    assert zone_label(ZoneInfo("UTC"), NOW) == "UTC"


def test_clocks_at_a_site_are_compared_with_the_viewers() -> None:
    assert clock_difference(ZoneInfo("Europe/London"), COPENHAGEN, NOW) == "−1 h"
    assert clock_difference(ZoneInfo("Europe/Helsinki"), COPENHAGEN, NOW) == "+1 h"
    assert clock_difference(ZoneInfo("Europe/Berlin"), COPENHAGEN, NOW) == ""


def test_markdown_shows_foreign_text_letter_by_letter() -> None:
    assert plain("DK*DMO*E1") == r"DK\*DMO\*E1"
    assert plain(":red[x] $a$ [b](c)\n# d") == r"\:red\[x\] \$a\$ \[b\]\(c\) \# d"


def test_plotly_and_html_show_foreign_text_letter_by_letter() -> None:
    evil = "<script>alert(1)</script> & <b>"
    assert plotly_text(evil) == "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;"
    assert html_text('" onload="x') == "&quot; onload=&quot;x"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert csv_cell(f"{start}1+1") == f"'{start}1+1"


def test_an_ordinary_cell_stays_as_it_is() -> None:
    assert csv_cell("DK*DMO*E1") == "DK*DMO*E1"
    assert csv_cell("") == ""


def test_a_number_agrees_with_its_noun() -> None:
    assert [counted(n, "EVSE") for n in (0, 1, 1204)] == ["0 EVSEs", "1 EVSE", "1,204 EVSEs"]
