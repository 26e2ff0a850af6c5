"""Show three phones, and why they show it."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from evse_status.core.statuses import TemporaryStatus
from evse_status.ui import bundle, session
from evse_status.ui.charts.phones import phone
from evse_status.ui.charts.phones_style import PHONE, style
from evse_status.ui.grids import draw_grid
from evse_status.ui.icon_lines import IconLine, draw_lines
from evse_status.ui.looks import badge
from evse_status.ui.texts import plain
from evse_status.ui.views.names import in_address, override_name
from evse_status.ui.views.plan import NEW
from evse_status.ui.views.preview import Behind, Next, OnChannel, Variant, Why, Winner


def draw_phones(columns: Sequence[DeltaGenerator], channels: Sequence[OnChannel]) -> None:
    """One phone per column, its word above and what is lost beneath."""
    dark = session.is_dark()
    st.html(style())
    for column, one in zip(columns, channels, strict=True):
        with column, st.container(gap="xsmall", key=f"{PHONE}-{one.screen.channel}"):
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                st.markdown(f"**{one.name}** :gray[{one.kind}]", width="content")
                st.space("stretch")
                st.markdown(_word_badge(one), width="content")
            st.html(phone(one.screen, dark=dark))
            _draw_translation(one)


def draw_why(why: Why, *, variant: Variant) -> None:
    """The winner with its rule, what is held back, the actual status, what comes next."""
    st.markdown(f"**Why this is shown** :small[:gray[{plain(why.clocks)}]]")
    would = variant is Variant.WITHOUT
    if would:
        st.caption("Overrides are left out: the phones show the actual status.")
    if why.winner is None:
        with st.container(border=True, gap="xsmall"):
            st.caption(f"At {plain(why.at)}")
            st.markdown("No override holds: the actual status shows.")
    else:
        _draw_winner(why.winner, f"{'Would win' if would else 'Wins'} at {why.at}")
    for one in why.behind:
        _draw_behind(one)
    with st.container(border=True, gap="xsmall"):
        st.caption("Actual status underneath" if why.winner else "Actual status")
        st.markdown(f"{badge(why.actual)} :gray[{plain(why.actual_since)}]")
    _draw_next(why.following, why.then)


def _draw_winner(winner: Winner, heading: str) -> None:
    with st.container(border=True, gap="xsmall"):
        st.caption(plain(heading))
        _name(winner.status, winner.override_id)
        st.markdown(f"{plain(winner.during)}  \n:gray[{plain(winner.why_and_who)}]")


def _draw_behind(one: Behind) -> None:
    with st.container(border=True, gap="xsmall"):
        st.caption(one.heading)
        _name(one.status, one.override_id)
        st.markdown(f"{plain(one.during)}  \n:gray[{plain(one.because)}]")


def _draw_next(following: Next | None, then: Next | None) -> None:
    with st.container(border=True, gap="xsmall"):
        st.caption("Shows next")
        if following is None:
            st.markdown("As planned, nothing changes.")
            return
        st.markdown(f"**{plain(following.at)}**, {plain(following.waits)}")
        st.markdown(badge(following.status))
        draw_grid(following.words, "6rem 1fr")
        if then is not None:
            st.markdown(f"**{plain(then.at)}**")
            st.markdown(badge(then.status))


def _name(status: TemporaryStatus, override_id: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall"):
        st.markdown(badge(status), width="content")
        if override_id == NEW:
            st.markdown(":material/edit_calendar: Draft", width="content")
            return
        st.page_link(
            bundle.page("override"),
            label=plain(override_name(override_id)),
            query_params={"id": in_address(override_id)},
        )


def _word_badge(one: OnChannel) -> str:
    its = one.screen.look
    return f":{its.colour}-badge[:material/{its.icon}: {plain(one.word)}]"


def _draw_translation(one: OnChannel) -> None:
    lost = one.translation.lost
    lines = [IconLine("translate", "yellow" if lost else "green", one.translation.said)]
    if one.instead_of:
        lines.append(
            IconLine("compare_arrows", "gray", f"{one.instead_of}, as planned", "Instead of")
        )
    draw_lines(lines)
