"""Which sender tells which partner? Whole partners, by a lease that is renewed.

On PostgreSQL senders on several machines share the partners. Leases are counted by the database's
own clock, so that no machine's clock matters, and written beside the store's lock, so that a long
import lets none run out. On SQLite a lock file lets one sender run, and no lease is needed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from filelock import FileLock, Timeout

from evse_status.core.errors import EvseStatusError
from evse_status.store import leases as store
from evse_status.store.database import Database

BEYOND_A_TIMEOUT = timedelta(seconds=3)
"""A lease is longer than a request may take by this much; it is renewed several times in between."""


_A_GLANCE = 0.5  # seconds: pages take the lock for an instant to see whether a sender runs


class AnotherSenderRuns(EvseStatusError):
    """There is a sender on this SQLite database already."""

    code = "another_sender_runs"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"A sender is running on the database {name} already. Stop it first, or use PostgreSQL, "
            "where several share the work."
        )


@dataclass(frozen=True, slots=True)
class Owned:
    """What a claim brought: partners that this sender owns; `after_a_crash`, those among them whose
    last owner ended without letting go, and may have left requests on their way."""

    partners: frozenset[int]
    after_a_crash: frozenset[int]


def only_sender(db: Database) -> FileLock | None:
    """Hold the lock file of senders on SQLite until the process ends. Raises AnotherSenderRuns."""
    file = db.file_beside(".sender.lock")
    if file is None:
        return None
    lock = FileLock(file)
    try:
        lock.acquire(timeout=_A_GLANCE)
    except Timeout:
        raise AnotherSenderRuns(db.name) from None
    return lock


def claim(
    db: Database, sender: str, lasting: dict[int, timedelta], *, most_new: int | None = None
) -> Owned:
    """Renew the leases on these partners, each for so long, and take over those that nobody owns.

    At most `most_new` of the latter, so that senders started together share them.
    """
    if db.is_sqlite:
        with db.read() as conn:
            before = store.owners(conn, lasting)
        fresh = [number for number, owner in before.items() if owner != sender]
        if fresh:
            with db.aside() as conn:
                store.take(conn, sender, fresh)
        crashed = {number for number in fresh if before[number] is not None}
        return Owned(frozenset(before), frozenset(crashed))
    with db.beside_the_lock() as conn:
        owned = store.renew(conn, sender, lasting)
        free = store.free(conn, set(lasting) - owned)
        taken = store.take_over(conn, sender, {n: lasting[n] for n in free[:most_new]})
    return Owned(frozenset(owned | taken), frozenset())


def release(db: Database, sender: str, partners: Collection[int]) -> None:
    """Let go of partners, so that another sender need not wait for the lease to run out."""
    with db.beside_the_lock() as conn:
        store.release(conn, sender, partners)
