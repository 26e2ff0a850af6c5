"""Which overrides are meant by their numbers, and what became of them since they were shown?"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from evse_status.core.principal import Principal
from evse_status.service.audit import HistoryLine, OverrideRow, history_line, rows
from evse_status.store import evses, overrides
from evse_status.store.database import Database


def rows_of(
    db: Database, principal: Principal, ids: Sequence[int], *, now: datetime
) -> tuple[OverrideRow, ...]:
    """These overrides as they stand, in their order; those that aren't known or lie outside the
    principal's area are left out. Few statements, however many they are."""
    principal.require_reader()
    with db.read() as conn:
        known = overrides.known(conn, ids)
        reached = evses.by_numbers(
            conn, {one.evse for one in known.values()}, evses.in_area(principal)
        )
        found = [known[number] for number in dict.fromkeys(ids) if number in known]
        return tuple(rows(conn, [one for one in found if one.evse in reached], now))


def changes_since(
    db: Database, principal: Principal, versions: Mapping[int, int]
) -> dict[int, tuple[HistoryLine, ...]]:
    """The lines of history that each override got after the version that was shown, the oldest first."""
    principal.require_reader()
    with db.read() as conn:
        known = overrides.known(conn, versions)
        reached = evses.by_numbers(
            conn, {one.evse for one in known.values()}, evses.in_area(principal)
        )
        return {
            number: tuple(
                history_line(line)
                for line in overrides.history(conn, one.id)
                if line.version > versions[number]
            )
            for number, one in known.items()
            if one.evse in reached
        }
