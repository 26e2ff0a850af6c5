"""What should a hub know now? Its word for what is displayed, and the id that it takes; no schedules, no Locations."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from evse_status.core.delivery import REMOVED, Known
from evse_status.core.hub import HubWanted, hub_desired, hub_word
from evse_status.core.period import to_microseconds
from evse_status.core.roaming_id import RoamingId, roaming_id
from evse_status.service.known_partners import Partner
from evse_status.service.publish import SharedEvse
from evse_status.store.deliveries import Pair

_NOWHERE = RoamingId("")


def wanted_by_hub(
    partner: Partner,
    shared: Mapping[int, SharedEvse],
    known: Mapping[Pair, tuple[Known, int]],
    numbers: Iterable[int],
    *,
    at: datetime,
    now: datetime,
) -> dict[Pair, tuple[Known, int]]:
    """Rows of these EVSEs that change, each with its location; `shared` was read as it was `at`.

    What is beyond the hub's reach, or was taken out of it, is deleted there once.
    """
    resync = to_microseconds(partner.resync_at) if partner.resync_at else 0
    rows: dict[Pair, tuple[Known, int]] = {}
    for number in numbers:
        pair = (partner.id, number)
        before, where = known.get(pair, (None, 0))
        evse = shared.get(number)
        if evse is None:
            wanted = HubWanted(REMOVED, at, _NOWHERE, resync)
        else:
            where = evse.location_id
            tell_as = roaming_id(evse.evse_id, evse.roaming_id, partner.settings.operator_id)
            word = hub_word(evse.published.status)
            wanted = HubWanted(word, evse.published.since, tell_as, resync)
        after = hub_desired(before, wanted, now=now)
        if after is not None and after != before:
            rows[pair] = (after, where)
    return rows
