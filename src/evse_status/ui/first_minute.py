"""What is there to try in the demo? A guided first minute on the start page, until it is closed."""

import streamlit as st

from evse_status.service.driver_apps import driver_apps
from evse_status.ui import url
from evse_status.ui.fleet_filter import clear_filters
from evse_status.ui.leaving import leave_for
from evse_status.ui.session import app
from evse_status.ui.texts import plain

_CLOSED, _WORD = "first-minute-closed", "guide"
_SITE, _CITY = "Kanalpladsen", "Aarhus"
_EVSES = ["DK*DMO*E1041*1", "DK*DMO*E1041*2", "DK*DMO*E1042*1", "DK*DMO*E1042*2"]


def first_minute() -> None:
    """Draw the steps on the demo's start page; once closed it stays away from the visit and its URL."""
    if not app().settings.demo or _is_closed():
        return
    with st.container(border=True, gap="xsmall", key="first-minute"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(
                "**Your first minute** &nbsp; "
                ":gray[An invented network: try anything, no driver sees it.]",
                width="stretch",
            )
            st.button(
                "Close the guide",
                icon=":material/close:",
                type="tertiary",
                key="first-minute-close",
                on_click=_close,
            )
        with st.grid(5, min_column_width=160, gap="small"):
            _steps()
        _example_apps()


def _example_apps() -> None:
    """Where drivers would see it: the pages of apps that listen."""
    for one in driver_apps(app().database).values():
        if one.settings.url:
            st.markdown(
                f":material/phone_android: {plain(one.name)} listens as a driver's app does: "
                f"[open its page]({one.settings.url})"
            )


def _steps() -> None:
    for label, icon, said in _STEPS:
        with st.container(gap=None):
            search = _SEARCHES.get(label)
            pressed = st.button(
                label,
                icon=icon,
                type="tertiary",
                key=label,
                on_click=None if search is None else _search,
                args=(search,),
            )
            st.caption(said)
        if pressed and label in _PAGES:
            page, query = _PAGES[label]
            leave_for(page, query)


def _search(text: str) -> None:
    clear_filters()
    st.session_state["q"] = text


def _is_closed() -> bool:
    if st.query_params.get(_WORD) == "off":
        st.session_state[_CLOSED] = True
    return bool(st.session_state.get(_CLOSED))


def _close() -> None:
    st.session_state[_CLOSED] = True
    url.put(_WORD, "off")


_OPEN, _FIND, _PLAN, _SEE, _WATCH = (
    "1. Open an override",
    "2. Find work in one city",
    "3. Plan for a whole site",
    "4. See it as a driver",
    "5. Watch it live",
)
_STEPS = (
    (
        _OPEN,
        ":material/ads_click:",
        f"Searches {_SITE}. Click a bar: who, why, what drivers see. Extend or clear it.",
    ),
    (
        _FIND,
        ":material/filter_alt:",
        f"Searches {_CITY}. Press Maintenance to narrow it. The address is the view: send it.",
    ),
    (
        _PLAN,
        ":material/edit_calendar:",
        "Choose +4 h, read beside it what will happen, place it, undo it.",
    ),
    (
        _SEE,
        ":material/devices:",
        "Three apps at any moment: move the slider, look without overrides.",
    ),
    (
        _WATCH,
        ":material/sensors:",
        "Sessions come and go, bookings begin and end. Deliveries shows partners being told of it.",
    ),
)
_SEARCHES = {_OPEN: _SITE, _FIND: _CITY}
_PAGES: dict[str, tuple[str, dict[str, str | list[str]]]] = {
    _PLAN: ("plan", {"evse": _EVSES}),
    _SEE: ("preview", {"evse": _EVSES[1]}),
    _WATCH: ("overrides", {}),
}
