"""Was this asked before? The same key and body get the first answer again (rule 14)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from evse_status.core.errors import Conflict
from evse_status.core.principal import Principal
from evse_status.store import idempotency as store
from evse_status.store.database import Write

T = TypeVar("T")


class KeyUsedOtherwise(Conflict):
    """An idempotency key that came before with another body."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            "Idempotency-Key: this key came within the last 24 hours with another body. "
            "Send a new key for a new request.",
            field="Idempotency-Key",
        )


class AnsweredBefore(Exception):
    """Leaves the use case with the stored answer; the transaction has changed nothing."""

    def __init__(self, status: int, answer: Any) -> None:
        super().__init__("answered before")
        self.status = status
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Once(Generic[T]):
    """A key, what it belongs to, and how the answer to its result reads: (HTTP status, JSON).

    Of a result that reads `None` nothing is kept: only successes are.
    """

    principal: Principal
    route: str
    key: str
    body_hash: str
    answer: Callable[[T], tuple[int, Any] | None]

    def begin(self, write: Write) -> None:
        """Under the write lock, before anything is done. Raises AnsweredBefore, KeyUsedOtherwise."""
        kept = store.find(write, principal=self._who, route=self.route, key=self.key)
        if kept is None:
            return
        if kept.body_hash != self.body_hash:
            raise KeyUsedOtherwise
        raise AnsweredBefore(kept.status, kept.answer)

    def finish(self, write: Write, result: T) -> None:
        """In the same transaction, after everything is done."""
        answer = self.answer(result)
        if answer is None:
            return
        kept = store.Kept(self.body_hash, *answer)
        store.keep(write, kept, principal=self._who, route=self.route, key=self.key)

    @property
    def _who(self) -> str:
        token = self.principal.token_id
        return self.principal.name if token is None else f"token {token}"
