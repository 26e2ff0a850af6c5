"""Which EVSEs did somebody pick? By location, by search, by pasted ids; picks of all three add up."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from evse_status.service import fleet
from evse_status.service.fleet import EvseCard, FleetFilter, Place
from evse_status.ui import session
from evse_status.ui.evse_table import draw_candidates
from evse_status.ui.picks import cards, picked, select, set_picked, take_from_url, write_url
from evse_status.ui.texts import counted, plain

FILE = "CSV file"
_WAY = "plan-way"
_WAYS = ("Location", "Search", "Paste ids", FILE)

_NOTHING_YET = {
    "Location": "Choose one or more locations: all their EVSEs are picked, untick those that aren't meant.",
    "Search": "Type a part of an EVSE id, a location, a charger or a bay, or choose a city.",
    "Paste ids": "Paste EVSE ids as they come from a spreadsheet or a mail, in any spelling.",
}


def forget_picks() -> None:
    """Start over with an empty choice; a callback."""
    set_picked(())
    for key in ("plan-places", "plan-pasted"):
        st.session_state.pop(key, None)
    st.session_state["plan-paste"] = ""


_TOLD_AT_MOST = 6


def by_file() -> bool:
    """Whether a file says which EVSEs, and what they show when; for callbacks too."""
    return bool(st.session_state.get(_WAY) == FILE)


def pick_evses() -> tuple[tuple[EvseCard, ...], DeltaGenerator]:
    """Draw the choice; the EVSEs picked, and the place for what is wrong with them.

    Where a file is to say it, only the switch is drawn.
    """
    places = fleet.places(session.app().database, session.principal())
    before = picked()
    problems = take_from_url()
    if by_file() and picked() != before:  # a link named some
        st.session_state[_WAY] = _WAYS[0]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Which EVSEs", anchor=False, width="content")
        st.space("stretch")
        way = st.segmented_control(
            "Pick by",
            _WAYS,
            default=_WAYS[0],
            required=True,
            key=_WAY,
            label_visibility="collapsed",
            persist_state="session",
        )
    if way == FILE:
        return (), st.container()
    if way == "Paste ids":
        which, said = _by_pasted_ids()
        problems += said
    else:
        which = _by_location(places) if way == "Location" else _by_search(places)
    draw_candidates(which, if_none=_NOTHING_YET[str(way)])
    place = st.container()
    if problems:
        told = [plain(problem[:1].upper() + problem[1:]) for problem in problems[:_TOLD_AT_MOST]]
        if len(problems) > _TOLD_AT_MOST:
            told.append(f"And {len(problems) - _TOLD_AT_MOST:,} more.")
        place.warning("  \n".join(told), icon=":material/warning:")
    chosen = cards(picked())
    write_url(chosen)
    return chosen, place


def _by_location(places: Sequence[Place]) -> FleetFilter | None:
    by_id = {place.id: place for place in places}
    if "plan-places" not in st.session_state:
        wanted = {card.location_id for card in cards(picked())}
        st.session_state["plan-places"] = [number for number in by_id if number in wanted]
        st.session_state["plan-places-before"] = st.session_state["plan-places"]
    chosen = st.multiselect(
        "Locations",
        list(by_id),
        format_func=lambda number: _place_name(by_id[number]) if number in by_id else "",
        key="plan-places",
        on_change=_follow_places,
        placeholder=f"Choose among {counted(len(places), 'location')}"
        if places
        else "No locations yet: import them first",
        label_visibility="collapsed",
        persist_state="session",
    )
    return FleetFilter(location_ids=tuple(chosen)) if chosen else None


def _by_search(places: Sequence[Place]) -> FleetFilter | None:
    cities = sorted({place.city for place in places if place.city})
    text_column, city_column = st.columns([3, 2], gap="xsmall")
    text = text_column.text_input(
        "Search",
        key="plan-search",
        icon=":material/search:",
        placeholder="EVSE id, location, charger, bay",
        label_visibility="collapsed",
        live="400ms",
        persist_state="session",
    )
    chosen = city_column.multiselect(
        "Cities",
        cities,
        key="plan-cities",
        placeholder="All cities",
        label_visibility="collapsed",
        persist_state="session",
    )
    if not (text or "").strip() and not chosen:
        return None
    return FleetFilter(search=(text or "").strip(), cities=tuple(chosen))


def _by_pasted_ids() -> tuple[FleetFilter | None, list[str]]:
    text = st.text_area(
        "Ids",
        key="plan-paste",
        height=84,
        placeholder="DK*DMO*E1041*1, DK*DMO*E1042*2 … separated by spaces, commas or lines",
        label_visibility="collapsed",
        persist_state="session",
    )
    found, problems = fleet.ids_of_pasted(session.app().database, session.principal(), text or "")
    ids = tuple(card.id for card in found)
    before = st.session_state.get("plan-pasted", ())
    if ids != before:
        gone = set(before) - set(ids)
        set_picked([*(number for number in picked() if number not in gone), *ids])
        st.session_state["plan-pasted"] = ids
    said = [problem.removeprefix("evseId: ") for problem in problems]
    shown = said[:5] + ([f"And {len(said) - 5:,} more."] if len(said) > 5 else [])
    return (FleetFilter(evses=ids) if ids else None), shown


def _place_name(place: Place) -> str:
    return f"{', '.join(part for part in (place.name, place.city) if part)} ({place.evses})"


def _follow_places() -> None:
    before = set(st.session_state.get("plan-places-before", ()))
    after = st.session_state["plan-places"]
    gone, new = before - set(after), [number for number in after if number not in before]
    left = [card.id for card in cards(picked()) if card.location_id not in gone]
    added = select(FleetFilter(location_ids=tuple(new))) if new else []
    set_picked([*left, *(card.id for card in added)])
    st.session_state["plan-places-before"] = list(after)
