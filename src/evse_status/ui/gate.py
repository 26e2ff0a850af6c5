"""Who is this visitor, and are they let in?"""

import hashlib
import logging
from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.errors import Error as StreamlitError

from evse_status.bootstrap import App
from evse_status.core import people
from evse_status.core.errors import StoreUnusable
from evse_status.core.people import Visit
from evse_status.core.principal import LOCAL
from evse_status.service import audit_log
from evse_status.settings import SignIn
from evse_status.ui.texts import plain

_LOG = logging.getLogger(__name__)
_NOTED = "_noted-visit"


def visit_of(app: App, claims: Mapping[str, Any], *, from_address: str | None) -> Visit:
    """Whether a visitor with these claims is let in, and as whom.

    Without sign-in everybody on this machine (`from_address` is `None`) acts as `local`, others only
    if the setting `open_to_network` says so.
    """
    if app.settings.sign_in is SignIn.NONE:
        if from_address is None or app.settings.open_to_network:
            return Visit(LOCAL.name, LOCAL)
        return Visit(
            "",
            None,
            "Nobody signs in here yet, so the dashboard opens on its own machine only. "
            "An administrator sets up sign-in as docs/sign-in.md says.",
        )
    found = people.visit(claims, app.settings.admission(), now=app.now())
    if found.name and audit_log.has_signed_out(app.database, session=session_of(claims)):
        return Visit("", None, "You have signed out.")
    return found


def session_of(claims: Mapping[str, Any]) -> str:
    """What tells this sign-in from any other, without saying anything about the person."""
    parts = [str(claims.get(name, "")) for name in ("iss", "sub", "iat", "exp", "nonce")]
    return "session " + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def note(app: App, claims: Mapping[str, Any], visit: Visit) -> None:
    """Note a sign-in, or that somebody who signed in wasn't let in, in the log."""
    if app.settings.sign_in is SignIn.NONE or not visit.name:
        return
    session = session_of(claims)
    what = audit_log.SIGNED_IN if visit.principal else audit_log.TURNED_AWAY
    if st.session_state.get(_NOTED) == (session, what):
        return
    role = visit.principal.role.value if visit.principal else "no role"
    try:
        audit_log.note_visit(
            app.database, name=visit.name, what=what, session=session, details=role
        )
    except StoreUnusable as error:  # looking needs no writing; the server's log has it instead
        _LOG.warning("%s %s (%s), not in the store: %s", visit.name, what, role, error.message)
    st.session_state[_NOTED] = (session, what)


def turn_away(app: App, claims: Mapping[str, Any], visit: Visit) -> None:
    """Draw the page of those who aren't let in: why, and what they can do."""
    if app.settings.sign_in is SignIn.NONE:
        st.title("Not open", anchor=False)
        st.markdown(plain(visit.because))
        return
    if visit.name:
        st.title("No role", anchor=False)
        st.markdown(plain(visit.because))
        sign_out_button(app, claims, visit)
        return
    st.title("Sign in", anchor=False)
    if visit.because:
        st.info(plain(visit.because), icon=":material/info:")
    st.markdown("This dashboard changes what drivers are told. Sign in to use it.")
    if st.button("Sign in", type="primary", icon=":material/login:"):
        try:
            st.login()
        except StreamlitError:
            _LOG.error("Sign-in is not set up", exc_info=True)
            st.error(
                "No identity provider is set up. An administrator sets EVSE_STATUS_OIDC_METADATA_URL, "
                "EVSE_STATUS_OIDC_CLIENT_ID, EVSE_STATUS_OIDC_CLIENT_SECRET and EVSE_STATUS_PUBLIC_URL "
                "on the server and restarts it.",
                icon=":material/error:",
            )


def sign_out_button(app: App, claims: Mapping[str, Any], visit: Visit) -> None:
    """Draw a button that ends this sign-in, in every tab."""
    if st.button("Sign out", icon=":material/logout:", key="sign-out"):
        audit_log.note_visit(
            app.database, name=visit.name, what=audit_log.SIGNED_OUT, session=session_of(claims)
        )
        st.logout()
