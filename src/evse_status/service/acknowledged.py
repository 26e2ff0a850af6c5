"""Who has acknowledged what an EVSE shows now, on which channel, and who hasn't and why?

"Acknowledged" is a partner's server saying that it took something: a hub isn't a driver's app, and
of an app we only know up to when it was streamed to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from evse_status.core.partner import PartnerRole
from evse_status.core.principal import Principal
from evse_status.core.translation import Channel
from evse_status.service.fleet import EvseCard
from evse_status.service.known_partners import Partner, kept_partners
from evse_status.store import delivery_report as store
from evse_status.store.database import Database


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of one partner about one EVSE. Instants in UTC.

    A driver app is never told one by one: `at` is up to when it was streamed to (`None`: never). Of
    others `wanted` is the word that it should have, `acked` the one that it took, empty if none, with
    the instant `at` which its answer came and that answer's `code`; `refused` is its own words, or where
    it `cannot_be_told` at all (a hub, under no id) ours.
    """

    partner: Partner
    wanted: str = ""
    acked: str = ""
    true_since: datetime | None = None
    at: datetime | None = None
    code: int | None = None
    refused: str = ""
    cannot_be_told: bool = False
    failure: str = ""

    @property
    def is_behind(self) -> bool:
        """Whether it still has to acknowledge the status."""
        return self.wanted != self.acked


def acknowledgements(
    db: Database, principal: Principal, evse: EvseCard
) -> Mapping[Channel, tuple[Heard, ...]]:
    """What every receiver that is told of this EVSE has acknowledged of it, by channel, in the order in
    which they were added. Three statements."""
    principal.require_reader()
    with db.read() as conn:
        receivers = [
            one for one in kept_partners(conn) if one.settings.role is PartnerRole.RECEIVER
        ]
        rows = store.rows_about(conn, principal, evse.id)
        answers = store.newest_answers_about(conn, evse.id)
    found: dict[Channel, list[Heard]] = {channel: [] for channel in Channel}
    for one in receivers:
        if one.settings.channel is Channel.SPIRII_GO:
            if _reaches(one, evse):
                found[Channel.SPIRII_GO].append(_streamed(one))
        elif one.id in rows:
            found[one.settings.channel].append(_told(one, rows[one.id], answers.get(one.id)))
    return {channel: tuple(heard) for channel, heard in found.items()}


def _reaches(app: Partner, evse: EvseCard) -> bool:
    return app.settings.reach.includes(
        party_id=evse.party_id,
        country_code=evse.country_code,
        location_id=evse.location_id,
        publish=evse.publish,
    )


def _streamed(app: Partner) -> Heard:
    return Heard(app, at=app.reached_at, failure="It is paused." if app.paused else "")


def _told(one: Partner, row: Row[Any], answer: Row[Any] | None) -> Heard:
    return Heard(
        one,
        wanted=row.wanted,
        acked=row.acked,
        true_since=row.acked_at,
        at=None if answer is None else answer.at,
        code=None if answer is None else answer.status_code,
        refused=row.refused,
        cannot_be_told=one.settings.channel is Channel.HUBJECT and not row.tell_as,
        failure="It is paused." if one.paused else one.failure,
    )
