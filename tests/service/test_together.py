"""Small writes that come at once are done at once, each with its own answer."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from evse_status.service.together import Together


def test_those_who_wait_are_done_with_the_next_and_each_gets_its_own_answer() -> None:
    runs: list[list[int]] = []
    begun, go_on = threading.Event(), threading.Event()

    def run(items: Sequence[int]) -> list[int]:
        runs.append(sorted(items))
        if len(runs) == 1:
            begun.set()
            assert go_on.wait(10)
        return [item * 10 for item in items]

    together = Together(run, about=lambda item: item)
    with ThreadPoolExecutor(12) as pool:
        first = pool.submit(together.do, 0)
        assert begun.wait(10)
        others = [pool.submit(together.do, number) for number in (1, 2, 3, 3)]
        while len(together._waiting) < 4:
            pass
        go_on.set()
        assert first.result() == 0
        assert [one.result() for one in others] == [10, 20, 30, 30]
    assert runs == [[0], [1, 2, 3], [3]]  # never two about the same at once


def test_what_goes_wrong_is_raised_to_each_and_the_next_go_on() -> None:
    def run(items: Sequence[int]) -> list[int]:
        if 1 in items:
            raise ValueError("no")
        return list(items)

    together = Together(run, about=lambda item: item)
    with pytest.raises(ValueError, match="no"):
        together.do(1)
    assert together.do(2) == 2
