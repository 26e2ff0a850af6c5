"""Which series are there, when do they hold next, and what was done to them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from evse_status.core.errors import UnknownSeries
from evse_status.core.principal import Principal
from evse_status.core.rule_words import describe
from evse_status.core.series import Occurrence, Series, next_ones
from evse_status.service.fleet import EvseCard, card
from evse_status.store import evses
from evse_status.store import series as store
from evse_status.store.database import Database

_MOST_PLACES = 3


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One series in a list. `description` is its rule in words, on clocks of its zone.

    `places` names its locations, at most three and how many more; `evses` counts those within reach.
    `continued_by` is the series that goes on from it since somebody changed it from then on.
    """

    series: Series
    description: str
    evses: int
    places: tuple[str, ...]
    running: Occurrence | None
    next: Occurrence | None
    is_over: bool  # neither running nor with an occurrence ahead
    continued_by: int | None


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """Some series, and how many there are under the same filter."""

    total: int
    rows: tuple[SeriesRow, ...]


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One change of a series. `fields` lists what differs as (name, before, after) in plain text."""

    at: datetime
    by: str
    what: str  # created, changed, cut, skipped, undone
    why: str
    version: int
    batch_id: int | None
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class SeriesDetail:
    """One series with everything about it. `next` has the occurrences ahead, the running one first.

    `skipped` are local starts that don't happen, `parts` the numbers of the series that it became
    by changes from some occurrence on, itself among them, oldest first.
    """

    row: SeriesRow
    evses: tuple[EvseCard, ...]
    next: tuple[Occurrence, ...]
    skipped: tuple[datetime, ...]
    history: tuple[SeriesLine, ...]
    parts: tuple[int, ...]


def list_series(
    db: Database,
    principal: Principal,
    *,
    now: datetime,
    limit: int,
    offset: int = 0,
    include_over: bool = False,
    evse: int | None = None,
    search: str = "",
) -> SeriesPage:
    """The series within reach, the one that holds next first, those that are over last.

    `search` looks for each of its words in rule, reason, ticket, author, zone and places.
    """
    principal.require_reader()
    terms = search.casefold().split()
    with db.read() as conn:
        conditions = [] if evse is None else [store.on_evses([evse])]
        found = rows(conn, principal, store.listed(conn, *conditions), now=now)
    fitting = [
        row
        for row in found
        if (include_over or not row.is_over) and all(term in _searched(row) for term in terms)
    ]
    fitting.sort(key=_order)
    return SeriesPage(len(fitting), tuple(fitting[offset : offset + limit]))


def series_detail(
    db: Database, principal: Principal, series_id: int, *, now: datetime, count: int = 10
) -> SeriesDetail:
    """One series with its next `count` occurrences. Raises UnknownSeries, also for one out of reach."""
    principal.require_reader()
    with db.read() as conn:
        one = store.by_ids(conn, [series_id]).get(series_id)
        if one is None:
            raise UnknownSeries(series_id)
        [*found] = rows(conn, principal, [one], now=now)
        if not found:
            raise UnknownSeries(series_id)
        cards = evses.by_numbers(conn, one.evses, evses.in_area(principal))
        lines = store.history(conn, [series_id])
        parts = _parts(conn, one)
    return SeriesDetail(
        row=found[0],
        evses=tuple(card(cards[number]) for number in one.evses if number in cards),
        next=tuple(next_ones(one, now, count)),
        skipped=tuple(sorted(one.exceptions)),
        history=tuple(_line(line) for line in lines),
        parts=parts,
    )


def rows(
    conn: Connection, principal: Principal, found: Sequence[Series], *, now: datetime
) -> list[SeriesRow]:
    """These series as far as the principal reaches one of their EVSEs, or they have none left."""
    if not found:
        return []
    numbers = [one.id for one in found]
    places = store.places_of(conn, numbers, evses.in_area(principal))
    anywhere = store.evses_of(conn, numbers) if not principal.is_everywhere else {}
    continued = store.continued_by(conn, numbers)
    known = []
    for one in found:
        at = places.get(one.id, [])
        if not at and not (principal.is_everywhere and one.id not in anywhere):
            continue
        ahead = next_ones(one, now, 2)
        running = ahead[0] if ahead and ahead[0].starts_at <= now else None
        coming = next((each for each in ahead if each.starts_at > now), None)
        known.append(
            SeriesRow(
                series=one,
                description=describe(one.rule, one.first_local_start, one.minutes),
                evses=sum(count for _, count in at),
                places=_named([name for name, _ in at]),
                running=running,
                next=coming,
                is_over=running is None and coming is None,
                continued_by=continued.get(one.id),
            )
        )
    return known


def _order(row: SeriesRow) -> tuple[bool, float, int]:
    first = row.running or row.next
    return (row.is_over, first.starts_at.timestamp() if first else 0.0, -row.series.id)


def _named(names: Sequence[str]) -> tuple[str, ...]:
    if len(names) <= _MOST_PLACES:
        return tuple(names)
    return (*names[: _MOST_PLACES - 1], f"{len(names) - _MOST_PLACES + 1} more")


def _searched(row: SeriesRow) -> str:
    one = row.series
    texts = (row.description, one.reason, one.ticket, one.created_by, one.zone, *row.places)
    return " ".join((*texts, one.temporary_status, one.cause or "", f"#{one.id}")).casefold()


def _parts(conn: Connection, one: Series) -> tuple[int, ...]:
    first = one
    while first.continues is not None:
        first = store.by_ids(conn, [first.continues], with_evses=False)[first.continues]
    parts, newest = [first.id], [first.id]
    while newest:
        newest = [
            part.id for number in newest for part in store.listed(conn, store.continuing(number))
        ]
        parts += newest
    return tuple(sorted(parts))


_TOLD = {
    "rule": "rule",
    "first_local_start": "first start",
    "minutes": "minutes",
    "temporary_status": "status",
    "reason": "reason",
    "cause": "cause",
    "ticket": "ticket",
    "exceptions": "skipped",
    "cut_from": "ends before",
    "evses": "EVSEs",
}


def _line(line: Any) -> SeriesLine:
    before = line.before or {}
    told = [
        (word, _text(before.get(name)), _text(line.after.get(name))) for name, word in _TOLD.items()
    ]
    return SeriesLine(
        at=line.at,
        by=line.by,
        what=line.what,
        why=line.why,
        version=line.version,
        batch_id=line.batch_id,
        fields=tuple(one for one in told if one[1] != one[2]),
    )


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
