"""Which programs may use the API, and what may each do?"""

import streamlit as st

from evse_status.ui.session import page_header
from evse_status.ui.token_panel import draw_log, draw_new_token, draw_tokens, may_keep_tokens

with page_header("Tokens", "Which programs may use the API, and what each may do"):
    pass

if may_keep_tokens():
    made, kept = st.columns([2, 3], gap="medium")
    with made:
        draw_new_token()
    with kept:
        draw_tokens()
        draw_log()
