"""What do the words mean, and how is the dashboard used?"""

import streamlit as st

from evse_status.ui.session import page_header
from evse_status.ui.views.help import (
    RULES,
    actual_table,
    gestures_table,
    temporary_table,
    words_table,
)

with page_header("Help", "What drivers are told about a charger, and how to change it"):
    pass

left, right = st.columns(2, gap="medium")
with left:
    st.header("What each channel shows", anchor="channels")
    st.markdown(temporary_table())
    st.markdown(actual_table())
with right:
    st.header("Words", anchor="words")
    st.markdown(words_table())
    st.header("Rules", anchor="rules")
    st.markdown("\n".join(f"* {rule}" for rule in RULES))
    st.header("On the timeline", anchor="timeline")
    st.markdown(gestures_table())
