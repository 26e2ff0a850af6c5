"""What deserves a second look before an override is placed?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from evse_status.core.statuses import ActualStatus
from evse_status.service.plan import PlannedItem, PlanPreview
from evse_status.ui.texts import counted, how_long
from evse_status.ui.views.plan import day_and_time, ever_shows, from_to, named


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know before placing. `pressing` ones ask for a second look."""

    icon: str
    title: str
    text: str
    pressing: bool = True


def notices(
    preview: PlanPreview, *, requested_from: datetime | None, zones: Sequence[str], zone: ZoneInfo
) -> tuple[Notice, ...]:
    """What deserves a second look, the gravest first; times in `zone`."""
    found = [
        _hides_a_fault(preview, zone),
        *(_clock_change(preview, ZoneInfo(name)) for name in zones),
        _missing(preview, zone),
        _already_begun(requested_from, zone, now=preview.now),
        _sessions(preview, zone),
    ]
    return tuple(notice for notice in found if notice is not None)


def clock_changes(from_at: datetime, to_at: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants (UTC) in `(from_at, to_at]` at which clocks in `zone` change."""
    found = []
    low, last = from_at, to_at
    while low < last:
        high = min(low + timedelta(days=7), last)
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            found.append(_change_between(low, high, zone))
        low = high
    return tuple(found)


def _hides_a_fault(preview: PlanPreview, zone: ZoneInfo) -> Notice | None:
    broken = [
        item
        for item in preview.items
        if item.actual_now is ActualStatus.OUTOFORDER and ever_shows(item)
    ]
    if not broken:
        return None
    since = _since(broken, zone, now=preview.now)
    verb = "reports" if len(broken) == 1 else "report"
    who = named([item.evse.evse_id for item in broken])
    return Notice(
        "error",
        "Hides a fault" if len(broken) == 1 else f"Hides {len(broken):,} faults",
        f"{who} {verb} Out of order{since}. Partners will see {preview.words.ocpi}.",
    )


def _sessions(preview: PlanPreview, zone: ZoneInfo) -> Notice | None:
    charging = [item for item in preview.items if item.actual_now is ActualStatus.CHARGING]
    if not charging:
        return None
    who = named([item.evse.evse_id for item in charging])
    since = _since(charging, zone, now=preview.now)
    verb = "has been charging" if len(charging) == 1 and since else "charging now"
    if verb == "charging now":
        verb = "is charging" if len(charging) == 1 else "are charging"
    return Notice(
        "bolt",
        f"{counted(len(charging), 'session')} running now",
        f"{who} {verb}{since}. An override never stops a session.",
        pressing=False,
    )


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


def _already_begun(
    requested_from: datetime | None, zone: ZoneInfo, *, now: datetime
) -> Notice | None:
    if requested_from is None or requested_from >= now:
        return None
    return Notice(
        "history",
        "The start has passed",
        f"{day_and_time(requested_from, zone, now=now)} is kept as what you asked for; "
        "drivers see it from the moment you place it.",
        pressing=False,
    )


def _since(items: Sequence[PlannedItem], zone: ZoneInfo, *, now: datetime) -> str:
    if len(items) != 1 or items[0].actual_since is None:
        return ""
    return f" since {day_and_time(items[0].actual_since, zone, now=now)}"


def _clock_change(preview: PlanPreview, zone: ZoneInfo) -> Notice | None:
    if not preview.items:
        return None
    planned = preview.items[0].planned
    if planned.to_at is None:
        return None
    changes = clock_changes(planned.from_at, planned.to_at, zone)
    if not changes:
        return None
    change_at = changes[0]
    before = (change_at - timedelta(seconds=1)).astimezone(zone)
    after = change_at.astimezone(zone)
    back = (after.utcoffset() or timedelta()) < (before.utcoffset() or timedelta())
    wall = (before + timedelta(seconds=1)).replace(tzinfo=None)
    title = f"Clocks go {'back' if back else 'forward'} on {wall:%A} {wall.day} {wall:%b}"
    many = f", and {counted(len(changes) - 1, 'time')} more" if len(changes) > 1 else ""
    return Notice(
        "schedule",
        f"{title} at {wall:%H:%M}{many}",
        _real_length(planned.from_at, planned.to_at, zone, now=preview.now),
    )


def _real_length(from_at: datetime, to_at: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    start, end = from_at.astimezone(zone), to_at.astimezone(zone)
    on_clocks = end.replace(tzinfo=None) - start.replace(tzinfo=None)
    utc = from_to(from_at, to_at, ZoneInfo("UTC"), now=now)
    really = to_at - from_at
    if on_clocks == really:
        return f"It lasts {how_long(really)}. In UTC: {utc}."
    return (
        f"{start:%H:%M} to {end:%H:%M} lasts {how_long(really)}, not {how_long(on_clocks)}. "
        f"In UTC: {utc}."
    )


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.astimezone(UTC).replace(microsecond=0)
