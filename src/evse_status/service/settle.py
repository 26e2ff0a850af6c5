"""What follows from what partners answered? Receipts, acknowledgements, retries, and how a partner fares.

One transaction for many answers. A crash before it loses them: what was sent stays due, and is sent again.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from evse_status.core.delivery import (
    Kind,
    Known,
    KnownLocation,
    Outcome,
    Told,
    backoff,
    settled,
    settled_location,
    unsure,
    woken,
)
from evse_status.service.hub_sending import HubResult
from evse_status.service.hub_settle import HubBatch
from evse_status.service.sending import Item, Job, Result
from evse_status.store import deliveries as store
from evse_status.store.database import Database

_PRUNED_AT_ONCE = 2_000
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(milliseconds=500), timedelta(minutes=1)


def settle(
    db: Database, results: Sequence[Result | HubResult], *, sender: str
) -> dict[int, datetime | None]:
    """Keep receipts and what follows from them, in one transaction.

    Returns for each partner not before when to send again, `None` where it is well. What a sender that no
    longer owns the partner has told counts as told by nobody: it is told again by whoever owns it.
    """
    by_partner: dict[int, list[Result | HubResult]] = {}
    for one in results:
        by_partner.setdefault(one.job.partner_id, []).append(one)
    pauses: dict[int, datetime | None] = {}
    with db.aside() as conn:
        now = db.at(conn)
        partners = store.partner_rows(conn, by_partner)
        receipts: list[dict[str, Any]] = []
        for partner_id, some in by_partner.items():
            row = partners.get(partner_id)
            owned = row is not None and row.owned_by == sender
            batch: _Batch | HubBatch
            if any(isinstance(one, HubResult) for one in some):
                told = [one for one in some if isinstance(one, HubResult)]
                batch = HubBatch(conn, partner_id, told, now, owned=owned)
            else:
                by_ocpi = [one for one in some if isinstance(one, Result)]
                batch = _Batch(conn, partner_id, by_ocpi, now, owned=owned)
            batch.apply()
            receipts += batch.receipts
            sent = [one for one in some if isinstance(one, Result) or one.was_sent]
            values = _health(row, sent, now) if row is not None and owned and sent else {}
            store.keep_partners(conn, {partner_id: values})
            pauses[partner_id] = values.get("try_at")
        store.add_receipts(conn, receipts)
    return pauses


def prune_receipts(db: Database, *, keep: timedelta) -> int:
    """Forget receipts older than `keep`; how many."""
    forgotten = 0
    while True:
        with db.aside() as conn:
            gone = store.forget_receipts(conn, db.at(conn) - keep, most=_PRUNED_AT_ONCE)
        forgotten += gone
        if gone < _PRUNED_AT_ONCE:
            return forgotten


class _Batch:
    """Answers of one partner on their way into the store."""

    def __init__(
        self,
        conn: Connection,
        partner_id: int,
        results: Sequence[Result],
        now: datetime,
        *,
        owned: bool,
    ) -> None:
        self._conn, self._id, self._now, self._owned = conn, partner_id, now, owned
        self._results = results
        self._rows = store.known(
            conn, [partner_id], {item.evse for one in results for item in one.job.items}
        )
        self._places = store.known_locations(
            conn, [partner_id], {one.job.location_id for one in results}
        )
        self._changed: dict[store.Pair, tuple[Known, int]] = {}
        self._moved: dict[store.Pair, KnownLocation] = {}
        self.receipts: list[dict[str, Any]] = []

    def apply(self) -> None:
        for one in self._results:
            if not self._owned:
                self._doubt(one.job)
            elif one.job.kind is Kind.LOCATION:
                self._settle_location(one)
            else:
                self._settle_evse(one)
            self.receipts += self._receipts(one)
        store.keep_locations(self._conn, self._moved, there=self._places)
        store.keep(self._conn, self._changed, there=self._rows)

    def _settle_evse(self, result: Result) -> None:
        [item] = result.job.items
        answer = result.answer
        place = self._place(result.job.location_id)
        lost = result.job.kind is Kind.EVSE and answer.outcome is Outcome.UNKNOWN
        if lost and place is not None and place.content_acked:
            place = replace(place, content_acked=0, due_at=self._now)
            self._moved[self._id, result.job.location_id] = place
        self._change(
            item.evse,
            lambda row: settled(
                row,
                _told(result, item),
                now=self._now,
                location_known=place is not None and place.content_acked != 0,
            ),
        )

    def _settle_location(self, result: Result) -> None:
        job, answer = result.job, result.answer
        place = self._place(job.location_id)
        if place is None:
            return
        after = settled_location(place, job.content, answer.outcome, answer.words, now=self._now)
        self._moved[self._id, job.location_id] = after
        if answer.outcome is not Outcome.ACKNOWLEDGED:
            return
        for item in job.items:
            self._change(item.evse, partial(settled, told=_told(result, item), now=self._now))
        if not place.content_acked:  # others may have waited for it
            carried = {item.evse for item in job.items}
            for number, row in store.known_at(self._conn, self._id, job.location_id).items():
                if number not in carried and row.due_at is None:
                    awake = woken(row, now=self._now, location_known=True)
                    self._rows[self._id, number] = (awake, job.location_id)
                    self._changed[self._id, number] = (awake, job.location_id)

    def _doubt(self, job: Job) -> None:
        for item in job.items:
            self._change(item.evse, lambda row: unsure(row, now=self._now))

    def _place(self, location_id: int) -> KnownLocation | None:
        pair = (self._id, location_id)
        return self._moved.get(pair) or self._places.get(pair)

    def _change(self, evse: int, alter: Callable[[Known], Known]) -> None:
        pair = (self._id, evse)
        found = self._changed.get(pair) or self._rows.get(pair)
        if found is None:  # the partner was removed meanwhile
            return
        after = alter(found[0])
        if after != found[0]:
            self._changed[pair] = (after, found[1])

    def _receipts(self, result: Result) -> list[dict[str, Any]]:
        job, answer = result.job, result.answer
        about = job.items if job.evse is not None or job.items else (None,)
        return [
            {
                "partner_id": self._id,
                "location_id": job.location_id,
                "evse_id": None if item is None else item.evse,
                "at": result.at,
                "kind": job.kind.value,
                "told": "" if item is None else item.row.wanted,
                "told_at": result.at if item is None else item.row.wanted_at,
                "outcome": _OUTCOMES[answer.outcome],
                "http_status": answer.http_status,
                "status_code": answer.status_code,
                "answer": answer.schedule_refused or answer.words,
                "attempt": 1 if item is None else item.row.attempt + 1,
                "took": round(answer.took * 1_000_000),
            }
            for item in about
        ]


_OUTCOMES = {
    Outcome.ACKNOWLEDGED: "acknowledged",
    Outcome.REFUSED: "refused",
    Outcome.UNKNOWN: "refused",
    Outcome.FAILED: "failed",
    Outcome.UNREACHED: "failed",
}


def _told(result: Result, item: Item) -> Told:
    answer, row = result.answer, item.row
    return Told(
        result.job.kind,
        row.wanted,
        row.wanted_at,
        "" if answer.schedule_refused else row.schedule,
        row.content,
        answer.outcome,
        answer.words,
        answer.schedule_refused if row.schedule else "",
    )


def _health(row: Row[Any], results: Sequence[Result | HubResult], now: datetime) -> dict[str, Any]:
    """How the partner fares: any answer that isn't about itself shows that it is well."""
    if any(not one.answer.is_ill for one in results):
        return {
            "reached_at": now,
            "failing_since": None,
            "failures": 0,
            "failure": "",
            "try_at": None,
        }
    last = results[-1].answer
    wait = backoff(row.failures, first=_FIRST_PAUSE, most=_LONGEST_PAUSE)
    wait *= random.uniform(0.75, 1.25)
    asked = max((one.answer.pause or 0.0 for one in results), default=0.0)
    return {
        "failing_since": row.failing_since or now,
        "failures": row.failures + 1,
        "failure": last.words,
        "try_at": now + max(wait, timedelta(seconds=asked)),
    }
