"""How does the plan page put what repeats into words?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from evse_status.core.errors import InvalidInput, OccurrencesOverlap
from evse_status.core.override import Override
from evse_status.core.series import Occurrence
from evse_status.service.schedule import ItemResult
from evse_status.service.series import GroupPreview, SeriesPreview
from evse_status.ui.looks import label
from evse_status.ui.texts import counted, how_long, when
from evse_status.ui.views.plan import named_zones


def ordinal(number: int) -> str:
    """ "1st", "2nd", "11th", "23rd"."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def nth_weekday(day: datetime) -> int:
    """Which of its weekday in the month a day is: 1 to 4, −1 for the fifth, which is the last."""
    number = (day.day + 6) // 7
    return number if number < 5 else -1


@dataclass(frozen=True, slots=True)
class NextTime:
    """One time that is due or was ticked out: as clocks at the sites show it, and in UTC by city."""

    local_start: datetime
    happens: bool
    title: str
    in_utc: tuple[str, ...]
    touched: tuple[str, ...]


def first_time(group: GroupPreview) -> Occurrence | None:
    """The first time that isn't ticked out."""
    return next(iter(group.next), None)


def next_times(groups: Sequence[GroupPreview], *, now: datetime) -> tuple[NextTime, ...]:
    """The next times in order, with those ticked out; alike on the wall in several zones is one."""
    skipped = {start for group in groups for start in group.wish.exceptions}
    found: dict[datetime, list[tuple[str, Occurrence]]] = {start: [] for start in skipped}
    for group in groups:
        for one in group.next:
            found.setdefault(one.local_start, []).append((group.wish.zone, one))
    minutes = groups[0].wish.minutes if groups else 0
    return tuple(_next_time(start, found[start], minutes, now=now) for start in sorted(found))


def too_long(error: OccurrencesOverlap) -> InvalidInput:
    """The same refusal in the words of the form, which asks for an end, not for minutes."""
    longest = how_long(timedelta(minutes=error.longest))
    return InvalidInput(
        f"validTo: the next time begins before this one ends. It can last {longest} at most.",
        field="validTo",
    )


def repeated_headline(items: Sequence[ItemResult]) -> str:
    """How it went: "Repeats on 12 EVSEs, 1 refused"."""
    refused = sum(one.error is not None for one in items)
    done = counted(len(items) - refused, "EVSE")
    return f"Repeats on {done}" + (f", {refused:,} refused" if refused else "")


def series_line(description: str, zones: Sequence[str]) -> str:
    """A series with the clocks it goes by: "Every second Tuesday, 22:00–05:00, on clocks in …"."""
    return f"{description}, on clocks in {named_zones(zones)}"


def later_touched(groups: Sequence[GroupPreview], *, now: datetime) -> tuple[str, ...]:
    """Times beyond the next ones that a clock change touches, one line each."""
    found: dict[tuple[datetime, str], list[str]] = {}
    for group in groups:
        shown = {one.local_start for one in group.next}
        for one in group.touched:
            if one.local_start not in shown:
                zones = found.setdefault((one.local_start, one.touched), [])
                zones.append(group.wish.zone)
    return tuple(
        f"{_day(start, now=now)}, {named_zones(zones)}: {touched}"
        for (start, touched), zones in sorted(found.items())
    )


def series_overlap_lines(series: SeriesPreview, zone: ZoneInfo) -> tuple[str, ...]:
    """Every override that a series meets, with the winner and how often."""
    lines = []
    for group in series.groups:
        new = label(group.wish.temporary_status)
        for one in group.overlaps:
            old = f"{label(one.existing.temporary_status)} {_name(one.existing)}"
            who = f"{new} (the new one)" if one.new_wins else old
            often = "once" if one.count == 1 else f"{one.count:,} times"
            start = when(one.from_at, zone, now=series.now)
            lines.append(f"{one.evse.evse_id} with {old}: {who} wins, {often}, first on {start}.")
    return tuple(lines)


def _next_time(
    start: datetime, some: Sequence[tuple[str, Occurrence]], minutes: int, *, now: datetime
) -> NextTime:
    end = start + timedelta(minutes=minutes)
    last = f"{end:%a} " if (end.date() - start.date()).days > 1 else ""
    title = f"{_day(start, now=now)}, {start:%H:%M}–{last}{end:%H:%M}"
    spans: dict[str, list[str]] = {}
    touched: dict[str, list[str]] = {}
    for zone, one in some:
        spans.setdefault(f"{one.starts_at:%H:%M}–{one.ends_at:%H:%M}", []).append(_city(zone))
        if one.touched:
            touched.setdefault(one.touched, []).append(_city(zone))
    return NextTime(
        local_start=start,
        happens=bool(some),
        title=title,
        in_utc=tuple(
            f"{named_zones(cities)} {span}" if len(spans) > 1 else span
            for span, cities in spans.items()
        ),
        touched=tuple(
            f"{named_zones(cities)}: {said}" if len(some) > 1 else said
            for said, cities in touched.items()
        ),
    )


def _name(override: Override) -> str:
    if override.series_id is not None:
        return f"of series #{override.series_id}"
    return f"#{override.id}"


def _day(start: datetime, *, now: datetime) -> str:
    year = f" {start.year}" if start.year != now.year else ""
    return f"{start:%a} {start.day} {start:%b}{year}"


def _city(zone: str) -> str:
    return zone.rsplit("/", 1)[-1].replace("_", " ")
