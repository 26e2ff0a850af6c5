"""How is a series changed, or cleared, from a page: one time of it, from one on, or all that is ahead?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import streamlit as st

from evse_status.core.errors import EvseStatusError, StaleSeries
from evse_status.core.series import Series
from evse_status.core.statuses import Cause, TemporaryStatus
from evse_status.service import series_change, series_list
from evse_status.service.series_change import Scope, SeriesChanged
from evse_status.service.series_split import SeriesEdit
from evse_status.ui import url
from evse_status.ui.dialog import close_dialog, open_dialog, opened
from evse_status.ui.looks import with_icon
from evse_status.ui.override_actions import ask_why
from evse_status.ui.override_outcome import keep_outcome
from evse_status.ui.series_repeat import ask_rule
from evse_status.ui.session import app, principal, viewer_zone
from evse_status.ui.texts import plain
from evse_status.ui.views.outcome import failure, told
from evse_status.ui.views.series import local_day
from evse_status.ui.views.series_change import (
    SCOPES,
    SeriesForm,
    changed,
    edit_between,
    end_of,
    form_of,
    minutes_between,
    stale,
)


@dataclass(frozen=True, slots=True)
class _Meant:
    """A series as it was shown, and the start on the wall of one of its times; `None`: all ahead."""

    series: Series
    start: datetime | None
    scope: Scope


@dataclass(frozen=True, slots=True)
class _Change(_Meant):
    pass


@dataclass(frozen=True, slots=True)
class _Clear(_Meant):
    pass


def skip(series: Series, start: datetime, place: str) -> None:
    """Let one time of it not happen, or end now; what became of it is shown by `show_outcome(place)`."""
    _do(place, _Clear(series, start, Scope.THIS), "skipped", _clearing(series, start, Scope.THIS))


def ask_change(series: Series, start: datetime | None, scope: Scope, place: str) -> None:
    """Open the form of a series, from one of its times on or for all that is ahead."""
    open_dialog(place, _change_dialog, _Change(series, start, scope))


def ask_clear(series: Series, start: datetime | None, scope: Scope, place: str) -> None:
    """Ask how much of a series shall be cleared."""
    open_dialog(place, _clear_dialog, _Clear(series, start, scope))


@st.dialog("Clear a series", icon=":material/event_busy:", on_dismiss=close_dialog)
def _clear_dialog() -> None:
    is_open = opened(_Clear)
    if is_open is None:
        return
    place, turn, about = is_open
    _draw_meant(about)
    scope = _ask_scope(about, turn)
    st.caption(
        "What has begun or is over stays as it is."
        if scope is not Scope.THIS
        else "On all its EVSEs; the other times stay."
    )
    why = ask_why(turn)
    if st.button(_CLEAR[scope], type="primary", icon=":material/event_busy:"):
        start = about.start if scope is not Scope.ALL else None
        _do(
            place,
            replace(about, scope=scope),
            "skipped" if scope is Scope.THIS else "cleared",
            _clearing(about.series, start, scope, why),
        )
        close_dialog()
        st.rerun()


@st.dialog("Change a series", icon=":material/edit:", on_dismiss=close_dialog)
def _change_dialog() -> None:
    is_open = opened(_Change)
    if is_open is None:
        return
    place, turn, about = is_open
    _draw_meant(about)
    scope = _ask_scope(about, turn)
    typed = _form(about, scope, turn)
    why = ask_why(turn)
    refusal = st.empty()
    if not st.button("Save", type="primary", icon=":material/check:"):
        return
    if isinstance(typed, EvseStatusError):
        refusal.error(plain(told(typed)), icon=":material/error:")
        return
    edit = edit_between(form_of(about.series), typed)
    if edit == SeriesEdit():
        refusal.info("Nothing is changed yet.", icon=":material/info:")
        return
    start = about.start if scope is not Scope.ALL else None
    refused = _do(
        place,
        replace(about, scope=scope),
        "changed",
        lambda: series_change.change_series(
            app().database,
            principal(),
            about.series.id,
            edit,
            scope=scope,
            occurrence=start,
            version=about.series.version,
            why=why,
        ),
        keep_refusal=False,
    )
    if refused is not None:
        refusal.error(plain(told(refused)), icon=":material/error:")
        return
    close_dialog()
    st.rerun()


def _clearing(
    series: Series, start: datetime | None, scope: Scope, why: str = ""
) -> Callable[[], SeriesChanged]:
    return lambda: series_change.clear_series(
        app().database,
        principal(),
        series.id,
        scope=scope,
        occurrence=start,
        version=series.version,
        why=why,
    )


def _do(
    place: str,
    meant: _Meant,
    did: str,
    act: Callable[[], SeriesChanged],
    *,
    keep_refusal: bool = True,
) -> EvseStatusError | None:
    """Do it and keep what became of it. What refuses it is kept too, or answered without
    `keep_refusal`; who is late is told what changed."""
    series, scope, start = meant.series, meant.scope, meant.start
    try:
        result = act()
    except StaleSeries:
        detail = series_list.series_detail(app().database, principal(), series.id, now=app().now())
        lines = [line for line in detail.history if line.version > series.version]
        keep_outcome(place, stale(series, lines, zone=viewer_zone(), now=app().now()))
        return None
    except EvseStatusError as error:
        if keep_refusal:
            keep_outcome(place, failure(error, now=app().now()))
        return error
    now = app().now()
    keep_outcome(place, changed(result, did, series, scope=scope, start=start, now=now))
    if result.series.series.id != series.id:
        url.put("id", str(result.series.series.id))
    return None


def _draw_meant(about: _Meant) -> None:
    when = "" if about.start is None else f", {local_day(about.start, now=app().now())}"
    st.markdown(f"**Series \\#{about.series.id}**{plain(when)}")
    st.caption(f"Clocks in {plain(about.series.zone)}")


def _ask_scope(about: _Meant, turn: int) -> Scope:
    if about.start is None:
        return Scope.ALL
    scope: Scope = st.radio(
        "How much of it",
        list(SCOPES),
        index=list(SCOPES).index(about.scope),
        format_func=SCOPES.__getitem__,
        key=f"scope-{turn}",
        horizontal=True,
    )
    return scope


def _form(about: _Change, scope: Scope, turn: int) -> SeriesForm | EvseStatusError:
    filled, key = form_of(about.series), f"series-{turn}"
    status = st.pills(
        "Status",
        list(TemporaryStatus),
        default=filled.temporary_status,
        required=True,
        format_func=with_icon,
        key=f"{key}-status",
    )
    end, days = end_of(filled.start_time, filled.minutes)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        starts = st.time_input("Starts", filled.start_time, key=f"{key}-start", width=110)
        ends = st.time_input("Ends", end, key=f"{key}-end", width=110)
        more = st.number_input("Days more", 0, 366, days, key=f"{key}-days", width=110)
    rule: str | EvseStatusError = filled.rule
    if scope is not Scope.THIS:
        from_start = about.start or about.series.first_local_start
        rule = ask_rule(filled.rule, from_start, key=f"{key}-rule")
    reason = st.text_area("Reason", filled.reason, key=f"{key}-reason", height=80)
    cause_column, ticket_column = st.columns(2, gap="small")
    cause = cause_column.selectbox(
        "Cause",
        list(Cause),
        index=None if filled.cause is None else list(Cause).index(filled.cause),
        format_func=lambda one: one.value.capitalize(),
        key=f"{key}-cause",
        placeholder="Not said",
    )
    ticket = ticket_column.text_input("Ticket", filled.ticket, key=f"{key}-ticket")
    if isinstance(rule, EvseStatusError):
        return rule
    return SeriesForm(
        temporary_status=status,
        reason=reason or "",
        cause=cause,
        ticket=ticket or "",
        start_time=starts,
        minutes=minutes_between(starts, ends, int(more)),
        rule=rule,
    )


_CLEAR = {
    Scope.THIS: "Clear this time",
    Scope.FOLLOWING: "Clear from here on",
    Scope.ALL: "Clear all that is ahead",
}
