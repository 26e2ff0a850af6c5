"""What is asked of a hub that speaks OICP?"""

from typing import Any

import streamlit as st

from evse_status.core.partner import PartnerSettings
from evse_status.service.client_certificate import Certificate
from evse_status.ui.partner_reach import draw_network, draw_pace, draw_reach
from evse_status.ui.texts import plain
from evse_status.ui.views.partner import Told

_LARGEST_MB = 1


def draw_address(
    settings: PartnerSettings, key: str, *, editing: bool, kept: Certificate | None
) -> Told:
    """Where it takes pushes, in whose name, and the certificate that it is shown; `kept` is today's."""
    url = st.text_input("Where it takes pushes", settings.url, key=f"{key}-url")
    operator = st.text_input(
        "OperatorID",
        settings.operator_id,
        key=f"{key}-operator",
        placeholder="DK*ABC",
        help="In whose name we push, as the contract with the hub says.",
    )
    file = st.file_uploader(
        "Client certificate",
        ["pem", "crt", "cer", "key", "txt"],
        key=f"{key}-certificate",
        max_upload_size=_LARGEST_MB,
        help="One PEM file with the certificate and its private key. It is kept encrypted and "
        "never shown again.",
    )
    if editing:
        st.caption(
            "It is shown no certificate yet."
            if kept is None
            else f"It is shown the one of {plain(kept.subject)}, good until "
            f"{kept.expires_at:%Y-%m-%d}; another file replaces it."
        )
    insert = st.checkbox(
        "Insert EVSEs that the hub doesn't know",
        settings.insert_unknown,
        key=f"{key}-insert",
        help="Else only those are told that it has already. A site that isn't open yet would look "
        "broken there.",
    )
    told = {"url": url.strip(), "operatorId": operator.strip(), "insertUnknown": insert}
    shown = None if file is None else file.getvalue().decode("utf-8", "replace")
    return Told(told, certificate=shown)


def draw_alone(_settings: PartnerSettings, key: str) -> bool:
    """Whether nobody else pushes for this operator."""
    st.warning(
        "A hub takes one source per operator: what was said last shows. If your CSMS pushes "
        "statuses for this operator, each plug-out there undoes an override here.",
        icon=":material/warning:",
    )
    return st.checkbox(
        "Nobody else pushes statuses for this operator",
        key=f"{key}-alone",
        help="EVSE data may go on coming from the CSMS; only the statuses are ours.",
    )


def draw_more(settings: PartnerSettings, key: str) -> dict[str, Any]:
    """What is seldom set."""
    return (
        draw_reach(settings, key)
        | draw_network(settings, key)
        | draw_pace(settings, key, usual="2,000")
    )
