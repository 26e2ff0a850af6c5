"""How are tokens made, shown once, listed and revoked on the page?"""

from datetime import datetime, timedelta

import streamlit as st

from evse_status.core.errors import NotAllowed
from evse_status.core.statuses import TemporaryStatus
from evse_status.service import audit_log, fleet, tokens
from evse_status.service.tokens import NewToken, Token, TokenWish
from evse_status.ui import failures, looks, session
from evse_status.ui.texts import plain, when

_MADE = "_made-token"
_ASKED = "_token-to-revoke"
_LASTS = {
    "30 days": timedelta(days=30),
    "90 days": timedelta(days=90),
    "1 year": timedelta(days=365),
    "until revoked": None,
}


def may_keep_tokens() -> bool:
    """Whether the visitor administrates; if not, says so."""
    try:
        tokens.list_tokens(session.app().database, session.principal())
    except NotAllowed as error:
        failures.show(error)
        return False
    return True


def draw_new_token() -> None:
    """Draw the form for a new token, or the one just made: its secret is shown this once."""
    made: NewToken | None = st.session_state.get(_MADE)
    if made is not None:
        _draw_secret(made)
        return
    st.subheader("New token", anchor=False)
    st.text_input(
        "Name",
        key="token-name",
        max_chars=80,
        placeholder="Lot 7 sensors",
        help="The author of what it sets.",
    )
    st.pills(
        "May set",
        list(TemporaryStatus),
        selection_mode="multi",
        default=list(TemporaryStatus),
        format_func=looks.label,
        key="token-statuses",
    )
    places = {
        place.id: place for place in fleet.places(session.app().database, session.principal())
    }
    st.multiselect(
        "At",
        list(places),
        format_func=lambda number: f"{places[number].name}, {places[number].city}",
        placeholder="All locations",
        key="token-locations",
    )
    st.checkbox("Read", value=True, key="token-read")
    st.checkbox("Change and clear overrides of others", value=True, key="token-clear-others")
    st.checkbox("Report actual statuses", value=True, key="token-report")
    st.checkbox(
        "Administrate",
        value=False,
        key="token-administrate",
        help="Imports and tokens. Only for a token without limits.",
    )
    st.selectbox("Valid for", list(_LASTS), index=2, key="token-lasts")
    st.button("Make token", type="primary", icon=":material/key:", on_click=_make)


def draw_tokens() -> None:
    """List the tokens; one can be revoked after asking once more."""
    now = session.now()
    known = tokens.list_tokens(session.app().database, session.principal())
    st.subheader("Tokens", anchor=False)
    everything = st.toggle("Revoked and expired ones too", key="token-all")
    listed = [one for one in reversed(known) if everything or one.state(now) == "valid"]
    if not listed:
        st.markdown(":gray[There are no valid tokens. Make one on the left.]")
    for one in listed:
        with st.container(border=True):
            _draw_token(one, now)


def draw_log() -> None:
    """List who signed in and what changed of tokens and settings, for administrators without limits."""
    try:
        lines = audit_log.newest_lines(session.app().database, session.principal(), limit=100)
    except NotAllowed:
        return
    with st.expander("Sign-ins and changes of tokens and settings", icon=":material/list_alt:"):
        now, zone = session.now(), session.viewer_zone()
        for line in lines:
            said = f"{line.what} {line.about}" + "".join(
                f", {value if name == 'details' else f'{name} {value}'}"
                for name, value in line.details
            )
            st.markdown(
                f":gray[{plain(when(line.at, zone, now=now))}] {plain(line.by)}: {plain(said)}"
            )


def limits(token: Token) -> list[str]:
    """What a token may do, in short phrases."""
    allowed = token.temporary_statuses
    if token.may_administrate:
        return ["everything"]
    words = [looks.label(word) for word in TemporaryStatus if allowed is None or word in allowed]
    said = [f"sets {', '.join(words)}" if words else "sets nothing"]
    if token.locations is not None:
        said.append(f"at {', '.join(token.locations)}")
    for names in (token.operators, token.countries):
        if names is not None:
            said.append(f"in {', '.join(sorted(names))}")
    said.append("reads" if token.may_read else "doesn't read")
    if words:
        whose = "changes and clears all" if token.may_clear_others else "changes and clears its own"
        said.append(whose)
    said.append("reports" if token.may_report_actual else "doesn't report")
    return said


def _draw_secret(made: NewToken) -> None:
    st.subheader("Token made", anchor=False)
    st.success(
        f"Copy the token of {plain(made.token.name)} now: it is shown this once and kept nowhere.",
        icon=":material/key:",
    )
    st.code(made.secret, language=None, wrap_lines=True)
    st.button("Done", type="primary", on_click=_forget)


def _draw_token(one: Token, now: datetime) -> None:
    its_zone = session.viewer_zone()
    state = one.state(now)
    colour = {"valid": "green", "expired": "gray", "revoked": "gray"}[state]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(one.name)}** `{one.hint}…` :{colour}-badge[{state}]")
        st.space("stretch")
        if state == "valid" and st.session_state.get(_ASKED) == one.id:
            st.button("Keep", key=f"keep-{one.id}", on_click=_ask, args=(None,))
            st.button(
                "Revoke now",
                key=f"revoke-{one.id}",
                type="primary",
                on_click=_revoke,
                args=(one.id,),
            )
        elif state == "valid":
            st.button("Revoke", key=f"ask-{one.id}", on_click=_ask, args=(one.id,))
    used = (
        "never used"
        if one.last_used_at is None
        else (f"last used {when(one.last_used_at, its_zone, now=now)}")
    )
    ends = (
        "valid until revoked"
        if one.expires_at is None
        else (f"expires {when(one.expires_at, its_zone, now=now)}")
    )
    if one.revoked_at is not None:
        ends = f"revoked {when(one.revoked_at, its_zone, now=now)} by {one.revoked_by}"
    st.markdown(plain(", ".join(limits(one))))
    made = f"made {when(one.created_at, its_zone, now=now)} by {one.created_by}"
    st.markdown(f":gray[{plain(f'{used} · {ends} · {made}')}]")


def _make() -> None:
    state = st.session_state
    lasts = _LASTS[state["token-lasts"]]
    chosen = frozenset(state["token-statuses"])
    everything = chosen == frozenset(TemporaryStatus)
    wish = TokenWish(
        name=state["token-name"],
        temporary_statuses=None if everything else chosen,
        locations=tuple(state["token-locations"]) or None,
        expires_at=None if lasts is None else session.now() + lasts,
        may_read=state["token-read"],
        may_clear_others=state["token-clear-others"],
        may_report_actual=state["token-report"],
        may_administrate=state["token-administrate"],
    )
    with failures.in_words():
        state[_MADE] = tokens.create_token(session.app().database, session.principal(), wish)


def _forget() -> None:
    del st.session_state[_MADE]


def _ask(token_id: int | None) -> None:
    st.session_state[_ASKED] = token_id


def _revoke(token_id: int) -> None:
    _ask(None)
    with failures.in_words():
        tokens.revoke_token(session.app().database, session.principal(), token_id)
