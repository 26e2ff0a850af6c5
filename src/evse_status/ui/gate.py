"""Who is this visitor, and are they let in?"""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAuthError

from evse_status.core.principal import LOCAL, Principal, Role


def who(sign_in: str, user: Mapping[str, Any]) -> Principal | None:
    """The principal behind a visit, `None` if it may not enter.

    `sign_in` is the setting: with `none` everybody acts as `local`; with anything else only those
    whom the identity provider names, as planners under their e-mail address, else name, else id.
    """
    if sign_in == "none":
        return LOCAL
    if not user.get("is_logged_in"):
        return None
    name = next((str(user[key]) for key in ("email", "name", "sub") if user.get(key)), "")
    return Principal(name, Role.PLANNER) if name else None


def ask_to_sign_in() -> None:
    """Draw the page of those who aren't let in."""
    st.title("Sign in", anchor=False)
    st.markdown("This dashboard changes what drivers are told. Sign in to use it.")
    if st.button("Sign in", type="primary", icon=":material/login:"):
        try:
            st.login()
        except StreamlitAuthError:
            st.error(
                "No identity provider is set up. An administrator fills in the section [auth] of "
                "`.streamlit/secrets.toml` on the server and restarts it.",
                icon=":material/error:",
            )
