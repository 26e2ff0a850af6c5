"""What stands under a phone about who has acknowledged it."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from evse_status.core.partner import PartnerSettings
from evse_status.core.translation import Channel
from evse_status.service.acknowledged import Heard
from evse_status.service.known_partners import Partner
from evse_status.ui.views.acknowledged import acknowledged_lines
from support import NOON

ZONE = ZoneInfo("Europe/Copenhagen")


def partner(name: str) -> Partner:
    return Partner(
        id=1,
        name=name,
        settings=PartnerSettings(),
        paused=False,
        registered=None,
        version=1,
        added_at=NOON,
        added_by="local",
        hint="",
        has_secret=True,
        registered_at=None,
        resync_at=None,
        reached_at=NOON,
        failing_since=None,
        failures=0,
        failure="",
        try_at=None,
        heard_at=None,
        pulled_at=None,
        read_back_at=None,
    )


def said(channel: Channel, *heard: Heard) -> list[str]:
    lines = acknowledged_lines({channel: heard}, zone=ZONE, now=NOON)[channel]
    return [f"{line.icon} {line.bold} {line.said}" for line in lines]


HAS = Heard(partner("Plugalong"), "PLANNED", "PLANNED", NOON, NOON, 1000)


def test_partners_that_have_it_are_counted_and_those_behind_are_named() -> None:
    waits = replace(HAS, partner=partner("Tern Drive"), acked="AVAILABLE", failure="no answer")
    refuses = replace(HAS, partner=partner("Strict"), refused="Never heard of it")
    assert said(Channel.OCPI, HAS, replace(HAS), waits, refuses) == [
        "done_all Acknowledged by 2 of 4 partners Thu 22 Oct 14:00:00, code 1000",
        "sync_problem Waiting Tern Drive: no answer",
        "sync_problem Refused Strict: Never heard of it",
    ]
    assert said(Channel.OCPI, replace(waits, failure="")) == [
        "sync_problem Waiting Tern Drive: not acknowledged yet"
    ]
    assert said(Channel.OCPI) == []


def test_a_hub_acknowledges_as_a_hub() -> None:
    assert said(Channel.HUBJECT, replace(HAS, code=0)) == [
        "done_all Acknowledged by the hub Thu 22 Oct 14:00:00, code 000"
    ]
    assert said(Channel.HUBJECT, replace(HAS, at=None)) == ["done_all Acknowledged by the hub"]
    without_id = replace(HAS, acked="", refused="It is neither.", cannot_be_told=True)
    assert said(Channel.HUBJECT, without_id) == [
        "sync_problem Can't be told Plugalong: It is neither."
    ]


def test_an_app_was_streamed_to_until_an_instant_or_never() -> None:
    app = Heard(partner("Spirii Go"), at=NOON - timedelta(seconds=20))
    assert said(Channel.SPIRII_GO, app) == [
        "done_all Streamed to Spirii Go until Thu 22 Oct 13:59:40"
    ]
    [quiet] = said(Channel.SPIRII_GO, replace(app, at=NOON - timedelta(hours=1)))
    assert quiet.startswith("sync_problem Streamed to Spirii Go until Thu 22 Oct 13:00:00. It isn")
    assert said(Channel.SPIRII_GO, replace(app, at=None)) == [
        "sync_problem Not streamed Spirii Go: it has never listened"
    ]
