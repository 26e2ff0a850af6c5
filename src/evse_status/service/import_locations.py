"""Who may take a feed of locations in, and how is it remembered?"""

from datetime import datetime

from evse_status.channels.ocpi.locations_in import Reading
from evse_status.core.errors import NotAllowed, UnreadableFeed
from evse_status.core.principal import Principal
from evse_status.service.taking_in import ImportOutcome, TakingIn
from evse_status.store import feed
from evse_status.store.database import Database, Write

__all__ = ["ImportOutcome", "import_locations", "remember"]


def import_locations(
    db: Database,
    principal: Principal,
    reading: Reading,
    *,
    origin: str,
    complete: bool,
    strict: bool = False,
    told_by: int | None = None,
    asked_at: datetime | None = None,
) -> ImportOutcome:
    """Take in what a feed said, in one transaction.

    Importing again updates and never duplicates. With `complete`, and only if no record was
    refused, EVSEs of the same operators that the feed doesn't have are missing from now on; their
    overrides keep holding. With `strict` one refused record refuses all (UnreadableFeed). `told_by`
    and `asked_at` as in `TakingIn`.
    """
    principal.require_administrator()
    principal.require_nothing_but_an_area()
    for record in reading.locations:
        if not principal.reaches(party_id=record.party_id, country_code=record.country_code):
            raise NotAllowed(
                f"{origin}: {record.country_code}/{record.party_id}/{record.ocpi_id} lies outside "
                f"the area of {principal.name}, so nothing was imported."
            )
    count = len(reading.problems)
    if strict and count:
        raise UnreadableFeed(
            f"{origin}: {count} record{'s' * (count > 1)} can't be used, so nothing was imported: "
            f"{reading.problems[0]}"
        )
    with db.write() as write:
        taking = TakingIn(write, reading, by=principal.name, told_by=told_by, asked_at=asked_at)
        outcome = taking.run(complete=complete and not reading.problems)
        remember(write, outcome, by=principal.name, origin=origin)
    db.wrote(outcome.evses_created + outcome.evses_updated)
    return outcome


def remember(write: Write, outcome: ImportOutcome, *, by: str, origin: str) -> None:
    """Keep that something was taken in: names and places on pages move with it alone."""
    told = {
        name: getattr(outcome, name)
        for name in ("evses_created", "evses_updated", "missing", "removed")
    }
    feed.remember_run(write.conn, at=write.now, by=by, origin=origin, outcome=told)
