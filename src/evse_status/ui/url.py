"""How are choices kept in the URL, in words that a colleague reads, and none lost by a second click?

`bind="query-params"` would put labels with their icons there; other widgets use it.

A browser sends the address that it has: two clicks in quick succession send twice the one from before
the first. So a choice stands until the browser has sent it back once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Choice = TypeVar("Choice", bound=str)
Said = tuple[str, ...]
_PAGE, _UNHEARD = "url-page", "url-unheard"


@dataclass(frozen=True, slots=True)
class _Unheard:
    """What a word of the address is from now on, and all that it was since the browser agreed."""

    said: Said
    before: tuple[Said, ...]


def put(name: str, said: str | Iterable[str]) -> None:
    """Let `?name=` say this from now on."""
    _choose(name, (said,) if isinstance(said, str) else tuple(said))


def drop(name: str) -> None:
    """Take `?name=` out of the address."""
    _choose(name, ())


def enter(page: str) -> None:
    """Start a run of this page; call it before anything reads the URL.

    Choices made on another page are left behind, and so are all when the browser goes back.
    """
    ctx = get_script_run_ctx()
    went_back = ctx is not None and ctx.is_history_navigation
    if went_back or st.session_state.get(_PAGE) != page:
        st.session_state[_UNHEARD] = {}  # first: a newer request may end this run in between
        st.session_state[_PAGE] = page
    unheard: dict[str, _Unheard] = st.session_state[_UNHEARD]
    for name, choice in list(unheard.items()):
        asked = _asked(name)
        if asked in choice.before:
            _write(name, choice.said)
        elif asked != choice.said:
            del unheard[name]


def hear() -> None:
    """Take note of what the browser has in its address; call it in a run that it asked for by itself.

    Other runs tell nothing: `st.rerun` hands the server's own address on.
    """
    ctx = get_script_run_ctx()
    if ctx is None or not ctx.fragment_ids_this_run:
        return
    unheard: dict[str, _Unheard] = st.session_state.get(_UNHEARD, {})
    for name in [name for name, choice in unheard.items() if _asked(name) == choice.said]:
        del unheard[name]


def take_many(name: str, allowed: Mapping[str, Choice], *, key: str) -> None:
    """Set the widget `key` to what `?name=…&name=…` asks for, before it is drawn."""
    asked = st.query_params.get_all(name)
    st.session_state[key] = [allowed[word] for word in dict.fromkeys(asked) if word in allowed]


def take_one(name: str, allowed: Mapping[str, Choice], *, key: str, otherwise: Choice) -> None:
    """Set the widget `key` to what `?name=` asks for, before it is drawn."""
    st.session_state[key] = allowed.get(st.query_params.get(name, ""), otherwise)


def keep(name: str, *, key: str, otherwise: str = "") -> None:
    """Put what the widget `key` says into the URL; for its `on_change`. `otherwise` isn't written."""
    said = st.session_state[key]
    words = [str(word) for word in said] if isinstance(said, list) else [str(said or "")]
    if words in ([], [""], [otherwise]):
        drop(name)
    else:
        put(name, words)


def _choose(name: str, said: Said) -> None:
    unheard: dict[str, _Unheard] = st.session_state.setdefault(_UNHEARD, {})
    now, earlier = _asked(name), unheard.get(name)
    if said != now or earlier is not None:
        before = () if earlier is None else (earlier.said, *earlier.before)
        # Noted first: a click that came meanwhile may end this run where the address is written.
        unheard[name] = _Unheard(said, tuple(one for one in {now, *before} if one != said))
    _write(name, said)


def _asked(name: str) -> Said:
    return tuple(st.query_params.get_all(name))


def _write(name: str, said: Said) -> None:
    if _asked(name) == said:
        return
    if said:
        st.query_params[name] = said
    else:
        st.query_params.pop(name, None)
