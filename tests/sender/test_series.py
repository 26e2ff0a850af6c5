"""A sender tells what a series shows, and stores what it has ahead."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from evse_status.core.principal import LOCAL
from evse_status.service import series as placing
from evse_status.service.series import SeriesWish, place_repeating
from evse_status.store import series as store
from sender.running import Network, a_network, a_partner, a_sender, wait_until
from support import BLOCKED


@pytest.fixture
def network(sqlite_url: str) -> Iterator[Network]:
    with a_network(sqlite_url, locations=1) as made:
        yield made


def test_a_series_is_told_and_stored_sixty_days_ahead(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "MOST_AT_ONCE", 1)
    db = network.app.database
    here = network.app.now().astimezone(ZoneInfo("Europe/Copenhagen")).replace(tzinfo=None)
    began = (here - timedelta(hours=1)).replace(second=0, microsecond=0)
    wish = SeriesWish("FREQ=DAILY", "Europe/Copenhagen", began, 600, BLOCKED)
    place_repeating(db, LOCAL, [(["DK*TST*E1*1", "DK*TST*E1*2"], wish)])

    def stored() -> int:
        with db.read() as conn:
            return len(store.rows_of(conn, store.by_ids(conn, [1])[1]))

    assert stored() == 2
    with a_partner(network), a_sender(network):
        wait_until(lambda: network.is_right() and network.told()["L1/1"] == "BLOCKED")
        wait_until(lambda: stored() >= 2 * 60)
