"""How does an administrator register with an OCPI partner, and exchange the tokens for new ones?"""

from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.core.translation import Channel
from evse_status.service import registration
from evse_status.service.known_partners import Partner
from evse_status.service.ourselves import Ourselves
from evse_status.ui.refusals import sentence
from evse_status.ui.session import app, hold_still, principal
from evse_status.ui.texts import plain

_OPENED, _TURNS = "partner-tokens", "_partner-tokens-turns"


@dataclass(frozen=True, slots=True)
class _Opened:
    """The partner whose tokens are seen to, and what became of the last attempt."""

    partner: Partner
    turn: int
    done: str = ""


def tokens_button(partner: Partner) -> None:
    """Draw the button that opens the dialog; nothing for those without a handshake."""
    if partner.settings.handshake and partner.settings.channel is Channel.OCPI:
        name = "Tokens" if partner.registered else "Register"
        st.button(
            name,
            key=f"tokens-{partner.id}",
            help=f"{'Exchange tokens' if partner.registered else 'Register'} with {plain(partner.name)}",
            type="tertiary",
            on_click=_ask,
            args=(partner,),
        )


def draw_tokens_dialog() -> None:
    """Draw the dialog if it is open; call it once in every run of the page."""
    if st.session_state.get(_OPENED) is not None:
        hold_still()
        _dialog()


def _ask(partner: Partner) -> None:
    turn = st.session_state[_TURNS] = st.session_state.get(_TURNS, 0) + 1
    st.session_state[_OPENED] = _Opened(partner, turn)


def _close() -> None:
    st.session_state.pop(_OPENED, None)


@st.dialog("Registration", icon=":material/key:", on_dismiss=_close)
def _dialog() -> None:
    opened: _Opened = st.session_state[_OPENED]
    name = plain(opened.partner.name)
    if opened.done:
        st.success(plain(opened.done), icon=":material/check_circle:")
        if st.button("Done", type="primary"):
            _close()
            st.rerun()
    elif opened.partner.registered is not None:
        st.markdown(
            f"**{name}** and we know each other by two tokens. Both are exchanged for new ones at "
            "once; it goes on being told meanwhile."
        )
        _attempt(opened, "Exchange both tokens", token=None)
    elif not opened.partner.settings.url:
        st.markdown(
            f"**{name}** registers with us: give its operator the token that was shown when it was "
            "added (*Settings* makes a new one) and our address:"
        )
        st.code(_ourselves().versions_url, language=None, wrap_lines=True)
    else:
        st.markdown(f"Register with **{name}** by the token A that its operator gave you.")
        token = st.text_input(
            "Token A",
            key=f"token-a-{opened.turn}",
            type="password",
            autocomplete="off",
            help="It is used once, and then dead.",
        )
        _attempt(opened, "Register now", token=token or "")


def _attempt(opened: _Opened, label: str, *, token: str | None) -> None:
    refusal = st.empty()
    if not st.button(label, type="primary", icon=":material/key:", key=f"attempt-{opened.turn}"):
        return
    try:
        with st.spinner("Talking to it …"):
            done = _exchanged(opened.partner, token)
    except EvseStatusError as error:
        refusal.error(plain(sentence(error)), icon=":material/error:")
        return
    st.session_state[_OPENED] = _Opened(opened.partner, opened.turn, done)
    st.rerun()


def _exchanged(partner: Partner, token: str | None) -> str:
    database, who, vault, us = app().database, principal(), app().vault, _ourselves()
    if token is None:
        one = registration.rotate(database, who, partner.id, vault=vault, us=us)
        return f"{one.name} and we have new tokens; the old ones are dead."
    one = registration.register(database, who, partner.id, token=token, vault=vault, us=us)
    assert one.registered is not None
    return f"{one.name} has registered us; OCPI {one.registered.version.value} is spoken."


def _ourselves() -> Ourselves:
    """Who we are, reached at the address of this page where the settings don't say."""
    address = urlsplit(st.context.url or "")
    return app().ourselves.reached_at(f"{address.scheme}://{address.netloc}")
