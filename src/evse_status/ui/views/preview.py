"""What does the preview say about one EVSE at one instant?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from evse_status.core.displayed import Displayed
from evse_status.core.override import Override
from evse_status.core.published import Announced
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import Channel, Profile, Status, words
from evse_status.service.fleet import EvseCard
from evse_status.service.look_up import Display, Glance, ShowsNext
from evse_status.ui.lost_in_translation import Translation, translation, word_or_absence
from evse_status.ui.texts import how_long, period, when
from evse_status.ui.views.override import source_of
from evse_status.ui.views.plan import NEW, day_and_time
from evse_status.ui.views.screen import NAMES, Pin, Screen, pin, screen


class Variant(StrEnum):
    """What is looked at: the store's overrides, a draft among them, or none at all."""

    AS_PLANNED = "As planned"
    WITH_DRAFT = "With the draft"
    WITHOUT = "Without overrides"


@dataclass(frozen=True, slots=True)
class OnChannel:
    """One channel: its name, its word, what is lost, and the phone.

    `instead_of` is the word as planned where a draft, or leaving overrides out, changes it; else empty.
    """

    name: str
    kind: str
    word: str
    translation: Translation
    screen: Screen
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Behind:
    """One override in force that doesn't show."""

    override_id: int
    status: TemporaryStatus
    heading: str
    during: str
    because: str


@dataclass(frozen=True, slots=True)
class Winner:
    """The override that shows."""

    override_id: int
    status: TemporaryStatus
    during: str
    why_and_who: str


@dataclass(frozen=True, slots=True)
class Next:
    """What shows next, and the word of each channel then."""

    status: Status
    at: str
    waits: str
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Everything that explains what shows. `following` is `None` if nothing changes as planned, `then`
    what shows after it."""

    at: str
    winner: Winner | None
    behind: tuple[Behind, ...]
    actual: ActualStatus
    actual_since: str
    following: Next | None
    then: Next | None = None
    clocks: str = ""
    """The zone whose clocks show these times."""


_UNTOLD = Translation("This channel isn't told of it: its drivers don't see it.", lost=True)


def on_channels(
    display: Display,
    *,
    shown_in: Profile,
    zone: ZoneInfo,
    variant: Variant = Variant.AS_PLANNED,
    around: Sequence[Pin] = (),
    schedule: Sequence[Announced] = (),
    plugs: int = 1,
    left_out: frozenset[Channel] = frozenset(),
) -> tuple[OnChannel, ...]:
    """The three channels; `around` are the EVSEs of the location, `schedule` is what OCPI announces,
    `plugs` how many connectors the EVSE has, `left_out` the channels that aren't told of it."""
    status = status_of(display.displayed, display.as_planned, variant)
    before = words(display.as_planned.status, shown_in)
    found = []
    for channel in Channel:
        is_left_out = channel in left_out
        word = words(status, shown_in).on(channel)
        planned = before.on(channel)
        found.append(
            OnChannel(
                *NAMES[channel],
                word="not told" if is_left_out else word_or_absence(channel, word),
                translation=_UNTOLD
                if is_left_out
                else translation(status, channel, word, plugs=plugs),
                screen=screen(
                    display,
                    channel,
                    status,
                    shown_in=shown_in,
                    zone=zone,
                    neighbours=around,
                    schedule=schedule,
                    left_out=is_left_out,
                ),
                instead_of=""
                if planned == word or is_left_out
                else word_or_absence(channel, planned),
            )
        )
    return tuple(found)


def pins(
    around: Iterable[Glance], *, shown_in: Profile, looked_at: EvseCard, variant: Variant
) -> tuple[Pin, ...]:
    """The EVSEs of a location, each with what it shows on every channel."""
    return tuple(
        pin(
            one.evse,
            status_of(one.displayed, one.as_planned, variant),
            shown_in,
            looked_at=one.evse.id == looked_at.id,
        )
        for one in around
    )


def status_of(displayed: Displayed, as_planned: Displayed, variant: Variant) -> Status:
    """The status that channels translate."""
    if variant is Variant.WITHOUT:
        return as_planned.actual
    return displayed.status if variant is Variant.WITH_DRAFT else as_planned.status


def why(display: Display, *, zone: ZoneInfo, now: datetime) -> Why:
    """The explanation in the order of weight; instants on clocks in `zone`."""
    override = display.override
    return Why(
        at=when(display.at, zone, now=now),
        winner=None if override is None else _winner(override, zone, now=now),
        behind=tuple(
            Behind(
                override_id=one.override.id,
                status=one.override.temporary_status,
                heading="Stands back" if "stands back" in one.because else "Shadowed",
                during=_during(one.override, zone, now=now),
                because=one.because,
            )
            for one in display.behind
        ),
        actual=display.displayed.actual,
        actual_since=_actual_since(display, zone, now=now),
        following=_next(display, display.next, zone, now=now),
        then=_next(display, display.then, zone, now=now),
        clocks=zone.key,
    )


def evse_name(card: EvseCard) -> str:
    """An EVSE in a list to choose from: "DK*DMO*E2203*1 · Birkelund Center, A1"."""
    where = ", ".join(part for part in (card.location_name, card.physical_reference) if part)
    return f"{card.evse_id} · {where}" if where else card.evse_id


def _winner(override: Override, zone: ZoneInfo, *, now: datetime) -> Winner:
    by = "Not placed yet" if override.id == NEW else f"{override.created_by}, {source_of(override)}"
    said = [override.reason, by]
    return Winner(
        override_id=override.id,
        status=override.temporary_status,
        during=_during(override, zone, now=now),
        why_and_who=". ".join(part.rstrip(".") for part in said if part),
    )


def _during(override: Override, zone: ZoneInfo, *, now: datetime) -> str:
    return period(override.starts_at, override.ends_at, zone, now)


def _actual_since(display: Display, zone: ZoneInfo, *, now: datetime) -> str:
    if display.actual_since is None:
        return "not recorded"
    since = f"since {day_and_time(display.actual_since, zone, now=now)}"
    return f"{since}, as last reported" if display.at > now else since


def _next(
    display: Display, following: ShowsNext | None, zone: ZoneInfo, *, now: datetime
) -> Next | None:
    if following is None:
        return None
    told = following.words
    return Next(
        status=following.status,
        at=when(following.at, zone, now=display.at),
        waits=f"{how_long(following.at - display.at)} later"
        if display.at > now or following.at <= now
        else f"in {how_long(following.at - now)}",
        words=tuple(
            (NAMES[channel][0], word_or_absence(channel, told.on(channel))) for channel in Channel
        ),
    )
