"""Who may alter a series, and is it still as it was shown? (rules 13, 15)"""

from evse_status.core.errors import NotAllowed, StaleSeries, UnknownSeries
from evse_status.core.period import write_instant
from evse_status.core.principal import Principal
from evse_status.core.series import Series
from evse_status.store import evses as evse_store
from evse_status.store import series as store
from evse_status.store.database import Write

_MOST_TOLD = 3


def opened(write: Write, principal: Principal, series_id: int, version: int | None) -> Series:
    """A series that the principal is about to alter, all of whose EVSEs are within reach.

    Raises UnknownSeries, NotAllowed, and StaleSeries where `version` isn't the latest.
    """
    one = store.by_ids(write.conn, [series_id]).get(series_id)
    if one is None:
        raise UnknownSeries(series_id)
    reached = evse_store.by_numbers(write.conn, one.evses, evse_store.in_area(principal))
    if not reached and not principal.is_everywhere:
        raise UnknownSeries(series_id)
    if len(reached) < len(one.evses):
        raise NotAllowed(
            f"seriesId: series {series_id} reaches beyond the area of {principal.name}. "
            "Clear or change its overrides one by one, or ask an administrator.",
            field="seriesId",
        )
    require_may_alter(principal, one)
    if version is not None and version != one.version:
        lines = [line for line in store.history(write.conn, [one.id]) if line.version > version]
        told = [f"{line.by} {line.what} it at {write_instant(line.at)}" for line in lines]
        if len(told) > _MOST_TOLD:
            told = ["…", *told[-_MOST_TOLD:]]
        raise StaleSeries(series_id, since="; ".join(told) or "its version is another one")
    return one


def require_may_alter(principal: Principal, one: Series) -> None:
    """Refuse to change, clear or undo a series: of a status that may not be set, or of others."""
    principal.require_may_set(one.temporary_status)
    if not principal.may_clear_others and one.created_by != principal.name:
        raise NotAllowed(
            f"seriesId: series {one.id} was made by {one.created_by}, and {principal.name} may change "
            "and clear its own only.",
            field="seriesId",
        )
