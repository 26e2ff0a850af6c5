"""No partner is asked more often than it wants; a second's worth may go at once."""

import asyncio

from evse_status.sender.pace import Pace


class Watch:
    """Seconds that are moved by hand."""

    def __init__(self) -> None:
        self.shows = 100.0

    def __call__(self) -> float:
        return self.shows


def spend(pace: Pace, count: int) -> None:
    for _ in range(count):
        asyncio.run(pace.spend())


def test_as_many_a_minute_as_set() -> None:
    watch = Watch()
    pace = Pace(120, watch)
    assert pace.left() == 2
    spend(pace, 2)
    assert (pace.left(), pace.wait_seconds()) == (0, 0.5)
    watch.shows += 0.5
    assert (pace.left(), pace.wait_seconds()) == (1, 0.0)
    watch.shows += 60
    assert pace.left() == 2


def test_a_question_in_between_is_made_up_for() -> None:
    watch = Watch()
    pace = Pace(60, watch)
    spend(pace, 3)
    assert pace.wait_seconds() == 3


def test_without_a_limit_nothing_waits() -> None:
    pace = Pace(None, Watch())
    spend(pace, 1_000)
    assert pace.left() > 1_000
    assert pace.wait_seconds() == 0
