"""What happened to an override: when, who, what, why, and each field before and after?"""

import streamlit as st

from evse_status.core.errors import UnknownOverride
from evse_status.core.series import is_virtual
from evse_status.service import audit
from evse_status.service.audit import OverrideDetail
from evse_status.ui import bundle
from evse_status.ui.grids import draw_grid
from evse_status.ui.session import app, principal, viewer_zone
from evse_status.ui.texts import period, plain
from evse_status.ui.views.names import from_address
from evse_status.ui.views.override import HistoryEntry, history_entries


def detail_in_address() -> OverrideDetail | None:
    """The override that `?id=` names, `None` if there is no such one."""
    asked = st.query_params.get("id", "")
    number = from_address(asked)
    if number is None:
        return None
    try:
        return audit.override_detail(app().database, principal(), number, now=app().now())
    except UnknownOverride:
        return None


def title_of(detail: OverrideDetail | None) -> str:
    """How the page of an override is headed."""
    if detail is None or is_virtual(detail.override.id):
        return "Override" if detail is None else f"Occurrence, series {detail.override.series_id}"
    return f"Override {detail.override.id}"


def draw_unknown() -> None:
    """Say that there is no such override, and where the others are."""
    asked = st.query_params.get("id", "")
    with st.container(border=True, gap="xsmall"):
        if asked:
            st.markdown(f"**There is no override {plain(asked[:30])}.**")
        else:
            st.markdown("**This address names no override.**")
        st.page_link(
            bundle.page("overrides"),
            label="Look for it among all overrides",
            icon=":material/fact_check:",
            query_params={"phase": "all"},
        )


def draw_history(detail: OverrideDetail) -> None:
    """Draw the whole history, newest first, and the stretches in which it was really in force."""
    zone, now = viewer_zone(), app().now()
    st.subheader("History", anchor=False)
    if is_virtual(detail.override.id):
        st.caption(
            "None of its own yet: times far ahead are kept as their series alone, until 60 days "
            "before, or until somebody changes or clears them."
        )
    for entry in history_entries(detail.history, zone=zone, now=now):
        draw_entry(entry)
    if detail.held:
        stretches = [period(from_at, to_at, zone, now) for from_at, to_at in detail.held]
        st.caption(f"In force: {plain('; '.join(stretches))}.")
    if detail.history:
        st.caption(f"Times in {plain(zone.key)}.")


def draw_entry(entry: HistoryEntry) -> None:
    """Draw one line of a history in full."""
    with st.container(border=True, gap="xsmall"):
        icon = _ICONS.get(entry.what, "history")
        st.markdown(
            f":material/{icon}: **{plain(entry.what.capitalize())}** by {plain(entry.who)} "
            f":gray[· {plain(entry.at)}]"
        )
        if entry.why:
            st.markdown(plain(entry.why))
        if entry.fields:
            draw_grid(entry.fields, "6.5rem 1fr")


_ICONS = {
    "created": "add_circle",
    "changed": "edit",
    "cleared": "stop_circle",
    "undone": "undo",
    "moved": "swap_horiz",
    "removed": "delete",
    "started": "play_circle",
    "skipped": "event_busy",
    "cut": "content_cut",
}
