"""What is this override, what do drivers see, and what can be done about it?"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from evse_status.core.errors import UnknownOverride
from evse_status.core.override import Override
from evse_status.service import audit
from evse_status.service.audit import OverrideDetail
from evse_status.ui import bundle
from evse_status.ui.dialog import draw_dialog
from evse_status.ui.grids import draw_grid
from evse_status.ui.leaving import leave_for
from evse_status.ui.looks import badge
from evse_status.ui.override_actions import ask_until, clear, extend_by
from evse_status.ui.override_change import ask_change
from evse_status.ui.override_outcome import show_outcome
from evse_status.ui.session import app, principal, viewer_zone
from evse_status.ui.texts import plain
from evse_status.ui.views.names import in_address, override_name
from evse_status.ui.views.outcome import told
from evse_status.ui.views.override import Note, OverrideView, override_view

STEPS = ((timedelta(hours=1), "+1 h"), (timedelta(hours=4), "+4 h"))
"""By how much one click extends."""


def override_panel(
    override_id: int, *, key: str, on_close: Callable[[], None] | None = None
) -> None:
    """Draw one override with everything that can be done about it; instants in the viewer's zone.

    `key` keeps its widgets, its dialog and the outcome of its actions apart from others on the
    page. With `on_close` it has a close button that calls it before the rerun. An unknown id is
    said in the panel, nothing is raised.
    """
    now = app().now()
    try:
        detail = audit.override_detail(app().database, principal(), override_id, now=now)
    except UnknownOverride as error:
        _draw_unknown(error, key=key, on_close=on_close)
        return
    draw_override(detail, key=key, on_close=on_close, with_history_link=True)


def draw_override(
    detail: OverrideDetail,
    *,
    key: str,
    on_close: Callable[[], None] | None = None,
    with_history_link: bool = False,
) -> None:
    """Draw one override that was read already; otherwise as `override_panel`."""
    key = f"{key}-{_lasting_name(detail.override)}"
    view = override_view(detail, zone=viewer_zone(), now=app().now())
    with st.container(border=True, key=f"{key}-panel", gap="small"):
        _draw_head(view, key=key, on_close=on_close)
        facts = (*view.period, *view.about)
        draw_grid([(fact.label, fact.value) for fact in facts], "5.2rem 1fr")
        st.caption(f"Times in {plain(view.zone)}")
        draw_channels(view, held=bool(detail.held))
        draw_notes(view.notes, key=key)
        _draw_series(detail.override)
        draw_deeds(detail, view, key=key)
        show_outcome(key)
        if with_history_link:
            _link(detail.override.id, view.history, "history")
    draw_dialog(key)


def draw_channels(view: OverrideView, *, held: bool) -> None:
    """What drivers see now, and where that differs also what they see while the override shows."""
    st.markdown(f"**{view.channels_title}**")
    if view.differs:
        while_title = (
            "While it shows" if view.deeds.plan else "While it showed" if held else "Had it shown"
        )
        rows = [(row.channel, row.now, row.while_it_holds) for row in view.channels]
        draw_grid(rows, "5.2rem 1fr 1fr", heads=("", "Now", while_title))
    else:
        draw_grid([(row.channel, row.now) for row in view.channels], "5.2rem 1fr")


def draw_notes(notes: Sequence[Note], *, key: str) -> None:
    """Remarks; one that speaks of another override leads to it."""
    for note in notes:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.caption(f":material/{note.icon}: {plain(note.text)}", width="stretch")
            if note.override_id is not None and st.button(
                f"Open {plain(override_name(note.override_id))}",
                type="tertiary",
                key=f"{key}-to-{note.override_id}",
            ):
                leave_for("override", {"id": in_address(note.override_id)})


def draw_deeds(detail: OverrideDetail, view: OverrideView, *, key: str) -> None:
    """Clear, change and extend, as far as the rules allow; each sends the version that is shown."""
    override, can = view.override, view.deeds
    versions = {override.id: override.version}
    site = ZoneInfo(detail.evse.time_zone)
    with st.container(horizontal=True, gap="xsmall"):
        if can.clear:
            st.button(
                can.clear,
                icon=":material/stop_circle:",
                type="primary",
                key=f"{key}-clear",
                on_click=clear,
                args=(versions, key),
            )
        st.button(
            "Change" if can.plan else "Change reason",
            icon=":material/edit:",
            key=f"{key}-change",
            on_click=ask_change,
            args=(override, detail.evse.evse_id, site, key),
        )
    if not can.until:
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.caption("Extend" if can.extend_by else "Set an end", width="content")
        for by, name in STEPS if can.extend_by else ():
            st.button(name, key=f"{key}-{name}", on_click=extend_by, args=(versions, by, key))
        st.button(
            "Until …",
            key=f"{key}-until",
            on_click=ask_until,
            args=(versions, [override.valid_to], site, key),
        )


def _draw_head(view: OverrideView, *, key: str, on_close: Callable[[], None] | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(badge(view.status), width="content")
        st.caption(plain(view.number), width="stretch")
        _draw_close(key=key, on_close=on_close)
    bay = f" · {plain(view.bay)}" if view.bay else ""
    st.markdown(f"**{plain(view.evse_id)}**{bay}  \n:gray[{plain(view.place)}]")


def _draw_close(*, key: str, on_close: Callable[[], None] | None) -> None:
    if on_close is not None:
        st.button(
            "",
            icon=":material/close:",
            type="tertiary",
            key=f"{key}-close",
            help="Close",
            on_click=on_close,
        )


def _draw_unknown(error: UnknownOverride, *, key: str, on_close: Callable[[], None] | None) -> None:
    with st.container(border=True, key=f"{key}-panel", horizontal=True):
        st.markdown(plain(told(error)), width="stretch")
        _draw_close(key=key, on_close=on_close)


def _lasting_name(override: Override) -> str:
    """A name that stays when an occurrence that wasn't stored gets its id, or another series goes on."""
    if override.occurrence_start is None:
        return str(override.id)
    return f"{override.evse}-{override.occurrence_start}"


def _draw_series(override: Override) -> None:
    if override.series_id is not None:
        st.page_link(
            bundle.page("series"),
            label=plain(f"Series #{override.series_id}: skip, change or clear more of it"),
            icon=":material/event_repeat:",
            query_params={
                "id": str(override.series_id),
                "at": override.occurrence_start or "",
            },
        )


def _link(override_id: int, label: str, icon: str) -> None:
    st.page_link(
        bundle.page("override"),
        label=plain(label),
        icon=f":material/{icon}:",
        query_params={"id": in_address(override_id)},
    )
