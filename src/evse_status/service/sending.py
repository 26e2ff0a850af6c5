"""What is to be sent to a partner now? Made from what is due, as small as can be.

What was sent stays due until its receipt is kept (service/settle.py).
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from evse_status.channels.ocpi import instants
from evse_status.channels.ocpi.payload import schedule_patch, status_patch
from evse_status.channels.ocpi.push import Answer, Message, Place
from evse_status.core.delivery import REMOVED, Kind, Known, KnownLocation, next_step
from evse_status.core.errors import EvseStatusError
from evse_status.core.partner import PartnerSettings
from evse_status.service.known_partners import Partner
from evse_status.service.publish import evse_documents, location_documents
from evse_status.store import deliveries as store
from evse_status.store.database import Database

_LOCATIONS_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Item:
    """What a request tells of one EVSE."""

    evse: int
    row: Known


@dataclass(frozen=True, slots=True)
class Job:
    """One request to one partner. `evse` is `None` for a whole Location, which tells of all `items`."""

    partner_id: int
    location_id: int
    evse: int | None
    content: int  # which state of the Location's content it tells
    items: tuple[Item, ...]
    message: Message
    broken: str = ""  # why it can't be sent at all

    @property
    def kind(self) -> Kind:
        """What it tells."""
        return self.message.kind


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a job, and when the answer came (UTC)."""

    job: Job
    answer: Answer
    at: datetime


def next_due(db: Database, partner_ids: Sequence[int]) -> dict[int, datetime]:
    """When something is due to each of these partners; absent: nothing is."""
    with db.read() as conn:
        return store.next_due(conn, partner_ids)


def due(
    db: Database,
    partner: Partner,
    *,
    limit: int,
    busy: Collection[int] = (),
    busy_locations: Collection[int] = (),
) -> list[Job]:
    """What to send to a partner now, statuses first; nothing about EVSEs and locations that are `busy`.

    Of one EVSE at most one job; a Location's job stands alone. What they tell was true at one
    instant: don't keep them for long.
    """
    with db.read() as conn:
        now = db.at(conn)
        places = store.due_locations(
            conn, partner.id, now, limit=min(limit, _LOCATIONS_AT_ONCE) + len(busy_locations)
        )
        rows = store.due_evses(conn, partner.id, now, limit=limit + len(busy))
        carried = {number for number in places if number not in busy_locations}
        patches, puts = [], []
        for number, where, row, place in rows:
            if number in busy or where in busy_locations or where in carried:
                continue
            step = next_step(row, now)
            if step is Kind.EVSE:
                puts.append((number, where, row, place))
            elif step is not None:
                patches.append(_patch(partner, number, where, row, place, step))
        jobs = [
            *patches,
            *_puts(conn, partner, puts, now),
            *_whole_locations(conn, partner, {n: places[n] for n in carried}, now, busy),
        ]
    return jobs[:limit]


def _patch(
    partner: Partner, number: int, where: int, row: Known, place: store.Place, step: Kind
) -> Job:
    body = (
        status_patch(row.wanted, row.wanted_at)
        if step is Kind.STATUS
        else schedule_patch(_schedule(row), row.wanted_at)
    )
    where_it_lies = Place(place.country_code, place.party_id, place.location, place.evse)
    message = Message(step, where_it_lies, body)
    return Job(partner.id, where, number, 0, (Item(number, row),), message)


def _puts(
    conn: Connection,
    partner: Partner,
    rows: Sequence[tuple[int, int, Known, store.Place]],
    now: datetime,
) -> list[Job]:
    if not rows:
        return []
    numbers = [number for number, *_ in rows]
    write = partial(evse_documents, conn, _spoken(partner), now=now, floor=partner.resync_at)
    documents, unwritable = _written(write, numbers)
    jobs = []
    for number, where, row, place in rows:
        broken = unwritable.get(number, "")
        if number not in documents and not broken:
            continue  # it has just left the partner's reach: the next pass says REMOVED
        body, bare = ({}, None) if broken else _as_wanted(partner, documents[number], row)
        there = Place(place.country_code, place.party_id, place.location, place.evse)
        message = Message(Kind.EVSE, there, body, bare)
        jobs.append(Job(partner.id, where, number, 0, (Item(number, row),), message, broken))
    return jobs


def _whole_locations(
    conn: Connection,
    partner: Partner,
    places: Mapping[int, KnownLocation],
    now: datetime,
    busy: Collection[int],
) -> list[Job]:
    if not places:
        return []
    write = partial(location_documents, conn, _spoken(partner), now=now, floor=partner.resync_at)
    documents, unwritable = _written(write, list(places))
    nowhere = Message(Kind.LOCATION, Place("", "", ""), {})
    jobs = [
        Job(partner.id, number, None, places[number].content, (), nowhere, broken)
        for number, broken in unwritable.items()
    ]
    for location_id, place in places.items():
        rows = store.known_at(conn, partner.id, location_id)
        document = documents.get(location_id)
        if document is None or any(number in busy for number in rows):
            continue
        keys = store.uid_keys(conn, rows)
        by_uid = {keys[number]: number for number in rows}
        items, evses, bare_evses = [], [], []
        for evse in document.get("evses") or ():
            number = by_uid.get(str(evse["uid"]).strip().upper())
            if number is None or _is_gone(rows[number]):
                continue
            body, bare = _as_wanted(partner, evse, rows[number])
            evses.append(body)
            bare_evses.append(bare or body)
            items.append(Item(number, rows[number]))
        told = [instants.read(document["last_updated"]) or now]
        told += [row.wanted_at for row in rows.values()]
        body = document | {"last_updated": instants.text(max(told))}
        whole = body | ({"evses": evses} if evses else {})
        without = body | {"evses": bare_evses} if bare_evses != evses else None
        if not evses:
            whole.pop("evses", None)
        there = Place(document["country_code"], document["party_id"], document["id"])
        message = Message(Kind.LOCATION, there, whole, without)
        jobs.append(Job(partner.id, location_id, None, place.content, tuple(items), message))
    return jobs


def _written(
    write: Callable[[list[int]], dict[int, dict[str, Any]]], numbers: list[int]
) -> tuple[dict[int, dict[str, Any]], dict[int, str]]:
    """Objects by number, and why others can't be written: one of them holds back no other."""
    try:
        return write(numbers), {}
    except EvseStatusError:
        raise
    except Exception as error:
        if len(numbers) == 1:
            return {}, {numbers[0]: f"Its object can't be written ({type(error).__name__})."}
    made: dict[int, dict[str, Any]] = {}
    failed: dict[int, str] = {}
    for number in numbers:
        one, why = _written(write, [number])
        made |= one
        failed |= why
    return made, failed


def _is_gone(row: Known) -> bool:
    """Whether the partner knows already that it was removed, or never knew it."""
    return row.wanted == REMOVED and row.acked in (REMOVED, "")


def _as_wanted(
    partner: Partner, document: Mapping[str, Any], row: Known
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """An EVSE's object with the status that is wanted; and without its schedule, if it has one."""
    body = dict(document) | {"status": row.wanted, "last_updated": instants.text(row.wanted_at)}
    nothing: dict[str, Any] = {"status_schedule": None} if partner.settings.explicit_nulls else {}
    body.pop("status_schedule", None)
    if not row.schedule:
        return body | nothing, None
    return body | {"status_schedule": _schedule(row)}, body | nothing


def _schedule(row: Known) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(row.schedule) if row.schedule else []
    return read


def _spoken(partner: Partner) -> PartnerSettings:
    return replace(partner.settings, version=partner.spoken)
