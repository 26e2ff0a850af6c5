"""Is an override what drivers see now, and if not, what keeps it back?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from evse_status.core.displayed import Displayed, shows
from evse_status.core.override import Override
from evse_status.core.statuses import Phase, TemporaryStatus
from evse_status.service.audit import shown_on
from evse_status.service.fleet import EvseCard, card
from evse_status.store import evses


@dataclass(frozen=True, slots=True)
class HeldBackBy:
    """What keeps an active override from showing: another one, or (`id=None`) the actual status."""

    id: int | None
    temporary_status: TemporaryStatus | None
    because: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One override with its EVSE at an instant; it `holds` while it is what drivers see."""

    override: Override
    evse: EvseCard
    at: datetime
    holds: bool
    held_back_by: HeldBackBy | None


def standings(conn: Connection, found: Sequence[Override], now: datetime) -> list[Standing]:
    """How overrides stand at `now`, in their order."""
    cards = evses.by_numbers(conn, {one.evse for one in found})
    active = sorted({one.evse for one in found if one.phase(now) is Phase.ACTIVE})
    shown = shown_on(conn, active, now)
    return [_standing(one, card(cards[one.evse]), shown.get(one.evse), now) for one in found]


def _standing(one: Override, evse: EvseCard, shown: Displayed | None, now: datetime) -> Standing:
    if shown is None:
        return Standing(one, evse, now, holds=False, held_back_by=None)
    winner = shown.winner
    behind = next((b for b in shown.held_back if b.segment.override_id == one.id), None)
    holds = winner is not None and winner.override_id == one.id
    if behind is None:
        return Standing(one, evse, now, holds=holds, held_back_by=None)
    by = winner if shows(behind.segment, shown.actual) else None
    return Standing(
        one,
        evse,
        now,
        holds=False,
        held_back_by=HeldBackBy(
            by.override_id if by else None, by.status if by else None, behind.because
        ),
    )
