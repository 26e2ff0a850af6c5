"""Whose rows are the same, and from which place on does an app listen?"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row

from evse_status.core.app_display import AppView
from evse_status.core.errors import InvalidInput
from evse_status.core.partner import PartnerSettings, Reach
from evse_status.core.period import from_microseconds, to_microseconds
from evse_status.service.known_partners import Partner

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Audience:
    """Apps that see the same EVSEs in the same looks; `key` tells one audience from another."""

    key: str
    view: AppView
    reach: Reach

    def sees(self, row: Row[object]) -> bool:
        """Whether the location of a row of `store.app_feed` is in reach."""
        return self._includes(row, publish=row.publish)

    def would_see(self, row: Row[object]) -> bool:
        """Whether it would be if it were published."""
        return self._includes(row, publish=True)

    def _includes(self, row: Row[object], *, publish: bool) -> bool:
        return self.reach.includes(
            party_id=row.party_id,
            country_code=row.country_code,
            location_id=row.location_id,
            publish=publish,
        )


@dataclass(frozen=True, slots=True)
class Since:
    """A place in the stream: everything up to `at` is known, as an app of this `edition` was shown it."""

    at: datetime
    edition: str

    def written(self) -> str:
        """As it is sent: an event's id."""
        return f"{to_microseconds(self.at)}.{self.edition}"


def audience(settings: PartnerSettings) -> Audience:
    """To whom an app with these settings belongs."""
    shown_in, reach = settings.shown_in, settings.reach
    told = [
        [
            sorted((status.value, look.label, look.colour) for status, look in looks.items())
            for looks in (shown_in.temporary, shown_in.actual)
        ],
        None if settings.statuses is None else sorted(settings.statuses),
        [
            None if some is None else sorted(some)
            for some in (reach.operators, reach.countries, reach.locations)
        ],
        reach.unpublished,
    ]
    return Audience(_digest(told), AppView(shown_in, settings.statuses), reach)


def edition(app: Partner) -> str:
    """What an app's places are good for: until it is shown something else, or everything again."""
    again = 0 if app.resync_at is None else to_microseconds(app.resync_at)
    return _digest([audience(app.settings).key, again])[:_DIGITS]


def read_place(text: str) -> Since:
    """Read `Since.written`. Raises InvalidInput."""
    at, _, of = text.partition(".")
    fits = at.isascii() and at.isdigit() and len(at) < 18
    if not fits or len(of) != _DIGITS or not of.isascii() or not of.isalnum():
        raise InvalidInput(
            f"Last-Event-ID: {text[:60]!r} is no id of an event. Send the last one that came, "
            "lastEventId of a list, or none.",
            field="Last-Event-ID",
        )
    return Since(from_microseconds(int(at)), of)


def _digest(told: object) -> str:
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]
