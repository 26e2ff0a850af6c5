"""Does every partner know what it should show, and if not, what does it say?

"Acknowledged" is the partner's server saying that it took something. Whether a driver's app shows
it, nobody here knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from evse_status.core.errors import NotFound
from evse_status.core.partner import PartnerRole
from evse_status.core.principal import Principal
from evse_status.core.translation import Channel
from evse_status.service.driver_apps import has_just, listens
from evse_status.service.fleet import EvseCard, card
from evse_status.service.known_partners import Partner, partner_of
from evse_status.service.leases import AnotherSenderRuns, only_sender
from evse_status.service.upstream import last_word
from evse_status.store import audit_log
from evse_status.store import delivery_report as store
from evse_status.store import partners as partner_store
from evse_status.store.database import Database
from evse_status.store.tables import partner as partner_table

WATCHED = timedelta(hours=1)
"""How far back latency and the picture of answers go."""
_MOST_ANSWERS = 20_000
_MINUTE = timedelta(minutes=1)
_WITHOUT_SENDER = timedelta(seconds=15)
"""How long a partner may be without a sender before pages say so: a restart takes as long."""


class Health(StrEnum):
    """How it stands with a counterparty; the first that fits."""

    NOT_CONNECTED = "not connected"  # the handshake hasn't happened, or is over
    PAUSED = "paused"  # by a person
    NOT_SERVED = "no sender"  # no sender is running for it
    FAILING = "not reachable"  # it doesn't answer, or not well
    SILENT = "silent"  # upstream hasn't spoken for too long
    NEW = "not heard yet"  # nothing was told, or heard
    WELL = "reachable"
    LISTENS = "listens"  # a driver app: everything is streamed to it
    AWAY = "not listening"  # a driver app that has come before


class Only(StrEnum):
    """Which EVSEs of a partner are listed."""

    ALL = "all"
    BEHIND = "behind"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Minute:
    """What a partner answered within one minute, `ago` minutes before now."""

    ago: int
    taken: int
    failed: int


@dataclass(frozen=True, slots=True)
class PartnerReport:
    """How it stands with one counterparty. Counts of EVSEs are those within the reader's area.

    `untold` are those among the refused that a hub isn't asked, for they have no id that it can take.
    `since` is when its health began; `words` are its own, of the newest failure. `p50` and `p99` are
    from the instant at which a status became true to the receipt, over the last hour, `None` without any.
    """

    partner: Partner
    health: Health
    since: datetime | None
    words: str
    evses: int
    behind: int
    refused: int
    untold: int
    last_at: datetime | None
    p50: timedelta | None
    p99: timedelta | None
    minutes: tuple[Minute, ...]


@dataclass(frozen=True, slots=True)
class EvseLine:
    """What a partner acknowledged of one EVSE against what it should show; words are the channel's."""

    evse: EvseCard
    wanted: str
    wanted_at: datetime
    acked: str  # empty: never, or nobody is sure
    acked_at: datetime | None
    refused: str
    schedule_refused: str
    attempt: int
    due_at: datetime | None
    tell_as: str  # a hub: the id to tell it under; empty: there is none that it can take

    @property
    def is_behind(self) -> bool:
        """Whether it still has to acknowledge the status."""
        return self.wanted != self.acked


@dataclass(frozen=True, slots=True)
class EvseLines:
    """Some lines, and how many there are under each choice with the same search."""

    lines: tuple[EvseLine, ...]
    counts: dict[Only, int]


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One answer; `about` is the EVSE id, or the location's name for a whole Location."""

    at: datetime
    about: str
    kind: str
    told: str
    told_at: datetime
    outcome: str
    http_status: int | None
    status_code: int | None
    answer: str
    attempt: int
    took: timedelta


def delivery_report(
    db: Database, principal: Principal, *, now: datetime, silent_after: timedelta
) -> list[PartnerReport]:
    """Every counterparty, upstream first."""
    principal.require_reader()
    sends = _sender_runs(db)
    with db.read() as conn:
        counts = store.counts(conn, principal)
        reports = []
        for row in partner_store.kept(conn):
            one = partner_of(row)
            last = store.newest_acknowledged(conn, one.id)
            answers = store.answers_since(conn, one.id, now - WATCHED, limit=_MOST_ANSWERS)
            health, since = _health(
                one, now, silent_after, is_served=_is_served(sends, row.owned_until, now)
            )
            counted = counts.get(one.id)
            is_hub = one.settings.channel is Channel.HUBJECT
            waits = sorted(
                answer.at - answer.told_at
                for answer in answers
                if answer.kind == "status" and answer.outcome == "acknowledged"
            )
            reports.append(
                PartnerReport(
                    partner=one,
                    health=health,
                    since=since,
                    words=one.failure if one.failing_since is not None else "",
                    evses=counted.evses if counted else 0,
                    behind=int(counted.behind) if counted else 0,
                    refused=int(counted.refused) if counted else 0,
                    untold=int(counted.untold) if counted and is_hub else 0,
                    last_at=one.heard_at if last is None else last.at,
                    p50=_percentile(waits, 0.5),
                    p99=_percentile(waits, 0.99),
                    minutes=_minutes(answers, now),
                )
            )
    return sorted(reports, key=lambda one: one.partner.settings.role is PartnerRole.RECEIVER)


def evse_lines(
    db: Database,
    principal: Principal,
    partner_id: int,
    *,
    only: Only = Only.ALL,
    search: str = "",
    limit: int,
    offset: int = 0,
) -> EvseLines:
    """What a partner acknowledged, a page of EVSEs at a time. Raises NotFound."""
    principal.require_reader()
    conditions = {Only.BEHIND: [store.BEHIND], Only.REFUSED: [store.REFUSED], Only.ALL: []}
    found = store.matching(search)
    with db.read() as conn:
        _require_kept(conn, partner_id)
        counted = store.counts_of(conn, principal, partner_id, found)
        rows = store.page_of_evses(
            conn, principal, partner_id, found, *conditions[only], limit=limit, offset=offset
        )
    counts = {
        Only.ALL: counted.evses,
        Only.BEHIND: int(counted.behind),
        Only.REFUSED: int(counted.refused),
    }
    return EvseLines(tuple(_line(row) for row in rows), counts)


def receipts(
    db: Database,
    principal: Principal,
    partner_id: int,
    *,
    only_failures: bool = False,
    limit: int,
) -> list[ReceiptLine]:
    """The newest answers of a partner, newest first. Raises NotFound."""
    principal.require_reader()
    with db.read() as conn:
        _require_kept(conn, partner_id)
        rows = store.newest_receipts(
            conn, principal, partner_id, limit=limit, only_failures=only_failures
        )
    return [
        ReceiptLine(
            at=row.at,
            about=row.evse_name or row.location_name or "",
            kind=row.kind,
            told=row.told,
            told_at=row.told_at,
            outcome=row.outcome,
            http_status=row.http_status,
            status_code=row.status_code,
            answer=row.answer,
            attempt=row.attempt,
            took=timedelta(microseconds=row.took),
        )
        for row in rows
    ]


def mark(db: Database, *, now: datetime) -> tuple[object, ...]:
    """Cheap enough to ask every second; unchanged means that a page of deliveries still shows the truth."""
    sends = _sender_runs(db)
    with db.read() as conn:
        states = [
            (*state, streamed, has_just(streamed, now), _is_served(sends, owned, now))
            for *state, streamed, owned in store.states(conn)
        ]
        return (store.newest_receipt(conn), tuple(states))


def send_again(
    db: Database, principal: Principal, partner_id: int, evses: Sequence[int] | None
) -> int:
    """Have a partner told again of these EVSEs at once, `None`: of all that it refused; returns how many.

    Raises NotFound, NotAllowed.
    """
    principal.require_administrator()
    principal.require_no_limits()
    with db.write() as write:
        name = _require_kept(write.conn, partner_id)
        count = store.tell_again(write.conn, partner_id, evses, at=write.now)
        if count:
            audit_log.add(
                write.conn,
                at=write.now,
                by=principal.name,
                what="sent again",
                about=name,
                details={"evses": count},
            )
    return count


def _require_kept(conn: Any, partner_id: int) -> str:
    for row in partner_store.kept(conn, partner_table.c.id == partner_id):
        return str(row.name)
    raise NotFound(f"partner: there is no partner {partner_id}.", field="partner")


def _sender_runs(db: Database) -> bool | None:
    """Whether the one sender of an SQLite database runs; `None` where leases say it, or nobody can."""
    try:
        lock = only_sender(db)
    except AnotherSenderRuns:
        return True
    except OSError:
        return None
    if lock is None:
        return None
    lock.release()
    return False


def _is_served(sends: bool | None, owned_until: datetime | None, now: datetime) -> bool:
    if sends is not None:
        return sends
    return owned_until is not None and owned_until + _WITHOUT_SENDER > now


def _health(
    one: Partner, now: datetime, silent_after: timedelta, *, is_served: bool
) -> tuple[Health, datetime | None]:
    if not one.is_connected:
        return Health.NOT_CONNECTED, one.added_at
    if one.settings.role is PartnerRole.UPSTREAM:
        if now - (last_word(one)) > silent_after:
            return Health.SILENT, one.heard_at
        return (Health.NEW if one.heard_at is None else Health.WELL), one.heard_at
    if one.paused:
        return Health.PAUSED, None
    if one.settings.channel is Channel.SPIRII_GO:
        if listens(one, now=now):
            return Health.LISTENS, one.reached_at
        came = one.heard_at or one.reached_at
        return (Health.NEW if came is None else Health.AWAY), came
    if not is_served:
        return Health.NOT_SERVED, None
    if one.failing_since is not None:
        return Health.FAILING, one.failing_since
    return (Health.NEW if one.reached_at is None else Health.WELL), one.reached_at


def _percentile(waits: list[timedelta], share: float) -> timedelta | None:
    if not waits:
        return None
    return max(timedelta(), waits[min(len(waits) - 1, int(share * len(waits)))])


def _minutes(answers: Sequence[Row[Any]], now: datetime) -> tuple[Minute, ...]:
    taken: dict[int, int] = {}
    failed: dict[int, int] = {}
    for answer in answers:
        counted = taken if answer.outcome == "acknowledged" else failed
        ago = max(0, (now - answer.at) // _MINUTE)
        counted[ago] = counted.get(ago, 0) + 1
    return tuple(
        Minute(ago, taken.get(ago, 0), failed.get(ago, 0)) for ago in sorted({*taken, *failed})
    )


def _line(row: Row[Any]) -> EvseLine:
    return EvseLine(
        evse=card(row),
        wanted=row.wanted,
        wanted_at=row.wanted_at,
        acked=row.acked,
        acked_at=row.acked_at,
        refused=row.refused,
        schedule_refused=row.schedule_refused,
        attempt=row.attempt,
        due_at=row.due_at,
        tell_as=row.tell_as,
    )
