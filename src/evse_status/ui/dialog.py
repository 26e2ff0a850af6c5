"""Which dialog is open, and for which part of the page?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from evse_status.ui.session import hold_still

About = TypeVar("About")
_OPEN, _TURN = "dialog-open", "dialog-turn"


@dataclass(frozen=True, slots=True)
class _Open:
    place: str
    draw: Callable[[], None]
    about: object
    turn: int


def open_dialog(place: str, draw: Callable[[], None], about: object) -> None:
    """Let `draw_dialog(place)` call `draw` from now on; `about` is what `opened` answers to it."""
    turn: int = st.session_state.get(_TURN, 0) + 1
    st.session_state[_TURN] = turn
    st.session_state[_OPEN] = _Open(place, draw, about, turn)


def draw_dialog(place: str) -> None:
    """Draw the dialog that was opened at `place`, if any; call it once in every run of that place.

    While it is open the page doesn't redraw by itself: half-typed text would be lost.
    """
    is_open: _Open | None = st.session_state.get(_OPEN)
    if is_open is not None and is_open.place == place:
        hold_still()
        is_open.draw()


def opened(kind: type[About]) -> tuple[str, int, About] | None:
    """Where the dialog was opened, a number that no other one has, and what it is about."""
    is_open: _Open | None = st.session_state.get(_OPEN)
    if is_open is None or not isinstance(is_open.about, kind):
        return None
    return is_open.place, is_open.turn, is_open.about


def close_dialog() -> None:
    """Nothing is open any more."""
    st.session_state.pop(_OPEN, None)
