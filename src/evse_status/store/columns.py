"""How do instants and documents lie in a column?"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator

from evse_status.core.period import from_microseconds, to_microseconds


class Instant(TypeDecorator[datetime]):
    """An aware instant as whole microseconds since 1970 in UTC: exact, ordered, the same on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Store an aware datetime."""
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Read it back in UTC."""
        return None if value is None else from_microseconds(value)


class Document(TypeDecorator[Any]):
    """JSON as text: keys stay in the order in which they came, so that it can be published again as it was."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Store anything JSON can say."""
        return (
            None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        )

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read it back."""
        return None if value is None else json.loads(value)
