"""Which EVSEs does the visitor want to see? The filter row; every choice is in the URL."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from evse_status.core.statuses import Phase, Source, TemporaryStatus
from evse_status.service.fleet import FleetFilter, Place
from evse_status.ui import url
from evse_status.ui.looks import with_icon
from evse_status.ui.pager import first_page

MOST_PLACES = 500
"""Of more locations only those that fit the search are offered."""
_EMPTY: dict[str, object] = {"q": "", "location": [], "city": [], "overridden": False}
_PHASES = [Phase.UPCOMING, Phase.ACTIVE]

Word = TypeVar("Word", TemporaryStatus, Phase, Source)


def fleet_filter(places: Sequence[Place]) -> FleetFilter:
    """Draw the filter row over these locations and return what it asks for."""
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
    )


def clear_filters() -> None:
    """Ask for every EVSE again."""
    st.session_state.update(_EMPTY)
    for name in ("status", "phase", "source"):
        st.query_params.pop(name, None)
    first_page()


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
