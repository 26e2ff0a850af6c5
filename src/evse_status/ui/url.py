"""How are choices whose labels carry icons kept in the URL? By their words, as a colleague reads them.

`bind="query-params"` would put the labels there; other widgets use it.
"""

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

Choice = TypeVar("Choice", bound=str)


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
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = words
