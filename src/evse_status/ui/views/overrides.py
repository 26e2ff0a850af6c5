"""What is there to see of many overrides: attention, table, what can be done about the chosen ones?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from evse_status.core.statuses import Phase
from evse_status.service.audit import Attention, AttentionCard, OverridePage, OverrideRow
from evse_status.ui.looks import label
from evse_status.ui.texts import clock, clock_difference, counted, how_long, when
from evse_status.ui.views.override import deeds, differs_at, end, is_waiting, source_of
from evse_status.ui.views.swatches import cell_swatch

ALL = "all"
"""The tab that asks for no phase."""
SERIES = "series"
"""The tab that lists what repeats instead of overrides."""
TABS = (
    Phase.ACTIVE.value,
    Phase.UPCOMING.value,
    Phase.ENDED.value,
    Phase.CLEARED.value,
    ALL,
    SERIES,
)
AT_THE_SITE = "At the site"
"""How the column is headed that is there as soon as one site has other clocks."""
BEATS = "Beats "
"""How a badge begins that is no call for attention."""

ATTENTION_BADGES = {
    Attention.OLD: "Old",
    Attention.ENDS_SOON: "Ends soon",
    Attention.SHADOWED: "Shadowed",
    Attention.STANDS_BACK: "Stands back",
    Attention.HIDES_FAULT: "Hides a fault",
    Attention.CHARGING: "Charging now",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One reason for attention: how many, and the most pressing one in a line. Plain text."""

    attention: Attention
    icon: str
    title: str
    count: str
    line: str


@dataclass(frozen=True, slots=True)
class Bulk:
    """What can be done about the chosen overrides. `ends` are their planned ends, in UTC."""

    title: str
    where: str
    versions: Mapping[int, int]
    ends: tuple[datetime | None, ...]
    clear: str
    """The label of the clear button, "" where there is nothing to clear."""
    clearable: Mapping[int, int]
    extend_by: bool
    until: bool
    note: str


def tab_labels(page: OverridePage) -> dict[str, str]:
    """The label of each tab: its phase and how many there are under the same filter."""
    counts = {phase.value: page.by_phase.get(phase, 0) for phase in Phase}
    counts[ALL] = sum(counts.values())
    return {tab: f"{tab.capitalize()} {counts[tab]:,}" for tab in TABS if tab in counts} | {
        SERIES: "Series"
    }


def card_of(card: AttentionCard, *, zone: ZoneInfo, now: datetime) -> Card:
    """One attention card; times in `zone`."""
    icon, title = _CARDS[card.attention]
    line = "None now" if card.first is None else _pressing(card, card.first, zone, now)
    return Card(card.attention, icon, title, f"{card.count:,}", line)


def table(
    rows: Sequence[OverrideRow], tab: str, *, zone: ZoneInfo, now: datetime, dark: bool
) -> pd.DataFrame:
    """The table, one row per override, its columns as they are headed; times in `zone`."""
    columns = ["", "Status", "No.", "EVSE", "Location", "From", "To", state_title(tab)]
    columns += ["Attention", "Reason", "By", "Source"]
    made = pd.DataFrame(
        [
            (
                cell_swatch(row.override.temporary_status, dark=dark, behind=_is_behind(row)),
                label(row.override.temporary_status),
                f"/override?id={row.override.id}",
                row.evse.evse_id,
                row.evse.location_name,
                short_when(row.override.starts_at, zone, now=now),
                _short_end(row.override.valid_to, zone, now),
                _state(row, tab, zone, now),
                badges(row),
                row.override.reason,
                row.override.created_by,
                source_of(row.override),
            )
            for row in rows
        ],
        columns=columns,
    )
    at_sites = [_at_site(row, zone, now) for row in rows]
    if any(at_sites):
        made.insert(columns.index("To") + 1, AT_THE_SITE, at_sites)
    return made


def state_title(tab: str) -> str:
    """How the column is headed that says what comes next."""
    return _STATE_TITLES.get(tab, "Stands")


def badges(row: OverrideRow) -> list[str]:
    """Why somebody should look, then what it keeps from showing."""
    return [ATTENTION_BADGES[why] for why in row.attention] + [
        f"{BEATS}{label(status)}" for status in dict.fromkeys(row.beats)
    ]


def all_badges(rows: Iterable[OverrideRow]) -> list[str]:
    """Every badge in the table, each once, in the order of its colours."""
    found = {badge for row in rows for badge in badges(row)}
    return sorted(found, key=lambda badge: (badge.startswith(BEATS), badge))


def bulk(rows: Sequence[OverrideRow], shown: Mapping[int, int], *, now: datetime) -> Bulk:
    """What the rules let one do about the chosen rows, all of them at once.

    `shown` has the version of each that was last on the screen.
    """
    can = {row.override.id: deeds(row.override, now=now) for row in rows}
    versions = {row.override.id: shown[row.override.id] for row in rows}
    clearable = {number: version for number, version in versions.items() if can[number].clear}
    over = len(rows) - len(clearable)
    open_ended = sum(row.override.valid_to is None for row in rows)
    extendable = bool(rows) and all(can[row.override.id].until for row in rows)
    places = len({row.evse.location_id for row in rows})
    evses = len({row.evse.id for row in rows})
    return Bulk(
        title=f"{len(rows):,} selected",
        where=f"on {counted(evses, 'EVSE')} at {counted(places, 'location')}",
        versions=versions,
        ends=tuple(row.override.valid_to for row in rows),
        clear=f"Clear {len(clearable):,} now" if clearable else "",
        clearable=clearable,
        extend_by=extendable and not open_ended,
        until=extendable,
        note=_note(over, open_ended, len(rows)),
    )


def zone_line(rows: Iterable[OverrideRow], *, zone: ZoneInfo, now: datetime) -> str:
    """In whose zone the periods are, and which sites on the page have other clocks."""
    apart = {}
    for row in rows:
        difference = clock_difference(ZoneInfo(row.evse.time_zone), zone, now)
        if difference:
            apart[row.evse.location_name] = difference
    line = f"Periods in {zone.key}."
    if len(apart) > 1:
        return f"{line} {len(apart)} of these sites have other clocks."
    return line + "".join(f" Clocks at {name}: {by}." for name, by in apart.items())


def short_when(instant: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """An instant in `zone` for a narrow column: "22 Oct 11:00"."""
    return when(instant, zone, now=now).split(" ", 1)[1]


def short_length(length: timedelta) -> str:
    """A length in its two largest units for a narrow column: "1 d 1 h", "25 min"."""
    words = how_long(length).replace("days", "d").replace("day", "d").split(" ")
    return " ".join(words[:4])


_STATE_TITLES = {
    Phase.ACTIVE.value: "Ends in",
    Phase.UPCOMING.value: "Starts in",
    Phase.ENDED.value: "Ended at",
    Phase.CLEARED.value: "Cleared at",
}
_CARDS = {
    Attention.OLD: ("all_inclusive", "Open-ended and old"),
    Attention.ENDS_SOON: ("hourglass_bottom", "Ending within the hour"),
    Attention.SHADOWED: ("layers", "Shadowed"),
    Attention.HIDES_FAULT: ("error", "Hiding a fault"),
    Attention.CHARGING: ("bolt", "Maintenance while charging"),
    Attention.STANDS_BACK: ("layers", "Standing back"),
}


def _pressing(card: AttentionCard, first: OverrideRow, zone: ZoneInfo, now: datetime) -> str:
    override, evse_id = first.override, first.evse.evse_id
    match card.attention:
        case Attention.OLD:
            return f"Oldest {counted((now - override.starts_at).days, 'day')}: {evse_id}"
        case Attention.ENDS_SOON:
            at = clock(override.ends_at, zone) if override.ends_at else ""
            return f"Next {at}: {evse_id}"
        case Attention.SHADOWED:
            winner = label(first.beaten_by) if first.beaten_by else "Another one"
            return f"{winner} shows on {evse_id}"
        case Attention.HIDES_FAULT:
            return f"{evse_id} is out of order"
        case _:
            return evse_id


def _is_behind(row: OverrideRow) -> bool:
    return bool({Attention.SHADOWED, Attention.STANDS_BACK} & set(row.attention))


def _short_end(valid_to: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    return (
        end(None, zone=zone, now=now) if valid_to is None else short_when(valid_to, zone, now=now)
    )


def _at_site(row: OverrideRow, zone: ZoneInfo, now: datetime) -> str:
    """The period on the site's own clocks, "" where they show what `zone` does."""
    override, site = row.override, ZoneInfo(row.evse.time_zone)
    if not differs_at(override, site, zone):
        return ""
    until = _short_end(override.valid_to, site, now)
    during = f"{short_when(override.starts_at, site, now=now)} – {until}"
    return f"{during}, {site.key.rsplit('/', 1)[-1].replace('_', ' ')}"


def _state(row: OverrideRow, tab: str, zone: ZoneInfo, now: datetime) -> str:
    override, ends_at = row.override, row.override.ends_at
    if row.phase is Phase.UPCOMING:
        if is_waiting(override, now=now):
            return "after session"
        length = short_length(override.starts_at - now)
        return length if tab != ALL else f"in {length}"
    if row.phase is Phase.ACTIVE:
        if ends_at is None:
            return "no end"
        length = short_length(ends_at - now)
        return length if tab != ALL else f"{length} left"
    at = short_when(ends_at, zone, now=now) if ends_at else ""
    return at if tab != ALL else row.phase.value


def _note(over: int, open_ended: int, chosen: int) -> str:
    if over == chosen:
        return "All of them are over: there is nothing to clear or extend."
    if over:
        return f"{over:,} of them over: nothing to clear or extend there."
    if open_ended:
        return f"{open_ended:,} without an end: only a new end can be set."
    return ""
