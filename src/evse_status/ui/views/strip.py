"""How is the whole fleet told over a window? As steps of how many EVSEs show each temporary status."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from evse_status.core.errors import EvseStatusError
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.fleet import StripColumn
from evse_status.ui.beside import Told
from evse_status.ui.texts import clock
from evse_status.ui.views.window import Window

STACKED = (
    TemporaryStatus.COMMISSIONING,
    TemporaryStatus.MAINTENANCE,
    TemporaryStatus.BLOCKED,
    TemporaryStatus.RESERVED,
)
"""The strip's layers from the bottom up."""

MOST_STRIP_COLUMNS = 700
"""About one per pixel: half of that with the lowest and the highest of each."""


@dataclass(frozen=True, slots=True)
class Strip:
    """How many EVSEs show each temporary status from each instant on; all over one grid of instants.

    `note` is what else is to know: that it is still being counted, or why it couldn't be.
    """

    at: tuple[datetime, ...]
    shown: Mapping[TemporaryStatus, tuple[int, ...]]
    note: str = ""

    @property
    def highest(self) -> int:
        """The most EVSEs under any temporary status at once."""
        return max((sum(column) for column in zip(*self.shown.values(), strict=True)), default=0)


def strip(columns: Sequence[StripColumn], window: Window, *, note: str = "") -> Strip:
    """The strip as steps, closed at the window's end; long ones thinned to what pixels can show."""
    kept = _thinned(columns, window)
    at = tuple(column.from_at for column in kept)
    shown = {status: tuple(c.shown.get(status, 0) for c in kept) for status in STACKED}
    if not kept:
        return Strip((), shown, note)
    closed = {status: (*counts, counts[-1]) for status, counts in shown.items()}
    return Strip((*at, window.to_at), closed, note)


def strip_told(told: Told[list[StripColumn]], window: Window) -> Strip:
    """The strip as far as it is counted, with a note unless it is the newest."""
    note = ""
    if told.error is not None:
        why = told.error.message if isinstance(told.error, EvseStatusError) else _NOT_COUNTED
        note = f"Not counted: {why}"
    elif told.coming is not None:
        since = f", as of {clock(told.as_of, window.zone, seconds=True)}" if told.as_of else " …"
        note = f"Counting{since}"
    return strip(told.answer or [], window, note=note)


_NOT_COUNTED = "something went wrong; the server's log has the details."


def _thinned(columns: Sequence[StripColumn], window: Window) -> list[StripColumn]:
    """Of each pixel's columns the lowest and the highest, in their order."""
    if len(columns) <= MOST_STRIP_COLUMNS:
        return list(columns)
    width = window.length / (MOST_STRIP_COLUMNS // 2)
    kept: list[StripColumn] = []
    for _, in_pixel in groupby(columns, key=lambda c: (c.from_at - window.from_at) // width):
        several = list(in_pixel)
        lowest = min(several, key=lambda c: sum(c.shown.values()))
        highest = max(several, key=lambda c: sum(c.shown.values()))
        kept += sorted({id(c): c for c in (lowest, highest)}.values(), key=lambda c: c.from_at)
    return kept
