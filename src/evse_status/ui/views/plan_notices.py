"""What deserves a second look before a plan is placed?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from evse_status.core.override import Wish
from evse_status.core.statuses import ActualStatus
from evse_status.core.translation import words
from evse_status.service.plan import PlannedItem, PlanPreview
from evse_status.service.plan_warnings import (
    AcrossClockChange,
    Charging,
    HidesFault,
)
from evse_status.service.site_outage import LastOfItsKind, MostOfASite
from evse_status.ui.texts import counted, how_long
from evse_status.ui.views.plan import day_and_time, ever_shows, from_to, named

_SITES_NAMED, _CHANGES_NAMED = 3, 3


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know before placing. `pressing` ones ask for a second look."""

    icon: str
    title: str
    text: str
    pressing: bool = True


def notices(
    preview: PlanPreview,
    zone: ZoneInfo,
    *,
    wishes: Sequence[Wish] = (),
    repeats: bool = False,
) -> tuple[Notice, ...]:
    """What deserves a second look, the gravest first; times in `zone`. `wishes` is what is asked for.

    Of something that `repeats` only its first time was looked at: clocks are told of elsewhere.
    """
    found = [
        _faults(preview, zone),
        _most_of_sites([one for one in preview.warnings if isinstance(one, MostOfASite)]),
        *_last_of_kind([one for one in preview.warnings if isinstance(one, LastOfItsKind)]),
        *([] if repeats else _clocks(preview)),
        _missing(preview, zone),
        _already_begun(wishes, zone, now=preview.now),
        _sessions(preview, zone),
    ]
    return tuple(notice for notice in found if notice is not None)


def _faults(preview: PlanPreview, zone: ZoneInfo) -> Notice | None:
    broken = [
        item
        for item in preview.items
        if item.actual_now is ActualStatus.OUTOFORDER and ever_shows(item)
    ]
    recounted = {
        evse.id for one in preview.warnings if isinstance(one, HidesFault) for evse in one.evses
    }
    broken += [item for item in preview.items if item.evse.id in recounted and item not in broken]
    if not broken:
        return None
    since = _since(broken, zone, now=preview.now)
    verb = "reports" if len(broken) == 1 else "report"
    reported = {item.actual_now for item in broken}
    what = "Out of order" if reported == {ActualStatus.OUTOFORDER} else "a fault"
    who = named([item.evse.evse_id for item in broken])
    seen = dict.fromkeys(words(item.planned.status).ocpi or "" for item in broken)
    text = f"{who} {verb} {what}{since}. Partners will see {' or '.join(seen)}."
    if recounted:
        text += (
            " Uptime reports count an occupied charger as one that works: "
            "Maintenance would be the honest word."
        )
    title = "Hides a fault" if len(broken) == 1 else f"Hides {len(broken):,} faults"
    return Notice("error", title, text)


def _most_of_sites(some: Sequence[MostOfASite]) -> Notice | None:
    if not some:
        return None
    title = "Takes out more than half of a site"
    if len(some) > 1:
        title = f"Takes out more than half of {len(some):,} sites"
    lines = [_outage(one) for one in some[:_SITES_NAMED]]
    if len(some) > _SITES_NAMED:
        lines.append(f"And {len(some) - _SITES_NAMED:,} more.")
    return Notice("location_off", title, " ".join(lines))


def _outage(one: MostOfASite) -> str:
    already = f", {one.already:,} of them already" if one.already else ""
    out = one.planned + one.already
    which = f"all {one.of:,}" if out >= one.of else f"{out:,} of {one.of:,}"
    return f"{one.location_name}: {which}{already}."


def _last_of_kind(some: Sequence[LastOfItsKind]) -> list[Notice]:
    if not some:
        return []
    lines = [f"{one.location_name}: {' and '.join(one.kinds)}." for one in some[:_SITES_NAMED]]
    if len(some) > _SITES_NAMED:
        lines.append(f"And at {len(some) - _SITES_NAMED:,} more sites.")
    return [Notice("power_off", "Takes out the last of a kind", " ".join(lines))]


def _clocks(preview: PlanPreview) -> list[Notice]:
    found = [one for one in preview.warnings if isinstance(one, AcrossClockChange)]
    told = [_clock_change(one, now=preview.now) for one in found]
    alike = list(dict.fromkeys(told))
    shown = alike[:_CHANGES_NAMED]
    if len(alike) > len(shown):
        more = counted(len(alike) - len(shown), "clock change")
        shown.append(Notice("schedule", f"And {more} more", "Each is resolved like these."))
    return shown


def _clock_change(one: AcrossClockChange, *, now: datetime) -> Notice:
    zone = ZoneInfo(one.zone)
    before = (one.change_at - timedelta(seconds=1)).astimezone(zone)
    after = one.change_at.astimezone(zone)
    back = (after.utcoffset() or timedelta()) < (before.utcoffset() or timedelta())
    wall = (before + timedelta(seconds=1)).replace(tzinfo=None)
    title = f"Clocks go {'back' if back else 'forward'} on {wall:%A} {wall.day} {wall:%b}"
    start, end = one.from_at.astimezone(zone), one.to_at.astimezone(zone)
    utc = from_to(one.from_at, one.to_at, ZoneInfo("UTC"), now=now)
    lasts = f"It lasts {how_long(one.lasts)}."
    if one.on_clocks != one.lasts:
        lasts = (
            f"{start:%H:%M} to {end:%H:%M} lasts {how_long(one.lasts)}, "
            f"not {how_long(one.on_clocks)}."
        )
    return Notice("schedule", f"{title} at {wall:%H:%M}, {one.zone}", f"{lasts} In UTC: {utc}.")


def _missing(preview: PlanPreview, zone: ZoneInfo) -> Notice | None:
    gone = [item.evse for item in preview.items if item.evse.missing_since is not None]
    if not gone:
        return None
    since = ""
    if len(gone) == 1 and gone[0].missing_since is not None:
        since = f" since {day_and_time(gone[0].missing_since, zone, now=preview.now)}"
    verb = "is" if len(gone) == 1 else "are"
    return Notice(
        "sync_problem",
        "Missing upstream",
        f"{named([evse.evse_id for evse in gone])} {verb} missing from the import{since}. "
        "The override holds all the same.",
    )


def _already_begun(wishes: Sequence[Wish], zone: ZoneInfo, *, now: datetime) -> Notice | None:
    wanted = [wish.valid_from or wish.drain_until for wish in wishes]
    passed = [at for at in wanted if at is not None and at < now]
    if not passed:
        return None
    return Notice(
        "history",
        "The start has passed",
        f"{day_and_time(min(passed), zone, now=now)} is kept as what you asked for; "
        "drivers see it from the moment you place it.",
        pressing=False,
    )


def _sessions(preview: PlanPreview, zone: ZoneInfo) -> Notice | None:
    charging = [evse for one in preview.warnings if isinstance(one, Charging) for evse in one.evses]
    if not charging:
        return None
    those = {evse.id for evse in charging}
    items = [item for item in preview.items if item.evse.id in those]
    who = named([evse.evse_id for evse in charging])
    since = _since(items, zone, now=preview.now)
    verb = "has been charging" if len(charging) == 1 and since else "charging now"
    if verb == "charging now":
        verb = "is charging" if len(charging) == 1 else "are charging"
    waits = any(item.waits for item in items)
    then = (
        "The override waits for the end of the session."
        if waits
        else "An override never stops a session."
    )
    return Notice(
        "bolt",
        f"{counted(len(charging), 'session')} running now",
        f"{who} {verb}{since}. {then}",
        pressing=False,
    )


def _since(items: Sequence[PlannedItem], zone: ZoneInfo, *, now: datetime) -> str:
    if len(items) != 1 or items[0].actual_since is None:
        return ""
    return f" since {day_and_time(items[0].actual_since, zone, now=now)}"
