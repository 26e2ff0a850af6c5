"""What does the plan page say about EVSEs to pick and about an override before it is placed?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from evse_status.core.displayed import Stretch
from evse_status.core.errors import EvseStatusError
from evse_status.core.segments import Segment
from evse_status.core.translation import Words, words
from evse_status.service.fleet import EvseCard
from evse_status.service.plan import Overlap, PlannedItem, PlanPreview
from evse_status.service.schedule import BatchResult, ItemResult
from evse_status.ui.looks import label
from evse_status.ui.refusals import sentence
from evse_status.ui.texts import clock, counted, how_long, when
from evse_status.ui.views.names import override_name, with_name

NEW = 0
"""The override id that a preview gives to the override that doesn't exist yet."""
_NAMED_AT_MOST, _PERIODS_AT_MOST = 3, 4
UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class OverlapLine:
    """One existing override that meets the planned one, and who of both shows."""

    evse_id: str
    existing: str
    said: str


@dataclass(frozen=True, slots=True)
class ResultLine:
    """What became of one EVSE."""

    evse_id: str
    override_id: int | None
    done: bool
    said: str


def day_and_time(at: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """A short instant: "today 16:00", "24 Oct 09:00", with the year where it isn't this one."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"today {local:%H:%M}"
    year = f" {local.year}" if local.year != today.year else ""
    return f"{local.day} {local:%b}{year} {local:%H:%M}"


def headline(evses: Sequence[EvseCard]) -> str:
    """How many, and at how many locations: "5 EVSEs at 2 locations"."""
    places = len({evse.location_id for evse in evses})
    return f"{counted(len(evses), 'EVSE')} at {counted(places, 'location')}"


def period_in_short(from_at: datetime | None, to_at: datetime | None, *, now: datetime) -> str:
    """When and how long, without dates: "Now, until cleared", "Now, for 4 h", "For 8 h"."""
    start = "" if from_at else "Now, "
    if to_at is None:
        return f"{start}until cleared" if start else "Until cleared"
    length = to_at - (from_at or now)
    if length <= timedelta():
        return ""
    # The end is a whole minute: seconds of now would only make it look odd.
    minutes = timedelta(minutes=length // timedelta(minutes=1))
    said = f"for {how_long(minutes or length)}"
    return f"{start}{said}" if start else said.capitalize()


def zones_of(evses: Iterable[EvseCard]) -> tuple[str, ...]:
    """The IANA zones of the sites, each once, in order of appearance."""
    return tuple(dict.fromkeys(evse.time_zone for evse in evses))


def site_periods(preview: PlanPreview, *, also: Sequence[str] = ()) -> tuple[str, ...]:
    """Each period on the clocks of its sites and in UTC: "Europe/London: Sat 24 Oct 22:00 to …".

    `also` names zones without sites, like the viewer's. At most a few periods are told.
    """
    zones: dict[tuple[datetime, datetime | None], list[str]] = {}
    for item in preview.items:
        its = zones.setdefault((item.planned.from_at, item.planned.to_at), [*also])
        if item.evse.time_zone not in its:
            its.append(item.evse.time_zone)
    lines = []
    for (from_at, to_at), names in list(zones.items())[:_PERIODS_AT_MOST]:
        alike: dict[str, list[str]] = {}
        for name in names:
            said = from_to(from_at, to_at, ZoneInfo(name), now=preview.now)
            alike.setdefault(said, []).append(f"{name} (you)" if name in also else name)
        lines += [f"{named_zones(some)}: {said}" for said, some in alike.items()]
        lines.append(f"In UTC: {from_to(from_at, to_at, UTC_ZONE, now=preview.now)}")
    if len(zones) > _PERIODS_AT_MOST:
        lines.append(f"And {len(zones) - _PERIODS_AT_MOST:,} more periods.")
    return tuple(lines)


def named_zones(zones: Sequence[str]) -> str:
    """Some zones in one go: "Europe/Berlin and Europe/London"."""
    return " and ".join(part for part in (", ".join(zones[:-1]), *zones[-1:]) if part)


def refused_lines(refused: Sequence[tuple[int | None, EvseStatusError]]) -> tuple[str, ...]:
    """Why it would not be placed, one sentence per EVSE, with its line in a file."""
    return tuple(
        f"Line {line}: {sentence(error)}" if line is not None else sentence(error)
        for line, error in refused
    )


def shown_first(items: Sequence[PlannedItem], *, at_most: int) -> tuple[PlannedItem, ...]:
    """The items worth a row in the chart: all if they fit, else those with overlaps first."""
    if len(items) <= at_most:
        return tuple(items)
    return tuple(sorted(items, key=lambda item: not item.overlaps)[:at_most])


def overlap_lines(preview: PlanPreview, zone: ZoneInfo) -> tuple[OverlapLine, ...]:
    """Every overlap in words, in the order of the items."""
    return tuple(
        OverlapLine(
            item.evse.evse_id,
            with_name(label(overlap.existing.temporary_status), overlap.existing.id),
            _who_shows(item, overlap, zone, now=preview.now),
        )
        for item in preview.items
        for overlap in item.overlaps
    )


def keeps_showing(preview: PlanPreview) -> tuple[str, ...]:
    """EVSEs on which the new override never shows, with the words that stay, grouped by them."""
    kept = [(item, _words_at_start(item)) for item in preview.items if not ever_shows(item)]
    kept.sort(key=lambda pair: str(pair[1]))
    lines = []
    for told, group in groupby(kept, key=lambda pair: pair[1]):
        ids = [item.evse.evse_id for item, _ in group]
        shown = ", ".join(word or "nothing" for word in in_order(told))
        lines.append(f"{named(ids)} {'keeps' if len(ids) == 1 else 'keep'} showing {shown}.")
    return tuple(lines)


def in_order(told: Words) -> tuple[str | None, str | None, str | None]:
    """The words of the channels as pages show them: Spirii Go, Hubject, OCPI."""
    return told.spirii_go, told.hubject, told.ocpi


def ever_shows(item: PlannedItem) -> bool:
    """Whether the new override is the one that shows at any instant."""
    return any(_new_wins(stretch) for stretch in item.after)


def result_headline(result: BatchResult) -> str:
    """How it went: "5 overrides placed, 1 refused"."""
    done, refused = len(result.done), len(result.refused)
    if not refused:
        return f"{counted(done, 'override')} placed"
    return f"{counted(done, 'override')} placed, {refused:,} refused"


def result_lines(result: BatchResult, *, done: str = "Placed") -> tuple[ResultLine, ...]:
    """What became of each EVSE, the refused ones first."""
    lines = [_result_line(item, done) for item in result.items]
    return tuple(sorted(lines, key=lambda line: line.done))


def named(evse_ids: Sequence[str]) -> str:
    """Some EVSEs by name: "A", "A and B", "A, B, C and 4 more"."""
    if len(evse_ids) > _NAMED_AT_MOST:
        rest = len(evse_ids) - _NAMED_AT_MOST
        return f"{', '.join(evse_ids[:_NAMED_AT_MOST])} and {rest:,} more"
    return " and ".join(part for part in (", ".join(evse_ids[:-1]), *evse_ids[-1:]) if part)


def pieces(
    track: Iterable[Stretch],
) -> dict[tuple[Segment, bool], list[tuple[datetime, datetime | None]]]:
    """Each segment's stretches in a track, by whether it shows; touching ones are one."""
    found: dict[tuple[Segment, bool], list[tuple[datetime, datetime | None]]] = {}
    for stretch in track:
        shown = [(stretch.displayed.winner, True)] if stretch.displayed.winner else []
        behind = [(held.segment, False) for held in stretch.displayed.held_back]
        for segment, wins in (*shown, *behind):
            spans = found.setdefault((segment, wins), [])
            if spans and spans[-1][1] == stretch.from_at:
                spans[-1] = (spans[-1][0], stretch.to_at)
            else:
                spans.append((stretch.from_at, stretch.to_at))
    return found


def _new_wins(stretch: Stretch) -> bool:
    winner = stretch.displayed.winner
    return winner is not None and winner.override_id == NEW


def _words_at_start(item: PlannedItem) -> Words:
    at = item.planned.from_at
    for stretch in item.after:
        if stretch.from_at <= at and (stretch.to_at is None or at < stretch.to_at):
            return words(stretch.displayed.status)
    return words(item.actual_now)


def _who_shows(item: PlannedItem, overlap: Overlap, zone: ZoneInfo, *, now: datetime) -> str:
    new, old = label(item.planned.status), label(overlap.existing.temporary_status)
    if new == old:
        new, old = "The new one", override_name(overlap.existing.id)
    during = _wins_during(overlap, zone, now=now)
    if overlap.new_wins:
        return f"{new} wins {during}{_afterwards(item, overlap, old, shows='shows again')}"
    whole = (overlap.from_at, overlap.to_at) == (item.planned.from_at, item.planned.to_at)
    if whole and not ever_shows(item):
        unseen = "" if overlap.to_at is None else " and ends unseen"
        return f"{old} wins {during}. The new override stays shadowed{unseen}."
    return f"{old} wins {during}{_afterwards(item, overlap, new, shows='shows')}"


def _wins_during(overlap: Overlap, zone: ZoneInfo, *, now: datetime) -> str:
    if overlap.to_at is None:
        return f"from {when(overlap.from_at, zone, now=now)} until it is cleared"
    return from_to(overlap.from_at, overlap.to_at, zone, now=now, opening="from ")


def _afterwards(item: PlannedItem, overlap: Overlap, other: str, *, shows: str) -> str:
    """What follows when the winner of an overlap ends: the other one, if it is next in line."""
    expected = overlap.existing.id if overlap.new_wins else NEW
    if overlap.to_at is None:
        return "."
    for stretch in item.after:
        winner = stretch.displayed.winner
        if stretch.from_at == overlap.to_at and winner is not None:
            return f", then {other} {shows}." if winner.override_id == expected else "."
    return "."


def from_to(
    from_at: datetime, to_at: datetime | None, zone: ZoneInfo, *, now: datetime, opening: str = ""
) -> str:
    """A period on the clocks of `zone`: "Sat 24 Oct 22:00 to Sun 25 Oct 05:00", one day once."""
    start = when(from_at, zone, now=now)
    if to_at is None:
        return f"{opening}{start}, until cleared"
    if from_at.astimezone(zone).date() == to_at.astimezone(zone).date():
        return f"{opening}{start} to {clock(to_at, zone)}"
    return f"{opening}{start} to {when(to_at, zone, now=now)}"


def _result_line(item: ItemResult, done: str) -> ResultLine:
    if item.error is not None:
        return ResultLine(item.evse_id, None, done=False, said=sentence(item.error))
    number = item.override.id if item.override is not None else None
    return ResultLine(item.evse_id, number, done=True, said=done)


def short_id(evse_id: str) -> str:
    """An EVSE id without country and operator, where it is written with stars: "E1041*1"."""
    parts = evse_id.split("*", 2)
    return parts[2] if len(parts) == 3 and len(parts[0]) <= 3 else evse_id
