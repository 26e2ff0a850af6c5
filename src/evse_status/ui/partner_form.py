"""How is a partner added, and how are its settings changed on the page?"""

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.core.partner import PartnerSettings
from evse_status.service import partners, registration
from evse_status.service.client_certificate import certificates
from evse_status.service.ourselves import Ourselves
from evse_status.service.partners import NewPartner
from evse_status.ui import partner_fields_app, partner_fields_hub, partner_fields_ocpi
from evse_status.ui.refusals import sentence
from evse_status.ui.session import app, hold_still, principal
from evse_status.ui.texts import plain
from evse_status.ui.views.partner import (
    KINDS,
    Kind,
    Told,
    Way,
    begun,
    kind_of,
    settings_from,
    way_of,
)

_DIALOG, _TURNS = "partner-dialog", "_partner-dialog-turns"
_LABELS = {
    "name": "Name",
    "url": "Its address",
    "token": "Its token",
    "operatorId": "OperatorID",
    "certificate": "Client certificate",
    "brand": "Its own labels and colours",
    "operators": "Operators",
    "countries": "Countries",
}
"""What the fields are called that a refusal may be about."""
_EXAMPLES = {
    Kind.EMSP: "Tern Drive",
    Kind.HUB: "Hubject",
    Kind.APP: "Spirii Go",
    Kind.CSMS: "Our CSMS",
}
_FIELDS = {
    Kind.EMSP: partner_fields_ocpi,
    Kind.HUB: partner_fields_hub,
    Kind.APP: partner_fields_app,
    Kind.CSMS: partner_fields_ocpi,
}


@dataclass(frozen=True, slots=True)
class _Opened:
    """The open form: of a new partner, of the partner `number`, or the token just `made`."""

    turn: int
    name: str = ""
    settings: PartnerSettings = field(default_factory=PartnerSettings)
    number: int | None = None
    version: int = 0
    made: NewPartner | None = None
    sure: bool = False  # it was asked whether to remove it


def ask_new() -> None:
    """Open the form for a new partner."""
    st.session_state[_DIALOG] = _Opened(_next_turn())


def ask_edit(number: int) -> None:
    """Open the settings of a partner as they are now."""
    for line in partners.list_partners(app().database, principal()):
        if line.partner.id == number:
            one = line.partner
            st.session_state[_DIALOG] = _Opened(
                _next_turn(), one.name, one.settings, number, one.version
            )


def draw_partner_dialog() -> None:
    """Draw the form that is open, if any; call it once in every run of the page."""
    opened: _Opened | None = st.session_state.get(_DIALOG)
    if opened is None:
        return
    hold_still()
    if opened.made is not None:
        _token_dialog()
    elif opened.number is None:
        _new_dialog()
    else:
        _edit_dialog()


def _close() -> None:
    st.session_state.pop(_DIALOG, None)


@st.dialog("Add a partner", icon=":material/add:", on_dismiss=_close)
def _new_dialog() -> None:
    opened: _Opened = st.session_state[_DIALOG]
    key = f"partner-{opened.turn}"
    kind = st.segmented_control(
        "It is",
        list(KINDS),
        default=Kind.EMSP,
        required=True,
        format_func=lambda one: KINDS[one],
        key=f"{key}-kind",
        label_visibility="collapsed",
    )
    name = st.text_input("Name", key=f"{key}-name", max_chars=80, placeholder=_EXAMPLES[kind])
    settings, key = begun(kind), f"{key}-{kind}"
    told = _address(settings, key, number=None)
    alone = _FIELDS[kind].draw_alone(settings, key)
    more = _more(settings_from(settings, told.settings), key)
    refusal = st.empty()
    if not st.button("Add", type="primary", icon=":material/check:"):
        return
    try:
        with st.spinner("Talking to it …"):
            wanted = settings_from(settings, {**told.settings, **more})
            st.session_state[_DIALOG] = _added(name, wanted, told, alone=alone)
    except EvseStatusError as error:
        refusal.error(plain(_said(error)), icon=":material/error:")
        return
    st.rerun()


@st.dialog("Settings", icon=":material/tune:", on_dismiss=_close)
def _edit_dialog() -> None:
    opened: _Opened = st.session_state[_DIALOG]
    number = opened.number
    assert number is not None
    key = f"partner-{opened.turn}"
    name = st.text_input("Name", opened.name, key=f"{key}-name", max_chars=80)
    told = _address(opened.settings, key, number=number)
    more = _more(settings_from(opened.settings, told.settings), key)
    refusal = st.empty()
    with st.container(horizontal=True, gap="xsmall"):
        saved = st.button("Save", type="primary", icon=":material/check:")
        st.space("stretch")
        renewed = kind_of(opened.settings) is not Kind.HUB and st.button(
            "New token for it", help="The old one is dead at once."
        )
        removed = st.button("Remove …" if not opened.sure else "Remove it for good")
    database, who = app().database, principal()
    try:
        if saved:
            partners.edit_partner(
                database,
                who,
                number,
                settings_from(opened.settings, {**told.settings, **more}),
                version=opened.version,
                vault=app().vault,
                name=name,
                token=told.token,
                certificate=told.certificate,
            )
            _close()
        elif renewed:
            made = registration.invite(database, who, number)
            st.session_state[_DIALOG] = _Opened(_next_turn(), name, made=made)
        elif removed and opened.sure:
            partners.remove_partner(database, who, number)
            _close()
        elif removed:
            st.session_state[_DIALOG] = replace(opened, sure=True)
        else:
            return
    except EvseStatusError as error:
        refusal.error(plain(_said(error)), icon=":material/error:")
        return
    st.rerun()


@st.dialog("Its token", icon=":material/key:", on_dismiss=_close)
def _token_dialog() -> None:
    opened: _Opened = st.session_state[_DIALOG]
    made = opened.made
    assert made is not None
    st.success(
        f"Give this to the people of {plain(made.partner.name)} now: it is shown this once.",
        icon=":material/key:",
    )
    st.caption("Token" + (" A, for the registration" if made.partner.settings.handshake else ""))
    st.code(made.token, language=None, wrap_lines=True)
    is_app = kind_of(made.partner.settings) is Kind.APP
    st.caption("Where it fetches" if is_app else "Our versions address")
    where = f"{_ourselves().base_url}/driver-app/evses" if is_app else _ourselves().versions_url
    st.code(where, language=None, wrap_lines=True)
    if st.button("Done", type="primary"):
        _close()
        st.rerun()


def _added(name: str, settings: PartnerSettings, told: Told, *, alone: bool) -> _Opened | None:
    """The partner is added, and registered with where we begin; what is shown next, if anything."""
    database, who = app().database, principal()
    if way_of(settings) is Way.WE_REGISTER:
        registration.add_and_register(
            database,
            who,
            name,
            settings,
            token=told.token or "",
            nobody_else_tells=alone,
            vault=app().vault,
            us=_ourselves(),
        )
        return None
    made = partners.add_partner(
        database,
        who,
        name,
        settings,
        vault=app().vault,
        nobody_else_tells=alone,
        token=told.token,
        certificate=told.certificate,
    )
    return None if made.token is None else _Opened(_next_turn(), name, made=made)


def _address(settings: PartnerSettings, key: str, *, number: int | None) -> Told:
    """Who it is and how it is reached; `number` of one that is edited."""
    editing, kind = number is not None, kind_of(settings)
    if kind is Kind.APP:
        return partner_fields_app.draw_address(settings, key)
    if kind is not Kind.HUB:
        return partner_fields_ocpi.draw_address(settings, key, editing=editing)
    kept = certificates(app().database, principal(), app().vault)
    return partner_fields_hub.draw_address(
        settings, key, editing=editing, kept=kept.get(number or 0)
    )


def _more(settings: PartnerSettings, key: str) -> dict[str, Any]:
    """What is seldom set, folded away."""
    with st.expander("Which chargers and statuses, and how it wants to be talked to"):
        if kind_of(settings) is Kind.HUB:
            return partner_fields_hub.draw_more(settings, key)
        if kind_of(settings) is Kind.APP:
            return partner_fields_app.draw_more(settings, key)
        return partner_fields_ocpi.draw_more(settings, key, static=not settings.handshake)


def _said(error: EvseStatusError) -> str:
    """What is wrong, behind the name of the field that it is about."""
    label = _LABELS.get(error.field or "")
    text = error.message.removeprefix(f"{error.field}: ")
    return f"{label}: {text}" if label else sentence(error)


def _ourselves() -> Ourselves:
    """Who we are, reached at the address of this page where the settings don't say."""
    address = urlsplit(st.context.url or "")
    return app().ourselves.reached_at(f"{address.scheme}://{address.netloc}")


def _next_turn() -> int:
    turn: int = st.session_state.get(_TURNS, 0) + 1
    st.session_state[_TURNS] = turn
    return turn
