"""Rule 22: the product's clock follows forward steps only, and says how far it is ahead."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from evse_status.clock import Clock, system_wall
from support import NOON, at, hours


@dataclass
class Server:
    """A server whose wall clock may be set while time goes on."""

    wall: datetime = NOON
    seconds: float = 1_000.0

    def passes(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.seconds += seconds

    def clock(self) -> Clock:
        return Clock(lambda: self.wall, lambda: self.seconds)


def test_it_shows_wall_time_while_nobody_touches_it() -> None:
    server = Server()
    clock = server.clock()
    assert clock.now() == NOON
    server.passes(90)
    assert (clock.now(), clock.drift()) == (NOON + timedelta(seconds=90), timedelta(0))


def test_case_27_a_step_back_is_not_followed_and_time_goes_on() -> None:
    server = Server()
    clock = server.clock()
    server.wall -= hours(1)
    assert clock.now() == NOON
    server.passes(60)
    assert clock.now() == NOON + timedelta(minutes=1)
    assert clock.drift() == hours(1)


def test_a_step_back_that_is_taken_back_leaves_no_drift() -> None:
    server = Server()
    clock = server.clock()
    server.wall -= hours(1)
    server.passes(60)
    server.wall += hours(1)
    assert (clock.now(), clock.drift()) == (NOON + timedelta(minutes=1), timedelta(0))


def test_a_step_forward_is_followed() -> None:
    server = Server()
    clock = server.clock()
    server.wall += hours(3)
    assert (clock.now(), clock.drift()) == (at(3), timedelta(0))
    server.wall -= hours(3)
    assert (clock.now(), clock.drift()) == (at(3), hours(3))


def test_time_that_is_counted_twice_is_not_added_twice() -> None:
    server = Server()
    clock = server.clock()
    for _ in range(10):
        server.passes(6)
        clock.now()
    assert clock.now() == NOON + timedelta(minutes=1)


def test_it_is_never_behind_the_newest_instant_it_is_told() -> None:
    server = Server()
    clock = server.clock()
    clock.not_before(at(2))
    assert (clock.now(), clock.drift()) == (at(2), hours(2))
    clock.not_before(at(1))
    server.passes(60)
    assert clock.now() == at(2) + timedelta(minutes=1)


def test_the_servers_wall_clock_is_aware_and_in_utc() -> None:
    assert system_wall().tzinfo is UTC


def test_a_write_of_another_process_after_a_quiet_hour_does_not_count_that_hour_twice() -> None:
    server = Server()
    clock = server.clock()
    server.passes(3_600)
    clock.not_before(at(1))
    assert (clock.now(), clock.drift()) == (at(1), timedelta(0))
