"""What is a series? Its place among the types; occurrences are overrides that name it (rule 18)."""

from dataclasses import dataclass
from datetime import datetime

from evse_status.core.statuses import TemporaryStatus


@dataclass(frozen=True, slots=True)
class Series:
    """A repeating override: a rule (RFC 5545 RRULE), an IANA zone, EVSEs (surrogate numbers), exceptions.

    `first_local_start` and `exceptions` are naive local times in `zone`; `made_at` is UTC and
    settles ties between occurrences (rule 7).
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
