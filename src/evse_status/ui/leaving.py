"""How is a page left for another, so that nothing of it calls back?

A live page asks every 1.5 s whether it is out of date. If that comes while the next page is drawn for
the first time, Streamlit (1.67) takes it for the wish to be on the old one again, and shows neither.
"""

from collections.abc import Iterable, Mapping
from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from evse_status.ui import bundle

_HERE = "_page-here"


def arrive() -> None:
    """If this run is of another page than the last one, that one is left; call it first in every run."""
    ctx = get_script_run_ctx()
    if ctx is not None and st.session_state.get(_HERE) != ctx.page_script_hash:
        _leave()  # first: a newer request may end this run at the next line
        st.session_state[_HERE] = ctx.page_script_hash


def leave_for(page: str, query: Mapping[str, str | Iterable[str]] | None = None) -> NoReturn:
    """Show another page (the name of its file) with this in its address."""
    _leave()
    st.switch_page(bundle.page(page), query_params=query or {})


def _leave() -> None:
    """Have the server overhear what the fragments of the page that was shown ask for from now on."""
    ctx = get_script_run_ctx()
    if ctx is not None:
        ctx.fragment_storage.clear()
