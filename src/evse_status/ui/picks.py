"""Which EVSEs are picked for the next plan? Kept by number in the session and by name in the URL."""

from collections.abc import Iterable, Sequence

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.service import fleet, look_up
from evse_status.service.fleet import EvseCard, FleetFilter
from evse_status.ui import session
from evse_status.ui.refusals import sentence

AT_MOST = 20_000
"""More in one go is a job for the command line."""
_PICKED = "plan-picked"
_FROM_URL = "plan-from-url"
_IN_URL_AT_MOST = 20
_OF_PREVIEW = ("draft", "draft_from", "draft_to", "show", "profile", "at")


def picked() -> tuple[int, ...]:
    """The picked EVSEs (surrogate numbers) in the order of picking."""
    return tuple(st.session_state.get(_PICKED, ()))


def set_picked(ids: Iterable[int]) -> None:
    """Pick exactly these, each once, at most as many as one plan takes."""
    st.session_state[_PICKED] = tuple(dict.fromkeys(ids))[:AT_MOST]


def pick(ids: Sequence[int]) -> None:
    """Add some; a callback."""
    set_picked([*picked(), *ids])


def drop(ids: Sequence[int]) -> None:
    """Take some out; a callback."""
    gone = set(ids)
    set_picked(number for number in picked() if number not in gone)


def pick_all(which: FleetFilter) -> None:
    """Add every EVSE that fits, also those beyond the table; a callback."""
    pick([card.id for card in select(which)])


def drop_all(which: FleetFilter) -> None:
    """Take out every EVSE that fits; a callback."""
    drop([card.id for card in select(which)])


def select(which: FleetFilter) -> list[EvseCard]:
    """The EVSEs that fit, at most as many as one plan takes."""
    return fleet.select_evses(
        session.app().database, session.principal(), which, now=session.now(), limit=AT_MOST
    )


def cards(ids: Sequence[int]) -> tuple[EvseCard, ...]:
    """The picked EVSEs that are still there, in the order of picking."""
    if not ids:
        return ()
    by_id = {card.id: card for card in select(FleetFilter(evses=tuple(ids)))}
    return tuple(by_id[number] for number in ids if number in by_id)


def take_from_url() -> list[str]:
    """Pick what the address names (`?evse=`, `?location=`), once per address."""
    _forget_words_of_preview()
    asked = (tuple(st.query_params.get_all("evse")), tuple(st.query_params.get_all("location")))
    if not any(asked) or asked == st.session_state.get(_FROM_URL):
        return []
    st.session_state[_FROM_URL] = asked
    found: list[EvseCard] = []
    problems: list[str] = []
    for text in asked[0]:
        try:
            found.append(_named_in_url(text))
        except EvseStatusError as error:
            problems.append(sentence(error))
    locations = tuple(int(text) for text in asked[1] if text.isdecimal() and len(text) < 16)
    if locations:
        found += select(FleetFilter(location_ids=locations))
    set_picked(card.id for card in found)
    st.session_state.pop("plan-places", None)
    return problems


def _forget_words_of_preview() -> None:
    """Browser Back from Preview stops here with its words first: the picks of this visit are more."""
    strange = [word for word in _OF_PREVIEW if word in st.query_params]
    for word in strange:
        del st.query_params[word]
    if strange and picked():
        st.query_params.pop("evse", None)


def _named_in_url(text: str) -> EvseCard:
    """A number is our own surrogate first: links from the timeline carry it."""
    if text.isdecimal() and len(text) < 16:
        by_number = select(FleetFilter(evses=(int(text),)))
        if by_number:
            return by_number[0]
    return look_up.find_evse(session.app().database, session.principal(), text)


def write_url(cards: Sequence[EvseCard]) -> None:
    """Keep the address in step with the picks, so that it can be sent to a colleague."""
    names = [str(card.id) if card.evse_id.isdecimal() else card.evse_id for card in cards]
    wanted = names if len(names) <= _IN_URL_AT_MOST else []
    if st.query_params.get_all("evse") != wanted:
        if wanted:
            st.query_params["evse"] = wanted
        else:
            st.query_params.pop("evse", None)
    st.query_params.pop("location", None)
    st.session_state[_FROM_URL] = (tuple(wanted), ())
