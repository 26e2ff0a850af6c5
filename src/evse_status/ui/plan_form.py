"""What shall the picked EVSEs show, when and why? The fields of the plan page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from evse_status.core.errors import (
    AmbiguousLocalTime,
    EvseStatusError,
    InvalidInput,
    NonexistentLocalTime,
)
from evse_status.core.override import Wish
from evse_status.core.statuses import Cause, TemporaryStatus
from evse_status.service.fleet import EvseCard
from evse_status.service.groups import Group
from evse_status.service.series import SeriesWish, Target
from evse_status.ui import plan_repeat, plan_when, session
from evse_status.ui.looks import with_icon
from evse_status.ui.plan_when import Clocks, Span, clocks_for
from evse_status.ui.views.plan import period_in_short, zones_of

_INSTANT_NEEDS = 178
"""Pixels; below it the time would be cut."""
_STATUS, _CAUSE, _REASON, _TICKET = "plan-status", "plan-cause", "plan-reason", "plan-ticket"
_DRAIN = "plan-drain"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for: overrides by group, or series by zone; both empty while no EVSE is picked."""

    groups: tuple[Group, ...] = ()
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A plan, or why there is none yet. `places` are where fields speak."""

    plan: Plan | None
    refused: EvseStatusError | None
    places: dict[str, DeltaGenerator]


def ask(evses: Sequence[EvseCard]) -> Asked:
    """Draw the fields for these EVSEs."""
    zones = zones_of(evses)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("What they will show, and when", anchor=False, width="content")
        st.space("stretch")
        plan_when.ask_whose_clocks(zones)
    _ask_status()
    clocks = clocks_for(zones)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        plan_when.ask_presets(clocks)
        st.space("stretch")
        length = st.empty()
    places = {**_ask_when(clocks), **_ask_why()}
    plan, refused = current_plan(evses, now=session.now())
    if plan is not None and not plan_repeat.repeats():
        _say_how_long(length, clocks)
    if isinstance(refused, AmbiguousLocalTime | NonexistentLocalTime):
        refused = None  # its picker asks
    return Asked(plan, refused, places)


def current_plan(
    evses: Sequence[EvseCard], *, now: datetime
) -> tuple[Plan | None, EvseStatusError | None]:
    """What the fields ask for on these EVSEs, read afresh at `now`; for callbacks too."""
    clocks = clocks_for(zones_of(evses))
    by_zone: dict[str, list[int]] = {}
    for evse in evses:
        by_zone.setdefault(clocks.zone_of(evse.time_zone).key, []).append(evse.id)
    if plan_repeat.repeats():
        return _repeated(by_zone)
    spans, refused = plan_when.spans(clocks, now=now)
    if refused is None and drains() and next(iter(spans.values())).from_at is None:
        refused = InvalidInput(
            "validFrom: choose the latest start, for when the session goes on too long.",
            field="validFrom",
        )
    if refused is not None:
        return None, refused
    together: dict[Wish, list[int]] = {}
    for zone, numbers in by_zone.items():
        together.setdefault(_wish(spans[zone]), []).extend(numbers)
    return Plan(tuple(Group(tuple(some), wish) for wish, some in together.items())), None


def drains() -> bool:
    """Whether each override shall wait for the session that is running; for callbacks too."""
    return bool(st.session_state.get(_DRAIN)) and not plan_repeat.repeats()


def fingerprint() -> tuple[object, ...]:
    """What the form holds, to see whether it was altered since; moving instants stay out."""
    own = tuple(st.session_state.get(key) for key in (_STATUS, _CAUSE, _REASON, _TICKET))
    return (*own, drains(), *plan_when.fingerprint(), *plan_repeat.fingerprint())


def forget_job() -> None:
    """Empty what is about one job only; a callback."""
    st.session_state[_REASON] = ""
    st.session_state[_TICKET] = ""
    st.session_state[_DRAIN] = False
    plan_repeat.forget_repeat()


def _repeated(by_zone: dict[str, list[int]]) -> tuple[Plan | None, EvseStatusError | None]:
    asked, refused = plan_repeat.repetition(*plan_when.wall_period())
    if asked is None:
        return None, refused
    about = _what_and_why()
    return Plan(
        targets=tuple(
            (
                tuple(numbers),
                SeriesWish(
                    rule=asked.rule,
                    zone=zone,
                    first_local_start=asked.first,
                    minutes=asked.minutes,
                    exceptions=asked.exceptions,
                    **about,
                ),
            )
            for zone, numbers in by_zone.items()
        )
    ), None


def _wish(span: Span) -> Wish:
    if drains():
        return Wish(drain_until=span.from_at, valid_to=span.to_at, **_what_and_why())
    return Wish(valid_from=span.from_at, valid_to=span.to_at, **_what_and_why())


def _what_and_why() -> dict[str, Any]:
    state = st.session_state
    return {
        "temporary_status": TemporaryStatus(state.get(_STATUS) or TemporaryStatus.MAINTENANCE),
        "reason": state.get(_REASON) or "",
        "cause": state.get(_CAUSE),
        "ticket": state.get(_TICKET) or "",
    }


def _ask_status() -> None:
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


def _ask_when(clocks: Clocks) -> dict[str, DeltaGenerator]:
    lenient = plan_repeat.repeats()
    fields = st.grid(3, min_column_width=_INSTANT_NEEDS, gap="small")
    with fields.container():
        called = "Starts at the latest" if drains() else "First start" if lenient else "Start"
        plan_when.ask_start(clocks, lenient=lenient, called=called)
        start_place = st.container()
    with fields.container():
        plan_when.ask_end(clocks, lenient=lenient)
        end_place = st.container()
    first, _ = plan_when.wall_period()
    with fields.container():
        plan_repeat.ask_repeat(first)
    plan_repeat.ask_details(first)
    rule_place = st.container()
    if not lenient:
        _ask_drain()
    return {
        "validFrom": start_place,
        "firstLocalStart": start_place,
        "drainUntil": start_place,
        "validTo": end_place,
        "minutes": end_place,
        "rule": rule_place,
    }


def _ask_drain() -> None:
    on = st.checkbox(
        "Wait on each EVSE until the session that is running has ended",
        key=_DRAIN,
        persist_state="session",
    )
    if on:
        st.caption(
            "Each EVSE starts when its session ends, at once where none is running, and at the "
            "latest at the time above. Drivers at the charger can still start a session until then: "
            "only the CSMS can prevent it."
        )


def _ask_why() -> dict[str, DeltaGenerator]:
    reason_column, cause_column, ticket_column = st.columns([5, 3, 3], gap="small")
    with reason_column:
        st.text_input("Reason", key=_REASON, persist_state="session")
        reason_place = st.container()
    with cause_column:
        st.selectbox(
            "Cause",
            list(Cause),
            index=None,
            format_func=lambda cause: cause.value.capitalize(),
            key=_CAUSE,
            placeholder="Not said",
            persist_state="session",
        )
    with ticket_column:
        st.text_input("Ticket", key=_TICKET, persist_state="session")
        ticket_place = st.container()
    return {"reason": reason_place, "ticket": ticket_place}


def _say_how_long(place: DeltaGenerator, clocks: Clocks) -> None:
    now = session.now()
    found, _ = plan_when.spans(clocks, now=now)
    said = {period_in_short(span.from_at, span.to_at, now=now) for span in found.values()}
    if len(said) == 1 and not drains():
        place.caption(said.pop(), width="content")
