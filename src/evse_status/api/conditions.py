"""Which version does a caller mean, and has it asked before? `ETag`, `If-Match`, `Idempotency-Key`."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Annotated, Any, TypeVar

from fastapi import Header
from pydantic import BaseModel

from evse_status.core.errors import InvalidInput
from evse_status.core.principal import Principal
from evse_status.service.idempotency import Once

_TAG = re.compile(r'(?:W/)?"(s?)(\d{1,19})\.(\d{1,9})"', re.ASCII)
_NO_VERSION = 0
T = TypeVar("T")

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of what you saw: 412 if it was changed since. Unset: the latest.",
        examples=['"42.1"'],
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="A key of your own for this request: sent again within 24 hours with the same "
        "body it gets the same answer, and nothing is done twice.",
        examples=["3f1b7c0e-lot7-0412"],
    ),
]


def etag(number: int | None, version: int, *, of_series: bool = False) -> str:
    """The ETag of a version of an override, or of a series; that of another one never fits."""
    return f'"{"s" * of_series}{number}.{version}"'


def version_of(if_match: str | None, number: int, *, of_series: bool = False) -> int | None:
    """The version of this override, or series, that `If-Match` names, `None` for any.

    A tag of anything else fits no version.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    if "," in if_match:
        raise InvalidInput("If-Match: name one ETag.", field="If-Match")
    found = _TAG.fullmatch(if_match.strip())
    fits = found and int(found[2]) == number and bool(found[1]) == of_series
    return int(found[3]) if found and fits else _NO_VERSION


def once(
    principal: Principal,
    key: str | None,
    *,
    route: str,
    body: BaseModel,
    answer: Callable[[T], tuple[int, Any] | None],
) -> Once[T] | None:
    """What makes a request happen once; `None` without a key."""
    if key is None:
        return None
    text = body.model_dump_json(exclude_unset=True)
    return Once(principal, route, key, sha256(text.encode()).hexdigest(), answer)
