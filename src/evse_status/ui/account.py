"""As whom does the visitor act, and how do they leave?"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from evse_status.bootstrap import App
from evse_status.core.people import Visit
from evse_status.settings import SignIn
from evse_status.ui import gate
from evse_status.ui.texts import plain


def menu(app: App, claims: Mapping[str, Any], visit: Visit) -> None:
    """Draw the menu with name, role, area and sign-out; nothing where nobody signs in."""
    if app.settings.sign_in is SignIn.NONE or visit.principal is None:
        return
    with st.popover(
        plain(visit.name), icon=":material/account_circle:", type="tertiary", key="account"
    ):
        st.markdown(plain(reach(visit)))
        gate.sign_out_button(app, claims, visit)


def reach(visit: Visit) -> str:
    """The role, and where it holds, in one line."""
    if visit.principal is None:
        return ""
    limits = [
        f"{what} {', '.join(sorted(words)) or 'none'}"
        for what, words in (
            ("operators", visit.principal.operators),
            ("countries", visit.principal.countries),
        )
        if words is not None
    ]
    return ", ".join([visit.principal.role.value.capitalize(), *limits])
