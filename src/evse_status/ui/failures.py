"""What does a visitor see when something goes wrong? A sentence, never a traceback."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.ui.texts import plain

_LOG = logging.getLogger(__name__)


@contextmanager
def in_words(*, again: bool = False) -> Iterator[None]:
    """Show what the block raises on purpose as its sentence; anything else passes."""
    try:
        yield
    except EvseStatusError as error:
        show(error, again=again)


def show(error: EvseStatusError, *, again: bool = False) -> None:
    """Draw the sentence of an error; with `again` a button draws the page once more."""
    st.error(plain(error.message), icon=":material/error:")
    if again:
        st.button("Try again", icon=":material/refresh:", key="try-again")


def on_script_error(error: Exception) -> bool:
    """Answer what no page caught, for st.App: its sentence, or an apology, details in the log."""
    if isinstance(error, EvseStatusError):
        show(error)
        return True
    _LOG.error("A page failed", exc_info=error)
    st.error(
        "Something went wrong on this page; nothing was changed by it. Reload it. "
        "If it happens again, tell an administrator: the server's log has the details.",
        icon=":material/error:",
    )
    return True
