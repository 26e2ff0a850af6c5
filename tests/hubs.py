"""A hub in this process that keeps what it is pushed, and everything between the store and it but the wire."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from evse_status.channels.oicp.client import Answer
from evse_status.core.delivery import Outcome
from evse_status.core.hub import Action
from evse_status.core.partner import PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.core.translation import Channel
from evse_status.sender.portions import Portions
from evse_status.service.hub_sending import HubItem, HubJob, HubResult, due_to_hub
from evse_status.service.known_partners import Partner
from evse_status.service.leases import claim
from evse_status.service.partners import add_partner
from evse_status.service.settle import settle
from evse_status.service.told_partners import told_partners
from evse_status.store.database import Database
from told import ME, VAULT, look

OPERATOR = "DK*TST"
TAKEN = Answer(Outcome.ACKNOWLEDGED, 200, 0, "000 Success.")
UNKNOWN = Answer(Outcome.UNKNOWN, 200, 603, "603 Unknown EVSE ID.")
INCONSISTENT = Answer(Outcome.REFUSED, 200, 18, "018 Inconsistent EvseID.")
DATA_ERROR = Answer(Outcome.REFUSED, 200, 22, "022 Data error.")
DOWN = Answer(Outcome.UNREACHED, words="can't be reached: refused")
HUNG = Answer(Outcome.FAILED, words="no answer within 10 s")


def a_hub_partner(db: Database, name: str = "Hubject", **fields: Any) -> Partner:
    """A hub, owned by `ME`, that has been told nothing yet."""
    settings = PartnerSettings(
        channel=Channel.HUBJECT,
        handshake=False,
        url="http://127.0.0.1:9/api/oicp",
        **{"operator_id": OPERATOR, **fields},
    )
    made = add_partner(db, LOCAL, name, settings, vault=VAULT, nobody_else_tells=True)
    claim(db, ME, {made.partner.id: timedelta(hours=1)})
    return made.partner


@dataclass
class InProcessHub:
    """Strict as Hubject: a push is taken whole or not at all, and the answer doesn't say for which record."""

    db: Database
    partner: Partner
    has: dict[str, str] = field(default_factory=dict)
    refuses: set[str] = field(default_factory=set)
    pushes: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    loses: list[Answer] = field(default_factory=list)  # taken, but answered so
    is_down: bool = False
    portions: Portions = field(init=False)

    # What isn't answered counts against the hub: it is left alone until the hands move.

    def __post_init__(self) -> None:
        self.portions = Portions(insert_unknown=self.partner.settings.insert_unknown)

    @classmethod
    def knowing(cls, db: Database, ids: Iterable[str], **fields: Any) -> "InProcessHub":
        """One that has had these EVSEs before, as Unknown."""
        return cls(db, a_hub_partner(db, **fields), dict.fromkeys(ids, "Unknown"))

    def drain(self) -> list[tuple[str, dict[str, str]]]:
        """Look, push what is due until nothing is; what was pushed, in order."""
        before = len(self.pushes)
        look(self.db)
        for _ in range(100):
            if not self.push_once():
                return self.pushes[before:]
        raise AssertionError("it never ends")

    def push_once(self) -> bool:
        """One round; whether anything was due."""
        with self.db.read() as conn:
            [self.partner] = [one for one in told_partners(conn) if one.id == self.partner.id]
            now = self.db.at(conn)
        if self.partner.try_at is not None and self.partner.try_at > now:
            return False
        due = due_to_hub(self.db, self.partner, limit=1_000)
        if not due:
            self.portions.forget()
        left = tuple(item for item in due if item.action is None)
        chosen = self.portions.choose([item for item in due if item.action is not None])
        results = []
        if left:
            job = HubJob(self.partner.id, None, left)
            results.append(HubResult(job, Answer(Outcome.ACKNOWLEDGED), now))
        if chosen:
            job = HubJob(self.partner.id, chosen[0].action, tuple(chosen))
            answer = self.take(chosen)
            undecided = self.portions.learn(chosen, answer)
            results.append(HubResult(job, answer, now, undecided))
        if results:
            settle(self.db, results, sender=ME)
        return bool(results)

    def take(self, items: list[HubItem]) -> Answer:
        """What it makes of a push."""
        action = items[0].action
        assert action is not None
        records = {item.evse_id: item.word for item in items}
        assert len(records) == len(items), "one id twice in one push"
        self.pushes.append((action.value, records))
        if self.is_down:
            return DOWN
        if self.refuses & records.keys():
            return INCONSISTENT
        if action is Action.INSERT:
            if records.keys() & self.has.keys():
                return DATA_ERROR
        elif records.keys() - self.has.keys():
            return UNKNOWN
        if action is Action.DELETE:
            self.has = {one: word for one, word in self.has.items() if one not in records}
        else:
            self.has |= records
        return self.loses.pop() if self.loses else TAKEN
