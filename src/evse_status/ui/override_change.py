"""How is one override changed from a page, also when somebody else changed it meanwhile?"""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from evse_status.core.errors import EvseStatusError, StaleEdit
from evse_status.core.override import Override
from evse_status.core.statuses import Cause, TemporaryStatus
from evse_status.service import audit, chosen, schedule
from evse_status.ui import inputs
from evse_status.ui.dialog import close_dialog, open_dialog, opened
from evse_status.ui.grids import draw_grid
from evse_status.ui.looks import with_icon
from evse_status.ui.override_actions import ask_why
from evse_status.ui.override_outcome import draw_entries, keep_outcome
from evse_status.ui.session import app, principal, viewer_zone
from evse_status.ui.texts import clock_difference, plain, when
from evse_status.ui.views.change import (
    ChangeForm,
    carried_over,
    edit_between,
    form_of,
    is_empty,
    proposed_until,
)
from evse_status.ui.views.names import override_name
from evse_status.ui.views.outcome import Outcome, told
from evse_status.ui.views.override import (
    Deeds,
    Fact,
    HistoryEntry,
    deeds,
    history_entries,
    is_waiting,
)
from evse_status.ui.views.stale import typed_fields


@dataclass(frozen=True, slots=True)
class _Change:
    """The form of `shown`: `opened` is what it has, `filled` what the fields begin with.

    `entries` tells what others made of it since it was shown first, `typed` what was typed and
    still differs.
    """

    shown: Override
    evse_id: str
    opened: ChangeForm
    filled: ChangeForm
    zone: ZoneInfo
    entries: tuple[HistoryEntry, ...] = ()
    typed: tuple[Fact, ...] = ()


def ask_change(shown: Override, evse_id: str, zone: ZoneInfo, place: str) -> None:
    """Open the form of one override as it was shown, on clocks in `zone`, the site's."""
    as_shown = form_of(shown)
    open_dialog(place, _change_dialog, _Change(shown, evse_id, as_shown, as_shown, zone))


@st.dialog("Change the override", icon=":material/edit:", on_dismiss=close_dialog)
def _change_dialog() -> None:
    is_open = opened(_Change)
    if is_open is None:
        return
    place, turn, about = is_open
    allowed = deeds(about.shown, now=app().now())
    st.markdown(f"**{plain(about.evse_id)}** · {plain(override_name(about.shown.id))}")
    _draw_news(about, place)
    typed = _form(about, allowed, turn)
    why = ask_why(turn)
    refusal = st.empty()
    if not st.button("Save", type="primary", icon=":material/check:"):
        return
    if isinstance(typed, str):
        refusal.error(plain(typed), icon=":material/error:")
        return
    edit = edit_between(about.opened, typed, allowed)
    if is_empty(edit):
        refusal.info("Nothing is changed yet.", icon=":material/info:")
        return
    try:
        changed = schedule.change_override(
            app().database,
            principal(),
            about.shown.id,
            edit,
            version=about.shown.version,
            why=why,
        )
    except StaleEdit:
        _start_over(about, typed, place)
        st.rerun()
    except EvseStatusError as error:
        refusal.error(plain(told(error)), icon=":material/error:")
        return
    keep_outcome(
        place,
        Outcome(
            good=True,
            text=f"Override #{changed.id} is changed.",
            at=app().now(),
            change=(about.shown, changed),
        ),
    )
    close_dialog()
    st.rerun()


def _start_over(about: _Change, typed: ChangeForm, place: str) -> None:
    """The form once more, on the state that others made of it, with what was typed on top."""
    db, who, now, shown = app().database, principal(), app().now(), about.shown
    latest = audit.override_detail(db, who, shown.id, now=now).override
    since = chosen.changes_since(db, who, {shown.id: shown.version})[shown.id]
    reopened = form_of(latest)
    filled = carried_over(about.opened, typed, reopened)
    open_dialog(
        place,
        _change_dialog,
        replace(
            about,
            shown=latest,
            opened=reopened,
            filled=filled,
            entries=(*history_entries(since, zone=about.zone, now=now), *about.entries),
            typed=typed_fields(reopened, filled, zone=about.zone, now=now),
        ),
    )


def _draw_news(about: _Change, place: str) -> None:
    if not about.entries:
        return
    with st.container(border=True, gap="xsmall"):
        st.warning(
            "It was changed since you opened it. Nothing of yours is saved yet.",
            icon=":material/warning:",
        )
        draw_entries(about.entries)
        if about.typed:
            st.markdown("**What you typed is kept in the form:**")
            draw_grid([(fact.label, fact.value) for fact in about.typed], "6.5rem 1fr")
        st.caption(
            f"Times in {plain(about.zone.key)}. Save puts what you typed on top of the new state."
        )
        st.button(
            "Take the new state, drop mine",
            icon=":material/restart_alt:",
            key=f"take-new-{place}",
            on_click=ask_change,
            args=(about.shown, about.evse_id, about.zone, place),
        )


def _form(about: _Change, allowed: Deeds, turn: int) -> ChangeForm | str:
    """What is typed, or the sentence that says why a time in it can't be read."""
    filled, key = about.filled, f"change-{turn}"
    typed, refused = filled, ""
    if allowed.plan:
        typed, refused = _plan_fields(filled, about, allowed, key)
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


def _on_your_clocks(at: datetime | None, site: ZoneInfo) -> None:
    """Say what the viewer's clocks show where they show something else than the site's."""
    yours = viewer_zone()
    if at is not None and clock_difference(site, yours, at):
        said = f"{when(at, yours, now=app().now())} in {yours.key}"
        st.caption(plain(said))


def _plan_fields(
    filled: ChangeForm, about: _Change, allowed: Deeds, key: str
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
            f"From ({about.zone.key})",
            key=f"{key}-from",
            in_zone=about.zone,
            field="validFrom",
            value=filled.valid_from,
            disabled=not allowed.start,
        )
        _on_your_clocks(start.at, about.zone)
        if is_waiting(about.shown, now=app().now()):
            st.caption("The latest start: it waits for a session. Another start ends the waiting.")
        if not allowed.start:
            st.caption("It has started: the start can't move any more.")
    with to_column:
        until_cleared = st.session_state.get(f"{key}-open", filled.valid_to is None)
        end = inputs.instant_input(
            f"To ({about.zone.key})",
            key=f"{key}-to",
            in_zone=about.zone,
            field="validTo",
            value=filled.valid_to or proposed_until([], now=app().now()),
            disabled=until_cleared,
        )
        if not until_cleared:
            _on_your_clocks(end.at, about.zone)
        until_cleared = st.toggle("Until cleared", filled.valid_to is None, key=f"{key}-open")
    for picked, name, needed in (
        (start, "From", allowed.start),
        (end, "To", not until_cleared),
    ):
        if needed and picked.at is None:
            return filled, (
                told(picked.refused) if picked.refused else f"{name}: choose a date and time."
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
