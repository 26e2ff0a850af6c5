"""What do the words mean, and how is the dashboard used?"""

import streamlit as st

from evse_status.ui.session import page_header
from evse_status.ui.views.help import (
    RULES,
    actual_table,
    delays_table,
    gestures_table,
    temporary_table,
    words_table,
)

with page_header("Help", "What drivers are told about a charger, and how to change it"):
    pass

st.header("What each channel shows, and when", anchor="channels")
st.markdown(delays_table())
st.caption(
    "From the moment at which a status becomes true to the partner's receipt. Spirii publishes "
    "how soon its own channels follow. How soon an app then shows it is the app's own affair."
)
left, right = st.columns(2, gap="medium")
with left:
    st.header("The words of each channel", anchor="translation")
    st.markdown(temporary_table())
    st.markdown(actual_table())
with right:
    st.header("Words", anchor="words")
    st.markdown(words_table())
    st.header("Rules", anchor="rules")
    st.markdown("\n".join(f"* {rule}" for rule in RULES))
    st.header("On the timeline", anchor="timeline")
    st.markdown(gestures_table())
