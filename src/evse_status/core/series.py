"""What is a series? A repeating override; its occurrences are overrides that name it (rule 18)."""

from dataclasses import dataclass
from datetime import datetime

from evse_status.core.statuses import Cause, TemporaryStatus


@dataclass(frozen=True, slots=True)
class Series:
    """A repeating override: a rule (RFC 5545 RRULE), an IANA zone, EVSEs (surrogate numbers).

    `first_local_start`, `exceptions`, `cut_from` and `stored_ahead` are naive local times in `zone`,
    `minutes` counts as clocks there do. Instants are UTC: `made_at` settles ties between occurrences
    (rule 7) and is kept through splits, `added_at` is when this part was made. Occurrences that start
    before `stored_to` are stored with ids, and so are those of `stored_ahead` (`None`: all are).
    From `cut_from` on it has none; the series that `continues` this one has them, if there is one.
    """

    id: int
    rule: str
    zone: str
    first_local_start: datetime
    minutes: int
    temporary_status: TemporaryStatus
    evses: tuple[int, ...]
    made_at: datetime
    created_by: str
    exceptions: tuple[datetime, ...] = ()
    reason: str = ""
    cause: Cause | None = None
    ticket: str = ""
    added_at: datetime | None = None
    cut_from: datetime | None = None
    continues: int | None = None
    stored_to: datetime | None = None
    stored_ahead: tuple[datetime, ...] = ()
    version: int = 1
    batch_id: int | None = None
