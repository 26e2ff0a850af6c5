"""The nine-day strip: what shows, what is shadowed, the moment looked at."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from evse_status.core.principal import LOCAL
from evse_status.service.fleet import FleetFilter, fleet_page
from evse_status.service.schedule import place_overrides
from evse_status.store.database import Database
from evse_status.ui.charts.preview import strip_figure
from evse_status.ui.looks import PAGE
from support import BLOCKED, MAINTENANCE, Hands, a_site, at, wish

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
WINDOW = (datetime(2026, 10, 19, 22, tzinfo=UTC), datetime(2026, 10, 28, 23, tzinfo=UTC))


def test_strip_has_winner_and_shadowed_in_two_lanes(sqlite: Database, hands: Hands) -> None:
    a_site(sqlite, hands, count=1)
    place_overrides(sqlite, LOCAL, [1], wish(BLOCKED, valid_from=at(1)))
    place_overrides(sqlite, LOCAL, [1], wish(MAINTENANCE, valid_from=at(1), valid_to=at(48)))
    page = fleet_page(
        sqlite, LOCAL, FleetFilter(), from_at=WINDOW[0], to_at=WINDOW[1], now=hands.now(), limit=1
    )
    figure = strip_figure(page.rows[0].track, WINDOW, COPENHAGEN, at=at(1), dark=False)
    lanes = sorted((bar.name, bar.y[0], bar.marker.color == PAGE[False]) for bar in figure.data)
    assert lanes == [("#1", 0, False), ("#1", 0.8, True), ("#2", 0, False)]


def test_day_of_25_hours_is_wider_and_each_day_is_named(sqlite: Database, hands: Hands) -> None:
    figure = strip_figure((), WINDOW, COPENHAGEN, at=at(1), dark=True)
    axis = figure.layout.xaxis
    assert list(axis.ticktext) == [
        "Tue 20",
        "Wed 21",
        "Thu 22",
        "Fri 23",
        "Sat 24",
        "Sun 25",
        "Mon 26",
        "Tue 27",
        "Wed 28",
    ]
    nights = [shape.x0 for shape in figure.layout.shapes if shape.x0 == shape.x1]
    sunday, monday = "2026-10-24 22:00:00.000000", "2026-10-25 23:00:00.000000"
    assert {sunday, monday} <= set(nights)
    assert datetime.fromisoformat(monday) - datetime.fromisoformat(sunday) == timedelta(hours=25)
