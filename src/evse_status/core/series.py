"""What is a series? A repeating override; its occurrences are overrides that name it (rule 18)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from evse_status.core.errors import UnusableRule
from evse_status.core.local_time import resolve_leniently
from evse_status.core.override import Override
from evse_status.core.period import LATEST
from evse_status.core.recurrence import each_start, require_minutes, starts
from evse_status.core.statuses import Cause, Source, TemporaryStatus
from evse_status.core.wall_period import wall_period

_A_DAY = timedelta(days=1)
_SHORTEST = timedelta(microseconds=1)
_EVSE_BITS = 27
_DAY_BITS = 16
_FIRST_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Series:
    """A repeating override: a rule (RFC 5545 RRULE), an IANA zone, EVSEs (surrogate numbers).

    `first_local_start`, `exceptions`, `cut_from` and `stored_ahead` are naive local times in `zone`,
    `minutes` counts as clocks there do. Instants are UTC: `made_at` settles ties between occurrences
    (rule 7) and is kept through splits, `added_at` is when this part was made. Occurrences that start
    before `stored_to` are stored with ids, and so are those of `stored_ahead` (`None`: all are).
    From `cut_from` on it has none; the series that `continues` this one has them, if there is one.
    """

    id: int
    rule: str
    zone: str
    first_local_start: datetime
    minutes: int
    temporary_status: TemporaryStatus
    evses: tuple[int, ...]
    made_at: datetime
    created_by: str
    exceptions: tuple[datetime, ...] = ()
    reason: str = ""
    cause: Cause | None = None
    ticket: str = ""
    added_at: datetime | None = None
    cut_from: datetime | None = None
    continues: int | None = None
    stored_to: datetime | None = None
    stored_ahead: tuple[datetime, ...] = ()
    version: int = 1
    batch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a series holds: where clocks stand, and the instants `[starts_at, ends_at)` in UTC.

    `touched` is empty, or a sentence that says what a change of the clocks does to it.
    """

    local_start: datetime
    starts_at: datetime
    ends_at: datetime
    touched: str = ""


def occurrences(
    series: Series, from_at: datetime, to_at: datetime | None, *, most: int | None = None
) -> list[Occurrence]:
    """The occurrences that overlap `[from_at, to_at)`, in order; that hold at `from_at` without a `to_at`.

    At most `most`. Without exceptions, those cut off, and those over before the series was made; one
    that was running then starts when it was made (rule 4).
    """
    if to_at is None:
        to_at = from_at + _SHORTEST
    return list(islice(_overlapping(series, from_at, to_at), most))


def next_ones(series: Series, after: datetime, count: int) -> list[Occurrence]:
    """The next `count` occurrences that aren't over at `after`; the one that holds then is the first."""
    return occurrences(series, after, LATEST, most=count)


def occurrence_on(series: Series, local_start: datetime) -> Occurrence | None:
    """The occurrence that clocks see start at `local_start`, if the series has such a one."""
    if series.cut_from is not None and local_start >= series.cut_from:
        return None
    found = starts(series.rule, series.first_local_start, from_local=local_start, most=1)
    if found != [local_start]:
        return None
    return _occurrence(series, local_start, ZoneInfo(series.zone))


def override_of(series: Series, evse: int, occurrence: Occurrence) -> Override:
    """The override on one EVSE that the occurrence is; its id is negative until it is stored."""
    return Override(
        id=virtual_id(series.id, evse, occurrence.local_start),
        evse=evse,
        temporary_status=series.temporary_status,
        requested_from=resolve_leniently(occurrence.local_start, ZoneInfo(series.zone)),
        starts_at=occurrence.starts_at,
        valid_to=occurrence.ends_at,
        made_at=series.made_at,
        created_by=series.created_by,
        source=Source.SERIES,
        reason=series.reason,
        cause=series.cause,
        ticket=series.ticket,
        batch_id=series.batch_id,
        series_id=series.id,
        occurrence_start=f"{occurrence.local_start:%Y-%m-%dT%H:%M}",
    )


def require_local_start(first: datetime, *, field: str = "firstLocalStart") -> None:
    """Refuse a first start that isn't in whole minutes on the wall, from 2000 to 2100 (UnusableRule)."""
    if first.tzinfo or first.second or first.microsecond or not 2000 <= first.year <= 2100:
        raise UnusableRule(
            f"{field}: write a time on the wall in whole minutes, without an offset, "
            "from 2000 to 2100, like 2026-11-24T22:00.",
            field=field,
        )


def require_possible(series: Series, *, now: datetime) -> None:
    """Refuse a series that can't be accepted at `now`, naming `firstLocalStart`, `minutes` or `rule`.

    Its occurrences must not overlap (OccurrencesOverlap on `minutes`), and one at least must be ahead.
    """
    first = series.first_local_start
    require_local_start(first)
    require_minutes(series.minutes, series.rule, first)
    if not next_ones(series, now, 1):
        raise UnusableRule(
            "rule: no occurrence is ahead any more. Choose a later start, a later end or more of them.",
            field="rule",
        )


class VirtualId(NamedTuple):
    """What the negative id of an occurrence says that isn't stored."""

    series: int
    evse: int
    local_day: date


def virtual_id(series: int, evse: int, local_start: datetime) -> int:
    """The id of an occurrence that isn't stored: negative, the same whoever asks, known to no person."""
    days = (local_start.date() - _FIRST_DAY).days
    return -((series << (_EVSE_BITS + _DAY_BITS)) | (evse << _DAY_BITS) | days)


def from_virtual_id(override_id: int) -> VirtualId:
    """What `virtual_id` was made of; a series has at most one occurrence on a day."""
    number = -override_id
    return VirtualId(
        series=number >> (_EVSE_BITS + _DAY_BITS),
        evse=(number >> _DAY_BITS) & ((1 << _EVSE_BITS) - 1),
        local_day=_FIRST_DAY + timedelta(days=number & ((1 << _DAY_BITS) - 1)),
    )


def is_virtual(override_id: int) -> bool:
    """Whether it is the id of an occurrence that isn't stored."""
    return override_id < 0


def _overlapping(series: Series, from_at: datetime, to_at: datetime) -> Iterator[Occurrence]:
    zone = ZoneInfo(series.zone)
    # a day more on both sides: what clocks show differs from instants by less, whatever they do
    from_local = _shown(from_at, zone) - _A_DAY - timedelta(minutes=series.minutes)
    until_local = _shown(to_at, zone) + _A_DAY
    if series.cut_from is not None:
        until_local = min(until_local, series.cut_from)
    first = series.first_local_start
    for start in each_start(series.rule, first, from_local=from_local, until_local=until_local):
        occurrence = _occurrence(series, start, zone)
        if occurrence and occurrence.starts_at < to_at and occurrence.ends_at > from_at:
            yield occurrence


def _occurrence(series: Series, start: datetime, zone: ZoneInfo) -> Occurrence | None:
    """The occurrence of this start; `None` if it is excepted, was over before the series, or never holds."""
    if start in series.exceptions:
        return None
    starts_at, ends_at, touched = wall_period(start, series.minutes, zone)
    starts_at = max(starts_at, series.added_at or series.made_at)
    if ends_at <= starts_at or ends_at > LATEST:
        return None
    return Occurrence(start, starts_at, ends_at, touched)


def _shown(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)
