"""Which chargers and statuses is a partner told of, and how gently is it called? Fields that all have."""

from typing import Any

import streamlit as st

from evse_status.core.partner import PartnerSettings
from evse_status.core.statuses import TemporaryStatus
from evse_status.core.translation import Channel
from evse_status.service import fleet
from evse_status.ui import looks
from evse_status.ui.session import app, principal
from evse_status.ui.views.partner import listed


def draw_reach(settings: PartnerSettings, key: str) -> dict[str, Any]:
    """Which chargers and temporary statuses it is told of."""
    places = {place.id: place for place in fleet.places(app().database, principal())}
    statuses = st.pills(
        "Temporary statuses that it receives",
        list(TemporaryStatus),
        selection_mode="multi",
        default=list(TemporaryStatus if settings.statuses is None else settings.statuses),
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
            "Also locations that aren't published"
            + ("" if settings.channel is Channel.SPIRII_GO else ", marked so"),
            settings.reach.unpublished,
            key=f"{key}-unpublished",
        ),
    }


def draw_pace(settings: PartnerSettings, key: str, *, usual: str = "no limit") -> dict[str, Any]:
    """How many requests a minute it takes."""
    return {
        "requestsPerMinute": st.number_input(
            "Requests a minute",
            1,
            100_000,
            settings.requests_per_minute,
            key=f"{key}-rate",
            placeholder=usual,
        )
    }


def draw_network(settings: PartnerSettings, key: str) -> dict[str, Any]:
    """Where it is, and how long it may take."""
    return {
        "privateNetwork": st.checkbox(
            "It is in a private network", settings.private_network, key=f"{key}-private"
        ),
        "timeoutSeconds": st.number_input(
            "Wait for an answer, seconds",
            1.0,
            120.0,
            settings.timeout_seconds,
            key=f"{key}-timeout",
        ),
    }
