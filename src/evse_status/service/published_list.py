"""Which Locations does a partner get that asks for them, page by page and by when they changed?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evse_status.core.errors import NotFound
from evse_status.core.partner import PartnerSettings
from evse_status.service.publish import ALWAYS, Between, location_documents
from evse_status.store import shared
from evse_status.store.database import Database

MOST_ON_A_PAGE = 200
ON_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that is asked for: after the location numbered `after`, or from the `offset`-th on."""

    changed: Between = ALWAYS
    after: int = 0
    offset: int = 0
    limit: int = ON_A_PAGE


@dataclass(frozen=True, slots=True)
class Page:
    """Whole Locations in the order in which they came, `total` of all pages together.

    `after` is the number after which the next page begins, `None` on the last one. `as_of` is the
    instant that all of it is of: whoever asks next time for what changed since misses nothing.
    With a `date_from` `total` may count some that turn out not to have changed.
    """

    documents: list[dict[str, Any]]
    total: int
    after: int | None
    as_of: datetime


def page_of_locations(
    db: Database,
    settings: PartnerSettings,
    asked: Asked,
    *,
    now: datetime,
    floor: datetime | None = None,
) -> Page:
    """One page of what a partner may see; `floor` as in `shared_evses`.

    A page isn't shorter than `asked.limit` unless it is the last one.
    """
    limit = max(1, min(asked.limit, MOST_ON_A_PAGE))
    with db.read_as_of(now) as (conn, as_of):
        since = asked.changed.date_from
        if since is None or (floor is not None and floor >= since):
            numbers = shared.reached(conn, settings.reach)
        else:
            numbers = shared.maybe_changed(conn, settings.reach, since=since, now=as_of)
        coming = [number for number in numbers if number > asked.after][asked.offset :]
        documents: list[dict[str, Any]] = []
        after = None
        while coming and len(documents) < limit:
            some, coming = coming[: limit - len(documents)], coming[limit - len(documents) :]
            after = some[-1] if coming else None
            documents += location_documents(
                conn, settings, some, now=as_of, floor=floor, changed=asked.changed
            ).values()
    return Page(documents, len(numbers), after, as_of)


def one_location(
    db: Database,
    settings: PartnerSettings,
    location_id: str,
    *,
    now: datetime,
    floor: datetime | None = None,
) -> dict[str, Any]:
    """The Location with this OCPI id, in any case. Raises NotFound.

    Ids are unique per operator only: of several the one that came first.
    """
    with db.read_as_of(now) as (conn, as_of):
        [*numbers] = shared.reached_named(conn, settings.reach, location_id)[:1]
        found = location_documents(conn, settings, numbers, now=as_of, floor=floor)
    for document in found.values():
        return document
    raise NotFound(f"There is no Location {location_id[:40]!r}.")
