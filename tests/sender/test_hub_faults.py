"""Real processes: whatever one record, the hub or the sender does, the hub ends up with the truth, one push at a time."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from evse_status.core.principal import LOCAL
from evse_status.service.partners import edit_partner, resync_partner
from evse_status.service.schedule import clear_overrides, place_overrides
from evse_status.service.sending import next_due
from examples.certificates import Authority, certificate_of
from sender.hub_running import ToldHub, a_told_hub
from sender.running import Network, a_network, a_sender, settings, wait_until
from support import BLOCKED, MAINTENANCE, wish

MANY = [f"DK*TST*E{site}*{one}" for site in range(1, 6) for one in range(1, 101)]


@pytest.fixture
def network(sqlite_url: str) -> Iterator[Network]:
    with a_network(sqlite_url) as made:
        yield made


def block(network: Network, *evses: str) -> None:
    place_overrides(network.app.database, LOCAL, list(evses), wish(BLOCKED))


def test_of_500_records_one_is_bad_and_499_are_told(sqlite_url: str) -> None:
    bad = "DK*TST*E3*33"
    with a_network(sqlite_url, locations=5, evses=100) as network, a_told_hub(network) as told:
        with a_sender(network):
            wait_until(told.is_right)
            told.hub.post("/refuse", {"evse_ids": {bad: "018"}})
            before = told.count()
            block(network, *MANY)
            good = {one: "Occupied" for one in MANY if one != bad}
            wait_until(lambda: told.hub.statuses("DKTST") == {**good, bad: "Available"})
            query = text("SELECT count(*) FROM partner_evse WHERE refused <> '' AND due_at > 0")
            wait_until(lambda: _scalar(network, query) == 1)
        pushes = told.pushes(before)
        query = text("SELECT answer FROM receipt WHERE outcome = 'refused' AND evse_id IS NOT NULL")
        assert "018 Inconsistent EvseID" in str(_scalar(network, query))
        times = Counter(
            record["EvseID"]
            for one in pushes
            if one["code"] == "000"
            for record in one["body"]["OperatorEvseStatus"]["EvseStatusRecord"]
        )
        assert set(times) == set(good)
        assert max(times.values()) == 1
        told.assert_never_two_at_once()


def _scalar(network: Network, query: object) -> object:
    with network.app.database.read() as conn:
        return conn.scalar(query)  # type: ignore[call-overload]


def test_whatever_a_hub_does_is_got_over(network: Network) -> None:
    modes = ["429", "500", "hang up", "lose answer", "401", "result false"]
    with a_told_hub(network) as told, a_sender(network):
        wait_until(told.is_right)
        for number, mode in enumerate(modes):
            told.behave(mode, seconds=1)
            before = told.count()
            block(network, f"DK*TST*E{number // 4 + 1}*{number % 4 + 1}")
            wait_until(partial(has_been_pushed, told, before))
            wait_until(lambda: bool(told.now().failure))
            told.behave("normal")
            wait_until(told.is_right)
            wait_until(lambda: not told.now().failure)
        told.assert_never_two_at_once()


def has_been_pushed(told: ToldHub, before: int) -> bool:
    return told.count() > before


def test_a_hub_that_answers_slowly_never_has_two_at_once(network: Network) -> None:
    with a_told_hub(network, timeout_seconds=10) as told, a_sender(network):
        wait_until(told.is_right)
        told.behave("slow", seconds=0.3)
        for site in (1, 2, 3):
            before = told.count()
            for one in (1, 2, 3, 4):
                block(network, f"DK*TST*E{site}*{one}")
            wait_until(partial(has_been_pushed, told, before))
        wait_until(told.is_right)
        told.assert_never_two_at_once()


def test_killed_in_between_the_hub_ends_up_with_the_truth(network: Network) -> None:
    db, evses = network.app.database, [f"DK*TST*E1*{one}" for one in (1, 2, 3, 4)]
    with a_told_hub(network, timeout_seconds=1) as told:
        with a_sender(network) as sender:
            wait_until(told.is_right)
            told.behave("slow", seconds=0.5)
            before = told.count()
            made = place_overrides(db, LOCAL, evses, wish(BLOCKED)).done
            wait_until(partial(has_been_pushed, told, before))
            sender.kill()  # the hub has it, nobody knows
        clear_overrides(db, LOCAL, [made[0].id])
        place_overrides(db, LOCAL, evses[1:2], wish(MAINTENANCE))
        told.behave("normal")
        with a_sender(network):
            wait_until(told.is_right)
            wait_until(lambda: not next_due(db, [told.partner.id]))
        assert told.shown() != dict.fromkeys(told.shown(), "Available")
        told.assert_never_two_at_once()


def test_a_certificate_that_it_refuses_is_said_in_clear_words(
    network: Network, tmp_path: Path
) -> None:
    hubs, theirs = Authority(tmp_path, "Hub"), Authority(tmp_path, "Somebody else")
    (tmp_path / "hub-key.pem").write_text(hubs.sign("localhost"))
    words = ["--tls", str(tmp_path / "hub-key.pem"), "--client-ca", str(hubs.file), "--knows-all"]
    wrong = theirs.sign("operator.test")
    with (
        settings(SSL_CERT_FILE=str(hubs.file)),
        a_told_hub(network, *words, certificate=wrong) as told,
        a_sender(network),
    ):
        wait_until(lambda: "it doesn't take our certificate" in told.now().failure)
        assert certificate_of(wrong) not in told.now().failure
        before = told.now()
        right = hubs.sign("operator.test")
        edit_partner(
            network.app.database,
            LOCAL,
            before.id,
            before.settings,
            version=before.version,
            vault=network.app.vault,
            certificate=right,
        )
        wait_until(told.is_right)
        assert {one["certificate"] for one in told.pushes()} == {"operator.test"}


def test_a_resync_of_everything_ends_with_one_full_load(network: Network) -> None:
    words = ("--knows-all",)
    with a_told_hub(network, *words, insert_unknown=True) as told, a_sender(network):
        wait_until(told.is_right)
        told.hub.push("insert", {"DK*TST*EOLD": "Available"}, operator="DK*TST", address="DK*TST")
        place_overrides(network.app.database, LOCAL, ["DK*TST*E1*1"], wish(MAINTENANCE))
        before = told.count()
        resync_partner(network.app.database, LOCAL, told.partner.id)
        wait_until(told.is_right)
        wait_until(lambda: told.now().full_load_at is None)
        actions = [one["body"]["ActionType"] for one in told.pushes(before)]
        assert actions.count("fullLoad") == 1
        assert actions[-1] == "fullLoad"
        told.assert_never_two_at_once()
