"""Which series are there? The tab of the overrides page that lists them."""

import streamlit as st

from evse_status.service import series_list
from evse_status.service.series_list import SeriesPage
from evse_status.ui import bundle
from evse_status.ui.pager import first_page, page_number, pager
from evse_status.ui.session import app, is_dark, principal, viewer_zone
from evse_status.ui.texts import counted, plain
from evse_status.ui.views.series import series_table

_SIZE, _ROW, _VISIBLE_ROWS = 50, 31, 16


def draw_series() -> None:
    """Draw search and table of the series; those that are over only on request."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        search = st.text_input(
            "Search series",
            key="q",
            bind="query-params",
            placeholder="Rule, location, reason, person",
            label_visibility="collapsed",
            icon=":material/search:",
            width=280,
            max_chars=100,
            live="400ms",
            on_change=first_page,
        )
        over = st.toggle("Also those that are over", key="over", bind="query-params")
    page = _page(search or "", include_over=bool(over))
    if page.rows:
        _draw_table(page)
    else:
        _draw_empty(searched=bool(search))


def _page(search: str, *, include_over: bool) -> SeriesPage:
    return series_list.list_series(
        app().database,
        principal(),
        now=app().now(),
        limit=_SIZE,
        offset=(page_number() - 1) * _SIZE,
        include_over=include_over,
        search=search,
    )


def _draw_table(page: SeriesPage) -> None:
    zone = viewer_zone()
    st.dataframe(
        series_table(page.rows, zone=zone, now=app().now(), dark=is_dark()),
        key="series",
        hide_index=True,
        height=_ROW * (min(len(page.rows), _VISIBLE_ROWS) + 1) + 3,
        row_height=_ROW,
        alt="Series that match",
        column_config={
            "": st.column_config.ImageColumn(width=36, help="Hollow: it is over"),
            "Status": st.column_config.TextColumn(width=104),
            "No.": st.column_config.LinkColumn(width=46, display_text=r"id=(\d+)"),
            "Repeats": st.column_config.TextColumn(width=255),
            "Clocks": st.column_config.TextColumn(width=130),
            "EVSEs": st.column_config.NumberColumn(width=56, format="localized"),
            "At": st.column_config.TextColumn(width=150),
            "Next": st.column_config.TextColumn(width=125),
            "Reason": st.column_config.TextColumn(width=140),
            "By": st.column_config.TextColumn(width=84),
            "Since": st.column_config.TextColumn(width=88),
        },
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if page.total > _SIZE:
            pager(page.total, size=_SIZE, what="Series")
        else:
            st.caption(f"{counted(page.total, 'series', 'series')}", width="content")
        st.space("stretch")
        said = f"Next and Since in {zone.key}, rules on the clocks named beside them."
        st.markdown(f":small[:gray[{plain(said)}]]", width="content")


def _draw_empty(*, searched: bool) -> None:
    with st.container(border=True, horizontal_alignment="center", gap="xsmall"):
        if searched:
            st.markdown("**No series matches.**", width="content")
            st.caption("Take words away, or look at those that are over, too.", width="content")
        else:
            st.markdown("**Nothing repeats.**", width="content")
            st.caption("Plan an override and choose how often it repeats.", width="content")
            st.page_link(bundle.page("plan"), label="Plan one", icon=":material/event_repeat:")
