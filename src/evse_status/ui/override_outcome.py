"""What became of the last action, and how is it taken back?"""

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.core.override import Override
from evse_status.service import schedule
from evse_status.ui.session import app, principal, viewer_zone
from evse_status.ui.texts import plain
from evse_status.ui.views.change import edit_between, form_of, is_empty
from evse_status.ui.views.outcome import Outcome, failure, undone
from evse_status.ui.views.override import deeds, with_local_times

_REFUSED_IN_SIGHT = 3


def keep_outcome(place: str, outcome: Outcome) -> None:
    """Let `show_outcome(place)` say this from now on."""
    st.session_state[_outcome_key(place)] = outcome


def show_outcome(place: str) -> None:
    """Say what became of the last action taken at `place`, with its Undo, for ten minutes."""
    outcome: Outcome | None = st.session_state.get(_outcome_key(place))
    if outcome is None or not outcome.is_in_sight(app().now()):
        return
    sign = ":green[:material/check_circle:]" if outcome.good else ":yellow[:material/warning:]"
    with st.container(border=True, key=f"{place}-outcome-box", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(f"{sign} {in_local_times(outcome.text)}", width="content")
            st.space("stretch")
            if len(outcome.items) > 1:
                with st.popover("Each of them", type="tertiary", key=f"{place}-outcome-items"):
                    _list(outcome.items)
            if outcome.batch_id is not None or outcome.change is not None:
                st.button(
                    "Undo",
                    icon=":material/undo:",
                    key=f"{place}-undo",
                    on_click=undo if outcome.change is None else undo_change,
                    args=(*(outcome.change or (outcome.batch_id,)), place),
                )
            st.button(
                "",
                icon=":material/close:",
                type="tertiary",
                key=f"{place}-outcome-close",
                help="Dismiss",
                on_click=forget_outcome,
                args=(place,),
            )
        _list(outcome.refused[:_REFUSED_IN_SIGHT])


def forget_outcome(place: str) -> None:
    """Say nothing any more about the last action taken at `place`."""
    st.session_state.pop(_outcome_key(place), None)


def undo(batch_id: int, place: str) -> None:
    """Take a batch back from now on; what somebody touched since is named."""
    try:
        outcome = undone(schedule.undo(app().database, principal(), batch_id), now=app().now())
    except EvseStatusError as error:
        outcome = failure(error, now=app().now())
    keep_outcome(place, outcome)


def undo_change(before: Override, after: Override, place: str) -> None:
    """Put the fields that a change altered back as far as they can still be altered."""
    now = app().now()
    edit = edit_between(form_of(after), form_of(before), deeds(after, now=now))
    try:
        if is_empty(edit):
            outcome = Outcome(good=False, text="Nothing was left to undo.", at=now)
        else:
            schedule.change_override(
                app().database,
                principal(),
                after.id,
                edit,
                version=after.version,
                why="Undo of a change",
            )
            outcome = Outcome(good=True, text=f"Override #{after.id} is as before.", at=now)
    except EvseStatusError as error:
        outcome = failure(error, now=now)
    keep_outcome(place, outcome)


def in_local_times(text: str) -> str:
    """A sentence with its instants on the viewer's clocks, as Streamlit text."""
    return plain(with_local_times(text, zone=viewer_zone(), now=app().now()))


def _list(items: tuple[str, ...]) -> None:
    if items:
        st.markdown("\n".join(f"- {in_local_times(item)}" for item in items))


def _outcome_key(place: str) -> str:
    return f"{place}-outcome"
