"""What gives way on a narrow screen, where Streamlit's own layouts can't say it?"""

import streamlit as st

TILES, PANEL = "fleet-tiles", "beside-timeline"
"""The keys of what is meant."""

_RULES = f"""
<style>
@media (max-width: 1300px) {{
  .st-key-{TILES} {{ grid-template-columns: repeat(5, minmax(0, 1fr)) !important; }}
  [data-testid="stLayoutWrapper"]:has(> .st-key-{PANEL}) {{ flex: 0 0 250px; width: 250px; }}
  .st-key-{PANEL} {{ width: 250px; }}
}}
</style>
"""


def fit_narrow_screens() -> None:
    """Nine tiles stand in rows of five and four, the panel leaves the picture more room."""
    st.html(_RULES)
