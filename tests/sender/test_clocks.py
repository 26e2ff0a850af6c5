"""A sender whose server's clock steps back, or finds that a day has passed: partners end up with the truth, in order."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from evse_status.core.principal import LOCAL
from evse_status.service.schedule import place_overrides
from sender.running import Network, a_network, a_partner, a_sender, assert_in_order, wait_until
from support import BLOCKED, MAINTENANCE, RESERVED, wish

HOUR = timedelta(hours=1)


@pytest.fixture
def network(sqlite_url: str) -> Iterator[Network]:
    with a_network(sqlite_url, locations=1) as made:
        yield made


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    """How many seconds the sender's server is ahead of this process."""
    file = tmp_path / "seconds"
    set_ahead(file, timedelta())
    return file


def set_ahead(wall: Path, by: timedelta) -> None:
    fresh = wall.with_suffix(".new")
    fresh.write_text(str(by.total_seconds()))
    fresh.rename(wall)  # never half written


def test_a_step_back_of_an_hour_loses_no_start_and_no_end(network: Network, wall: Path) -> None:
    db = network.app.database
    with a_partner(network), a_sender(network, wall=wall) as sender:
        wait_until(network.is_right)
        soon = network.app.now() + timedelta(seconds=2)
        place_overrides(db, LOCAL, ["DK*TST*E1*1"], wish(BLOCKED, valid_from=soon))
        place_overrides(db, LOCAL, ["DK*TST*E1*2"], wish(BLOCKED, valid_to=soon))
        set_ahead(wall, -HOUR)
        place_overrides(db, LOCAL, ["DK*TST*E1*3"], wish(MAINTENANCE))
        wait_until(lambda: network.app.now() > soon and network.is_right())
        assert network.told()["L1/1"] == "BLOCKED"
        assert network.told()["L1/2"] == "AVAILABLE"
        assert_in_order(network.log())
        assert sender.poll() is None


def test_after_a_day_away_a_partner_gets_each_changed_evse_once(
    network: Network, wall: Path
) -> None:
    db = network.app.database
    with a_partner(network), a_sender(network, wall=wall):
        wait_until(network.is_right)
        now = network.app.now()
        for number in range(6):  # they come and go all day long
            status = (BLOCKED, RESERVED)[number % 2]
            begin = now + HOUR * (1 + 3 * number)
            period = wish(status, valid_from=begin, valid_to=begin + 2 * HOUR)
            place_overrides(db, LOCAL, ["DK*TST*E1*1", "DK*TST*E1*2"], period)
        later = wish(BLOCKED, valid_from=now + 20 * HOUR)
        place_overrides(db, LOCAL, ["DK*TST*E1*2", "DK*TST*E1*3"], later)
        network.behave("500")
        attempts = len(network.log())
        set_ahead(wall, timedelta(days=1))
        network.app.clock.not_before(network.app.now() + timedelta(days=1))
        wait_until(lambda: len(network.log()) > attempts)
        before = len(network.log())
        network.behave("normal")
        wait_until(network.is_right)
        told = [one for one in network.log()[before:] if one["status"] == 200]
        assert [one["body"]["status"] for one in told] == ["BLOCKED", "BLOCKED"]
        assert {one["path"].rpartition("/")[2] for one in told} == {"2", "3"}
        assert_in_order(network.log())
