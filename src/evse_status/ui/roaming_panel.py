"""Which EVSEs can't be told to a hub, and which id do they get there? A list with a field for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.service import roaming_ids
from evse_status.service.roaming_ids import RoamingLine
from evse_status.ui.export_button import Export, export_button
from evse_status.ui.exports import roaming_csv
from evse_status.ui.keeper import may_act
from evse_status.ui.refusals import sentence
from evse_status.ui.session import app, hold_still, principal
from evse_status.ui.texts import counted, plain

_OPEN, _TURNS = "roaming-open", "_roaming-turns"
_SIZE = 8


@dataclass(frozen=True, slots=True)
class _Opened:
    """The open list, as it was read when it was opened or saved last, and what was typed since."""

    lines: tuple[RoamingLine, ...]
    turn: int
    typed: dict[int, str] = field(default_factory=dict)


def ask() -> None:
    """Open the list, those that can't be told first."""
    found = roaming_ids.roaming_lines(app().database, principal())
    lines = sorted(found, key=lambda one: not one.why_not)
    st.session_state[_OPEN] = _Opened(tuple(lines), _next_turn())


def draw_roaming_dialog() -> None:
    """Draw the list if it is open; call it once in every run of the page."""
    if st.session_state.get(_OPEN) is not None:
        hold_still()
        _dialog()


def _close() -> None:
    st.session_state.pop(_OPEN, None)


@st.dialog("Ids for hubs", icon=":material/badge:", width="large", on_dismiss=_close)
def _dialog() -> None:
    opened: _Opened = st.session_state[_OPEN]
    untold = sum(bool(one.why_not) for one in opened.lines)
    st.markdown(
        f"{counted(untold, 'EVSE')} can't be told under their own ids. Fill in the id under which "
        "the hub knows each; drivers and other partners go on seeing its own."
        if untold
        else ":green[:material/done_all:] Every EVSE has an id that its hubs can take."
    )
    pages = max(1, -(-len(opened.lines) // _SIZE))
    page = 1
    if pages > 1:
        page = st.pagination(pages, key=f"roaming-page-{opened.turn}")
    for one in opened.lines[(page - 1) * _SIZE : page * _SIZE]:
        opened.typed[one.evse.id] = _draw_line(one, opened)
    refusal = st.empty()
    with st.container(horizontal=True, gap="xsmall"):
        saved = may_act() and st.button("Save", type="primary", icon=":material/check:")
        st.space("stretch")
        export_button(
            "Export CSV",
            Export("roaming-ids.csv", len(opened.lines), "EVSE", lambda: _parts(opened.lines)),
            key="roaming-export",
        )
    if not saved:
        return
    try:
        roaming_ids.set_roaming_ids(app().database, principal(), opened.typed)
    except EvseStatusError as error:
        refusal.error(plain(sentence(error)), icon=":material/error:")
        return
    ask()
    st.rerun()


def _draw_line(one: RoamingLine, opened: _Opened) -> str:
    typed = st.text_input(
        plain(f"{one.evse.evse_id} · {one.evse.location_name}, {one.evse.city}"),
        opened.typed.get(one.evse.id, one.roaming_id or ""),
        key=f"roaming-{opened.turn}-{one.evse.id}",
        placeholder="DK*ABC*E123*1",
        max_chars=48,
        disabled=not may_act(),
    )
    if one.why_not:
        st.caption(plain(f"{', '.join(one.hubs)}: {one.why_not}"))
    return typed


def _parts(lines: Sequence[RoamingLine]) -> Iterator[tuple[int, bytes]]:
    yield len(lines), roaming_csv(lines)


def _next_turn() -> int:
    turn: int = st.session_state.get(_TURNS, 0) + 1
    st.session_state[_TURNS] = turn
    return turn
