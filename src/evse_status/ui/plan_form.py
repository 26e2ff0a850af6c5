"""What shall the picked EVSEs show, when and why? The fields of the plan page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from evse_status.core.errors import EvseStatusError
from evse_status.core.override import Wish
from evse_status.core.statuses import Cause, TemporaryStatus
from evse_status.ui import session
from evse_status.ui.inputs import (
    Chosen,
    chosen_instant,
    fill_instant,
    instant_input,
    next_minute,
    tonight,
)
from evse_status.ui.looks import with_icon
from evse_status.ui.texts import plain, zone_label
from evse_status.ui.views.plan import period_in_short


class Preset(StrEnum):
    """Periods that are one click away."""

    NOW = "Now"
    ONE_HOUR = "+1 h"
    FOUR_HOURS = "+4 h"
    TONIGHT = "Tonight 22:00–05:00"
    UNTIL_CLEARED = "Until cleared"


_LENGTHS = {Preset.ONE_HOUR: timedelta(hours=1), Preset.FOUR_HOURS: timedelta(hours=4)}
_INSTANT_NEEDS = 178
"""Pixels; below it the time would be cut."""
_STATUS, _CAUSE, _REASON, _TICKET = "plan-status", "plan-cause", "plan-reason", "plan-ticket"
_PRESET, _START, _END = "plan-preset", "plan-start", "plan-end"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for: a wish, or why there is none yet. `places` are where fields speak."""

    wish: Wish | None
    refused: EvseStatusError | None
    places: dict[str, DeltaGenerator]


def form_zone(zones: Sequence[str]) -> ZoneInfo:
    """Whose clocks the form means: the sites' if they agree, else the viewer's."""
    return ZoneInfo(zones[0]) if len(zones) == 1 else session.viewer_zone()


def ask(zones: Sequence[str]) -> Asked:
    """Draw the fields for sites in these zones."""
    in_zone = form_zone(zones)
    _follow_preset(in_zone)
    _ask_what(zones, in_zone)
    length = _ask_period(in_zone)
    places = {**_ask_when(zones, in_zone), **_ask_why()}
    wish, refused = current_wish(in_zone, now=session.now())
    if wish is not None:
        length.caption(period_in_short(wish, now=session.now()), width="content")
    return Asked(wish, refused, places)


def _ask_what(zones: Sequence[str], in_zone: ZoneInfo) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("What they will show, and when", anchor=False, width="content")
        st.space("stretch")
        st.caption(plain(_whose_clocks_in_full(zones, in_zone)), width="content")
    st.segmented_control(
        "Status",
        list(TemporaryStatus),
        default=TemporaryStatus.MAINTENANCE,
        required=True,
        format_func=with_icon,
        key=_STATUS,
        label_visibility="collapsed",
        width="stretch",
        persist_state="session",
    )


def _ask_period(in_zone: ZoneInfo) -> DeltaGenerator:
    st.session_state.setdefault(_PRESET, Preset.UNTIL_CLEARED)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.pills(
            "Period",
            list(Preset),
            key=_PRESET,
            on_change=_apply_preset,
            args=(in_zone,),
            label_visibility="collapsed",
            persist_state="session",
        )
        st.space("stretch")
        return st.empty()


def _ask_when(zones: Sequence[str], in_zone: ZoneInfo) -> dict[str, DeltaGenerator]:
    whose = _whose_clocks(zones)
    fields = st.grid(3, min_column_width=_INSTANT_NEEDS, gap="small")
    with fields.container():
        instant_input(
            f"Start, {whose}",
            key=_START,
            in_zone=in_zone,
            field="validFrom",
            hint="Leave it empty to start the moment you place it.",
            on_change=_forget_start_preset,
            keep="session",
        )
        start_place = st.container()
    with fields.container():
        instant_input(
            f"End, {whose}",
            key=_END,
            in_zone=in_zone,
            field="validTo",
            hint="Leave it empty to keep it until somebody clears it.",
            on_change=_forget_end_preset,
            keep="session",
        )
        end_place = st.container()
    with fields.container():
        st.selectbox(
            "Cause",
            list(Cause),
            index=None,
            format_func=lambda cause: cause.value.capitalize(),
            key=_CAUSE,
            placeholder="Not said",
            persist_state="session",
        )
    return {"validFrom": start_place, "validTo": end_place}


def _ask_why() -> dict[str, DeltaGenerator]:
    reason_column, ticket_column = st.columns([2, 1], gap="small")
    with reason_column:
        st.text_input("Reason", key=_REASON, persist_state="session")
        reason_place = st.container()
    with ticket_column:
        st.text_input("Ticket", key=_TICKET, persist_state="session")
        ticket_place = st.container()
    return {"reason": reason_place, "ticket": ticket_place}


def current_wish(in_zone: ZoneInfo, *, now: datetime) -> tuple[Wish | None, EvseStatusError | None]:
    """What the fields hold, read afresh at `now`; for callbacks too. A preset length counts from
    the start, and from `now` where the start is left open, however old the form is."""
    start = chosen_instant(_START, in_zone, field="validFrom")
    end = _end(start, in_zone, now=now)
    refused = start.refused or end.refused
    if refused is not None:
        return None, refused
    wish = Wish(
        TemporaryStatus(st.session_state.get(_STATUS) or TemporaryStatus.MAINTENANCE),
        valid_from=start.at,
        valid_to=end.at,
        reason=st.session_state.get(_REASON) or "",
        cause=st.session_state.get(_CAUSE),
        ticket=st.session_state.get(_TICKET) or "",
    )
    return wish, None


def fingerprint() -> tuple[object, ...]:
    """What the form holds, to see whether it was altered since; moving instants stay out."""
    keys = [_STATUS, _CAUSE, _REASON, _TICKET, _PRESET, _START]
    if st.session_state.get(_PRESET) not in _LENGTHS:
        keys.append(_END)
    return tuple(st.session_state.get(key) for key in keys)


def forget_texts() -> None:
    """Empty what is about one job only; a callback."""
    st.session_state[_REASON] = ""
    st.session_state[_TICKET] = ""


def _end(start: Chosen, in_zone: ZoneInfo, *, now: datetime) -> Chosen:
    length = _LENGTHS.get(st.session_state.get(_PRESET) or Preset.NOW)
    if length is None:
        return chosen_instant(_END, in_zone, field="validTo")
    return Chosen(next_minute((start.at or now) + length))


def _follow_preset(in_zone: ZoneInfo) -> None:
    """Show the end that a preset length means by now."""
    if st.session_state.get(_PRESET) not in _LENGTHS:
        return
    start = chosen_instant(_START, in_zone, field="validFrom")
    if start.refused is None:
        end = _end(start, in_zone, now=session.now())
        if end != chosen_instant(_END, in_zone, field="validTo"):
            fill_instant(_END, end.at, in_zone)


def _apply_preset(in_zone: ZoneInfo) -> None:
    preset = st.session_state[_PRESET]
    if preset == Preset.NOW:
        fill_instant(_START, None, in_zone)
    elif preset == Preset.UNTIL_CLEARED:
        fill_instant(_END, None, in_zone)
    elif preset == Preset.TONIGHT:
        begins, ends = tonight(session.now(), in_zone)
        fill_instant(_START, begins, in_zone)
        fill_instant(_END, ends, in_zone)


def _forget_start_preset() -> None:
    if st.session_state.get(_PRESET) in (Preset.NOW, Preset.TONIGHT):
        st.session_state[_PRESET] = None


def _forget_end_preset() -> None:
    if st.session_state.get(_PRESET) != Preset.NOW:
        st.session_state[_PRESET] = None


def _whose_clocks(zones: Sequence[str]) -> str:
    return "site time" if len(zones) == 1 else "your time"


def _whose_clocks_in_full(zones: Sequence[str], in_zone: ZoneInfo) -> str:
    named = zone_label(in_zone, session.now())
    if len(zones) == 1:
        return f"Site time is {named}"
    if not zones:
        return f"Your time is {named}"
    return f"Sites in {len(zones)} time zones: your time, {named}"
