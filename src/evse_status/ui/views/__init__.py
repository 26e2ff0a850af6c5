"""What pages show, as plain data: no Streamlit in here."""
