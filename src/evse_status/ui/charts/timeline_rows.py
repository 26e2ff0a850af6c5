"""Where does each row of the timeline stand?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from evse_status.ui.views.timeline import Bar, EvseLine, PlaceLines

PILL, STRIP, DAYS, PLACE, EVSE = 20, 66, 26, 24, 33
"""Heights in pixels, from the top down: now pill, strip, days, a location's row, an EVSE's row."""
LEFT, RIGHT, BOTTOM = 172, 8, 4
BAR, LANE, LINE = 16, 6, 4
BAR_AT, LANE_AT, LINE_AT = 12, 23, 30.5
"""The middle of bar, shadowed lane and actual band below the top of an EVSE's row."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Where everything stands, in pixels below the days."""

    places: tuple[tuple[float, PlaceLines], ...]
    evses: tuple[tuple[float, EvseLine], ...]
    height: float

    @property
    def paper(self) -> float:
        """The height of what Plotly calls paper: everything but the bottom margin."""
        return PILL + STRIP + DAYS + self.height

    def share(self, below_top: float) -> float:
        """A distance from the figure's top as Plotly's paper coordinate."""
        return 1 - below_top / self.paper


def rows_of(places: Sequence[PlaceLines]) -> Rows:
    """Stack the places' headings and their EVSEs."""
    headings, evses, top = [], [], 0.0
    for place in places:
        headings.append((top, place))
        top += PLACE
        for line in place.evses:
            evses.append((top, line))
            top += EVSE
    return Rows(tuple(headings), tuple(evses), max(top, 1.0))


def all_bars(rows: Rows) -> Iterator[tuple[float, Bar]]:
    """Every bar with the top of its row."""
    for top, line in rows.evses:
        for bar in line.bars:
            yield top, bar


def utc(at: datetime) -> str:
    """Axes know no zone: everything is plotted in UTC, and ticks say local time."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat()


def margin_title(text: str, y: float, *, at: float, **more: Any) -> dict[str, Any]:
    """A text in the left margin, `at` pixels from the figure's edge."""
    return {
        "text": text,
        "showarrow": False,
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "xshift": at - LEFT,
        "yref": "y",
        "y": y,
        "yanchor": "middle",
        "borderpad": 0,
        "font": {"size": 12},
    } | more
