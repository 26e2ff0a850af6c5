"""Which EVSE is looked at in Preview, and among which others is stepped?"""

from collections.abc import Sequence

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.core.statuses import Phase
from evse_status.service import fleet, look_up
from evse_status.service.fleet import EvseCard, FleetFilter
from evse_status.ui import session
from evse_status.ui.fleet_reads import memory
from evse_status.ui.preview_draft import MOST_IN_ADDRESS
from evse_status.ui.refusals import sentence
from evse_status.ui.texts import plain
from evse_status.ui.views.preview import evse_name

_EVSE, _SEVERAL, _AMONG = "preview-evse", "preview-several", "preview-among"
_FROM_URL = "preview-evses-from-url"
_OPTIONS_AT_MOST = 2_000


def choose_evses() -> tuple[EvseCard | None, tuple[EvseCard, ...]]:
    """Draw the choice: the EVSE that is looked at (`None` while none is known), and all chosen ones."""
    _take_from_url()
    cards = fleet.choices(
        session.app().database, session.principal(), limit=_OPTIONS_AT_MOST, memory=memory()
    )
    names = {card.evse_id: evse_name(card) for card in cards}
    if not names:
        st.info("There are no EVSEs yet. Import locations first: `evse-status import ocpi FILE`.")
        return None, ()
    if _EVSE not in st.session_state:
        first = [*_among(), *_first_worth_seeing(), *names]
        st.session_state[_EVSE] = first[0]
    several = _cards_of(_among())
    shown = {card.evse_id: evse_name(card) for card in several} | names
    text = st.selectbox(
        "EVSE",
        list(shown),
        format_func=lambda evse_id: shown.get(evse_id, evse_id),
        key=_EVSE,
        accept_new_options=True,
        placeholder="Search, or type an id",
        persist_state="session",
    )
    one = _found(text)
    if len(several) > 1:
        _draw_steps(one, several)
    if one is None:
        return None, ()
    chosen = several if one.id in {card.id for card in several} else (one,)
    _write_url(one, chosen)
    return one, chosen


def look_at_another(evse_id: str) -> None:
    """Look at this one; a callback."""
    st.session_state[_EVSE] = evse_id


def _found(text: str | None) -> EvseCard | None:
    if not text:
        st.caption("Choose an EVSE: type a part of its id or of its location.")
        return None
    try:
        return look_up.find_evse(session.app().database, session.principal(), text)
    except EvseStatusError as error:
        st.error(plain(sentence(error)), icon=":material/error:")
        return None


def _draw_steps(one: EvseCard | None, several: Sequence[EvseCard]) -> None:
    """Back and forth among those that were chosen."""
    ids = [card.evse_id for card in several]
    place = ids.index(one.evse_id) if one is not None and one.evse_id in ids else None
    before, after = (-1, 0) if place is None else (place - 1, (place + 1) % len(ids))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for name, icon, to in (
            ("Previous", "chevron_left", before),
            ("Next", "chevron_right", after),
        ):
            st.button(
                name,
                icon=f":material/{icon}:",
                type="tertiary",
                key=f"preview-{name.lower()}",
                on_click=look_at_another,
                args=(ids[to],),
            )
        st.caption(f"{'–' if place is None else place + 1} of {len(ids)} chosen", width="content")


def draw_several(one: EvseCard) -> None:
    """Draw the choice of several to step through, or of all at the location of `one`."""
    cards = fleet.choices(
        session.app().database, session.principal(), limit=_OPTIONS_AT_MOST, memory=memory()
    )
    names = {card.evse_id: evse_name(card) for card in (*cards, one)}
    with st.popover("Several", icon=":material/playlist_add:", type="tertiary", key="preview-more"):
        st.session_state[_AMONG] = list(_among())
        st.multiselect(
            "EVSEs to step through",
            list(dict.fromkeys([*_among(), *names])),
            format_func=lambda evse_id: names.get(evse_id, evse_id),
            key=_AMONG,
            max_selections=MOST_IN_ADDRESS,
            on_change=lambda: _choose(st.session_state[_AMONG]),
        )
        st.button(
            f"All at {plain(one.location_name or one.evse_id)}",
            icon=":material/location_on:",
            key="preview-all-there",
            on_click=_choose_location,
            args=(one.location_id, one.evse_id),
        )
        st.button(
            "Only one",
            icon=":material/close:",
            type="tertiary",
            key="preview-only-one",
            disabled=len(_among()) < 2,
            on_click=_choose,
            args=((),),
        )


def _among() -> tuple[str, ...]:
    found: tuple[str, ...] = st.session_state.get(_SEVERAL, ())
    return found


def _choose(evse_ids: Sequence[str]) -> None:
    st.session_state[_SEVERAL] = tuple(evse_ids)
    if evse_ids and st.session_state.get(_EVSE) not in evse_ids:
        st.session_state[_EVSE] = evse_ids[0]


def _choose_location(location_id: int, evse_id: str) -> None:
    there = fleet.select_evses(
        session.app().database,
        session.principal(),
        FleetFilter(location_ids=(location_id,)),
        now=session.now(),
        limit=MOST_IN_ADDRESS,
    )
    _choose([card.evse_id for card in there])
    st.session_state[_EVSE] = evse_id


def _cards_of(evse_ids: Sequence[str]) -> tuple[EvseCard, ...]:
    if len(evse_ids) < 2:
        return ()
    return look_up.find_evses(session.app().database, session.principal(), evse_ids)


def _first_worth_seeing() -> list[str]:
    """One on which an override holds, else one that awaits one."""
    db, who, now = session.app().database, session.principal(), session.now()
    for which in (FleetFilter(phases=(Phase.ACTIVE,)), FleetFilter(only_overridden=True)):
        for card in fleet.select_evses(db, who, which, now=now, limit=1):
            return [card.evse_id]
    return []


def _take_from_url() -> None:
    asked = tuple(st.query_params.get_all("evse"))
    if not asked or asked == st.session_state.get(_FROM_URL):
        return
    st.session_state[_FROM_URL] = asked
    st.session_state[_SEVERAL] = asked[:MOST_IN_ADDRESS]
    st.session_state[_EVSE] = asked[0]


def _write_url(one: EvseCard, chosen: Sequence[EvseCard]) -> None:
    """The one that is looked at first, so that a colleague sees the same."""
    names = [one.evse_id, *(card.evse_id for card in chosen if card.id != one.id)]
    if st.query_params.get_all("evse") != names:
        st.query_params["evse"] = names
    st.session_state[_FROM_URL] = tuple(names)
    st.session_state[_SEVERAL] = tuple(card.evse_id for card in chosen)
