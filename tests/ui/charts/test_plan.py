"""The small chart: the new override outlined among existing ones, ticks on the sites' clocks."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from evse_status.core.principal import LOCAL
from evse_status.service.plan import PlanPreview, preview_plan
from evse_status.service.schedule import place_overrides
from evse_status.store.database import Database
from evse_status.ui.charts.plan import figure_height, plan_figure, ticks_of
from evse_status.ui.looks import PAGE, TEXT
from support import BLOCKED, Hands, a_site, evse_json, location_json, take_in, wish

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
SATURDAY_22 = datetime(2026, 10, 24, 20, tzinfo=UTC)
SUNDAY_05 = datetime(2026, 10, 25, 4, tzinfo=UTC)


def preview(db: Database, hands: Hands) -> PlanPreview:
    site = a_site(db, hands, count=2)
    place_overrides(db, LOCAL, ["DK*TST*E1"], wish(BLOCKED))
    hands.forward(minutes=1)
    night = wish(valid_from=SATURDAY_22, valid_to=SUNDAY_05)
    return preview_plan(db, LOCAL, list(site.numbers.values()), night, now=hands.now())


def test_new_is_outlined_and_what_it_beats_is_thin_and_hollow(
    sqlite: Database, hands: Hands
) -> None:
    shown = preview(sqlite, hands)
    bars = plan_figure(shown.items, shown, COPENHAGEN, dark=False).data
    planned = [bar for bar in bars if bar.name == "planned"]
    assert [bar.y[0] for bar in planned] == [0, 1]
    assert {bar.marker.line.color for bar in planned} == {TEXT[False]}
    assert {bar.base[0] for bar in planned} == {"2026-10-24 20:00:00.000000"}
    assert {bar.x[0] for bar in planned} == {8 * 3_600_000}
    shadowed = [bar for bar in bars if bar.name == "#1" and bar.marker.color == PAGE[False]]
    assert len(shadowed) == 1
    assert shadowed[0].width < planned[0].width
    assert len([bar for bar in bars if bar.name == "#1"]) == 3


def test_axis_names_start_end_and_the_repeated_hour(sqlite: Database, hands: Hands) -> None:
    names = [text for _, text in ticks_of(preview(sqlite, hands), COPENHAGEN)]
    assert "Sat 22:00" in names
    assert "Sun 05:00" in names
    assert "02:00 again" in names


def test_ticks_never_touch(sqlite: Database, hands: Hands) -> None:
    shown = preview(sqlite, hands)
    instants = [at for at, _ in ticks_of(shown, COPENHAGEN)]
    least = (shown.window_to - shown.window_from) * 0.13
    assert all(b - a >= least for a, b in pairwise(instants))


def test_long_and_open_periods_stay_small(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands, count=1)
    for end in (None, datetime(2099, 1, 1, tzinfo=UTC)):
        shown = preview_plan(
            sqlite, LOCAL, list(site.numbers.values()), wish(valid_to=end), now=hands.now()
        )
        figure = plan_figure(shown.items, shown, COPENHAGEN, dark=True)
        assert 2 <= len(figure.layout.xaxis.ticktext) <= 9
        assert figure.layout.height == figure_height(1)


def test_foreign_text_is_no_markup(sqlite: Database, hands: Hands) -> None:
    take_in(sqlite, location_json("L1", evse_json("1", physical_reference="<b>A1</b>")))
    hands.forward(minutes=1)
    shown = preview_plan(sqlite, LOCAL, [1], wish(), now=hands.now())
    figure = plan_figure(shown.items, shown, COPENHAGEN, dark=False)
    assert "&lt;b&gt;" in figure.layout.annotations[0].text
    assert "<b>" not in figure.layout.annotations[0].text
