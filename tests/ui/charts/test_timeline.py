"""What the timeline's picture contains."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import pytest

from evse_status.core.statuses import ActualStatus
from evse_status.ui.charts.timeline import describe, timeline_figure
from evse_status.ui.charts.timeline_rows import BAR, DAYS, EVSE, LANE, PILL, PLACE, STRIP
from evse_status.ui.looks import GRID, INK, PAGE, TEXT, look
from evse_status.ui.views.strip import Strip, strip
from evse_status.ui.views.timeline import (
    Band,
    Bar,
    EvseLine,
    PlaceLines,
    TimelineView,
)
from evse_status.ui.views.window import around, window_of
from support import BLOCKED, COMMISSIONING, MAINTENANCE, NOON, RESERVED, at

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
WINDOW = around(NOON, days=7, zone=COPENHAGEN)
EMPTY = strip([], WINDOW)


def a_bar(**fields: Any) -> Bar:
    known: dict[str, Any] = {
        "override_id": 412,
        "status": MAINTENANCE,
        "from_at": at(-3),
        "to_at": at(26),
        "shadowed": False,
        "open_ended": False,
        "hover": ("Maintenance #412", "why"),
    }
    return Bar(**(known | fields))


def a_line(*bars: Bar, evse: int = 7, **fields: Any) -> EvseLine:
    known: dict[str, Any] = {
        "evse": evse,
        "evse_id": "DK*TST*E1",
        "bay": "Bay 1",
        "actual": ActualStatus.AVAILABLE,
        "bars": bars,
        "bands": (Band(ActualStatus.AVAILABLE, WINDOW.from_at, WINDOW.now, ("Charger", "so")),),
    }
    return EvseLine(**(known | fields))


def a_view(*lines: EvseLine, name: str = "Site 1", shown: Strip = EMPTY) -> TimelineView:
    return TimelineView(WINDOW, (PlaceLines(3, name, "Aarhus · 4 EVSEs", lines),), shown)


def drawn(view: TimelineView, *, dark: bool = False) -> go.Figure:
    return timeline_figure(view, dark=dark)


def trace(figure: go.Figure, name: str) -> Any:
    [found] = [one for one in figure.data if one.name == name]
    return found


def texts_in_bars(figure: go.Figure) -> list[Any]:
    return [one for one in figure.data if isinstance(one, go.Scatter) and one.mode == "text"]


def said(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


def test_a_bar_begins_and_lasts_exactly_as_long_as_its_override() -> None:
    bar = trace(drawn(a_view(a_line(a_bar()))), "Maintenance")
    assert bar.base == ("2026-10-22T09:00:00",)
    assert bar.x == (29 * 3_600_000,)
    assert bar.width == BAR
    assert bar.marker.color == "#D27204"
    assert bar.marker.pattern.shape == "/"
    assert bar.marker.pattern.fillmode == "overlay"


def test_a_bar_of_a_minute_can_be_seen_and_hit_also_where_the_window_ends() -> None:
    minute = timedelta(minutes=1)
    for from_at in (at(3), WINDOW.to_at - minute):
        figure = drawn(a_view(a_line(a_bar(from_at=from_at, to_at=from_at + minute))))
        for name in ("Maintenance", "overrides"):
            bar = trace(figure, name)
            assert timedelta(milliseconds=bar.x[0]) > 40 * minute
            begins = datetime.fromisoformat(bar.base[0]).replace(tzinfo=UTC)
            ends = begins + timedelta(milliseconds=bar.x[0])
            assert begins <= from_at
            assert ends <= WINDOW.to_at + timedelta(milliseconds=1)


def test_a_shadowed_bar_is_hollow_and_thin_below_the_one_that_shows() -> None:
    figure = drawn(a_view(a_line(a_bar(), a_bar(status=BLOCKED, shadowed=True))))
    above, below = trace(figure, "Maintenance"), trace(figure, "shadowed Blocked")
    assert below.width == LANE
    assert below.y[0] > above.y[0]
    assert below.marker.color == PAGE[False]
    assert below.marker.line.color == look(BLOCKED).fill(dark=False)


def test_days_are_as_wide_as_they_are_long_and_labelled_in_the_viewers_zone() -> None:
    axis = drawn(a_view(a_line())).layout.xaxis
    assert axis.type == "date"
    assert (axis.range[0], axis.range[1]) == ("2026-10-20T22:00:00", "2026-10-27T23:00:00")
    assert axis.ticktext[4] == "Sun 25 Oct · 25 h"
    assert axis.tickvals[4] == "2026-10-25T10:30:00"
    assert axis.ticktext[1] == "<b>Thu 22 Oct</b>"
    assert axis.tickangle == 0


def test_every_click_names_what_it_hit() -> None:
    figure = drawn(a_view(a_line(a_bar())))
    assert tuple(trace(figure, "overrides").customdata[0][:2]) == ("override", "412")
    assert [tuple(mark) for mark in trace(figure, "evse rows").customdata] == [("evse", 7)]
    assert [tuple(mark) for mark in trace(figure, "place rows").customdata] == [("place", 3)]
    assert tuple(trace(figure, "actual Available").customdata[0][:2]) == ("evse", 7)


def test_only_overrides_show_a_selection_and_nothing_fades() -> None:
    figure = drawn(a_view(a_line(a_bar())))
    handles = trace(figure, "overrides")
    assert handles.marker.opacity == 0
    assert (handles.selected.marker.opacity, handles.unselected.marker.opacity) == (1, 0)
    assert handles.width[0] < BAR
    for one in figure.data:
        if isinstance(one, go.Bar) and one.name != "overrides":
            assert one.unselected.marker.opacity == 1


def test_the_same_view_is_the_same_picture_to_the_byte() -> None:
    first, second = (drawn(a_view(a_line(a_bar()))).to_json() for _ in range(2))
    assert first == second


def test_a_label_is_chosen_for_the_length_of_the_bar() -> None:
    day = timedelta(days=1)
    from_at = WINDOW.now + day
    words = []
    for length in (3 * day, day / 2, day / 8):
        bar = a_bar(status=BLOCKED, from_at=from_at, to_at=from_at + length)
        figure = drawn(a_view(a_line(bar)))
        texts = [text for one in texts_in_bars(figure) for text in one.text]
        words.append(["Blocked" in text for text in texts])
    assert words == [[True], [False], []]


def test_a_label_gives_way_to_the_line_at_now() -> None:
    figure = drawn(a_view(a_line(a_bar(from_at=at(-1), to_at=at(60)))))
    [words] = texts_in_bars(figure)
    assert words.textposition == ("middle left",)
    assert words.x == ("2026-10-25T00:00:00",)


def test_an_open_end_is_said() -> None:
    bar = a_bar(status=COMMISSIONING, from_at=WINDOW.from_at, to_at=WINDOW.to_at, open_ended=True)
    [words] = texts_in_bars(drawn(a_view(a_line(bar))))
    assert any("until cleared" in text and "chevron_right" in text for text in words.text)
    assert any("Commissioning" in text for text in words.text)


def test_now_is_a_pill_and_a_line_broken_behind_the_days() -> None:
    figure = drawn(a_view(a_line()))
    assert "<b>Now</b>" in said(figure)
    lines = [
        shape
        for shape in figure.layout.shapes
        if shape.type == "line" and shape.line.color == TEXT[False]
    ]
    assert [shape.x0 for shape in lines] == ["2026-10-22T12:00:00"] * 2
    gap = lines[1].y0 - lines[0].y1
    assert gap == pytest.approx(DAYS / (PILL + STRIP + DAYS + PLACE + EVSE))


def test_a_window_without_now_has_no_line() -> None:
    past = window_of(date(2026, 9, 1), date(2026, 9, 7), zone=COPENHAGEN, now=NOON)
    figure = timeline_figure(TimelineView(past, a_view(a_line()).places, EMPTY), dark=False)
    assert not any("Now" in text for text in said(figure))
    assert all(shape.line.color in (None, GRID[False]) for shape in figure.layout.shapes)


def test_the_strip_stacks_over_one_grid_of_instants() -> None:
    shown = Strip(
        (WINDOW.from_at, at(0), WINDOW.to_at),
        dict.fromkeys((COMMISSIONING, MAINTENANCE, BLOCKED), (1, 2, 2)) | {RESERVED: (0, 0, 0)},
    )
    figure = drawn(a_view(a_line(), shown=shown))
    layers = [one for one in figure.data if one.name.startswith("fleet ")]
    assert [layer.name for layer in layers] == [
        "fleet Commissioning",
        "fleet Maintenance",
        "fleet Blocked",
        "fleet Reserved",
    ]
    assert len({layer.x for layer in layers}) == 1
    assert {layer.line.shape for layer in layers} == {"hv"}
    assert list(figure.layout.yaxis2.tickvals) == [0, 5, 10]


def test_rows_are_as_high_as_they_should_be() -> None:
    figure = drawn(a_view(a_line(), a_line(evse=8)))
    assert figure.layout.yaxis.range == (PLACE + 2 * EVSE, 0)
    assert figure.layout.height == PILL + STRIP + DAYS + PLACE + 2 * EVSE + 4


def test_foreign_text_is_shown_as_text() -> None:
    evil = "<script>alert(1)</script>"
    bar = a_bar(hover=(f"Maintenance {evil}", evil))
    view = a_view(a_line(bar, evse_id="<b>", bay=evil), name=evil)
    json = drawn(view).to_json()
    assert "<script" not in json.replace("\\u003c", "<")
    assert "&lt;b&gt;" in said(drawn(view))


def test_a_long_id_keeps_its_end() -> None:
    line = a_line(evse_id="DE*ABCDEFGH*E12345678901234567*12", bay="Parking deck 3, bay 12")
    texts = said(drawn(a_view(line)))
    assert any(text.startswith("DE*") and text.endswith("567*12") for text in texts)
    assert not any("E12345678901234567" in text for text in texts)


def test_dark_is_drawn_in_dark_colours() -> None:
    figure = drawn(a_view(a_line(a_bar())), dark=True)
    assert trace(figure, "Maintenance").marker.color == "#FB9D3C"
    [words] = texts_in_bars(figure)
    assert words.textfont.color == words.unselected.textfont.color == INK


def test_the_picture_is_described_in_words() -> None:
    assert describe(a_view(a_line(a_bar()), a_line())) == (
        "Timeline of 2 EVSEs at 1 location, 1 of them with an override in the window."
    )


def test_instants_are_plotted_in_utc() -> None:
    somewhere = datetime(2026, 10, 22, 14, 0, tzinfo=COPENHAGEN)
    bar = trace(drawn(a_view(a_line(a_bar(from_at=somewhere)))), "Maintenance")
    assert bar.base == (somewhere.astimezone(UTC).replace(tzinfo=None).isoformat(),)
