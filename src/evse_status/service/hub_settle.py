"""What follows from what a hub answered? Receipts and the next step of every record, for service/settle.py."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from evse_status.core.delivery import Known, Outcome
from evse_status.core.hub import Action, HubTold, hub_left, hub_settled, hub_unsure
from evse_status.service.hub_sending import HubItem, HubResult
from evse_status.store import deliveries, hub
from evse_status.store.deliveries import Pair


class HubBatch:
    """Answers of one hub on their way into the store."""

    def __init__(
        self,
        conn: Connection,
        partner_id: int,
        results: Sequence[HubResult],
        now: datetime,
        *,
        owned: bool,
    ) -> None:
        self._conn, self._id, self._now, self._owned = conn, partner_id, now, owned
        self._results = results
        numbers = {item.evse for one in results for item in one.job.items}
        self._rows = hub.rows_of(conn, partner_id, numbers)
        self._where = {item.evse: item.location_id for one in results for item in one.job.items}
        self._changed: dict[Pair, tuple[Known, int]] = {}
        self.receipts: list[dict[str, Any]] = []

    def apply(self) -> None:
        """Write what follows; `receipts` are left to be written."""
        for one in self._results:
            if one.job.action is Action.FULL_LOAD:
                self._settle_full_load(one)
            elif self._owned and one.undecided:
                self.receipts.append(self._undecided(one))
            else:
                self._settle_records(one)
        deliveries.keep(self._conn, self._changed, there=self._changed)

    def _settle_records(self, result: HubResult) -> None:
        for item in result.job.items:
            if not self._owned:
                self._change(item.evse, partial(hub_unsure, now=self._now))
            elif item.action is None:
                self._change(item.evse, partial(hub_left, now=self._now))
                continue
            else:
                settled = partial(hub_settled, told=_told(result, item), now=self._now)
                self._change(item.evse, settled)
            self.receipts.append(self._receipt(result, item, result.answer.words))

    def _settle_full_load(self, result: HubResult) -> None:
        """It changes no row: what it repeats was acknowledged before. What it failed to sweep away stays."""
        job, answer = result.job, result.answer
        count = len(job.items)
        words = f"Everything at once, {count:,} records: {answer.words}"
        if result.is_over and self._owned and job.asked_at is not None:
            hub.full_load_done(self._conn, self._id, job.asked_at)
        if result.is_over and answer.outcome is not Outcome.ACKNOWLEDGED:
            words += (
                ". Each record was told by itself before; what else the hub may have stays there"
            )
        self.receipts.append(self._receipt(result, None, words))
        if not self._owned or answer.outcome is Outcome.FAILED:
            # It may arrive yet, after something newer: nobody knows what it left behind.
            for item in job.items:
                self._change(item.evse, partial(hub_unsure, now=self._now))

    def _undecided(self, result: HubResult) -> dict[str, Any]:
        items, words = result.job.items, result.answer.words
        if len(items) == 1:
            return self._receipt(result, items[0], f"{words}. It is told in another way")
        return self._receipt(result, None, f"{len(items):,} records at once, told anew: {words}")

    def _change(self, evse: int, alter: Callable[[Known], Known]) -> None:
        row = self._rows.get(evse)
        if row is None:  # the partner was removed meanwhile
            return
        after = alter(row)
        if after != row:
            self._rows[evse] = after
            self._changed[self._id, evse] = (after, self._where[evse])

    def _receipt(self, result: HubResult, item: HubItem | None, words: str) -> dict[str, Any]:
        answer = result.answer
        return {
            "partner_id": self._id,
            "location_id": None if item is None else item.location_id,
            "evse_id": None if item is None else item.evse,
            "at": result.at,
            "kind": result.job.kind.value,
            "told": "" if item is None else item.word,
            "told_at": result.at if item is None else item.row.wanted_at,
            "outcome": _OUTCOMES[answer.outcome],
            "http_status": answer.http_status,
            "status_code": answer.status_code,
            "answer": words,
            "attempt": 1 if item is None else item.row.attempt + 1,
            "took": round(answer.took * 1_000_000),
        }


_OUTCOMES = {
    Outcome.ACKNOWLEDGED: "acknowledged",
    Outcome.REFUSED: "refused",
    Outcome.UNKNOWN: "refused",
    Outcome.FAILED: "failed",
    Outcome.UNREACHED: "failed",
}


def _told(result: HubResult, item: HubItem) -> HubTold:
    assert item.action is not None
    row, answer = item.row, result.answer
    return HubTold(
        item.action,
        item.evse_id,
        item.word,
        row.wanted_at,
        row.content,
        answer.outcome,
        answer.words,
        its_own=answer.may_be_its_own and len(result.job.items) == 1,
    )
