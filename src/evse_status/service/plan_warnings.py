"""What deserves a second look before groups of EVSEs are placed on?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from evse_status.core.local_time import clock_changes, zone
from evse_status.core.override import Override
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.service.fleet import EvseCard
from evse_status.service.groups import Look
from evse_status.service.site_outage import LastOfItsKind, MostOfASite, outages

_FAULTS = (ActualStatus.INOPERATIVE, ActualStatus.OUTOFORDER)
_COVERS = (TemporaryStatus.BLOCKED, TemporaryStatus.RESERVED)


@dataclass(frozen=True, slots=True)
class Charging:
    """A session is running on these now; no override stops one."""

    evses: tuple[EvseCard, ...]


@dataclass(frozen=True, slots=True)
class HidesFault:
    """BLOCKED or RESERVED would stand over INOPERATIVE or OUTOFORDER: uptime reports count these otherwise."""

    evses: tuple[EvseCard, ...]


@dataclass(frozen=True, slots=True)
class AcrossClockChange:
    """Clocks in `zone` change at `change_at`, inside the period of this many EVSEs there.

    `lasts` is how long the period is, `on_clocks` how long it looks on clocks; all instants in UTC.
    """

    zone: str
    change_at: datetime
    from_at: datetime
    to_at: datetime
    lasts: timedelta
    on_clocks: timedelta
    evses: int


Warned = MostOfASite | LastOfItsKind | HidesFault | AcrossClockChange | Charging


def warnings_of(conn: Connection, look: Look) -> tuple[Warned, ...]:
    """Everything that deserves a second look, the gravest first."""
    planned = [
        (one.card, one.override)
        for one in look.targets
        if one.card is not None and one.override is not None
    ]
    return (
        *outages(conn, look),
        *_faults(look, planned),
        *_clocks(planned),
        *_sessions(look, planned),
    )


def _faults(look: Look, planned: Sequence[tuple[EvseCard, Override]]) -> list[HidesFault]:
    found = {
        card.id: card
        for card, override in planned
        if look.actual(card.id) in _FAULTS
        and override.temporary_status in _COVERS
        and not override.stands_back
    }
    return [HidesFault(tuple(found.values()))] if found else []


def _sessions(look: Look, planned: Sequence[tuple[EvseCard, Override]]) -> list[Charging]:
    found = {card.id: card for card, _ in planned if look.actual(card.id) is ActualStatus.CHARGING}
    return [Charging(tuple(found.values()))] if found else []


def _clocks(planned: Sequence[tuple[EvseCard, Override]]) -> list[AcrossClockChange]:
    periods: dict[tuple[str, datetime, datetime], int] = {}
    for card, override in planned:
        if override.ends_at is not None and override.ends_at > override.starts_at:
            key = (card.time_zone, override.starts_at, override.ends_at)
            periods[key] = periods.get(key, 0) + 1
    found = []
    for (name, from_at, to_at), count in periods.items():
        in_zone = zone(name)
        for one in clock_changes(in_zone, from_at, to_at):
            found.append(
                AcrossClockChange(
                    zone=name,
                    change_at=one.at,
                    from_at=from_at,
                    to_at=to_at,
                    lasts=to_at - from_at,
                    on_clocks=to_at.astimezone(in_zone).replace(tzinfo=None)
                    - from_at.astimezone(in_zone).replace(tzinfo=None),
                    evses=count,
                )
            )
    return found
