"""Which EVSEs does the visitor want to see? The filter row; every choice is in the URL."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from evse_status.core.statuses import Phase, Source, TemporaryStatus
from evse_status.service.fleet import FleetFilter, Place
from evse_status.ui import url
from evse_status.ui.looks import with_icon
from evse_status.ui.pager import first_page
from evse_status.ui.texts import counted

MOST_PLACES = 500
"""Of more locations only those that fit the search are offered."""
_EMPTY: dict[str, object] = {"q": "", "location": [], "city": [], "overridden": False}
_ONLY, _FOLLOWED, _MOST_ONLY = "only", "timeline-only", 200
_NOBODY = 0
_PHASES = [Phase.UPCOMING, Phase.ACTIVE]

Word = TypeVar("Word", TemporaryStatus, Phase, Source)


def only(evses: Sequence[int]) -> dict[str, str | list[str]]:
    """The words in the URL that show just these EVSEs (surrogate numbers), whatever was filtered before."""
    return {_ONLY: [str(number) for number in evses]}


def fleet_filter(places: Sequence[Place]) -> FleetFilter:
    """Draw the filter row over these locations and return what it asks for."""
    evses = _only_these()
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        search = st.text_input(
            "Search",
            key="q",
            placeholder="EVSE, location, city, bay",
            icon=":material/search:",
            label_visibility="collapsed",
            max_chars=100,
            live="400ms",
            bind="query-params",
            on_change=first_page,
            width=212,
        )
        named = _named(places, search)
        chosen = st.multiselect(
            "Locations",
            list(named),
            key="location",
            placeholder="All locations",
            label_visibility="collapsed",
            bind="query-params",
            on_change=first_page,
            wrap=False,
            filter_mode="contains",
            width=172,
        )
        cities = st.multiselect(
            "Cities",
            sorted({place.city for place in places if place.city}),
            key="city",
            placeholder="All cities",
            label_visibility="collapsed",
            bind="query-params",
            on_change=first_page,
            wrap=False,
            filter_mode="contains",
            width=132,
        )
        statuses = _pills("Temporary status", "status", list(TemporaryStatus), with_icon)
        phases, sources = _more()
        only_overridden = st.toggle(
            "Only with overrides",
            key="overridden",
            bind="query-params",
            on_change=first_page,
        )
    return FleetFilter(
        search=search or "",
        location_ids=tuple(named[name] for name in chosen),
        cities=tuple(cities),
        statuses=tuple(statuses),
        phases=phases,
        sources=sources,
        only_overridden=only_overridden,
        evses=evses,
    )


def clear_filters() -> None:
    """Ask for every EVSE again."""
    st.session_state.update(_EMPTY)
    for name in ("status", "phase", "source", _ONLY):
        url.drop(name)
    first_page()


def _only_these() -> tuple[int, ...]:
    """The EVSEs that a link names; it starts over, as what was filtered before could hide them."""
    asked = st.query_params.get_all(_ONLY)
    if asked and asked != st.session_state.get(_FOLLOWED):
        st.session_state.update(_EMPTY)
    st.session_state[_FOLLOWED] = asked
    return tuple(
        int(text) if text.isdecimal() and len(text) < 16 else _NOBODY for text in asked[:_MOST_ONLY]
    )


def only_bar(which: FleetFilter) -> None:
    """Say that a link names the EVSEs, and lead to all of them."""
    if not which.evses:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(
            f":material/filter_alt: Only {counted(len(which.evses), 'EVSE')} from a link",
            width="content",
        )
        st.button(
            "Show all",
            icon=":material/close:",
            type="tertiary",
            key="only-off",
            on_click=clear_filters,
        )


def _more() -> tuple[tuple[Phase, ...], tuple[Source, ...]]:
    asked = sum(len(st.query_params.get_all(name)) for name in ("phase", "source"))
    with st.popover(f"More filters ({asked})" if asked else "More filters", icon=":material/tune:"):
        phases = _pills("Phase of the override", "phase", _PHASES, str.capitalize)
        sources = _pills("Made by", "source", list(Source), str.capitalize)
    return tuple(phases), tuple(sources)


def _pills(
    label: str, name: str, options: Sequence[Word], shown: Callable[[Word], str]
) -> list[Word]:
    key = f"timeline-{name}"
    url.take_many(name, {option.value: option for option in options}, key=key)
    return st.pills(
        label,
        options,
        format_func=shown,
        selection_mode="multi",
        key=key,
        label_visibility="collapsed" if name == "status" else "visible",
        on_change=_kept,
        args=(name, key),
    )


def _kept(name: str, key: str) -> None:
    url.keep(name, key=key)
    first_page()


def _named(places: Sequence[Place], search: str | None) -> dict[str, int]:
    """The locations to offer by a name that tells them apart; the URL carries it."""
    if len(places) > MOST_PLACES:
        wanted, kept = (search or "").casefold(), set(st.session_state.get("location") or ())
        places = [
            place
            for place in places
            if wanted in f"{place.name} {place.city}".casefold() or place.name in kept
        ][:MOST_PLACES]
    named: dict[str, int] = {}
    for place in places:
        twice = f"{place.name}, {place.city}" if place.name in named else place.name
        named[twice if twice not in named else f"{twice} ({place.id})"] = place.id
    return named
