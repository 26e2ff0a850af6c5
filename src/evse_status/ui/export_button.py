"""How is a list exported? At once if it is short, else in a dialog that shows how far it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.ui import failures
from evse_status.ui.session import hold_still
from evse_status.ui.texts import counted, plain

AT_ONCE = 2_000
"""Rows that are written while one waits for the download."""
_ASKED, _READY = "export-asked", "export-ready"


@dataclass(frozen=True, slots=True)
class Export:
    """A CSV of `total` things called `what` ("EVSE").

    `parts` writes it bit by bit, each with how many are done by then. A download runs outside of
    the visit: everything that `parts` needs of it has to be read before.
    """

    file_name: str
    total: int
    what: str
    parts: Callable[[], Iterator[tuple[int, bytes]]]

    def whole(self) -> bytes:
        """All of it."""
        return b"".join(part for _, part in self.parts())


def export_button(
    label: str,
    export: Export,
    *,
    key: str,
    quiet: bool = False,
    hint: str | None = None,
) -> None:
    """Draw the button; `draw_export` draws what a long one opens."""
    icon, type_ = ":material/download:", _type(quiet)
    if export.total > AT_ONCE:
        st.button(
            label, icon=icon, type=type_, key=key, help=hint, on_click=_ask_for, args=(export,)
        )
        return
    st.download_button(
        label,
        export.whole,
        export.file_name,
        "text/csv",
        icon=icon,
        type=type_,
        key=key,
        help=hint,
        on_click="ignore",
        disabled=not export.total,
    )


def draw_export() -> None:
    """Draw the dialog of a long export that was asked for; last on the page, which waits for it."""
    if st.session_state.get(_ASKED) is not None:
        hold_still()
        _dialog()


def _type(quiet: bool) -> Literal["secondary", "tertiary"]:
    return "tertiary" if quiet else "secondary"


def _ask_for(export: Export) -> None:
    st.session_state[_ASKED] = export
    st.session_state.pop(_READY, None)


def _forget() -> None:
    st.session_state.pop(_ASKED, None)
    st.session_state.pop(_READY, None)


@st.dialog("Export CSV", icon=":material/download:", on_dismiss=_forget)
def _dialog() -> None:
    export: Export | None = st.session_state.get(_ASKED)
    if export is None:
        return
    if _READY not in st.session_state:
        try:
            st.session_state[_READY] = _written(export)
        except EvseStatusError as error:
            failures.show(error)
            return
    content: bytes = st.session_state[_READY]
    st.markdown(f"{plain(counted(export.total, export.what))}, {len(content) / 1e6:,.1f} MB.")
    st.download_button(
        f"Save {export.file_name}",
        content,
        export.file_name,
        "text/csv",
        icon=":material/download:",
        type="primary",
        on_click="ignore",
        key="export-save",
    )


def _written(export: Export) -> bytes:
    shown = st.empty()
    with shown.container():
        bar = st.progress(0.0, f"0 of {export.total:,}")
        st.caption("Closing this window stops it.")
    written = []
    for done, part in export.parts():
        written.append(part)
        bar.progress(min(done / export.total, 1.0), f"{done:,} of {export.total:,}")
    shown.empty()
    return b"".join(written)
