"""Which overrides are asked for? The filters of the audit list, all of them in the address."""

from collections.abc import Mapping, Sequence

import streamlit as st

from evse_status.core.statuses import Phase, Source, TemporaryStatus
from evse_status.service import fleet
from evse_status.service.audit import Attention, OverrideFilter
from evse_status.ui import url
from evse_status.ui.grids import figure
from evse_status.ui.looks import with_icon
from evse_status.ui.pager import first_page
from evse_status.ui.session import app, principal
from evse_status.ui.texts import plain
from evse_status.ui.views.overrides import ALL, SERIES, TABS, Card

_TAB, _STATUS, _SOURCE = "overrides-tab", "overrides-status", "overrides-source"


def chosen_tab() -> str:
    """The tab in the address: a phase or ALL; the active ones where it says nothing."""
    asked = st.query_params.get("phase", "")
    return asked if asked in TABS else TABS[0]


def chosen_attention() -> Attention | None:
    """The reason for attention in the address, if any."""
    asked = st.query_params.get("attention", "")
    return next((one for one in Attention if one.value == asked), None)


def filter_row() -> OverrideFilter:
    """Draw search, statuses, sources and cities; the filter they make with tab and attention."""
    tab = chosen_tab()
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        search = st.text_input(
            "Search",
            key="q",
            bind="query-params",
            placeholder="EVSE, location, reason, person",
            label_visibility="collapsed",
            icon=":material/search:",
            width=280,
            max_chars=100,
            live="400ms",
            on_change=first_page,
        )
        url.take_many("status", {status.value: status for status in TemporaryStatus}, key=_STATUS)
        statuses = st.pills(
            "Status",
            list(TemporaryStatus),
            key=_STATUS,
            selection_mode="multi",
            format_func=with_icon,
            label_visibility="collapsed",
            on_change=_keep,
            args=("status", _STATUS),
        )
        url.take_many("source", {source.value: source for source in Source}, key=_SOURCE)
        sources = st.multiselect(
            "Sources",
            list(Source),
            key=_SOURCE,
            placeholder="All sources",
            label_visibility="collapsed",
            wrap=False,
            width=170,
            on_change=_keep,
            args=("source", _SOURCE),
        )
        cities = st.multiselect(
            "Cities",
            _cities(),
            key="city",
            bind="query-params",
            placeholder="All cities",
            label_visibility="collapsed",
            wrap=False,
            filter_mode="contains",
            width=170,
            on_change=first_page,
        )
    return OverrideFilter(
        phase=None if tab in (ALL, SERIES) else Phase(tab),
        search=search or "",
        statuses=tuple(statuses),
        sources=tuple(sources),
        cities=tuple(cities),
        attention=chosen_attention(),
    )


def tab_row(labels: Mapping[str, str]) -> None:
    """Draw the tabs with their counts; the chosen one is in the address."""
    # Set in every run: a label that gets another count would lose the choice otherwise.
    url.take_one("phase", {tab: tab for tab in TABS}, key=_TAB, otherwise=TABS[0])
    st.segmented_control(
        "Phase",
        TABS,
        key=_TAB,
        required=True,
        format_func=lambda tab: labels[tab],
        label_visibility="collapsed",
        on_change=_keep,
        args=("phase", _TAB, TABS[0]),
    )


def attention_row(cards: Sequence[Card]) -> None:
    """Draw one card per reason; its button narrows the list to it, or widens it again."""
    shown = chosen_attention()
    for place, card in zip(st.columns(len(cards), gap="xsmall"), cards, strict=True):
        with place.container(border=True, gap="xxsmall", key=f"attention-{card.icon}"):
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                st.html(figure(card.icon, card.count), width="content")
                st.space("stretch")
                on = card.attention is shown
                st.button(
                    "Show all" if on else "Show",
                    icon=":material/filter_alt_off:" if on else ":material/filter_alt:",
                    type="secondary" if on else "tertiary",
                    key=f"show-{card.attention}",
                    help=f"{'Widen' if on else 'Narrow'} the list below",
                    disabled=card.count == "0" and not on,
                    on_click=_put_attention_in_address,
                    args=(None if on else card.attention,),
                )
            st.markdown(f"**{card.title}**")
            st.caption(plain(card.line))


def _cities() -> list[str]:
    places = fleet.places(app().database, principal())
    return sorted({place.city for place in places if place.city})


def _keep(name: str, key: str, otherwise: str = "") -> None:
    url.keep(name, key=key, otherwise=otherwise)
    first_page()


def _put_attention_in_address(attention: Attention | None) -> None:
    if attention is None:
        url.drop("attention")
    else:
        url.put("attention", attention.value)
        url.drop("phase")
    first_page()
