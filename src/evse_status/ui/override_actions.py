"""How are overrides cleared, extended and changed from a page, and what is said afterwards?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from evse_status.core.errors import EvseStatusError, StaleEdit
from evse_status.core.override import LONGEST_REASON, Override
from evse_status.core.statuses import Cause, TemporaryStatus
from evse_status.service import audit, schedule
from evse_status.service.schedule import BatchResult
from evse_status.ui import inputs
from evse_status.ui.busy import busy
from evse_status.ui.looks import with_icon
from evse_status.ui.override_outcome import in_local_times, keep_outcome
from evse_status.ui.session import app, hold_still, principal
from evse_status.ui.texts import counted, plain
from evse_status.ui.views.change import (
    ChangeForm,
    carried_over,
    edit_between,
    form_of,
    is_empty,
    proposed_until,
)
from evse_status.ui.views.outcome import Outcome, failure, outcome_of, told
from evse_status.ui.views.override import Deeds, Fact, deeds, differences

Versions = Mapping[int, int]
"""The overrides to act upon and the version of each that was shown, by id."""

_DIALOG = "override-dialog"
_OPENED = "override-dialog-opened"


@dataclass(frozen=True, slots=True)
class _Until:
    place: str
    versions: Versions
    proposed: datetime
    zone: ZoneInfo
    turn: int


@dataclass(frozen=True, slots=True)
class _Change:
    place: str
    shown: Override
    evse_id: str
    opened: ChangeForm
    filled: ChangeForm
    zone: ZoneInfo
    turn: int
    stale: str = ""
    news: tuple[Fact, ...] = ()


def clear(versions: Versions, place: str) -> None:
    """End overrides now; what became of it is shown by `show_outcome(place)`."""
    _keep(
        place,
        "cleared",
        versions,
        lambda: schedule.clear_overrides(
            app().database, principal(), list(versions), versions=versions
        ),
    )


def extend_by(versions: Versions, by: timedelta, place: str) -> None:
    """Move planned ends by a length, counted from each end."""
    _keep(
        place,
        "extended",
        versions,
        lambda: schedule.extend_overrides(
            app().database, principal(), list(versions), by=by, versions=versions
        ),
    )


def ask_until(versions: Versions, ends: list[datetime | None], zone: ZoneInfo, place: str) -> None:
    """Open the dialog for a new end of several overrides, on clocks in `zone`."""
    st.session_state[_DIALOG] = _Until(
        place=place,
        versions=versions,
        proposed=proposed_until(ends, now=app().now()),
        zone=zone,
        turn=_next_turn(),
    )


def ask_change(shown: Override, evse_id: str, zone: ZoneInfo, place: str) -> None:
    """Open the form of one override as it was shown, on clocks in `zone`, the site's."""
    opened = form_of(shown)
    st.session_state[_DIALOG] = _Change(
        place=place,
        shown=shown,
        evse_id=evse_id,
        opened=opened,
        filled=opened,
        zone=zone,
        turn=_next_turn(),
    )


def draw_dialog(place: str) -> None:
    """Draw the dialog that was opened at `place`, if any; call it once in every run of that place.

    While it is open the page doesn't redraw by itself: half-typed text would be lost.
    """
    opened = st.session_state.get(_DIALOG)
    if opened is None or opened.place != place:
        return
    hold_still()
    if isinstance(opened, _Until):
        _until_dialog()
    else:
        _change_dialog()


def _close() -> None:
    st.session_state.pop(_DIALOG, None)


@st.dialog("Set a new end", icon=":material/more_time:", on_dismiss=_close)
def _until_dialog() -> None:
    opened = st.session_state.get(_DIALOG)
    if not isinstance(opened, _Until):
        return
    st.markdown(f"A new end for {counted(len(opened.versions), 'override')}.")
    chosen = inputs.instant_input(
        f"Until ({opened.zone.key})",
        key=f"until-{opened.turn}",
        in_zone=opened.zone,
        field="validTo",
        value=opened.proposed,
    )
    why = _why(opened.turn)
    refusal = st.empty()
    if not st.button("Set the end", type="primary", icon=":material/check:"):
        return
    if chosen.at is None:
        refusal.error(
            plain(told(chosen.refused)) if chosen.refused else "Choose a date and time.",
            icon=":material/error:",
        )
        return
    until = chosen.at
    _keep(
        opened.place,
        "extended",
        opened.versions,
        lambda: schedule.extend_overrides(
            app().database,
            principal(),
            list(opened.versions),
            until=until,
            versions=opened.versions,
            why=why,
        ),
    )
    _close()
    st.rerun()


@st.dialog("Change the override", icon=":material/edit:", on_dismiss=_close)
def _change_dialog() -> None:
    opened = st.session_state.get(_DIALOG)
    if not isinstance(opened, _Change):
        return
    allowed = deeds(opened.shown, now=app().now())
    st.markdown(f"**{plain(opened.evse_id)}** · #{opened.shown.id}")
    _show_news(opened)
    typed = _form(opened, allowed)
    why = _why(opened.turn)
    refusal = st.empty()
    if not st.button("Save", type="primary", icon=":material/check:"):
        return
    if isinstance(typed, str):
        refusal.error(plain(typed), icon=":material/error:")
        return
    edit = edit_between(opened.opened, typed, allowed)
    if is_empty(edit):
        refusal.info("Nothing is changed yet.", icon=":material/info:")
        return
    try:
        changed = schedule.change_override(
            app().database,
            principal(),
            opened.shown.id,
            edit,
            version=opened.shown.version,
            why=why,
        )
    except StaleEdit as error:
        _start_over(opened, typed, told(error))
        st.rerun()
    except EvseStatusError as error:
        refusal.error(plain(told(error)), icon=":material/error:")
        return
    keep_outcome(
        opened.place,
        Outcome(
            good=True,
            text=f"Override #{changed.id} is changed.",
            at=app().now(),
            change=(opened.shown, changed),
        ),
    )
    _close()
    st.rerun()


def _start_over(opened: _Change, typed: ChangeForm, stale: str) -> None:
    now = app().now()
    latest = audit.override_detail(app().database, principal(), opened.shown.id, now=now).override
    reopened = form_of(latest)
    st.session_state[_DIALOG] = replace(
        opened,
        shown=latest,
        opened=reopened,
        filled=carried_over(opened.opened, typed, reopened),
        turn=_next_turn(),
        stale=stale,
        news=differences(opened.shown, latest, zone=opened.zone, now=now),
    )


def _show_news(opened: _Change) -> None:
    if not opened.stale:
        return
    lines = [in_local_times(opened.stale)]
    lines += [f"{fact.label} is now: {plain(fact.value or 'empty')}" for fact in opened.news]
    lines.append("What you typed is kept. Save to put it on top, or close to leave it as it is.")
    st.warning("\n\n".join(lines), icon=":material/warning:")


def _form(opened: _Change, allowed: Deeds) -> ChangeForm | str:
    """What is typed, or the sentence that says why a time in it can't be read."""
    filled, key = opened.filled, f"change-{opened.turn}"
    typed, refused = filled, ""
    if allowed.plan:
        typed, refused = _plan_fields(filled, opened, allowed, key)
    else:
        st.caption("It is over: only its reason and cause can still change.")
    reason = st.text_area("Reason", filled.reason, key=f"{key}-reason", height=80)
    cause = st.selectbox(
        "Cause",
        list(Cause),
        index=None if filled.cause is None else list(Cause).index(filled.cause),
        format_func=lambda cause: cause.value.capitalize(),
        key=f"{key}-cause",
        placeholder="Not said",
    )
    ticket = filled.ticket
    if allowed.plan:
        ticket = st.text_input("Ticket", filled.ticket, key=f"{key}-ticket")
    return refused or replace(typed, reason=reason or "", cause=cause, ticket=ticket or "")


def _plan_fields(
    filled: ChangeForm, opened: _Change, allowed: Deeds, key: str
) -> tuple[ChangeForm, str]:
    status = st.pills(
        "Status",
        list(TemporaryStatus),
        default=filled.temporary_status,
        required=True,
        format_func=with_icon,
        key=f"{key}-status",
    )
    from_column, to_column = st.columns(2, gap="small")
    with from_column:
        start = inputs.instant_input(
            f"From ({opened.zone.key})",
            key=f"{key}-from",
            in_zone=opened.zone,
            field="validFrom",
            value=filled.valid_from,
            disabled=not allowed.start,
        )
        if not allowed.start:
            st.caption("It has started: the start can't move any more.")
    with to_column:
        until_cleared = st.session_state.get(f"{key}-open", filled.valid_to is None)
        end = inputs.instant_input(
            f"To ({opened.zone.key})",
            key=f"{key}-to",
            in_zone=opened.zone,
            field="validTo",
            value=filled.valid_to or proposed_until([], now=app().now()),
            disabled=until_cleared,
        )
        until_cleared = st.toggle("Until cleared", filled.valid_to is None, key=f"{key}-open")
    for chosen, name, needed in (
        (start, "From", allowed.start),
        (end, "To", not until_cleared),
    ):
        if needed and chosen.at is None:
            return filled, (
                told(chosen.refused) if chosen.refused else f"{name}: choose a date and time."
            )
    return (
        replace(
            filled,
            temporary_status=status,
            valid_from=start.at if allowed.start and start.at else filled.valid_from,
            valid_to=None if until_cleared else end.at,
        ),
        "",
    )


def _why(turn: int) -> str:
    return (
        st.text_input(
            "Why this change (optional, for the history)",
            key=f"why-{turn}",
            max_chars=LONGEST_REASON,
        )
        or ""
    )


def _keep(place: str, did: str, versions: Versions, act: Callable[[], BatchResult]) -> None:
    try:
        with busy("Altering", len(versions)):
            result = act()
        outcome = outcome_of(result, did, shown=versions, now=app().now())
    except EvseStatusError as error:
        outcome = failure(error, now=app().now())
    keep_outcome(place, outcome)


def _next_turn() -> int:
    turn: int = st.session_state.get(_OPENED, 0) + 1
    st.session_state[_OPENED] = turn
    return turn
