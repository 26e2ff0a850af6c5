"""What became of placing, and how is it taken back?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.service import audit, schedule
from evse_status.service.schedule import BatchResult
from evse_status.service.series_list import SeriesRow
from evse_status.ui import bundle, failures, plan_csv, session
from evse_status.ui.busy import busy
from evse_status.ui.evse_picker import forget_picks
from evse_status.ui.fleet_filter import only
from evse_status.ui.override_actions import extend_by
from evse_status.ui.override_outcome import forget_outcome, show_outcome
from evse_status.ui.override_panel import STEPS
from evse_status.ui.plan_asked import form
from evse_status.ui.plan_form import forget_job
from evse_status.ui.texts import counted, plain
from evse_status.ui.views.plan import ResultLine, result_headline, result_lines
from evse_status.ui.views.repeat import repeated_headline, series_line

_PLACE = "plan-outcome"
_EXTENDED_AT_ONCE = 50
_PLACED = "plan-placed"


@dataclass(frozen=True, slots=True)
class Placed:
    """What the last placing did, for which form, the series it made, and what taking it back did."""

    result: BatchResult
    form: tuple[object, ...]
    series: tuple[SeriesRow, ...] = ()
    undone: BatchResult | None = None
    undo_refused: EvseStatusError | None = None


def keep(done: Placed) -> None:
    """Show this from now on."""
    forget_outcome(_PLACE)
    st.session_state[_PLACED] = done


def placed() -> Placed | None:
    """What the last placing did, until it is dismissed."""
    found: Placed | None = st.session_state.get(_PLACED)
    return found


def is_of_this_form(done: Placed) -> bool:
    """Whether the form still holds what was placed, so that nothing new is planned yet."""
    return done.form == form()


def draw_result(done: Placed) -> None:
    """Draw what became of each EVSE, with the ways on: undo, timeline, next plan."""
    if done.undone is not None:
        _draw_undone(done, done.undone)
    else:
        _draw_placed(done)
    if done.undo_refused is not None:
        failures.show(done.undo_refused)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        _draw_way_on(done)
        st.space("stretch")
        if done.result.batch_id is not None and done.undone is None:
            if not done.series:
                _draw_extensions(done.result)
            st.button("Undo", icon=":material/undo:", key="plan-undo", on_click=_undo)
        st.button("Plan another", icon=":material/add:", key="plan-another", on_click=_start_over)
    show_outcome(_PLACE)


def _draw_way_on(done: Placed) -> None:
    if done.series:
        st.page_link(
            bundle.page("overrides"),
            label="See all series",
            icon=":material/repeat:",
            query_params={"phase": "series"},
        )
        return
    st.page_link(
        bundle.page("timeline"),
        label="See it on the timeline",
        icon=":material/view_timeline:",
        query_params=_on_the_timeline(done.result),
    )


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


def _draw_placed(done: Placed) -> None:
    result = done.result
    said = repeated_headline(result.items) if done.series else result_headline(result)
    headline = f"**{plain(said)}**"
    if result.refused:
        st.warning(headline, icon=":material/warning:")
    else:
        st.success(headline, icon=":material/check_circle:")
    for row in done.series:
        st.page_link(
            bundle.page("series"),
            label=plain(series_line(row.description, [row.series.zone])),
            icon=":material/repeat:",
            query_params={"id": str(row.series.id)},
        )
    _draw_lines(result_lines(result, done="Repeats" if done.series else "Placed"))


def _draw_lines(lines: Sequence[ResultLine]) -> None:
    table = pd.DataFrame({"EVSE": [line.evse_id for line in lines]})
    if any(line.override_id for line in lines):
        table["Override"] = [
            f"override?id={line.override_id}" if line.override_id else None for line in lines
        ]
    table["Result"] = [line.said for line in lines]
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


def _draw_undone(done: Placed, undone: BatchResult) -> None:
    if undone.batch_id is None:
        st.markdown(":material/undo: There was nothing left to undo.")
        return
    said = f"Undone for {counted(len({one.evse for one in undone.done}), 'EVSE')}"
    if done.series:
        said = "Undone: it doesn't repeat any more"
    if undone.refused:
        said += f", {len(undone.refused):,} left as they are"
    st.subheader(f":material/undo: {plain(said)}", anchor=False)
    lines = result_lines(undone, done="Undone")
    if lines:
        _draw_lines(lines)


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
        st.session_state[_PLACED] = replace(done, undo_refused=error)
        return
    st.session_state[_PLACED] = replace(done, undone=undone, undo_refused=None)


def _start_over() -> None:
    st.session_state.pop(_PLACED, None)
    forget_outcome(_PLACE)
    forget_picks()
    plan_csv.forget_file()
    forget_job()
