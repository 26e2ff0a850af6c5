"""What did the timeline show when it was left? Browser Back leads there again.

Before Streamlit opens another page with words in its address it notes those words under the
address of the page that is left; Back stops there first.
"""

from dataclasses import dataclass
from typing import Any

import streamlit as st

_BOUND = ("q", "location", "city", "overridden")
_WORDS = frozenset({*_BOUND, "status", "phase", "source", "only", "window", "from", "to", "zoom"})
_WORDS |= {"page", "override", "zone", "guide"}
_LEFT, _COMING_BACK = "timeline-left", "timeline-coming-back"


@dataclass(frozen=True, slots=True)
class _Left:
    words: dict[str, list[str]]
    widgets: dict[str, Any]


def take_up_view() -> None:
    """Where the address has words of another page, show what the timeline showed; before widgets."""
    strange = [word for word in st.query_params if word not in _WORDS]
    if strange:
        for word in strange:
            del st.query_params[word]
        # In the run that answers Back the address wins over what is set here.
        st.session_state[_COMING_BACK] = True
        st.rerun()
    left: _Left | None = st.session_state.get(_LEFT)
    if st.session_state.pop(_COMING_BACK, False) and left is not None:
        for word, said in left.words.items():
            st.query_params[word] = said
        st.session_state.update(left.widgets)


def note_view() -> None:
    """Keep what the timeline shows; after its widgets."""
    st.session_state[_LEFT] = _Left(
        {
            word: st.query_params.get_all(word)
            for word in st.query_params
            if word in _WORDS and word not in _BOUND
        },
        {key: st.session_state[key] for key in _BOUND if key in st.session_state},
    )
