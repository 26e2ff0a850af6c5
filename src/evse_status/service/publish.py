"""What is a partner shown of EVSEs, right now and without anybody having to send it?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from evse_status.channels.ocpi.instants import as_told
from evse_status.channels.ocpi.objects import Place, evse_object, location_object
from evse_status.core.displayed import ActualStretch
from evse_status.core.partner import ANNOUNCED_AHEAD, PartnerSettings
from evse_status.core.published import Published, published, reads_from
from evse_status.core.segments import Segment
from evse_status.core.statuses import TemporaryStatus
from evse_status.core.translation import Channel
from evse_status.store import actuals, overrides, shared

_LOOKED_AHEAD = ANNOUNCED_AHEAD + timedelta(days=1)

Filter = tuple[frozenset[TemporaryStatus] | None, frozenset[TemporaryStatus]]


@dataclass(frozen=True, slots=True)
class SharedEvse:
    """One EVSE as one partner sees it. Instants in UTC with microseconds.

    `content_changed_at` and `location_changed_at` say which state of its content, and of its
    Location's own, is the newest; `gone`: removed, or replaced by a swapped charger.
    """

    number: int
    location_id: int
    uid: str
    evse_id: str
    roaming_id: str | None  # its own, for hubs that can't take its evse_id
    country_code: str
    party_id: str
    ocpi_location_id: str
    content_changed_at: datetime
    location_changed_at: datetime
    gone: bool
    published: Published

    @property
    def word(self) -> str:
        """Its status in OCPI's word."""
        return self.published.word


@dataclass(frozen=True, slots=True)
class Between:
    """`[date_from, date_to)` for `last_updated` as it is told, in milliseconds; `None` is no limit."""

    date_from: datetime | None = None
    date_to: datetime | None = None

    def includes(self, last_updated: datetime) -> bool:
        """Whether what is told of this instant lies inside."""
        told = as_told(last_updated)
        return (self.date_from is None or self.date_from <= told) and (
            self.date_to is None or told < self.date_to
        )


ALWAYS = Between()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of some EVSEs at `now`, before anybody is shown anything of it."""

    now: datetime
    rows: Sequence[Row[Any]]
    segments: Mapping[int, Sequence[Segment]]
    actuals: Mapping[int, Sequence[ActualStretch]]


def shared_evses(
    conn: Connection,
    settings: PartnerSettings,
    numbers: Iterable[int],
    *,
    now: datetime,
    floor: datetime | None = None,
) -> dict[int, SharedEvse]:
    """What a partner is shown of these EVSEs at `now`, by number; absent where out of its reach.

    `floor` is when what it is shown last changed for another reason (its settings, a resync): no
    `last_updated` is earlier. Few statements, however many EVSEs.
    """
    return seen_by(settings, facts(conn, numbers, now=now, shown_to=[settings]), floor=floor)


def facts(
    conn: Connection,
    numbers: Iterable[int],
    *,
    now: datetime,
    shown_to: Iterable[PartnerSettings],
) -> Facts:
    """Read once what `seen_by` shows to several partners, who are `shown_to`."""
    return _facts(conn, shared.by_numbers(conn, numbers), now, shown_to)


def seen_by(
    settings: PartnerSettings, known: Facts, *, floor: datetime | None = None
) -> dict[int, SharedEvse]:
    """What one partner is shown of the EVSEs of `known`; absent where out of its reach."""
    statuses, announcing = _filter(settings)
    found = {}
    for row in known.rows:
        if not _reaches(settings, row, row.location_id):
            continue
        written = _written(row)
        found[row.id] = SharedEvse(
            number=row.id,
            location_id=row.location_id,
            uid=row.uid,
            evse_id=row.evse_id,
            roaming_id=row.roaming_id,
            country_code=row.country_code,
            party_id=row.party_id,
            ocpi_location_id=row.ocpi_id,
            content_changed_at=row.content_changed_at,
            location_changed_at=row.location_changed_at,
            gone=_is_gone(row),
            published=published(
                known.segments.get(row.id, ()),
                known.actuals.get(row.id, ()),
                now=known.now,
                floor=written if floor is None else max(written, floor),
                statuses=statuses,
                announcing=announcing,
                gone=_is_gone(row),
            ),
        )
    return found


def evse_documents(
    conn: Connection,
    settings: PartnerSettings,
    numbers: Iterable[int],
    *,
    now: datetime,
    floor: datetime | None = None,
) -> dict[int, dict[str, Any]]:
    """The OCPI objects of these EVSEs at `now`, as `shared_evses`; `settings.version` is spoken."""
    known = shared_evses(conn, settings, numbers, now=now, floor=floor)
    contents = shared.contents(conn, known)
    return {number: document(one, contents[number], settings) for number, one in known.items()}


def location_documents(
    conn: Connection,
    settings: PartnerSettings,
    location_ids: Iterable[int],
    *,
    now: datetime,
    floor: datetime | None = None,
    changed: Between = ALWAYS,
) -> dict[int, dict[str, Any]]:
    """The OCPI objects of these Locations at `now`, with all their EVSEs, in the order of their numbers.

    Absent where out of reach, or where their `last_updated` doesn't lie in `changed`.
    """
    rows = {row.id: row for row in shared.locations(conn, location_ids)}
    known = _facts(conn, shared.at_locations(conn, rows), now, [settings])
    evses: dict[int, list[SharedEvse]] = {number: [] for number in rows}
    for one in seen_by(settings, known, floor=floor).values():
        evses[one.location_id].append(one)
    last_updated = {
        number: max(
            row.content_changed_at,
            *(one.published.since for one in evses[number]),
            floor or row.content_changed_at,
        )
        for number, row in rows.items()
        if _reaches(settings, row, number)
    }
    wanted = [number for number, at in last_updated.items() if changed.includes(at)]
    contents = shared.contents(conn, [one.number for n in wanted for one in evses[n]])
    return {
        number: location_object(
            rows[number].content,
            [document(one, contents[one.number], settings) for one in evses[number]],
            place=_place(rows[number]),
            last_updated=last_updated[number],
            settings=settings,
        )
        for number in wanted
    }


def document(
    one: SharedEvse, content: Mapping[str, Any], settings: PartnerSettings
) -> dict[str, Any]:
    """The OCPI object of an EVSE of whose `content` a feed told; `settings.version` is spoken."""
    return evse_object(
        content,
        uid=one.uid,
        evse_id=one.evse_id,
        status=one.word,
        schedule=one.published.schedule,
        last_updated=one.published.since,
        settings=settings,
    )


def _place(row: Row[Any]) -> Place:
    return Place(**{name.name: getattr(row, name.name) for name in fields(Place)})


def _reaches(settings: PartnerSettings, row: Row[Any], location_id: int) -> bool:
    return settings.reach.includes(
        party_id=row.party_id,
        country_code=row.country_code,
        location_id=location_id,
        publish=row.publish,
    )


def _facts(
    conn: Connection,
    rows: Sequence[Row[Any]],
    now: datetime,
    shown_to: Iterable[PartnerSettings],
) -> Facts:
    written = {row.id: _written(row) for row in rows if not _is_gone(row)}
    overridden = {row.id for row in rows if row.overrides_changed_at is not None}
    segments = overrides.segments_since(
        conn,
        {number: at for number, at in written.items() if number in overridden},
        until=now + _LOOKED_AHEAD,
    )
    known = {
        number: [ActualStretch(status, from_at)]
        for number, (status, from_at, _) in actuals.newest(conn, written).items()
    }
    filters = {_filter(settings) for settings in shown_to}
    reads = {}
    for number, planned in segments.items():
        newest_from = known[number][0].from_at if number in known else None
        needed = [
            reads_from(
                planned,
                newest_from=newest_from,
                now=now,
                floor=written[number],
                statuses=statuses,
                announcing=announcing,
            )
            for statuses, announcing in filters
        ]
        earliest = min((at for at in needed if at is not None), default=None)
        if earliest is not None:
            reads[number] = earliest
    return Facts(now, rows, segments, known | actuals.since(conn, reads))


def _filter(settings: PartnerSettings) -> Filter:
    announces = settings.channel is Channel.OCPI and settings.schedule
    return settings.statuses, settings.announced if announces else frozenset()


def _is_gone(row: Row[Any]) -> bool:
    return row.removed_at is not None or row.replaced_by is not None


def _written(row: Row[Any]) -> datetime:
    """The newest write that may have changed what is shown; reports of chargers aside."""
    instants = (row.content_changed_at, row.overrides_changed_at, row.removed_at)
    newest: datetime = max(at for at in instants if at is not None)
    return newest
