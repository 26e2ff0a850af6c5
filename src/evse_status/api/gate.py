"""Who asks, and may this body be read at all? What every route asks before it reads anything."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Message

from evse_status.api.auth import caller
from evse_status.api.errors import BodyTooLarge, Compressed, NotJson
from evse_status.core.errors import InvalidInput
from evse_status.core.principal import Principal

LARGEST_BODY = 2**20
LARGEST_BATCH_BODY = 16 * 2**20

_TOKEN = HTTPBearer(auto_error=False)
_WITH_BODY = {"POST", "PUT", "PATCH"}


class Gated(APIRoute):
    """A route that knows its caller, its query and the size of its body before reading the body."""

    largest_body = LARGEST_BODY

    async def let_in(self, request: Request, given: HTTPAuthorizationCredentials | None) -> None:
        """Find out who asks. Raises NotSignedIn, NotAllowed, TooManyCalls."""
        request.state.principal = await caller(request, given)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler behind the gate."""
        handler = super().get_route_handler()
        known = _query_names(self.dependant)

        async def gated(request: Request) -> Response:
            await self.let_in(request, await _TOKEN(request))
            _require_known_query(request, known)
            if request.method not in _WITH_BODY:
                return await handler(request)
            _limit_body(request, self.largest_body)
            try:
                return await handler(request)
            except HTTPException:
                # FastAPI says "can't be parsed" of whatever goes wrong while a body is read.
                if getattr(request.state, "too_large", False):
                    raise BodyTooLarge(self.largest_body) from None
                raise

        return gated


class GatedBatch(Gated):
    """The same for many items in one body."""

    largest_body = LARGEST_BATCH_BODY


async def principal(request: Request) -> Principal:
    """Who asks, as the gate found out."""
    found: Principal = request.state.principal
    return found


Caller = Annotated[Principal, Depends(principal)]


def _query_names(dependant: Dependant) -> set[str]:
    own = {field.alias for field in dependant.query_params}
    return own.union(*(_query_names(one) for one in dependant.dependencies))


def _require_known_query(request: Request, known: set[str]) -> None:
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in known:
            fitting = f"Known are {', '.join(sorted(known))}." if known else "There are none here."
            raise InvalidInput(
                f"{name[:60]}: is not a parameter of this request. {fitting}", field=name[:60]
            )
        if name in seen:
            raise InvalidInput(f"{name}: is there twice. Send it once.", field=name)
        seen.add(name)


def _limit_body(request: Request, limit: int) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise NotJson
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Compressed
    told = request.headers.get("content-length", "0")
    if not told.isdigit() or len(told) > 12 or int(told) > limit:
        raise BodyTooLarge(limit)
    receive, read = request.receive, 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            request.state.too_large = True
            raise BodyTooLarge(limit)
        return message

    request._receive = counted


class _Number(Convertor[int]):
    """A number that a row may have; longer ones name nothing."""

    regex = "[0-9]{1,19}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


class _Evse(Convertor[str]):
    """An EVSE id, which may have a slash, and not what is asked of it."""

    regex = "(?!.*/(?:display|actual-status)$).+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("number", _Number())
register_url_convertor("evse", _Evse())
