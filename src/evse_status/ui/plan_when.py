"""When shall it hold, and on whose clocks? Presets, start and end of the plan page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.ui import session
from evse_status.ui.inputs import Chosen, next_minute
from evse_status.ui.site_clocks import (
    chosen_at,
    chosen_wall,
    fill_at,
    fill_wall,
    first_refusal,
    wall_input,
)
from evse_status.ui.texts import plain, zone_label


class Begin(StrEnum):
    """Starts that are one click away; two of them bring their end."""

    NOW = "Now"
    ONE_HOUR = "In 1 h"
    TONIGHT = "Tonight 22:00–05:00"
    WEEKEND = "This weekend"


class Length(StrEnum):
    """Ends that are one click away; lengths count from the start."""

    ONE_HOUR = "+1 h"
    FOUR_HOURS = "+4 h"
    UNTIL_CLEARED = "Until cleared"


class Whose(StrEnum):
    """Whose clocks are meant where sites stand in several zones."""

    SITES = "Same time at each site"
    VIEWER = "One instant for all"


LENGTHS = {Length.ONE_HOUR: timedelta(hours=1), Length.FOUR_HOURS: timedelta(hours=4)}
START, END = "plan-start", "plan-end"
_BEGIN, _LENGTH, _WHOSE = "plan-begin", "plan-length", "plan-whose"
_BEFORE = "plan-start-before"
_NIGHT = (time(22), time(5))
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks that the form means: those of each site, or one for all."""

    zones: tuple[ZoneInfo, ...]
    at_each_site: bool
    whose: str  # beside "Start" and "End"

    def zone_of(self, site_zone: str) -> ZoneInfo:
        """The zone in which the form is read for a site in this zone."""
        return ZoneInfo(site_zone) if self.at_each_site else self.zones[0]


@dataclass(frozen=True, slots=True)
class Span:
    """Instants in UTC, `None` where the form leaves a start or an end open."""

    from_at: datetime | None
    to_at: datetime | None


def clocks_for(zones: Sequence[str]) -> Clocks:
    """Whose clocks the form means for sites in these zones; for callbacks too."""
    if len(zones) == 1:
        return Clocks((ZoneInfo(zones[0]),), at_each_site=True, whose="site time")
    if len(zones) > 1 and st.session_state.get(_WHOSE, Whose.SITES) == Whose.SITES:
        each = tuple(ZoneInfo(name) for name in zones)
        return Clocks(each, at_each_site=True, whose="at each site")
    return Clocks((session.viewer_zone(),), at_each_site=False, whose="your time")


def ask_whose_clocks(zones: Sequence[str]) -> None:
    """Say whose clocks are meant; where sites stand in several zones, ask."""
    now, viewer = session.now(), session.viewer_zone()
    if len(zones) < 2:
        its = ZoneInfo(zones[0]) if zones else viewer
        whose = "Site" if zones else "Your"
        st.caption(plain(f"{whose} time is {zone_label(its, now)}"), width="content")
        return
    st.session_state.setdefault(_WHOSE, Whose.SITES)
    yours = viewer.key.rsplit("/", 1)[-1].replace("_", " ")
    st.segmented_control(
        "Whose clocks",
        list(Whose),
        key=_WHOSE,
        required=True,
        format_func=lambda whose: (
            plain(f"{whose}, {yours} time") if whose == Whose.VIEWER else whose.value
        ),
        label_visibility="collapsed",
        persist_state="session",
    )


def ask_presets(clocks: Clocks) -> None:
    """Draw the periods that are one click away."""
    st.session_state.setdefault(_BEGIN, Begin.NOW)
    st.session_state.setdefault(_LENGTH, Length.UNTIL_CLEARED)
    st.pills(
        "Begins",
        list(Begin),
        key=_BEGIN,
        on_change=_apply_begin,
        args=(clocks,),
        label_visibility="collapsed",
        persist_state="session",
    )
    st.pills(
        "Lasts",
        list(Length),
        key=_LENGTH,
        on_change=_apply_length,
        label_visibility="collapsed",
        persist_state="session",
    )


def ask_start(clocks: Clocks, *, lenient: bool, called: str = "Start") -> None:
    """Draw the picker of the start."""
    wall_input(
        f"{called}, {clocks.whose}",
        key=START,
        zones=clocks.zones,
        field="validFrom",
        hint="Leave it empty to start the moment you place it.",
        on_change=_start_moved,
        lenient=lenient,
    )
    st.session_state[_BEFORE] = chosen_wall(START)


def ask_end(clocks: Clocks, *, lenient: bool) -> None:
    """Draw the picker of the end; a length that was clicked fills it."""
    whose = clocks.whose if _follow_length(clocks) else f"{clocks.zones[0].key} time"
    wall_input(
        f"End, {plain(whose)}",
        key=END,
        zones=clocks.zones,
        field="validTo",
        hint="Leave it empty to keep it until somebody clears it.",
        on_change=_end_moved,
        lenient=lenient,
    )


def spans(clocks: Clocks, *, now: datetime) -> tuple[Mapping[str, Span], EvseStatusError | None]:
    """The period on the clocks of each zone, read afresh at `now`; for callbacks too.

    A clicked length counts from the start, and from `now` where the start is left open, however
    old the form is.
    """
    starts = chosen_at(START, clocks.zones, field="validFrom")
    refused = first_refusal(starts)
    if refused is not None:
        return {}, refused
    ends = _ends(starts, clocks, now=now)
    refused = first_refusal(ends)
    if refused is not None:
        return {}, refused
    return {zone: Span(start.at, ends[zone].at) for zone, start in starts.items()}, None


def wall_period() -> tuple[datetime | None, timedelta | None]:
    """The start that the picker shows and how long it lasts as clocks count; for what repeats."""
    start, end = chosen_wall(START), chosen_wall(END)
    length = LENGTHS.get(st.session_state.get(_LENGTH) or Length.UNTIL_CLEARED)
    if length is None and start is not None and end is not None:
        length = end - start
    return start, length


def fingerprint() -> tuple[object, ...]:
    """What is chosen, to see whether it was altered since; moving instants stay out."""
    chosen = [_LENGTH, _WHOSE, START]
    if st.session_state.get(_LENGTH) not in LENGTHS:
        chosen.append(END)
    folds = sorted(
        (str(key), value)
        for key, value in st.session_state.items()
        if str(key).startswith((f"{START}-fold-", f"{END}-fold-"))
    )
    return (*(st.session_state.get(key) for key in chosen), *folds)


def _ends(starts: Mapping[str, Chosen], clocks: Clocks, *, now: datetime) -> dict[str, Chosen]:
    length = LENGTHS.get(st.session_state.get(_LENGTH) or Length.UNTIL_CLEARED)
    if length is None:
        return chosen_at(END, clocks.zones, field="validTo")
    return {zone: Chosen(next_minute((start.at or now) + length)) for zone, start in starts.items()}


def _follow_length(clocks: Clocks) -> bool:
    """Show the end that a clicked length means by now; whether clocks agree at all the sites."""
    if st.session_state.get(_LENGTH) not in LENGTHS:
        return True
    starts = chosen_at(START, clocks.zones, field="validFrom")
    if first_refusal(starts) is not None:
        return True
    ends = _ends(starts, clocks, now=session.now())
    walls = set()
    for zone in clocks.zones:
        at = ends[zone.key].at
        assert at is not None  # a length always leads somewhere
        walls.add(at.astimezone(zone).replace(tzinfo=None))
    first = clocks.zones[0]
    at = ends[first.key].at
    if at is not None and chosen_at(END, [first], field="validTo")[first.key].at != at:
        fill_at(END, at, first)
    return len(walls) == 1


def _apply_begin(clocks: Clocks) -> None:
    begin = st.session_state[_BEGIN]
    first = clocks.zones[0]
    now = session.now()
    today = datetime.combine(now.astimezone(first).date(), time())
    if begin == Begin.NOW:
        fill_wall(START, None)
    elif begin == Begin.ONE_HOUR:
        if len(clocks.zones) > 1:  # an hour from now is one instant
            st.session_state[_WHOSE], first = Whose.VIEWER, session.viewer_zone()
        fill_at(START, next_minute(now + timedelta(hours=1)), first)
    elif begin == Begin.TONIGHT:
        _fill(today + _since_midnight(_NIGHT[0]), today + _A_DAY + _since_midnight(_NIGHT[1]))
    elif begin == Begin.WEEKEND:
        saturday = today + _A_DAY * (_SATURDAY - today.weekday())
        _fill(saturday, saturday + 2 * _A_DAY)


def _fill(start: datetime, end: datetime) -> None:
    fill_wall(START, start)
    fill_wall(END, end)
    st.session_state[_LENGTH] = None


def _apply_length() -> None:
    if st.session_state[_LENGTH] == Length.UNTIL_CLEARED:
        fill_wall(END, None)


def _start_moved() -> None:
    """A start that reaches its end takes the end along, as calendars do."""
    st.session_state[_BEGIN] = None
    before: datetime | None = st.session_state.get(_BEFORE)
    start, end = chosen_wall(START), chosen_wall(END)
    if before is None or start is None or end is None:
        return
    if before < end <= start:
        fill_wall(END, start + (end - before))


def _end_moved() -> None:
    st.session_state[_LENGTH] = None
    if st.session_state.get(_BEGIN) in (Begin.TONIGHT, Begin.WEEKEND):
        st.session_state[_BEGIN] = None


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute)


_A_DAY = timedelta(days=1)
