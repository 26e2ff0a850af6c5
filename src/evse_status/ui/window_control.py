"""Which stretch of time does the visitor want to see? In the URL, like the filters."""

from datetime import date, timedelta
from functools import partial

import streamlit as st

from evse_status.ui import url
from evse_status.ui.session import now, viewer_zone
from evse_status.ui.views.window import LONGEST_DAYS, USUAL_DAYS, Window, around, window_of
from evse_status.ui.zoom import forget_zoom

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 30)
_KEY, _USUAL = "timeline-window", f"{USUAL_DAYS}d"
_DAYS = {"1d": 1, "7d": 7, "14d": 14, "30d": 30}
_NAMES = {
    "1d": "Today",
    "7d": "7 days",
    "14d": "14 days",
    "30d": "30 days",
    "custom": "Custom",
}


def window_control() -> Window:
    """Draw the choice and return the window in the viewer's zone; a custom one asks for two days."""
    zone, at = viewer_zone(), now()
    url.take_one("window", {name: name for name in _NAMES}, key=_KEY, otherwise=_USUAL)
    chosen = st.segmented_control(
        "Window",
        list(_NAMES),
        required=True,
        format_func=_NAMES.__getitem__,
        key=_KEY,
        label_visibility="collapsed",
        on_change=_chosen,
    )
    if chosen in _DAYS:
        return around(at, days=_DAYS[chosen], zone=zone)
    today = at.astimezone(zone).date()
    first = _asked_day("from") or today - timedelta(days=1)
    last = _asked_day("to") or max(today, first) + timedelta(days=5)
    with st.popover(f"{first.day} {first:%b} – {last.day} {last:%b}", icon=":material/date_range:"):
        _day("From", "from", first)
        _day("To", "to", last)
        st.caption(f"Both days are shown, at most {LONGEST_DAYS} days.")
    return window_of(first, last, zone=zone, now=at)


def _chosen() -> None:
    url.keep("window", key=_KEY, otherwise=_USUAL)
    forget_zoom()


def _asked_day(name: str) -> date | None:
    try:
        day = date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _day(label: str, name: str, day: date) -> None:
    key = f"timeline-{name}"
    st.session_state[key] = day
    st.date_input(
        label,
        min_value=EARLIEST,
        max_value=LATEST,
        key=key,
        format="YYYY-MM-DD",
        on_change=partial(_day_chosen, name, key),
    )


def _day_chosen(name: str, key: str) -> None:
    url.keep(name, key=key)
    forget_zoom()
