"""Rows and details of the audit list, made by hand."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from evse_status.core.displayed import Displayed
from evse_status.core.override import Override
from evse_status.core.statuses import ActualStatus
from evse_status.core.translation import words
from evse_status.service.audit import HistoryLine, OverrideDetail, OverrideRow
from evse_status.service.fleet import EvseCard
from support import NOON

CARD = EvseCard(
    id=1,
    evse_id="DK*TST*E1",
    uid="1",
    charger="CB1",
    physical_reference="Bay 2",
    power_w=22_000,
    connectors="Type 2",
    missing_since=None,
    removed_at=None,
    location_id=1,
    location_name="Kanalpladsen",
    address="Havnegade 1",
    city="Aarhus",
    country_code="DK",
    party_id="TST",
    time_zone="Europe/Copenhagen",
    publish=True,
)
"""An EVSE of a site in Denmark."""


def card(**fields: Any) -> EvseCard:
    return replace(CARD, **fields)


def row(override: Override, *, now: datetime = NOON, **fields: Any) -> OverrideRow:
    made = OverrideRow(override, CARD, override.phase(now), (), (), None)
    return replace(made, **fields)


def detail(override: Override, *, now: datetime = NOON, **fields: Any) -> OverrideDetail:
    made = OverrideDetail(
        override=override,
        evse=CARD,
        phase=override.phase(now),
        attention=(),
        displayed=Displayed(ActualStatus.AVAILABLE),
        words=words(override.temporary_status),
        while_it_holds=words(override.temporary_status),
        beats=(),
        beaten_by=None,
        because="",
        held=(),
        history=(HistoryLine(NOON, "Mette", "created", "", 1, None, ()),),
    )
    return replace(made, **fields)
