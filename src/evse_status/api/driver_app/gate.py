"""Which driver app asks? By its own token, which is made when it is added as a partner."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials

from evse_status.api.auth import count
from evse_status.api.gate import Gated
from evse_status.api.product import product
from evse_status.core.errors import NotSignedIn
from evse_status.service.driver_apps import app_by_token, fetched
from evse_status.service.known_partners import Partner, digest_of


class GatedApp(Gated):
    """A route that knows which driver app asks before it reads anything else."""

    async def let_in(self, request: Request, given: HTTPAuthorizationCredentials | None) -> None:
        """Find out which app asks, and note that it did. Raises NotSignedIn, NotAllowed, TooManyCalls."""
        request.state.rate_headers = {}
        if given is None or not given.credentials:
            raise NotSignedIn(
                "This needs the token of a driver app: send the header Authorization: Bearer, followed by "
                "it. An administrator makes one with `evse-status partner add NAME --channel driver-app`."
            )
        token = given.credentials.strip()
        app = await run_in_threadpool(app_by_token, product().database, token)
        count(request, ("driver-app", app.id), app.name)
        request.state.principal, request.state.digest = app, digest_of(token)
        await run_in_threadpool(_note, app)


def _note(app: Partner) -> None:
    parts = product()
    fetched(parts.database, app, now=parts.clock.now())


async def _app(request: Request) -> Partner:
    found: Partner = request.state.principal
    return found


App = Annotated[Partner, Depends(_app)]
"""The driver app that asks."""


async def _digest(request: Request) -> str:
    found: str = request.state.digest
    return found


ItsDigest = Annotated[str, Depends(_digest)]
"""That of the token which it showed."""
