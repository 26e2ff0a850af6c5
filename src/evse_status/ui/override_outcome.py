"""What became of the last action, how is it taken back, or done to what others changed meanwhile?"""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.core.override import Override
from evse_status.service import chosen, schedule
from evse_status.service.schedule import BatchResult
from evse_status.ui.busy import busy
from evse_status.ui.grids import draw_grid
from evse_status.ui.session import app, principal, viewer_zone
from evse_status.ui.texts import plain
from evse_status.ui.views.change import edit_between, form_of, is_empty
from evse_status.ui.views.outcome import Outcome, failure, outcome_of, undone
from evse_status.ui.views.override import HistoryEntry, deeds, with_local_times
from evse_status.ui.views.stale import Again, News, again, headline, news, stale_versions

_REFUSED_IN_SIGHT, _MANY, _LONG = 3, 12, 320


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
                with (
                    st.popover("Each of them", type="tertiary", key=f"{place}-outcome-items"),
                    st.container(height=_LONG if len(outcome.items) > _MANY else "content"),
                ):
                    _list(outcome.items)
            if outcome.batches or outcome.change is not None:
                st.button(
                    "Undo",
                    icon=":material/undo:",
                    key=f"{place}-undo",
                    on_click=undo if outcome.change is None else undo_change,
                    args=(*(outcome.change or (outcome.batches,)), place),
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
        draw_news(outcome.news, place=place)
        if outcome.again is not None:
            st.button(
                plain(outcome.again.label),
                icon=":material/redo:",
                key=f"{place}-again",
                on_click=do_again,
                args=(outcome, place),
            )
        _list(tuple(one for one in outcome.refused if not outcome.news)[:_REFUSED_IN_SIGHT])


def draw_news(news: Sequence[News], *, place: str) -> None:
    """Say who made what of overrides since they were shown, before and after; the rest behind a click."""
    if not news:
        return
    st.markdown(f"**{plain(headline(len(news)))}** :gray[{plain(_times_in())}]")
    for one in news[:_REFUSED_IN_SIGHT]:
        draw_entries(one.entries, of=one.name)
    if len(news) > _REFUSED_IN_SIGHT:
        more = news[_REFUSED_IN_SIGHT:]
        with (
            st.popover(f"And {len(more):,} more", type="tertiary", key=f"{place}-more-news"),
            st.container(height=_LONG if len(more) > _REFUSED_IN_SIGHT else "content"),
        ):
            for one in more:
                draw_entries(one.entries, of=one.name)


def draw_entries(entries: Sequence[HistoryEntry], *, of: str = "") -> None:
    """Who did what to an override when, and each field before and after, the newest first."""
    for entry in entries:
        named = f"{plain(of)}: {plain(entry.what)}" if of else plain(entry.what.capitalize())
        why = f": {plain(entry.why)}" if entry.why else ""
        st.markdown(f"**{named}** by {plain(entry.who)} :gray[· {plain(entry.at)}]{why}")
        if entry.fields:
            draw_grid(entry.fields, "6.5rem 1fr")


def forget_outcome(place: str) -> None:
    """Say nothing any more about the last action taken at `place`."""
    st.session_state.pop(_outcome_key(place), None)


def do_again(outcome: Outcome, place: str) -> None:
    """Do the same to those that were changed meanwhile, as they were when that was told."""
    if outcome.again is not None:
        act_on(place, outcome.again, earlier=outcome.batches)


def act_on(place: str, deed: Again, *, earlier: tuple[int, ...] = ()) -> None:
    """Do something to overrides and keep what became of it; what others changed meanwhile is left
    alone and told. `earlier` are batches that Undo takes back too."""
    try:
        with busy("Altering", len(deed.versions)):
            result = deed.act(deed.versions)
        now = app().now()
        late = stale_versions(result, deed.versions)
        since = chosen.changes_since(app().database, principal(), late) if late else {}
        outcome = replace(
            outcome_of(result, deed.did, shown=deed.versions, now=now),
            earlier=earlier,
            news=news(result, since, zone=viewer_zone(), now=now),
            again=again(result, deed.did, deed.act, now=now),
        )
    except EvseStatusError as error:
        outcome = replace(failure(error, now=app().now()), earlier=earlier)
    keep_outcome(place, outcome)


def undo(batches: Sequence[int], place: str) -> None:
    """Take batches back from now on, the newest first; what somebody touched since is named."""
    try:
        results = [schedule.undo(app().database, principal(), number) for number in batches]
        items = tuple(item for result in results for item in result.items)
        outcome = undone(BatchResult(results[-1].batch_id, items), now=app().now())
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


def _times_in() -> str:
    return f"Times in {viewer_zone().key}"


def _list(items: tuple[str, ...]) -> None:
    if items:
        st.markdown("\n".join(f"- {in_local_times(item)}" for item in items))


def _outcome_key(place: str) -> str:
    return f"{place}-outcome"
