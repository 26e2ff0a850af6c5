"""What stands on the screen of each channel's app, for one EVSE at one instant?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from evse_status.core.published import Announced
from evse_status.core.statuses import ActualStatus
from evse_status.core.translation import AppLook, Channel, Profile, Status, Words, words
from evse_status.service.fleet import EvseCard
from evse_status.service.look_up import Display
from evse_status.ui.app_looks import look_on, said_by_app
from evse_status.ui.looks import Look, word_look
from evse_status.ui.texts import counted, when

NAMES = {
    Channel.SPIRII_GO: ("Spirii Go", "driver app"),
    Channel.HUBJECT: ("Hubject", "roaming app"),
    Channel.OCPI: ("OCPI", "roaming app"),
}


@dataclass(frozen=True, slots=True)
class Pin:
    """One EVSE of a location and what each channel shows of it; `look`: the driver app's own."""

    evse_id: str
    bay: str
    plug: str
    looked_at: bool
    status: Status
    words: Words
    look: AppLook | None


@dataclass(frozen=True, slots=True)
class Bay:
    """One EVSE as an app lists it."""

    name: str
    plug: str
    said: str
    look: Look


@dataclass(frozen=True, slots=True)
class Notice:
    """What an app announces, and whose word that is."""

    said: str
    source: str
    look: Look


@dataclass(frozen=True, slots=True)
class Screen:
    """What stands on a phone; `word` is the channel's (`None`: not shown), `said` the app's.

    `others` are the location's other EVSEs that the app shows; `absent` says what is there in
    place of a charger that isn't shown.
    """

    channel: Channel
    word: str | None
    said: str
    look: Look
    clock: str
    place: str
    address: str
    bay: str
    plug: str
    usable: bool
    others: tuple[Bay, ...] = ()
    notice: Notice | None = None
    absent: str = ""

    @property
    def spoken(self) -> str:
        """Everything that the picture says, in words."""
        name, kind = NAMES[self.channel]
        said = f"{self.place}, {self.said}"
        parts = [f"A phone with a {name} {kind} at {self.clock}: {said}"]
        if self.absent:
            return f"{parts[0]}. {self.absent}"
        parts += [self.address, f"{self.bay}: {self.plug}" if self.plug else self.bay]
        if self.notice is not None:
            parts.append(f"{self.notice.said}, {self.notice.source.lower()}")
        if self.others and self.channel is not Channel.SPIRII_GO:
            others = "; ".join(
                ", ".join(part for part in (f"{bay.name} {bay.said}", bay.plug) if part)
                for bay in self.others
            )
            parts.append(f"{counted(len(self.others), 'other bay')}: {others}")
        if self.channel is Channel.SPIRII_GO:
            parts.append("Charging can be started" if self.usable else "Charging can't be started")
        return ". ".join(part for part in parts if part)


def pin(card: EvseCard, status: Status, shown_in: Profile, *, looked_at: bool = False) -> Pin:
    """One EVSE that shows `status`, in every channel's words."""
    return Pin(
        evse_id=card.evse_id,
        bay=card.physical_reference or card.evse_id,
        plug=_plug(card),
        looked_at=looked_at,
        status=status,
        words=words(status, shown_in),
        look=shown_in.look(status),
    )


def screen(
    display: Display,
    channel: Channel,
    status: Status,
    *,
    shown_in: Profile,
    zone: ZoneInfo,
    neighbours: Sequence[Pin] = (),
    schedule: Sequence[Announced] = (),
    left_out: bool = False,
) -> Screen:
    """The screen of `channel` while the EVSE shows `status`; clocks are those in `zone`.

    `neighbours` are the EVSEs of its location, itself passed over; `schedule` is what OCPI announces.
    `left_out`: the channel isn't told of the location, so none of it shows.
    """
    card = display.evse
    word = None if left_out else words(status, shown_in).on(channel)
    return Screen(
        channel=channel,
        word=word,
        said=said_by_app(channel, word),
        look=look_on(channel, word, status, shown_in),
        clock=f"{display.at.astimezone(zone):%H:%M}",
        place=card.location_name or card.evse_id,
        address=", ".join(part for part in (card.address, card.city) if part),
        bay=card.physical_reference or card.evse_id,
        plug=_plug(card, up_to="up to " if channel is Channel.SPIRII_GO else ""),
        usable=status is ActualStatus.AVAILABLE and not left_out,
        others=tuple(
            _bay(one, channel, shown_in)
            for one in neighbours
            if not left_out and one.evse_id != card.evse_id and one.words.on(channel) is not None
        ),
        notice=_notice(schedule, zone, at=display.at)
        if channel is Channel.OCPI and not left_out
        else None,
        absent=_ABSENT[channel] if word in (None, "REMOVED") else "",
    )


_ABSENT = {
    Channel.SPIRII_GO: "This charger is not on the map",
    Channel.HUBJECT: "This charger is not in the list",
    Channel.OCPI: "Apps take it off the map",
}


def _bay(one: Pin, channel: Channel, shown_in: Profile) -> Bay:
    word = one.words.on(channel)
    return Bay(
        name=one.bay,
        plug=one.plug,
        said=said_by_app(channel, word),
        look=look_on(channel, word, one.status, shown_in),
    )


def _notice(schedule: Sequence[Announced], zone: ZoneInfo, *, at: datetime) -> Notice | None:
    """The first line of a schedule, as an app may put it to drivers."""
    told = next((one for one in schedule if one.to_at is None or one.to_at > at), None)
    if told is None:
        return None
    word = words(told.status).ocpi
    said = "Planned" if word == "PLANNED" else said_by_app(Channel.OCPI, word)
    if told.from_at > at:
        line = f"{said} from {when(told.from_at, zone, now=at)}"
    elif told.to_at is not None:
        line = f"{said} until {when(told.to_at, zone, now=at)}"
    else:
        line = f"{said} until further notice"
    return Notice(line, "From the charge point operator", word_look(word))


def _plug(card: EvseCard, *, up_to: str = "") -> str:
    power = f"{up_to}{card.power_w / 1000:g} kW" if card.power_w else ""
    return ", ".join(part for part in (card.connectors, power) if part)
