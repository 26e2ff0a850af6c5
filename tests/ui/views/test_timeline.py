"""What the timeline shows of the fleet."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from evse_status.core.displayed import ActualStretch, display_track
from evse_status.core.override import Override
from evse_status.core.segments import planned_segment
from evse_status.core.statuses import ActualStatus, Source, TemporaryStatus
from evse_status.service.fleet import EvseCard, FleetPage, FleetRow, StripColumn
from evse_status.ui.views.strip import strip
from evse_status.ui.views.timeline import (
    Bar,
    TimelineView,
    goals,
    timeline_view,
)
from evse_status.ui.views.timeline_csv import COLUMNS, timeline_csv
from evse_status.ui.views.window import around
from support import BLOCKED, COMMISSIONING, MAINTENANCE, NOON, RESERVED, at, hours, override

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
WINDOW = around(NOON, days=7, zone=COPENHAGEN)
COLUMN = StripColumn(WINDOW.from_at, {BLOCKED: 3})


def a_card(number: int = 1, *, place: int = 1, **fields: object) -> EvseCard:
    known = {
        "id": number,
        "evse_id": f"DK*TST*E{number}",
        "uid": str(number),
        "charger": "C1",
        "physical_reference": f"Bay {number}",
        "power_w": 22_000,
        "connectors": "Type 2",
        "missing_since": None,
        "removed_at": None,
        "location_id": place,
        "location_name": f"Site {place}",
        "address": "Havnegade 1",
        "city": "Aarhus",
        "country_code": "DK",
        "party_id": "TST",
        "time_zone": "Europe/Copenhagen",
        "publish": True,
    }
    return EvseCard(**(known | fields))  # type: ignore[arg-type]


def a_row(
    *overrides: Override,
    card: EvseCard | None = None,
    actuals: Sequence[ActualStretch] = (ActualStretch(ActualStatus.AVAILABLE, at(-400)),),
) -> FleetRow:
    planned = [segment for one in overrides if (segment := planned_segment(one))]
    track = display_track(planned, actuals, from_at=WINDOW.from_at, to_at=WINDOW.to_at)
    return FleetRow(
        card or a_card(), actuals[-1].status, tuple(planned), tuple(actuals), tuple(track)
    )


def a_page(*rows: FleetRow, overrides: Sequence[Override] = ()) -> FleetPage:
    return FleetPage(len(rows), rows, {one.id: one for one in overrides}, {1: 4, 2: 2})


def a_view(*overrides: Override, **fields: object) -> TimelineView:
    row = a_row(*overrides, **fields)  # type: ignore[arg-type]
    return timeline_view(a_page(row, overrides=overrides), strip([], WINDOW), WINDOW)


def bars(view: TimelineView) -> list[tuple[int, TemporaryStatus, datetime, datetime, bool, bool]]:
    return [
        (bar.override_id, bar.status, bar.from_at, bar.to_at, bar.shadowed, bar.open_ended)
        for bar in all_bars(view)
    ]


def all_bars(view: TimelineView) -> list[Bar]:
    return [bar for place in view.places for line in place.evses for bar in line.bars]


def test_an_override_is_one_bar_from_start_to_end_whatever_the_charger_does_under_it() -> None:
    charging = [
        ActualStretch(ActualStatus.AVAILABLE, at(-400), at(-2)),
        ActualStretch(ActualStatus.CHARGING, at(-2), at(-1)),
        ActualStretch(ActualStatus.AVAILABLE, at(-1)),
    ]
    view = a_view(override(valid_to=at(3), made_at=at(-4)), actuals=charging)
    assert bars(view) == [(1, MAINTENANCE, at(-4), at(3), False, False)]


def test_what_is_beaten_lies_in_the_lane_below_and_shows_again_afterwards() -> None:
    blocked = override(BLOCKED, number=1, made_at=at(-10))
    wins = override(MAINTENANCE, number=2, made_at=at(-2), valid_to=at(5))
    view = a_view(blocked, wins)
    assert bars(view) == [
        (1, BLOCKED, at(-10), at(-2), False, False),
        (2, MAINTENANCE, at(-2), at(5), False, False),
        (1, BLOCKED, at(5), WINDOW.to_at, False, True),
        (1, BLOCKED, at(-2), at(5), True, False),
    ]
    shadowed = next(bar for bar in all_bars(view) if bar.shadowed)
    assert shadowed.hover[-1] == "Doesn't show: Maintenance outranks Blocked"


def test_touching_overrides_are_two_bars_without_a_gap() -> None:
    first = override(RESERVED, number=1, valid_to=at(2))
    second = override(BLOCKED, number=2, valid_from=at(2), valid_to=at(4))
    assert bars(a_view(first, second)) == [
        (1, RESERVED, at(0), at(2), False, False),
        (2, BLOCKED, at(2), at(4), False, False),
    ]


def test_a_standing_back_override_lies_in_the_lane_while_the_charger_charges() -> None:
    sensed = override(BLOCKED, source=Source.SENSOR, made_at=at(-3), valid_to=at(3))
    charging = [
        ActualStretch(ActualStatus.AVAILABLE, at(-400), at(-1)),
        ActualStretch(ActualStatus.CHARGING, at(-1)),
    ]
    view = a_view(sensed, actuals=charging)
    assert bars(view) == [
        (1, BLOCKED, at(-3), at(-1), False, False),
        (1, BLOCKED, at(-1), at(3), True, False),
    ]
    assert all_bars(view)[1].hover[-1] == (
        "Doesn't show: Blocked stands back while the charger reports Charging"
    )


def test_bars_are_clipped_to_the_window_and_say_if_they_go_on() -> None:
    ends_later = override(number=1, made_at=at(-400), valid_to=at(400))
    [bar] = all_bars(a_view(ends_later))
    assert (bar.from_at, bar.to_at, bar.open_ended) == (WINDOW.from_at, WINDOW.to_at, False)
    [bar] = all_bars(a_view(override(number=1, made_at=at(-400))))
    assert bar.open_ended


def test_hover_says_who_why_when_and_what_each_channel_shows() -> None:
    made = override(
        COMMISSIONING, number=412, valid_to=at(26), reason="<b>Opening</b> *soon*", made_at=at(-1)
    )
    [bar] = all_bars(a_view(made, card=a_card(time_zone="Europe/London")))
    assert bar.hover == (
        "Commissioning #412 · active",
        "DK*TST*E1 · Bay 1",
        "Thu 22 Oct 13:00 – Fri 23 Oct 16:00 in Europe/Copenhagen",
        "Thu 22 Oct 12:00 – Fri 23 Oct 15:00 in Europe/London",
        "<b>Opening</b> *soon*",
        "Mette · operator",
        "Spirii Go Out of Service · Hubject OutOfService · OCPI PLANNED",
    )


def test_a_long_reason_is_cut_and_wrapped() -> None:
    [bar] = all_bars(a_view(override(reason="word " * 400)))
    assert max(len(line) for line in bar.hover) < 80
    assert sum("word" in line for line in bar.hover) == 3


def test_the_band_ends_at_now_as_the_future_is_not_known() -> None:
    actuals = [
        ActualStretch(ActualStatus.AVAILABLE, at(-12), at(-2)),
        ActualStretch(ActualStatus.OUTOFORDER, at(-2)),
    ]
    [place] = a_view(override(), actuals=actuals).places
    bands = [(band.status, band.from_at, band.to_at) for band in place.evses[0].bands]
    assert bands == [
        (ActualStatus.UNKNOWN, WINDOW.from_at, at(-12)),
        (ActualStatus.AVAILABLE, at(-12), at(-2)),
        (ActualStatus.OUTOFORDER, at(-2), WINDOW.now),
    ]
    assert place.evses[0].bands[2].hover == (
        "Charger reports Out of order",
        "Thu 22 Oct 12:00 until now",
    )


def test_rows_are_grouped_by_location_which_says_how_many_it_has_and_its_zone() -> None:
    rows = [
        a_row(card=a_card(1)),
        a_row(card=a_card(2)),
        a_row(card=a_card(3, place=2, city="Harwich", time_zone="Europe/London")),
    ]
    places = timeline_view(a_page(*rows), strip([], WINDOW), WINDOW).places
    assert [(place.name, place.note, len(place.evses)) for place in places] == [
        ("Site 1", "Aarhus · 4 EVSEs", 2),
        ("Site 2", "Harwich · 2 EVSEs · site time Europe/London, −1 h", 1),
    ]


def test_the_csv_has_a_line_per_override_and_neutral_cells() -> None:
    made = override(number=7, reason="=1+1", valid_from=at(1), valid_to=at(2))
    rows = [
        a_row(made),
        a_row(card=a_card(2, evse_id="+49*810*000*1", physical_reference="@home")),
    ]
    pages = [a_page(row, overrides=[made]) for row in rows]
    parts = list(timeline_csv(pages, now=NOON + hours(1)))
    assert [done for done, _ in parts] == [1, 2]
    text = b"".join(part for _, part in parts).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert tuple(lines[0]) == COLUMNS
    assert lines[0]["from"] == "2026-10-22T13:00:00Z"
    assert lines[0]["to"] == "2026-10-22T14:00:00Z"
    assert lines[0]["phase"] == "active"
    assert lines[0]["reason"] == "'=1+1"
    assert (lines[1]["evse_id"], lines[1]["bay"]) == ("'+49*810*000*1", "'@home")
    assert lines[1]["override_id"] == ""


def test_all_that_can_be_clicked_can_be_gone_to() -> None:
    made = override(number=7, valid_from=at(1), valid_to=at(2))
    beaten = override(number=8, status=RESERVED, valid_from=at(0), valid_to=at(3))
    seen = timeline_view(
        a_page(a_row(made, beaten), overrides=[made, beaten]), strip([], WINDOW), WINDOW
    )
    assert [(goal.kind, goal.name) for goal in goals(seen)] == [
        ("place", "1"),
        ("override", "8"),
        ("override", "7"),
        ("evse", "1"),
    ]
    assert goals(seen)[2].text == (
        "DK*TST*E1 · Maintenance #7 · upcoming · Thu 22 Oct 15:00 – 16:00 in Europe/Copenhagen"
    )
