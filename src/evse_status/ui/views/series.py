"""What is there to see of series: their rules in words, their next times, what was done to them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from evse_status.core.rule_parts import parts_of
from evse_status.core.rule_words import describe_days
from evse_status.core.series import Occurrence, Series
from evse_status.core.statuses import TemporaryStatus
from evse_status.core.wall_period import length_in_words
from evse_status.service.series_list import SeriesDetail, SeriesLine, SeriesRow
from evse_status.ui.looks import label
from evse_status.ui.texts import counted, day, how_long, period, when
from evse_status.ui.views.override import Fact, HistoryEntry, in_words
from evse_status.ui.views.swatches import cell_swatch


@dataclass(frozen=True, slots=True)
class Time:
    """One time that a series holds, in words: on its own clocks, and on the viewer's where they differ.

    `stands` says how far away it is, `touched` what a change of the clocks does to it; "" if nothing.
    `holds` says whether it does now.
    """

    local_start: datetime
    during: str
    for_viewer: str
    stands: str
    touched: str
    holds: bool


@dataclass(frozen=True, slots=True)
class SeriesView:
    """One series as its page shows it; every text is plain, nothing is escaped."""

    number: str
    status: TemporaryStatus
    rule: str
    clocks: str
    about: tuple[Fact, ...]
    times: tuple[Time, ...]
    skipped: tuple[str, ...]
    others: tuple[tuple[int, str], ...]
    """The other parts of it, since somebody changed it from some time on, with what they are to it."""
    is_over: bool


def series_view(detail: SeriesDetail, *, zone: ZoneInfo, now: datetime) -> SeriesView:
    """One series at `now`, its times on clocks in its own zone and in `zone`, the viewer's."""
    row, one = detail.row, detail.row.series
    return SeriesView(
        number=f"Series #{one.id}",
        status=one.temporary_status,
        rule=row.description,
        clocks=f"On clocks in {one.zone}",
        about=_about(detail, zone=zone, now=now),
        times=tuple(time_of(one, at, zone=zone, now=now) for at in detail.next),
        skipped=tuple(local_day(start, now=now) for start in detail.skipped),
        others=_others(detail),
        is_over=row.is_over,
    )


def time_of(series: Series, at: Occurrence, *, zone: ZoneInfo, now: datetime) -> Time:
    """One occurrence in words."""
    its = ZoneInfo(series.zone)
    apart = any(
        one.astimezone(its).utcoffset() != one.astimezone(zone).utcoffset()
        for one in (at.starts_at, at.ends_at)
    )
    if at.ends_at <= now:
        stands = "over"
    elif at.starts_at <= now:
        stands = f"holds now, {how_long(at.ends_at - now)} left"
    else:
        stands = f"in {how_long(at.starts_at - now)}"
    return Time(
        local_start=at.local_start,
        during=period(at.starts_at, at.ends_at, its, now),
        for_viewer=f"{period(at.starts_at, at.ends_at, zone, now)} in {zone.key}" if apart else "",
        stands=stands,
        touched=at.touched,
        holds=at.starts_at <= now < at.ends_at,
    )


def local_day(start: datetime, *, now: datetime) -> str:
    """A start on the wall, naive: "Tue 24 Nov 22:00"."""
    year = f" {start.year}" if start.year != now.year else ""
    return f"{start:%a} {start.day} {start:%b}{year} {start:%H:%M}"


def series_table(
    rows: Sequence[SeriesRow], *, zone: ZoneInfo, now: datetime, dark: bool
) -> pd.DataFrame:
    """The table of series, one row each; `Next` on clocks in `zone`, the rule on the series' own."""
    return pd.DataFrame(
        [
            (
                cell_swatch(row.series.temporary_status, dark=dark, behind=row.is_over),
                label(row.series.temporary_status),
                f"/series?id={row.series.id}",
                row.description,
                row.series.zone,
                row.evses,
                ", ".join(row.places),
                _next_in_short(row, zone, now),
                row.series.reason,
                row.series.created_by,
                day(row.series.made_at, zone, now=now),
            )
            for row in rows
        ],
        columns=_COLUMNS,
    )


def series_history(
    lines: Sequence[SeriesLine], *, zone: ZoneInfo, now: datetime
) -> tuple[HistoryEntry, ...]:
    """The history of a series, newest first; instants in `zone`, starts on the series' own clocks."""
    return tuple(
        HistoryEntry(
            at=when(line.at, zone, now=now, seconds=True),
            who=line.by,
            what=line.what,
            why=line.why,
            fields=tuple(
                (_HEADS.get(name, name.capitalize()), _step(line.what, name, before, after, now))
                for name, before, after in line.fields
            ),
        )
        for line in reversed(lines)
    )


_COLUMNS = ["", "Status", "No.", "Repeats", "Clocks", "EVSEs", "At", "Next"]
_COLUMNS += ["Reason", "By", "Since"]


_HEADS = {"minutes": "Lasts", "EVSEs": "EVSEs"}


def _about(detail: SeriesDetail, *, zone: ZoneInfo, now: datetime) -> tuple[Fact, ...]:
    row, one = detail.row, detail.row.series
    holds_next = _next_in_short(row, zone, now)
    told = (
        ("EVSEs", f"{counted(row.evses, 'EVSE')} at {', '.join(row.places)}" if row.places else ""),
        ("Next", f"{holds_next} in {zone.key}" if row.next or row.running else holds_next),
        ("Reason", one.reason),
        ("Cause", str(one.cause or "")),
        ("Ticket", one.ticket),
        ("By", one.created_by),
        ("Since", when(one.made_at, zone, now=now)),
        ("Changed", "" if one.added_at in (None, one.made_at) else _added(one, zone, now)),
    )
    return tuple(Fact(name, value) for name, value in told if value)


def _added(one: Series, zone: ZoneInfo, now: datetime) -> str:
    return "" if one.added_at is None else f"{when(one.added_at, zone, now=now)}, from then on"


def _others(detail: SeriesDetail) -> tuple[tuple[int, str], ...]:
    mine = detail.row.series.id
    here = detail.parts.index(mine) if mine in detail.parts else 0
    return tuple(
        (number, "Before it was changed" if place < here else "Since it was changed")
        for place, number in enumerate(detail.parts)
        if number != mine
    )


def _next_in_short(row: SeriesRow, zone: ZoneInfo, now: datetime) -> str:
    if row.running is not None:
        return f"now, until {when(row.running.ends_at, zone, now=now)}"
    if row.next is not None:
        return when(row.next.starts_at, zone, now=now)
    return "over" if row.is_over else ""


def _step(what: str, name: str, before: str, after: str, now: datetime) -> str:
    said = [_said(name, text, now) for text in (before, after)]
    return said[1] if what == "created" else f"{said[0]} → {said[1]}"


def _rule(text: str) -> str:
    """A rule in words, without the hours."""
    parts = parts_of(text)
    until = f", until {parts.until:%-d %b %Y}" if parts.until else ""
    times = f", {counted(parts.count, 'time')}" if parts.count else ""
    return f"{describe_days(parts)}{until}{times}"


def _said(name: str, text: str, now: datetime) -> str:
    """A field of a line of history, as the service tells it, in words."""
    if not text:
        return "none"
    if name == "rule":
        return _rule(text)
    if name == "EVSEs":
        return counted(len(text.split(", ")), "EVSE")
    if name == "minutes":
        return length_in_words(timedelta(minutes=int(text)))
    if name in ("first start", "skipped", "ends before"):
        starts = [datetime.fromisoformat(start) for start in text.split(", ")]
        return ", ".join(local_day(start, now=now) for start in starts)
    return in_words(text) if name == "status" else text
