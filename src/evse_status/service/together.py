"""How do many small writes that come at once share one transaction, each with its own answer?"""

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(slots=True, eq=False)
class _Ticket(Generic[Item, Answer]):
    item: Item
    answers: Sequence[Answer] = ()
    error: BaseException | None = None
    is_done: bool = False


class Together(Generic[Item, Answer]):
    """Whoever comes first does the work of all who wait meanwhile; the others get their answers from it.

    A disk takes a few hundred commits a second, however small. `run` gets items of different
    `about` and answers in their order; what it raises is raised to each of them. Thread-safe.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Sequence[Answer]],
        *,
        about: Callable[[Item], Hashable],
    ) -> None:
        self._run = run
        self._about = about
        self._waiting: list[_Ticket[Item, Answer]] = []
        self._list = threading.Lock()
        self._turn = threading.Lock()

    def do(self, item: Item) -> Answer:
        """Have `item` done, by this thread or by another one."""
        mine: _Ticket[Item, Answer] = _Ticket(item)
        with self._list:
            self._waiting.append(mine)
        with self._turn:
            while not mine.is_done:
                self._work()
        if mine.error is not None:
            raise mine.error
        return mine.answers[0]

    def _work(self) -> None:
        tickets = self._taken()
        try:
            answers = self._run([ticket.item for ticket in tickets])
            for ticket, answer in zip(tickets, answers, strict=True):
                ticket.answers = (answer,)
        except BaseException as error:
            for ticket in tickets:
                ticket.error = error
        for ticket in tickets:
            ticket.is_done = True

    def _taken(self) -> list[_Ticket[Item, Answer]]:
        """All that wait; of several about the same the first."""
        with self._list:
            first: dict[Hashable, _Ticket[Item, Answer]] = {}
            for ticket in self._waiting:
                first.setdefault(self._about(ticket.item), ticket)
            taken = list(first.values())
            self._waiting = [ticket for ticket in self._waiting if ticket not in taken]
        return taken
