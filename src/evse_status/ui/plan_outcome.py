"""Place what the form asks for, once, and say what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from evse_status.core.errors import EvseStatusError, NothingSelected
from evse_status.service import audit, schedule
from evse_status.service.schedule import BatchResult
from evse_status.ui import bundle, failures, session
from evse_status.ui.busy import busy
from evse_status.ui.evse_picker import forget_picks
from evse_status.ui.fleet_filter import only
from evse_status.ui.override_actions import extend_by
from evse_status.ui.override_outcome import forget_outcome, show_outcome
from evse_status.ui.override_panel import STEPS
from evse_status.ui.picks import picked
from evse_status.ui.plan_form import current_wish, fingerprint, forget_texts
from evse_status.ui.texts import counted, plain
from evse_status.ui.views.plan import ResultLine, result_headline, result_lines

_PLACE = "plan-outcome"
_EXTENDED_AT_ONCE = 50
_PLACED, _REFUSED, _TICKETS = "plan-placed", "plan-refused", "plan-spent"


@dataclass(frozen=True, slots=True)
class Placed:
    """What the last placing did, for which form, and what taking it back did."""

    result: BatchResult
    form: tuple[object, ...]
    undone: BatchResult | None = None
    undo_refused: EvseStatusError | None = None


def place_button(count: int, in_zone: ZoneInfo, *, ready: bool) -> None:
    """Draw the accent button. Each drawn button places at most once, however often it is clicked."""
    st.button(
        f"Place {counted(count, 'override')}" if count else "Place",
        type="primary",
        icon=":material/check:",
        disabled=not ready,
        key="plan-place",
        on_click=_place,
        args=(_spent(), in_zone),
    )


def refusal() -> EvseStatusError | None:
    """Why the last placing was refused as a whole, until the form is altered."""
    kept: tuple[EvseStatusError, tuple[object, ...]] | None = st.session_state.get(_REFUSED)
    return kept[0] if kept is not None and kept[1] == _form() else None


def placed() -> Placed | None:
    """What the last placing did, until it is dismissed."""
    found: Placed | None = st.session_state.get(_PLACED)
    return found


def is_of_this_form(done: Placed) -> bool:
    """Whether the form still holds what was placed, so that nothing new is planned yet."""
    return done.form == _form()


def draw_result(done: Placed) -> None:
    """Draw what became of each EVSE, with the ways on: undo, timeline, next plan."""
    if done.undone is not None:
        _draw_undone(done.undone)
    else:
        _draw_placed(done.result)
    if done.undo_refused is not None:
        failures.show(done.undo_refused)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.page_link(
            bundle.page("timeline"),
            label="See it on the timeline",
            icon=":material/view_timeline:",
            query_params=_on_the_timeline(done.result),
        )
        st.space("stretch")
        if done.result.batch_id is not None and done.undone is None:
            _draw_extensions(done.result)
            st.button("Undo", icon=":material/undo:", key="plan-undo", on_click=_undo)
        st.button("Plan another", icon=":material/add:", key="plan-another", on_click=_start_over)
    show_outcome(_PLACE)


def _draw_extensions(result: BatchResult) -> None:
    """Offer to move the ends of all that were placed, as far as they have one and aren't too many."""
    if not 0 < len(result.done) <= _EXTENDED_AT_ONCE or result.done[0].valid_to is None:
        return
    db, who, now = session.app().database, session.principal(), session.now()
    current = [audit.override_detail(db, who, one.id, now=now).override for one in result.done]
    versions = {one.id: one.version for one in current if not one.is_over(now)}
    if not versions:
        return
    st.caption("Extend", width="content")
    for by, name in STEPS:
        st.button(name, key=f"plan-{name}", on_click=extend_by, args=(versions, by, _PLACE))


def _on_the_timeline(result: BatchResult) -> dict[str, str | list[str]]:
    """Just what was placed, and the first of it opened."""
    if not result.done:
        return {}
    evses = list(dict.fromkeys(one.evse for one in result.done))[:_EXTENDED_AT_ONCE]
    return {"override": str(result.done[0].id), **only(evses)}


def _draw_placed(result: BatchResult) -> None:
    headline = f"**{plain(result_headline(result))}**"
    if result.refused:
        st.warning(headline, icon=":material/warning:")
    else:
        st.success(headline, icon=":material/check_circle:")
    _draw_lines(result_lines(result))


def _draw_lines(lines: Sequence[ResultLine]) -> None:
    table = pd.DataFrame(
        {
            "EVSE": [line.evse_id for line in lines],
            "Override": [
                f"override?id={line.override_id}" if line.override_id else None for line in lines
            ],
            "Result": [line.said for line in lines],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        height=min(33 + 30 * len(lines), 250),
        row_height=30,
        column_config={
            "EVSE": st.column_config.TextColumn(width=140),
            "Override": st.column_config.LinkColumn(width=70, display_text=r"id=(\d+)"),
        },
        placeholder="",
        alt="What became of each EVSE",
    )


def _draw_undone(undone: BatchResult) -> None:
    if not undone.items:
        st.markdown(":material/undo: There was nothing left to undo.")
        return
    said = f"Undone for {counted(len(undone.done), 'EVSE')}"
    if undone.refused:
        said += f", {len(undone.refused):,} left as they are"
    st.subheader(f":material/undo: {plain(said)}", anchor=False)
    _draw_lines(result_lines(undone, done="Undone"))


def _spent() -> int:
    number: int = st.session_state.get(_TICKETS, 0)
    return number


def _form() -> tuple[object, ...]:
    return (picked(), *fingerprint())


def _place(ticket: int, in_zone: ZoneInfo) -> None:
    if ticket != _spent():
        return
    st.session_state[_TICKETS] = ticket + 1
    try:
        wish, refused = current_wish(in_zone, now=session.now())
        if refused is not None:
            raise refused
        if wish is None or not picked():
            raise NothingSelected()
        with busy("Placing", len(picked())):
            result = schedule.place_overrides(
                session.app().database, session.principal(), picked(), wish
            )
    except EvseStatusError as error:
        st.session_state[_REFUSED] = (error, _form())
        return
    forget_outcome(_PLACE)
    st.session_state[_PLACED] = Placed(result, _form())


def _undo() -> None:
    done = placed()
    if done is None or done.result.batch_id is None or done.undone is not None:
        return
    try:
        with busy("Taking back", len(done.result.done)):
            undone = schedule.undo(
                session.app().database, session.principal(), done.result.batch_id
            )
    except EvseStatusError as error:
        st.session_state[_PLACED] = Placed(done.result, done.form, undo_refused=error)
        return
    st.session_state[_PLACED] = Placed(done.result, done.form, undone=undone)


def _start_over() -> None:
    st.session_state.pop(_PLACED, None)
    forget_outcome(_PLACE)
    forget_picks()
    forget_texts()
