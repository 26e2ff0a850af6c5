"""When does somebody mean who plans on the command line? Instants, or times on the clocks of sites."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from evse_status.cli_input import read_duration, read_moment
from evse_status.core.errors import InvalidInput, UnknownWord
from evse_status.core.local_time import Fold, zone
from evse_status.core.override import Wish
from evse_status.core.wall_time import WallTime, WishOnClocks, is_local, next_time, read_local

SITE = "site"
"""What `--zone` says for the clocks of each site."""

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_FOLDS = {"first": Fold.FIRST, "second": Fold.SECOND}


@dataclass(frozen=True, slots=True)
class Clocks:
    """On which clocks times without an offset stand: of a zone, or (`None`) of each site."""

    zone: ZoneInfo | None
    fold: Fold | None = None


def read_clocks(zone_name: str | None, fold: str | None = None) -> Clocks | None:
    """What `--zone` and `--fold` say; `None` where nobody said whose clocks are meant."""
    which = None
    if fold is not None:
        which = _FOLDS.get(fold.strip().lower())
        if which is None:
            raise UnknownWord(fold, field="--fold", allowed=", ".join(_FOLDS))
    if zone_name is None:
        return None
    if zone_name.strip().lower() == SITE:
        return Clocks(None, which)
    return Clocks(zone(zone_name.strip(), field="--zone"), which)


def read_clock(text: str) -> time | None:
    """A time of day like `05:00`; `None` if it is none."""
    found = _CLOCK.fullmatch(text.strip())
    return None if found is None else time(int(found[1]), int(found[2]))


def read_planned(
    text: str, *, field: str, now: datetime, clocks: Clocks | None
) -> datetime | WallTime:
    """An instant as `read_moment` reads it, or on `clocks` a time without an offset."""
    if not is_local(text):
        return read_moment(text, field=field, now=now)
    if clocks is None:
        raise InvalidInput(
            f"{field}: {text.strip()} has no offset from UTC. Write it with one, like "
            "2026-11-22T13:00:00+01:00, or say on whose clocks: --zone Europe/Copenhagen, "
            f"or --zone {SITE} for those of each site.",
            field=field,
        )
    return WallTime(read_local(text, field=field), clocks.zone, clocks.fold, field=field)


def planned(
    wish: Wish,
    *,
    valid_from: str | None,
    valid_to: str | None,
    drain_until: str | None,
    clocks: Clocks | None,
    now: datetime,
) -> Wish | WishOnClocks:
    """`wish` with the moments that `--from`, `--to` and `--drain-until` say. Raises InvalidInput.

    `--to +4h` counts from the start, `--to 05:00` is the next time that clocks show it after the start.
    """
    if drain_until is not None and valid_from is not None:
        raise InvalidInput(
            "--drain-until: it says when it starts. Leave out --from.", field="--drain-until"
        )
    start = _moment(valid_from, "--from", now, clocks)
    drain = _moment(drain_until, "--drain-until", now, clocks)
    end: datetime | WallTime | None = None
    length = None
    if valid_to is not None and valid_to.strip().startswith("+"):
        if drain_until is not None:
            raise InvalidInput(
                "--to: with --drain-until nobody knows the start yet. Write a time.", field="--to"
            )
        length = read_duration(valid_to, field="--to")
        if not isinstance(start, WallTime):
            end = read_moment(valid_to, field="--to", now=start or now)
            length = None
    elif valid_to is not None and (clock := read_clock(valid_to)) is not None:
        end = _next(clock, drain or start)
    else:
        end = _moment(valid_to, "--to", now, clocks)
    return WishOnClocks.of(wish, valid_from=start, valid_to=end, drain_until=drain, length=length)


def _moment(
    text: str | None, field: str, now: datetime, clocks: Clocks | None
) -> datetime | WallTime | None:
    if text is None or (field == "--from" and text.strip().lower() == "now"):
        return None
    return read_planned(text, field=field, now=now, clocks=clocks)


def _next(clock: time, start: datetime | WallTime | None) -> WallTime:
    if not isinstance(start, WallTime):
        raise InvalidInput(
            f"--to: {clock:%H:%M} alone needs a start on clocks, like --from '2026-10-24 22:00' "
            f"--zone {SITE}. Write date and time.",
            field="--to",
        )
    return WallTime(next_time(start.local, clock), start.zone, start.fold, field="--to")
