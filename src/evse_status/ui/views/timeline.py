"""What does the timeline show? Places, their EVSEs, bars, bands and the strip of the whole fleet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import groupby
from textwrap import shorten, wrap
from zoneinfo import ZoneInfo

from evse_status.core.displayed import Stretch
from evse_status.core.override import Override
from evse_status.core.segments import Segment
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import Words, words
from evse_status.service.fleet import EvseCard, FleetPage, FleetRow
from evse_status.ui.looks import label
from evse_status.ui.texts import clock_difference, counted, period
from evse_status.ui.views.names import in_address, with_name
from evse_status.ui.views.override import is_waiting, source_of
from evse_status.ui.views.strip import Strip
from evse_status.ui.views.window import Window


@dataclass(frozen=True, slots=True)
class Bar:
    """An override where it shows, or (`shadowed`) where it holds without showing.

    Clipped to the window; `open_ended` goes on beyond it until somebody clears it. `hover` is
    plain text, line by line, the first one a heading.
    """

    override_id: int
    status: TemporaryStatus
    from_at: datetime
    to_at: datetime
    shadowed: bool
    open_ended: bool
    hover: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the actual status, up to now."""

    status: ActualStatus
    from_at: datetime
    to_at: datetime
    hover: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvseLine:
    """One EVSE's row. `evse` is its surrogate number."""

    evse: int
    evse_id: str
    bay: str
    actual: ActualStatus
    bars: tuple[Bar, ...]
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class PlaceLines:
    """A location's heading and those of its EVSEs that are on this page."""

    location_id: int
    name: str
    note: str
    evses: tuple[EvseLine, ...]


@dataclass(frozen=True, slots=True)
class TimelineView:
    """Everything that the picture shows."""

    window: Window
    places: tuple[PlaceLines, ...]
    strip: Strip


@dataclass(frozen=True, slots=True)
class Goal:
    """What can be gone to without a mouse: an "override", "evse" or "place", as addresses name it."""

    kind: str
    name: str
    text: str


def goals(view: TimelineView) -> tuple[Goal, ...]:
    """Everything that can be clicked in the picture, row by row, each override once."""
    found: dict[tuple[str, str], Goal] = {}
    for place in view.places:
        at = ("place", str(place.location_id))
        found[at] = Goal(*at, f"Location {place.name} · {place.note}")
        for line in place.evses:
            for bar in sorted(line.bars, key=lambda bar: bar.from_at):
                key = ("override", in_address(bar.override_id))
                said = " · ".join((line.evse_id, bar.hover[0], bar.hover[2]))
                found.setdefault(key, Goal(*key, said))
            named = " · ".join(part for part in (line.evse_id, line.bay) if part)
            row = ("evse", str(line.evse))
            found[row] = Goal(*row, f"{named} · plan an override")
    return tuple(found.values())


def timeline_view(page: FleetPage, strip: Strip, window: Window) -> TimelineView:
    """The picture's content, from one page of the fleet and the strip over the same window."""
    places = tuple(
        _place(list(rows), page, window)
        for _, rows in groupby(page.rows, key=lambda row: row.evse.location_id)
    )
    return TimelineView(window, places, strip)


def _place(rows: list[FleetRow], page: FleetPage, window: Window) -> PlaceLines:
    first = rows[0].evse
    many = page.evses_at_location.get(first.location_id, len(rows))
    notes = [first.city, counted(many, "EVSE")]
    apart = clock_difference(ZoneInfo(first.time_zone), window.zone, window.now)
    if apart:
        notes.append(f"site time {first.time_zone}, {apart}")
    return PlaceLines(
        location_id=first.location_id,
        name=first.location_name,
        note=" · ".join(note for note in notes if note),
        evses=tuple(_line(row, page.overrides, window) for row in rows),
    )


def _line(row: FleetRow, overrides: Mapping[int, Override], window: Window) -> EvseLine:
    held_back = {
        held.segment.override_id: held.because
        for stretch in reversed(row.track)
        for held in stretch.displayed.held_back
    }
    bars = [
        _bar(run, row.evse, overrides, window, shadowed_because="")
        for run in _runs(row.track, lambda stretch: stretch.displayed.winner)
    ]
    shadowed = [
        _bar(run, row.evse, overrides, window, shadowed_because=because)
        for override_id, because in held_back.items()
        for run in _runs(row.track, partial(_held_back, override_id))
    ]
    shadowed.sort(key=lambda bar: bar.to_at - bar.from_at, reverse=True)
    return EvseLine(
        evse=row.evse.id,
        evse_id=row.evse.evse_id,
        bay=row.evse.physical_reference,
        actual=row.actual_now,
        bars=(*bars, *shadowed),
        bands=_bands(row.track, window),
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """An unbroken time in which one override plays the same part; `to_at=None`: no end known."""

    segment: Segment
    from_at: datetime
    to_at: datetime | None


def _held_back(override_id: int, stretch: Stretch) -> Segment | None:
    mine = (held.segment for held in stretch.displayed.held_back)
    return next((segment for segment in mine if segment.override_id == override_id), None)


def _runs(track: Sequence[Stretch], part: Callable[[Stretch], Segment | None]) -> list[_Run]:
    runs: list[_Run] = []
    for stretch in track:
        segment = part(stretch)
        if segment is None:
            continue
        last = runs[-1] if runs else None
        if (
            last is not None
            and last.to_at == stretch.from_at
            and (last.segment.override_id, last.segment.status)
            == (segment.override_id, segment.status)
        ):
            runs[-1] = replace(last, segment=segment, to_at=stretch.to_at)
        else:
            runs.append(_Run(segment, stretch.from_at, stretch.to_at))
    return runs


def _bar(
    run: _Run,
    evse: EvseCard,
    overrides: Mapping[int, Override],
    window: Window,
    *,
    shadowed_because: str,
) -> Bar:
    to_at = window.to_at if run.to_at is None else min(run.to_at, window.to_at)
    return Bar(
        override_id=run.segment.override_id,
        status=run.segment.status,
        from_at=max(run.from_at, window.from_at),
        to_at=to_at,
        shadowed=bool(shadowed_because),
        open_ended=run.segment.to_at is None and to_at == window.to_at,
        hover=_hover(run.segment, evse, overrides, window, shadowed_because),
    )


def _hover(
    segment: Segment,
    evse: EvseCard,
    overrides: Mapping[int, Override],
    window: Window,
    shadowed_because: str,
) -> tuple[str, ...]:
    """Who, why, the period, what each channel shows."""
    its, now, site = overrides.get(segment.override_id), window.now, ZoneInfo(evse.time_zone)
    from_at, to_at = (
        (segment.from_at, segment.to_at) if its is None else (its.starts_at, its.ends_at)
    )
    lines = [
        with_name(label(segment.status), segment.override_id)
        + (f" · {its.phase(now)}" if its is not None else ""),
        " · ".join(part for part in (evse.evse_id, evse.physical_reference) if part),
        f"{period(from_at, to_at, window.zone, now)} in {window.zone.key}",
    ]
    if clock_difference(site, window.zone, from_at):
        lines.append(f"{period(from_at, to_at, site, now)} in {site.key}")
    if its is not None and is_waiting(its, now=now):
        lines.append("Waits for the session that is running to end, until then at the latest")
    if its is not None:
        if its.reason:
            lines += wrap(shorten(its.reason, 150, placeholder=" …"), 60)
        lines.append(f"{its.created_by} · {source_of(its)}")
    lines.append(_told(words(segment.status)))
    if shadowed_because:
        lines.append(f"Doesn't show: {in_words(shadowed_because)}")
    return tuple(lines)


def _told(told: Words) -> str:
    return f"Spirii Go {told.spirii_go} · Hubject {told.hubject} · OCPI {told.ocpi}"


def in_words(because: str) -> str:
    """A rule's sentence with statuses as people read them: "Maintenance outranks Blocked"."""
    return " ".join(_READABLE.get(word, word) for word in because.split(" "))


_READABLE = {status.value: label(status) for status in (*ActualStatus, *TemporaryStatus)}


def _bands(track: Sequence[Stretch], window: Window) -> tuple[Band, ...]:
    bands: list[Band] = []
    for stretch in track:
        to_at = min(stretch.to_at or window.to_at, window.now)
        if to_at <= stretch.from_at:
            break
        actual = stretch.displayed.actual
        if bands and bands[-1].status is actual:
            bands[-1] = replace(bands[-1], to_at=to_at)
        else:
            bands.append(Band(actual, stretch.from_at, to_at, ()))
    return tuple(replace(band, hover=_band_hover(band, window)) for band in bands)


def _band_hover(band: Band, window: Window) -> tuple[str, ...]:
    ends = None if band.to_at == window.now else band.to_at
    shown = period(band.from_at, ends, window.zone, window.now)
    return (f"Charger reports {label(band.status)}", shown.replace(", until cleared", " until now"))
