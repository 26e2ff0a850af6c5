"""Which overrides are chosen in the audit list, and what is done about all of them at once?"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from hashlib import blake2s
from zoneinfo import ZoneInfo

import streamlit as st

from evse_status.core.statuses import Phase
from evse_status.service import audit, chosen
from evse_status.service.audit import OverrideFilter, OverridePage, OverrideRow
from evse_status.ui import exports
from evse_status.ui.dialog import draw_dialog
from evse_status.ui.export_button import Export, export_button
from evse_status.ui.fleet_reads import memory
from evse_status.ui.looks import ATTENTION, BAND
from evse_status.ui.override_actions import ask_until, clear, extend_by
from evse_status.ui.override_panel import STEPS
from evse_status.ui.pager import first_page, page_number, pager
from evse_status.ui.session import app, is_dark, principal, viewer_zone
from evse_status.ui.texts import counted, plain
from evse_status.ui.views.overrides import (
    AT_THE_SITE,
    BEATS,
    Bulk,
    Card,
    all_badges,
    bulk,
    card_of,
    state_title,
    tab_labels,
    table,
    zone_line,
)

PLACE = "overrides"
PAGE_SIZES = (10, 50, 200)
_CHOSEN = "overrides-chosen"
_TURN = "overrides-turn"
_ROW = 31
_EXPORT_STEP = 5_000
_VISIBLE_ROWS = 16
_MOST_CHOSEN = 2_000


def cards_now() -> list[Card]:
    """The cards of what needs attention now."""
    now = app().now()
    cards = audit.attention_cards(app().database, principal(), now=now)
    return [card_of(card, zone=viewer_zone(), now=now) for card in cards]


def labels_now() -> dict[str, str]:
    """The labels of the tabs where no list is shown, with the counts of all overrides."""
    which = OverrideFilter(phase=Phase.ACTIVE)
    page = audit.list_overrides(
        app().database, principal(), which, now=app().now(), limit=1, memory=memory()
    )
    return tab_labels(page)


def page_of(which: OverrideFilter) -> OverridePage:
    """The page of the list that is asked for, or the last one where there are fewer."""
    size = _page_size()
    wanted = page_number()
    now = app().now()

    def read(number: int) -> OverridePage:
        offset = (number - 1) * size
        return audit.list_overrides(
            app().database,
            principal(),
            which,
            now=now,
            limit=size,
            offset=offset,
            memory=memory(),
        )

    page = read(wanted)
    if page.rows or not page.total:
        return page
    return read(_pages(page.total, size))


def draw_table(page: OverridePage, tab: str) -> None:
    """Draw the rows; ticks survive rows that come and go, as they are kept by id, not by place."""
    rows, now, zone, dark = page.rows, app().now(), viewer_zone(), is_dark()
    frame = table(rows, tab, zone=zone, now=now, dark=dark)
    ticked = [place for place, row in enumerate(rows) if row.override.id in _chosen()]
    badges = all_badges(rows)
    event = st.dataframe(
        frame,
        key=_table_key(rows),
        hide_index=True,
        height=_ROW * (min(len(rows), _VISIBLE_ROWS) + 1) + 3,
        row_height=_ROW,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": ticked, "columns": [], "cells": []}},
        alt="Overrides that match the filters",
        column_config={
            "": st.column_config.ImageColumn(width=36, help="Hollow: another one shows instead"),
            "Status": st.column_config.TextColumn(width=104),
            "No.": st.column_config.LinkColumn(width=46, display_text=r"id=(\d+)"),
            "EVSE": st.column_config.TextColumn(width=124),
            "Location": st.column_config.TextColumn(width=130),
            "From": st.column_config.TextColumn(width=98),
            "To": st.column_config.TextColumn(width=98),
            AT_THE_SITE: st.column_config.TextColumn(width=250),
            state_title(tab): st.column_config.TextColumn(width=88, alignment="right"),
            "Attention": st.column_config.MultiselectColumn(
                width=124,
                options=badges,
                color=[
                    BAND[dark] if one.startswith(BEATS) else ATTENTION[dark][1] for one in badges
                ],
            ),
            "Reason": st.column_config.TextColumn(width=170),
            "By": st.column_config.TextColumn(width=92),
            "Source": st.column_config.TextColumn(width=84),
        },
    )
    _choose(rows, event.selection.rows)


def draw_empty(which: OverrideFilter) -> None:
    """Say that nothing fits, and what to do next."""
    with st.container(border=True, horizontal_alignment="center", gap="xsmall"):
        if which == OverrideFilter(phase=which.phase):
            phase = f"{which.phase} " if which.phase else ""
            st.markdown(f"**There are no {phase}overrides.**", width="content")
            st.caption("Plan one: what drivers are told then shows here.", width="content")
        else:
            st.markdown("**No override matches these filters.**", width="content")
            st.caption("Look under All, or take filters away.", width="content")


def draw_paging(page: OverridePage, which: OverrideFilter) -> None:
    """Say which rows these are and in whose zone, lead to the others, and offer to choose all."""
    size = _page_size()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pager(page.total, size=size, what="Overrides")
        st.selectbox(
            "Rows on a page",
            PAGE_SIZES,
            key="rows",
            bind="query-params",
            on_change=first_page,
            label_visibility="collapsed",
            width=80,
        )
        st.caption("a page", width="content")
        if len(page.rows) < page.total <= _MOST_CHOSEN:
            st.button(
                f"Select all {page.total:,}",
                icon=":material/select_all:",
                type="tertiary",
                key="select-all",
                on_click=_choose_all,
                args=(which,),
            )
        st.space("stretch")
        line = zone_line(page.rows, zone=viewer_zone(), now=app().now())
        st.markdown(f":small[:gray[{plain(line)}]]", width="content")


def draw_bulk_bar() -> None:
    """Draw what can be done about the chosen overrides, as long as some are chosen."""
    rows = _chosen_rows()
    if rows:
        _draw_bar(bulk(rows, _chosen(), now=app().now()), zone=viewer_zone())
    draw_dialog(PLACE)


def draw_export_button(which: OverrideFilter, total: int) -> None:
    """Offer everything that matches the filters as CSV; it is only read when asked for."""
    database, who, now = app().database, principal(), app().now()

    def parts() -> Iterator[tuple[int, bytes]]:
        for offset in range(0, max(total, 1), _EXPORT_STEP):
            limit = min(_EXPORT_STEP, max(total, 1) - offset)
            page = audit.list_overrides(database, who, which, now=now, limit=limit, offset=offset)
            yield offset + limit, exports.overrides_csv(page.rows, head=offset == 0)

    export_button(
        "Export CSV",
        Export(f"overrides-{now:%Y-%m-%d}.csv", total, "override", parts),
        key="overrides-csv",
        hint=f"{counted(total, 'override')}, all that match; times in UTC",
    )


def _draw_bar(can: Bulk, *, zone: ZoneInfo) -> None:
    with (
        st.bottom,
        st.container(
            border=True, horizontal=True, vertical_alignment="center", gap="xsmall", key="bulk-bar"
        ),
    ):
        st.markdown(f"**{can.title}** :small[:gray[{can.where}]]", width="content")
        if can.note:
            st.markdown(f":small[:gray[{can.note}]]", width="content")
        st.space("stretch")
        if can.until:
            st.markdown(":small[:gray[Extend]]", width="content")
        for by, name in STEPS if can.extend_by else ():
            st.button(name, key=f"bulk-{name}", on_click=_extend, args=(can, by))
        if can.until:
            st.button(
                "Until …",
                key="bulk-until",
                on_click=ask_until,
                args=(can.versions, list(can.ends), zone, PLACE),
            )
        if can.clear:
            st.button(
                can.clear,
                icon=":material/stop_circle:",
                type="primary",
                key="bulk-clear",
                on_click=_clear,
                args=(can,),
            )
        st.button(
            "Deselect",
            icon=":material/close:",
            type="tertiary",
            key="bulk-deselect",
            on_click=_deselect,
        )


def _clear(can: Bulk) -> None:
    clear(can.clearable, PLACE)
    _deselect()


def _extend(can: Bulk, by: timedelta) -> None:
    extend_by(can.versions, by, PLACE)


def _deselect() -> None:
    st.session_state[_CHOSEN] = {}
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _chosen() -> dict[int, int]:
    chosen: dict[int, int] = st.session_state.setdefault(_CHOSEN, {})
    return chosen


def _choose(rows: Sequence[OverrideRow], ticked: Sequence[int]) -> None:
    ticked_here = [rows[place].override for place in ticked if place < len(rows)]
    now_chosen = _chosen() | {one.id: one.version for one in ticked_here}
    dropped = {row.override.id for row in rows} - {one.id for one in ticked_here}
    for number in dropped:
        now_chosen.pop(number, None)
    st.session_state[_CHOSEN] = now_chosen


def _chosen_rows() -> tuple[OverrideRow, ...]:
    """The chosen overrides as they are now, wherever in the list they stand."""
    if not _chosen():
        return ()
    return chosen.rows_of(app().database, principal(), list(_chosen()), now=app().now())


def _choose_all(which: OverrideFilter) -> None:
    page = audit.list_overrides(
        app().database, principal(), which, now=app().now(), limit=_MOST_CHOSEN, memory=memory()
    )
    _deselect()
    st.session_state[_CHOSEN] = {row.override.id: row.override.version for row in page.rows}


def _table_key(rows: Sequence[OverrideRow]) -> str:
    # The widget keeps places, not ids: other rows must be another widget.
    ids = ",".join(str(row.override.id) for row in rows)
    return f"overrides-{st.session_state.get(_TURN, 0)}-{blake2s(ids.encode()).hexdigest()[:16]}"


def _page_size() -> int:
    asked = str(st.session_state.get("rows") or st.query_params.get("rows"))
    return next((size for size in PAGE_SIZES if str(size) == asked), PAGE_SIZES[0])


def _pages(total: int, size: int) -> int:
    return max(1, -(-total // size))
