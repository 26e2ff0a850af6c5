"""Pages don't wait for what is worked out beside them, nobody works twice, failures are told."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from evse_status.core.errors import StoreBusy
from evse_status.ui.beside import AGAIN_AFTER, Beside, Told
from support import NOON

LATER = NOON + timedelta(seconds=5)


class Work:
    """Takes until it may end; counts how often it was begun."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = threading.Event()

    def __call__(self) -> str:
        self.begun += 1
        assert self.may_end.wait(20)
        return f"answer {self.begun}"


def ask(
    beside: Beside, work: Callable[[], str], *, mark: int = 1, patience: float = 0, **at: object
) -> Told[str]:
    now = at.get("now", NOON)
    return beside.ask("question", mark, work, now=now, patience=patience)  # type: ignore[arg-type]


def test_what_is_quick_is_told_at_once() -> None:
    beside = Beside()
    assert ask(beside, lambda: "answer", patience=20) == Told("answer", NOON)
    beside.finish()


def test_what_takes_long_comes_later_and_is_worked_out_once() -> None:
    beside, work = Beside(), Work()
    first, second = ask(beside, work), ask(beside, work)
    assert first.answer is None
    assert first.coming is not None
    assert first.coming is second.coming
    assert not first.coming.done()
    work.may_end.set()
    first.coming.result(timeout=20)
    assert ask(beside, work) == Told("answer 1", NOON)
    assert work.begun == 1
    beside.finish()
    assert "beside" not in [thread.name for thread in threading.enumerate()]


def test_meanwhile_the_last_answer_is_told_with_its_age() -> None:
    beside, work = Beside(), Work()
    ask(beside, lambda: "old", patience=20)
    told = ask(beside, work, mark=2, now=LATER)
    assert (told.answer, told.as_of) == ("old", NOON)
    assert told.coming is not None
    work.may_end.set()
    assert ask(beside, work, mark=2, now=LATER, patience=20) == Told("answer 1", LATER)
    beside.finish()


def test_what_moved_while_it_was_worked_out_is_worked_out_again() -> None:
    beside, work = Beside(), Work()
    ask(beside, work)
    work.may_end.set()
    beside.finish()
    told = ask(beside, work, mark=2, patience=20)
    assert (told.answer, told.coming, work.begun) == ("answer 2", None, 2)
    beside.finish()


@pytest.mark.parametrize("error", [StoreBusy("It is locked."), ZeroDivisionError()])
def test_a_failure_is_told_and_tried_again_after_a_while(error: Exception) -> None:
    beside = Beside()

    def fail() -> str:
        raise error

    assert ask(beside, fail, patience=20) == Told(None, NOON, error)
    assert ask(beside, lambda: "answer", patience=20).error is error
    beside.do(fail)
    told = ask(beside, lambda: "answer", patience=20, now=NOON + AGAIN_AFTER)
    assert (told.answer, told.error) == ("answer", None)
    beside.finish()
