"""What do "22:00 in Copenhagen" and "22:00 at each site" mean? Times on clocks, not yet instants (rule 6)."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from evse_status.core.errors import InstantOutOfRange, InvalidInput
from evse_status.core.local_time import Fold, resolve
from evse_status.core.override import Wish
from evse_status.core.period import EARLIEST, LATEST

_FORM = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:00)?", re.ASCII)
"""No offset, whole minutes."""


@dataclass(frozen=True, slots=True)
class WallTime:
    """The naive `local` on clocks in `zone`; without one, on those of each site.

    `fold` says which is meant where clocks show it twice, `field` where it was written.
    """

    local: datetime
    zone: ZoneInfo | None = None
    fold: Fold | None = None
    field: str = "validFrom"

    def at_site(self, site: ZoneInfo) -> datetime:
        """The instant, in UTC, for a site whose clocks are in `site`. Raises as `resolve` does."""
        return resolve(self.local, self.zone or site, fold=self.fold, field=self.field)


@dataclass(frozen=True, slots=True)
class WishOnClocks:
    """A wish of which some moments stand on clocks; `length` is an end that counts exactly from the start."""

    wish: Wish
    valid_from: WallTime | None = None
    valid_to: WallTime | None = None
    drain_until: WallTime | None = None
    length: timedelta | None = None

    @classmethod
    def of(
        cls,
        wish: Wish,
        *,
        valid_from: datetime | WallTime | None = None,
        valid_to: datetime | WallTime | None = None,
        drain_until: datetime | WallTime | None = None,
        length: timedelta | None = None,
    ) -> "Wish | WishOnClocks":
        """`wish` with these moments; a plain wish where none of them stands on clocks."""
        said = {"valid_from": valid_from, "valid_to": valid_to, "drain_until": drain_until}
        on_clocks = {name: one for name, one in said.items() if isinstance(one, WallTime)}
        instants: dict[str, Any] = {
            name: one for name, one in said.items() if isinstance(one, datetime)
        }
        plain = replace(wish, **instants)
        return cls(plain, **on_clocks, length=length) if on_clocks else plain

    def at_site(self, site: ZoneInfo) -> Wish:
        """The wish for a site whose clocks are in `site`. Raises as `resolve` does, naming the field."""
        wish = self.wish
        if self.valid_from is not None:
            wish = replace(wish, valid_from=self.valid_from.at_site(site))
        if self.valid_to is not None:
            wish = replace(wish, valid_to=self.valid_to.at_site(site))
        if self.drain_until is not None:
            wish = replace(wish, drain_until=self.drain_until.at_site(site))
        if self.length is not None and wish.valid_from is not None:
            longest = LATEST - wish.valid_from
            wish = replace(wish, valid_to=wish.valid_from + min(self.length, longest))
        return wish


def is_local(text: str) -> bool:
    """Whether it has the form of a date and time without an offset."""
    return _FORM.fullmatch(text.strip()) is not None


def read_local(text: str, *, field: str) -> datetime:
    """Read `2026-10-24T22:00`: a date and time as clocks show it, without an offset."""
    if not is_local(text):
        raise _unreadable(text, field)
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _unreadable(text, field) from None
    if not EARLIEST.year <= local.year < LATEST.year:
        raise InstantOutOfRange(field=field)
    return local


def next_time(after: datetime, clock: time) -> datetime:
    """When clocks next show `clock`, after the naive `after`."""
    same_day = datetime.combine(after, clock)
    return same_day if same_day > after else same_day + timedelta(days=1)


def _unreadable(text: str, field: str) -> InvalidInput:
    return InvalidInput(
        f"{field}: {text[:60]!r} is not a time on a clock. Write it like 2026-10-24T22:00, "
        "without an offset.",
        field=field,
    )
