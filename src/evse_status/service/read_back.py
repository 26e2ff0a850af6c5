"""Does a partner still have what it acknowledged? Once a day it is asked, where it offers GET; drift is told again.

Drift means that somebody else tells this partner, or that it lost something (design.md section 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from evse_status.channels.ocpi.push import Answer, Place
from evse_status.core.delivery import Kind, Known, Outcome, drift, told_again
from evse_status.service.known_partners import Partner
from evse_status.store import deliveries as store
from evse_status.store.database import Database

EVERY = timedelta(days=1)
_SPREAD = timedelta(hours=1)
_PAGE = 50


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
    if held is None or _is_right(asked, held):
        return 0
    with db.aside() as conn:
        now = db.at(conn)
        owner = store.partner_rows(conn, [partner_id]).get(partner_id)
        if owner is None or owner.owned_by != sender:
            return 0
        current = store.known_at(conn, partner_id, asked.location_id)
        changed: dict[store.Pair, tuple[Known, int]] = {}
        receipts = []
        for number, row in asked.rows.items():
            has = held.get(asked.keys[number])
            words = drift(row, has)
            if not words or current.get(number) != row:
                continue
            again = told_again(row, has, now=now)
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


def _held(answer: Answer) -> dict[str, str] | None:
    """Statuses by uid in upper case; `None` where the answer says nothing about that."""
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
            found[str(evse.get("uid")).strip().upper()] = "".join(
                filter(str.isprintable, evse["status"])
            )
    return found


def _is_right(asked: Question, held: Mapping[str, str]) -> bool:
    return not any(drift(row, held.get(asked.keys[n])) for n, row in asked.rows.items())


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
