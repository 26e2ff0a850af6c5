"""An answer is worked out once while it is remembered, whoever asks."""

import threading

import pytest

from evse_status.service.memory import Memory


def test_an_answer_is_worked_out_once_per_key() -> None:
    memory, asked = Memory(), []
    for key in ("a", "b", "a"):
        assert memory.recall(key, lambda key=key: asked.append(key) or key.upper()) == key.upper()  # type: ignore[misc,func-returns-value]
    assert asked == ["a", "b"]


def test_the_oldest_answers_are_forgotten_first() -> None:
    memory = Memory(most=2)
    for key in ("a", "b", "a", "c"):
        memory.recall(key, lambda: 1)
    assert memory.recall("a", lambda: 2) == 1
    assert memory.recall("b", lambda: 2) == 2


def test_an_error_is_raised_and_not_remembered() -> None:
    memory = Memory()
    with pytest.raises(ZeroDivisionError):
        memory.recall("a", lambda: 1 // 0)
    assert memory.recall("a", lambda: 1) == 1


def test_those_who_ask_at_once_wait_for_one() -> None:
    memory, begun, go_on = Memory(), threading.Event(), threading.Event()
    worked: list[int] = []
    answers: list[int] = []

    def work_out() -> int:
        worked.append(1)
        begun.set()
        assert go_on.wait(30)
        return 7

    threads = [
        threading.Thread(target=lambda: answers.append(memory.recall("a", work_out)))
        for _ in range(5)
    ]
    threads[0].start()
    assert begun.wait(30)
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert (answers, worked) == ([7] * 5, [1])
