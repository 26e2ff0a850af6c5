"""What has a partner acknowledged of each EVSE, and what did it answer last?"""

from collections.abc import Sequence

import streamlit as st

from evse_status.core.partner import PartnerRole
from evse_status.core.translation import Channel
from evse_status.service import delivery_report
from evse_status.service.delivery_report import EvseLine, Only, PartnerReport
from evse_status.ui import url
from evse_status.ui.delivery_cards import act
from evse_status.ui.keeper import may_act
from evse_status.ui.pager import first_page, page_number, pager
from evse_status.ui.session import app, is_dark, principal, viewer_zone
from evse_status.ui.texts import counted, plain
from evse_status.ui.views.deliveries import (
    evse_table,
    receipt_table,
    tab_labels,
)

_ONLY = "deliveries-only"
_SIZE = 12
_ROW = 31
_HEAD = 40
_RECEIPTS = 60


def chosen_partner(reports: Sequence[PartnerReport]) -> PartnerReport | None:
    """The receiver (a driver app has no receipts) in the address, else the first one that needs a look, else the first."""
    receivers = [
        one
        for one in reports
        if one.partner.settings.role is PartnerRole.RECEIVER
        and one.partner.settings.channel is not Channel.SPIRII_GO
    ]
    asked = st.query_params.get("partner", "")
    by_address = [one for one in receivers if str(one.partner.id) == asked]
    behind = [one for one in receivers if one.behind or one.refused]
    return next(iter((*by_address, *behind, *receivers)), None)


def draw_evses(report: PartnerReport) -> None:
    """A page of EVSEs: what they should show against what the partner acknowledged."""
    number = report.partner.id
    with st.container(
        horizontal=True, vertical_alignment="center", gap="xsmall", height=_HEAD, border=False
    ):
        title = f"What {plain(report.partner.name)} has acknowledged"
        st.subheader(title, anchor=False, width="content")
        st.space("stretch")
        again = st.container(width="content")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        filters = st.container(width="content")
        search = st.text_input(
            "Search",
            key="q",
            bind="query-params",
            placeholder="EVSE, location, city",
            label_visibility="collapsed",
            icon=":material/search:",
            width=220,
            max_chars=100,
            live="400ms",
            on_change=first_page,
        )
    url.take_one("only", {one.value: one for one in Only}, key=_ONLY, otherwise=Only.ALL)
    only = st.session_state[_ONLY]
    found = delivery_report.evse_lines(
        app().database,
        principal(),
        number,
        only=only,
        search=search or "",
        limit=_SIZE,
        offset=(page_number() - 1) * _SIZE,
    )
    labels = tab_labels(found.counts)
    with filters:
        st.segmented_control(
            "Which",
            list(Only),
            key=_ONLY,
            required=True,
            format_func=lambda one: labels[one],
            label_visibility="collapsed",
            on_change=_keep_only,
        )
    if not found.lines:
        _draw_none(only, found.counts[Only.ALL], search or "")
        return
    ticked = _draw_table(found.lines, number, report.partner.settings.channel)
    with again:
        _draw_again(number, max(0, found.counts[Only.REFUSED] - report.untold), ticked)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pager(found.counts[only], size=_SIZE, what="EVSEs")


def draw_receipts(report: PartnerReport) -> None:
    """The newest answers in the partner's own words."""
    with st.container(
        horizontal=True, vertical_alignment="center", gap="xsmall", height=_HEAD, border=False
    ):
        st.subheader("Latest receipts", anchor=False, width="content")
        st.space("stretch")
        failures = st.toggle("Failures only", key="failures", bind="query-params")
    now = app().now()
    lines = delivery_report.receipts(
        app().database,
        principal(),
        report.partner.id,
        only_failures=failures,
        limit=_RECEIPTS,
    )
    if not lines:
        st.caption("No failure is kept." if failures else "Nothing was told yet.")
        return
    st.dataframe(
        receipt_table(
            lines,
            zone=viewer_zone(),
            now=now,
            channel=report.partner.settings.channel,
        ),
        key="receipts",
        hide_index=True,
        height=_ROW * (_SIZE + 1) + 50,
        row_height=_ROW,
        alt="The newest answers of this partner",
        column_config={
            "At": st.column_config.TextColumn(width=66),
            "About": st.column_config.TextColumn(width=118),
            "Told": st.column_config.TextColumn(width=86),
            "Took": st.column_config.TextColumn(width=56, alignment="right"),
            "Answer": st.column_config.TextColumn(width=210),
        },
    )


def _draw_table(lines: Sequence[EvseLine], number: int, channel: Channel) -> list[int]:
    frame = evse_table(lines, zone=viewer_zone(), now=app().now(), dark=is_dark(), channel=channel)
    ids = "-".join(str(line.evse.id) for line in lines)
    event = st.dataframe(
        frame,
        key=f"acknowledged-{number}-{hash(ids)}",
        hide_index=True,
        height=_ROW * (len(lines) + 1) + 3,
        row_height=_ROW,
        on_select="rerun",
        selection_mode="multi-row",
        alt="EVSEs and what this partner has acknowledged",
        column_config={
            "": st.column_config.ImageColumn(width=36),
            "EVSE": st.column_config.TextColumn(width=122),
            "Location": st.column_config.TextColumn(width=132),
            "Should show": st.column_config.TextColumn(width=92),
            "Acknowledged": st.column_config.TextColumn(width=98),
            "At": st.column_config.TextColumn(width=66, help="When what was acknowledged began"),
            "State": st.column_config.TextColumn(width=170),
        },
    )
    rows = event.selection.rows
    return [lines[place].evse.id for place in rows if place < len(lines)]


def _draw_again(number: int, refused: int, ticked: Sequence[int]) -> None:
    if not may_act():
        return
    if ticked:
        st.button(
            f"Send {counted(len(ticked), 'EVSE')} again",
            icon=":material/send:",
            on_click=act,
            args=("send", number, list(ticked)),
        )
    elif refused:
        st.button(
            f"Send all {refused:,} refused again",
            icon=":material/send:",
            on_click=act,
            args=("send", number),
        )


def _draw_none(only: Only, total: int, search: str) -> None:
    with st.container(border=True):
        if search and not total:
            st.markdown("**No EVSE matches.** Search for something else.")
        elif only is Only.BEHIND:
            st.markdown(
                ":green[:material/done_all:] **Nothing is behind**: it has acknowledged every status."
            )
        elif only is Only.REFUSED:
            st.markdown(":green[:material/done_all:] **Nothing is refused.**")
        else:
            st.markdown("**It isn't told of any EVSE yet.** Its settings say which it is told of.")


def _keep_only() -> None:
    url.keep("only", key=_ONLY, otherwise=Only.ALL)
    first_page()
