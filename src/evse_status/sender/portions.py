"""Which records go into a hub's next push? All of one action; those that may spoil others', apart, in halves.

A hub that refuses a push doesn't say which record it is about: it is found by halving, while what
else is due goes out in between. All of this is forgotten with the process, and found out again.
"""

from collections.abc import Sequence
from dataclasses import replace

from evse_status.channels.oicp.client import Answer
from evse_status.core.delivery import Outcome
from evse_status.core.hub import Action, may_insert
from evse_status.service.hub_sending import MOST_RECORDS, HubItem

_Some = Sequence[HubItem]


class Portions:
    """What is known of records beside their rows. `insert_unknown` is the partner's setting."""

    def __init__(self, *, insert_unknown: bool) -> None:
        self._insert_unknown = insert_unknown
        self._apart: list[frozenset[int]] = []  # of EVSEs; each is told by itself
        self._to_insert: set[int] = set()
        self._known_were_last = False

    def choose(self, due: _Some, *, most: int = MOST_RECORDS) -> list[HubItem]:
        """At most so many of what is due, all of one action; those that the hub has every other time."""
        due = [self._as_insert(item) for item in due]
        apart = {number for some in self._apart for number in some}
        clean = [one for one in due if one.evse not in apart and not one.is_suspect]
        known = [one for one in clean if one.row.content_acked]
        others = (
            *([one for one in due if one.evse in some] for some in self._apart),
            [one for one in clean if not one.row.content_acked],
            [one for one in due if one.evse not in apart and one.is_suspect],
        )
        waiting: list[HubItem] = next((some for some in others if some), [])
        chosen = waiting if waiting and (not known or self._known_were_last) else known
        self._known_were_last = chosen is known
        return [one for one in chosen if one.action is chosen[0].action][:most]

    def forget(self) -> None:
        """Nothing is due and nothing on its way: what was set apart has been told, or waits for another day."""
        self._apart, self._to_insert = [], set()

    def learn(self, told: _Some, answer: Answer) -> bool:
        """Draw what follows from an answer to `told`; whether it leaves undecided what becomes of them."""
        numbers = frozenset(item.evse for item in told)
        were_apart = any(numbers & some for some in self._apart)
        self._apart = [rest for some in self._apart if (rest := some - numbers)]
        unknown = answer.outcome is Outcome.UNKNOWN and told[0].action is Action.UPDATE
        if unknown and all(self._may_insert(item) for item in told):
            self._to_insert |= numbers
            self._apart.append(numbers)
            return True
        self._to_insert -= numbers  # an insert that wasn't answered may have arrived
        if not answer.is_about_records or len(told) == 1:
            if answer.is_ill and were_apart:
                self._apart.append(numbers)
            return False
        half = len(told) // 2
        for some in (told[:half], told[half:]):
            self._apart.append(frozenset(item.evse for item in some))
        return True

    def _may_insert(self, item: HubItem) -> bool:
        return may_insert(item.row, insert_unknown=self._insert_unknown)

    def _as_insert(self, item: HubItem) -> HubItem:
        if item.evse in self._to_insert and item.action is Action.UPDATE:
            return replace(item, action=Action.INSERT)
        return item
