"""Figures from plain data, by pure functions: no Streamlit and no services in here."""
