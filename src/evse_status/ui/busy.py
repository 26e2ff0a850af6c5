"""Does a write take long enough to say that it is under way?"""

from contextlib import AbstractContextManager, nullcontext

import streamlit as st

_MANY = 500
"""Overrides that are written in the blink of an eye."""


def busy(doing: str, count: int) -> AbstractContextManager[object]:
    """Say `doing` ("Placing") and how many, while the block runs; nothing for a few."""
    return st.spinner(f"{doing} {count:,} overrides …") if count > _MANY else nullcontext()
