"""What exactly is on the wire for one EVSE at an instant, on every channel, and if nothing, why not?

Made by what the channels themselves send with. For another instant than now it is what would be
sent then if nothing changed any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from evse_status.channels.ocpi import payload as ocpi
from evse_status.channels.ocpi import tidy
from evse_status.channels.ocpi.push import Place
from evse_status.channels.oicp import payload as oicp
from evse_status.core.delivery import REMOVED
from evse_status.core.hub import Action, hub_word
from evse_status.core.partner import PartnerRole, PartnerSettings
from evse_status.core.published import Announced
from evse_status.core.roaming_id import RoamingId, roaming_id
from evse_status.core.translation import Channel
from evse_status.service.app_wire import AppMessage, AppProfile, app_message
from evse_status.service.known_partners import Partner
from evse_status.service.publish import SharedEvse, document
from evse_status.service.seen_at import Eyes, Moment, seen_at
from evse_status.store import deliveries, shared

_USUAL = PartnerSettings()


@dataclass(frozen=True, slots=True)
class OnTheWire:
    """One message. `request` is one line, `body` the text exactly as sent, `to` the partner's name.

    Where nothing is sent `why_not` says in one sentence why; with a `body` beside it nobody is there
    to be told, and that is what a partner with the usual settings would be told.
    """

    channel: Channel
    request: str
    body: str = ""
    why_not: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Wires:
    """The messages of each channel in the order of `Channel`, what OCPI announces meanwhile, and how many
    connectors share the one status."""

    channels: tuple[tuple[OnTheWire, ...], ...]
    schedule: tuple[Announced, ...]
    plugs: int

    @property
    def left_out(self) -> frozenset[Channel]:
        """The channels that are told nothing of the EVSE: there drivers don't see it."""
        first = (messages[0] for messages in self.channels if messages)
        return frozenset(one.channel for one in first if one.why_not and not one.body)


def on_the_wire(
    conn: Connection, evse: int, partners: Sequence[Partner], moment: Moment, profile: AppProfile
) -> Wires:
    """The messages of each channel; on OCPI what is sent, then what is read.

    `partners` are all counterparties. Of a channel's the oldest is meant that is shown what the
    channel as such shows, else the oldest that is told of the EVSE at all. Few statements.
    """
    receivers = [one for one in partners if one.settings.role is PartnerRole.RECEIVER]
    told = [one for one in receivers if one.settings.channel is not Channel.SPIRII_GO]
    eyes = [Eyes(_USUAL), *(Eyes(_spoken(one), one.resync_at) for one in told)]
    usual, *theirs = seen_at(conn, evse, eyes, moment)
    if usual is None:
        return Wires((), (), 1)
    seen = list(zip(told, theirs, strict=True))
    hub, roamer = (_meant(seen, channel, usual) for channel in (Channel.HUBJECT, Channel.OCPI))
    content = shared.contents(conn, [evse])[evse]
    return Wires(
        (
            (_of_app(app_message(conn, evse, moment, profile, receivers)),),
            (_hub(hub),),
            (_patch(conn, roamer, moment), _read(roamer, content, moment)),
        ),
        roamer.evse.published.schedule,
        len(tidy.sequence(content.get("connectors"))),
    )


@dataclass(frozen=True, slots=True)
class _Meant:
    """The partner whose message is shown, and the EVSE as it sees it; `None`: nobody is told, and why."""

    partner: Partner | None
    evse: SharedEvse
    why_not: str = ""
    says_nothing: bool = False  # there are partners, but none is told of this EVSE

    @property
    def settings(self) -> PartnerSettings:
        """What it wants to be told, and how."""
        return _USUAL if self.partner is None else self.partner.settings

    @property
    def operator_id(self) -> str:
        """In whose name a hub is told."""
        return self.settings.operator_id or f"{self.evse.country_code}*{self.evse.party_id}"

    def message(self, channel: Channel, request: str, body: bytes) -> OnTheWire:
        """What is on the wire, unless nobody is told."""
        to = "" if self.partner is None else self.partner.name
        return OnTheWire(
            channel, request, "" if self.says_nothing else body.decode(), self.why_not, to
        )


def _meant(
    seen: Sequence[tuple[Partner, SharedEvse | None]], channel: Channel, usual: SharedEvse
) -> _Meant:
    mine = [(one, its) for one, its in seen if one.settings.channel is channel]
    reached = [_Meant(one, its) for one, its in mine if its is not None]
    for one in sorted(reached, key=lambda one: _is_unusual(one, usual)):
        return one
    if not mine:
        why_not = "Nobody is told on this channel yet: this is what a partner would be told."
        return _Meant(None, usual, why_not)
    why_not = "No partner on this channel is told of this location."
    if any(_would_reach(one, usual) for one, _ in mine):
        why_not = "The location isn't published (publish: false): no partner here is told of it."
    return _Meant(None, usual, why_not, says_nothing=True)


def _would_reach(partner: Partner, evse: SharedEvse) -> bool:
    """Whether it would be told if the location were published."""
    return partner.settings.reach.includes(
        party_id=evse.party_id,
        country_code=evse.country_code,
        location_id=evse.location_id,
        publish=True,
    )


def _is_unusual(one: _Meant, usual: SharedEvse) -> tuple[bool, bool]:
    hub = one.settings.channel is Channel.HUBJECT
    return hub and not _told_as(one).text, one.evse.published.status != usual.published.status


def _told_as(meant: _Meant) -> RoamingId:
    return roaming_id(meant.evse.evse_id, meant.evse.roaming_id, meant.operator_id)


def _of_app(message: AppMessage) -> OnTheWire:
    return OnTheWire(
        Channel.SPIRII_GO,
        f"event: {message.event} · /driver-app/changes",
        message.body,
        message.why_not,
        message.to,
    )


def _hub(meant: _Meant) -> OnTheWire:
    word, its = hub_word(meant.evse.published.status), _told_as(meant)
    request = f"POST …/operators/{meant.operator_id}/status-records"
    if not its.text:
        to = "" if meant.partner is None else meant.partner.name
        why_not = meant.why_not if meant.says_nothing else its.why_not
        return OnTheWire(Channel.HUBJECT, request, "", why_not, to)
    action, said = (Action.DELETE, oicp.UNKNOWN) if word == REMOVED else (Action.UPDATE, word)
    push = oicp.status_push(meant.operator_id, "", action, [(its.text, said)])
    return meant.message(Channel.HUBJECT, request, oicp.body(push))


def _patch(conn: Connection, meant: _Meant, moment: Moment) -> OnTheWire:
    seen, since = meant.evse, meant.evse.published.since
    if meant.partner is not None:
        pair = (meant.partner.id, seen.number)
        known, _ = deliveries.known(conn, [pair[0]], [pair[1]]).get(pair, (None, 0))
        if known is not None and moment.is_real and known.wanted == seen.word:
            since = known.wanted_at
        elif known is not None and not moment.is_past:
            since = max(since, known.wanted_at)  # it is never told anything older than before
    place = Place(seen.country_code, seen.party_id, seen.ocpi_location_id, seen.uid)
    request = f"PATCH …{_module(meant.partner)}{place.path()}"
    return meant.message(Channel.OCPI, request, ocpi.body(ocpi.status_patch(seen.word, since)))


def _read(meant: _Meant, content: Mapping[str, Any], moment: Moment) -> OnTheWire:
    """The EVSE with its schedule, as the partner reads it of us."""
    seen = meant.evse
    version = _USUAL.version if meant.partner is None else meant.partner.spoken
    request = f"GET …/ocpi/{version.value}/locations/{seen.ocpi_location_id}/{seen.uid}"
    if moment.is_past:
        why_not = "It is past: who reads gets what is true then, and what was announced isn't kept."
        return replace(meant.message(Channel.OCPI, request, b""), why_not=why_not)
    told = document(seen, content, replace(meant.settings, version=version))
    return meant.message(Channel.OCPI, request, ocpi.body(told))


def _module(partner: Partner | None) -> str:
    url = partner.locations_url if partner is not None else None
    return "/" + (url or "locations").rsplit("/", 1)[-1]


def _spoken(partner: Partner) -> PartnerSettings:
    return replace(partner.settings, version=partner.spoken)
