"""Does a partner still have what it acknowledged? Once a day it is asked, where it offers GET; drift is told again.

Drift means that somebody else tells this partner, or that it lost something (design.md section 4).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from evse_status.channels.ocpi import instants
from evse_status.channels.ocpi.push import Answer, Place
from evse_status.core.delivery import UNSURE, Kind, Known, Outcome, drift, told_again
from evse_status.service.known_partners import Partner
from evse_status.store import deliveries as store
from evse_status.store.database import Database

EVERY = timedelta(days=1)
_SPREAD = timedelta(hours=1)
_PAGE = 50


Schedule = frozenset[tuple[datetime, datetime | None, str]]


@dataclass(frozen=True, slots=True)
class Held:
    """What a partner has of one EVSE; its schedule is `None` where it doesn't say, or not readably."""

    status: str
    schedule: Schedule | None


@dataclass(frozen=True, slots=True)
class Question:
    """One Location that is asked for, and what the partner acknowledged of its EVSEs before."""

    location_id: int
    place: Place
    rows: Mapping[int, Known]
    keys: Mapping[int, str]


def next_read_back(partner: Partner) -> datetime | None:
    """When to ask a partner next, `None`: never. Partners of one day aren't asked all at once."""
    if not partner.settings.read_back or partner.paused:
        return None
    last = partner.read_back_at or partner.registered_at or partner.added_at
    return last + EVERY + _SPREAD * ((partner.id * 7 % 60) / 60)


def questions(db: Database, partner_id: int, after: int) -> list[Question]:
    """The next Locations behind number `after` to ask a partner for."""
    with db.read() as conn:
        found = []
        for number, there in store.read_back_page(conn, partner_id, after, limit=_PAGE):
            rows = store.known_at(conn, partner_id, number)
            place = Place(there.country_code, there.party_id, there.location)
            found.append(Question(number, place, rows, store.uid_keys(conn, rows)))
    return found


def take_answer(
    db: Database, partner_id: int, asked: Question, answer: Answer, *, sender: str
) -> int:
    """Have told again what the partner turned out not to have; how many EVSEs.

    What was told while it answered is left alone.
    """
    held = _held(answer)
    if held is None:
        return 0
    with db.read() as conn:
        now = db.at(conn)
    drifted = {
        number: words
        for number, row in asked.rows.items()
        if (words := _drift(row, held.get(asked.keys[number]), now))
    }
    if not drifted:
        return 0
    with db.aside() as conn:
        now = db.at(conn)
        owner = store.partner_rows(conn, [partner_id]).get(partner_id)
        if owner is None or owner.owned_by != sender:
            return 0
        current = store.known_at(conn, partner_id, asked.location_id)
        changed: dict[store.Pair, tuple[Known, int]] = {}
        receipts = []
        for number, words in drifted.items():
            row, has = asked.rows[number], held.get(asked.keys[number])
            if current.get(number) != row:
                continue
            again = told_again(row, None if has is None else has.status, now=now)
            changed[partner_id, number] = (again, asked.location_id)
            receipts.append(_receipt(partner_id, asked, number, row, answer, words, now))
        places = store.known_locations(conn, [partner_id], [asked.location_id])
        place = places.get((partner_id, asked.location_id))
        if answer.outcome is Outcome.UNKNOWN and place is not None:
            lost = replace(place, content_acked=0, due_at=now)
            store.keep_locations(conn, {(partner_id, asked.location_id): lost}, there=places)
            changed = {pair: (replace(row, due_at=None), at) for pair, (row, at) in changed.items()}
        store.keep(conn, changed, there=changed)
        store.add_receipts(conn, receipts)
    return len(changed)


def read_back_done(db: Database, partner_id: int) -> None:
    """Note that a partner was asked for everything, or offers no GET."""
    with db.aside() as conn:
        store.keep_partners(conn, {partner_id: {"read_back_at": db.at(conn)}})


def _held(answer: Answer) -> dict[str, Held] | None:
    """What it has by uid in upper case; `None` where the answer says nothing about that."""
    if answer.outcome is Outcome.UNKNOWN:
        return {}
    if answer.outcome is not Outcome.ACKNOWLEDGED:
        return None
    evses = answer.data.get("evses")
    if not isinstance(evses, list):
        return None
    found = {}
    for evse in evses:
        if isinstance(evse, dict) and isinstance(evse.get("status"), str):
            status = "".join(filter(str.isprintable, evse["status"]))
            schedule = _read(evse.get("status_schedule"))
            found[str(evse.get("uid")).strip().upper()] = Held(status, schedule)
    return found


def _drift(row: Known, has: Held | None, now: datetime) -> str:
    if has is None:
        return drift(row, None)
    told = None if row.schedule_acked == UNSURE else _read(json.loads(row.schedule_acked or "[]"))
    same = has.schedule is None or told is None or _ahead(has.schedule, now) == _ahead(told, now)
    return drift(row, has.status, same_schedule=same)


def _read(entries: object) -> Schedule | None:
    """A schedule however it is written, `None` if it can't be read."""
    if not isinstance(entries, list):
        return None
    found = set()
    for entry in entries:
        if not isinstance(entry, dict):
            return None
        begin, end = instants.read(entry.get("period_begin")), entry.get("period_end")
        until = None if end in (None, "") else instants.read(end)
        if begin is None or (until is None and end not in (None, "")):
            return None
        found.add((begin, until, str(entry.get("status")).strip().upper()))
    return frozenset(found)


def _ahead(schedule: Schedule, now: datetime) -> Schedule:
    """What isn't over: a partner may forget the rest."""
    return frozenset(one for one in schedule if one[1] is None or one[1] > now)


def _receipt(
    partner_id: int,
    asked: Question,
    number: int,
    row: Known,
    answer: Answer,
    words: str,
    now: datetime,
) -> dict[str, Any]:
    return {
        "partner_id": partner_id,
        "location_id": asked.location_id,
        "evse_id": number,
        "at": now,
        "kind": Kind.READ_BACK.value,
        "told": row.acked,
        "told_at": row.acked_at or row.wanted_at,
        "outcome": "failed",
        "http_status": answer.http_status,
        "status_code": answer.status_code,
        "answer": words,
        "attempt": 1,
        "took": round(answer.took * 1_000_000),
    }
