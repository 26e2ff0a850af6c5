"""What is there to see of one override, in words and times?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from evse_status.core.override import Override
from evse_status.core.statuses import Phase, TemporaryStatus
from evse_status.core.translation import Words
from evse_status.service.audit import Attention, HistoryLine, OverrideDetail
from evse_status.service.fleet import EvseCard
from evse_status.ui.looks import label
from evse_status.ui.texts import how_long, when
from evse_status.ui.views.names import override_name, with_name


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what it says, both plain text."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark with a Material icon; `override_id` is the other override that it speaks of."""

    icon: str
    text: str
    override_id: int | None = None


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """What one channel shows now, and while the override wins; "not shown" where nothing."""

    channel: str
    now: str
    while_it_holds: str


@dataclass(frozen=True, slots=True)
class Deeds:
    """What can be done about an override as it stands; `clear` labels the button, "" if none."""

    clear: str
    extend_by: bool
    until: bool
    plan: bool
    """Whether more than reason and cause may still change."""
    start: bool
    """Whether the start may still move."""


@dataclass(frozen=True, slots=True)
class OverrideView:
    """One override as its panel and its page show it; every text is plain, nothing is escaped."""

    override: Override
    status: TemporaryStatus
    number: str
    evse_id: str
    bay: str
    place: str
    period: tuple[Fact, ...]
    about: tuple[Fact, ...]
    channels_title: str
    channels: tuple[ChannelRow, ...]
    differs: bool
    """Whether some channel shows something else now than while the override wins."""
    notes: tuple[Note, ...]
    deeds: Deeds
    history: str
    zone: str
    """Whose clocks the period is on, unless it says otherwise."""
    series: int | None
    """The series that it is an occurrence of."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of history; `fields` are names with "before → after", or what it was created with."""

    at: str
    who: str
    what: str
    why: str
    fields: tuple[tuple[str, str], ...]


def override_view(detail: OverrideDetail, *, zone: ZoneInfo, now: datetime) -> OverrideView:
    """One override at `now`; times in `zone`, and also in the site's where that differs."""
    override, evse = detail.override, detail.evse
    channels = _channels(detail.words, detail.while_it_holds)
    changes = len(detail.history)
    return OverrideView(
        override=override,
        status=override.temporary_status,
        number=f"{_capital(override_name(override.id))} · {detail.phase}",
        evse_id=evse.evse_id,
        bay=evse.physical_reference,
        place=", ".join(part for part in (evse.location_name, evse.city) if part),
        period=period_facts(override, evse, zone=zone, now=now),
        about=_about(override),
        channels_title="What drivers see now",
        channels=channels,
        differs=any(row.now != row.while_it_holds for row in channels),
        notes=_notes(detail, now=now),
        deeds=deeds(override, now=now),
        history=f"History, {changes} {'change' if changes == 1 else 'changes'}",
        zone=zone.key,
        series=override.series_id,
    )


def deeds(override: Override, *, now: datetime) -> Deeds:
    """What the rules let one do about `override` at `now` (rules 11, 12)."""
    phase = override.phase(now)
    open_still = phase in (Phase.UPCOMING, Phase.ACTIVE)
    return Deeds(
        clear={Phase.ACTIVE: "Clear now", Phase.UPCOMING: "Clear, never start"}.get(phase, ""),
        extend_by=open_still and override.valid_to is not None,
        until=open_still,
        plan=open_still,
        start=phase is Phase.UPCOMING,
    )


def period_facts(
    override: Override, evse: EvseCard, *, zone: ZoneInfo, now: datetime
) -> tuple[Fact, ...]:
    """Planned and real start and end where they differ, and how long until the next of them."""
    phase = override.phase(now)
    waits = is_waiting(override, now=now)
    starts_at = when(override.starts_at, zone, now=now)
    facts = [Fact("From", f"when charging ends, at the latest {starts_at}" if waits else starts_at)]
    requested = override.requested_from
    if requested is not None and requested != override.starts_at:
        facts.append(Fact("Asked for", when(requested, zone, now=now)))
    facts.append(Fact("To", end(override.valid_to, zone=zone, now=now)))
    ends_at = override.ends_at
    if ends_at is not None and ends_at == override.cleared_at != override.valid_to:
        facts.append(Fact("Cleared", when(ends_at, zone, now=now)))
    elif ends_at is not None and ends_at != override.valid_to:
        facts.append(
            Fact("Lease ends" if ends_at > now else "Lease ended", when(ends_at, zone, now=now))
        )
    if phase is Phase.UPCOMING:
        latest = " at the latest" if waits else ""
        facts.append(Fact("Starts in", how_long(override.starts_at - now) + latest))
    elif phase is Phase.ACTIVE:
        facts.append(Fact("Ends in", how_long(ends_at - now) if ends_at else "no end"))
    return (*facts, *_at_site(override, evse, zone=zone, now=now))


def differs_at(override: Override, site: ZoneInfo, zone: ZoneInfo) -> bool:
    """Whether clocks at the site show its period otherwise than those in `zone`."""
    instants = [at for at in (override.starts_at, override.valid_to) if at is not None]
    return any(
        at.astimezone(site).utcoffset() != at.astimezone(zone).utcoffset() for at in instants
    )


def source_of(override: Override) -> str:
    """Where it comes from: "operator", "series #5"."""
    own = "" if override.series_id is None else f" #{override.series_id}"
    return f"{override.source}{own}"


def is_waiting(override: Override, *, now: datetime) -> bool:
    """Whether it waits for the session that is running on its EVSE."""
    return override.drains and override.phase(now) is Phase.UPCOMING


def end(valid_to: datetime | None, *, zone: ZoneInfo, now: datetime) -> str:
    """A planned end in words."""
    return "until cleared" if valid_to is None else when(valid_to, zone, now=now)


def history_entries(
    lines: Sequence[HistoryLine], *, zone: ZoneInfo, now: datetime
) -> tuple[HistoryEntry, ...]:
    """The history, newest first; instants in `zone`, fields in the dashboard's words."""
    return tuple(
        HistoryEntry(
            at=when(line.at, zone, now=now, seconds=True),
            who=line.by,
            what=line.what,
            why=line.why,
            fields=tuple(
                (FIELD_NAMES.get(name, name), _step(line.what, name, before, after, zone, now))
                for name, before, after in line.fields
            ),
        )
        for line in reversed(lines)
    )


def with_local_times(text: str, *, zone: ZoneInfo, now: datetime) -> str:
    """A sentence of the services with its ISO 8601 instants as clocks in `zone` show them."""
    return _INSTANT.sub(
        lambda found: when(datetime.fromisoformat(found.group()), zone, now=now), text
    )


def in_words(text: str) -> str:
    """A sentence of the rules with statuses as people read them: "Maintenance outranks Blocked"."""
    return _STATUS_WORDS.sub(lambda found: label(TemporaryStatus(found.group())), text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


FIELD_NAMES = {
    "status": "Status",
    "requested start": "Asked for",
    "start": "From",
    "end": "To",
    "lease": "Lease ends",
    "cleared": "Cleared",
    "reason": "Reason",
    "cause": "Cause",
    "ticket": "Ticket",
}
_STATUS_WORDS = re.compile(r"\b(?:" + "|".join(TemporaryStatus) + r")\b")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_ABSENT = {"end": "until cleared", "requested start": "at once"}
_WAITS = Note(
    "hourglass_top",
    "Waits for the session that is running to end. Until it starts drivers can still begin another "
    "one; only the charging station management system can prevent that.",
)
_ATTENTION_NOTES = {
    Attention.OLD: Note("all_inclusive", "Open-ended and active for more than 14 days."),
    Attention.ENDS_SOON: Note("hourglass_bottom", "Ends within the hour."),
    Attention.HIDES_FAULT: Note("error", "Hides a fault: the charger reports out of order."),
    Attention.CHARGING: Note("bolt", "A car is charging here now."),
}


def _at_site(
    override: Override, evse: EvseCard, *, zone: ZoneInfo, now: datetime
) -> tuple[Fact, ...]:
    site = ZoneInfo(evse.time_zone)
    if not differs_at(override, site, zone):
        return ()
    until = end(override.valid_to, zone=site, now=now)
    joint = " to " if override.valid_to else ", "
    from_at = when(override.starts_at, site, now=now)
    return (Fact("At the site", f"{from_at}{joint}{until} ({site.key})"),)


def _about(override: Override) -> tuple[Fact, ...]:
    told = (
        (
            "Repeats",
            "" if override.series_id is None else _occurrence(override),
        ),
        ("Reason", override.reason),
        ("Cause", str(override.cause or "")),
        ("Ticket", override.ticket),
        ("By", f"{override.created_by} · {source_of(override)}"),
    )
    return tuple(Fact(name, value) for name, value in told if value)


def _occurrence(override: Override) -> str:
    """Which time of which series it is, on the series' own clocks."""
    start = datetime.fromisoformat(override.occurrence_start or "")
    return f"series #{override.series_id}, due {start:%a} {start.day} {start:%b %Y %H:%M}"


def _channels(now: Words, while_it_holds: Words) -> tuple[ChannelRow, ...]:
    return (
        ChannelRow("Spirii Go", _word(now.spirii_go), _word(while_it_holds.spirii_go)),
        ChannelRow("Hubject", _word(now.hubject), _word(while_it_holds.hubject)),
        ChannelRow("OCPI", now.ocpi, while_it_holds.ocpi),
    )


def _word(word: str | None) -> str:
    return word or "not shown"


def _notes(detail: OverrideDetail, *, now: datetime) -> tuple[Note, ...]:
    notes = [_ATTENTION_NOTES[why] for why in detail.attention if why in _ATTENTION_NOTES]
    if is_waiting(detail.override, now=now):
        notes.insert(0, _WAITS)
    if detail.because:
        other = detail.beaten_by
        notes.insert(
            0,
            Note(
                "layers",
                f"Doesn't show now: {in_words(detail.because)}.",
                other.id if other else None,
            ),
        )
    mine = detail.override.temporary_status
    for beaten in detail.beats:
        theirs = beaten.temporary_status
        rule = "made later" if theirs is mine else f"{label(mine)} outranks {label(theirs)}"
        notes.append(
            Note("layers", f"Beats {with_name(label(theirs), beaten.id)} ({rule}).", beaten.id)
        )
    return tuple(notes)


def _step(what: str, name: str, before: str, after: str, zone: ZoneInfo, now: datetime) -> str:
    became = _said(name, after, zone, now)
    if what == "created":
        return became
    return f"{_said(name, before, zone, now)} → {became}"


def _said(name: str, text: str, zone: ZoneInfo, now: datetime) -> str:
    if not text:
        return _ABSENT.get(name, "none")
    if _INSTANT.fullmatch(text):
        return when(datetime.fromisoformat(text), zone, now=now)
    return in_words(text) if name == "status" else text
