"""Which page of rows is shown? `?page=`, numbered from 1."""

import streamlit as st

from evse_status.ui import url

_PAGE = "page"


def page_number() -> int:
    """The page that is asked for; there may be fewer by now."""
    asked = st.query_params.get(_PAGE, "1")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 9 else 1


def first_page() -> None:
    """Start over: another selection has other pages."""
    url.drop(_PAGE)


def pager(total: int, *, size: int, what: str) -> None:
    """Draw "EVSEs 1–12 of 248" and the page numbers."""
    pages = max(1, -(-total // size))
    number = min(page_number(), pages)
    first, last = (number - 1) * size + 1, min(number * size, total)
    st.caption(f"{what} {first:,}–{last:,} of {total:,}", width="content")
    if pages > 1:
        key = f"pager-{number}"  # its default is the number, so another number is another widget
        # Of two or three pages it would hide some if it had to find its width itself.
        width = 120 + 36 * min(pages, 8)
        st.pagination(pages, default=number, key=key, on_change=_turned, args=(key,), width=width)


def _turned(key: str) -> None:
    number: int = st.session_state[key]
    if number == 1:
        first_page()
    else:
        url.put(_PAGE, str(number))
