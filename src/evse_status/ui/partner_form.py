"""How is a partner added, and how are its settings changed on the page?"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.core.partner import OcpiVersion, PartnerRole, PartnerSettings
from evse_status.core.statuses import TemporaryStatus
from evse_status.core.translation import PROFILES
from evse_status.service import fleet, partners, registration
from evse_status.service.ourselves import Ourselves
from evse_status.service.partners import NewPartner
from evse_status.ui import looks
from evse_status.ui.refusals import sentence
from evse_status.ui.session import app, hold_still, principal
from evse_status.ui.texts import plain
from evse_status.ui.views.partner import (
    ROLES,
    WAYS,
    Way,
    listed,
    settings_from,
    way_of,
)

_DIALOG, _TURNS = "partner-dialog", "_partner-dialog-turns"
_MODE_HELP = (
    "Locations only: nobody else tells this partner about these chargers. Not yet available: in "
    "between (Locations is ours, everything else is passed through to the CSMS), and through the CSMS."
)


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
    role = st.segmented_control(
        "It",
        list(ROLES),
        default=PartnerRole.RECEIVER,
        required=True,
        format_func=lambda one: ROLES[one],
        key=f"{key}-role",
        label_visibility="collapsed",
    )
    name = st.text_input("Name", key=f"{key}-name", max_chars=80, placeholder="Tern Drive")
    way = st.selectbox(
        "How it connects", list(WAYS), format_func=lambda one: WAYS[one], key=f"{key}-way"
    )
    told: dict[str, Any] = {"role": role, "handshake": way is not Way.STATIC}
    told |= _address(way, key, opened.settings)
    receives = role is PartnerRole.RECEIVER
    alone = not receives or st.checkbox(
        "Nobody else tells this partner about these chargers",
        key=f"{key}-alone",
        help="If the CSMS also does, it overwrites us at the next plug-out: stop it there first.",
    )
    if receives:
        st.caption(_MODE_HELP)
    told |= _more(opened.settings, key, way=way, receives=receives)
    refusal = st.empty()
    if not st.button("Add", type="primary", icon=":material/check:"):
        return
    token = told.pop("token", None)
    try:
        with st.spinner("Talking to it …"):
            st.session_state[_DIALOG] = _added(name, told, way, token, alone=alone)
    except EvseStatusError as error:
        refusal.error(plain(sentence(error)), icon=":material/error:")
        return
    st.rerun()


@st.dialog("Settings", icon=":material/tune:", on_dismiss=_close)
def _edit_dialog() -> None:
    opened: _Opened = st.session_state[_DIALOG]
    number = opened.number
    assert number is not None
    key, way = f"partner-{opened.turn}", way_of(opened.settings)
    name = st.text_input("Name", opened.name, key=f"{key}-name", max_chars=80)
    told = _address(way, key, opened.settings, editing=True)
    receives = opened.settings.role is PartnerRole.RECEIVER
    told |= _more(opened.settings, key, way=way, receives=receives)
    refusal = st.empty()
    with st.container(horizontal=True, gap="xsmall"):
        saved = st.button("Save", type="primary", icon=":material/check:")
        st.space("stretch")
        renewed = st.button("New token for it", help="The old one is dead at once.")
        removed = st.button("Remove …" if not opened.sure else "Remove it for good")
    token = told.pop("token", None)
    database, who = app().database, principal()
    try:
        if saved:
            partners.edit_partner(
                database,
                who,
                number,
                settings_from(opened.settings, told),
                version=opened.version,
                vault=app().vault,
                name=name,
                token=token,
            )
            _close()
        elif renewed:
            made = registration.invite(database, who, number)
            st.session_state[_DIALOG] = _Opened(_next_turn(), name, made=made)
        elif removed and opened.sure:
            partners.remove_partner(database, who, number)
            _close()
        elif removed:
            st.session_state[_DIALOG] = _Opened(
                opened.turn, opened.name, opened.settings, number, opened.version, sure=True
            )
        else:
            return
    except EvseStatusError as error:
        refusal.error(plain(sentence(error)), icon=":material/error:")
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
    st.caption("Our versions address")
    st.code(_ourselves().versions_url, language=None, wrap_lines=True)
    if st.button("Done", type="primary"):
        _close()
        st.rerun()


def _added(
    name: str, told: dict[str, Any], way: Way, token: str | None, *, alone: bool
) -> _Opened | None:
    """The partner is added, and registered with where we begin; what is shown next, if anything."""
    settings, database, who = settings_from(PartnerSettings(), told), app().database, principal()
    if way is Way.WE_REGISTER:
        registration.add_and_register(
            database,
            who,
            name,
            settings,
            token=token or "",
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
        token=token,
    )
    return None if made.token is None else _Opened(_next_turn(), name, made=made)


def _address(
    way: Way, key: str, settings: PartnerSettings, *, editing: bool = False
) -> dict[str, Any]:
    """The fields of its address and of the token that it gave us."""
    told: dict[str, Any] = {"url": ""}
    if way is Way.IT_REGISTERS:
        if not editing:
            st.caption("It gets token A and our versions address; both are shown next.")
        return told
    static = way is Way.STATIC
    told["url"] = st.text_input(
        "Address of its module Locations" if static else "Its versions address",
        settings.url,
        key=f"{key}-url",
        placeholder="https://…/ocpi/2.2.1/locations" if static else "https://…/ocpi/versions",
    ).strip()
    if editing and not static:
        return told
    token = st.text_input(
        "The token that it gave you",
        key=f"{key}-token",
        type="password",
        placeholder="unchanged" if editing else "",
    )
    return told | ({"token": token} if token or not editing else {})


def _more(settings: PartnerSettings, key: str, *, way: Way, receives: bool) -> dict[str, Any]:
    """What is seldom set, folded away."""
    told: dict[str, Any] = {}
    with st.expander("Which chargers and statuses, and how it wants to be talked to"):
        if receives:
            told |= _shown(settings, key)
        if way is Way.STATIC:
            told["version"] = st.selectbox(
                "Version",
                [one.value for one in OcpiVersion],
                index=list(OcpiVersion).index(settings.version),
                key=f"{key}-version",
            )
        told["base64Token"] = st.checkbox(
            "Tokens are encoded in base64",
            settings.base64_token,
            key=f"{key}-base64",
            help="As the specification says; some don't.",
        )
        told["privateNetwork"] = st.checkbox(
            "It is in a private network", settings.private_network, key=f"{key}-private"
        )
        told["timeoutSeconds"] = st.number_input(
            "Wait for an answer, seconds",
            1.0,
            120.0,
            settings.timeout_seconds,
            key=f"{key}-timeout",
        )
        if receives:
            told["concurrency"] = st.number_input(
                "Requests at once", 1, 64, settings.concurrency, key=f"{key}-concurrency"
            )
            told["requestsPerMinute"] = st.number_input(
                "Requests a minute",
                1,
                100_000,
                settings.requests_per_minute,
                key=f"{key}-rate",
                placeholder="no limit",
            )
    return told


def _shown(settings: PartnerSettings, key: str) -> dict[str, Any]:
    places = {place.id: place for place in fleet.places(app().database, principal())}
    statuses = st.pills(
        "Temporary statuses that it receives",
        list(TemporaryStatus),
        selection_mode="multi",
        default=list(settings.statuses or TemporaryStatus),
        format_func=looks.label,
        key=f"{key}-statuses",
    )
    locations = st.multiselect(
        "Locations",
        list(places),
        sorted(settings.reach.locations or ()),
        format_func=lambda number: f"{places[number].name}, {places[number].city}",
        placeholder="All locations",
        key=f"{key}-locations",
    )
    operators = st.text_input(
        "Operators (party ids)",
        listed(settings.reach.operators),
        key=f"{key}-operators",
        placeholder="all",
    )
    countries = st.text_input(
        "Countries (two letters)",
        listed(settings.reach.countries),
        key=f"{key}-countries",
        placeholder="all",
    )
    everything = len(statuses) == len(TemporaryStatus)
    return {
        "statuses": None if everything else [one.value for one in statuses],
        "locations": locations or None,
        "operators": operators.upper().replace(",", " ").split() or None,
        "countries": countries.upper().replace(",", " ").split() or None,
        "unpublished": st.checkbox(
            "Also locations that aren't published, marked so",
            settings.reach.unpublished,
            key=f"{key}-unpublished",
        ),
        "schedule": st.checkbox(
            "Announce upcoming overrides",
            settings.schedule,
            key=f"{key}-schedule",
            help="In status_schedule; a partner that refuses it still gets every status.",
        ),
        "explicitNulls": st.checkbox(
            "Absent fields as null", settings.explicit_nulls, key=f"{key}-nulls"
        ),
        "readBack": st.checkbox(
            "Ask once a day what it has", settings.read_back, key=f"{key}-read-back"
        ),
        "profile": st.selectbox(
            "Presentation profile",
            list(PROFILES),
            index=list(PROFILES).index(settings.profile),
            key=f"{key}-profile",
        ),
    }


def _ourselves() -> Ourselves:
    """Who we are, reached at the address of this page where the settings don't say."""
    address = urlsplit(st.context.url or "")
    return app().ourselves.reached_at(f"{address.scheme}://{address.netloc}")


def _next_turn() -> int:
    turn: int = st.session_state.get(_TURNS, 0) + 1
    st.session_state[_TURNS] = turn
    return turn
