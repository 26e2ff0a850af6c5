"""A partner in this process that keeps what it is told, and everything between the store and it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from evse_status.channels.ocpi.push import Answer
from evse_status.core.delivery import Kind, Outcome
from evse_status.core.partner import PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.service.deliver import compare_slice, survey
from evse_status.service.known_partners import Partner
from evse_status.service.leases import claim
from evse_status.service.partners import add_partner
from evse_status.service.sending import Job, Result, due
from evse_status.service.settle import settle
from evse_status.service.told_partners import told_partners
from evse_status.service.vault import Vault
from evse_status.store.database import Database

VAULT = Vault("x" * 40)
ME = "a sender"
TAKEN = Answer(Outcome.ACKNOWLEDGED, 200, 1000)
DOWN = Answer(Outcome.UNREACHED, words="can't be reached")

Reaction = Callable[[Job], Answer]


def a_partner(db: Database, name: str = "Roamer", **fields: Any) -> Partner:
    """A receiver without a handshake, owned by `ME`, that has been told nothing yet."""
    settings = PartnerSettings(handshake=False, url="http://127.0.0.1:9/locations")
    made = add_partner(
        db,
        LOCAL,
        name,
        replace(settings, **fields),
        vault=VAULT,
        nobody_else_tells=True,
        token="t",
    )
    claim(db, ME, {made.partner.id: timedelta(hours=1)})
    return made.partner


def look(db: Database) -> None:
    """Look at whatever may have changed."""
    while survey(db).looked_at:
        pass


def compare(db: Database, *partners: Partner) -> None:
    """The full comparison."""
    after: int | None = 0
    while after is not None:
        after = compare_slice(db, [one.id for one in partners], after, limit=2).after


@dataclass
class Receiver:
    """Strict: whatever is older than what it has is refused, loudly."""

    db: Database
    partner: Partner
    react: Reaction = lambda _: TAKEN
    evses: dict[str, dict[str, Any]] = field(default_factory=dict)
    locations: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)  # (kind, what)

    def drain(self) -> list[tuple[str, str]]:
        """Look, send what is due until nothing is; what was told, in order."""
        before = len(self.told)
        look(self.db)
        for _ in range(50):
            if not self.send_once():
                break
        return self.told[before:]

    def send_once(self) -> bool:
        """One round; whether anything was due."""
        with self.db.read() as conn:
            [self.partner] = [one for one in told_partners(conn) if one.id == self.partner.id]
            now = self.db.at(conn)
        if self.partner.try_at is not None and self.partner.try_at > now:
            return False
        jobs = due(self.db, self.partner, limit=100)
        results = []
        for job in jobs:
            answer = self.react(job)
            if answer.outcome is Outcome.ACKNOWLEDGED:
                self.take(job, bare=bool(answer.schedule_refused))
            results.append(Result(job, answer, now))
        if results:
            settle(self.db, results, sender=ME)
        return bool(jobs)

    def take(self, job: Job, *, bare: bool = False) -> None:
        """Keep what a request says."""
        message = job.message
        body = message.without_schedule if bare and message.without_schedule else message.body
        where = f"{message.place.location}/{message.place.evse}"
        if job.kind is Kind.LOCATION:
            self.locations[message.place.location] = body
            for evse in body.get("evses", ()):
                self._keep(f"{message.place.location}/{evse['uid']}", evse)
            self.told.append(("location", message.place.location))
            return
        before = self.evses[where] if job.kind is not Kind.EVSE else {}
        self._keep(where, before | body)
        said = body.get("status") if job.kind is not Kind.SCHEDULE else "schedule"
        self.told.append((job.kind.value, f"{where} {said}"))

    def _keep(self, where: str, evse: dict[str, Any]) -> None:
        has = self.evses.get(where, {}).get("last_updated", "")
        assert _comparable(evse["last_updated"]) >= _comparable(has), "older after newer"
        self.evses[where] = evse

    def statuses(self) -> dict[str, str]:
        """What it shows."""
        return {where: evse["status"] for where, evse in self.evses.items()}


def _comparable(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp or "2000-01-01T00:00:00Z")
