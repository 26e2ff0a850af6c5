"""What is a registration, and how is a partner called while tokens are exchanged? For both who may begin."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar

from evse_status.channels.addresses import is_loopback, require_address
from evse_status.channels.ocpi.credentials import Credentials
from evse_status.channels.ocpi.handshake import NO_ENDPOINTS, Details, Handshake, HandshakeFailed
from evse_status.core.errors import Conflict, InvalidInput
from evse_status.core.partner import PartnerRole, PartnerSettings, Registration
from evse_status.service.known_partners import Partner, allowed
from evse_status.service.ourselves import Ourselves
from evse_status.store.database import Database

NOTHING_REGISTERED: dict[str, Any] = {
    "registered": None,
    "registered_at": None,
    "secret": None,
    "digest": None,
    "next_digest": None,
    "hint": "",
}
"""What is stored of a partner that isn't registered any more."""


class RegisteredAlready(Conflict):
    """A registration while there is one (OCPI 2.2.1, 7.2.2: HTTP 405)."""

    code = "registered_already"
    allows: ClassVar[str] = "DELETE, GET, PUT"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"name: {name} is registered already. Change its token with PUT, or end it with DELETE.",
            field="name",
        )


class NotRegistered(Conflict):
    """A change or an end of a registration that there isn't (OCPI 2.2.1, 7.2.3 and 7.2.4: HTTP 405)."""

    code = "not_registered"
    allows: ClassVar[str] = "GET, POST"

    def __init__(self, name: str) -> None:
        super().__init__(f"name: {name} isn't registered. Register it first.", field="name")


def require_unregistered(partner: Partner) -> None:
    """Refuse where there is a registration, or none is needed (RegisteredAlready)."""
    if partner.is_connected:
        raise RegisteredAlready(partner.name)


def require_registered(partner: Partner) -> None:
    """Refuse where there is no registration (NotRegistered)."""
    if partner.registered is None:
        raise NotRegistered(partner.name)


def our_credentials(db: Database, partner: Partner, token: str, *, us: Ourselves) -> Credentials:
    """What a partner uses towards us, with the token that it showed."""
    with db.read() as conn:
        parties = us.parties(conn, partner.settings)
    return Credentials(token, us.versions_url, parties)


@contextmanager
def calling(
    partner: Partner, token: str, url: str, us: Ourselves | None = None
) -> Iterator[Handshake]:
    """A call to a partner. This machine itself is meant where its own address says so, or ours does."""
    settings = partner.settings
    named = [settings.url, partner.registered.url if partner.registered else ""]
    if us is not None:
        named.append(us.base_url)
    may = allowed(settings, ours=any(is_loopback(one) for one in named if one))
    try:
        require_address(url, may)
    except InvalidInput as error:
        raise HandshakeFailed(error.message) from None
    with Handshake(
        token=token,
        allowed=may,
        encode_token=settings.base64_token,
        timeout_seconds=settings.timeout_seconds,
    ) as call:
        yield call


def registration_of(
    settings: PartnerSettings, details: Details, told: Credentials | None
) -> Registration:
    """What the handshake brought. Raises HandshakeFailed where something needed isn't offered."""
    if settings.role is PartnerRole.UPSTREAM and ("locations", "SENDER") not in details.endpoints:
        raise HandshakeFailed(
            "It offers no module locations as sender, so there is nothing to take from it.",
            status_code=NO_ENDPOINTS,
        )
    parties = () if told is None else told.parties
    return Registration(
        details.version, details.endpoints, parties, "" if told is None else told.url
    )


def registered_values(
    partner: Partner, registration: Registration, now: datetime
) -> dict[str, Any]:
    """What is stored of a registration; other locations addresses mean that all has to be told again."""
    before = partner.registered
    one, other = ("locations", "RECEIVER"), ("locations", "SENDER")
    same = before is not None and all(
        before.endpoint(*which) == registration.endpoint(*which) for which in (one, other)
    )
    return {
        "registered": registration.as_json(),
        "registered_at": now,
        "try_at": None,
        "failures": 0,
        "failure": "",
        "failing_since": None,
    } | ({} if same else {"resync_at": now})
