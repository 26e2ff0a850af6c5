"""Who is behind a call, and how often may they call?"""

from collections.abc import Hashable
from typing import Annotated

from fastapi import Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from evse_status.api.product import product
from evse_status.api.rates import Rates
from evse_status.core.errors import NotSignedIn, TooManyCalls
from evse_status.core.principal import Principal
from evse_status.service.tokens import recognise

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_RATES = Rates()

_BEARER = HTTPBearer(
    scheme_name="token",
    auto_error=False,
    description="A token made with `evse-status token create` or on the page Tokens.",
)


async def caller(
    request: Request,
    given: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
) -> Principal:
    """Who calls, by its token. A dependency of every route under /v2.

    Raises NotSignedIn (401) and TooManyCalls (429). Leaves the headers that say how many calls are
    left in `request.state.rate_headers` (a dict, for every answer, errors included).
    """
    request.state.rate_headers = {}
    if given is None or not given.credentials:
        raise NotSignedIn(
            "This needs a token: send the header Authorization: Bearer, followed by it. "
            "An administrator makes one with `evse-status token create`."
        )
    principal = await run_in_threadpool(_recognised, given.credentials.strip())
    count(request, (principal.token_id, principal.name), principal.name)
    return principal


def count(request: Request, who: Hashable, name: str) -> None:
    """Count a call of `who`, called `name`. Raises TooManyCalls."""
    parts = product()
    reads = request.method in _READS
    settings = parts.settings
    limit = settings.reads_per_minute if reads else settings.writes_per_minute
    allowance = _RATES.take((who, reads), limit, now=parts.clock.now())
    request.state.rate_headers = allowance.headers()
    if allowance.retry_after is not None:
        raise TooManyCalls(
            f"{name} has made {limit:,} {'reads' if reads else 'writes'} within this minute. "
            f"Try again in {allowance.retry_after} s.",
            retry_after=allowance.retry_after,
        )


def _recognised(secret: str) -> Principal:
    parts = product()
    return recognise(parts.database, secret, now=parts.clock.now())
